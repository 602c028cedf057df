"""Criteria about pain: its height, whether it rises, and how it is today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from programs.care.rules.criteria.counting import (
    at_most,
    count,
    days_of_week,
    number,
    scores_of_week,
    sessions_needed,
)
from programs.care.rules.criteria.criterion import MET, NOT_MET, PAIN, TODAY, TREND, UNKNOWN, Criterion
from programs.care.rules.facts import CALF, DURING, WORST_LEG, Facts, StageParameters


def _worst_leg(facts: Facts, ceiling: int, parameters: StageParameters) -> Criterion:
    scores = scores_of_week(facts.leg_pain, facts.today, parameters)
    return _middle_of_week("worst leg pain", "leg pain", scores, ceiling, parameters)


def _calf(facts: Facts, ceiling: int, parameters: StageParameters) -> Criterion:
    """Calf pain between cramps: how bad a cramp was does not count."""
    scores = scores_of_week(facts.calf_pain, facts.today, parameters)
    return _middle_of_week("calf pain between cramps", "calf pain", scores, ceiling, parameters)


def _middle_of_week(
    name: str, name_in_short: str, scores: Sequence[int], ceiling: int, parameters: StageParameters
) -> Criterion:
    days, limit = parameters.window_days, at_most(ceiling)
    numbers: dict[str, Any] = {"reports": len(scores), "ceiling": ceiling}
    if len(scores) < parameters.least_reports:
        needed = parameters.least_reports
        return Criterion(
            PAIN,
            UNKNOWN,
            numbers,
            f"{name.capitalize()}: {count(len(scores), 'report')} in {days} days, at least {needed}.",
            f"We do not know your {name_in_short} of this week yet. "
            f"It takes {needed} daily checks in a week.",
        )
    middle = median(scores)
    is_met = middle <= ceiling
    return Criterion(
        PAIN,
        MET if is_met else NOT_MET,
        numbers | {"middle": middle},
        f"{name.capitalize()}, middle of {days} days: {number(middle)} "
        f"({len(scores)} reports), at most {ceiling}.",
        f"Your {name} is {limit} on most days of this week."
        if is_met
        else f"Your {name} this week is about {number(middle)}. It needs to be {limit}.",
    )


def _during(facts: Facts, ceiling: int, parameters: StageParameters) -> Criterion:
    """The worst pain in the sessions of every day of the week: "stays at" has no exception."""
    said = [[each.peak for each in day if each.peak is not None] for day in days_of_week(facts, parameters)]
    peaks = [max(day) for day in said if day]
    enough = sessions_needed(facts, parameters)
    worst = max(peaks, default=None)
    numbers = {"days": len(peaks), "worst": worst, "ceiling": ceiling, "least_sessions": enough}
    if worst is not None and worst > ceiling:
        return Criterion(
            PAIN,
            NOT_MET,
            numbers,
            f"Worst pain in a session of {parameters.window_days} days: {worst}, at most {ceiling}.",
            f"Your pain went up to {worst} in a session this week. It needs to stay at {at_most(ceiling)}.",
        )
    if len(peaks) < enough:
        return Criterion(
            PAIN,
            UNKNOWN,
            numbers,
            f"Worst pain in sessions is known of {count(len(peaks), 'day')}, at least {enough} are needed.",
            "We do not know yet how much it hurts while you exercise.",
        )
    return Criterion(
        PAIN,
        MET,
        numbers,
        f"Worst pain in the sessions of {count(len(peaks), 'day')}: {worst}, at most {ceiling}.",
        f"Pain in your sessions this week stayed at {at_most(ceiling)}.",
    )


JUDGE_PAIN: Mapping[str, Callable[[Facts, int, StageParameters], Criterion]] = {
    WORST_LEG: _worst_leg,
    CALF: _calf,
    DURING: _during,
}


def judge_trend(facts: Facts, parameters: StageParameters) -> Criterion:
    now = scores_of_week(facts.leg_pain, facts.today, parameters)
    before = scores_of_week(facts.leg_pain, facts.today, parameters, weeks_ago=1)
    numbers: dict[str, Any] = {"reports": len(now), "reports_before": len(before)}
    if min(len(now), len(before)) < parameters.least_reports:
        return Criterion(
            TREND,
            UNKNOWN,
            numbers,
            f"Leg pain against the week before: {len(now)} and {count(len(before), 'report')}, at least "
            f"{parameters.least_reports} in each week.",
            "We do not know yet if your leg pain is rising. It takes two weeks of daily checks.",
        )
    middle, middle_before = median(now), median(before)
    rise = middle - middle_before
    is_met = rise <= parameters.highest_rise
    return Criterion(
        TREND,
        MET if is_met else NOT_MET,
        numbers | {"middle": middle, "middle_before": middle_before},
        f"Leg pain, middle of the week: {number(middle)}, the week before {number(middle_before)}; "
        f"at most {number(parameters.highest_rise)} higher.",
        "Your leg pain is not rising."
        if is_met
        else f"Your leg pain has gone up, from about {number(middle_before)} to {number(middle)}.",
    )


def judge_today(facts: Facts, parameters: StageParameters) -> Criterion:
    pain = facts.pain_today
    numbers = {"pain": pain, "never_from": parameters.never_from}
    if pain is None:
        return Criterion(
            TODAY,
            UNKNOWN,
            numbers,
            "No pain is known of today.",
            "We do not know how your leg is today. The daily check tells us.",
        )
    is_met = pain < parameters.never_from
    return Criterion(
        TODAY,
        MET if is_met else NOT_MET,
        numbers,
        f"Worst pain in the last 24 hours: {pain}, below {parameters.never_from}."
        if is_met
        else f"Worst pain in the last 24 hours: {pain}, not below {parameters.never_from}.",
        f"Your pain today is below {parameters.never_from}."
        if is_met
        else f"Your pain was {pain} in the last 24 hours. This is not a day to move up.",
    )
