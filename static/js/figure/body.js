/** From joints to the parts of a drawn body, each one path. Balls lie along the bones; their outline is the part. */

import { SIDES, solve } from "./skeleton.js";
import { capsule, chain, hull, limb, point } from "./outline.js";
import * as v from "./vector.js";

// [centimetres from the joint above, centimetres backwards, radius]
const THIGH = [[0, 0, 9.4], [13, 0.6, 8.9], [27, 0.4, 7.4], [36, 0, 6.3]];
const HAMSTRINGS = [[4, 1.4, 8.8], [24, 1.6, 7]];
const SHANK = [[0, 0.2, 5.9], [5, 0.3, 5.6], [12, 1.4, 6.1], [24, 0.8, 4.8], [33, 0, 3.8], [40, 0, 3.7]];
const UPPER_ARM = [[9, 0, 4.8], [16, 0, 4.5], [22, 0, 4.1]];
const SLEEVE = [[0, 0, 6.5], [8, 0, 5.7], [16, 0, 5.3]];
const FOREARM = [[0, 0, 3.8], [7, 0, 4.1], [18, 0, 3.2], [25, 0, 2.8]];

/**
 * Everything that moves, as the camera `see` sees it.
 * @returns {Object<string, string>} by the name of the part, its path
 */
export function bodyParts(figure, pose, see) {
  const joints = solve(pose);
  const seen = (place, radius) => [see(place), radius];
  const parts = { ...trunk(joints, seen), ...headAndNeck(joints, seen, figure.person) };
  for (const side of SIDES) Object.assign(parts, leg(joints, side, seen), arm(joints, side, seen));
  (figure.feel ?? []).forEach((zone, i) => (parts[`feel-${i}`] = chain(zoneBalls(joints, zone, seen))));
  for (const { kind, ...prop } of figure.props) if (kind in HELD) Object.assign(parts, HELD[kind](joints, prop, see));
  return parts;
}

/** The balls of a table along a bone; `back` is the direction of its second column. */
const alongBone = (start, end, back, table, seen) =>
  table.map(([down, behind, radius]) => seen(v.along(start, [v.towards(start, end), down], [back, behind]), radius));

/** The same along a bone of a leg, where behind is the side to which the knee folds. */
function legBalls(joints, side, names, table, seen) {
  const [start, end] = names.map((name) => joints[`${name}_${side}`]);
  const back = v.across(v.scale(joints[`knee_bend_${side}`], -1), v.towards(start, end));
  return alongBone(start, end, back, table, seen);
}

function leg(joints, side, seen) {
  const of = (name) => joints[`${name}_${side}`];
  const balls = (names, table) => legBalls(joints, side, names, table, seen);
  const [upper, lower] = [["hip", "knee"], ["knee", "ankle"]];
  const instep = v.add(of("ankle"), v.towards(of("heel"), of("ball")), 4);
  return {
    [`leg_${side}`]: limb([...balls(upper, THIGH), ...balls(lower, SHANK)]) + chain(balls(upper, HAMSTRINGS)),
    [`foot_${side}`]:
      chain([seen(of("ankle"), 3.6), seen(of("heel"), 4.1), seen(of("ball"), 3.3), seen(of("toes"), 2.5)]) +
      chain([seen(of("ankle"), 3.4), seen(instep, 3.6), seen(of("ball"), 3.5)]),
    [`sole_${side}`]: sole(of, seen),
  };
}

/** The sole, as far as it faces the camera. */
function sole(of, seen) {
  const down = v.across(v.add(of("heel"), of("ankle"), -1), v.towards(of("heel"), of("ball")));
  const facing = Math.min(1, 1.6 * (seen(down)[0][2] - seen([0, 0, 0])[0][2]));
  if (facing < 0.1) return "";
  const place = (name, radius) => seen(v.add(of(name), down, 1.5), radius * facing);
  return chain([place("heel", 3.1), place("ball", 2.8), place("toes", 1.9)]);
}

function arm(joints, side, seen) {
  const [shoulder, elbow, wrist] = ["shoulder", "elbow", "wrist"].map((name) => joints[`${name}_${side}`]);
  const along = (start, end, table) => alongBone(start, end, joints.axes.chest.up, table, seen);
  const hand = [seen(joints[`palm_${side}`], 3.3), seen(joints[`fingers_${side}`], 1.8)];
  return {
    [`arm_${side}`]: limb([...along(shoulder, elbow, UPPER_ARM), ...along(elbow, wrist, FOREARM), ...hand]),
    [`sleeve_${side}`]: chain(along(shoulder, elbow, SLEEVE)),
  };
}

