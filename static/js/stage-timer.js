/**
 * The clock of a stage test: after three, two, one it counts the seconds up, and what it stops at fills the field.
 * It counts from a moment of the steady clock, so that it never drifts; where nobody looked for a while it says so and
 * fills in nothing. Without it the field is filled by hand.
 */

import { awake } from "./player/awake.js";
import { beeps, buzz } from "./player/beeps.js";

const SECOND = 1000;
const COUNT_DOWN = [3, 2, 1];
const LOOKED_AWAY = 2 * SECOND;
const LEAD_IN = COUNT_DOWN.length * SECOND;

const section = document.querySelector(".stage-timer");
const field = section && document.getElementById(section.dataset.field);
if (field) begin(section, field);

/**
 * @param {HTMLElement} section
 * @param {HTMLInputElement} field
 */
function begin(section, field) {
  const count = section.querySelector(".stage-timer-count");
  const bar = section.querySelector(".stage-timer-bar");
  const words = section.querySelector("[role=status]");
  const button = section.querySelector(".stage-timer-button");
  const target = Number(section.dataset.target ?? 0);
  const highest = Number(field.max);
  const tones = beeps();
  const screen = awake();
  /** The moment the first second begins; 0 while the clock stands. */
  let startsAt = 0;
  let timer = 0;
  /** When somebody looked away, by both clocks: in its sleep a phone may stop the steady one. */
  let hidden = null;

  function start() {
    startsAt = performance.now() + LEAD_IN;
    tones.unlock();
    tones.schedule([...countDown(0), ...(target > COUNT_DOWN.length ? countDown(target) : [])]);
    screen.hold();
    button.textContent = "Stop";
    section.classList.add("stage-timer-running");
    say("Get ready.");
    show();
  }

  /** Three, two, one and a long one at this second of the clock. */
  function countDown(second) {
    const at = (early) => LEAD_IN + (second - early) * SECOND;
    return [...COUNT_DOWN.map((early) => ({ inMs: at(early), kind: "short" })), { inMs: at(0), kind: "long" }];
  }

  function show() {
    clearTimeout(timer);
    if (wasAway()) return halt();
    const passed = performance.now() - startsAt;
    const seconds = Math.floor(passed / SECOND);
    count.textContent = String(seconds < 0 ? -seconds : seconds);
    if (bar) bar.value = Math.max(0, seconds);
    if (seconds >= highest) return stop();
    if (seconds >= 0) say(target && seconds >= target ? `You did ${target} seconds. Well done.` : "Go.");
    if (target && seconds === target) buzz([300]);
    timer = setTimeout(show, (seconds + 1) * SECOND - passed);
  }

  function stop() {
    if (wasAway()) return halt();
    const seconds = Math.min(highest, Math.floor((performance.now() - startsAt) / SECOND));
    rest();
    count.textContent = String(Math.max(0, seconds));
    if (seconds < 0) return say("The clock is stopped.");
    field.value = String(seconds);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    say("It is filled in. You can change it.");
  }

  function wasAway() {
    return hidden !== null && Math.max(performance.now() - hidden.steady, Date.now() - hidden.at) > LOOKED_AWAY;
  }

  function halt() {
    rest();
    count.textContent = "0";
    say("The clock stopped, as the screen was off. Please start again.");
  }

  function rest() {
    clearTimeout(timer);
    startsAt = 0;
    hidden = null;
    tones.cancel();
    tones.release();
    screen.release();
    section.classList.remove("stage-timer-running");
    button.textContent = "Start again";
  }

  function say(sentence) {
    if (words.textContent !== sentence) words.textContent = sentence;
  }

  button.addEventListener("click", () => (startsAt ? stop() : start()));
  document.addEventListener("visibilitychange", () => {
    if (!startsAt) return;
    if (document.hidden) hidden = { steady: performance.now(), at: Date.now() };
    show();
    if (!document.hidden) hidden = null;
  });
  section.hidden = false;
}
