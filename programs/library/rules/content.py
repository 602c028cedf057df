"""The shape of the shipped content: exercises and staged programs as a clinician writes them in YAML.

A file is checked as a whole before any of it is used, so that its author sees every problem at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from .dose import Dose, dose_errors

CATEGORIES: Final = (
    "mobility",
    "circulation",
    "strength",
    "nerve_glide",
    "motor_control",
    "core",
    "direction",
    "aerobic",
    "relaxation",
)
POSITIONS: Final = (
    "standing",
    "sitting",
    "floor_sitting",
    "lying",
    "side_lying",
    "face_down",
    "hands_and_knees",
)
EQUIPMENT: Final = ("none", "wall", "towel", "chair", "counter", "step", "mat", "band", "shoes")
SIDES: Final = ("together", "each", "alternate")
IRRITABILITY_LEVELS: Final = ("high", "medium", "low")
# A: trial or review in sciatica (A-: small or indirect). B: trial in a related problem.
# C: people without pain, or mechanism only. D: expert practice.
EVIDENCE_GRADES: Final = ("A", "A-", "B", "C", "D")
# A tensioner stretches the nerve from both ends; it is kept for the last stage, when the nerve is calm.
TENSIONER_TAG: Final = "tensioner"
FIRST_TENSIONER_STAGE: Final = 4


@dataclass(frozen=True, slots=True)
class ContentProblem:
    """One thing to mend in a content file: where it is, and what was expected there."""

    file: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well an exercise is studied (`EVIDENCE_GRADES`), and one sentence on what was found."""

    grade: str
    note: str


@dataclass(frozen=True, slots=True)
class ExerciseContent:
    """One exercise as written. `irritability_ceiling` is the highest irritability it may be given at."""

    file: str
    code: str
    slug: str
    name: str
    category: str
    position: str
    equipment: str
    target: str
    sides: str
    irritability_ceiling: str
    steps: tuple[str, ...]
    mistakes: tuple[str, ...]
    avoid: tuple[str, ...]
    easier: str | None
    harder: str | None
    dose: Dose
    tags: tuple[str, ...]
    evidence: Evidence
    checked_by: str


@dataclass(frozen=True, slots=True)
class PrescriptionContent:
    """One exercise in a stage. `dose` holds only the fields that differ from the exercise's own dose.

    `optional` exercises are offered to the therapist and left out of a plan unless ticked.
    """

    exercise: str
    dose: Mapping[str, Any]
    optional: bool
    note: str


@dataclass(frozen=True, slots=True)
class StageContent:
    """One stage of a program. `pain_ceiling` is the 7-day median of worst leg pain (0-10) to move on."""

    number: int
    name: str
    goal: str
    minimum_days: int
    pain_ceiling: int
    break_interval_minutes: int
    test: str
    prescriptions: tuple[PrescriptionContent, ...]


@dataclass(frozen=True, slots=True)
class ProgramContent:
    """One staged program as written."""

    file: str
    slug: str
    name: str
    summary: str
    not_for: tuple[str, ...]
    checked_by: str
    stages: tuple[StageContent, ...]