function trunk(joints, seen) {
  const { hips, chest } = joints.axes;
  const pair = (place, axis, half, radius) => [1, -1].map((side) => seen(v.add(place, axis, half * side), radius));
  const hip = pair(v.along(joints.pelvis, [hips.up, 1.5], [hips.forward, -0.8]), hips.right, 6.5, 10.4);
  const seat = pair(v.along(joints.pelvis, [hips.forward, -3.2], [hips.up, -1]), hips.right, 6, 9.2);
  const sacrum = pair(joints.sacrum, hips.right, 6, 9.9);
  const waist = pair(joints.waist, chest.right, 5, 9);
  const ribs = pair(v.add(joints.waist, chest.up, 6), chest.right, 5.6, 9.7);
  const breast = pair(v.add(joints.chest, chest.forward, 0.8), chest.right, 6, 11);
  const collar = seen(v.along(joints.neck, [chest.up, -7.5], [chest.forward, 1]), 8);
  const nape = seen(v.add(joints.neck, chest.up, -3), 5.4);
  const tummy = seen(v.add(joints.waist, chest.forward, joints.breath), 9);
  const shoulders = SIDES.map((side) => seen(joints[`shoulder_${side}`], 6));
  return {
    pelvis: hull(...hip, ...sacrum) + hull(...seat),
    torso:
      hull(...sacrum, ...waist) + hull(...waist, ...breast) + hull(...ribs, ...breast) +
      hull(...breast, ...shoulders, collar) + hull(collar, nape) +
      (joints.breath ? hull(tummy, ...ribs) + hull(tummy, ...sacrum) : ""),
  };
}

function headAndNeck(joints, seen, person) {
  const { chest, head: { forward, up, right } } = joints.axes;
  const { head, skull } = joints;
  const of = (start, ahead, above, radius) => seen(v.along(start, [forward, ahead], [up, above]), radius);
  const facing = seen(right)[0][2] > seen([0, 0, 0])[0][2] ? 7.4 : -7.4;
  const ear = (above) => seen(v.along(skull, [right, facing], [forward, -0.8], [up, above]), 1.9);
  const hair =
    capsule(of(skull, -1, 1, 9.5), of(skull, -2.8, -2, 7.8)) + capsule(of(skull, 3.6, 4.6, 5.6), of(skull, 0, 2, 8.6));
  const style = {
    plum: () => capsule(of(skull, -9, 5.2, 4.3), of(skull, -7, 4, 4)),
    teal: () => capsule(of(skull, -3.4, 0, 8.2), of(skull, -3.6, -7, 5.8)),
    ochre: () => "",
  };
  return {
    neck: capsule(seen(v.along(joints.neck, [chest.up, -4], [chest.forward, 0.8]), 5.2), of(head, 1.8, -0.5, 4.6)),
    hair: hair + style[person](),
    face:
      hull(of(head, 4.9, 0.6, 5.2), of(skull, 3.2, -1.2, 6.3), of(skull, 4, -4, 5.6), of(skull, 0.6, -5, 4.6)) +
      capsule(of(head, 6, 4.4, 3.4), of(head, 10.2, 3.4, 1.4)),
    ear: capsule(ear(-2), ear(-3.6)),
  };
}

// Where a movement is felt. On a limb: between two joints, as in the tables above; behind is where the joint folds.
// On the trunk: from a joint [centimetres ahead, above, radius], so far to the side.
const ZONES = {
  calf: {
    bone: ["knee", "ankle"],
    balls: [[4, 3.4, 2.6], [8.4, 3.1, 3.6], [12.8, 2.7, 3.5], [17.2, 2.4, 2.7], [21.6, 2, 1.7]],
  },
  soleus: { bone: ["knee", "ankle"], balls: [[17, 2.4, 2.2], [21, 2.2, 2.6], [26, 1.6, 2.2], [31, 0.9, 1.5]] },
  shin: { bone: ["knee", "ankle"], balls: [[7, -2.6, 1.6], [13, -2.6, 2.3], [20, -2, 2.1], [27, -1.4, 1.4]] },
  hamstring: {
    bone: ["hip", "knee"],
    balls: [[9, 5, 2.4], [15.2, 4.6, 3.5], [21.4, 4.1, 3.5], [27.6, 3.7, 3], [33.8, 3.2, 2]],
  },
  thigh: { bone: ["hip", "knee"], balls: [[10, -4.4, 2.4], [17, -4, 3.3], [24, -3.2, 3], [31, -2.4, 2]] },
  buttock: { from: "pelvis", axes: "hips", aside: 6, balls: [[-5.8, 4.2, 3.6], [-5.6, -0.6, 4.8], [-5.2, -5.4, 4]] },
  hip: { from: "pelvis", axes: "hips", aside: 13, balls: [[0, 5.5, 3.2], [0, 0, 4.4], [0, -6, 3.4]] },
  back: { from: "waist", axes: "chest", aside: 4, balls: [[-6, -8, 2.4], [-5.4, -3, 3.2], [-5, 2, 2.6]] },
  tummy: { from: "waist", axes: "chest", aside: 3, balls: [[6.4, -9, 2.4], [6.4, -3, 3.1], [6.8, 4, 2.6]] },
  flank: { from: "waist", axes: "chest", aside: 10, balls: [[0, -7, 2.6], [0, 0, 3.3], [0, 8, 2.8]] },
};

