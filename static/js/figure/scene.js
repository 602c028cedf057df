/** What stands still around a body: the floor, furniture, arrows. Values in, SVG out. */

import { numbers, point } from "./outline.js";

export const PANEL = "#EEF3F1";
const MOVE = "#C2410C";
const MAT = { top: "#BFD3CD", edge: "#8FAFA6" };
const FLOOR = "#D9E3DF";
const WALL = { face: "#E0E9E5", edge: "#C3D1CB" };
const WOOD = { top: "#CDBC9F", side: "#B8A484", front: "#A89372" };
const STONE = { top: "#C9D3D6", side: "#AEBCC1", front: "#9AAAB0" };
const CHAIR = { seat: 45, back: 88, half: 20 };
export const CLOTH = { light: "#F7F4EC", dark: "#DAD5C6" };

/**
 * The pieces of furniture as [behind the body, before it], in the order of `props`.
 * @returns {[string, string]}
 */
export function scenery(props, see) {
  const drawn = props.filter(({ kind }) => kind in PROPS).map((prop) => PROPS[prop.kind](see, prop));
  return [0, 1].map((layer) => drawn.map((pieces) => pieces[layer] ?? "").join(""));
}

const shape = (see, corners, fill, opacity) =>
  `<path d="M${corners.map((corner) => point(see(corner))).join("L")}z" fill="${fill}"` +
  `${opacity ? ` fill-opacity="${opacity}"` : ""}/>`;

function shadow(see, middle, length, width) {
  const corners = Array.from({ length: 28 }, (_, i) => {
    const angle = (i * Math.PI) / 14;
    return [middle + length * Math.cos(angle), 0, width * Math.sin(angle)];
  });
  return shape(see, corners, "#0B2B2A", 0.13);
}

/** A box between two corners, the low far left one and the high near right one: its top and what faces the camera. */
function box(see, [x0, y0, z0], [x1, y1, z1], { top, side, front }) {
  const end = see([1, 0, 0])[2] > 0 ? x1 : x0;
  return (
    shape(see, [[x0, y1, z0], [x1, y1, z0], [x1, y1, z1], [x0, y1, z1]], top) +
    shape(see, [[end, y0, z0], [end, y0, z1], [end, y1, z1], [end, y1, z0]], front) +
    shape(see, [[x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1]], side)
  );
}

// Each gives [what is drawn behind the body, what before it].
const PROPS = {
  mat: (see, { from, to, half = 30 }) => [
    shape(see, [[from, 0, half], [to, 0, half], [to, -1.8, half], [from, -1.8, half]], MAT.edge) +
      shape(see, [[from, 0, -half], [to, 0, -half], [to, 0, half], [from, 0, half]], MAT.top) +
      shadow(see, (from + to) / 2, (to - from) * 0.38, half / 2),
  ],
  floor: (see, { from, to, half = 36, shadow_at: at = (from + to) / 2 }) => [
    shape(see, [[from, 0, -half], [to, 0, -half], [to, 0, half], [from, 0, half]], FLOOR) + shadow(see, at, 34, 15),
  ],
  wall: (see, { at, height = 172 }) => [
    shape(see, [[at, 0, -34], [at, 0, 34], [at, height, 34], [at, height, -34]], WALL.face) +
      shape(see, [[at, 0, 34], [at + 6, 0, 34], [at + 6, height, 34], [at, height, 34]], WALL.edge),
  ],
  // Its front edge is at `at`; who sits on it faces x. A turned one stands the other way round.
  chair: (see, { at, turned = false }) => {
    const { seat, back, half } = CHAIR;
    const slab = (x0, x1, y0, y1, z0, z1) => {
      const [from, to] = turned ? [at - x1, at - x0] : [at + x0, at + x1];
      return box(see, [from, y0, z0], [to, y1, z1], WOOD);
    };
    const leg = (x, z) => slab(x, x + 3.5, 0, seat - 4, z, z + 3.5);
    const backrest = slab(-43, -40, seat, back, -half, half);
    const top = slab(-43, 0, seat - 4, seat, -half, half);
    const [before, after] = turned ? ["", backrest] : [backrest, ""];
    const behind = leg(-40, -half) + leg(-4, -half) + before + leg(-40, half - 3.5) + top + after;
    const frontLeg = leg(-4, half - 3.5);
    // Seen from the front, who sits there has the legs before it.
    return see([1, 0, 0])[2] > 0 ? [behind + frontLeg] : [behind, frontLeg];
  },
  step: (see, { from, to, height = 15, half = 28 }) => [box(see, [from, 0, -half], [to, height, half], STONE)],
  table: (see, { at, height = 90, depth = 34, half = 34 }) => [
    box(see, [at + 3, 0, -half + 3], [at + depth, height - 5, half - 3], {
      top: WALL.face, side: WALL.edge, front: WALL.face,
    }) + box(see, [at, height - 5, -half], [at + depth, height, half], WOOD),
  ],
  rail: (see, { at, height = 92, beside = -26 }) => {
    const post = [[at, 0], [at, height]].map(([x, y]) => point(see([x, y, beside])));
    const bar = [at - 26, at + 26].map((x) => point(see([x, height, beside])));
    const stroke = (ends, width) =>
      `<path d="M${ends.join("L")}" stroke="${STONE.front}" stroke-width="${width}" stroke-linecap="round"/>`;
    return [stroke(post, 3.4) + stroke(bar, 4.6)];
  },
  // A cushion: a soft box, in front of the body or behind it.
  pillow: (see, { from, to, before = false }) => {
    const middle = see(from.map((each, i) => (each + to[i]) / 2));
    const [wide, high] = [Math.abs(see(to)[0] - see(from)[0]), Math.abs(to[1] - from[1])];
    const [x, y] = [middle[0] - wide / 2, -middle[1] - high / 2];
    const drawn =
      `<rect x="${numbers(x)}" y="${numbers(y)}" width="${numbers(wide)}" height="${numbers(high)}" ` +
      `rx="${numbers(Math.min(wide, high) * 0.42)}" fill="${CLOTH.light}" stroke="${CLOTH.dark}" stroke-width="1.4"/>`;
    return before ? ["", drawn] : [drawn];
  },
};

/** An arrow through two points, or bent through three. */
export function arrow(points, see) {
  const places = points.map((each) => see(each).slice(0, 2).map((value, i) => (i ? -value : value)));
  const [start, end] = [places[0], places.at(-1)];
  // The control point with which the curve passes through the middle point.
  const bend = places.length > 2
    ? [0, 1].map((i) => 2 * places[1][i] - (start[i] + end[i]) / 2)
    : [0, 1].map((i) => (start[i] + end[i]) / 2);
  const [dx, dy] = [end[0] - bend[0], end[1] - bend[1]];
  const size = Math.hypot(dx, dy);
  const [ux, uy] = [dx / size, dy / size];
  const neck = [end[0] - ux * 5.4, end[1] - uy * 5.4];
  const wings = [1, -1].map((side) => [end[0] - ux * 7 - uy * 4.2 * side, end[1] - uy * 7 + ux * 4.2 * side]);
  const shaft = `M${numbers(...start)}Q${numbers(...bend)} ${numbers(...neck)}`;
  const head = `M${numbers(...end)}L${numbers(...wings[0])} ${numbers(...wings[1])}z`;
  return (
    `<path d="${shaft}" stroke="${PANEL}" stroke-width="5.6"/><path d="${head}" fill="${PANEL}" stroke="${PANEL}" ` +
    `stroke-width="2.8"/><path d="${shaft}" stroke="${MOVE}" stroke-width="2.8"/><path d="${head}" fill="${MOVE}"/>`
  );
}
