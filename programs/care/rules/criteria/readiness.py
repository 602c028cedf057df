"""All criteria of a stage together, and what forbids moving on whoever decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from programs.care.rules.criteria.criterion import Criterion
from programs.care.rules.criteria.doing import (
    judge_breaks,
    judge_days,
    judge_followed,
    judge_lights,
    judge_mornings,
)
from programs.care.rules.criteria.pain import JUDGE_PAIN, judge_today, judge_trend
from programs.care.rules.criteria.standing import judge_flags, judge_reach, judge_safety, judge_test
from programs.care.rules.facts import DEFAULT_STAGES, Facts, StageParameters

EMERGENCY, URGENT = LOCKS = ("emergency", "urgent")
"""The levels of a safety answer that lock sessions."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """All criteria of a stage on a local day, and what forbids moving on whoever decides.

    never: why nobody may move on today, in sentences for a therapist; empty where nothing forbids it.
    """

    day: date
    criteria: tuple[Criterion, ...]
    never: tuple[str, ...]
    version: str

    @property
    def is_ready(self) -> bool:
        return not self.never and bool(self.criteria) and all(each.is_met for each in self.criteria)

    @property
    def open(self) -> tuple[Criterion, ...]:
        """What is not met, or not known."""
        return tuple(each for each in self.criteria if not each.is_met)

    @property
    def met(self) -> int:
        return sum(each.is_met for each in self.criteria)

    def as_list(self) -> list[dict[str, Any]]:
        return [each.as_dict() for each in self.criteria]


def readiness(facts: Facts, parameters: StageParameters = DEFAULT_STAGES) -> Readiness:
    """Judge a patient against the stage they are in; a stage without an end has nothing to be ready for."""
    criteria = () if facts.minimum_days is None else tuple(_criteria(facts, parameters))
    return Readiness(facts.today, criteria, tuple(_never(facts, parameters)), parameters.version)


def _never(facts: Facts, parameters: StageParameters) -> Iterator[str]:
    """Pain from `never_from` on, an open emergency or urgent warning sign, something that rules exercise out,
    and a stage that began today by moving on. No reason overrides them."""
    if facts.pain_today is not None and facts.pain_today >= parameters.never_from:
        yield (
            f"Pain was {facts.pain_today} in the last 24 hours: "
            f"nobody moves on from {parameters.never_from} up."
        )
    if any(level in LOCKS for level in facts.safety_levels):
        yield "A warning sign is open: nobody moves on before it is checked."
    if facts.is_blocked:
        yield "Exercise is on hold: nobody moves on before this is checked."
    if facts.advanced_on == facts.today:
        yield "This plan has moved on today: nobody moves it on twice a day."


def _criteria(facts: Facts, parameters: StageParameters) -> Iterator[Criterion]:
    yield judge_days(facts)
    yield judge_followed(facts, parameters)
    if facts.pain_ceiling is not None:
        yield JUDGE_PAIN[facts.pain_measure](facts, facts.pain_ceiling, parameters)
    yield judge_trend(facts, parameters)
    yield judge_lights(facts, parameters)
    yield judge_mornings(facts, parameters)
    yield judge_reach(facts, parameters)
    yield judge_flags(facts)
    yield judge_safety(facts, parameters)
    if facts.breaks is not None:
        yield judge_breaks(facts.breaks, facts.today, parameters)
    elif facts.test:
        yield judge_test(facts, parameters)
    yield judge_today(facts, parameters)


def days_before(today: date, parameters: StageParameters = DEFAULT_STAGES) -> date:
    """The first day that any criterion looks back to."""
    return today - timedelta(days=max(2 * parameters.window_days, parameters.usual_place_ages[1]))
