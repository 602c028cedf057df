/** From a pose to where every joint is. The format of a pose is described in docs/figures.md. */

import * as v from "./vector.js";

/** Lengths of the body in centimetres, of an adult about 1.68 m tall. */
const BODY = { thigh: 42, shank: 40, upperArm: 28, forearm: 25, hipHalf: 8.5, shoulderHalf: 16.5 };
export const SIDES = ["right", "left"];

/**
 * Bends two bones so that they reach from `start` to `target`, the joint between them on the side of `pole`.
 * A target out of reach is approached as far as the bones go.
 * @returns {{middle: v.Vector, end: v.Vector, bend: v.Vector}} `bend` points from the line to the joint
 */
export function twoBones(start, target, first, second, pole) {
  const way = v.towards(start, target);
  const wanted = v.length(v.add(target, start, -1));
  const reach = Math.min(Math.max(wanted, Math.abs(first - second) + 0.5), (first + second) * 0.9985);
  const foot = (first ** 2 - second ** 2 + reach ** 2) / (2 * reach);
  const height = Math.sqrt(Math.max(first ** 2 - foot ** 2, 0));
  const bend = v.across(pole, way);
  return { middle: v.along(start, [way, foot], [bend, height]), end: v.add(start, way, reach), bend };
}

/** @returns {Object<string, v.Vector>} joints; also `axes`, the directions of hips, chest and head, and `breath` */
export function solve(pose) {
  const { pelvis, spine = {} } = pose;
  const hips = v.combine(v.aroundZ(pelvis.tilt ?? 0), v.aroundY(pelvis.turn ?? 0));
  const waist = v.combine(hips, v.aroundZ(spine.lumbar ?? 0), v.aroundX(spine.side ?? 0));
  const chest = v.combine(waist, v.aroundZ(spine.thorax ?? 0), v.aroundY(spine.turn ?? 0));
  const neck = v.combine(chest, v.aroundZ(spine.neck ?? -8), v.aroundX(spine.tip ?? 0));
  const head = v.combine(neck, v.aroundZ(spine.head ?? 8), v.aroundY(spine.look ?? 0));
  const axes = Object.fromEntries(Object.entries({ hips, chest, head }).map(([name, matrix]) => [
    name, { forward: v.column(matrix, 0), up: v.column(matrix, 1), right: v.column(matrix, 2) },
  ]));
  const joints = { axes, pelvis: pelvis.at, breath: pose.breath ?? 0 };
  joints.sacrum = v.add(pelvis.at, axes.hips.up, 6);
  joints.waist = v.add(joints.sacrum, v.column(waist, 1), 13);
  joints.chest = v.add(joints.waist, axes.chest.up, 14);
  joints.neck = v.along(joints.waist, [axes.chest.up, 31], [axes.chest.forward, -1.5]);
  joints.head = v.add(joints.neck, v.column(neck, 1), 9.5);
  joints.skull = v.along(joints.head, [axes.head.up, 6.2], [axes.head.forward, 0.6]);
  SIDES.forEach((side, i) => {
    const outwards = i ? -1 : 1;
    solveLeg(joints, side, outwards, pose[`leg_${side}`]);
    solveArm(joints, side, outwards, pose[`arm_${side}`]);
  });
  return joints;
}

function solveLeg(joints, side, outwards, leg) {
  const hip = v.add(joints.pelvis, joints.axes.hips.right, BODY.hipHalf * outwards);
  const toes = v.unit(leg.toes);
  const sole = v.across(leg.sole, toes);
  const target = leg.ankle ?? v.along(leg.ball, [toes, -11.2], [sole, -4]);
  const { middle, end, bend } = twoBones(hip, target, BODY.thigh, BODY.shank, leg.knee);
  const ball = v.along(end, [toes, 11.2], [sole, 4]);
  const tips = leg.tips ? v.unit(leg.tips) : toes;
  Object.assign(joints, {
    [`hip_${side}`]: hip,
    [`knee_${side}`]: middle,
    [`knee_bend_${side}`]: bend,
    [`ankle_${side}`]: end,
    [`heel_${side}`]: v.along(end, [toes, -3.6], [sole, 3.4]),
    [`ball_${side}`]: ball,
    [`toes_${side}`]: v.along(ball, [tips, 6], [leg.tips ? v.across(sole, tips) : sole, 0.9]),
  });
}

function solveArm(joints, side, outwards, arm) {
  const { up, right } = joints.axes.chest;
  const shoulder = v.along(joints.waist, [up, 26], [right, BODY.shoulderHalf * outwards]);
  const { middle, end } = twoBones(shoulder, arm.wrist, BODY.upperArm, BODY.forearm, arm.elbow);
  const fingers = v.unit(arm.fingers ?? v.towards(middle, end));
  Object.assign(joints, {
    [`shoulder_${side}`]: shoulder,
    [`elbow_${side}`]: middle,
    [`wrist_${side}`]: end,
    [`palm_${side}`]: v.add(end, fingers, 6),
    [`fingers_${side}`]: v.add(end, fingers, 14),
  });
}

/** The pose between two others: 0 is the first, 1 the second. What is no number is the first one's. */
export function between(first, second, t) {
  if (typeof first === "number") return first + ((second ?? first) - first) * t;
  if (Array.isArray(first)) return first.map((each, i) => between(each, second?.[i], t));
  if (typeof first !== "object") return first;
  return Object.fromEntries(
    Object.keys({ ...second, ...first }).map((key) => [key, between(first[key] ?? second[key], second?.[key], t)]),
  );
}

/**
 * The way a camera sees: points become [right, up, nearer]. Without perspective, so balls stay circles.
 * Mirrored, the left side of a body stands where the right one stood, and works as it did.
 */
export function camera({ yaw, pitch }, mirrored = false) {
  const matrix = v.combine(v.aroundX(pitch), v.aroundY(yaw));
  return (point) => {
    const [x, y, z] = v.rotate(matrix, point);
    return [mirrored ? -x : x, y, z];
  };
}
