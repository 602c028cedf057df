/**
 * The prompt to move in an open page: asks just after the moment at which it changes, on coming back to the page,
 * and else once a minute. Where to ask, and where the answer goes, stands at the slot itself, for htmx.
 */

/** Seconds. The engine looks every five, so what is due can be so late. */
const AFTER = 2;
const AGAIN = 5;
const AGAIN_FOR = 30;
const ELSE = 60;

const slot = document.getElementById("break-prompt");
if (slot) watch(slot);

/** @param {HTMLElement} slot */
function watch(slot) {
  let changesAt = onOurClock(slot.querySelector("[name='shown']")?.dataset.seconds);
  let timer = 0;

  function ask() {
    if (!document.hidden) slot.dispatchEvent(new CustomEvent("ask")); // coming back asks
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      ask();
      plan();
    }, wait(changesAt - Date.now()));
  }

  // Comes with every answer, also with one that has nothing to show.
  document.body.addEventListener("break-prompt:next", (event) => {
    changesAt = onOurClock(event.detail.seconds);
    plan();
  });
  document.addEventListener("visibilitychange", () => {
    ask();
    plan();
  });
  plan();
}

/**
 * How long until it is worth asking, in milliseconds.
 * @param {number} left until what shows changes; less than nothing: it is that late
 */
function wait(left) {
  const due = left + AFTER * 1000;
  if (due > 0) return Math.min(due, ELSE * 1000);
  return (-left < AGAIN_FOR * 1000 ? AGAIN : ELSE) * 1000;
}

/**
 * The moment on this device's clock, which may be wrong; never, where there is none.
 * @param {string | number | null | undefined} seconds from now
 */
function onOurClock(seconds) {
  return seconds == null ? Infinity : Date.now() + Number(seconds) * 1000;
}
