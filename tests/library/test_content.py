"""The shipped exercises and programs, and what is said about content that is not right."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from programs.library.rules import (
    IRRITABILITY_LEVELS,
    ContentProblem,
    ExerciseContent,
    ProgramContent,
    cross_check,
    parse_exercise,
    parse_program,
    seconds_needed,
)
from tests.readability import grade, sentences, words

pytestmark = pytest.mark.pure

CONTENT = Path(__file__).parents[2] / "programs" / "library" / "content"
EXERCISE_FILES = sorted((CONTENT / "exercises").glob("*.yaml"))
PROGRAM_FILES = sorted((CONTENT / "programs").glob("*.yaml"))
HIGHEST_GRADE = 6
LONGEST_SENTENCE = 20
# promises and verdicts this product may not make; "health" and "healthy" stay allowed
FORBIDDEN = re.compile(
    r"safe|\bcur(e|es|ed|ing)\b|\bheal(s|ed|ing)?\b|protect|diagnos|prevent|treat", re.IGNORECASE
)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def shipped_exercises() -> dict[str, ExerciseContent]:
    parsed = [parse_exercise(load(path), path.name) for path in EXERCISE_FILES]
    assert [problem for _, problems in parsed for problem in problems] == []
    return {exercise.slug: exercise for exercise, _ in parsed if exercise}


def shipped_programs() -> list[ProgramContent]:
    parsed = [parse_program(load(path), path.name) for path in PROGRAM_FILES]
    assert [problem for _, problems in parsed for problem in problems] == []
    return [program for program, _ in parsed if program]


# --- the shipped files ---


def test_all_32_exercises_are_there_and_right() -> None:
    codes = sorted(exercise.code for exercise in shipped_exercises().values())
    assert codes == [f"EX{number:02}" for number in range(1, 33)]


def test_the_shipped_files_fit_together() -> None:
    assert cross_check(list(shipped_exercises().values()), shipped_programs()) == []


def test_every_file_is_named_by_its_slug() -> None:
    for path in [*EXERCISE_FILES, *PROGRAM_FILES]:
        assert load(path)["slug"] == path.stem


def test_nothing_claims_a_check_that_no_clinician_has_made() -> None:
    assert {load(path)["checked_by"] for path in [*EXERCISE_FILES, *PROGRAM_FILES]} == {""}


def test_an_easier_exercise_never_needs_a_calmer_nerve() -> None:
    exercises = shipped_exercises()
    for exercise in exercises.values():
        if exercise.easier:
            easier = exercises[exercise.easier]
            calmest_needed = IRRITABILITY_LEVELS.index(exercise.irritability_ceiling)
            assert IRRITABILITY_LEVELS.index(easier.irritability_ceiling) <= calmest_needed, exercise.slug


def test_going_easier_and_easier_comes_to_an_end() -> None:
    exercises = shipped_exercises()
    for slug in exercises:
        path = [slug]
        while easier := exercises[path[-1]].easier:
            assert easier not in path
            path.append(easier)


def test_only_calm_exercises_are_given_at_high_irritability() -> None:
    for exercise in shipped_exercises().values():
        assert ("calm" in exercise.tags) == (exercise.irritability_ceiling == "high"), exercise.slug


def test_a_tempo_pauses_as_long_as_the_hold() -> None:
    for exercise in shipped_exercises().values():
        if exercise.dose.tempo and not exercise.dose.duration_seconds and exercise.dose.hold_seconds:
            assert exercise.dose.tempo.split("-")[1] == str(exercise.dose.hold_seconds), exercise.slug


@pytest.fixture(scope="module")
def sciatica() -> ProgramContent:
    return next(program for program in shipped_programs() if program.slug == "sciatica-with-calf-symptoms")


def test_sciatica_with_calf_symptoms_has_its_four_stages(sciatica: ProgramContent) -> None:
    assert [stage.minimum_days for stage in sciatica.stages] == [7, 10, 21, 28]
    assert [stage.pain_ceiling for stage in sciatica.stages] == [6, 4, 3, 2]
    assert [stage.break_interval_minutes for stage in sciatica.stages] == [25, 30, 35, 50]


# "sets x repetitions", the hold or "5 min" in brackets, times a day / days a week; ? = offered, not given
STAGES = [
    """EX31 1x1 (3 min) 2/7, EX04 2x20 3/7, EX10 2x8 2/7, EX17 2x10 (3 s) 2/7, EX24? 1x1 (2 min) 3/7,
    EX26? 2x5 (5 s) 2/7, EX29 1x1 (5 min) 2/7""",
    """EX09 2x10 2/7, EX01 3x1 (30 s) 1/7, EX02 3x1 (30 s) 1/7, EX15 2x1 (20 s) 1/7, EX16 2x10 (3 s) 1/4,
    EX23 2x10 (2 s) 1/4, EX05 2x12 (1 s) 1/4, EX24? 1x1 (2 min) 3/7, EX25? 1x10 (2 s) 3/7,
    EX26? 2x5 (5 s) 2/7, EX29 1x1 (10 min) 1/7""",
    """EX06 3x12 (1 s) 1/3, EX16 3x10 (3 s) 1/3, EX19 2x8 (5 s) 1/3, EX18 2x5 (8 s) 1/3, EX20 2x4 (8 s) 1/3,
    EX28 3x10 1/3, EX09 1x10 2/7, EX12? 1x8 1/5, EX13? 1x8 1/5, EX29 1x1 (20 min) 1/5""",
    """EX07 3x8 1/3, EX08 3x6 1/3, EX21 2x4 (8 s) 1/3, EX22 2x8 1/3, EX19 2x10 (10 s) 1/3, EX28 3x8 1/3,
    EX11? 1x6 (2 s) 1/4, EX29 1x1 (30 min) 1/5""",
]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_stage_gives_the_exercises_and_doses_of_the_design(
    sciatica: ProgramContent, number: int
) -> None:
    exercises = shipped_exercises()
    given = []
    for prescription in sciatica.stages[number - 1].prescriptions:
        exercise = exercises[prescription.exercise]
        dose = exercise.dose.with_changes(prescription.dose)
        length = f" ({dose.hold_seconds} s)" if dose.hold_seconds else ""
        length = f" ({dose.duration_seconds // 60} min)" if dose.duration_seconds else length
        frequency = f"{dose.times_a_day}/{dose.days_a_week}"
        offered = "?" if prescription.optional else ""
        given.append(f"{exercise.code}{offered} {dose.sets}x{dose.repetitions}{length} {frequency}")
    assert given == re.split(r",\s+", STAGES[number - 1])


def test_a_prescription_states_only_what_differs_from_the_exercise(sciatica: ProgramContent) -> None:
    exercises = shipped_exercises()
    for stage in sciatica.stages:
        for prescription in stage.prescriptions:
            usual = exercises[prescription.exercise].dose.to_mapping()
            assert [f for f, value in prescription.dose.items() if usual[f] == value] == []


def test_no_stage_asks_for_more_than_the_nerve_allows(sciatica: ProgramContent) -> None:
    exercises = shipped_exercises()
    highest_in_stage = {1: {"high"}, 2: {"high", "medium"}}
    for stage in sciatica.stages:
        allowed = highest_in_stage.get(stage.number, set(IRRITABILITY_LEVELS))
        assert {exercises[each.exercise].irritability_ceiling for each in stage.prescriptions} <= allowed


def test_the_first_session_takes_at_most_20_minutes(sciatica: ProgramContent) -> None:
    exercises = shipped_exercises()
    seconds = 0
    for prescription in sciatica.stages[0].prescriptions:
        exercise = exercises[prescription.exercise]
        if not prescription.optional:
            seconds += seconds_needed(exercise.dose.with_changes(prescription.dose), exercise.sides)
    assert 600 <= seconds <= 1200


# --- the words ---


def passages(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every passage a patient reads, with its place."""
    for field in ("steps", "mistakes", "avoid", "not_for"):
        for line in data.get(field, []):
            yield field, line
    if "evidence" in data:
        yield "evidence", data["evidence"]["note"]
    if "summary" in data:
        yield "summary", data["summary"]
    for stage in data.get("stages", []):
        for field in ("goal", "test"):
            yield f"stage {stage['number']} {field}", stage[field]
        for prescription in stage["prescriptions"]:
            if prescription["note"]:
                yield f"stage {stage['number']} {prescription['exercise']}", prescription["note"]


