"""How the time between prompts grows and shrinks: in steps, never below 20 minutes, never above an hour."""

from __future__ import annotations

SHORTEST, LONGEST = 20, 60
"""Minutes between prompts."""

STEP = 10
"""Minutes that an interval grows or shrinks by at once."""

EASES_AFTER = 3
"""So many prompts in a row without any answer, and the interval grows."""

RETURNS_AFTER = 3
"""So many prompts in a row that were followed, and the wished interval is offered again."""

MOST_SNOOZES = 3
"""One prompt is put off so often, at most."""


def fewer(minutes: int) -> int:
    """The interval that means fewer prompts."""
    return min(minutes + STEP, LONGEST)


def more(minutes: int) -> int:
    """The interval that means more prompts."""
    return max(minutes - STEP, SHORTEST)
