"""A flag that nobody takes on is told to more and more people, each step once, until somebody does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, EscalationPolicy, Membership, Role, User
from programs.delivery.models import Delivery, Notice, State
from programs.monitoring.actions import (
    acknowledge_flag,
    escalate_due,
    raise_concerns,
    resolve_flag,
    snooze_flag,
    wake_snoozed,
)
from programs.monitoring.models import Flag, FlagEvent
from programs.monitoring.rules import Evidence, Finding, Reading
from tests import makers
from tests.threads import at_once

NOON = makers.NOON
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TO_ALICE, TO_CLINIC = "patient", "clinic"


@pytest.fixture
def ruth(clinic) -> User:
    """Another therapist of the clinic, who does not care for alice."""
    return makers.therapist(clinic, "ruth")


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=NOON)
    return user


@pytest.fixture
def team(alice, bob, ruth, adam) -> None:
    """Somebody for each step."""


def opened(patient: User, level: str = "urgent", at: datetime = NOON, sign: str = "RF13") -> Flag:
    clinic = patient.memberships.get(role=Role.PATIENT).clinic
    evidence = Evidence("warning_sign", (Reading(at.date(), f"{sign} yes"),), None, None)
    finding = Finding(sign, level, at.date(), "", evidence)
    flag = raise_concerns(clinic=clinic, patient=patient, findings=[finding], rule_version="1", now=at)
    assert flag is not None
    return flag


def told(nth: int) -> dict[str, str]:
    """Who was told in the app the nth time, and where they are led."""
    rows = Delivery.objects.filter(nth=nth, channel="in_app").values_list("recipient__name", "path")
    return {name: path.split("/")[1] for name, path in rows}


def steps(flag: Flag) -> list[tuple[str, timedelta, str]]:
    rows = flag.events.order_by("id").values_list("kind", "at", "note")
    return [(kind, at - flag.opened_at, note) for kind, at, note in rows if kind == "escalated"]


def sweep_for(duration: timedelta, every: timedelta = timedelta(seconds=15)) -> None:
    """The engine's ticks from noon on."""
    at = NOON
    while at <= NOON + duration:
        escalate_due(now=at)
        at += every


def test_what_is_urgent_reaches_more_people_every_quarter_of_an_hour_and_then_all_of_them_for_ever(
    team, alice
):
    flag = opened(alice)
    assert told(1) == {"Bob": "patients"}

    sweep_for(91 * MINUTE)

    assert steps(flag) == [
        ("escalated", 15 * MINUTE, "Told again: the care team. Told now: the other therapists."),
        (
            "escalated",
            30 * MINUTE,
            "Told again: the care team, the other therapists. Told now: the administrators.",
        ),
        ("escalated", 60 * MINUTE, "Told again: the care team, the other therapists, the administrators."),
        ("escalated", 90 * MINUTE, "Told again: the care team, the other therapists, the administrators."),
    ]
    assert told(2) == {"Bob": "patients", "Ruth": "flags"}
    assert told(3) == told(4) == told(5) == {"Bob": "patients", "Ruth": "flags", "Adam": "clinic"}
    flag.refresh_from_db()
    assert (flag.step, flag.told, flag.next_escalation_at) == (2, 5, NOON + 120 * MINUTE)


@pytest.mark.parametrize(
    ("level", "kind", "at"),
    [
        ("flag", "worsening", (4 * HOUR, 24 * HOUR, 48 * HOUR)),
        ("flag", "safety", (4 * HOUR, 24 * HOUR, 48 * HOUR)),
        ("flag", "silent", (48 * HOUR, 72 * HOUR, 96 * HOUR)),
        ("flag", "no_response", (48 * HOUR, 72 * HOUR, 96 * HOUR)),
        ("emergency", "safety", (15 * MINUTE, 30 * MINUTE, 60 * MINUTE)),
    ],
)
def test_each_kind_has_its_own_waits(team, alice, level, kind, at):
    flag = opened(alice, level)
    first = NOON + at[0]
    Flag.objects.update(kind=kind, next_escalation_at=first)  # as the room that finds this kind opens it

    for step in at:
        assert escalate_due(now=NOON + step - timedelta(seconds=1)) == 0
        assert escalate_due(now=NOON + step) == 1

    assert [after for _, after, _ in steps(flag)] == list(at)