def labels(data: dict[str, Any]) -> Iterator[str]:
    """Names too short to have a reading grade."""
    yield from (data[field] for field in ("name", "target") if field in data)
    yield from (stage["name"] for stage in data.get("stages", []))


def test_the_reading_grade_tells_hard_words_from_plain_ones() -> None:
    assert grade("Neural mobilisation decreases mechanosensitivity of the sciatic neural tissues.") > 12
    assert grade("Move slowly. Stop if your leg starts to tingle.") < 3


@pytest.mark.parametrize("path", [*EXERCISE_FILES, *PROGRAM_FILES], ids=lambda path: path.stem)
def test_the_words_are_plain(path: Path) -> None:
    data = load(path)
    for place, text in passages(data):
        assert grade(text) <= HIGHEST_GRADE, (place, text)
        for sentence in sentences(text):
            assert len(words(sentence)) <= LONGEST_SENTENCE, (place, sentence)
    for text in [*labels(data), *(text for _, text in passages(data))]:
        assert not FORBIDDEN.search(text), text


@pytest.mark.parametrize("path", EXERCISE_FILES, ids=lambda path: path.stem)
def test_the_evidence_is_one_or_two_modest_sentences(path: Path) -> None:
    note = load(path)["evidence"]["note"]
    assert len(sentences(note)) <= 2
    assert re.search(r"\bmay\b|Pain was not studied|We found no", note)


