"""A staged program, or the flare plan, as a clinician writes it in YAML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from . import shape, stage_tests
from .evidence import EVIDENCE, Evidence
from .shape import ContentProblem
from .stage_tests import StageTestItem

STAGED: Final = "staged"
FLARE: Final = "flare"
PROGRAM_KINDS: Final = (STAGED, FLARE)
DIRECTION_CHECKS: Final = ("none", "extension_first", "flexion_first")
# In one stage.
MOST_PRESCRIPTIONS: Final = 20
# What the pain ceiling of a stage is held against.
PAIN_MEASURES: Final[Mapping[str, str]] = {
    "worst_leg": "worst leg pain, middle of 7 days",
    "calf": "calf pain between cramps",
    "during": "worst pain while you do the exercises",
}


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
    """One stage of a program.

    `pain_ceiling` (0-10, or None) is held against `pain_measure` before moving on. `minimum_days` is None
    in a last stage that goes on for as long as it helps. `test` says in words what `test_items` ask for.
    What is excluded may not be given in this stage,
    also not as a swap. `break_movements` and `articles` are slugs; no movement named means any.
    """

    number: int
    name: str
    goal: str
    minimum_days: int | None
    pain_ceiling: int | None
    pain_measure: str
    break_interval_minutes: int
    test: str
    test_items: tuple[StageTestItem, ...]
    cautions: tuple[str, ...]
    excluded_exercises: tuple[str, ...]
    excluded_tags: tuple[str, ...]
    break_movements: tuple[str, ...]
    articles: tuple[str, ...]
    prescriptions: tuple[PrescriptionContent, ...]


@dataclass(frozen=True, slots=True)
class FlareExit:
    """When a flare plan ends: after `calm_days` days in a row with worst leg pain at most `calm_margin`
    above the baseline; after `longest_days` somebody is to look."""

    longest_days: int
    calm_days: int
    calm_margin: int


@dataclass(frozen=True, slots=True)
class ProgramContent:
    """One program as written. `kind` is one of `PROGRAM_KINDS`; `flare` is given in a flare plan only."""

    file: str
    slug: str
    kind: str
    name: str
    summary: str
    begin_when: tuple[str, ...]
    not_for: tuple[str, ...]
    direction_check: str
    evidence: Evidence
    flare: FlareExit | None
    stages: tuple[StageContent, ...]
    checked_by: str


def parse_program(data: object, file: str) -> tuple[ProgramContent | None, list[ContentProblem]]:
    """One program from a loaded YAML document, or None and every problem found in it."""
    if problems := shape.problems_of(_PROGRAM, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    if wrong := [ContentProblem(file, field, message) for field, message in _disagreements(values)]:
        return None, wrong
    parts = {
        "begin_when": tuple(values["begin_when"]),
        "not_for": tuple(values["not_for"]),
        "evidence": Evidence(**values["evidence"]),
        "flare": FlareExit(**values["flare"]) if values["flare"] else None,
        "stages": tuple(map(_stage, values["stages"])),
    }
    return ProgramContent(file=file, **{**values, **parts}), []


def _disagreements(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong between fields that are right by themselves."""
    stages: Sequence[Mapping[str, Any]] = values["stages"]
    if [stage["number"] for stage in stages] != list(range(1, len(stages) + 1)):
        yield "stages", "Expected stages numbered 1, 2, 3 and so on, in order."
    for index, stage in enumerate(stages):
        if stage["minimum_days"] is None and index != len(stages) - 1:
            yield f"stages[{index}].minimum_days", "Only the last stage may be without an end."
        if stage["test"] == "" and stage["minimum_days"] is not None:
            yield f"stages[{index}].test", "Only a stage without an end needs no test."
        yield from _disagreements_of_items(f"stages[{index}].test_items", stage)
    if (values["kind"] == FLARE) != (values["flare"] is not None):
        yield "flare", "Expected this in a flare plan, and null in a staged program."
    if values["kind"] == FLARE and len(stages) != 1:
        yield "stages", "Expected one stage in a flare plan."


def _disagreements_of_items(path: str, stage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    items: Sequence[Mapping[str, Any]] = stage["test_items"]
    if items and stage["test"] == "" and stage["minimum_days"] is None:
        yield path, "A stage without a test has no items of one."
    keys: set[str] = set()
    for index, item in enumerate(items):
        if item["key"] in keys:
            yield f"{path}[{index}].key", f"{item['key']} is already in this test."
        keys.add(item["key"])
        for field, message in stage_tests.item_disagreements(item):
            yield f"{path}[{index}].{field}", message


def _stage(values: dict[str, Any]) -> StageContent:
    lists = ("cautions", "excluded_exercises", "excluded_tags", "break_movements", "articles")
    return StageContent(
        **{
            **values,
            **{field: tuple(values[field]) for field in lists},
            "test_items": tuple(map(StageTestItem.from_mapping, values["test_items"])),
            "prescriptions": tuple(PrescriptionContent(**each) for each in values["prescriptions"]),
        }
    )


_PRESCRIPTION: Final = shape.mapping(
    {
        "exercise": shape.SLUG,
        "dose": shape.dose(whole=False),
        "optional": shape.TRUE_OR_FALSE,
        "note": shape.text_or_empty(200),
    }
)
_STAGE: Final = shape.mapping(
    {
        "number": shape.whole_number(1, 10),
        "name": shape.text(80),
        "goal": shape.text(300),
        "minimum_days": shape.or_null(shape.whole_number(1, 365)),
        "pain_ceiling": shape.or_null(shape.whole_number(0, 10)),
        "pain_measure": shape.one_of(tuple(PAIN_MEASURES)),
        "break_interval_minutes": shape.whole_number(20, 60),
        "test": shape.text_or_empty(300),
        "test_items": shape.list_of(stage_tests.ITEM, 0, stage_tests.MOST_ITEMS),
        "cautions": shape.list_of(shape.text(300), 0, 4),
        "excluded_exercises": shape.list_of(shape.SLUG, 0, 20),
        "excluded_tags": shape.list_of(shape.TAG, 0, 10),
        "break_movements": shape.list_of(shape.SLUG, 0, 20),
        "articles": shape.list_of(shape.SLUG, 0, 4),
        "prescriptions": shape.list_of(_PRESCRIPTION, 0, MOST_PRESCRIPTIONS),
    }
)
_FLARE: Final = shape.mapping(
    {
        "longest_days": shape.whole_number(1, 14),
        "calm_days": shape.whole_number(1, 7),
        "calm_margin": shape.whole_number(0, 3),
    }
)
_PROGRAM: Final = shape.mapping(
    {
        "slug": shape.SLUG,
        "kind": shape.one_of(PROGRAM_KINDS),
        "name": shape.text(80),
        "summary": shape.text(500),
        "begin_when": shape.list_of(shape.text(300), 0, 6),
        "not_for": shape.list_of(shape.text(300), 1, 10),
        "direction_check": shape.one_of(DIRECTION_CHECKS),
        "evidence": EVIDENCE,
        "flare": shape.or_null(_FLARE),
        "stages": shape.list_of(_STAGE, 1, 10),
        "checked_by": shape.CHECKED_BY,
    }
)
