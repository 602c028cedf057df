"""The movement-break menu as its author writes it in YAML: what a prompt says, and what one can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from . import shape
from .shape import ContentProblem


@dataclass(frozen=True, slots=True)
class BreakMessageContent:
    """What a prompt may say. It may show on a locked screen, so it tells nothing about anybody's health."""

    file: str
    field: str
    slug: str
    text: str


@dataclass(frozen=True, slots=True)
class BreakMovementContent:
    """A thing to do in a break, about `seconds` long; `exercise` is the slug of the one it is taken from."""

    file: str
    field: str
    slug: str
    name: str
    how: str
    seconds: int
    exercise: str | None


def parse_break_messages(data: object, file: str) -> tuple[list[BreakMessageContent], list[ContentProblem]]:
    """All messages of a loaded YAML document, or none and every problem found in it."""
    problems = shape.problems_of(_MESSAGES, data, file)
    entries = [] if problems else cast(list[Mapping[str, Any]], data)
    return [BreakMessageContent(file, f"[{index}]", **each) for index, each in enumerate(entries)], problems


def parse_break_movements(data: object, file: str) -> tuple[list[BreakMovementContent], list[ContentProblem]]:
    """All movements of a loaded YAML document, or none and every problem found in it."""
    problems = shape.problems_of(_MOVEMENTS, data, file)
    entries = [] if problems else cast(list[Mapping[str, Any]], data)
    return [BreakMovementContent(file, f"[{index}]", **each) for index, each in enumerate(entries)], problems


_MESSAGES: Final = shape.list_of(shape.mapping({"slug": shape.SLUG, "text": shape.text(120)}), 1, 200)
_MOVEMENTS: Final = shape.list_of(
    shape.mapping(
        {
            "slug": shape.SLUG,
            "name": shape.text(80),
            "how": shape.text(300),
            "seconds": shape.whole_number(20, 300),
            "exercise": shape.or_null(shape.SLUG),
        }
    ),
    1,
    100,
)
