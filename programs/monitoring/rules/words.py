"""Findings in one sentence each, with the numbers and days that a therapist needs to check them."""

from collections.abc import Sequence
from datetime import date

from programs.monitoring.rules.findings import (
    CHANGE,
    DISTAL_RANK,
    NUMB_BOTHER,
    PAPER_ON_HOLD,
    SESSION_ON_HOLD,
    UNREADABLE,
    WARNING_SIGN,
    Evidence,
    Finding,
    Reading,
)
from programs.monitoring.rules.warning_signs import sign_in_words

SHOWN_READINGS = 5
"""How many of the newest readings a sentence names: enough to check by eye, few enough to read."""

PLACES = ("nowhere", "low back", "buttock", "thigh", "calf", "foot")
"""The distal ranks in a word each, from 0."""


def explain(finding: Finding) -> str:
    """One sentence with the values, days, usual level and limit behind a finding."""
    evidence = finding.evidence
    days = [reading.recorded_on for reading in evidence.readings]
    if evidence.baseline:
        days += [evidence.baseline.first_on, evidence.baseline.last_on]
    with_year = len({day.year for day in days}) > 1
    newest = evidence.readings[-1]
    day = day_in_words(newest.recorded_on, with_year)
    match evidence.measure:
        case "silent_days":
            return f"No Daily check since {day}, for {newest.value} days."
        case "groc":
            return f"The patient said on {day}: {value_in_words(CHANGE, newest.value)} since last week."
        case "weakness":
            return f"The patient said on {day}: new or worse weakness of the leg or foot."
        case "warning_sign":
            signs = "; ".join(value_in_words(WARNING_SIGN, each.value) for each in evidence.readings)
            return f"Safety answer on {day}: {signs}."
        case "session_on_hold":
            return f"A session began on {day}, while an answer ({newest.value}) kept all sessions on hold."
        case "paper_on_hold":
            return (
                f"A session was written down from paper for {day}; the hour is not known. "
                f"On that day an answer ({newest.value}) kept sessions on hold, for part or all of it."
            )
        case "flare_days":
            return f"The flare plan begun on {day} has not settled in {newest.value} days."
        case "unreadable":
            return f"Safety answer on {day} that could not be read. It is kept as it came."
    said = _values_and_days(evidence.readings[-SHOWN_READINGS:], evidence.measure, with_year)
    usual = _usual(finding, with_year)
    match evidence.measure:
        case "distal_rank":
            return f"Symptoms in the {finding.side} leg reached {said}; {usual}."
        case "numb_bother":
            return f"Tingling or numbness bothered {said}; {usual}."
    if finding.rule == "no_response":
        return (
            f"Leg pain has not come down by 2 points: the middle of the week up to {day} was "
            f"{number_in_words(float(newest.value))}; {usual}."
        )
    return f"Worst leg pain was {said}; {usual}{_sum(evidence, with_year)}."


def _usual(finding: Finding, with_year: bool) -> str:
    """What the readings were compared with: "the usual level is 4.2 (31 reports from ... to ...)"."""
    evidence, baseline = finding.evidence, finding.evidence.baseline
    if baseline is None:
        return f"{evidence.limit:g} or more is severe, and too few reports tell the usual level"
    days = f"from {day_in_words(baseline.first_on, with_year)} to {day_in_words(baseline.last_on, with_year)}"
    source = f"{baseline.reports} reports {days}"
    counted = "" if evidence.total is not None else f"; {evidence.limit:.3g} or more is high"
    if finding.rule == "no_response":
        return f"the middle of the plan's first week was {number_in_words(baseline.centre)} ({source})"
    if evidence.measure == DISTAL_RANK:
        return f"the usual place is {PLACES[int(baseline.centre)]} ({source})"
    if evidence.is_from_start:
        return f"the level at the start was {number_in_words(baseline.centre)} (first {source}{counted})"
    return f"the usual level is {number_in_words(baseline.centre)} ({source}{counted})"


def _sum(evidence: Evidence, with_year: bool) -> str:
    """What W2 added up, as a part of a sentence; empty for the other rules."""
    if evidence.baseline is None or evidence.allowance is None:
        return ""
    line = evidence.baseline.centre + evidence.allowance
    first = day_in_words(evidence.readings[0].recorded_on, with_year)
    places = 1 if f"{evidence.total:.1f}" != f"{evidence.limit:.1f}" else 2
    return (
        f", and what lies above {line:.1f} less what lies below adds up to {evidence.total:.{places}f} "
        f"points since {first} (limit {evidence.limit:.{places}f}{_cap(evidence, evidence.baseline.centre)})"
    )


def _cap(evidence: Evidence, centre: float) -> str:
    """As what the readings count that lie too far from the usual level; empty where none does."""
    most = evidence.counted_above or 0
    values = [float(reading.value) for reading in evidence.readings]
    high = f"; a report counts as {centre + most:.1f} at most" if max(values) > centre + most else ""
    low = f"; a report counts as {centre - most:.1f} at least" if min(values) < centre - most else ""
    return high + low


def _values_and_days(readings: Sequence[Reading], measure: str, with_year: bool) -> str:
    values = [value_in_words(measure, reading.value) for reading in readings]
    scale = " of 6" if measure == NUMB_BOTHER else ""
    return (
        f"{listed(values)}{scale} on {listed_days([reading.recorded_on for reading in readings], with_year)}"
    )


def value_in_words(measure: str, value: float | str) -> str:
    if measure == DISTAL_RANK:
        return PLACES[int(value)]
    if measure in (WARNING_SIGN, UNREADABLE):
        return sign_in_words(str(value))
    if measure in (SESSION_ON_HOLD, PAPER_ON_HOLD):
        return f"on hold: {value}"
    return value.replace("_", " ") if isinstance(value, str) else number_in_words(value)


def number_in_words(value: float) -> str:
    """At most one decimal: "4", "4.2"."""
    return f"{round(value, 1):g}"


def listed(words: Sequence[str]) -> str:
    """Words as in a sentence: "6", "6 and 7", "6, 7 and 7"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def listed_days(days: Sequence[date], with_year: bool) -> str:
    """Days as in a sentence: "18, 19 and 20 November"; each with its month where the months differ."""
    if len({(day.year, day.month) for day in days}) > 1:
        return listed([day_in_words(day, with_year) for day in days])
    return listed([*(str(day.day) for day in days[:-1]), day_in_words(days[-1], with_year)])


def day_in_words(day: date, with_year: bool) -> str:
    """A day as in a sentence: "6 November" or "6 November 2026"."""
    return f"{day.day} {day:%B %Y}" if with_year else f"{day.day} {day:%B}"