function zoneBalls(joints, zone, seen) {
  const [place, side] = zone.split("_");
  const { bone, from, axes, aside, balls } = ZONES[place];
  if (bone) return legBalls(joints, side, bone, balls, seen);
  const { forward, up, right } = joints.axes[axes];
  const start = v.add(joints[from], right, side === "left" ? -aside : aside);
  return balls.map(([ahead, above, radius]) => seen(v.along(start, [forward, ahead], [up, above]), radius));
}

/** What is held or worn moves with the body. A strap has a strand to each hand. */
const HELD = {
  strap(joints, { around, hands }, see) {
    const [place, side] = around.split("_");
    const spot = place === "ball" ? underBall(joints, side) : behindThigh(joints, side);
    const strand = (hand) => `M${point(see(joints[`palm_${hand}`]))}L${point(see(spot))}`;
    return Object.fromEntries(hands.map((hand) => [`strap_${hand}`, strand(hand)]));
  },
  /** Round both legs above the knees: across one, over to the other, across that. */
  band(joints, _, see) {
    const middles = SIDES.map((side) => atShare(joints, ["hip", "knee"], side, 0.8));
    const ends = SIDES.map((side, i) => {
      const thigh = v.towards(see(joints[`hip_${side}`]), see(joints[`knee_${side}`]));
      const [x, y] = see(middles[i]);
      const rims = [[x - thigh[1] * 6.9, y + thigh[0] * 6.9], [x + thigh[1] * 6.9, y - thigh[0] * 6.9]];
      const [otherX, otherY] = see(middles[1 - i]);
      const gap = ([a, b]) => Math.hypot(a - otherX, b - otherY);
      return rims.sort((a, b) => gap(b) - gap(a));
    });
    const [[outer, inner], [otherOuter, otherInner]] = ends;
    const overlap = v.dot([...direction(outer, otherOuter), 0], [...direction(inner, otherInner), 0]) < 0;
    const line = overlap ? [outer, otherOuter] : [outer, inner, otherInner, otherOuter];
    return { band: `M${line.map(point).join("L")}` };
  },
  /** A pillow between the knees. */
  cushion(joints, _, see) {
    const between = (bone, share) => {
      const [a, b] = SIDES.map((side) => atShare(joints, bone, side, share));
      return see(v.scale(v.add(a, b), 0.5));
    };
    const shins = ["knee", "ankle"];
    const balls = [[between(["hip", "knee"], 0.8), 6], [between(shins, 0.05), 7], [between(shins, 0.6), 6]];
    return { cushion: chain(balls) };
  },
};

const direction = ([ax, ay], [bx, by]) => [bx - ax, by - ay];

const atShare = (joints, [above, below], side, share) => {
  const [start, end] = [joints[`${above}_${side}`], joints[`${below}_${side}`]];
  return v.add(start, v.add(end, start, -1), share);
};

function underBall(joints, side) {
  const [ankle, ball] = [joints[`ankle_${side}`], joints[`ball_${side}`]];
  const toes = v.towards(joints[`heel_${side}`], ball);
  return v.along(ball, [v.across(v.add(ball, ankle, -1), toes), 3], [toes, 2]);
}

function behindThigh(joints, side) {
  const [hip, knee] = [joints[`hip_${side}`], joints[`knee_${side}`]];
  const back = v.across(v.scale(joints[`knee_bend_${side}`], -1), v.towards(hip, knee));
  return v.along(hip, [v.towards(hip, knee), 27], [back, 7]);
}