# --- content that is not right ---

EXERCISE = load(CONTENT / "exercises" / "standing-calf-stretch.yaml")
PROGRAM = load(CONTENT / "programs" / "sciatica-with-calf-symptoms.yaml")
MISSING = object()


def changed(original: dict[str, Any], path: list[str | int], value: object) -> dict[str, Any]:
    data = copy.deepcopy(original)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def the_problem(parse: Callable[..., tuple[object, list[ContentProblem]]], data: object) -> ContentProblem:
    content, problems = parse(data, "bad.yaml")
    assert content is None
    assert len(problems) == 1, problems
    assert problems[0].file == "bad.yaml"
    return problems[0]


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["name"], MISSING, "name", "This field is missing."),
        (["name"], "  ", "name", "Expected words, at most 80 letters."),
        (["name"], "x" * 81, "name", "Expected words, at most 80 letters."),
        (["code"], "1", "code", "Expected a code such as EX01."),
        (["slug"], "Calf Stretch", "slug", "Expected a short name in small letters with hyphens."),
        (["category"], "yoga", "category", "Expected one of: mobility, circulation,"),
        (["position"], ["standing"], "position", "Expected one of: standing, sitting,"),
        (["equipment"], None, "equipment", "Expected one of: none, wall,"),
        (["sides"], "both", "sides", "Expected one of: together, each, alternate."),
        (["irritability_ceiling"], "H", "irritability_ceiling", "Expected one of: high, medium, low."),
        (["steps"], ["Stand."] * 3, "steps", "Expected a list of 4 to 6 entries."),
        (["steps", 1], 7, "steps[1]", "Expected words, at most 300 letters."),
        (["mistakes"], [], "mistakes", "Expected a list of 1 to 3 entries."),
        (["avoid"], "never", "avoid", "Expected a list of 1 to 3 entries."),
        (["easier"], "", "easier", "Expected a short name in small letters with hyphens."),
        (["dose"], None, "dose", "Expected the fields of a dose."),
        (["dose", "sets"], 0, "dose.sets", "Sets must be a whole number from 1 to 10."),
        (["dose", "sets"], MISSING, "dose.sets", "Sets must be a whole number from 1 to 10."),
        (["dose", "reps"], 10, "dose.reps", "A dose has no field reps."),
        (["tags", 0], "Big Calf", "tags[0]", "Expected a tag in small letters."),
        (["evidence", "grade"], "E", "evidence.grade", "Expected one of: A, A-, B, C, D."),
        (["evidence"], "C", "evidence", "Expected the fields grade, note."),
        (["checked_by"], None, "checked_by", "Expected words, at most 120 letters."),
        (["stepps"], [], "stepps", "This field is not known here."),
    ],
)
def test_one_slip_in_an_exercise_is_one_problem(
    path: list[str | int], value: object, field: str, message: str
) -> None:
    problem = the_problem(parse_exercise, changed(EXERCISE, path, value))
    assert problem.field == field
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["summary"], MISSING, "summary", "This field is missing."),
        (["not_for"], [], "not_for", "Expected a list of 1 to 10 entries."),
        (["stages"], [], "stages", "Expected a list of 1 to 10 entries."),
        (["stages", 1], "rest", "stages[1]", "Expected the fields number, name,"),
        (["stages", 1, "number"], 3, "stages", "Expected stages numbered 1, 2, 3 and so on, in order."),
        (
            ["stages", 0, "minimum_days"],
            0,
            "stages[0].minimum_days",
            "Expected a whole number from 1 to 365.",
        ),
        (
            ["stages", 0, "pain_ceiling"],
            11,
            "stages[0].pain_ceiling",
            "Expected a whole number from 0 to 10.",
        ),
        (
            ["stages", 0, "pain_ceiling"],
            True,
            "stages[0].pain_ceiling",
            "Expected a whole number from 0 to 10.",
        ),
        (
            ["stages", 2, "break_interval_minutes"],
            61,
            "stages[2].break_interval_minutes",
            "Expected a whole number from 20 to 60.",
        ),
        (
            ["stages", 0, "prescriptions", 2, "dose", "repetitions"],
            51,
            "stages[0].prescriptions[2].dose.repetitions",
            "Repetitions must be a whole number from 1 to 50.",
        ),
        (
            ["stages", 0, "prescriptions", 0, "dose", "reps"],
            8,
            "stages[0].prescriptions[0].dose.reps",
            "A dose has no field reps.",
        ),
        (
            ["stages", 3, "prescriptions", 0, "optional"],
            "yes",
            "stages[3].prescriptions[0].optional",
            "Expected true or false.",
        ),
    ],
)
def test_one_slip_in_a_program_is_one_problem(
    path: list[str | int], value: object, field: str, message: str
) -> None:
    problem = the_problem(parse_program, changed(PROGRAM, path, value))
    assert problem.field == field
    assert problem.message.startswith(message)


