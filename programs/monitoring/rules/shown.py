"""Evidence as a page shows it: each value in words, and the sum of W2 so that it can be checked by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from programs.monitoring.rules.findings import (
    CHANGE,
    DISTAL_RANK,
    FLARE_DAYS,
    LEG_PAIN,
    NUMB_BOTHER,
    PAPER_ON_HOLD,
    SESSION_ON_HOLD,
    UNREADABLE,
    WARNING_SIGN,
    WEAKNESS_CHANGE,
    Evidence,
)
from programs.monitoring.rules.words import PLACES, day_in_words, number_in_words, value_in_words

MEASURES = {
    LEG_PAIN: "Worst leg pain",
    DISTAL_RANK: "How far down",
    NUMB_BOTHER: "How much it bothers, 0 to 6",
    WEAKNESS_CHANGE: "Leg or foot weaker",
    CHANGE: "Leg since last week",
    WARNING_SIGN: "Warning sign",
    SESSION_ON_HOLD: "A session was done",
    PAPER_ON_HOLD: "A session on paper, hour not known",
    UNREADABLE: "Answer that could not be read",
    FLARE_DAYS: "Days of the flare plan",
}
"""The measures with readings that a table can hold, and what stands before them there."""


@dataclass(frozen=True, slots=True)
class ShownReading:
    """One row of the table. `share` is what it adds to the sum of W2, in points; empty without a sum."""

    recorded_on: date
    words: str
    share: str


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """What a rule saw, in words. Sentences that do not apply are empty; so is the table of a silence."""

    measure: str
    readings: tuple[ShownReading, ...]
    usual: str
    sum: str
    limit: str


def show(rule: str, evidence: Evidence) -> ShownEvidence:
    """The evidence of a finding by `rule`, for a therapist to read and to check."""
    added, shares = _sum(evidence)
    has_table = evidence.measure in MEASURES and rule != "no_response"
    return ShownEvidence(
        measure=MEASURES.get(evidence.measure, ""),
        readings=tuple(
            ShownReading(reading.recorded_on, value_in_words(evidence.measure, reading.value), share)
            for reading, share in zip(evidence.readings, shares, strict=True)
        )
        if has_table
        else (),
        usual=_usual(rule, evidence),
        sum=added,
        limit=_limit(rule, evidence),
    )


def _usual(rule: str, evidence: Evidence) -> str:
    """ "Usual level 4.2, from 31 reports, 2 September to 27 October." """
    baseline, is_place = evidence.baseline, evidence.measure == DISTAL_RANK
    if baseline is None:
        return ""
    with_year = baseline.first_on.year != baseline.last_on.year
    first, last = day_in_words(baseline.first_on, with_year), day_in_words(baseline.last_on, with_year)
    level = PLACES[int(baseline.centre)] if is_place else number_in_words(baseline.centre)
    name = (
        "Usual place"
        if is_place
        else "Middle of the plan's first week"
        if rule == "no_response"
        else "Level at the start"
        if evidence.is_from_start
        else "Usual level"
    )
    return f"{name} {level}, from {baseline.reports} reports, {first} to {last}."


def _limit(rule: str, evidence: Evidence) -> str:
    if evidence.limit is None or evidence.total is not None:
        return ""
    if rule == "no_response":
        return f"A fall of {evidence.limit:g} points or more is a change."
    if evidence.measure == DISTAL_RANK:
        return f"From {PLACES[int(evidence.limit)]} on, a report counted."
    if evidence.measure in (LEG_PAIN, NUMB_BOTHER):
        return f"From {evidence.limit:.3g} on, a report counted."
    return ""


def _sum(evidence: Evidence) -> tuple[str, tuple[str, ...]]:
    """The sum of W2 as a sentence, and what each reading adds to it; empty for the other rules.

    "Points above 5.2 (the usual level and 1 more): 1.8 + 2.8 + 1.8 = 6.4; limit 5.6." The numbers add up as
    they stand there, with as few decimals as that takes.
    """
    baseline, allowance, most = evidence.baseline, evidence.allowance, evidence.counted_above
    total, limit = evidence.total, evidence.limit
    if baseline is None or allowance is None or most is None or total is None or limit is None:
        return "", ("",) * len(evidence.readings)
    line, highest = baseline.centre + allowance, baseline.centre + most
    counted = [
        min(max(float(reading.value), baseline.centre - most), highest) for reading in evidence.readings
    ]
    decimals = next(
        (places for places in (1, 2) if _adds_up(counted, line, total, limit, places)), _MOST_DECIMALS
    )
    shares = tuple(f"{each - line:.{decimals}f}".replace("-", "−") for each in counted)
    terms = " + ".join(shares).replace("+ −", "− ")
    added = sum(round(each - line, decimals) for each in counted)
    lowest, values = baseline.centre - most, [float(reading.value) for reading in evidence.readings]
    capped = f" A report counts as {highest:.{decimals}f} at most." if max(values) > highest else ""
    capped += f" A report counts as {lowest:.{decimals}f} at least." if min(values) < lowest else ""
    return (
        f"Points above {line:.{decimals}f} (the usual level and {number_in_words(allowance)} more): "
        f"{terms} = {added:.{decimals}f}; limit {limit:.{decimals}f}.{capped}"
    ), shares


_MOST_DECIMALS = 3


def _adds_up(counted: Sequence[float], line: float, total: float, limit: float, decimals: int) -> bool:
    """Whether the rounded numbers give the total and pass the limit; a share is a reading less the line."""
    by_hand = [round(each, decimals) - round(line, decimals) for each in counted]
    shares = [round(each - line, decimals) for each in counted]
    agree = all(abs(one - other) < 10 ** -(decimals + 1) for one, other in zip(by_hand, shares, strict=True))
    is_total = abs(sum(shares) - total) < 0.05
    return agree and is_total and round(sum(shares), decimals) > round(limit, decimals)
