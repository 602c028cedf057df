"""A model of leg pain from day to day, for demonstration patients and for testing the worsening rules.

Daily worst leg pain of one simulated person on day t, on the 0-10 scale:

    y(t) = round(level(t) + noise(t) + spike(t) + flare(t)), cut to 0..10, or missing

It is a stand-in for patients' data, not a description of any patient. Where its numbers come from:

* Classes of course: Ogollah 2019, one-year trajectories of low back-related leg pain in the ATLAS cohort
  (improving mild 58 %, persistent moderate 26 %, persistent severe 13 %, improving severe 3 %). The levels of
  each class are assumed, so that the mixture starts at 5.2 and ends at 2.4 as in ATLAS (Konstantinou 2018,
  Spine J 18:1030).
  Fluctuating course: 10.5 % in acute low back pain (Downie 2016, Pain).
* Day-to-day noise: mean within-person SD 1.2 (Page 2022, J Pain 23:1151), range 0.3-2.9 (IASP 2024 poster).
* Size of spikes and flares, and three flares in four lasting under a day: Suri 2011, BMC MSD 12:220.
* Days reported: 85 % in supported studies (Ono 2019, JMIR 21:e11398), 44.5 % in a less supported one.
* Assumed, from no publication: autocorrelation 0.3, how often flares start, people's spread within a class.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Literal, assert_never, get_args

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

HALVING_DAYS = 42
"""An improving person's distance from the final level halves in this many days."""
AUTOCORRELATION = 0.3
"""Of the noise, from one day to the next."""
NOISE_SD_LOG_SD, NOISE_SD_RANGE = 0.45, (0.3, 2.9)
"""A person's noise SD: log-normal with median 1.0 point and this SD of its logarithm, cut to this range."""
SPIKE_CHANCE = 0.04
"""Of a single bad day, each day."""
FLARE_CHANCE, FLUCTUATING_FLARE_CHANCE = 0.010, 0.021
"""Of a flare-up of two days or more starting, each day."""
FLARE_STOP_CHANCE = 1 / 3
"""Of a flare-up ending, each day after its first: it lasts 4 days on average."""
BAD_SPELL_MEAN, BAD_SPELL_SD = 2.7, 0.8
"""Points that a spike or a flare-up adds."""
STICKY_MISSING = 0.20
"""How much likelier a day is missed after a missed day."""
FLARE_KIND_DAYS = 10
"""How long the rise of the `flare` kind lasts."""


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
) -> Course:
    """One simulated person over `days` days. The same arguments and state of `rng` give the same person.

    kind: class of course, see `Kind`.
    onset: day (from 0) on which `step`, `ramp` and `flare` begin to worsen; the others ignore it.
    rise: points by which those kinds end up above their former level.
    rise_per_week: speed of `ramp`, points a week.
    completeness: share of days reported in the long run, above 0 and up to 1.

    The worsening kinds have no chance flare-ups, so that their one rise is the only true change.
    """
    level = _level(kind, days, rng, onset, rise, rise_per_week)
    noise = _noise(level, rng)
    spikes = [_bad_spell(rng) if rng.random() < SPIKE_CHANCE else 0.0 for _ in level]
    flares = _flares(days, rng, _flare_chance(kind))
    missed = _missed(days, rng, 1 - completeness)
    scores = [
        None if missed[day] else max(0, min(10, round(level[day] + noise[day] + spikes[day] + flares[day])))
        for day in range(days)
    ]
    return Course(scores, frozenset(day for day in range(days) if flares[day] > 0))


def _level(kind: Kind, days: int, rng: Random, onset: int, rise: float, rise_per_week: float) -> list[float]:
    """The person's underlying pain per day, before any noise."""
    match kind:
        case "improving_mild":
            level = _easing(days, rng.gauss(4.2, 1.0), 0.9)
        case "improving_severe":
            level = _easing(days, rng.gauss(7.5, 0.6), 1.0)
        case "persistent_moderate":
            start = rng.gauss(5.8, 0.8)
            level = [start - 1.8 * day / 365 for day in range(days)]
        case "persistent_severe":
            start = rng.gauss(7.8, 0.6)
            level = [start - 1.5 * day / 365 for day in range(days)]
        case "persistent_mild":
            level = [rng.gauss(2.5, 0.6)] * days
        case "stable_moderate":
            level = [rng.gauss(5.3, 0.8)] * days
        case "stable_severe":
            level = [rng.gauss(7.4, 0.6)] * days
        case "fluctuating":
            middle, period, phase = rng.gauss(4.0, 0.8), rng.uniform(14, 42), rng.uniform(0, math.tau)
            level = [middle + math.sin(math.tau * day / period + phase) for day in range(days)]
        case "step" | "ramp" | "flare":
            base = rng.gauss(4.0, 1.0)
            level = [base + _rise(kind, day - onset, rise, rise_per_week) for day in range(days)]
        case _:
            assert_never(kind)
    return [max(0.0, min(10.0, value)) for value in level]


def _easing(days: int, start: float, end: float) -> list[float]:
    return [end + (start - end) * 0.5 ** (day / HALVING_DAYS) for day in range(days)]


def _rise(kind: Kind, days_since: int, rise: float, rise_per_week: float) -> float:
    """Points above the former level, so many days after the onset."""
    if days_since < 0 or (kind == "flare" and days_since >= FLARE_KIND_DAYS):
        return 0.0
    return min(rise, rise_per_week * days_since / 7) if kind == "ramp" else rise


def _noise(level: list[float], rng: Random) -> list[float]:
    """First-order autoregressive noise; there is less of it near 0, where scores have no room to move."""
    sd = max(NOISE_SD_RANGE[0], min(NOISE_SD_RANGE[1], rng.lognormvariate(0.0, NOISE_SD_LOG_SD)))
    innovation = math.sqrt(1 - AUTOCORRELATION**2)
    noise: list[float] = []
    state = rng.gauss(0.0, 1.0)
    for value in level:
        noise.append(state * sd * min(1.0, 0.35 + 0.2 * value))
        state = AUTOCORRELATION * state + innovation * rng.gauss(0.0, 1.0)
    return noise


def _bad_spell(rng: Random) -> float:
    """Points that one spike or flare-up adds."""
    return max(0.0, rng.gauss(BAD_SPELL_MEAN, BAD_SPELL_SD))


def _flare_chance(kind: Kind) -> float:
    if kind in ("step", "ramp", "flare"):
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


def _missed(days: int, rng: Random, share: float) -> list[bool]:
    """Which days are not reported: a two-state chain that misses `share` of days, often several in a row."""
    after_missed = min(0.9, share + STICKY_MISSING) if share > 0 else 0.0
    after_reported = share * (1 - after_missed) / (1 - share)
    missed: list[bool] = []
    chance = share
    for _ in range(days):
        missed.append(rng.random() < chance)
        chance = after_missed if missed[-1] else after_reported
    return missed
