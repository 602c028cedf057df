"""The committed figures: what a body can do, what a picture has to show, and whose pictures they are."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from itertools import pairwise

import pytest

from tests.library.skeleton import (
    FIGURES,
    FOREARM,
    ROOT,
    SHANK,
    STILLS,
    THICKNESS,
    THIGH,
    UPPER_ARM,
    Joints,
    Vector,
    between,
    camera,
    distance,
    figures,
    solve,
    target_of_ankle,
)

pytestmark = pytest.mark.pure

ALL = figures()
EXERCISES = {path.stem for path in FIGURES.with_name("exercises").glob("*.yaml")}
RESTS = {"rest-legs-on-chair", "rest-on-front", "rest-on-side", "rest-folded-forward"}
BUDGET = 6 * 1024  # bytes, gzipped
TOUCHING = 1.5  # centimetres
STEPS = [i / 8 for i in range(9)]
BONES = [
    ("hip", "knee", THIGH),
    ("knee", "ankle", SHANK),
    ("shoulder", "elbow", UPPER_ARM),
    ("elbow", "wrist", FOREARM),
]

every_figure = pytest.mark.parametrize("slug", sorted(ALL))
every_still = pytest.mark.parametrize("still", sorted(STILLS.glob("*.svg")), ids=lambda still: still.stem)


def on_the_way(slug: str) -> list[dict]:
    return [between(*ALL[slug]["poses"], t) for t in STEPS]


def test_every_exercise_and_four_ways_to_rest_have_a_figure_and_two_stills():
    assert set(ALL) == EXERCISES | RESTS
    assert {still.name for still in STILLS.iterdir()} == {f"{slug}-{n}.svg" for slug in ALL for n in (1, 2)}


@every_figure
def test_bones_keep_their_length_on_the_whole_way(slug):
    for pose in on_the_way(slug):
        joints = solve(pose)
        for side in ("right", "left"):
            for upper, lower, length in BONES:
                assert distance(joints[f"{upper}_{side}"], joints[f"{lower}_{side}"]) == pytest.approx(length)


@every_figure
def test_hands_and_feet_reach_where_the_pose_wants_them(slug):
    for pose in ALL[slug]["poses"]:
        joints = solve(pose)
        for side in ("right", "left"):
            assert distance(joints[f"ankle_{side}"], target_of_ankle(pose[f"leg_{side}"])) < 0.7
            assert distance(joints[f"wrist_{side}"], tuple(pose[f"arm_{side}"]["wrist"])) < 0.7


def gap(figure: dict, surface: str, name: str, joints: Joints) -> float:
    """Centimetres of air between a part of the body and a surface; less than 0 is inside it."""
    place, thickness = joints[name], THICKNESS[name.split("_")[0]]
    prop = next((each for each in figure["props"] if each["kind"] == surface), {})
    if surface == "wall":
        return prop["at"] - place[0] - thickness
    top = {
        "floor": lambda: 0,
        "chair": lambda: 45,
        "step": lambda: prop.get("height", 15),
        "table": lambda: prop.get("height", 90),
        "rail": lambda: prop.get("height", 92),
    }[surface]()
    return place[1] - top - thickness


@every_figure
def test_both_poses_of_a_pair_speak_of_the_same(slug):
    first, second = ALL[slug]["poses"]
    assert set(first) == set(second), "what only one names would not move on the way"
    for part in ("pelvis", "spine", "leg_right", "leg_left", "arm_right", "arm_left"):
        assert set(first[part]) == set(second[part]), part


@every_figure
def test_what_should_touch_touches(slug):
    for pose in ALL[slug]["poses"]:
        joints = solve(pose)
        assert pose["contacts"], "every pose rests on something"
        for surface, names in pose["contacts"].items():
            gaps = {name: round(gap(ALL[slug], surface, name, joints), 1) for name in names}
            assert {name: air for name, air in gaps.items() if abs(air) > TOUCHING} == {}


@every_figure
def test_nothing_sinks_into_the_floor_on_the_whole_way(slug):
    for t, pose in zip(STEPS, on_the_way(slug), strict=True):
        lowest = {
            name: round(place[1] - THICKNESS[name.split("_")[0]], 1)
            for name, place in solve(pose).items()
            if name.split("_")[0] in THICKNESS
        }
        assert {name: height for name, height in lowest.items() if height < -TOUCHING} == {}, t


@every_figure
def test_what_stays_on_the_floor_in_both_poses_does_not_lift_in_between(slug):
    first, second = (set(pose["contacts"].get("floor", [])) for pose in ALL[slug]["poses"])
    ends = [solve(pose) for pose in ALL[slug]["poses"]]
    for name in first & second:
        if distance(ends[0][name], ends[1][name]) < 1:
            for pose in on_the_way(slug):
                assert abs(gap(ALL[slug], "floor", name, solve(pose))) <= 2 * TOUCHING, name


@every_figure
def test_the_body_stays_inside_the_picture_on_the_whole_way(slug):
    figure = ALL[slug]
    left, top, width, height = figure["view_box"]
    see = camera(figure["camera"])
    for pose in on_the_way(slug):
        for name, place in solve(pose).items():
            x, y = see(place)
            room = THICKNESS.get(name.split("_")[0], 5)
            assert left + room <= x <= left + width - room, name
            assert top + room <= y <= top + height - room, name


@every_figure
def test_a_picture_has_one_of_two_shapes(slug):
    assert ALL[slug]["view_box"][2:] in ([190, 190], [228, 152])


@every_figure
def test_the_two_pictures_of_a_pair_differ_visibly(slug):
    figure = ALL[slug]
    see = camera(figure["camera"])
    first, second = (solve(pose) for pose in figure["poses"])
    farthest = max(
        abs(a - b) for name in first for a, b in zip(see(first[name]), see(second[name]), strict=True)
    )
    assert farthest >= 3 or any(pose.get("breath") for pose in figure["poses"])


@every_figure
def test_an_arrow_shows_the_way(slug):
    arrows = ALL[slug]["arrows"]
    assert arrows or slug in RESTS
    for points in arrows:
        assert 2 <= len(points) <= 3
        assert sum(distance(tuple(a), tuple(b)) for a, b in pairwise(points)) >= 8, "too short to be seen"


@every_figure
def test_the_words_fit_either_leg(slug):
    texts = [pose["text"] for pose in ALL[slug]["poses"]]
    assert texts[0] != texts[1]
    for text in texts:
        assert len(text.split()) >= 5
        assert text.endswith(".")
        assert not re.search(r"\b(left|right)\b", text, re.IGNORECASE)


@every_still
def test_a_still_is_small_and_complete(still):
    drawn = still.read_text()
    assert len(gzip.compress(still.read_bytes(), 9, mtime=0)) <= BUDGET
    assert "NaN" not in drawn
    assert "undefined" not in drawn
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", drawn), "it would be fetched from elsewhere"
    assert "style=" not in drawn, "the content security policy forbids it"


def test_the_moving_figure_is_small():
    built = ROOT / "static" / "js" / "built" / "exercise-figure.js"
    assert len(gzip.compress(built.read_bytes(), 9, mtime=0)) <= BUDGET


def test_pictures_and_built_module_are_those_of_these_poses_and_sources():
    golden = json.loads((ROOT / "tests" / "library" / "golden_figures.json").read_text())
    here = {
        path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        for path in [*golden["sources"], *golden["results"]]
    }
    assert here == golden["sources"] | golden["results"], "`make figures` draws and builds them anew"
    assert {path.name for path in FIGURES.iterdir()} <= {
        path.rsplit("/", 1)[-1] for path in golden["sources"]
    }
    assert {path.name for path in STILLS.iterdir()} <= {path.rsplit("/", 1)[-1] for path in golden["results"]}


def test_a_pose_worked_out_by_hand():
    standing = {
        "pelvis": {"at": [0, 89, 0]},
        **{
            f"leg_{s}": {"ankle": [0, 7.5, z], "knee": [1, 0, 0], "toes": [1, 0, 0], "sole": [0, -1, 0]}
            for s, z in (("right", 8.5), ("left", -8.5))
        },
        **{
            f"arm_{s}": {"wrist": [0, 90, z], "elbow": [-1, 0, 0]}
            for s, z in (("right", 16.5), ("left", -16.5))
        },
    }
    joints = solve(standing)
    middle: Vector = joints["knee_right"]
    assert joints["hip_right"] == (0, 89, 8.5)
    assert joints["waist"] == (0, 108, 0)
    assert joints["heel_left"] == pytest.approx((-3.6, 4.1, -8.5))
    assert middle[0] > 0, "knees bend forwards"
    assert 47 < middle[1] < 48.5