@pytest.mark.parametrize("parse", [parse_exercise, parse_program])
@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_file_that_holds_no_fields_is_one_problem(
    parse: Callable[..., tuple[object, list[ContentProblem]]], data: object
) -> None:
    problem = the_problem(parse, data)
    assert problem.field == ""
    assert problem.message.startswith("Expected the fields ")


def test_every_slip_of_a_file_is_named_at_once() -> None:
    data = changed(changed(EXERCISE, ["name"], ""), ["dose", "sets"], 0)
    _, problems = parse_exercise(data, "bad.yaml")
    assert [problem.field for problem in problems] == ["name", "dose.sets"]


def an_exercise(**fields: object) -> ExerciseContent:
    data = {**EXERCISE, "easier": None, "harder": None, **fields}
    exercise, problems = parse_exercise(data, f"{data['slug']}.yaml")
    assert exercise is not None, problems
    return exercise


def a_program(*prescriptions: tuple[str, bool], stage: int = 1) -> ProgramContent:
    """A program that gives a calf stretch in every stage but one, which has these (exercise, optional)."""
    data = changed(PROGRAM, ["stages"], copy.deepcopy(PROGRAM["stages"]))
    for each in data["stages"]:
        given = prescriptions if each["number"] == stage else (("standing-calf-stretch", False),)
        each["prescriptions"] = [
            {"exercise": slug, "dose": {}, "optional": optional, "note": ""} for slug, optional in given
        ]
    program, problems = parse_program(data, "program.yaml")
    assert program is not None, problems
    return program


TENSIONER = an_exercise(slug="nerve-tensioner", code="EX98", tags=["nerve", "tensioner"])


def test_content_that_fits_together_has_no_problems() -> None:
    assert cross_check([an_exercise()], [a_program(("standing-calf-stretch", False))]) == []


@pytest.mark.parametrize("field", ["easier", "harder"])
def test_an_unknown_neighbour_is_named(field: str) -> None:
    assert cross_check([an_exercise(**{field: "hop"})], []) == [
        ContentProblem("standing-calf-stretch.yaml", field, "There is no exercise hop.")
    ]


def test_a_slug_or_code_used_twice_is_named_in_the_second_file() -> None:
    same_slug = an_exercise(code="EX99")
    same_code = an_exercise(slug="other")
    assert [(p.file, p.field) for p in cross_check([an_exercise(), same_slug, same_code], [])] == [
        ("standing-calf-stretch.yaml", "slug"),
        ("other.yaml", "code"),
    ]


def test_two_programs_may_not_share_a_slug() -> None:
    program = a_program(("standing-calf-stretch", False))
    assert cross_check([an_exercise()], [program, program]) == [
        ContentProblem("program.yaml", "slug", f"{program.slug} is already used in program.yaml.")
    ]


def test_an_unknown_exercise_in_a_stage_is_named_with_its_place() -> None:
    program = a_program(("standing-calf-stretch", False), ("hop", False), stage=2)
    assert cross_check([an_exercise()], [program]) == [
        ContentProblem("program.yaml", "stages[1].prescriptions[1].exercise", "There is no exercise hop.")
    ]


def test_the_same_exercise_twice_in_a_stage_is_named() -> None:
    program = a_program(("standing-calf-stretch", False), ("standing-calf-stretch", True))
    assert [(p.field, p.message) for p in cross_check([an_exercise()], [program])] == [
        ("stages[0].prescriptions[1].exercise", "standing-calf-stretch is already in this stage.")
    ]


@pytest.mark.parametrize("prescriptions", [(), (("standing-calf-stretch", True),)])
def test_a_stage_that_gives_no_exercise_is_named(prescriptions: tuple[tuple[str, bool], ...]) -> None:
    assert cross_check([an_exercise()], [a_program(*prescriptions, stage=3)]) == [
        ContentProblem(
            "program.yaml", "stages[2].prescriptions", "Expected at least one exercise that is not optional."
        )
    ]


@pytest.mark.parametrize(("stage", "allowed"), [(1, False), (2, False), (3, False), (4, True)])
def test_a_nerve_tensioner_may_not_come_before_stage_4(stage: int, allowed: bool) -> None:
    program = a_program(("standing-calf-stretch", False), ("nerve-tensioner", True), stage=stage)
    problems = cross_check([an_exercise(), TENSIONER], [program])
    assert [p.field for p in problems] == (
        [] if allowed else [f"stages[{stage - 1}].prescriptions[1].exercise"]
    )
