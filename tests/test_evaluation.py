"""The evaluation of the worsening rules: the rules it compares with, what it counts, and what it writes."""

import hashlib
import json
import re
from itertools import pairwise
from random import Random
from statistics import correlation, fmean, median, stdev
from xml.etree import ElementTree

import pytest

from programs.home.rules import (
    KINDS,
    Conditions,
    Course,
    simulate_course,
    simulate_furthest_place,
    simulate_leg_pain,
)
from tools.evaluation import peers, report
from tools.evaluation.cohorts import (
    ATLAS_SHARES,
    HIGH_STEP_2,
    LOW_STEP_2,
    SETTINGS,
    STEADY,
    STEP_3,
    STEP_AFTER_EASING,
)
from tools.evaluation.measures import (
    Interval,
    Quiet,
    count_quiet,
    delay,
    episodes,
    summarise_delays,
    weighted,
    wilson,
    yearly,
)
from tools.evaluation.results import Evaluation, Target, gather, mixture
from tools.evaluation.study import FLAGS, Study

pytestmark = pytest.mark.pure

OLD_DRAWS = "563f0a8af29e92f1b0b75201490d56972c2b6971dffddbad13c5229c142cca76"
"""Of the courses below, as the model drew them before it knew any `Conditions`."""


HALVES = (slice(0, 56), slice(56, 112))
"""The days before and after the onset."""


def daily(*scores: int) -> list[tuple[int, int]]:
    """One report a day from day 0 on."""
    return list(enumerate(scores))


# The model


def test_without_conditions_the_model_draws_what_it_always_drew() -> None:
    digest = hashlib.sha256()

    def note(course: Course) -> None:
        digest.update(json.dumps([course.scores, sorted(course.flare_days)]).encode())

    for kind in KINDS:
        for number in range(5):
            note(simulate_course(kind, 112, Random(f"{kind} {number}")))
        other = {"onset": 30, "rise": 2.0, "rise_per_week": 0.5, "completeness": 0.55}
        note(simulate_course(kind, 90, Random(f"{kind} x"), **other))
        digest.update(json.dumps(simulate_leg_pain(kind, 70, Random(7))).encode())
    assert digest.hexdigest() == OLD_DRAWS


def many(conditions: Conditions = Conditions(), people: int = 60, **settings: float) -> list[Course]:  # noqa: B008
    """People of level pain who report every day unless told otherwise."""
    return [
        simulate_course(
            "stable_moderate",
            112,
            Random(number),
            **{"completeness": 1.0, **settings},
            conditions=conditions,
        )
        for number in range(people)
    ]


def spread(courses: list[Course]) -> float:
    return fmean(stdev(course.scores) for course in courses)


def resemblance(courses: list[Course]) -> float:
    """Mean correlation of a day with the day before."""
    return fmean(correlation(course.scores[:-1], course.scores[1:]) for course in courses)


def test_autocorrelation_makes_a_day_resemble_the_day_before() -> None:
    low, usual, high = (resemblance(many(Conditions(autocorrelation=value))) for value in (0.1, 0.3, 0.6))
    assert low + 0.05 < usual < high - 0.1


def test_autocorrelation_leaves_the_spread_as_it_is() -> None:
    assert spread(many(Conditions(autocorrelation=0.6))) == pytest.approx(spread(many()), rel=0.1)


def test_noise_makes_the_days_differ() -> None:
    little, usual, much = (spread(many(Conditions(noise_median=value))) for value in (0.7, 1.0, 1.8))
    assert little + 0.1 < usual < much - 0.3


def test_heavy_tails_have_more_far_days_at_the_same_spread() -> None:
    def far_below(courses: list[Course]) -> int:
        """Days 4 points below the person's middle or lower: chance bad days only go up."""
        return sum(median(course.scores) - score >= 4 for course in courses for score in course.scores)

    normal = many(Conditions(noise_median=0.5), people=100)
    heavy = many(Conditions(noise_median=0.5, degrees_of_freedom=3), people=100)
    assert far_below(heavy) > 2 * far_below(normal)
    assert spread(heavy) == pytest.approx(spread(normal), rel=0.1)


