"""The files of figures: what is said about one that is not right, and what is made of one that is."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from programs.library.models import Exercise
from programs.library.queries import WAYS_TO_REST, shipped_figures
from programs.library.rules import (
    ContentProblem,
    Dose,
    LibraryFiles,
    Shelf,
    cross_check,
    parse_figure,
    read_folder,
    read_json,
    shown_side,
    shown_tempo,
    stills,
)
from tests.library.shipped import CONTENT, shipped

pytestmark = pytest.mark.pure

FILE = "figures/glute-bridge.json"
BRIDGE = json.loads((CONTENT / FILE).read_text())
MISSING = object()


def changed(path: list[str | int], value: object) -> dict[str, Any]:
    """The bridge with one thing another."""
    data = copy.deepcopy(BRIDGE)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


# --- what is wrong with a file ---


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["poses"], BRIDGE["poses"][:1], "poses", "Expected two poses."),
        (["poses"], BRIDGE["poses"] * 2, "poses", "Expected two poses."),
        (["poses"], MISSING, "poses", "This field is missing."),
        (["poses", 1, "text"], MISSING, "poses[1].text", "This field is missing."),
        (["poses", 0, "text"], " ", "poses[0].text", "Expected words in one line, at most 250 letters."),
        (["poses", 0, "text"], 7, "poses[0].text", "Expected words in one line, at most 250 letters; put it"),
        (["poses", 0, "pelvis"], {}, "poses[0].pelvis.at", "This field is missing."),
        (["poses", 1, "pelvis", "at"], [1, 2], "poses[1].pelvis.at", "Expected a list of 3 to 3 entries."),
        (["camera", "yaw"], "left", "camera.yaw", "Expected a number"),
        (["camera", "yaw"], True, "camera.yaw", "Expected a number"),
        (["camera", "yaw"], float("inf"), "camera.yaw", "Expected a number"),
        (["camera", "yaw"], 10**400, "camera.yaw", "Expected a number from -1000 to 1000."),
        (["view_box"], [0, 0, 190], "view_box", "Expected left, top, width and height in whole numbers"),
        (["view_box"], [0, 0, 190, 100], "view_box", "Expected left, top, width and height in whole numbers"),
        (["view_box"], [0, 0, 0, 0], "view_box", "Expected left, top, width and height in whole numbers"),
        (["person"], "", "person", "Expected words in one line, at most 20 letters."),
        (["props"], [{"from": 1}], "props[0].kind", "This field is missing."),
        (["arrows"], [[[1, 2, 3]]], "arrows[0]", "Expected a list of 2 to 3 entries."),
    ],
)
def test_one_slip_in_a_figure_is_one_problem(path, value, field, message):
    figure, problems = parse_figure(changed(path, value), FILE)

    assert figure is None
    (problem,) = problems
    assert (problem.file, problem.field) == (FILE, field)
    assert problem.message.startswith(message)


def test_what_is_only_drawn_is_not_looked_at():
    figure, problems = parse_figure({**BRIDGE, "order": ["torso"], "new_in_the_drawing": 1}, FILE)

    assert problems == []
    assert figure is not None
    assert figure.document["new_in_the_drawing"] == 1


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_file_that_holds_no_fields_is_one_problem(data):
    _, problems = parse_figure(data, FILE)
    assert [problem.message for problem in problems] == [
        "Expected the fields camera, view_box, person, props, arrows, poses."
    ]


def test_a_figure_is_called_as_its_file():
    figure, _ = parse_figure(BRIDGE, FILE)
    assert figure is not None
    assert figure.slug == "glute-bridge"

    _, problems = parse_figure(BRIDGE, "figures/Glute Bridge.json")
    assert [str(problem) for problem in problems] == [
        "figures/Glute Bridge.json:0: "
        "Expected a short name in small letters with hyphens as the name of this file."
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{\n"camera": {\n', 3, "This is not JSON: "),
        ('{"camera": 1}\n}', 2, "This is not JSON: "),
        ("", 1, "This is not JSON: "),
        ('{"camera": NaN}', 1, "This is not JSON: NaN is no number."),
        ("[" * 100_000, 1, "This is not JSON: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_with_its_line(text, line, message):
    document, problems = read_json(text, FILE)

    assert document.data is None
    (problem,) = problems
    assert problem.message.startswith(message)
    assert document.line_of(problem.field) == line


def test_every_field_of_a_figure_is_found_on_its_line():
    text = json.dumps(changed(["poses", 1, "text"], ""), indent=2)

    _, problems = read_folder({FILE: text.encode()}, Shelf(), shipped=True)

    (problem,) = problems
    lines = text.splitlines()
    assert lines[problem.line - 1].strip() == '"text": "",'
    assert str(problem).startswith(f"{FILE}:{problem.line}: poses[1].text: Expected words in one line")


# --- figures among the rest of the content ---


def naming(figure: str | None) -> LibraryFiles:
    """One exercise that names this figure, beside the one that is shipped for it."""
    (bridge,) = (each for each in shipped().exercises if each.slug == "glute-bridge")
    (drawn,) = (each for each in shipped().figures if each.slug == "glute-bridge")
    alone = replace(bridge, easier=None, harder=None, articles=(), figure=figure)
    return LibraryFiles(exercises=[alone], figures=[drawn])


def test_an_exercise_names_a_figure_that_is_there():
    assert cross_check(naming("glute-bridge"), Shelf()) == []
    assert cross_check(naming(None), Shelf()) == []
    assert cross_check(naming("handstand"), Shelf()) == [
        ContentProblem("exercises/glute-bridge.yaml", "figure", "There is no figure handstand.")
    ]


def test_a_clinics_exercise_may_name_a_figure_of_the_product():
    own = replace(naming("rest-on-front"), figures=())

    assert cross_check(own, Shelf(figures=frozenset({"rest-on-front"}))) == []
    assert [problem.field for problem in cross_check(own, Shelf())] == ["figure"]


def test_a_clinic_brings_no_figures():
    _, problems = read_folder({FILE: json.dumps(BRIDGE).encode()}, Shelf(), shipped=False)

    assert [(problem.file, problem.message) for problem in problems] == [
        (FILE, "Expected one of: exercises/*.yaml, programs/*.yaml, articles/*.yaml.")
    ]


def test_every_exercise_has_its_own_figure_and_every_other_figure_is_a_way_to_rest():
    named = {exercise.slug: exercise.figure for exercise in shipped().exercises}

    assert {slug for slug, figure in named.items() if figure != slug} == set()
    assert {figure.slug for figure in shipped().figures} - named.keys() == WAYS_TO_REST.keys()


def test_what_is_read_beside_the_database_is_what_is_loaded_into_it():
    loaded = {each.slug: {**each.document, "slug": each.slug} for each in shipped().figures}
    assert shipped_figures() == loaded


# --- what is made of a figure ---


def test_a_figure_has_two_stills_with_words_and_a_size():
    first, second = stills({**BRIDGE, "slug": "glute-bridge"})

    assert first.path == "img/exercises/glute-bridge-1.svg"
    assert second.path == "img/exercises/glute-bridge-2.svg"
    assert (first.text, second.text) == tuple(pose["text"] for pose in BRIDGE["poses"])
    assert (second.width, second.height) == (228, 152)


@pytest.mark.parametrize(
    ("sides", "side", "shown"),
    [
        ("each", "left", "left"),
        ("alternate", "left", "left"),
        ("together", "left", "right"),
        ("each", "right", "right"),
        ("each", "both", "right"),
        ("each", "", "right"),
    ],
)
def test_only_what_has_sides_is_shown_for_the_left_one(sides, side, shown):
    assert shown_side(sides, side) == shown


def figure_from(first: float, second: float) -> Mapping[str, Any]:
    """Two poses with the pelvis at these heights."""
    return {"poses": [{"pelvis": {"at": [0, height, 0]}} for height in (first, second)]}


RISES, SINKS = figure_from(10, 30), figure_from(100, 90)


def dose(**values: object) -> Dose:
    usual = {"sets": 2, "repetitions": 8, "hold_seconds": 0, "duration_seconds": None}
    often = {"rest_seconds": 30, "times_a_day": 1, "days_a_week": 7, "tempo": ""}
    return Dose(**{**usual, **often, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "category", "figure", "up_hold_down", "in_words"),
    [
        (
            dose(tempo="2-3-2", hold_seconds=3),
            "strength",
            RISES,
            (2, 3, 2),
            "From 1 to 2 in 2 seconds. Hold for 3 seconds. Back in 2 seconds.",
        ),
        (
            dose(tempo="1-0-3"),
            "strength",
            RISES,
            (1, 0, 3),
            "From 1 to 2 in 1 second. Back in 3 seconds.",
        ),
        (
            dose(tempo="1-0-3"),
            "strength",
            SINKS,
            (3, 0, 1),
            "From 1 to 2 in 3 seconds. Back in 1 second.",
        ),
        (
            dose(tempo="1-2-3"),
            "strength",
            SINKS,
            (3, 0, 1),
            "From 1 to 2 in 3 seconds. Back in 1 second.",
        ),
        (
            dose(tempo="0-2-0"),
            "strength",
            RISES,
            (1, 2, 1),
            "From 1 to 2 in 1 second. Hold for 2 seconds. Back in 1 second.",
        ),
        (
            dose(hold_seconds=5),
            "core",
            RISES,
            (2, 5, 2),
            "From 1 to 2 in 2 seconds. Hold for 5 seconds. Back in 2 seconds.",
        ),
        (
            dose(hold_seconds=30, repetitions=1),
            "mobility",
            SINKS,
            (2, 5, 2),
            "From 1 to 2 in 2 seconds. Hold for 5 seconds here, and for 30 seconds when you do it. "
            "Back in 2 seconds.",
        ),
        (
            dose(duration_seconds=120, repetitions=1),
            "direction",
            RISES,
            (2, 5, 2),
            "From 1 to 2 in 2 seconds. Hold for 5 seconds here, and for 2 minutes when you do it. "
            "Back in 2 seconds.",
        ),
        (
            dose(duration_seconds=300, repetitions=1),
            "aerobic",
            RISES,
            (1, 0, 1),
            "From 1 to 2 in 1 second. Back in 1 second.",
        ),
        (dose(), "mobility", RISES, (2, 0, 2), "From 1 to 2 in 2 seconds. Back in 2 seconds."),
    ],
    ids=[
        "tempo",
        "slow back",
        "sinks",
        "sinks after a pause",
        "no jump",
        "hold",
        "long hold",
        "lies there",
        "walks",
        "neither",
    ],
)
def test_a_picture_moves_at_the_speed_of_the_dose(given, category, figure, up_hold_down, in_words):
    tempo = shown_tempo(given, category, figure)

    assert (tempo.up, tempo.hold, tempo.down) == up_hold_down
    assert tempo.in_words == in_words


def test_a_heel_sinks_slowly_and_a_person_stands_up_faster_than_they_sit_down():
    exercises = {each.slug: each for each in shipped().exercises}

    def tempo(slug: str) -> tuple[int, int, int]:
        exercise = exercises[slug]
        shown = shown_tempo(exercise.dose, exercise.category, shipped_figures()[slug])
        return shown.up, shown.hold, shown.down

    # Going up again is done on both feet, which two pictures of one foot cannot show.
    assert tempo("eccentric-heel-drop") == (3, 1, 0)
    assert tempo("sit-to-stand") == (2, 0, 3)


# --- figures in the database ---


@pytest.mark.django_db
def test_the_library_holds_the_whole_figure():
    bridge = Exercise.objects.get(slug="glute-bridge")
    assert bridge.figure == {**BRIDGE, "slug": "glute-bridge"}
