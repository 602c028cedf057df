"""Every rule on every person, on as many processes as wanted: the results do not depend on how many."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from typing import TypeVar

from .cohorts import DAYS, ONSET, SPREAD_WITHIN, Cohort, PlaceCohort
from .measures import (
    Found,
    Interval,
    Quiet,
    count_quiet,
    delay,
    summarise_delays,
    wilson,
    yearly,
)
from .ours import CHECK_IN, Said, judge_furthest_place, judge_leg_pain
from .peers import RULES

FLAGS = "This tracker: flags"
CHECK_INS = "This tracker: check-ins"
EITHER = "This tracker: flags and check-ins"
FLAGS_OF = {rule: f"This tracker: flags of {rule}" for rule in ("W2", "W2e", "W5")}
"""The tracker's rules that can flag leg pain, each alone: its name here."""

Alerts = dict[str, list[int]]
"""By the name of the rule: the days (from 0) on which it spoke up."""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class QuietResult:
    """What one rule said about people without a true change, per patient-year."""

    false: Interval
    in_flare: Interval
    alerts: Interval


@dataclass(frozen=True, slots=True)
class Study:
    """So many simulated people per cohort, from one seed."""

    people: int
    seed: int
    pool: Pool | None = None

    def quiet(self, cohort: Cohort) -> dict[str, QuietResult]:
        """What each rule says about people who stay as they are."""
        people = self._each(partial(_watch_quiet, cohort, self.seed))
        return {name: _summarise([person[name] for person in people], cohort.days) for name in people[0]}

    def changes(self, cohort: Cohort) -> dict[str, Found]:
        """In how many people each rule finds the true change in time, and when."""
        people = self._each(partial(_watch_change, cohort, self.seed))
        return {
            name: summarise_delays(
                [changed[name] for changed, _ in people], [unchanged[name] for _, unchanged in people]
            )
            for name in people[0][0]
        }

    def ever(self, cohort: Cohort) -> dict[str, Interval]:
        """The share of people about whom each rule says anything, from the first day on."""
        people = self._each(partial(_spoke_up, cohort, self.seed))
        return {name: wilson(sum(person[name] for person in people), self.people) for name in people[0]}

    def quiet_places(self, cohort: PlaceCohort) -> Interval:
        """Flags per patient-year about people whose symptoms stay where they are."""
        return yearly(self._each(partial(_count_place_flags, cohort, self.seed)), DAYS)

    def spreads(self, cohort: PlaceCohort) -> Found:
        """In how many people a true spread down the leg is found in time."""
        people = self._each(partial(_watch_spread, cohort, self.seed))
        return summarise_delays([spread for spread, _ in people], [unchanged for _, unchanged in people])

    def _each(self, watch: Callable[[int], Answer]) -> list[Answer]:
        numbers = range(self.people)
        return (
            self.pool.map(watch, numbers, chunksize=20)
            if self.pool
            else [watch(number) for number in numbers]
        )


def _watch_quiet(cohort: Cohort, seed: int, number: int) -> dict[str, Quiet]:
    course = cohort.person(seed, number)
    alerts = _alerts(course.scores)
    return {name: count_quiet(days, course.flare_days) for name, days in alerts.items()}


def _watch_change(
    cohort: Cohort, seed: int, number: int
) -> tuple[dict[str, int | None], dict[str, int | None]]:
    def delays(people: Cohort) -> dict[str, int | None]:
        alerts = _alerts(people.person(seed, number).scores)
        return {name: delay(days, cohort.onset, cohort.within) for name, days in alerts.items()}

    return delays(cohort), delays(cohort.unchanged())


def _spoke_up(cohort: Cohort, seed: int, number: int) -> dict[str, bool]:
    alerts = _alerts(cohort.person(seed, number).scores)
    return {name: bool(days) for name, days in alerts.items()}


def _count_place_flags(cohort: PlaceCohort, seed: int, number: int) -> int:
    return count_quiet(_place_flags(cohort, seed, number), ()).false


def _watch_spread(cohort: PlaceCohort, seed: int, number: int) -> tuple[int | None, int | None]:
    spread, unchanged = (_place_flags(people, seed, number) for people in (cohort, cohort.unchanged()))
    return delay(spread, ONSET, SPREAD_WITHIN), delay(unchanged, ONSET, SPREAD_WITHIN)


def _place_flags(cohort: PlaceCohort, seed: int, number: int) -> list[int]:
    return _flag_days(judge_furthest_place(_reported(cohort.person(seed, number))))


def _alerts(scores: list[int | None]) -> Alerts:
    reported = _reported(scores)
    said = judge_leg_pain(reported)
    return {
        FLAGS: _flag_days(said),
        CHECK_INS: [each.day for each in said if each.level == CHECK_IN],
        EITHER: [each.day for each in said],
        **{name: _flag_days([each for each in said if each.rule == rule]) for rule, name in FLAGS_OF.items()},
        **{rule.name: rule.alerts(reported) for rule in RULES},
    }


def _flag_days(said: list[Said]) -> list[int]:
    return [each.day for each in said if each.level != CHECK_IN]


def _reported(values: list[int | None]) -> list[tuple[int, int]]:
    return [(day, value) for day, value in enumerate(values) if value is not None]


def _summarise(people: list[Quiet], days: int) -> QuietResult:
    return QuietResult(
        false=yearly([person.false for person in people], days),
        in_flare=yearly([person.in_flare for person in people], days),
        alerts=yearly([person.alerts for person in people], days),
    )
