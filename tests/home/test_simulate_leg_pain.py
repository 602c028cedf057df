"""The model of leg pain behind the demonstration clinic and the rate tests."""

from itertools import pairwise
from random import Random
from statistics import correlation, fmean, median, stdev

import pytest

from programs.home.rules import KINDS, Kind, simulate_course, simulate_leg_pain

pytestmark = pytest.mark.pure

PEOPLE = 300


def people(kind: Kind, days: int, **settings: float) -> list[list[int | None]]:
    return [simulate_leg_pain(kind, days, Random(f"{kind} {number}"), **settings) for number in range(PEOPLE)]


def level(series: list[list[int | None]], first_day: int, end_day: int) -> float:
    """Mean of everyone's reports from first_day up to but not including end_day."""
    return fmean(value for one in series for value in one[first_day:end_day] if value is not None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_series(kind: Kind) -> None:
    first = simulate_leg_pain(kind, 70, Random(7))
    assert simulate_leg_pain(kind, 70, Random(7)) == first
    assert simulate_leg_pain(kind, 70, Random(8)) != first


@pytest.mark.parametrize("kind", KINDS)
def test_every_score_is_a_whole_number_from_0_to_10(kind: Kind) -> None:
    for series in people(kind, 70):
        assert len(series) == 70
        assert all(value is None or (type(value) is int and 0 <= value <= 10) for value in series)


def test_both_ends_of_the_scale_are_reached() -> None:
    assert min(value for one in people("improving_mild", 112) for value in one if value is not None) == 0
    assert max(value for one in people("stable_severe", 112) for value in one if value is not None) == 10


@pytest.mark.parametrize("completeness", [0.4, 0.55, 0.85, 0.97])
def test_completeness_is_near_the_one_asked_for(completeness: float) -> None:
    series = people("stable_moderate", 100, completeness=completeness)
    reported = fmean(value is not None for one in series for value in one)
    assert reported == pytest.approx(completeness, abs=0.015)


def test_full_completeness_misses_no_day() -> None:
    assert all(None not in one for one in people("stable_moderate", 100, completeness=1.0))


def test_missed_days_come_in_runs() -> None:
    pairs = [pair for one in people("stable_moderate", 100) for pair in pairwise(one)]
    after_missed = fmean(today is None for yesterday, today in pairs if yesterday is None)
    after_reported = fmean(today is None for yesterday, today in pairs if yesterday is not None)
    assert after_missed - after_reported == pytest.approx(0.24, abs=0.04)


def test_day_to_day_spread_is_that_of_published_diaries() -> None:
    """Mean within-person SD 1.2 (Page 2022), between 0.3 and 2.9 (IASP 2024 poster)."""
    spreads = sorted(
        stdev(value for value in one if value is not None)
        for one in people("stable_moderate", 14, completeness=1.0)
    )
    assert median(spreads) == pytest.approx(1.2, abs=0.15)
    assert spreads[PEOPLE // 20] >= 0.3
    assert spreads[-PEOPLE // 20] <= 2.9


def test_a_day_resembles_the_day_before() -> None:
    """Autocorrelation of the noise is 0.3; whole-number scores and single bad days weaken it."""
    resemblance = fmean(
        correlation(one[:-1], one[1:]) for one in people("step", 112, onset=112, completeness=1.0)
    )
    assert resemblance == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("kind", "at_start", "after_a_year"),
    [
        ("improving_mild", 4.2, 0.9),
        ("improving_severe", 7.3, 1.0),
        ("persistent_moderate", 5.8, 4.0),
        ("persistent_severe", 7.8, 6.3),
        ("persistent_mild", 2.5, 2.5),
        ("stable_moderate", 5.3, 5.3),
        ("stable_severe", 7.4, 7.4),
        ("fluctuating", 4.0, 4.0),
    ],
)
def test_each_class_starts_and_ends_at_its_level(kind: Kind, at_start: float, after_a_year: float) -> None:
    """Bad days and flare-ups lie on top of the level, so the mean is up to half a point above it."""
    series = people(kind, 365)
    assert -0.25 <= level(series, 0, 7) - at_start <= 0.5
    assert -0.25 <= level(series, 351, 365) - after_a_year <= 0.5


@pytest.mark.parametrize("rise", [2.0, 3.0])
def test_a_step_rises_at_its_onset_and_stays(rise: float) -> None:
    series = people("step", 84, onset=40, rise=rise)
    before = level(series, 0, 40)
    assert level(series, 40, 84) - before == pytest.approx(rise, abs=0.2)
    assert level(series, 40, 43) - before == pytest.approx(rise, abs=0.4)


def test_a_ramp_rises_by_its_rate_and_then_stays() -> None:
    series = people("ramp", 112, onset=40, rise=3.0, rise_per_week=1.0)
    before = level(series, 0, 40)
    assert level(series, 47, 48) - before == pytest.approx(1.0, abs=0.3)
    assert level(series, 54, 55) - before == pytest.approx(2.0, abs=0.3)
    assert level(series, 61, 112) - before == pytest.approx(3.0, abs=0.2)


def test_a_flare_is_over_after_ten_days() -> None:
    series = people("flare", 84, onset=40)
    before = level(series, 0, 40)
    assert level(series, 40, 50) - before == pytest.approx(3.0, abs=0.3)
    assert level(series, 50, 84) - before == pytest.approx(0.0, abs=0.2)


def test_chance_flare_ups_are_known_and_last_four_days_on_average() -> None:
    courses = [simulate_course("stable_moderate", 112, Random(number)) for number in range(PEOPLE)]
    flaring = fmean(len(course.flare_days) / 112 for course in courses)
    assert flaring == pytest.approx(0.010 * 4, abs=0.008)

    def mean_on(flare: bool) -> float:
        return fmean(
            value
            for course in courses
            for day, value in enumerate(course.scores)
            if value is not None and (day in course.flare_days) is flare
        )

    assert mean_on(True) - mean_on(False) == pytest.approx(2.7, abs=0.4)


@pytest.mark.parametrize("kind", ["step", "ramp", "flare"])
def test_the_worsening_kinds_have_no_other_flare_up(kind: Kind) -> None:
    assert not any(simulate_course(kind, 112, Random(number)).flare_days for number in range(PEOPLE))
