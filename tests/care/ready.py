"""A patient who meets every criterion of a stage, and criteria without anybody to judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from programs.care.rules import criteria
from programs.care.rules.criteria import MET, NOT_MET, Criterion, Readiness
from programs.care.rules.facts import DEFAULT_STAGES, Done, Facts, NewestTest, StageParameters

TODAY = date(2026, 11, 20)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def scores(*values: int, from_day: int = 0) -> dict[date, int]:
    """Scores of consecutive days, the newest first, from so many days ago."""
    return {ago(from_day + back): value for back, value in enumerate(values)}


def week(*colours: str, settled: bool | None = True, peak: int | None = 2) -> tuple[Done, ...]:
    """One session a day from yesterday back."""
    return tuple(Done(ago(back + 1), colour, settled, peak) for back, colour in enumerate(colours))


def reach(now: list[int], usual: list[int]) -> dict[str, dict[date, int]]:
    """How far down the right leg this week, and in the weeks before."""
    return {"right": scores(*now) | scores(*usual, from_day=7)}


READY = Facts(
    today=TODAY,
    stage_began_on=ago(14),
    minimum_days=10,
    pain_ceiling=4,
    test="You can sit for 20 minutes.",
    leg_pain=scores(*[3] * 14),
    reach={"right": dict.fromkeys((ago(back) for back in range(21)), 4)},
    planned_on=frozenset(ago(back) for back in range(7)),
    sessions=week(*["green"] * 6),
    screened_on=ago(6),
    tested=NewestTest(ago(3), is_passed=True),
    pain_today=3,
)


def judged(key: str, parameters: StageParameters = DEFAULT_STAGES, **changes: Any) -> Criterion:
    """One criterion of who is ready but for `changes`."""
    found = criteria.readiness(replace(READY, **changes), parameters)
    (criterion,) = [each for each in found.criteria if each.key == key]
    return criterion


def readiness(*, is_ready: bool = True, never: tuple[str, ...] = ()) -> Readiness:
    """What a verb is handed where nobody gathers it: everything met, or something open."""
    state = MET if is_ready else NOT_MET
    criterion = Criterion("days", state, {"days": 7, "least": 7}, "7 days in it.", "You had the days.")
    return Readiness(TODAY, (criterion,), never, "stages-1")
