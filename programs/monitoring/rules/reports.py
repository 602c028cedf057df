"""What a patient reported, one local calendar day at a time: the only thing the worsening rules see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

GROC_PHRASES = (
    "very_much_better",
    "much_better",
    "a_little_better",
    "the_same",
    "a_little_worse",
    "much_worse",
    "very_much_worse",
)
"""Global rating of change since last week, from best to worst."""

WEAKNESS = ("none", "same", "new_or_worse")
"""Weakness of the leg or foot, from best to worst."""

HIGHEST_PAIN = 10
HIGHEST_RANK = 5
HIGHEST_BOTHER = 6


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported on one local calendar day. None is not reported, which is never 0.

    worst_leg_pain, worst_back_pain: whole numbers 0-10, the worst of the last 24 hours.
    distal_rank_left, distal_rank_right: furthest place down that side, 0 (nowhere) to 5 (foot or toes).
    numb_bother: how much tingling or numbness bothers, 0 (not at all) to 6 (extremely).
    weakness: one of `WEAKNESS`. groc: one of `GROC_PHRASES`.
    """

    recorded_on: date
    worst_leg_pain: int | None = None
    worst_back_pain: int | None = None
    distal_rank_left: int | None = None
    distal_rank_right: int | None = None
    numb_bother: int | None = None
    weakness: str | None = None
    groc: str | None = None


def one_per_day(reports: Iterable[Report]) -> list[Report]:
    """The reports of each day as one, oldest day first: of each value the worst that was said that day."""
    by_day: dict[date, Report] = {}
    for report in reports:
        same_day = by_day.get(report.recorded_on)
        by_day[report.recorded_on] = report if same_day is None else _worse_of(same_day, report)
    return [by_day[day] for day in sorted(by_day)]


def _worse_of(one: Report, other: Report) -> Report:
    return Report(
        recorded_on=one.recorded_on,
        worst_leg_pain=_larger(one.worst_leg_pain, other.worst_leg_pain),
        worst_back_pain=_larger(one.worst_back_pain, other.worst_back_pain),
        distal_rank_left=_larger(one.distal_rank_left, other.distal_rank_left),
        distal_rank_right=_larger(one.distal_rank_right, other.distal_rank_right),
        numb_bother=_larger(one.numb_bother, other.numb_bother),
        weakness=_later(one.weakness, other.weakness, WEAKNESS),
        groc=_later(one.groc, other.groc, GROC_PHRASES),
    )


def _larger(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _later(one: str | None, other: str | None, words: Sequence[str]) -> str | None:
    """Whichever stands later among words that are ordered from best to worst."""
    return max((word for word in (one, other) if word is not None), key=words.index, default=None)
