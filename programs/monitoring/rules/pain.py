"""W1, W2 and W5: the worst leg pain of each day against the patient's own usual level.

* **W2** adds up what lies above the usual level and an allowance, over the last three weeks at most, and
  takes the largest such sum that ends today: a cumulative sum (CUSUM; Page 1954, Biometrika 41:100) in points
  of the pain scale. Control charts for single patients have a record in asthma, hypertension and others
  (systematic review, Int J Qual Health Care 2007;19:187). It also wants three of the last four reports above
  usual level and allowance, so that two bad days, or a flare-up that is over, are not a worsening.
* **W2e** covers the first three weeks, until a usual level is known: three of the last four reports at least
  3 points above the middle of the first five. **W1e** does the same at 2 points, and asks the patient only.
* **W1** asks the patient: three of the last four reports, within a week, at least 2 points and 30 % above.
* **W5** is severe pain, 8 or more and 2 above usual on two of the last three reports. It asks the patient to
  look at the warning signs. It is a flag only where W2's sum stands above its limit and the rise lasts: from
  half the limit on, which was tried first, it was most of all false flags in those whose pain is always high.
  The level a patient started with takes the place of the usual one until that is known, and while neither
  is, as in the first reports, 8 or more is enough to ask.

The size of change that matters comes from low back pain: 2 points and 30 % of the starting level (Ostelo
2008, Spine; Suzuki 2020, PLOS ONE 15:e0229228, found 1.3-1.8), less where pain starts low (hospital cohort of
1,232, doi 10.1055/a-1304-3677). No daily-diary figures for sciatica were found.

**Near the ends of the scale.** 30 % above 9 does not exist. A limit that lies past 10 is taken as 10, as long
as that leaves a rise of at least one point for the check-in and for W5, and two for W2e; above that the rule
is silent. W2's allowance takes only a share of the room that is left, so that a lasting 10 where 8 was usual
is found. From a usual level of 9.5 on nothing can be found from the score: the patient's own word (W6),
numbness (W4), the place (W3) and the safety questions remain. Near 0 no report below `minimum_score` counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil, sqrt
from statistics import median

from programs.monitoring.rules.baseline import centre_and_spread, count_high, usual_reports
from programs.monitoring.rules.findings import CHECK_IN, FLAG, LEG_PAIN, Baseline, Evidence, Reading
from programs.monitoring.rules.parameters import Parameters
from programs.monitoring.rules.reports import HIGHEST_PAIN


@dataclass(frozen=True, slots=True)
class PainSeries:
    """The days on which leg pain was reported, ascending (as ordinals), and the score of each, 0-10."""

    days: Sequence[int]
    scores: Sequence[int]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule's condition, met on the day of a report, whether or not it is said that day."""

    rule: str
    level: str
    evidence: Callable[[], Evidence]
    """Puts the evidence together: only what is said needs it."""


@dataclass(frozen=True, slots=True)
class _Level:
    """The usual level on a day, and what W2 makes of it; pain in points."""

    centre: float
    spread: float
    reports: range
    line: float
    """Usual level and allowance: what lies above it adds up."""


def judge_pain(series: PainSeries, index: int, parameters: Parameters) -> list[Signal]:
    """The conditions of W1, W2, W5 and the early rules that the report at `index` meets."""
    if series.scores[index] < parameters.minimum_score:
        return []
    level = _usual_level(series, index, parameters)
    if level is None:
        start = _early_start(series, index, parameters)
        if start is None:
            return _severe(series, index, None, CHECK_IN, parameters)
        return _judge_early(series, index, start, parameters)
    baseline = _baseline(series, level)
    signals = []
    severe_level = CHECK_IN
    if _is_high(series, index, level.line, parameters.sum_days, parameters):
        total, first = _largest_sum(series, index, level, parameters)
        limit = _sum_limit(series, index, level, parameters)
        if total > limit:
            evidence = partial(_sum_evidence, series, first, index, level, limit, total, parameters)
            signals.append(Signal("W2", FLAG, evidence))
        if total > parameters.severe_share_of_limit * limit:
            severe_level = FLAG
    check_in = _limit(level.centre, parameters.check_in_rise, 1, parameters)
    if check_in is not None and _is_high(series, index, check_in, parameters.high_within_days, parameters):
        last = _last(series, index, parameters.of_last)
        signals.append(Signal("W1", CHECK_IN, lambda: _evidence(series, last, baseline, check_in)))
    return signals + _severe(series, index, baseline, severe_level, parameters)