def test_whoever_is_named_stands_in_and_is_on_duty(team, clinic, alice, ruth):
    dan, eve = makers.therapist(clinic, "dan"), makers.therapist(clinic, "eve")
    EscalationPolicy.objects.create(clinic=clinic, duty_contact=dan, backup=ruth)

    flag = opened(alice)
    assert told(1) == {"Bob": "patients", "Dan": "flags"}
    escalate_due(now=NOON + 15 * MINUTE)

    assert told(2) == {"Bob": "patients", "Dan": "flags", "Ruth": "flags"}
    assert steps(flag)[0][2] == "Told again: the care team, Dan (on duty). Told now: Ruth (backup)."
    assert not Delivery.objects.filter(recipient=eve).exists()


def test_on_duty_is_only_for_what_is_urgent(team, clinic, alice, ruth):
    EscalationPolicy.objects.create(clinic=clinic, duty_contact=ruth)
    opened(alice, "flag")
    assert told(1) == {"Bob": "patients"}


def test_an_administrator_on_duty_is_told_and_keeps_nobody_else_from_being_told(
    team, clinic, alice, bob, adam, ruth
):
    EscalationPolicy.objects.create(clinic=clinic, duty_contact=adam)
    CareTeam.objects.update(ended_at=NOON)
    flag = opened(alice)
    assert told(1) == {"Adam": "clinic", "Bob": "flags", "Ruth": "flags"}
    assert flag.step == 1


def test_a_therapist_on_duty_can_act_and_is_enough_at_first(team, clinic, alice, ruth):
    EscalationPolicy.objects.create(clinic=clinic, duty_contact=ruth)
    CareTeam.objects.update(ended_at=NOON)
    flag = opened(alice)
    assert (told(1), flag.step) == ({"Ruth": "flags"}, 0)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMIN])
def test_nobody_is_told_of_themselves_at_any_step(team, clinic, alice, bob, role, caplog):
    join_clinic(user=alice, clinic=clinic, role=role, now=NOON)
    EscalationPolicy.objects.create(
        clinic=clinic, duty_contact=alice, backup=alice if role == Role.THERAPIST else None
    )
    opened(alice)
    sweep_for(HOUR, every=MINUTE)
    assert told(1) == {"Bob": "patients"}
    assert told(2) == {"Bob": "patients", "Ruth": "flags"}
    assert told(3) == {"Bob": "patients", "Ruth": "flags", "Adam": "clinic"}
    assert not Delivery.objects.filter(recipient=alice).exists()


def test_a_patient_who_stands_in_for_themselves_is_nobody(alice, bob, adam, clinic, caplog):
    join_clinic(user=alice, clinic=clinic, role=Role.THERAPIST, now=NOON)
    EscalationPolicy.objects.create(clinic=clinic, backup=alice)
    opened(alice)
    escalate_due(now=NOON + 15 * MINUTE)
    assert told(2) == {"Bob": "patients", "Adam": "clinic"}


def test_a_quicker_policy_is_followed(team, clinic, alice):
    EscalationPolicy.objects.create(
        clinic=clinic, urgent_backup_minutes=2, urgent_administrators_minutes=5, urgent_repeat_minutes=5
    )
    flag = opened(alice)
    sweep_for(11 * MINUTE)
    assert [after for _, after, _ in steps(flag)] == [2 * MINUTE, 5 * MINUTE, 10 * MINUTE]


def test_after_an_outage_one_step_is_taken_and_the_rest_follows_in_its_usual_time(team, alice):
    flag = opened(alice)
    late = NOON + 3 * HOUR
    assert [escalate_due(now=late) for _ in range(3)] == [1, 0, 0]
    flag.refresh_from_db()
    assert (flag.step, flag.next_escalation_at) == (1, late + 15 * MINUTE)


