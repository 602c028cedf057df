"""What is counted, with 95 % intervals: false flags per patient-year, and true changes found in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt
from statistics import fmean, median, stdev

WARM_UP_DAYS = 21
"""Left out of the false flags and of the time watched; the first three weeks are measured apart."""
ONE_EPISODE_DAYS = 7
"""A finding fewer than so many days after a counted one is the same episode."""
AFTER_FLARE_DAYS = 5
"""Up to so many days after a simulated flare-up, a finding is about that."""
DAYS_PER_YEAR = 365.25
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a rule said about one person in whom nothing changed for good."""

    false: int
    in_flare: int
    alerts: int
    """Every single one, none merged."""


@dataclass(frozen=True, slots=True)
class Found:
    """In how many people a true change was found within the time limit, and when."""

    share: Interval
    median_days: float | None
    """Of those in whom it was found in time; None where it was in nobody."""
    slow_days: int | None
    """The 90th percentile of the same."""
    by_chance: float
    """Share of the same people in whom the rule speaks up in the same days without any change."""


def count_quiet(alert_days: Iterable[int], flare_days: Collection[int]) -> Quiet:
    """The alerts after the warm-up: false ones and those about a flare-up, each merged into episodes."""
    watched = [day for day in alert_days if day >= WARM_UP_DAYS]
    in_flare = [day for day in watched if follows_flare(day, flare_days)]
    false = [day for day in watched if not follows_flare(day, flare_days)]
    return Quiet(len(episodes(false)), len(episodes(in_flare)), len(watched))


def follows_flare(day: int, flare_days: Collection[int]) -> bool:
    return any(earlier in flare_days for earlier in range(day - AFTER_FLARE_DAYS, day + 1))


def episodes(alert_days: Iterable[int]) -> list[int]:
    """The first day of each episode: a day less than a week after a counted one is not counted."""
    counted: list[int] = []
    for day in sorted(alert_days):
        if not counted or day - counted[-1] >= ONE_EPISODE_DAYS:
            counted.append(day)
    return counted


def delay(alert_days: Iterable[int], onset: int, within: int) -> int | None:
    """Days from the onset to the first alert on or after it; None where there is none in time."""
    first = min((day for day in alert_days if day >= onset), default=None)
    return None if first is None or first - onset > within else first - onset


def yearly(counts: Sequence[int], days: int) -> Interval:
    """Events per patient-year, when every person was watched for `days` days after the warm-up.

    The interval is the normal one over people, since one person's events are not independent. Where nobody
    had any, its upper end is that of the Poisson distribution.
    """
    years = (days - WARM_UP_DAYS) / DAYS_PER_YEAR
    mean = fmean(counts) / years
    if not any(counts):
        return Interval(0.0, 0.0, -log(0.025) / (years * len(counts)))
    margin = NORMAL_95 * stdev(counts) / years / sqrt(len(counts)) if len(counts) > 1 else mean
    return Interval(mean, max(0.0, mean - margin), mean + margin)


def weighted(parts: Sequence[tuple[float, Interval]]) -> Interval:
    """A mixture of groups that were measured apart: the weights are the shares of people and add up to 1."""
    value = sum(weight * part.value for weight, part in parts)
    margin = sqrt(sum((weight * (part.high - part.value)) ** 2 for weight, part in parts))
    return Interval(value, max(0.0, value - margin), value + margin)


def wilson(count: int, people: int) -> Interval:
    """A share with Wilson's interval, which keeps within 0 and 1."""
    share = count / people
    square = NORMAL_95**2
    middle = (share + square / (2 * people)) / (1 + square / people)
    margin = NORMAL_95 * sqrt(share * (1 - share) / people + square / (4 * people**2)) / (1 + square / people)
    return Interval(share, max(0.0, middle - margin), min(1.0, middle + margin))


def summarise_delays(delays: Sequence[int | None], chance_delays: Sequence[int | None]) -> Found:
    """`delays` and `chance_delays` are of the same people, with the change and without it."""
    found = sorted(days for days in delays if days is not None)
    return Found(
        share=wilson(len(found), len(delays)),
        median_days=median(found) if found else None,
        slow_days=found[ceil(0.9 * len(found)) - 1] if found else None,
        by_chance=sum(days is not None for days in chance_delays) / len(chance_delays),
    )
