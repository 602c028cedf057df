"""Taking over a patient by a link in a notice: by those who were told, and knowing nothing beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Membership, Role, User
from programs.accounts.queries import therapists_of
from programs.delivery.models import Delivery
from programs.monitoring.actions import acknowledge_flag, escalate_due, resolve_flag, take_over
from programs.monitoring.models import Flag
from tests import makers, pages
from tests.threads import at_once

TOLD = makers.NOON + timedelta(hours=4)


@pytest.fixture(autouse=True)
def _afternoon():
    with time_machine.travel(TOLD, tick=False):
        yield


@pytest.fixture
def ruth(clinic) -> User:
    return makers.therapist(clinic, "ruth")


@pytest.fixture
def eve(clinic) -> User:
    return makers.therapist(clinic, "eve")


@pytest.fixture
def flag(alice, plan, ruth, eve) -> Flag:
    """Nobody has taken it on for four hours, so the other therapists were told."""
    makers.daily_checks(alice, makers.RISING)
    escalate_due(now=TOLD)
    return Flag.objects.get()


def url(flag: Flag) -> str:
    return f"/flags/{flag.pk}/take-over/"


def test_it_says_that_a_patient_waits_and_nothing_about_whom_or_why(page, ruth, flag, alice):
    answer = page(ruth).get(url(flag))

    assert pages.heading(answer) == "A patient of your clinic needs a look"
    assert "Nobody has taken it on since 19 November, 12:00." in pages.words(answer)
    for words in ("Alice", str(alice.pk), alice.email, flag.sentence, "leg", "pain", "Bob"):
        assert words not in answer.content.decode().split("<main")[1]
    assert not AuditEvent.objects.filter(actor=ruth).exists()
    assert ruth not in therapists_of(alice, flag.clinic)


def test_taking_over_is_care_and_owning_the_flag_and_is_written_down(page, ruth, flag, alice, bob):
    answer = page(ruth).post(url(flag))

    assert answer.url == f"/patients/{alice.pk}/"
    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.next_escalation_at) == ("acknowledged", ruth, None)
    assert therapists_of(alice, flag.clinic) == [bob, ruth]
    assert set(AuditEvent.objects.filter(actor=ruth, patient=alice).values_list("door", flat=True)) == {
        "accounts:start_care",
        "monitoring:take_over",
    }
    assert page(ruth).get(answer.url).status_code == 200


def test_who_cares_for_the_patient_already_goes_straight_to_them(page, bob, flag, alice):
    assert page(bob).get(url(flag)).url == f"/patients/{alice.pk}/"


def test_the_second_is_told_who_has_it_and_sees_no_record(page, ruth, eve, flag, alice):
    page(ruth).post(url(flag))
    for answer in (page(eve).get(url(flag)), page(eve).post(url(flag))):
        assert "Ruth is looking at this already." in pages.words(answer)
        assert "Take over" not in pages.words(answer)
    assert eve not in therapists_of(alice, flag.clinic)
    assert not AuditEvent.objects.filter(actor=eve).exists()


def test_what_was_closed_meanwhile_says_so(page, ruth, flag, bob):
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=TOLD)
    for answer in (page(ruth).get(url(flag)), page(ruth).post(url(flag))):
        assert "Somebody has closed this already." in pages.words(answer)


@pytest.mark.parametrize("why", ["the patient has left", "the therapist cannot sign in any more"])
def test_a_patient_who_cannot_be_taken_over_stays_without_a_name(page, ruth, flag, alice, why):
    browser = page(ruth)
    if why == "the patient has left":
        Membership.objects.filter(user=alice).update(ended_at=TOLD)
        answer = browser.post(url(flag))
        assert "This patient is not in your clinic any more." in pages.words(answer)
        assert "Alice" not in answer.content.decode()
        assert "Take over" not in pages.words(answer)
    User.objects.filter(pk=ruth.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="This patient is not in your clinic any more"):
        take_over(flag=flag, by=ruth, now=TOLD)
    assert not CareTeam.objects.filter(therapist=ruth).exists()


def test_when_one_has_taken_over_the_others_have_no_notice_left(page, ruth, eve, bob, flag):
    page(ruth).post(url(flag))
    for each in (bob, eve):
        assert not Delivery.objects.visible_to(each).unread_in_app().exists()
    assert not Delivery.objects.filter(state="pending").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_patient_and_flag_and_the_other_neither(flag, ruth, eve, alice):
    def attempt(by: User) -> Callable[[], str]:
        def take() -> str:
            try:
                return str(take_over(flag=Flag.objects.get(pk=flag.pk), by=by, now=TOLD).owner.name)
            except ValidationError as refused:
                return refused.messages[0]

        return take

    answers = at_once(attempt(ruth), attempt(eve))

    flag.refresh_from_db()
    owner = flag.owner
    assert sorted(answers) == sorted([owner.name, f"{owner.name} is looking at this already."])
    assert [each.name for each in therapists_of(alice, flag.clinic)] == ["Bob", owner.name]


def _nobody_there(page: Callable[[User], Client], user: User, flag: Flag) -> None:
    before = (CareTeam.objects.count(), flag.state)
    for answer in (page(user).get(url(flag)), page(user).post(url(flag))):
        assert answer.status_code == 404
    flag.refresh_from_db()
    assert (CareTeam.objects.count(), flag.state) == before


def test_a_therapist_who_was_not_told_finds_nothing(page, clinic, flag):
    _nobody_there(page, makers.therapist(clinic, "fred"), flag)


def test_a_therapist_of_another_clinic_finds_nothing(page, charlie, flag):
    _nobody_there(page, charlie, flag)


def test_who_was_told_but_has_left_finds_nothing(page, ruth, other_clinic, flag):
    Membership.objects.filter(user=ruth).update(ended_at=TOLD)
    join_clinic(user=ruth, clinic=other_clinic, role=Role.THERAPIST, now=TOLD)
    _nobody_there(page, ruth, flag)


def test_who_was_told_of_the_time_before_finds_nothing_after_it_was_opened_again(
    page, ruth, flag, bob, alice
):
    acknowledge_flag(flag=flag, by=bob, now=TOLD)
    CareTeam.objects.filter(therapist=bob).update(ended_at=TOLD)
    CareTeam.objects.create(clinic=flag.clinic, patient=alice, therapist=makers.therapist(flag.clinic, "dan"))
    with time_machine.travel(TOLD + timedelta(minutes=1), tick=False):
        escalate_due(now=TOLD + timedelta(minutes=1))
        _nobody_there(page, ruth, Flag.objects.get())


def test_other_roles_do_not_open_it(page, client, clinic, alice, flag):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=TOLD)
    assert page(adam).get(url(flag)).status_code == 403
    assert page(alice).post(url(flag)).status_code == 403
    assert client.get(url(flag)).url == f"/account/login/?next={url(flag)}"


def test_whose_care_was_ended_cannot_take_it_back_by_the_link(page, clinic, bob, alice, flag):
    """Bob was told as one of the care team, and asked to take nobody over."""
    dan = makers.therapist(clinic, "dan")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=dan)
    CareTeam.objects.filter(therapist=bob).update(ended_at=TOLD)

    _nobody_there(page, bob, flag)
