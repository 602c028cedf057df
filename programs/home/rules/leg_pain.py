"""Daily worst leg pain of one simulated person, on the 0-10 scale. On day t it is

y(t) = round(level(t) + noise(t) + spike(t) + flare(t) + weekday(t)), cut to 0..10, or missing.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Literal, assert_never, get_args

from .conditions import Conditions
from .reporting import missed_days, whole_numbers

Kind = Literal[
    "improving_mild",
    "persistent_moderate",
    "persistent_severe",
    "improving_severe",
    "persistent_mild",
    "stable_moderate",
    "stable_severe",
    "fluctuating",
    "step",
    "ramp",
    "flare",
]
"""Classes of course. `persistent_moderate` and `persistent_severe` ease slowly over a year. Their `stable_`
variants and `persistent_mild` stay level. `step`, `ramp` and `flare` rise from an onset on."""

KINDS: tuple[Kind, ...] = get_args(Kind)

WORSENING: tuple[Kind, ...] = ("step", "ramp", "flare")
LEVEL_BASES: dict[Kind, tuple[float, float]] = {
    "persistent_mild": (2.5, 0.6),
    "stable_moderate": (5.3, 0.8),
    "stable_severe": (7.4, 0.6),
    "step": (4.0, 1.0),
    "ramp": (4.0, 1.0),
    "flare": (4.0, 1.0),
}
"""Mean and SD of people's own level, in the kinds that have one level (before they worsen)."""

HALVING_DAYS = 42
"""An improving person's distance from the final level halves in this many days."""
NOISE_SD_LOG_SD, NOISE_SD_RANGE = 0.45, (0.3, 2.9)
"""A person's noise SD: log-normal with this SD of its logarithm, cut to this range."""
SPIKE_CHANCE = 0.04
"""Of a single bad day, each day."""
FLARE_CHANCE, FLUCTUATING_FLARE_CHANCE = 0.010, 0.021
"""Of a flare-up of two days or more starting, each day."""
FLARE_STOP_CHANCE = 1 / 3
"""Of a flare-up ending, each day after its first: it lasts 4 days on average."""
BAD_SPELL_MEAN, BAD_SPELL_SD = 2.7, 0.8
"""Points that a spike or a flare-up adds."""
FLARE_KIND_DAYS = 10
"""How long the rise of the `flare` kind lasts."""
BAD_DAY_POINTS = 1.5
"""A bad day has pain so far above the person's level, or above the former one after a rise."""

DEFAULT = Conditions()


@dataclass(frozen=True, slots=True)
class Course:
    """One simulated person's days, counted from 0."""

    scores: list[int | None]
    """Worst leg pain per day, 0-10; None where the person did not report."""
    flare_days: frozenset[int]
    """Days of chance flare-ups: a rule that speaks up near one is right to."""


def simulate_leg_pain(
    kind: Kind,
    days: int,
    rng: Random,
    *,
    onset: int = 56,
    rise: float = 3.0,
    rise_per_week: float = 1.0,
    completeness: float = 0.85,
) -> list[int | None]:
    """The scores of `simulate_course`: worst leg pain per day, 0-10, None where the person did not report."""
    course = simulate_course(
        kind, days, rng, onset=onset, rise=rise, rise_per_week=rise_per_week, completeness=completeness
    )
    return course.scores


def simulate_course(
    kind: Kind,
    days: int,
    rng: Random,
    *,
    onset: int = 56,
    rise: float = 3.0,
    rise_per_week: float = 1.0,
    completeness: float = 0.85,
    base: tuple[float, float] | None = None,
    eases_to: float | None = None,
    conditions: Conditions = DEFAULT,
) -> Course:
    """One simulated person over `days` days. The same arguments and state of `rng` give the same person.

    kind: class of course, see `Kind`.
    onset: day (from 0) on which `step`, `ramp` and `flare` begin to worsen; the others ignore it.
    rise: points by which those kinds end up above their former level; 0 gives the same person, unchanged.
    rise_per_week: speed of `ramp`, points a week.
    completeness: share of days reported in the long run, above 0 and up to 1.
    base: mean and SD of people's own level, instead of `LEVEL_BASES`; the kinds without one ignore it.
    eases_to: the level to which pain eases beneath the rise of `step`, `ramp` and `flare`; None is level.
    conditions: how pain moves from day to day and how it is reported.

    The worsening kinds have no chance flare-ups, so that their one rise is the only true change.
    """
    usual = _usual_level(kind, days, rng, base, eases_to)
    rises = [_rise(kind, day - onset, rise, rise_per_week) for day in range(days)]
    level = [max(0.0, min(10.0, value + risen)) for value, risen in zip(usual, rises, strict=True)]
    noise = _noise(level, rng, conditions)
    spikes = [_bad_spell(rng) if rng.random() < SPIKE_CHANCE else 0.0 for _ in level]
    flares = _flares(days, rng, _flare_chance(kind))
    pain = [
        level[day] + noise[day] + spikes[day] + flares[day] + _weekday(day, conditions) for day in range(days)
    ]
    missed = missed_days(
        days,
        rng,
        1 - completeness,
        bad=[pain[day] - usual[day] >= BAD_DAY_POINTS for day in range(days)],
        bad_day_gap_odds=conditions.bad_day_gap_odds,
    )
    scores = whole_numbers(pain, missed, held_within=conditions.held_within)
    return Course(scores, frozenset(day for day in range(days) if flares[day] > 0))


