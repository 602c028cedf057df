"""What the page of all components shows: the colours as they are set, and rows that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.staticfiles import finders

from programs.home.queries.today import WeekDay
from programs.home.rules.contrast import PAIRS, Pair, contrast, schemes
from programs.library.models import Exercise

_MONDAY = date(2026, 11, 16)
_SHOWN = ("glute-bridge", "standing-calf-stretch")

WEEK: Mapping[str, Any] = {
    "day": _MONDAY + timedelta(days=3),
    "days_this_week": 2,
    "week": [
        WeekDay(_MONDAY + timedelta(days=place), sessions, is_whole)
        for place, (sessions, is_whole) in enumerate([(1, True), (0, False), (1, False), *[(0, False)] * 4])
    ],
}
"""A week with every kind of day: all done, none, a part, today, and days to come."""

PROMPT = {"pk": UUID(int=0), "nth": 1, "text": "Stand up and walk for a minute.", "may_snooze": True}


@dataclass(frozen=True, slots=True)
class Swatch:
    """Two colours that meet, and how much they stand out from each other in either scheme."""

    pair: Pair
    light: float
    dark: float


def swatches() -> list[Swatch]:
    """Every pair of colours that meet on a page, as tokens.css has them now."""
    of = schemes(Path(str(finders.find("css/tokens.css"))).read_text("utf-8"))
    return [
        Swatch(pair, *(contrast(of[name][pair.front], of[name][pair.ground]) for name in ("light", "dark")))
        for pair in PAIRS
    ]


def shown_exercises() -> list[dict[str, Any]]:
    """Two exercises as on Today: one with a reason, for the left side; one that nobody has checked."""
    found = {each.slug: each for each in Exercise.objects.current().filter(clinic=None, slug__in=_SHOWN)}
    rows = [
        {
            "exercise_id": each.pk,
            "name": each.name,
            "figure": each.figure,
            "steps": each.steps,
            "mistakes": each.mistakes,
            "avoid": each.avoid,
            "dose_in_words": "2 sets of 8, hold for 3 seconds",
            "frequency_in_words": "once a day, 5 days a week",
        }
        for slug in _SHOWN
        if (each := found.get(slug))
    ]
    states: tuple[dict[str, Any], ...] = (
        {"is_checked": True, "shown_side": "left", "reason": "A bit less than last time."},
        {},
    )
    return [{"shown_side": "right"} | row | state for row, state in zip(rows, states, strict=False)]
