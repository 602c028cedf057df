"""Criteria as they are handed on, without anybody to judge."""

from __future__ import annotations

from datetime import date

from programs.care.rules.criteria import MET, NOT_MET, Criterion, Readiness


def readiness(*, is_ready: bool = True, never: tuple[str, ...] = ()) -> Readiness:
    """What a verb is handed where nobody gathers it: everything met, or something open."""
    state = MET if is_ready else NOT_MET
    criterion = Criterion("days", state, {"days": 7, "least": 7}, "7 days in it.", "You had the days.")
    return Readiness(date(2026, 11, 20), (criterion,), never, "stages-1")
