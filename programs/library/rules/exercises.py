"""An exercise as a clinician writes it in YAML."""

from dataclasses import dataclass
from typing import Any, Final, cast

from . import shape
from .dose import Dose
from .evidence import EVIDENCE, Evidence
from .shape import ContentProblem

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
LONGEST_CUE_WORDS: Final = 8
# Carried by what even an easily upset nerve bears.
CALM_TAG: Final = "calm"


@dataclass(frozen=True, slots=True)
class ExerciseContent:
    """One exercise as written. `irritability_ceiling` is the highest irritability it may be given at.

    `cues` are spoken one after the other while the exercise is done. `easier` and `harder` are the slugs of
    neighbours, `easier_how` and `harder_how` ways to change the exercise itself. `articles` are slugs, and
    `figure` is the slug of the figure that shows it, if any.
    """

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
    cues: tuple[str, ...]
    mistakes: tuple[str, ...]
    avoid: tuple[str, ...]
    easier: str | None
    easier_how: str
    harder: str | None
    harder_how: str
    dose: Dose
    tags: tuple[str, ...]
    evidence: Evidence
    articles: tuple[str, ...]
    figure: str | None
    checked_by: str


def parse_exercise(data: object, file: str) -> tuple[ExerciseContent | None, list[ContentProblem]]:
    """One exercise from a loaded YAML document, or None and every problem found in it."""
    if problems := shape.problems_of(_EXERCISE, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    # "high" and the tag say the same, to people and to contraindications; they may not disagree
    if (CALM_TAG in values["tags"]) != (values["irritability_ceiling"] == "high"):
        message = f"Expected the tag {CALM_TAG} with an irritability_ceiling of high, and only then."
        return None, [ContentProblem(file, "tags", message)]
    lists = {
        field: tuple(values[field]) for field in ("steps", "cues", "mistakes", "avoid", "tags", "articles")
    }
    parts = {"dose": Dose.from_mapping(values["dose"]), "evidence": Evidence(**values["evidence"])}
    return ExerciseContent(file=file, **{**values, **lists, **parts}), []


_EXERCISE: Final = shape.mapping(
    {
        "code": shape.matching(r"[A-Z]{2,4}[0-9]{2,4}", "a code such as EX01"),
        "slug": shape.SLUG,
        "name": shape.text(80),
        "category": shape.one_of(CATEGORIES),
        "position": shape.one_of(POSITIONS),
        "equipment": shape.one_of(EQUIPMENT),
        "target": shape.text(80),
        "sides": shape.one_of(SIDES),
        "irritability_ceiling": shape.one_of(IRRITABILITY_LEVELS),
        "steps": shape.list_of(shape.text(300), 4, 6),
        "cues": shape.list_of(shape.text(80, most_words=LONGEST_CUE_WORDS), 3, 6),
        "mistakes": shape.list_of(shape.text(300), 1, 3),
        "avoid": shape.list_of(shape.text(300), 1, 4),
        "easier": shape.or_null(shape.SLUG),
        "easier_how": shape.text_or_empty(200),
        "harder": shape.or_null(shape.SLUG),
        "harder_how": shape.text_or_empty(200),
        "dose": shape.dose(whole=True),
        "tags": shape.list_of(shape.TAG, 0, 10),
        "evidence": EVIDENCE,
        "articles": shape.list_of(shape.SLUG, 0, 3),
        "figure": shape.or_null(shape.SLUG),
        "checked_by": shape.CHECKED_BY,
    }
)