def test_nobody_is_told_any_more_once_somebody_has_it_in_hand(team, alice, bob):
    taken, put_off, closed = (opened(each) for each in _three(alice, bob))
    put_off_level = Flag.objects.filter(pk=put_off.pk)
    put_off_level.update(level="flag")
    acknowledge_flag(flag=taken, by=bob, now=NOON)
    snooze_flag(flag=put_off, by=bob, until=NOON.date() + timedelta(days=3), now=NOON)
    resolve_flag(flag=closed, by=bob, outcome="helpful", note="", now=NOON)

    sweep_for(2 * HOUR, every=MINUTE)

    assert not FlagEvent.objects.filter(kind="escalated").exists()
    assert set(Delivery.objects.values_list("nth", flat=True)) == {1}


def _three(alice: User, bob: User) -> list[User]:
    clinic = alice.memberships.get().clinic
    return [alice, *(makers.patient(clinic, name, cared_for_by=bob) for name in ("anna", "amy"))]


def test_something_more_severe_begins_again_with_the_care_team(team, alice):
    flag = opened(alice)
    escalate_due(now=NOON + 15 * MINUTE)
    escalate_due(now=NOON + 30 * MINUTE)

    later = NOON + 40 * MINUTE
    opened(alice, "emergency", later, "RF08")

    flag.refresh_from_db()
    assert (flag.step, flag.told, flag.next_escalation_at) == (0, 4, later + 15 * MINUTE)
    assert told(4) == {"Bob": "patients"}
    escalate_due(now=later + 15 * MINUTE)
    assert told(5) == {"Bob": "patients", "Ruth": "flags"}


def test_one_more_finding_tells_nobody_twice(team, alice):
    opened(alice)
    escalate_due(now=NOON + 15 * MINUTE)
    before = Delivery.objects.count()

    opened(alice, "urgent", NOON + 20 * MINUTE, "RF14")

    assert Delivery.objects.count() == before


def test_each_person_has_one_unread_notice_however_often_they_were_told(team, alice, bob):
    opened(alice)
    sweep_for(3 * HOUR, every=MINUTE)
    assert Delivery.objects.visible_to(bob).unread_in_app().count() == 1


# Nobody there


def test_without_anybody_to_stand_in_the_administrators_are_told_in_their_place(alice, bob, adam, caplog):
    flag = opened(alice)
    escalate_due(now=NOON + 15 * MINUTE)
    assert told(2) == {"Bob": "patients", "Adam": "clinic"}
    assert "nobody stands in" in caplog.text
    flag.refresh_from_db()
    assert (flag.step, flag.next_escalation_at) == (2, NOON + 45 * MINUTE)


def test_without_a_care_team_those_who_stand_in_are_told_at_once(team, alice, bob, caplog):
    CareTeam.objects.update(ended_at=NOON)
    flag = opened(alice)
    assert told(1) == {"Ruth": "flags", "Bob": "flags"}
    assert "nobody cares for the patient" in caplog.text
    assert (flag.step, flag.next_escalation_at) == (1, NOON + 15 * MINUTE)


def test_with_nobody_at_all_it_is_tried_again_and_logged(alice, bob, caplog):
    flag = opened(alice)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    escalate_due(now=NOON + 15 * MINUTE)
    assert "the clinic has no administrator" in caplog.text
    assert steps(flag) == [("escalated", 15 * MINUTE, "There was nobody to tell.")]
    assert escalate_due(now=NOON + 45 * MINUTE) == 1


@pytest.mark.parametrize("how", ["left the clinic", "cannot sign in", "cares no longer"])
@pytest.mark.parametrize("handled", ["taken on", "put off"])
def test_what_somebody_left_behind_is_everybodys_again(team, alice, bob, ruth, how, handled):
    CareTeam.objects.create(
        clinic=bob.memberships.get().clinic, patient=alice, therapist=ruth, started_at=NOON
    )
    flag = opened(alice, "flag")
    if handled == "taken on":
        acknowledge_flag(flag=flag, by=bob, now=NOON)
    else:
        snooze_flag(flag=flag, by=bob, until=NOON.date() + timedelta(days=9), now=NOON)
    assert escalate_due(now=NOON + HOUR) == 0
    if how == "left the clinic":
        Membership.objects.filter(user=bob).update(ended_at=NOON)
    elif how == "cannot sign in":
        User.objects.filter(pk=bob.pk).update(is_active=False)
    else:
        CareTeam.objects.filter(therapist=bob).update(ended_at=NOON)

    assert escalate_due(now=NOON + HOUR) == 1

    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.step) == ("open", None, 0)
    assert flag.events.order_by("id").last().note == "Whoever took it on has left."
    assert told(2) == {"Ruth": "patients"}
    assert escalate_due(now=NOON + HOUR) == 0


