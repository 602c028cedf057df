"""Histories of reports for the tests of the worsening rules: as lists, as tables, and as any history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from programs.monitoring.rules import DEFAULT, Parameters, Report, find_worsening
from programs.monitoring.rules.reports import GROC_PHRASES, WEAKNESS

FIRST_DAY = date(2026, 1, 4)
"""Day 0. A block of two cooldowns begins on it, of 7 days and of 14."""

PLAIN = Parameters(
    minimum_score=3,
    cooldown_days=7,
    baseline_ages=(14, 41),
    fallback_ages=(7, 34),
    minimum_baseline_reports=7,
    held_within=3.0,
    assumed_spread=1.0,
    assumed_reports=8,
    restart_after_days=97,
    sum_days=21,
    allowance=1.0,
    allowance_for_doubt=0.0,
    allowance_share_of_room=0.5,
    counted_above=4.0,
    sum_limit=6.0,
    sum_limit_for_spread=0.0,
    sum_limit_for_doubt=0.0,
    sparse_below=0.7,
    sparse_limit_share=0.5,
    completeness_days=28,
    needed=3,
    of_last=4,
    spread_bounds=(0.7, 2.5),
    check_in_rise=2.0,
    early_flag_rise=3.0,
    rise_share=0.3,
    high_within_days=7,
    early_days=(5, 20),
    early_baseline_reports=5,
    severe_score=8,
    severe_rise=2.0,
    severe_needed=2,
    severe_of_last=3,
    severe_share_of_limit=0.5,
    distal_baseline_ages=(7, 42),
    distal_baseline_reports=14,
    distal_minimum_reports=5,
    distal_within_days=14,
    distal_cooldown_days=14,
    bother_rise=2,
    bother_baseline_ages=(7, 70),
    bother_baseline_reports=8,
    bother_minimum_reports=2,
    bother_within_days=35,
    clear_days=7,
    clear_reports=4,
    clear_margin=1.0,
    silent_after_days=7,
    response_days=28,
    response_points=2.0,
    response_reports=4,
)
"""Numbers that are easy to add up in the head: the defaults may be tuned without a change to a table here.
W2: a report has 1 point above the usual level for free, counts 4 above at most, and the sum has to pass 6."""


def every_day(parameters: Parameters) -> Parameters:
    """The same numbers, with whatever is found on a day said on that day."""
    return replace(parameters, cooldown_days=1, distal_cooldown_days=1)


def steadily(examples: int) -> settings:
    """How the properties of the rules run: the same examples each time."""
    return settings(max_examples=examples, derandomize=True, deadline=None)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def reports(values: Sequence[int | None], measure: str = "worst_leg_pain") -> list[Report]:
    """One report a day from day 0 on; None is a day without one."""
    return [Report(day(place), **{measure: value}) for place, value in enumerate(values) if value is not None]


def up_to(history: Sequence[Report], last: date) -> list[Report]:
    return [report for report in history if report.recorded_on <= last]


def found(
    values: Sequence[int | None], parameters: Parameters = PLAIN, measure: str = "worst_leg_pain"
) -> list[tuple[str, int]]:
    """Rule and day of what is said."""
    return [
        (finding.rule, (finding.found_on - FIRST_DAY).days)
        for finding in find_worsening(reports(values, measure), parameters)
    ]


def met(
    rule: str,
    values: Sequence[int | None],
    parameters: Parameters = PLAIN,
    measure: str = "worst_leg_pain",
    level: str | None = None,
) -> list[int]:
    """The days on which the condition of a rule is met, said or not."""
    return [
        (finding.found_on - FIRST_DAY).days
        for finding in find_worsening(reports(values, measure), every_day(parameters))
        if finding.rule == rule and level in (None, finding.level)
    ]


def series(highest: int = 10, longest: int = 45, stretches: int = 5) -> st.SearchStrategy[list[int | None]]:
    """Calm and high stretches, some with reports on few days only, with silences between them."""
    seeds = st.lists(st.integers(0, 100_000), min_size=1, max_size=stretches)
    return seeds.map(lambda drawn: [value for seed in drawn for value in _stretch(seed, highest, longest)])


def _stretch(seed: int, highest: int, longest: int) -> list[int | None]:
    random = Random(seed)
    level, length = random.randint(0, highest), random.randint(1, longest)
    every, wild = random.choice([1, 1, 1, 2, 3, 5]), random.choice([0, 1, 1, 3])
    missing = random.choice([0.0, 0.0, 0.2, 0.5])
    silence = random.choice([0, 0, 0, 0, 3, 12, 40, 96, 97, 98, 110])
    said = [min(highest, max(0, level + random.randint(-wild, wild))) for _ in range(length)]
    return [
        *(
            value if place % every == 0 and random.random() >= missing else None
            for place, value in enumerate(said)
        ),
        *[None] * silence,
    ]


@st.composite
def rising(draw: st.DrawFn, highest: int = 10) -> list[int | None]:
    """A calm stretch and a higher one that ends today, where findings are likely and the edges matter."""
    low, high = sorted((draw(st.integers(0, highest)), draw(st.integers(0, highest))))
    before = [low, low, low, low, max(0, low - 1), min(highest, low + 1), None]
    after = [high, high, high, min(highest, high + 1), low, None]
    random = Random(draw(st.integers(0, 10_000)))
    return [
        *random.choices(before, k=draw(st.integers(5, 70))),
        *random.choices(after, k=draw(st.integers(1, 25))),
        high,
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """All that can be reported, each measure with its own course, the last 400 days at most."""
    legs = draw(series() | rising())
    left, right = draw(series(5, 30, 3)), draw(series(5, 30, 3))
    bothers = draw(series(6, 30, 3))
    random = Random(draw(st.integers(0, 10_000)))
    length = min(400, max(map(len, (legs, left, right, bothers))))
    columns = [[*[None] * (length - len(each)), *each[-length:]] for each in (legs, left, right, bothers)]
    return [
        Report(
            day(place),
            worst_leg_pain=leg,
            distal_rank_left=rank_left,
            distal_rank_right=rank_right,
            numb_bother=bother,
            weakness=random.choice(WEAKNESS) if random.random() < 0.05 else None,
            groc=random.choice(GROC_PHRASES) if random.random() < 0.1 else None,
        )
        for place, (leg, rank_left, rank_right, bother) in enumerate(zip(*columns, strict=True))
    ]


def parameters() -> st.SearchStrategy[Parameters]:
    """The defaults, the plain numbers, and numbers of all kinds, so that no rule gets by on one choice."""
    return st.sampled_from([DEFAULT, PLAIN]) | st.integers(0, 10_000).map(_any_parameters)


def _any_parameters(seed: int) -> Parameters:
    choice = Random(seed).choice
    return Parameters(
        minimum_score=choice([2, 3, 4]),
        cooldown_days=choice([7, 8, 11, 14]),
        baseline_ages=choice([(14, 41), (14, 97), (10, 30)]),
        fallback_ages=choice([(7, 34), (7, 69)]),
        minimum_baseline_reports=choice([5, 7, 9]),
        held_within=choice([1.0, 2.5, 3.0]),
        assumed_spread=choice([0.5, 1.0, 2.0]),
        assumed_reports=choice([0, 4, 8]),
        restart_after_days=choice([97, 40]),
        sum_days=choice([7, 21]),
        allowance=choice([0.5, 0.75, 1.0]),
        allowance_for_doubt=choice([0.0, 1.8]),
        allowance_share_of_room=choice([0.25, 0.36, 0.5]),
        counted_above=choice([2.0, 3.5, 4.0]),
        sum_limit=choice([1.0, 2.5, 4.0]),
        sum_limit_for_spread=choice([0.0, 1.0]),
        sum_limit_for_doubt=choice([0.0, 8.0]),
        sparse_below=choice([0.5, 0.7, 0.9]),
        sparse_limit_share=choice([0.5, 0.7]),
        completeness_days=choice([14, 28]),
        needed=choice([2, 3]),
        of_last=choice([3, 4, 5]),
        spread_bounds=choice([(0.7, 2.5), (1.0, 1.5)]),
        check_in_rise=choice([1.5, 2.0, 3.0]),
        early_flag_rise=choice([2.0, 3.0]),
        rise_share=choice([0.2, 0.3, 0.5]),
        high_within_days=choice([5, 7]),
        early_days=choice([(5, 20), (7, 15)]),
        early_baseline_reports=choice([3, 5]),
        severe_score=choice([7, 8, 9]),
        severe_rise=choice([1.0, 2.0]),
        severe_needed=choice([1, 2]),
        severe_of_last=choice([2, 3]),
        severe_share_of_limit=choice([0.25, 0.5]),
        distal_baseline_ages=choice([(7, 42), (5, 20)]),
        distal_baseline_reports=choice([7, 14]),
        distal_minimum_reports=choice([3, 5]),
        distal_within_days=choice([8, 14]),
        distal_cooldown_days=choice([10, 14]),
        bother_rise=choice([1, 2, 3]),
        bother_baseline_ages=choice([(7, 70), (3, 30)]),
        bother_baseline_reports=choice([4, 8]),
        bother_minimum_reports=choice([2, 3]),
        bother_within_days=choice([10, 35]),
    )
