/**
 * Outlines as SVG paths. A ball is [[x, y, ...], radius] as the camera sees it; y points up here and down in the
 * path. All outlines turn the same way, so that those which overlap in one path join into one shape.
 */

const number = (value) => `${Math.round(value * 10) / 10}`.replace(/^(-?)0\./, "$1.");
/** Numbers with the fewest characters between them: a minus sign parts them as well as a space. */
export const numbers = (...values) =>
  values.map(number).reduce((text, each) => text + (text && each[0] !== "-" ? " " : "") + each, "");
export const point = ([x, y]) => numbers(x, -y);

const circle = ([[x, y], radius]) =>
  `M${numbers(x - radius, -y)}a${numbers(radius, radius)} 0 1 1 ${numbers(2 * radius)} 0` +
  `a${numbers(radius, radius)} 0 1 1 ${numbers(-2 * radius)} 0z`;

/** Two balls and the skin stretched between them. */
export function capsule(first, second) {
  const [[ax, ay], a] = first;
  const [[bx, by], b] = second;
  const distance = Math.hypot(bx - ax, by - ay);
  if (distance <= Math.abs(a - b) + 0.01) return circle(a > b ? first : second);
  const direction = Math.atan2(by - ay, bx - ax);
  const spread = Math.acos((a - b) / distance);
  const at = ([[x, y], radius], angle) => point([x + radius * Math.cos(angle), y + radius * Math.sin(angle)]);
  const arc = (ball, isLarge, angle) => `A${numbers(ball[1], ball[1])} 0 ${isLarge ? 1 : 0} 1 ${at(ball, angle)}`;
  return (
    `M${at(first, direction + spread)}L${at(second, direction + spread)}` +
    `${arc(second, spread > Math.PI / 2, direction - spread)}L${at(first, direction - spread)}` +
    `${arc(first, spread < Math.PI / 2, direction + spread)}z`
  );
}

/** Skin over some balls that lie close together: over every two of them. */
export const hull = (...balls) =>
  balls.flatMap((ball, i) => balls.slice(i + 1).map((other) => capsule(ball, other))).join("");

/** Balls in a row, each joined to the next. */
export const chain = (balls) => balls.slice(1).map((ball, i) => capsule(balls[i], ball)).join("");

/** A limb through the balls: a smooth curve in place and thickness, which rounds joints and muscles. */
export function limb(balls, steps = 3) {
  const smooth = [];
  for (let i = 0; i + 1 < balls.length; i++) {
    const four = [balls[i - 1] ?? balls[0], balls[i], balls[i + 1], balls[i + 2] ?? balls.at(-1)];
    for (let step = 0; step < steps; step++) {
      const value = (read) => catmullRom(four.map(read), step / steps);
      smooth.push([[value((ball) => ball[0][0]), value((ball) => ball[0][1])], value((ball) => ball[1])]);
    }
  }
  return chain([...smooth, balls.at(-1)]);
}

const catmullRom = ([a, b, c, d], t) =>
  0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3);