def test_some_weekdays_hurt_more() -> None:
    courses = many(Conditions(weekday_rise=0.7, risen_weekdays=(5, 6)))
    weekend = fmean(score for course in courses for day, score in enumerate(course.scores) if day % 7 >= 5)
    week = fmean(score for course in courses for day, score in enumerate(course.scores) if day % 7 < 5)
    assert weekend - week == pytest.approx(0.7, abs=0.15)


def test_a_held_number_is_given_again_and_moves_with_a_true_change() -> None:
    def repeats(courses: list[Course]) -> float:
        return fmean(one == two for course in courses for one, two in pairwise(course.scores))

    held = Conditions(held_within=1.0)
    assert repeats(many(held)) > repeats(many()) + 0.15
    stepping = [
        simulate_course("step", 112, Random(number), completeness=1.0, conditions=held).scores
        for number in range(60)
    ]
    rise = fmean(fmean(scores[70:]) - fmean(scores[:56]) for scores in stepping)
    assert rise == pytest.approx(3.0, abs=0.3)


def test_bad_days_are_missed_more_often_where_they_shall_be() -> None:
    """After a step of 3, nearly every day is a bad one: odds of 15 to 85 become 45 to 85 and more."""

    def missed(conditions: Conditions) -> tuple[float, float]:
        people = [
            simulate_course("step", 112, Random(number), conditions=conditions).scores
            for number in range(150)
        ]
        before, after = ([score is None for scores in people for score in scores[days]] for days in HALVES)
        return fmean(before), fmean(after)

    before, after = missed(Conditions())
    assert before == pytest.approx(0.15, abs=0.02)
    assert after == pytest.approx(0.15, abs=0.02)
    before, after = missed(Conditions(bad_day_gap_odds=3.0))
    assert before == pytest.approx(0.17, abs=0.03)
    assert after == pytest.approx(0.38, abs=0.06)


@pytest.mark.parametrize("completeness", [0.55, 0.95])
def test_the_share_of_days_logged_is_the_one_asked_for(completeness: float) -> None:
    courses = many(people=100, completeness=completeness)
    logged = fmean(score is not None for course in courses for score in course.scores)
    assert logged == pytest.approx(completeness, abs=0.03)


@pytest.mark.parametrize(
    ("cohort", "before", "after"),
    [(LOW_STEP_2, 1.75, 3.75), (HIGH_STEP_2, 7.4, 9.2), (STEP_AFTER_EASING, 2.2, 5.0)],
)
def test_people_start_where_their_cohort_says_and_worsen_from_there(cohort, before, after) -> None:
    people = [cohort.person(1, number).scores for number in range(100)]

    def level(first_day: int, end_day: int) -> float:
        return fmean(score for scores in people for score in scores[first_day:end_day] if score is not None)

    assert level(49, 56) == pytest.approx(before, abs=0.35)
    assert level(57, 64) == pytest.approx(after, abs=0.35)


def test_the_same_people_are_there_with_and_without_the_change() -> None:
    changed, unchanged = STEP_3.person(1, 5).scores, STEP_3.unchanged().person(1, 5).scores
    assert changed[:56] == unchanged[:56]
    assert changed[56:] != unchanged[56:]
    assert [score is None for score in changed] == [score is None for score in unchanged]


@pytest.mark.parametrize("sticky", [0.0, 0.6])
def test_the_furthest_place_is_wrong_on_as_many_days_however_sticky(sticky: float) -> None:
    people = [
        simulate_furthest_place(112, Random(number), sticky=sticky, completeness=1.0) for number in range(300)
    ]
    pairs = [(ranks, max(set(ranks), key=ranks.count)) for ranks in people]
    errors = [rank - usual for ranks, usual in pairs for rank in ranks]
    assert errors.count(1) / len(errors) == pytest.approx(0.05, abs=0.012)
    assert errors.count(-1) / len(errors) == pytest.approx(0.10, abs=0.015)
    repeats = [
        second != place and first == second
        for ranks, place in pairs
        for first, second in pairwise(ranks)
        if first != place
    ]
    assert fmean(repeats) == pytest.approx(0.6 if sticky else 0.08, abs=0.05)


def test_a_spread_reaches_one_place_further_from_its_onset_on() -> None:
    people = [simulate_furthest_place(112, Random(number), onset=56) for number in range(200)]

    def level(first_day: int, end_day: int) -> float:
        return fmean(rank for ranks in people for rank in ranks[first_day:end_day] if rank is not None)

    assert level(56, 112) - level(0, 56) == pytest.approx(1.0, abs=0.05)
    assert {rank for ranks in people for rank in ranks} <= {None, 0, 1, 2, 3, 4, 5}


