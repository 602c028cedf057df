"""Criteria about doing: days in the stage, sessions and breaks, and how the leg bore them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from programs.care.rules.criteria.counting import (
    count,
    days_of_week,
    is_within,
    percent,
    planned_days,
    sessions_needed,
    this_week,
)
from programs.care.rules.criteria.criterion import (
    BREAKS,
    DAYS,
    FOLLOWED,
    LIGHTS,
    MET,
    MORNINGS,
    NOT_MET,
    UNKNOWN,
    Criterion,
)
from programs.care.rules.facts import Facts, StageParameters
from programs.care.rules.response import COLOURS, GREEN, RED
from programs.care.rules.response import UNKNOWN as NO_LIGHT


def judge_days(facts: Facts) -> Criterion:
    least = facts.minimum_days or 0
    spent = (facts.today - facts.stage_began_on).days
    left = least - spent
    return Criterion(
        DAYS,
        MET if left <= 0 else NOT_MET,
        {"days": spent, "least": least},
        f"{count(spent, 'day')} in this stage, at least {least}.",
        f"You have had the {count(least, 'day')} this stage needs."
        if left <= 0
        else f"Stay in this stage for {count(left, 'more day', 'more days')}.",
    )


def judge_followed(facts: Facts, parameters: StageParameters) -> Criterion:
    """Days followed of days planned. Today counts once something was done: it is not over before that.

    Who was told not to exercise followed the plan by not doing so. Such a day makes no session, so that
    readiness is not known from too few of them, and nobody is blamed.
    """
    done = {session.performed_on for session in this_week(facts, parameters)}
    planned = planned_days(facts, parameters)
    followed = {day for day in planned if day in done or day in facts.withheld_on}
    enough = sessions_needed(facts, parameters)
    numbers = {
        "followed": len(followed),
        "planned": len(planned),
        "sessions": len(done),
        "share": parameters.followed_share,
        "least_sessions": enough,
    }
    said = (
        f"{len(followed)} of {count(len(planned), 'planned day')} followed in "
        f"{parameters.window_days} days, {count(len(done), 'day')} with a session; "
        f"at least {percent(parameters.followed_share)} and {enough}."
    )
    if not planned:
        return Criterion(
            FOLLOWED, UNKNOWN, numbers, said, "We do not know yet how the sessions of this week go."
        )
    if len(followed) < parameters.followed_share * len(planned):
        needed = _needed(len(planned), parameters.followed_share)
        return Criterion(
            FOLLOWED,
            NOT_MET,
            numbers,
            said,
            f"You kept to your plan on {len(followed)} of {count(len(planned), 'day')} this week. "
            f"Once it is {needed} of {len(planned)}, this is done.",
        )
    if len(done) < enough:
        return Criterion(
            FOLLOWED, UNKNOWN, numbers, said, "You had to rest this week. A few more sessions will tell."
        )
    return Criterion(
        FOLLOWED,
        MET,
        numbers,
        said,
        f"You kept to your plan on {len(followed)} of {count(len(planned), 'day')} this week.",
    )


def judge_breaks(
    breaks: Mapping[date, tuple[int, int]], today: date, parameters: StageParameters
) -> Criterion:
    week = {
        day: each for day, each in breaks.items() if is_within(day, today, parameters.window_days) and each[1]
    }
    kept = sum(followed >= parameters.break_share * made for followed, made in week.values())
    needed = parameters.break_days
    numbers = {"days": kept, "days_with_prompts": len(week), "needed": needed}
    said = (
        f"On {count(kept, 'day')} of {len(week)} with prompts, at least "
        f"{percent(parameters.break_share)} of them followed; at least {needed} days."
    )
    if kept >= needed:
        return Criterion(
            BREAKS, MET, numbers, said, f"You took half of your breaks on {kept} days this week."
        )
    if len(week) < needed:
        return Criterion(
            BREAKS, UNKNOWN, numbers, said, "We do not know yet how your breaks go. There were too few."
        )
    return Criterion(
        BREAKS,
        NOT_MET,
        numbers,
        said,
        f"You took half of your breaks on {count(kept, 'day')} this week. It takes {needed}.",
    )


def judge_lights(facts: Facts, parameters: StageParameters) -> Criterion:
    """Days by the most severe light of their sessions."""
    colours = [_most_severe(each.colour for each in day) for day in days_of_week(facts, parameters)]
    known = [colour for colour in colours if colour != NO_LIGHT]
    green, red = known.count(GREEN), known.count(RED)
    enough = sessions_needed(facts, parameters)
    numbers = {
        "green": green,
        "red": red,
        "known": len(known),
        "share": parameters.green_share,
        "least_sessions": enough,
    }
    said = (
        f"{green} of {count(len(known), 'day')} green and {red} red in {parameters.window_days} days; "
        f"at least {percent(parameters.green_share)} of {enough} or more, and none red."
    )
    if red:
        return Criterion(
            LIGHTS,
            NOT_MET,
            numbers,
            said,
            f"On {count(red, 'day')} of this week a session was too much for your leg.",
        )
    if len(known) < enough:
        return Criterion(
            LIGHTS, UNKNOWN, numbers, said, "We do not know yet how your leg takes the sessions."
        )
    if green < parameters.green_share * len(known):
        return Criterion(
            LIGHTS,
            NOT_MET,
            numbers,
            said,
            f"Your sessions went well on {green} of {len(known)} days. More need to.",
        )
    return Criterion(LIGHTS, MET, numbers, said, "Your sessions this week went well.")


def judge_mornings(facts: Facts, parameters: StageParameters) -> Criterion:
    mornings = [
        [each.is_settled for each in day if each.is_settled is not None]
        for day in days_of_week(facts, parameters)
    ]
    known = [all(said) for said in mornings if said]
    settled, enough = sum(known), sessions_needed(facts, parameters)
    numbers = {
        "settled": settled,
        "known": len(known),
        "share": parameters.settled_share,
        "least_sessions": enough,
    }
    said = (
        f"Settled by the next morning after {settled} of {count(len(known), 'day')} in "
        f"{parameters.window_days} days; at least {percent(parameters.settled_share)} of {enough} or more."
    )
    if len(known) < enough:
        return Criterion(
            MORNINGS,
            UNKNOWN,
            numbers,
            said,
            "We do not know yet how your leg is on the mornings after. Please tell us each morning.",
        )
    if settled < parameters.settled_share * len(known):
        return Criterion(
            MORNINGS,
            NOT_MET,
            numbers,
            said,
            f"Your leg had calmed down on {settled} of {len(known)} mornings after. More need to be calm.",
        )
    return Criterion(MORNINGS, MET, numbers, said, "Your leg calms down by the next morning.")


def _most_severe(colours: Iterable[str]) -> str:
    return max(colours, key=COLOURS.index)


def _needed(planned: int, share: float) -> int:
    """The fewest days that make the share."""
    return next(days for days in range(planned + 1) if days >= share * planned)