def _usual_level(
    kind: Kind, days: int, rng: Random, base: tuple[float, float] | None, eases_to: float | None
) -> list[float]:
    """The person's underlying pain per day, before any noise and without the rise of a worsening kind."""
    match kind:
        case "improving_mild":
            return _easing(days, rng.gauss(4.2, 1.0), 0.9)
        case "improving_severe":
            return _easing(days, rng.gauss(7.5, 0.6), 1.0)
        case "persistent_moderate":
            start = rng.gauss(5.8, 0.8)
            return [start - 1.8 * day / 365 for day in range(days)]
        case "persistent_severe":
            start = rng.gauss(7.8, 0.6)
            return [start - 1.5 * day / 365 for day in range(days)]
        case "persistent_mild" | "stable_moderate" | "stable_severe":
            return [rng.gauss(*(base or LEVEL_BASES[kind]))] * days
        case "fluctuating":
            middle, period, phase = rng.gauss(4.0, 0.8), rng.uniform(14, 42), rng.uniform(0, math.tau)
            return [middle + math.sin(math.tau * day / period + phase) for day in range(days)]
        case "step" | "ramp" | "flare":
            start = rng.gauss(*(base or LEVEL_BASES[kind]))
            return [start] * days if eases_to is None else _easing(days, start, eases_to)
        case _:
            assert_never(kind)


def _easing(days: int, start: float, end: float) -> list[float]:
    return [end + (start - end) * 0.5 ** (day / HALVING_DAYS) for day in range(days)]


def _rise(kind: Kind, days_since: int, rise: float, rise_per_week: float) -> float:
    """Points above the former level, so many days after the onset."""
    if kind not in WORSENING or days_since < 0 or (kind == "flare" and days_since >= FLARE_KIND_DAYS):
        return 0.0
    return min(rise, rise_per_week * days_since / 7) if kind == "ramp" else rise


def _noise(level: list[float], rng: Random, conditions: Conditions) -> list[float]:
    """First-order autoregressive noise; there is less of it near 0, where scores have no room to move."""
    smallest, largest = NOISE_SD_RANGE
    drawn = rng.lognormvariate(math.log(conditions.noise_median), NOISE_SD_LOG_SD)
    sd = max(smallest, min(largest, drawn))
    innovation = math.sqrt(1 - conditions.autocorrelation**2)
    noise: list[float] = []
    state = _shock(rng, conditions.degrees_of_freedom)
    for value in level:
        noise.append(state * sd * min(1.0, 0.35 + 0.2 * value))
        shock = _shock(rng, conditions.degrees_of_freedom)
        state = conditions.autocorrelation * state + innovation * shock
    return noise


def _shock(rng: Random, degrees_of_freedom: int | None) -> float:
    """A draw with mean 0 and SD 1: normal, or Student t scaled to that SD."""
    normal = rng.gauss(0.0, 1.0)
    if degrees_of_freedom is None:
        return normal
    return normal * math.sqrt((degrees_of_freedom - 2) / rng.gammavariate(degrees_of_freedom / 2, 2.0))


def _bad_spell(rng: Random) -> float:
    """Points that one spike or flare-up adds."""
    return max(0.0, rng.gauss(BAD_SPELL_MEAN, BAD_SPELL_SD))


def _flare_chance(kind: Kind) -> float:
    if kind in WORSENING:
        return 0.0
    return FLUCTUATING_FLARE_CHANCE if kind == "fluctuating" else FLARE_CHANCE


def _flares(days: int, rng: Random, chance: float) -> list[float]:
    """Points added by chance flare-ups; where two overlap, the larger counts."""
    added = [0.0] * days
    for start in range(days):
        if rng.random() >= chance:
            continue
        size = _bad_spell(rng)
        end = start + 2
        while rng.random() >= FLARE_STOP_CHANCE:
            end += 1
        for day in range(start, min(end, days)):
            added[day] = max(added[day], size)
    return added


def _weekday(day: int, conditions: Conditions) -> float:
    return conditions.weekday_rise if day % 7 in conditions.risen_weekdays else 0.0