# The rules of others


@pytest.mark.parametrize(
    ("name", "scores", "alerts"),
    [
        ("MedBridge high", daily(3, 5, 6, 4, 7), [1, 4]),
        ("MedBridge high", [(0, 3), (9, 5)], [9]),
        ("MedBridge high", daily(6, 6, 7, 8, 9), []),
        ("MedBridge low", daily(3, 4, 5, 5, 6, 2, 4), [2, 4]),
        ("MedBridge critical", daily(6, 7, 8, 6, 7), [1, 2, 4]),
        ("OpenTeleRehab, limit 5", daily(5, 6, 7, 8, 9, 5, 5, 5, 6), [1, 2, 3, 8]),
        ("OpenTeleRehab, limit 5", [(0, 6), (4, 5), (6, 6)], [0, 6]),
        ("OpenTeleRehab, limit 5", [(0, 6), (6, 6)], [0]),
        ("OpenTeleRehab, limit 8", daily(8, 9, 8), [1]),
        ("PhysiApp", daily(9, 10, 10, 9), [1, 2]),
    ],
)
def test_the_rules_of_others_speak_up_where_their_makers_say(name, scores, alerts) -> None:
    rule = next(rule for rule in peers.PEERS if rule.name == name)
    assert rule.alerts(scores) == alerts


@pytest.mark.parametrize("rule", peers.RULES, ids=lambda rule: rule.name)
def test_no_rule_of_others_says_anything_about_nothing(rule) -> None:
    assert rule.alerts([]) == []


def test_the_plain_cusum_adds_up_the_excess_over_the_usual_level() -> None:
    """Spread 1, so a 7 over a usual 4 adds 3 less 0.5: 2.5, 5, 7.5 and 10 pass 8 with the fourth."""
    assert peers.reference_cusum(daily(*[4] * 40, 7, 7, 7, 7)) == [43]


def test_the_plain_cusum_waits_a_week_and_counts_each_report_at_most_three_spreads() -> None:
    risen = daily(*[4] * 40, *[10] * 12)
    assert peers.reference_cusum(risen) == [43, 51]


def test_the_plain_cusum_says_nothing_without_seven_older_reports_or_below_3() -> None:
    assert peers.reference_cusum(daily(*[1] * 10, *[9] * 3)) == []
    assert peers.reference_cusum(daily(*[0] * 40, *[2] * 20)) == []


# What is counted


def test_alerts_within_a_week_of_a_counted_one_are_the_same_episode() -> None:
    assert episodes([30, 36, 37, 43, 44]) == [30, 37, 44]
    assert episodes([]) == []


def test_an_alert_in_a_flare_or_up_to_five_days_after_is_not_false() -> None:
    flare_days = {40, 41}
    assert count_quiet([39], flare_days) == Quiet(false=1, in_flare=0, alerts=1)
    assert count_quiet([41], flare_days) == Quiet(false=0, in_flare=1, alerts=1)
    assert count_quiet([46], flare_days) == Quiet(false=0, in_flare=1, alerts=1)
    assert count_quiet([47], flare_days) == Quiet(false=1, in_flare=0, alerts=1)


def test_an_alert_in_a_flare_does_not_hide_a_false_one_after_it() -> None:
    assert count_quiet([45, 47, 48], {40}) == Quiet(false=1, in_flare=1, alerts=3)


def test_the_first_three_weeks_do_not_count() -> None:
    assert count_quiet([5, 20, 21], ()) == Quiet(false=1, in_flare=0, alerts=1)
    assert yearly([1, 0], days=21 + 36).value == pytest.approx(365.25 / 36 / 2)


def test_a_rate_varies_with_people_not_with_events() -> None:
    """Four events in one person say less than one in each of four."""
    gathered, scattered = yearly([4, *[0] * 19], 112), yearly([*[1] * 4, *[0] * 16], 112)
    assert gathered.value == scattered.value
    assert gathered.high - gathered.value > 1.5 * (scattered.high - scattered.value)


