/** Moves a figure between its two poses. */

import { bodyParts } from "./body.js";
import { between, camera } from "./skeleton.js";

// So many steps from one pose to the other; the picture of each is worked out once, when it is first shown.
const STEPS = 48;

/**
 * @param {SVGElement} svg made from the second still of `figure`
 * @returns {(t: number) => void} shows the body at t, from 0 (first pose) to 1 (second pose)
 */
export function movingFigure(svg, figure) {
  const see = camera(figure.camera);
  const paths = [...svg.querySelectorAll("path[data-part]")];
  svg.querySelector("[data-part=arrows]")?.remove();
  const frames = [];
  return (t) => {
    const i = Math.round(t * STEPS);
    frames[i] ??= bodyParts(figure, between(...figure.poses, i / STEPS), see);
    for (const path of paths) {
      path.setAttribute("d", path.dataset.part.split(" ").map((name) => frames[i][name]).join(""));
    }
  };
}

/**
 * Where a repeated movement is after some seconds. Both ways are slow, quick, slow.
 * @param {{up: number, hold: number, down: number}} tempo in seconds
 * @returns {{t: number, phase: "up" | "hold" | "down"}}
 */
export function phaseAt(seconds, { up, hold, down }) {
  const at = seconds % (up + hold + down);
  if (at < up) return { t: smooth(at / up), phase: "up" };
  if (at < up + hold) return { t: 1, phase: "hold" };
  return { t: smooth(1 - (at - up - hold) / down), phase: "down" };
}

const smooth = (t) => t * t * (3 - 2 * t);