def can_judge_pain(series: PainSeries, index: int, parameters: Parameters) -> bool:
    """Whether W2 or an early rule could speak about the report at `index`, were it high enough."""
    level = _usual_level(series, index, parameters)
    if level is not None:
        return _limit(level.centre, parameters.check_in_rise, 1, parameters) is not None
    start = _early_start(series, index, parameters)
    return start is not None and _limit(start.centre, parameters.early_flag_rise, 2, parameters) is not None


def is_above_usual(series: PainSeries, index: int, parameters: Parameters) -> bool:
    """Whether the report at `index` lies more than a point, and more than is usual, above the usual level."""
    level = _usual_level(series, index, parameters)
    if level is not None:
        return series.scores[index] > level.centre + max(1.0, level.spread)
    start = _early_start(series, index, parameters)
    return start is not None and series.scores[index] > start.centre + 1


def _usual_level(series: PainSeries, index: int, parameters: Parameters) -> _Level | None:
    window = usual_reports(series.days, series.days[index], parameters)
    if window is None:
        return None
    centre, spread = centre_and_spread(series.scores[window.start : window.stop], parameters)
    least, most = parameters.spread_bounds
    spread = min(max(spread, least), most)
    doubt = spread / sqrt(len(window))
    allowance = min(
        parameters.allowance + parameters.allowance_for_doubt * doubt,
        parameters.allowance_share_of_room * (HIGHEST_PAIN - centre),
    )
    return _Level(centre, spread, window, centre + allowance)


def _largest_sum(series: PainSeries, index: int, level: _Level, parameters: Parameters) -> tuple[float, int]:
    """The largest sum of what lies above the line over reports that end at `index`, and where it starts."""
    most = level.centre + parameters.counted_above
    least = level.centre - parameters.counted_above
    earliest = series.days[index] - parameters.sum_days
    total = largest = 0.0
    first = index
    for place in range(index, -1, -1):
        if series.days[place] <= earliest:
            break
        total += min(max(series.scores[place], least), most) - level.line
        if total > largest:
            largest, first = total, place
    return largest, first


def _sum_limit(series: PainSeries, index: int, level: _Level, parameters: Parameters) -> float:
    """What the sum has to pass: more for who varies more, or is known less; less for who reports rarely."""
    limit = parameters.sum_limit + parameters.sum_limit_for_spread * level.spread * level.spread
    limit *= 1 + parameters.sum_limit_for_doubt / len(level.reports)
    today = series.days[index]
    known_since = series.days[bisect_left(series.days, today - parameters.restart_after_days)]
    watched = min(parameters.completeness_days, today - known_since + 1)
    reported = index + 1 - bisect_right(series.days, today - watched)
    is_sparse = reported < parameters.sparse_below * watched
    return limit * parameters.sparse_limit_share if is_sparse else limit


def _last(series: PainSeries, index: int, count: int) -> range:
    return range(max(0, index + 1 - count), index + 1)


def _is_high(series: PainSeries, index: int, limit: float, within_days: int, parameters: Parameters) -> bool:
    """Whether enough of the last reports, made within so many days, lie at `limit` or above."""
    of_last, needed = parameters.of_last, parameters.needed
    return count_high(series.days, series.scores, index, limit, of_last, within_days) >= needed


