"""Who must not do what, and which way of moving eases a leg: as a clinician writes it in YAML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from . import shape
from .shape import ContentProblem

# block: no exercises at all. clinician_first: only with a clinician's word. filter: some are left out.
CONTRAINDICATION_LEVELS: Final = ("block", "clinician_first", "filter")
DIRECTIONS: Final = ("extension", "flexion")
OUTCOMES: Final = ("prefer_extension", "prefer_flexion", "exclude", "neither")


@dataclass(frozen=True, slots=True)
class ContraindicationContent:
    """One thing about a patient that rules exercises out.

    `question` is asked of the patient, and a yes means it applies; `advice` is what they read then.
    """

    file: str
    field: str
    slug: str
    name: str
    level: str
    question: str
    advice: str
    excluded_exercises: tuple[str, ...]
    excluded_tags: tuple[str, ...]
    only_tags: tuple[str, ...]
    checked_by: str


@dataclass(frozen=True, slots=True)
class TryContent:
    """One way of moving to be tried. `gentler` takes the place of `exercise` where that is too much.

    `dose` holds only the fields that differ from the exercise's own dose.
    """

    direction: str
    exercise: str
    gentler: str | None
    dose: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutcomeContent:
    """What the answers lead to (`OUTCOMES`), in words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class DirectionCheckContent:
    """Finds out whether bending back or bending forward eases a leg.

    The leg is asked about again `wait_minutes` after a try; what spreads the pain is left out for
    `exclude_days`. `flexion_first_with` names contraindications with which the order of tries turns round.
    `other_move` is the last step where there is more than one try.
    """

    file: str
    slug: str
    name: str
    summary: str
    tries: tuple[TryContent, ...]
    wait_minutes: int
    exclude_days: int
    flexion_first_with: tuple[str, ...]
    steps: tuple[str, ...]
    other_move: str
    outcomes: tuple[OutcomeContent, ...]
    checked_by: str


class Excluding(Protocol):
    """Whatever leaves exercises out: a contraindication."""

    @property
    def level(self) -> str: ...
    @property
    def excluded_exercises(self) -> Iterable[str]: ...
    @property
    def excluded_tags(self) -> Iterable[str]: ...
    @property
    def only_tags(self) -> Iterable[str]: ...


def rules_out(contraindication: Excluding, slug: str, tags: Iterable[str]) -> bool:
    """Whether this exercise is left out where the contraindication applies.

    A block leaves out every exercise. "Clinician first" leaves out those it names until a clinician has
    said yes to them; the others wait for that word too, which is for the plan to ask, not for the exercise.
    """
    own = set(tags)
    only = set(contraindication.only_tags)
    return (
        contraindication.level == "block"
        or slug in contraindication.excluded_exercises
        or not own.isdisjoint(contraindication.excluded_tags)
        or bool(only and own.isdisjoint(only))
    )


def parse_contraindications(
    data: object, file: str
) -> tuple[list[ContraindicationContent], list[ContentProblem]]:
    """All contraindications of a loaded YAML document, or none and every problem found in it."""
    problems = shape.problems_of(_CONTRAINDICATIONS, data, file)
    entries = [] if problems else cast(list[Mapping[str, Any]], data)
    return [_contraindication(file, index, values) for index, values in enumerate(entries)], problems


def _contraindication(file: str, index: int, values: Mapping[str, Any]) -> ContraindicationContent:
    lists = {field: tuple(values[field]) for field in ("excluded_exercises", "excluded_tags", "only_tags")}
    return ContraindicationContent(file=file, field=f"[{index}]", **{**values, **lists})


def parse_direction_check(
    data: object, file: str
) -> tuple[DirectionCheckContent | None, list[ContentProblem]]:
    """The direction check from a loaded YAML document, or None and every problem found in it."""
    if problems := shape.problems_of(_DIRECTION_CHECK, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    parts = {
        "tries": tuple(TryContent(**each) for each in values["tries"]),
        "flexion_first_with": tuple(values["flexion_first_with"]),
        "steps": tuple(values["steps"]),
        "outcomes": tuple(OutcomeContent(**each) for each in values["outcomes"]),
    }
    return DirectionCheckContent(file=file, **{**values, **parts}), []


_CONTRAINDICATIONS: Final = shape.list_of(
    shape.mapping(
        {
            "slug": shape.SLUG,
            "name": shape.text(80),
            "level": shape.one_of(CONTRAINDICATION_LEVELS),
            "question": shape.text(300),
            "advice": shape.text(300),
            "excluded_exercises": shape.list_of(shape.SLUG, 0, 20),
            "excluded_tags": shape.list_of(shape.TAG, 0, 10),
            "only_tags": shape.list_of(shape.TAG, 0, 10),
            "checked_by": shape.CHECKED_BY,
        }
    ),
    1,
    50,
)
_DIRECTION_CHECK: Final = shape.mapping(
    {
        "slug": shape.SLUG,
        "name": shape.text(80),
        "summary": shape.text(300),
        "tries": shape.list_of(
            shape.mapping(
                {
                    "direction": shape.one_of(DIRECTIONS),
                    "exercise": shape.SLUG,
                    "gentler": shape.or_null(shape.SLUG),
                    "dose": shape.dose(whole=False),
                }
            ),
            1,
            4,
        ),
        "wait_minutes": shape.whole_number(1, 30),
        "exclude_days": shape.whole_number(1, 60),
        "flexion_first_with": shape.list_of(shape.SLUG, 0, 10),
        "steps": shape.list_of(shape.text(300), 4, 8),
        "other_move": shape.text(300),
        "outcomes": shape.list_of(
            shape.mapping({"code": shape.one_of(OUTCOMES), "words": shape.text(300)}), 1, len(OUTCOMES)
        ),
        "checked_by": shape.CHECKED_BY,
    }
)
