/**
 * Vectors and rotations. Lengths are centimetres: x forward, y up, z to the right of somebody who faces x.
 * @typedef {[number, number, number]} Vector
 * @typedef {[Vector, Vector, Vector]} Matrix by rows
 */

/** a + times * b */
export const add = (a, b, times = 1) => [a[0] + b[0] * times, a[1] + b[1] * times, a[2] + b[2] * times];
/** start + the sum of [direction, distance] pairs */
export const along = (start, ...ways) => ways.reduce((at, [way, distance]) => add(at, way, distance), start);
export const scale = (a, times) => a.map((each) => each * times);
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a) => Math.hypot(...a);
export const unit = (a) => scale(a, 1 / (length(a) || 1));
/** The direction from a to b. */
export const towards = (a, b) => unit(add(b, a, -1));
/** The part of `a` that stands at right angles to the unit vector `axis`, as a direction. */
export const across = (a, axis) => unit(add(a, axis, -dot(a, axis)));

const turn = (degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
export const aroundX = (degrees) => {
  const [c, s] = turn(degrees);
  return [[1, 0, 0], [0, c, -s], [0, s, c]];
};
export const aroundY = (degrees) => {
  const [c, s] = turn(degrees);
  return [[c, 0, s], [0, 1, 0], [-s, 0, c]];
};
export const aroundZ = (degrees) => {
  const [c, s] = turn(degrees);
  return [[c, -s, 0], [s, c, 0], [0, 0, 1]];
};
export const rotate = (matrix, a) => matrix.map((row) => dot(row, a));
export const column = (matrix, i) => matrix.map((row) => row[i]);
/** The rotations one after the other, the last one first, as in mathematics. */
export const combine = (...matrices) =>
  matrices.reduce((a, b) => a.map((row) => [0, 1, 2].map((i) => dot(row, column(b, i)))));
