/**
 * The clocks of heat and ice. Each counts down to a moment, so that a phone that slept is right again when it
 * wakes. Its state outlives a page that is loaded again: a phone drops pages that nobody looks at.
 *
 * @typedef {{endsAt: number, left: number}} State Milliseconds: a moment while it runs, else what is left.
 */

const MINUTE = 60_000;
const sections = [...document.querySelectorAll(".relief-timer")];
const sound = document.querySelector(".relief-sound");
/** Browsers give sound only to a page that was touched. @type {AudioContext | null} */
let audio = null;
let running = 0;
/** @type {WakeLockSentinel | undefined} */
let lock;

document.querySelectorAll(".relief-sound, [data-beside-clocks]").forEach((each) => each.removeAttribute("hidden"));
// A kitchen clock is named where this module does not run.
document.querySelector(".relief-without")?.setAttribute("hidden", "");
sections.forEach(begin);

/** @param {HTMLElement} section */
function begin(section) {
  const whole = Number(section.dataset.seconds) * 1000;
  const key = `relief:${section.dataset.slug}`;
  const count = section.querySelector(".relief-count");
  const bar = section.querySelector(".relief-bar");
  const words = section.querySelector(".relief-words");
  const start = section.querySelector(".relief-start");
  const startWords = section.querySelector(".relief-start-words");
  const stop = section.querySelector(".relief-stop");
  /** @type {State} */
  let state = restored(key) ?? { endsAt: 0, left: whole };
  let isOver = false;
  let timer = 0;

  function show() {
    clearTimeout(timer);
    const left = state.endsAt ? Math.max(0, state.endsAt - Date.now()) : state.left;
    const seconds = Math.ceil(left / 1000);
    count.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    bar.value = seconds;
    if (!state.endsAt) return;
    if (left === 0) return finish();
    if (seconds === whole / 2000) say("Half the time is over. Look at your skin.");
    timer = setTimeout(show, left % 1000 || 1000);
  }

  function finish() {
    const late = Math.floor((Date.now() - state.endsAt) / MINUTE);
    const since = late === 1 ? "a minute ago" : `${late} minutes ago`;
    say(late ? `Time was up ${since}. Take the pack off now.` : "Time is up. Take the pack off now.");
    isOver = true;
    change({ endsAt: 0, left: whole });
    count.textContent = "0:00";
    bar.value = 0;
    ring();
  }

  /** @param {State} next */
  function change(next) {
    keepAwake((next.endsAt ? 1 : 0) - (state.endsAt ? 1 : 0));
    state = next;
    const isWhole = !state.endsAt && state.left === whole;
    store(key, isWhole ? null : state);
    dress();
    show();
  }

  function dress() {
    const isWhole = !state.endsAt && state.left === whole;
    startWords.textContent = state.endsAt ? "Pause" : isOver ? "Start again" : isWhole ? "Start" : "Carry on";
    stop.hidden = isWhole;
  }

  function say(sentence) {
    if (words.textContent !== sentence) words.textContent = sentence;
  }

  start.addEventListener("click", () => {
    audio ??= window.AudioContext ? new AudioContext() : null;
    isOver = false;
    if (state.endsAt) {
      change({ endsAt: 0, left: Math.max(1, state.endsAt - Date.now()) });
      return say("The clock is paused.");
    }
    say("The clock is running.");
    change({ endsAt: Date.now() + state.left, left: 0 });
  });
  stop.addEventListener("click", () => {
    change({ endsAt: 0, left: whole });
    say("The clock is stopped.");
    start.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && state.endsAt) show();
  });

  section.hidden = false;
  if (state.endsAt) keepAwake(1);
  dress();
  show();
}

/** @returns {State | null} */
function restored(key) {
  try {
    const { endsAt, left } = JSON.parse(sessionStorage.getItem(key) ?? "null") ?? {};
    return endsAt > 0 || left > 0 ? { endsAt, left } : null;
  } catch {
    return null;
  }
}

/** A private window may keep nothing: then the clock lives as long as its page. */
function store(key, state) {
  try {
    if (state) sessionStorage.setItem(key, JSON.stringify(state));
    else sessionStorage.removeItem(key);
  } catch {
    return;
  }
}

/** Keep the screen on while a clock runs, where the browser can. @param {number} more */
async function keepAwake(more) {
  const before = running;
  running += more;
  if (Boolean(before) === Boolean(running)) return;
  if (running) await hold();
  else await lock?.release().catch(() => undefined);
}

async function hold() {
  lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && running) hold();
});

/** Three tones and a buzz, for whoever wants them. */
function ring() {
  if (!sound?.querySelector("input").checked) return;
  navigator.vibrate?.([400, 200, 400]);
  if (!audio) return;
  for (const after of [0, 0.5, 1]) {
    const tone = audio.createOscillator();
    tone.connect(audio.destination);
    tone.frequency.value = 660;
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + 0.3);
  }
}
