"""Turning an invitation into a patient."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from programs.accounts.actions import NOT_OPEN, accept_invitation, invite_patient
from programs.accounts.models import CareTeam, Invitation, Membership, Role, User
from tests import makers

NOON = makers.NOON


@pytest.fixture
def invitation(clinic, bob) -> Invitation:
    return invite(clinic, bob)


def invite(clinic, by) -> Invitation:
    invite_patient(
        clinic=clinic, invited_by=by, name="Maria", email="Maria@Example.org", year_of_birth=1954, now=NOON
    )
    return Invitation.objects.get()


def accept(invitation: Invitation, at=NOON, **more) -> User:
    values = {"password": "a heron on a red gate", "time_zone": "Europe/Madrid"}
    return accept_invitation(invitation=invitation, now=at, **(values | more))


def test_the_patient_belongs_to_the_clinic_and_its_inviter(invitation, clinic, bob):
    maria = accept(invitation)
    membership = Membership.objects.get(user=maria)
    assert (membership.clinic, membership.role, membership.ended_at) == (clinic, Role.PATIENT, None)
    team = CareTeam.objects.get(patient=maria)
    assert (team.clinic, team.therapist, team.started_at) == (clinic, bob, NOON)
    assert maria.year_of_birth == 1954
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (NOON, maria)


def test_the_second_try_is_refused(invitation):
    accept(invitation)
    with pytest.raises(ValidationError, match=NOT_OPEN):
        accept(invitation)
    assert User.objects.filter(email="maria@example.org").count() == 1


def test_an_invitation_of_somebody_who_has_left_makes_no_patient_without_care(invitation, bob):
    bob.memberships.update(ended_at=NOON)

    with pytest.raises(ValidationError, match="Ask your clinic for a new one"):
        accept(invitation)

    assert not User.objects.filter(name="Maria").exists()


def test_one_that_was_closed_by_wrong_tries_since_it_was_entered_makes_nobody(invitation):
    Invitation.objects.update(tries=Invitation.MOST_TRIES)

    with pytest.raises(ValidationError, match=NOT_OPEN):
        accept(invitation)

    assert not User.objects.filter(name="Maria").exists()


def test_it_is_open_until_72_hours_have_passed(invitation):
    with pytest.raises(ValidationError, match=NOT_OPEN):
        accept(invitation, at=NOON + timedelta(hours=72))
    assert accept(invitation, at=NOON + timedelta(hours=72) - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("more", "field"),
    [({"password": "short"}, "password"), ({"time_zone": "Mars/Olympus"}, "time_zone")],
)
def test_what_is_refused_stores_nothing_and_leaves_the_invitation_open(invitation, more, field):
    with pytest.raises(ValidationError) as refused:
        accept(invitation, **more)
    assert field in refused.value.message_dict
    assert Invitation.objects.open(NOON).count() == 1
    assert not User.objects.filter(email="maria@example.org").exists()
    assert accept(invitation)


@pytest.mark.django_db(transaction=True)
def test_two_browsers_at_once_make_one_patient():
    clinic = makers.clinic()
    invitation = invite(clinic, makers.therapist(clinic))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def browser() -> None:
        try:
            start.wait()
            accept(invitation)
            outcomes.append("joined")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=browser) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["joined", "refused"]
    assert User.objects.filter(email="maria@example.org").count() == 1
