"""Which days and sessions count, and numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from programs.care.rules.facts import Done, Facts, StageParameters


def is_within(day: date, today: date, within: int, start: int = 0) -> bool:
    """Whether a day lies in the `within` days that end `start` days before today, which has the age 0."""
    return start <= (today - day).days < start + within


def scores_of_week(
    scores: Mapping[date, int], today: date, parameters: StageParameters, weeks_ago: int = 0
) -> list[int]:
    days = parameters.window_days
    return [score for day, score in scores.items() if is_within(day, today, days, weeks_ago * days)]


def this_week(facts: Facts, parameters: StageParameters) -> list[Done]:
    return [
        each for each in facts.sessions if is_within(each.performed_on, facts.today, parameters.window_days)
    ]


def days_of_week(facts: Facts, parameters: StageParameters) -> list[list[Done]]:
    """The sessions of each day of this week that has any: four on one day tell of one day."""
    days: dict[date, list[Done]] = {}
    for session in this_week(facts, parameters):
        days.setdefault(session.performed_on, []).append(session)
    return list(days.values())


def planned_days(facts: Facts, parameters: StageParameters) -> set[date]:
    """The planned days of this week, of which today is one once there was a session."""
    done_today = any(session.performed_on == facts.today for session in facts.sessions)
    return {
        day
        for day in facts.planned_on
        if is_within(day, facts.today, parameters.window_days) and (day != facts.today or done_today)
    }


def sessions_needed(facts: Facts, parameters: StageParameters) -> int:
    """Of how many days of the week the sessions have to be known: fewer where fewer are planned."""
    return max(1, min(parameters.least_sessions, len(planned_days(facts, parameters))))


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def percent(share: float) -> str:
    return f"{round(100 * share)} %"


def number(value: float) -> str:
    return f"{round(value, 1):g}"


def at_most(ceiling: int) -> str:
    return f"{ceiling} or less" if ceiling else "0"


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B}"
