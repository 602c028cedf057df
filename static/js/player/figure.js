/** The picture of the exercise that is on: moved with the count, or two still pictures for people who want less motion. */

import { movingFigure } from "../figure/motion.js";

const STEADY = document.documentElement.hasAttribute("data-less-motion");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {HTMLElement} place
 * @returns {{show: (block: object, isLeft: boolean, t: number) => void}}
 */
export function figureIn(place) {
  /** The block that is shown, and what moves it. */
  let shown = null;
  let move = null;
  let half = -1;
  let last = 0;

  async function change(block) {
    shown = block.key;
    move = null;
    half = -1;
    place.replaceChildren(...block.pictures.map((address, i) => picture(address, i + 1)));
    place.classList.add("stage-figure-pair");
    place.setAttribute("aria-label", block.descriptions.join(" "));
    if (STEADY || calm.matches || !block.figure) return;
    try {
      const svg = await drawn(block.pictures[1]);
      if (shown !== block.key) return;
      move = movingFigure(svg, block.figure);
      place.replaceChildren(svg);
      place.classList.remove("stage-figure-pair");
      move(last);
    } catch {
      // The two pictures are there.
    }
  }

  return {
    show(block, isLeft, t) {
      if (shown !== block.key) change(block);
      // Only the drawing turns round: words and letters stand beside it.
      place.classList.toggle("stage-figure-left", isLeft && block.has_sides);
      last = t;
      if (move) return move(t);
      const now = t > 0.5 ? 2 : 1;
      if (now === half) return;
      half = now;
      for (const each of place.children) each.classList.toggle("stage-still-on", each.dataset.number === String(now));
    },
  };
}

function picture(address, number) {
  const frame = document.createElement("span");
  frame.className = "stage-still";
  frame.dataset.number = String(number);
  const image = document.createElement("img");
  image.src = address;
  image.alt = "";
  frame.append(image);
  return frame;
}

/** @param {string} address of the second still, with every part that moves */
async function drawn(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  if (!(parsed.documentElement instanceof SVGSVGElement)) throw new Error(`${address}: no picture`);
  const svg = document.importNode(parsed.documentElement, true);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