def test_no_event_in_anybody_is_no_proof_of_none() -> None:
    """The upper end for no events in 100 years is 3.69 / 100."""
    years_each = (112 - 21) / 365.25
    nobody = yearly([0] * 400, 112)
    assert (nobody.value, nobody.low) == (0, 0)
    assert nobody.high == pytest.approx(3.69 / (400 * years_each), rel=0.001)


def test_groups_are_mixed_by_their_share_of_people() -> None:
    mixed = weighted([(0.75, Interval(1.0, 0.6, 1.4)), (0.25, Interval(3.0, 2.2, 3.8))])
    assert mixed.value == 1.5
    assert mixed.high - mixed.value == pytest.approx((0.3**2 + 0.2**2) ** 0.5)
    assert sum(ATLAS_SHARES.values()) == pytest.approx(1)
    assert set(ATLAS_SHARES) <= {cohort.name for cohort in STEADY}


@pytest.mark.parametrize(
    ("alert_days", "days"),
    [([57], 1), ([56], 0), ([55, 70], 14), ([55, 71], None), ([], None), ([60, 58], 2)],
)
def test_a_change_is_found_by_the_first_alert_within_the_limit(alert_days, days) -> None:
    assert delay(alert_days, onset=56, within=14) == days


def test_times_are_of_those_who_were_found_and_chance_of_all() -> None:
    found = summarise_delays([4, 2, None, 3, *[5] * 6], [None, 1, *[None] * 8])
    assert (found.share.value, found.median_days, found.slow_days, found.by_chance) == (0.9, 5, 5, 0.1)
    nobody = summarise_delays([None], [None])
    assert (nobody.share.value, nobody.median_days, nobody.slow_days) == (0, None, None)


@pytest.mark.parametrize(
    ("count", "people", "low", "high"), [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (81, 263, 0.2553, 0.3662)]
)
def test_wilsons_interval_is_the_published_one(count, people, low, high) -> None:
    """81 of 263: Newcombe 1998, Stat Med 17:857, table I; the others from the formula by hand."""
    interval = wilson(count, people)
    assert interval.value == count / people
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(
    ("figure", "limit", "at_most", "met"),
    [
        (Interval(0.3, 0.2, 0.5), 0.3, True, True),
        (Interval(0.31, 0.2, 0.5), 0.3, True, False),
        (Interval(0.969, 0.95, 0.98), 0.97, False, False),
        (4.0, 4, True, True),
        (4.5, 4, True, False),
        (None, 4, True, False),
    ],
)
def test_an_aim_is_met_by_the_figure_itself(figure, limit, at_most, met) -> None:
    assert Target("", figure, limit, at_most, "").is_met is met


# What is written


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return gather(Study(people=2, seed=3))


def test_the_same_seed_gives_the_same_files(evaluation, tmp_path) -> None:
    again = gather(Study(people=2, seed=3))
    first, second = report.write(evaluation, tmp_path / "one"), report.write(again, tmp_path / "two")
    assert [path.name for path in first] == ["evaluation.md", "evaluation.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_another_seed_is_other_people() -> None:
    cohort = STEADY[0]
    assert cohort.person(3, 0) != cohort.person(4, 0)
    assert cohort.person(3, 0) != cohort.person(3, 1)


def test_the_document_leaves_nothing_open_and_names_every_condition(evaluation) -> None:
    document = report.as_markdown(evaluation)
    assert "{" not in document
    assert "None" not in document
    assert "nan" not in document
    for setting in SETTINGS:
        assert document.count(f"| {setting.name} |") == 2
    for table in re.findall(r"(?:^\|.*\n)+", document, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_the_picture_has_a_mark_with_its_name_for_every_rule(evaluation) -> None:
    picture = ElementTree.fromstring(report.as_picture(evaluation))
    svg = "{http://www.w3.org/2000/svg}"
    texts = [text.text for text in picture.iter(f"{svg}text")]
    for name in (FLAGS, *(rule.name for rule in peers.RULES)):
        assert texts.count(name) == 1
    assert len(list(picture.iter(f"{svg}circle"))) == 2 * (2 + len(peers.RULES))


def test_every_rule_is_measured_on_every_cohort(evaluation) -> None:
    names = {FLAGS, *(rule.name for rule in peers.RULES)}
    for rules in (*evaluation.quiet.values(), *evaluation.changes.values()):
        assert names <= set(rules)
    assert mixture(evaluation.quiet, "PhysiApp").alerts.value >= 0
    assert evaluation.people_in_settings == 1