def _limit(centre: float, rise: float, least_rise: float, parameters: Parameters) -> float | None:
    """The lowest whole score that is high above `centre`; at most 10, None where too little room is left."""
    if HIGHEST_PAIN - centre < least_rise:
        return None
    return min(HIGHEST_PAIN, ceil(centre + max(rise, parameters.rise_share * centre)))


def _judge_early(series: PainSeries, index: int, start: Baseline, parameters: Parameters) -> list[Signal]:
    """W1e, W2e and W5 against the level a patient started with."""
    last = _last(series, index, parameters.of_last)
    _, last_day = parameters.early_days
    signals = []
    for rule, kind, rise, least_rise in (
        ("W2e", FLAG, parameters.early_flag_rise, 2),
        ("W1e", CHECK_IN, parameters.check_in_rise, 1),
    ):
        limit = _limit(start.centre, rise, least_rise, parameters)
        if limit is not None and _is_high(series, index, limit, last_day, parameters):
            signals.append(Signal(rule, kind, partial(_evidence, series, last, start, limit)))
    return signals + _severe(series, index, start, CHECK_IN, parameters)


def _early_start(series: PainSeries, index: int, parameters: Parameters) -> Baseline | None:
    """The level a patient started with; None before there is one, and long after.

    The start is the first report, or the first after a break so long that nothing older is comparable.
    """
    first_day, last_day = parameters.early_days
    today = series.days[index]
    start = index
    while start > 0 and series.days[start] - series.days[start - 1] <= parameters.restart_after_days:
        start -= 1
        if today - series.days[start] > last_day:
            return None
    count = parameters.early_baseline_reports
    if index - start < count or today - series.days[start] < first_day:
        return None
    first = series.scores[start : start + count]
    return Baseline(
        centre=float(median(first)),
        spread=None,
        reports=count,
        first_on=date.fromordinal(series.days[start]),
        last_on=date.fromordinal(series.days[start + count - 1]),
    )


def _severe(
    series: PainSeries, index: int, baseline: Baseline | None, kind: str, parameters: Parameters
) -> list[Signal]:
    """W5 at the level `kind`, where its condition is met; without a baseline, whatever the rise."""
    limit = parameters.severe_score
    if baseline is not None:
        if HIGHEST_PAIN - baseline.centre < 1:
            return []
        limit = max(limit, min(HIGHEST_PAIN, ceil(baseline.centre + parameters.severe_rise)))
    of_last = parameters.severe_of_last
    severe = count_high(series.days, series.scores, index, limit, of_last, parameters.sum_days)
    if severe < parameters.severe_needed:
        return []
    last = _last(series, index, of_last)
    return [Signal("W5", kind, lambda: _evidence(series, last, baseline, limit))]


def _sum_evidence(
    series: PainSeries,
    first: int,
    index: int,
    level: _Level,
    limit: float,
    total: float,
    parameters: Parameters,
) -> Evidence:
    return Evidence(
        measure=LEG_PAIN,
        readings=_readings(series, range(first, index + 1)),
        baseline=_baseline(series, level),
        limit=limit,
        allowance=level.line - level.centre,
        counted_above=parameters.counted_above,
        total=total,
    )


def _evidence(series: PainSeries, last: range, baseline: Baseline | None, limit: float) -> Evidence:
    return Evidence(LEG_PAIN, _readings(series, last), baseline, limit)


def _readings(series: PainSeries, places: range) -> tuple[Reading, ...]:
    return tuple(Reading(date.fromordinal(series.days[place]), series.scores[place]) for place in places)


def _baseline(series: PainSeries, level: _Level) -> Baseline:
    return Baseline(
        centre=level.centre,
        spread=level.spread,
        reports=len(level.reports),
        first_on=date.fromordinal(series.days[level.reports[0]]),
        last_on=date.fromordinal(series.days[level.reports[-1]]),
    )
