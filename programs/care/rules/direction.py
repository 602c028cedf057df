"""Which way of moving eases a leg, from tries of the direction check.

A leg whose symptoms draw back towards the spine during a movement is moved that way; one that they spread
down is not (Albert et al. 2012, Eur Spine J 21:630: 84.8 % of 176 people with pain below the knee drew back,
7.3 % spread; both got better later). The steps and days are a proposal, not yet checked by a clinician. It
is no assessment, and a clinician can choose another way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

EXTENSION, FLEXION, NEITHER = "extension", "flexion", "neither"

BETTER, NO_CHANGE, WORSE = EFFECTS = ("better", "no_change", "worse")

ROUND = timedelta(days=28)
"""A try older than this says nothing about the leg of today: the check begins anew."""


@dataclass(frozen=True, slots=True)
class PastTry:
    """One try: which way, on which local day, and what came of it (one of `EFFECTS`)."""

    direction: str
    tried_on: date
    effect: str


@dataclass(frozen=True, slots=True)
class DirectionFinding:
    """Where the check stands.

    outcome: `EXTENSION`, `FLEXION` or `NEITHER`; "" while something is still to be tried. to_try: the next
    direction, and from which day; "" where nothing is left. excluded: the directions that sent symptoms
    further down, each with the first day on which it may be done again.
    """

    outcome: str
    to_try: str
    to_try_from: date | None
    excluded: Mapping[str, date]


def effect_of(reach_before: int, pain_before: int, reach_after: int, pain_after: int) -> str:
    """What one try did to the leg: one of `EFFECTS`.

    reach: 0 to 5, the rank of the furthest place that symptoms go down to; pain: 0 to 10. Further down is
    worse, whatever the score says; less far down or less pain is better.
    """
    if reach_after > reach_before:
        return WORSE
    return BETTER if reach_after < reach_before or pain_after < pain_before else NO_CHANGE


def find_direction(
    order: Sequence[str], tries: Sequence[PastTry], today: date, exclude_days: int
) -> DirectionFinding:
    """What the tries say. order: the directions that the program has, first the one to begin with.

    Each direction is tried once in 28 days, the next one on a later day than the last; the first that eases
    is the outcome. What spread symptoms is left out for `exclude_days`.
    """
    recent = sorted((each for each in tries if today - each.tried_on < ROUND), key=lambda each: each.tried_on)
    newest = {each.direction: each for each in recent}
    again_from = {
        each.direction: each.tried_on + timedelta(days=exclude_days)
        for each in newest.values()
        if each.effect == WORSE
    }
    excluded = {direction: until for direction, until in again_from.items() if today < until}
    for direction in order:
        if direction not in newest:
            earliest = recent[-1].tried_on + timedelta(days=1) if recent else today
            return DirectionFinding("", direction, max(earliest, today), excluded)
        if newest[direction].effect == BETTER:
            return DirectionFinding(direction, "", None, excluded)
    return DirectionFinding(NEITHER if order else "", "", None, excluded)
