"""Putting a flag off, and its coming back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import CareTeam, User
from programs.delivery.actions import deliver_due
from programs.delivery.models import Delivery, Lane, State
from programs.monitoring.actions import acknowledge_flag, resolve_flag, snooze_flag, wake_snoozed
from programs.monitoring.models import Flag, FlagState, Outcome
from programs.monitoring.queries import last_said
from programs.monitoring.rules import Report
from tests import makers
from tests.monitoring.reviews import TODAY, kinds, reports, review
from tests.threads import at_once

MONDAY = date(2026, 11, 23)
MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # bob lives in London


@pytest.fixture
def flag(alice: User) -> Flag:
    (opened,) = review(alice, reports(makers.RISING))
    return opened


@pytest.fixture
def eve(clinic, alice) -> User:
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve, started_at=makers.NOON)
    return eve


def snooze(flag: Flag, by: User, until: date = MONDAY) -> Flag:
    return snooze_flag(flag=flag, by=by, until=until, now=makers.NOON)


def test_a_flag_put_off_belongs_to_whoever_did_it_and_is_back_in_the_morning_of_that_day(flag, bob):
    put_off = snooze(flag, bob)

    assert (put_off.state, put_off.owner) == (FlagState.SNOOZED, bob)
    assert (put_off.snoozed_until, put_off.next_escalation_at) == (MONDAY_MORNING, None)
    event = flag.events.last()
    assert (event.kind, event.by, event.note) == ("snoozed", bob, "Until 23 November.")


def test_the_day_and_its_morning_are_those_of_whoever_puts_it_off(flag, bob):
    bob.time_zone = "Pacific/Auckland"  # at noon in London it is tomorrow there
    saturday = TODAY + timedelta(days=1)

    with pytest.raises(ValidationError):
        snooze(flag, bob, until=saturday)
    put_off = snooze(flag, bob, until=saturday + timedelta(days=1))

    assert put_off.snoozed_until == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def test_what_was_read_before_it_woke_up_has_to_be_read_again(flag, bob):
    read = last_said(flag)
    snooze(flag, bob)
    (woken,) = wake_snoozed(now=MONDAY_MORNING)

    with pytest.raises(ValidationError, match="Something new has come in since"):
        acknowledge_flag(flag=woken, by=bob, now=MONDAY_MORNING, seen=read)

    acknowledge_flag(flag=woken, by=bob, now=MONDAY_MORNING, seen=last_said(Flag.objects.get()))


@pytest.mark.parametrize("days", [1, 14])
def test_one_to_fourteen_days_are_allowed(flag, bob, days):
    assert snooze(flag, bob, until=TODAY + timedelta(days=days)).state == FlagState.SNOOZED


@pytest.mark.parametrize("days", [-1, 0, 15])
def test_other_days_are_refused_at_the_field(flag, bob, days):
    with pytest.raises(ValidationError) as refused:
        snooze(flag, bob, until=TODAY + timedelta(days=days))

    assert refused.value.message_dict == {"until": ["Choose a day from tomorrow to 14 days from today."]}
    assert Flag.objects.get().state == FlagState.OPEN


def test_what_is_urgent_cannot_be_put_off(alice, bob):
    (emergency,) = review(alice, [Report(TODAY, weakness="new_or_worse")])

    for _ in range(2):
        with pytest.raises(ValidationError, match="An urgent flag cannot be put off"):
            snooze(emergency, bob)
        acknowledge_flag(flag=emergency, by=bob, now=makers.NOON)

    assert kinds(emergency) == ["opened", "acknowledged"]


def test_a_closed_flag_cannot_be_put_off(flag, bob):
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="", now=makers.NOON)

    with pytest.raises(ValidationError, match="Somebody has closed this"):
        snooze(flag, bob)


def test_the_same_day_again_changes_nothing_and_another_day_moves_it(flag, bob):
    snooze(flag, bob)
    snooze(flag, bob)
    moved = snooze(flag, bob, until=MONDAY + timedelta(days=1))

    assert moved.snoozed_until == MONDAY_MORNING + timedelta(days=1)
    assert kinds(flag) == ["opened", "snoozed", "snoozed"]


@pytest.mark.parametrize("handled", [acknowledge_flag, snooze_flag])
def test_nobody_puts_off_or_takes_over_what_somebody_else_has(flag, bob, eve, handled):
    more = {"until": MONDAY} if handled is snooze_flag else {}
    handled(flag=flag, by=bob, now=makers.NOON, **more)

    with pytest.raises(ValidationError, match="Bob is looking at this already"):
        snooze(flag, eve)
    with pytest.raises(ValidationError, match="Bob is looking at this already"):
        acknowledge_flag(flag=flag, by=eve, now=makers.NOON)

    assert Flag.objects.get().owner == bob


def test_whoever_put_it_off_can_take_it_on_before_its_time(flag, bob):
    snooze(flag, bob)
    taken = acknowledge_flag(flag=flag, by=bob, now=makers.NOON)

    assert (taken.state, taken.snoozed_until) == (FlagState.ACKNOWLEDGED, None)
    assert wake_snoozed(now=MONDAY_MORNING) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_it_off_at_once_one_has_it(flag, bob, eve):
    def attempt(by: User) -> Callable[[], str]:
        def put_off() -> str:
            try:
                return snooze(Flag.objects.get(pk=flag.pk), by).owner.name
            except ValidationError as refused:
                return refused.messages[0]

        return put_off

    answers = at_once(attempt(bob), attempt(eve))

    owner = Flag.objects.get().owner.name
    assert sorted(answers) == sorted([owner, f"{owner} is looking at this already."])
    assert kinds(flag) == ["opened", "snoozed"]


def test_a_flag_put_off_is_nobodys_again_when_its_time_is_over_and_everybody_is_told(flag, bob, eve):
    deliver_due(lane=Lane.CLINICAL, now=makers.NOON)
    snooze(flag, bob)

    assert wake_snoozed(now=MONDAY_MORNING - timedelta(seconds=1)) == []
    assert wake_snoozed(now=MONDAY_MORNING) == [flag]

    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.snoozed_until) == (FlagState.OPEN, None, None)
    assert flag.next_escalation_at == MONDAY_MORNING + timedelta(hours=4)
    assert kinds(flag) == ["opened", "snoozed", "woken"]
    told = Delivery.objects.filter(state=State.PENDING)
    assert set(told.values_list("recipient", "nth")) == {(bob.pk, 2), (eve.pk, 2)}


def test_waking_twice_tells_once_and_a_second_snooze_tells_again(flag, bob):
    snooze(flag, bob)
    wake_snoozed(now=MONDAY_MORNING)
    assert wake_snoozed(now=MONDAY_MORNING) == []

    snooze_flag(flag=flag, by=bob, until=MONDAY + timedelta(days=2), now=MONDAY_MORNING)
    wake_snoozed(now=MONDAY_MORNING + timedelta(days=2))

    assert set(Delivery.objects.values_list("nth", flat=True)) == {1, 2, 3}


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_wake_a_flag_once(flag, bob):
    snooze(flag, bob)

    woken = at_once(lambda: wake_snoozed(now=MONDAY_MORNING), lambda: wake_snoozed(now=MONDAY_MORNING))

    assert sorted(map(len, woken)) == [0, 1]
    assert kinds(flag).count("woken") == 1


def test_a_sweep_with_nothing_to_wake_is_one_query(flag, bob, django_assert_num_queries):
    snooze(flag, bob)
    with django_assert_num_queries(1):
        wake_snoozed(now=makers.NOON)
