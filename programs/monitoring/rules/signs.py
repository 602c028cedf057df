"""W3, W4 and W6: further down the leg, numbness that bothers more, new weakness, and the patient's own word.

* **W3**: on one side, three of the last four reports reach further down than usual; usual is the place named
  most often in the 14 reports that end 7 days ago. Symptoms that move away from the spine matter more than
  the score (centralisation and its opposite: Aina 2004, Man Ther 9:134; in Albert 2012, Eur Spine J 21:630,
  both kinds of change went with recovery, so that a spread is a reason to look, not an alarm).
* **W4**: tingling or numbness bothers at least 2 points of 6 more than usual, three of the last four times
  it was asked. New or worse weakness is an emergency at once: it may be a nerve root that fails.
* **W6**: "much worse" or "very much worse" since last week needs no sum. People call a smaller rise worse
  than they need to call a fall better (Eur Spine J 2009, 3,056 operated patients), so they are believed.
"""

from collections.abc import Sequence
from datetime import date
from statistics import median

from programs.monitoring.rules.baseline import aged, count_high
from programs.monitoring.rules.findings import (
    CHANGE,
    DISTAL_RANK,
    EMERGENCY,
    FLAG,
    NUMB_BOTHER,
    WEAKNESS_CHANGE,
    Baseline,
    Evidence,
    Reading,
)
from programs.monitoring.rules.pain import Signal
from programs.monitoring.rules.parameters import Parameters
from programs.monitoring.rules.reports import GROC_PHRASES, WEAKNESS

MUCH_WORSE = GROC_PHRASES[-2:]
NEW_OR_WORSE = WEAKNESS[-1]


def judge_distal(
    days: Sequence[int], ranks: Sequence[int], index: int, parameters: Parameters
) -> Signal | None:
    """W3 on the report at `index` of one side. Days are ordinals, ranks 0-5, without gaps."""
    window = aged(days, days[index], parameters.distal_baseline_ages)
    start = max(window.start, window.stop - parameters.distal_baseline_reports)
    if window.stop - start < parameters.distal_minimum_reports:
        return None
    named = ranks[start : window.stop]
    usual = max(set(named), key=lambda rank: (named.count(rank), rank))
    if not _is_high(days, ranks, index, usual + 1, parameters.distal_within_days, parameters):
        return None
    baseline = _baseline(days, start, window.stop, float(usual))
    return Signal(
        "W3", FLAG, lambda: _evidence(DISTAL_RANK, days, ranks, index, baseline, usual + 1, parameters)
    )


def judge_bother(
    days: Sequence[int], bothers: Sequence[int], index: int, parameters: Parameters
) -> Signal | None:
    """W4 on the answer at `index`, 0-6; it may be asked daily or weekly."""
    window = aged(days, days[index], parameters.bother_baseline_ages)
    stop = min(window.stop, index + 1 - parameters.of_last)
    start = max(window.start, stop - parameters.bother_baseline_reports)
    if stop - start < parameters.bother_minimum_reports:
        return None
    usual = float(median(bothers[start:stop]))
    limit = usual + parameters.bother_rise
    if not _is_high(days, bothers, index, limit, parameters.bother_within_days, parameters):
        return None
    baseline = _baseline(days, start, stop, usual)
    return Signal(
        "W4", FLAG, lambda: _evidence(NUMB_BOTHER, days, bothers, index, baseline, limit, parameters)
    )


def judge_weakness(day: date, weakness: str | None) -> Signal | None:
    """New or worse weakness, at once."""
    if weakness != NEW_OR_WORSE:
        return None
    return Signal("W4", EMERGENCY, lambda: _own_word(WEAKNESS_CHANGE, day, NEW_OR_WORSE))


def judge_change(day: date, groc: str | None) -> Signal | None:
    """W6, at once."""
    if groc is None or groc not in MUCH_WORSE:
        return None
    return Signal("W6", FLAG, lambda: _own_word(CHANGE, day, groc))


def _is_high(
    days: Sequence[int],
    values: Sequence[int],
    index: int,
    limit: float,
    within_days: int,
    parameters: Parameters,
) -> bool:
    return count_high(days, values, index, limit, parameters.of_last, within_days) >= parameters.needed


def _evidence(
    measure: str,
    days: Sequence[int],
    values: Sequence[int],
    index: int,
    baseline: Baseline,
    limit: float,
    parameters: Parameters,
) -> Evidence:
    last = range(max(0, index + 1 - parameters.of_last), index + 1)
    readings = tuple(Reading(date.fromordinal(days[place]), values[place]) for place in last)
    return Evidence(measure, readings, baseline, limit)


def _own_word(measure: str, day: date, word: str) -> Evidence:
    return Evidence(measure, (Reading(day, word),), None, None)


def _baseline(days: Sequence[int], start: int, stop: int, centre: float) -> Baseline:
    return Baseline(
        centre, None, stop - start, date.fromordinal(days[start]), date.fromordinal(days[stop - 1])
    )
