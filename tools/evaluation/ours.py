"""The tracker's own rules on simulated days: the one place here that knows how they are called."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from programs.monitoring.rules import RULES_VERSION, Report, find_worsening

__all__ = ["CHECK_IN", "RULES_VERSION", "Said", "judge_furthest_place", "judge_leg_pain"]

FIRST_DAY = date(2026, 1, 5)
"""A Monday, as day 0 of a simulated course is."""
CHECK_IN = "check_in"


class Said(NamedTuple):
    """One finding."""

    day: int
    level: str
    rule: str


def judge_leg_pain(scores: Sequence[tuple[int, int]]) -> list[Said]:
    """What the rules say about days (from 0) with their worst leg pain."""
    return _judge([Report(_date(day), worst_leg_pain=score) for day, score in scores])


def judge_furthest_place(ranks: Sequence[tuple[int, int]]) -> list[Said]:
    """The same about furthest places of one leg, here the left one; there is nothing in the other."""
    return _judge([Report(_date(day), distal_rank_left=rank, distal_rank_right=0) for day, rank in ranks])


def _judge(reports: Sequence[Report]) -> list[Said]:
    return [
        Said((finding.found_on - FIRST_DAY).days, finding.level, finding.rule)
        for finding in find_worsening(reports)
    ]


def _date(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)
