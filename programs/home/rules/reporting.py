"""How a person's days become reports: which days are missed, and which whole number is given."""

from collections.abc import Sequence
from random import Random

STICKY_MISSING = 0.20
"""How much likelier a day is missed after a missed day."""


def missed_days(
    days: int, rng: Random, share: float, *, bad: Sequence[bool] = (), bad_day_gap_odds: float = 1.0
) -> list[bool]:
    """Which days are not reported: a two-state chain that misses `share` of days, often several in a row.

    On days marked in `bad` the odds are `bad_day_gap_odds` times as large, so that more days than `share` are
    missed in all.
    """
    after_missed = min(0.9, share + STICKY_MISSING) if share > 0 else 0.0
    after_reported = share * (1 - after_missed) / (1 - share)
    missed: list[bool] = []
    chance = share
    for day in range(days):
        odds = bad_day_gap_odds if bad and bad[day] else 1.0
        missed.append(rng.random() < odds * chance / (1 + (odds - 1) * chance))
        chance = after_missed if missed[-1] else after_reported
    return missed


def whole_numbers(
    values: Sequence[float], missed: Sequence[bool], *, held_within: float = 0.0
) -> list[int | None]:
    """The number 0-10 given on each day: the nearest, or the last one again while the value is near to it."""
    numbers: list[int | None] = []
    last: int | None = None
    for value, is_missed in zip(values, missed, strict=True):
        if is_missed:
            numbers.append(None)
            continue
        if last is None or abs(value - last) > held_within:
            last = max(0, min(10, round(value)))
        numbers.append(last)
    return numbers
