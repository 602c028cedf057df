/** One picture of a figure, whole: values in, the text of an SVG out. Used to make the stills. */

import { bodyParts } from "./body.js";
import { arrow, CLOTH, PANEL, scenery } from "./scene.js";
import { camera, SIDES, solve } from "./skeleton.js";

/** Three people. The far side of each is darker. */
const PEOPLE = {
  plum: {
    near: { arm: "#E3B08C", sleeve: "#7A3E65", leg: "#3B4252", foot: "#64748B", sole: "#A9B6C6" },
    far: { arm: "#CB946E", sleeve: "#5E2E4E", leg: "#2B313E", foot: "#4B586B", sole: "#8391A5" },
    face: "#E3B08C", ear: "#CB946E", neck: "#CB946E", hair: "#B9B4AE", torso: "#7A3E65",
  },
  teal: {
    near: { arm: "#B9805A", sleeve: "#0F766E", leg: "#2B3A55", foot: "#64748B", sole: "#A9B6C6" },
    far: { arm: "#A16C49", sleeve: "#0B5A54", leg: "#1F2B42", foot: "#4B586B", sole: "#8391A5" },
    face: "#B9805A", ear: "#A16C49", neck: "#A16C49", hair: "#3A2E2A", torso: "#0F766E",
  },
  ochre: {
    near: { arm: "#7A4B32", sleeve: "#C77B1B", leg: "#24424A", foot: "#64748B", sole: "#A9B6C6" },
    far: { arm: "#653C27", sleeve: "#A06214", leg: "#193138", foot: "#4B586B", sole: "#8391A5" },
    face: "#7A4B32", ear: "#653C27", neck: "#653C27", hair: "#1F1A18", torso: "#C77B1B",
  },
};
const STRAP = { near: "#C98A2B", far: "#8A5A16" };
const BAND = "#C2577A";
const ORDER = ["far_arm", "far_leg", "head", "torso", "near_leg", "feel", "held", "near_arm"];

/**
 * @param {object} figure see docs/figures.md
 * @param {1 | 2} number which pose; arrows and the place to feel it are in the second picture
 * @param {boolean} mirrored the left side works as the right one did
 */
export function still(figure, number, mirrored = false) {
  const see = camera(figure.camera, mirrored);
  const pose = figure.poses[number - 1];
  const [behind, before] = scenery(figure.props, see);
  const [left, top, width, height] = figure.view_box;
  const from = mirrored ? -left - width : left;
  const arrows = number === 2 ? figure.arrows.map((points) => arrow(points, see)).join("") : "";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${from} ${top} ${width} ${height}" fill="none">` +
    `<defs><pattern id="feel" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    `<path d="M0 0h3v3h-3z" fill="#F97316"/><path d="M0 0h1.1v3h-1.1z" fill="#fff" fill-opacity=".5"/>` +
    `</pattern></defs><path d="M${from} ${top}h${width}v${height}h${-width}z" fill="${PANEL}"/>` +
    `${behind}${body(figure, pose, see, number)}${before}` +
    `${arrows && `<g data-part="arrows" stroke-linecap="round" stroke-linejoin="round">${arrows}</g>`}</svg>\n`
  );
}

function body(figure, pose, see, number) {
  const parts = bodyParts(figure, pose, see);
  const colours = PEOPLE[figure.person];
  const near = nearSide(figure, see);
  // Parts named together are one path, and so one shape with one keyline around it.
  const part = (names, fill, hasKeyline) =>
    `<path data-part="${names}" d="${names.split(" ").map((name) => parts[name]).join("")}" fill="${fill}"` +
    (hasKeyline ? ` stroke="${PANEL}" stroke-width="2.4" stroke-linejoin="round" paint-order="stroke"/>` : "/>");
  const arm = (side, { arm, sleeve }) => part(`arm_${side}`, arm, true) + part(`sleeve_${side}`, sleeve);
  const line = (name, colour, width) =>
    `<path data-part="${name}" d="${parts[name]}" stroke="${colour}" stroke-width="${width}" ` +
    `stroke-linecap="round" stroke-linejoin="round"/>`;
  const leg = (side, colour, names) => 
    part(`foot_${side}`, colour.foot, true) + part(`sole_${side}`, colour.sole) + part(names, colour.leg, true);
  const far = SIDES.find((side) => side !== near);
  const draw = {
    far_arm: () => arm(far, colours.far),
    far_leg: () => leg(far, colours.far, `leg_${far}`),
    head: () =>
      part("hair", colours.hair, true) + part("neck", colours.neck) +
      part("face", colours.face) + part("ear", colours.ear),
    torso: () => part("torso", colours.torso, true),
    near_leg: () => leg(near, colours.near, `pelvis leg_${near}`),
    feel: () =>
      number === 2 ? (figure.feel ?? []).map((_, i) => part(`feel-${i}`, "url(#feel)")).join("") : "",
    cushion: () =>
      `<path data-part="cushion" d="${parts.cushion}" fill="${CLOTH.light}" stroke="${CLOTH.dark}" stroke-width="2" ` +
      `paint-order="stroke"/>`,
    held: () =>
      ["strap_left", "strap_right", "band"].filter((name) => name in parts).map((name) =>
        name === "band" ? line(name, BAND, 3) : line(name, name.endsWith(near) ? STRAP.near : STRAP.far, 2.6)).join(""),
    near_arm: () => arm(near, colours.near),
  };
  return (figure.order ?? ORDER).map((name) => draw[name]()).join("");
}

/** The side of the body that is nearer to the camera in the first pose, so that its colours never change. */
function nearSide(figure, see) {
  const joints = solve(figure.poses[0]);
  const depth = (side) => see(joints[`hip_${side}`])[2] + see(joints[`shoulder_${side}`])[2];
  return depth("right") >= depth("left") ? "right" : "left";
}
