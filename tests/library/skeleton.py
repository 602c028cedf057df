"""The skeleton of a figure worked out a second time, in Python, so that poses are held to what bodies can do
without a browser. A browser test compares it with the modules that draw, joint by joint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import cos, hypot, radians, sin, sqrt
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "programs" / "library" / "content" / "figures"
STILLS = ROOT / "static" / "img" / "exercises"

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
Pose = Mapping[str, Any]
Joints = dict[str, Vector]

THIGH, SHANK, UPPER_ARM, FOREARM, HIP_HALF, SHOULDER_HALF = 42, 40, 28, 25, 8.5, 16.5
# How thick the body is around a joint, in centimetres: so far off is a joint that rests on something.
THICKNESS = {
    "heel": 4.1,
    "ball": 3.3,
    "toes": 2.5,
    "ankle": 3.7,
    "knee": 5.9,
    "hip": 9.4,
    "pelvis": 10.8,
    "chest": 11,
    "shoulder": 6,
    "elbow": 3.8,
    "wrist": 2.8,
    "palm": 3.3,
    "fingers": 1.8,
    "skull": 9.5,
}


def figures() -> dict[str, dict[str, Any]]:
    """Every committed figure by its slug."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FIGURES.glob("*.json"))}


def add(a: Vector, b: Vector, times: float = 1) -> Vector:
    return (a[0] + b[0] * times, a[1] + b[1] * times, a[2] + b[2] * times)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def distance(a: Vector, b: Vector) -> float:
    return hypot(*add(a, b, -1))


def unit(a: Vector) -> Vector:
    size = hypot(*a) or 1
    return (a[0] / size, a[1] / size, a[2] / size)


def across(a: Vector, axis: Vector) -> Vector:
    return unit(add(a, axis, -dot(a, axis)))


def turn(axis: str, degrees: float) -> Matrix:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return {
        "x": ((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)),
        "y": ((c, 0.0, s), (0.0, 1.0, 0.0), (-s, 0.0, c)),
        "z": ((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)),
    }[axis]


def column(matrix: Matrix, i: int) -> Vector:
    return (matrix[0][i], matrix[1][i], matrix[2][i])


def combine(*matrices: Matrix) -> Matrix:
    product, *rest = matrices
    for other in rest:
        product = tuple(tuple(dot(row, column(other, i)) for i in range(3)) for row in product)  # type: ignore[assignment]
    return product


def between(first: Any, second: Any, t: float) -> Any:
    """The pose so far on the way from one to the other."""
    if isinstance(first, (int, float)):
        return first + ((first if second is None else second) - first) * t
    if isinstance(first, list):
        ends = [*(second or []), *[None] * len(first)]
        return [between(each, end, t) for each, end in zip(first, ends, strict=False)]
    if not isinstance(first, dict):
        return first
    second = second or {}
    return {key: between(first.get(key, second.get(key)), second.get(key), t) for key in {**second, **first}}


def solve(pose: Pose) -> Joints:
    """Where each joint is."""
    pelvis, spine = pose["pelvis"], pose.get("spine", {})
    hips = combine(turn("z", pelvis.get("tilt", 0)), turn("y", pelvis.get("turn", 0)))
    waist = combine(hips, turn("z", spine.get("lumbar", 0)), turn("x", spine.get("side", 0)))
    chest = combine(waist, turn("z", spine.get("thorax", 0)), turn("y", spine.get("turn", 0)))
    neck = combine(chest, turn("z", spine.get("neck", -8)), turn("x", spine.get("tip", 0)))
    head = combine(neck, turn("z", spine.get("head", 8)), turn("y", spine.get("look", 0)))
    joints: Joints = {"pelvis": tuple(pelvis["at"])}
    joints["sacrum"] = add(joints["pelvis"], column(hips, 1), 6)
    joints["waist"] = add(joints["sacrum"], column(waist, 1), 13)
    joints["chest"] = add(joints["waist"], column(chest, 1), 14)
    joints["neck"] = add(add(joints["waist"], column(chest, 1), 31), column(chest, 0), -1.5)
    joints["head"] = add(joints["neck"], column(neck, 1), 9.5)
    joints["skull"] = add(add(joints["head"], column(head, 1), 6.2), column(head, 0), 0.6)
    for side, outwards in (("right", 1), ("left", -1)):
        _leg(joints, side, add(joints["pelvis"], column(hips, 2), HIP_HALF * outwards), pose[f"leg_{side}"])
        shoulder = add(add(joints["waist"], column(chest, 1), 26), column(chest, 2), SHOULDER_HALF * outwards)
        _arm(joints, side, shoulder, pose[f"arm_{side}"])
    return joints


def target_of_ankle(leg: Mapping[str, Any]) -> Vector:
    """Where a pose wants the ankle, said outright or by the ball of the foot."""
    if "ankle" in leg:
        return tuple(leg["ankle"])
    toes = unit(tuple(leg["toes"]))
    return add(add(tuple(leg["ball"]), toes, -11.2), across(tuple(leg["sole"]), toes), -4)


def _leg(joints: Joints, side: str, hip: Vector, leg: Mapping[str, Any]) -> None:
    toes = unit(tuple(leg["toes"]))
    sole = across(tuple(leg["sole"]), toes)
    knee, ankle = _two_bones(hip, target_of_ankle(leg), THIGH, SHANK, tuple(leg["knee"]))
    ball = add(add(ankle, toes, 11.2), sole, 4)
    tips = unit(tuple(leg["tips"])) if "tips" in leg else toes
    joints |= {
        f"hip_{side}": hip,
        f"knee_{side}": knee,
        f"ankle_{side}": ankle,
        f"heel_{side}": add(add(ankle, toes, -3.6), sole, 3.4),
        f"ball_{side}": ball,
        f"toes_{side}": add(add(ball, tips, 6), across(sole, tips) if "tips" in leg else sole, 0.9),
    }


def _arm(joints: Joints, side: str, shoulder: Vector, arm: Mapping[str, Any]) -> None:
    elbow, wrist = _two_bones(shoulder, tuple(arm["wrist"]), UPPER_ARM, FOREARM, tuple(arm["elbow"]))
    fingers = unit(tuple(arm["fingers"]) if "fingers" in arm else add(wrist, elbow, -1))
    joints |= {
        f"shoulder_{side}": shoulder,
        f"elbow_{side}": elbow,
        f"wrist_{side}": wrist,
        f"palm_{side}": add(wrist, fingers, 6),
        f"fingers_{side}": add(wrist, fingers, 14),
    }


def _two_bones(
    start: Vector, target: Vector, first: float, second: float, pole: Vector
) -> tuple[Vector, Vector]:
    way = unit(add(target, start, -1))
    reach = min(max(distance(target, start), abs(first - second) + 0.5), (first + second) * 0.9985)
    foot = (first**2 - second**2 + reach**2) / (2 * reach)
    height = sqrt(max(first**2 - foot**2, 0))
    return add(add(start, way, foot), across(pole, way), height), add(start, way, reach)


def camera(of: Mapping[str, float]) -> Callable[[Vector], tuple[float, float]]:
    """The way a figure is seen: a place in the picture, y down as in SVG."""
    matrix = combine(turn("x", of["pitch"]), turn("y", of["yaw"]))
    return lambda place: (dot(matrix[0], place), -dot(matrix[1], place))