def test_a_patient_who_has_left_the_clinic_calls_nobody_back(team, alice, bob):
    acknowledge_flag(flag=opened(alice), by=bob, now=NOON)
    Membership.objects.filter(user=alice).update(ended_at=NOON)
    assert escalate_due(now=NOON + HOUR) == 0


@pytest.mark.parametrize("handled", ["not at all", "put off"])
def test_nobody_is_told_of_a_patient_who_has_left_until_they_are_back(team, clinic, alice, bob, handled):
    flag = opened(alice, "flag")
    due = NOON + timedelta(days=4)
    if handled == "put off":
        snooze_flag(flag=flag, by=bob, until=NOON.date() + timedelta(days=3), now=NOON)
    Membership.objects.filter(user=alice).update(ended_at=NOON)

    assert (escalate_due(now=due), wake_snoozed(now=due)) == (0, [])
    assert not Flag.objects.due(due).exists()
    assert Flag.objects.unresolved().get() == flag

    join_clinic(user=alice, clinic=clinic, role=Role.PATIENT, now=due)
    assert escalate_due(now=due) + len(wake_snoozed(now=due)) == 1


# The sweep


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once(team, alice):
    flag = opened(alice)
    for minutes in (15, 30, 60):
        now = NOON + minutes * MINUTE
        assert sum(at_once(*[lambda now=now: escalate_due(now=now)] * 2)) == 1
    assert len(steps(flag)) == 3
    assert len(told(2)) == 2


@pytest.mark.django_db(transaction=True)
def test_taking_it_on_and_escalating_at_the_same_moment_leaves_it_taken_on(team, alice, bob):
    flag = opened(alice)
    due = NOON + 15 * MINUTE
    at_once(
        lambda: acknowledge_flag(flag=Flag.objects.get(pk=flag.pk), by=bob, now=due),
        lambda: escalate_due(now=due),
    )
    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.next_escalation_at) == ("acknowledged", bob, None)
    assert escalate_due(now=due + HOUR) == 0
    assert not Delivery.objects.filter(state=State.PENDING).exists()


def test_one_flags_fault_keeps_no_other_back(team, alice, dora, other_clinic, caplog):
    broken, flag = opened(dora), opened(alice)
    EscalationPolicy.objects.create(clinic=other_clinic, time_zone="No/Such/Zone")
    due = NOON + 15 * MINUTE

    assert escalate_due(now=due) == 1

    assert len(steps(flag)) == 1
    assert f"flag {broken.pk} could not be taken further" in caplog.text
    broken.refresh_from_db()
    assert (broken.step, broken.told) == (0, 1)
    EscalationPolicy.objects.all().delete()
    assert escalate_due(now=due + timedelta(seconds=59)) == 0
    assert escalate_due(now=due + timedelta(seconds=60)) == 1


def test_the_notice_holds_nothing_of_the_patient(team, alice):
    flag = opened(alice)
    sweep_for(HOUR, every=MINUTE)
    flag.refresh_from_db()
    for row in Delivery.objects.exclude(nth=1):
        assert row.notice == Notice.NOBODY_TOOK_IT_ON
        assert row.path in {f"/patients/{alice.pk}/", f"/flags/{flag.pk}/take-over/", "/clinic/"}
        assert "Alice" not in row.get_notice_display()
    for event in flag.events.filter(kind="escalated"):
        assert "Alice" not in event.note
        assert event.evidence is None


def test_what_a_sweep_costs(team, alice, bob, django_assert_num_queries):
    """Nothing due: one look for each of the two. And so much for each flag that is."""
    with django_assert_num_queries(2):
        escalate_due(now=NOON)
    for each in _three(alice, bob):
        opened(each)
    times = 2 * (connection.vendor == "postgresql")  # the database's clock, for each page people are led to
    with django_assert_num_queries(2 + 3 * (18 + times)):
        escalate_due(now=NOON + 15 * MINUTE)
