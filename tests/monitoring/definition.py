"""What the worsening rules are, read literally and slowly: days searched one by one, nothing remembered.

Written from the descriptions of the rules, to compare them with. Days are numbers; a series maps each day on
which something was reported to what was said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, median

from programs.monitoring.rules import LEVELS, Parameters, Report

Series = Mapping[int, int]


@dataclass(frozen=True)
class Usual:
    """The usual level, the line of W2 above it, and how many reports tell it."""

    centre: float
    spread: float
    line: float
    reports: int


def up_to(series: Series, today: int) -> Series:
    return {day: value for day, value in series.items() if day <= today}


def of_ages(series: Series, today: int, ages: tuple[int, int]) -> list[int]:
    """The values so many days old, oldest first; both ends count."""
    return [series[day] for day in sorted(series) if ages[0] <= today - day <= ages[1]]


def is_high(series: Series, today: int, limit: float, within: int, needed: int, of_last: int) -> bool:
    last = sorted(up_to(series, today))[-of_last:]
    high = [day for day in last if series[day] >= limit and today - day < within]
    return len(high) >= needed


def usual_level(series: Series, today: int, p: Parameters) -> Usual | None:
    for ages in (p.baseline_ages, p.fallback_ages):
        scores = of_ages(series, today, ages)
        if len(scores) >= p.minimum_baseline_reports:
            break
    else:
        return None
    middle = median(scores)
    held = [max(middle - p.held_within, min(middle + p.held_within, score)) for score in scores]
    centre = fmean(held)
    squares = sum((score - centre) ** 2 for score in held) + p.assumed_reports * p.assumed_spread**2
    spread = sqrt(squares / (len(scores) + p.assumed_reports))
    spread = sorted([p.spread_bounds[0], spread, p.spread_bounds[1]])[1]
    free = p.allowance + p.allowance_for_doubt * spread / sqrt(len(scores))
    return Usual(centre, spread, centre + min(free, p.allowance_share_of_room * (10 - centre)), len(scores))


def largest_sum(series: Series, today: int, usual: Usual, p: Parameters) -> float:
    summed = [day for day in sorted(series) if 0 <= today - day < p.sum_days]

    def above(day: int) -> float:
        most, least = usual.centre + p.counted_above, usual.centre - p.counted_above
        return max(least, min(most, series[day])) - usual.line

    return max([0.0, *(sum(above(day) for day in reversed(summed[start:])) for start in range(len(summed)))])


def sum_limit(series: Series, today: int, usual: Usual, p: Parameters) -> float:
    limit = (p.sum_limit + p.sum_limit_for_spread * usual.spread**2) * (
        1 + p.sum_limit_for_doubt / usual.reports
    )
    known_since = min(day for day in series if 0 <= today - day <= p.restart_after_days)
    watched = min(p.completeness_days, today - known_since + 1)
    reported = len([day for day in series if 0 <= today - day < watched])
    return limit * p.sparse_limit_share if reported < p.sparse_below * watched else limit


def first_high(centre: float, rise: float, least_room: float, p: Parameters) -> int | None:
    """The lowest score that counts as high; None where there is too little room above the level."""
    if 10 - centre < least_room:
        return None
    return min(10, ceil(centre + max(rise, p.rise_share * centre)))


def start_level(series: Series, today: int, p: Parameters) -> float | None:
    """The middle of the first reports since the start, while the early rules judge against it."""
    days = sorted(up_to(series, today))
    starts = [day for day in days if not any(day - p.restart_after_days <= before < day for before in days)]
    since_start = [day for day in days if day >= starts[-1]]
    least, most = p.early_days
    first = since_start[: p.early_baseline_reports]
    if len(since_start) <= p.early_baseline_reports or not least <= today - starts[-1] <= most:
        return None
    return median(series[day] for day in first)


def is_above_usual(series: Series, today: int, p: Parameters) -> bool:
    """Whether the report of `today` is higher than it usually varies, and by more than a point."""
    usual = usual_level(series, today, p)
    if usual is not None:
        return series[today] > usual.centre + max(1, usual.spread)
    start = start_level(series, today, p)
    return start is not None and series[today] > start + 1


def pain_conditions(series: Series, today: int, p: Parameters) -> set[tuple[str, str]]:
    """Rule and level of each condition of leg pain that is met by the report of `today`."""
    series = up_to(series, today)
    if series[today] < p.minimum_score:
        return set()
    usual = usual_level(series, today, p)
    conditions = set()

    def mostly(limit: float | None, within: int) -> bool:
        return limit is not None and is_high(series, today, limit, within, p.needed, p.of_last)

    def severe(level: float | None) -> bool:
        limit = p.severe_score if level is None else max(p.severe_score, min(10, ceil(level + p.severe_rise)))
        has_room = level is None or 10 - level >= 1
        return has_room and is_high(series, today, limit, p.sum_days, p.severe_needed, p.severe_of_last)

    if usual is None:
        start = start_level(series, today, p)
        if start is not None and mostly(first_high(start, p.check_in_rise, 1, p), p.early_days[1]):
            conditions.add(("W1e", "check_in"))
        if start is not None and mostly(first_high(start, p.early_flag_rise, 2, p), p.early_days[1]):
            conditions.add(("W2e", "flag"))
        if severe(start):
            conditions.add(("W5", "check_in"))
        return conditions

    total, limit = largest_sum(series, today, usual, p), sum_limit(series, today, usual, p)
    lasts = mostly(usual.line, p.sum_days)
    if lasts and total > limit:
        conditions.add(("W2", "flag"))
    if mostly(first_high(usual.centre, p.check_in_rise, 1, p), p.high_within_days):
        conditions.add(("W1", "check_in"))
    if severe(usual.centre):
        conditions.add(("W5", "check_in"))
        if lasts and total > p.severe_share_of_limit * limit:
            conditions.add(("W5", "flag"))
    return conditions


def distal_condition(series: Series, today: int, p: Parameters) -> bool:
    """W3: further down than the place named most often, of equals the furthest."""
    before = of_ages(series, today, p.distal_baseline_ages)[-p.distal_baseline_reports :]
    if len(before) < p.distal_minimum_reports:
        return False
    most = max(Counter(before).values())
    usual = max(rank for rank in before if before.count(rank) == most)
    return is_high(series, today, usual + 1, p.distal_within_days, p.needed, p.of_last)


def bother_condition(series: Series, today: int, p: Parameters) -> bool:
    """W4: against the middle of the answers before, of which the newest are no part."""
    series = up_to(series, today)
    older = {day: series[day] for day in sorted(series)[: -p.of_last]}
    before = of_ages(older, today, p.bother_baseline_ages)[-p.bother_baseline_reports :]
    if len(before) < p.bother_minimum_reports:
        return False
    limit = median(before) + p.bother_rise
    return is_high(series, today, limit, p.bother_within_days, p.needed, p.of_last)


def said(days: Sequence[int], cooldown: int) -> set[int]:
    """Of the days on which a condition is met, those on which it is said."""
    block = 2 * cooldown
    begins = {day for day in days if not any(day - cooldown < other < day for other in days)}

    def is_said_again(day: int) -> bool:
        is_first_of_block = not any(other // block == day // block and other < day for other in days)
        begin = max(each for each in begins if each <= day)
        return is_first_of_block and day % block < cooldown and day - begin >= cooldown

    return begins | {day for day in days if is_said_again(day)}


def column(history: Sequence[Report], name: str) -> Series:
    return {
        report.recorded_on.toordinal(): getattr(report, name)
        for report in history
        if getattr(report, name) is not None
    }


def conditions(history: Sequence[Report], p: Parameters) -> dict[tuple[str, str, str], list[int]]:
    """The days on which each rule (the early ones under their elders' names), side and level is met."""
    legs = column(history, "worst_leg_pain")
    bothers = column(history, "numb_bother")
    days: dict[tuple[str, str, str], list[int]] = {}
    for day in legs:
        for rule, level in pain_conditions(legs, day, p):
            days.setdefault((rule.rstrip("e"), "", level), []).append(day)
    for side in ("left", "right"):
        ranks = column(history, f"distal_rank_{side}")
        days["W3", side, "flag"] = [day for day in ranks if distal_condition(ranks, day, p)]
    days["W4", "", "flag"] = [day for day in bothers if bother_condition(bothers, day, p)]
    days["W4", "", "emergency"] = [
        report.recorded_on.toordinal() for report in history if report.weakness == "new_or_worse"
    ]
    days["W6", "", "flag"] = [
        report.recorded_on.toordinal()
        for report in history
        if report.groc in ("much_worse", "very_much_worse")
    ]
    return days


def findings(history: Sequence[Report], p: Parameters) -> set[tuple[str, str, str, int]]:
    """Rule (the early ones under their elders' names), side, level and day of all that is said."""
    levels: dict[tuple[str, str, int], list[str]] = {}
    for (rule, side, level), days in conditions(history, p).items():
        cooldown = int(p.distal_cooldown_days if rule == "W3" else p.cooldown_days)
        for day in days if level == "emergency" or rule == "W6" else said(days, cooldown):
            levels.setdefault((rule, side, day), []).append(level)
    return {(rule, side, max(each, key=LEVELS.index), day) for (rule, side, day), each in levels.items()}
