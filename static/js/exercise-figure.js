/** The moving picture of an exercise: Play, Slow and Pause, at the speed of its dose. It moves only when asked to. */

import { movingFigure, phaseAt } from "./figure/motion.js";

const MOVING = { up: "Go to 2", hold: "Hold", down: "Back to 1" };
const [PLAY, PAUSE, PAUSED] = ["Play", "Pause", "Paused"];
const PICTURES_A_SECOND = 18;
// Seconds. After a stall the movement goes on from where it was, and does not jump.
const LONGEST_STEP = 0.25;
// How many times as long somebody wants a movement to take: they chose it under Me.
const TIMES_AS_LONG = { slower: 1.5, slowest: 2 };

const section = document.querySelector(".moving");
if (section && !section.hidden) begin(section); // hidden from people who chose less motion under Me

/** @param {HTMLElement} section */
function begin(section) {
  const stage = section.querySelector(".moving-stage");
  const play = section.querySelector(".moving-play");
  const slow = section.querySelector(".moving-slow");
  const words = section.querySelector(".moving-phase");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const tempo = Object.fromEntries(["up", "hold", "down"].map((phase) => [phase, Number(section.dataset[phase])]));

  const timesAsLong = TIMES_AS_LONG[document.documentElement.dataset.speed] ?? 1;

  /** @type {(t: number) => void} draws the body on the way from 0 to 1; there before anything can be pressed */
  let show;
  let isLoading = false;
  let isWanted = false;
  let isSlow = false;
  let isOnScreen = true;
  let seconds = 0;
  let drawnAt = 0;
  let frame = 0;

  // The style sheet shows nothing of this to people who want less motion, and what is not shown is not on screen.
  const mayMove = () => isWanted && isOnScreen && !document.hidden;

  function goOn() {
    if (frame || !mayMove()) return;
    drawnAt = performance.now();
    frame = requestAnimationFrame(move);
  }

  function move(now) {
    frame = 0;
    if (!mayMove()) return;
    // In whole pictures: what is left over counts towards the next one.
    const passed = Math.floor(((now - drawnAt) / 1000) * PICTURES_A_SECOND) / PICTURES_A_SECOND;
    if (passed > 0) {
      drawnAt += passed * 1000;
      seconds += Math.min(passed, LONGEST_STEP) * ((isSlow ? 0.5 : 1) / timesAsLong);
      const { t, phase } = phaseAt(seconds, tempo);
      show(t);
      say(MOVING[phase]);
    }
    frame = requestAnimationFrame(move);
  }

  function say(sentence) {
    if (words.textContent !== sentence) words.textContent = sentence;
  }

  async function load() {
    if (isLoading || calm.matches) return;
    isLoading = true;
    try {
      show = await drawn(section.dataset.still, stage);
      section.classList.add("moving-ready");
    } catch {
      section.hidden = true; // the two pictures are still there
    }
  }

  play.addEventListener("click", () => {
    isWanted = !isWanted;
    section.classList.toggle("moving-on", isWanted);
    play.querySelector("span").textContent = isWanted ? PAUSE : PLAY;
    if (!isWanted) say(PAUSED);
    goOn();
  });
  slow.addEventListener("click", () => {
    isSlow = !isSlow;
    slow.setAttribute("aria-pressed", String(isSlow));
  });
  document.addEventListener("visibilitychange", goOn);
  new IntersectionObserver((entries) => {
    isOnScreen = entries.at(-1).isIntersecting;
    goOn();
  }).observe(stage);
  calm.addEventListener("change", load);
  load();
}

/**
 * Puts the second still into the stage as what can be moved, in the first pose.
 * @param {string} address of that still
 * @param {Element} stage
 * @returns {Promise<(t: number) => void>}
 */
async function drawn(address, stage) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  if (!(parsed.documentElement instanceof SVGSVGElement)) throw new Error(`${address}: no picture`);
  const svg = document.importNode(parsed.documentElement, true);
  svg.setAttribute("aria-hidden", "true");
  const show = movingFigure(svg, JSON.parse(document.getElementById("figure").textContent));
  show(0);
  stage.querySelector("img").replaceWith(svg);
  return show;
}
