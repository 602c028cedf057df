"""How useful flags are, and how much work: what a clinic reads about its rules."""

from datetime import timedelta

import pytest

from programs.accounts.models import CareTeam, Clinic, User
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, Outcome, RuleSetting
from programs.monitoring.queries import RulePrecision, alert_load, parameters_of, rule_precision
from programs.monitoring.rules import DEFAULT, Report, adjusted
from tests import makers
from tests.monitoring.reviews import TODAY, reports, review

WEEK = timedelta(days=7)
LAST_WEEK = (makers.NOON - WEEK, makers.NOON + timedelta(seconds=1))

pytestmark = pytest.mark.django_db


def flags_of(clinic: Clinic, by: User, count: int) -> list[Flag]:
    flags = []
    for number in range(count):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=by)
        flags += review(patient, reports(makers.RISING))
    return flags


def resolve(flag: Flag, by: User, outcome: str) -> None:
    resolve_flag(flag=flag, by=by, outcome=outcome, note="", now=makers.NOON)


def test_the_defaults_are_in_force_until_a_clinic_chooses(clinic):
    assert parameters_of(clinic) == DEFAULT


def test_the_newest_choice_is_in_force(clinic, bob):
    for minutes, limit in ((0, 3.0), (5, 5.0), (1, 4.0)):
        values = {"sum_limit": limit}
        RuleSetting.objects.create(
            clinic=clinic,
            values=values,
            version=adjusted(values).version,
            saved_by=bob,
            saved_at=makers.NOON + timedelta(minutes=minutes),
        )

    assert parameters_of(clinic) == adjusted({"sum_limit": 5.0})


def test_precision_is_the_share_that_was_worth_a_look_among_those_of_which_it_was_said(clinic, bob):
    helpful, other, useless, cleared, _open = flags_of(clinic, bob, 5)
    for flag, outcome in ((helpful, "helpful"), (other, "helpful"), (useless, "not_helpful")):
        resolve(flag, bob, outcome)
    Flag.objects.filter(pk=cleared.pk).update(state="resolved", outcome=Outcome.CLEARED)

    (row,) = rule_precision(clinic, LAST_WEEK[0])

    assert row == RulePrecision(rule="W2e", opened=5, helpful=2, not_helpful=1, cleared=1)
    assert row.share == pytest.approx(2 / 3)


def test_each_rule_has_its_own_and_none_is_claimed_while_nobody_has_said(clinic, bob, alice):
    flags_of(clinic, bob, 2)
    review(alice, [Report(TODAY, groc="much_worse")])

    rows = rule_precision(clinic, LAST_WEEK[0])

    assert [(row.rule, row.opened, row.share) for row in rows] == [("W2e", 2, None), ("W6", 1, None)]


def test_older_flags_and_those_of_other_clinics_do_not_count(clinic, bob, dora):
    (flag,) = flags_of(clinic, bob, 1)
    review(dora, reports(makers.RISING))

    assert rule_precision(clinic, flag.opened_at + timedelta(seconds=1)) == []
    assert [row.opened for row in rule_precision(clinic, flag.opened_at)] == [1]


def test_the_load_is_new_flags_per_therapist_and_week(clinic, bob, alice, dora):
    makers.therapist(clinic, "eve")
    flags_of(clinic, bob, 3)
    review(dora, reports(makers.RISING))

    assert alert_load(clinic, *LAST_WEEK) == pytest.approx(1.5, rel=1e-3)
    assert alert_load(clinic, makers.NOON - 3 * WEEK, LAST_WEEK[1]) == pytest.approx(0.5, rel=1e-3)


def test_a_flag_counts_once_for_each_therapist_who_was_told(clinic, bob, alice):
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve, started_at=makers.NOON)
    judged = reports(makers.RISING)
    (flag,) = review(alice, judged)
    acknowledge_flag(flag=flag, by=bob, now=makers.NOON)
    review(alice, [*judged, Report(TODAY, weakness="new_or_worse")])

    assert alert_load(clinic, *LAST_WEEK) == pytest.approx(1, rel=1e-3)


def test_flags_from_outside_the_time_do_not_count(clinic, bob):
    (flag,) = flags_of(clinic, bob, 1)

    assert alert_load(clinic, flag.opened_at - WEEK, flag.opened_at) == 0
    assert alert_load(clinic, flag.opened_at, flag.opened_at + WEEK) == 1


def test_a_clinic_without_a_therapist_has_no_load(clinic):
    assert alert_load(clinic, *LAST_WEEK) is None


def test_both_are_a_few_queries_however_many_flags(clinic, bob, django_assert_num_queries):
    flags_of(clinic, bob, 4)
    with django_assert_num_queries(1):
        rule_precision(clinic, LAST_WEEK[0])
    with django_assert_num_queries(2):
        alert_load(clinic, *LAST_WEEK)