def parse_exercise(data: object, file: str) -> tuple[ExerciseContent | None, list[ContentProblem]]:
    """One exercise from a loaded YAML document, or None and every problem found in it."""
    if problems := _problems(_EXERCISE, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    lists = {field: tuple(values[field]) for field in ("steps", "mistakes", "avoid", "tags")}
    parts = {"dose": Dose.from_mapping(values["dose"]), "evidence": Evidence(**values["evidence"])}
    return ExerciseContent(file=file, **{**values, **lists, **parts}), []


def parse_program(data: object, file: str) -> tuple[ProgramContent | None, list[ContentProblem]]:
    """One program from a loaded YAML document, or None and every problem found in it."""
    if problems := _problems(_PROGRAM, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    if [stage["number"] for stage in values["stages"]] != list(range(1, len(values["stages"]) + 1)):
        return None, [ContentProblem(file, "stages", "Expected stages numbered 1, 2, 3 and so on, in order.")]
    lists = {"not_for": tuple(values["not_for"]), "stages": tuple(map(_stage, values["stages"]))}
    return ProgramContent(file=file, **{**values, **lists}), []


def _stage(values: dict[str, Any]) -> StageContent:
    prescriptions = tuple(PrescriptionContent(**prescription) for prescription in values["prescriptions"])
    return StageContent(**{**values, "prescriptions": prescriptions})


def cross_check(
    exercises: Sequence[ExerciseContent], programs: Sequence[ProgramContent]
) -> list[ContentProblem]:
    """Problems that only show when the files are read together: names that clash or lead nowhere."""
    by_slug = {exercise.slug: exercise for exercise in exercises}
    return [
        *_clashes(exercises, "slug"),
        *_clashes(exercises, "code"),
        *_clashes(programs, "slug"),
        *(
            ContentProblem(exercise.file, field, f"There is no exercise {neighbour}.")
            for exercise in exercises
            for field, neighbour in (("easier", exercise.easier), ("harder", exercise.harder))
            if neighbour is not None and neighbour not in by_slug
        ),
        *(problem for program in programs for problem in _program_problems(program, by_slug)),
    ]


def _clashes(items: Sequence[ExerciseContent | ProgramContent], field: str) -> Iterator[ContentProblem]:
    first_file: dict[str, str] = {}
    for item in items:
        value = getattr(item, field)
        if value in first_file:
            yield ContentProblem(item.file, field, f"{value} is already used in {first_file[value]}.")
        first_file.setdefault(value, item.file)


def _program_problems(
    program: ProgramContent, by_slug: Mapping[str, ExerciseContent]
) -> Iterator[ContentProblem]:
    for index, stage in enumerate(program.stages):
        path = f"stages[{index}].prescriptions"
        if all(prescription.optional for prescription in stage.prescriptions):
            yield ContentProblem(program.file, path, "Expected at least one exercise that is not optional.")
        seen: set[str] = set()
        for position, prescription in enumerate(stage.prescriptions):
            field = f"{path}[{position}].exercise"
            slug = prescription.exercise
            if slug not in by_slug:
                yield ContentProblem(program.file, field, f"There is no exercise {slug}.")
            elif slug in seen:
                yield ContentProblem(program.file, field, f"{slug} is already in this stage.")
            elif TENSIONER_TAG in by_slug[slug].tags and stage.number < FIRST_TENSIONER_STAGE:
                message = f"A nerve tensioner may not come before stage {FIRST_TENSIONER_STAGE}."
                yield ContentProblem(program.file, field, message)
            seen.add(slug)


# The expected shape, put together from small checks. A check yields (path inside the value, message).
_Check: TypeAlias = Callable[[object], Iterable[tuple[str, str]]]


def _problems(check: _Check, data: object, file: str) -> list[ContentProblem]:
    return [ContentProblem(file, path.removeprefix("."), message) for path, message in check(data)]


def _value(fits: Callable[[object], bool], expected: str) -> _Check:
    return lambda value: () if fits(value) else (("", f"Expected {expected}."),)


def _mapping(shape: Mapping[str, _Check]) -> _Check:
    def check(value: object) -> Iterator[tuple[str, str]]:
        if not isinstance(value, Mapping):
            yield "", f"Expected the fields {', '.join(shape)}."
            return
        for field in value:
            if field not in shape:
                yield f".{field}", "This field is not known here."
        for field, inner in shape.items():
            if field not in value:
                yield f".{field}", "This field is missing."
                continue
            for path, message in inner(value[field]):
                yield f".{field}{path}", message

    return check


def _list_of(inner: _Check, low: int, high: int) -> _Check:
    def check(value: object) -> Iterator[tuple[str, str]]:
        if not isinstance(value, list) or not low <= len(value) <= high:
            yield "", f"Expected a list of {low} to {high} entries."
            return
        for index, entry in enumerate(value):
            for path, message in inner(entry):
                yield f"[{index}]{path}", message

    return check


def _one_of(options: tuple[str, ...]) -> _Check:
    return _value(lambda value: value in options, f"one of: {', '.join(options)}")


def _whole_number(low: int, high: int) -> _Check:
    return _value(
        lambda value: type(value) is int and low <= value <= high, f"a whole number from {low} to {high}"
    )


def _matching(pattern: str, expected: str) -> _Check:
    return _value(lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value)), expected)


def _text(longest: int) -> _Check:
    return _value(
        lambda value: isinstance(value, str) and value.strip() != "" and len(value) <= longest,
        f"words, at most {longest} letters",
    )


def _text_or_empty(longest: int) -> _Check:
    words = _text(longest)
    return lambda value: () if value == "" else words(value)


def _or_null(inner: _Check) -> _Check:
    return lambda value: () if value is None else inner(value)


def _dose(*, whole: bool) -> _Check:
    def check(value: object) -> Iterator[tuple[str, str]]:
        if not isinstance(value, Mapping):
            yield "", "Expected the fields of a dose."
            return
        for field, message in dose_errors(value).items():
            # in a prescription, a field that is not named keeps the exercise's own value
            if whole or field in value:
                yield f".{field}", message

    return check


_SLUG = _matching(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*", "a short name in small letters with hyphens")

_EXERCISE: Final = _mapping(
    {
        "code": _matching(r"[A-Z]{2,4}[0-9]{2,4}", "a code such as EX01"),
        "slug": _SLUG,
        "name": _text(80),
        "category": _one_of(CATEGORIES),
        "position": _one_of(POSITIONS),
        "equipment": _one_of(EQUIPMENT),
        "target": _text(80),
        "sides": _one_of(SIDES),
        "irritability_ceiling": _one_of(IRRITABILITY_LEVELS),
        "steps": _list_of(_text(300), 4, 6),
        "mistakes": _list_of(_text(300), 1, 3),
        "avoid": _list_of(_text(300), 1, 3),
        "easier": _or_null(_SLUG),
        "harder": _or_null(_SLUG),
        "dose": _dose(whole=True),
        "tags": _list_of(_matching(r"[a-z_]+", "a tag in small letters"), 0, 10),
        "evidence": _mapping({"grade": _one_of(EVIDENCE_GRADES), "note": _text(500)}),
        "checked_by": _text_or_empty(120),
    }
)
_STAGE: Final[Mapping[str, _Check]] = {
    "number": _whole_number(1, 10),
    "name": _text(80),
    "goal": _text(300),
    "minimum_days": _whole_number(1, 365),
    "pain_ceiling": _whole_number(0, 10),
    "break_interval_minutes": _whole_number(20, 60),
    "test": _text(300),
    "prescriptions": _list_of(
        _mapping(
            {
                "exercise": _SLUG,
                "dose": _dose(whole=False),
                "optional": _value(lambda value: isinstance(value, bool), "true or false"),
                "note": _text_or_empty(200),
            }
        ),
        0,
        20,
    ),
}
_PROGRAM: Final = _mapping(
    {
        "slug": _SLUG,
        "name": _text(80),
        "summary": _text(500),
        "not_for": _list_of(_text(300), 1, 10),
        "checked_by": _text_or_empty(120),
        "stages": _list_of(_mapping(_STAGE), 1, 10),
    }
)
