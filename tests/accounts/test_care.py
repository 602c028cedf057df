"""Giving and ending care, and leaving a clinic: no patient is left without somebody to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.actions import (
    end_care,
    end_membership,
    join_clinic,
    save_escalation_policy,
    start_care,
)
from programs.accounts.models import AuditEvent, CareTeam, Clinic, EscalationPolicy, Membership, Role, User
from programs.accounts.queries import reachable_staff, therapists_of, unreachable_patients
from tests import makers
from tests.threads import at_once

NOON = makers.NOON


@pytest.fixture
def eve(clinic) -> User:
    return makers.therapist(clinic, "eve")


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=NOON)
    return user


def give(clinic: Clinic, patient: User, therapist: User, by: User) -> CareTeam:
    return start_care(clinic=clinic, patient=patient, therapist=therapist, by=by, now=NOON)


def end(clinic: Clinic, patient: User, therapist: User, by: User) -> bool:
    return end_care(clinic=clinic, patient=patient, therapist=therapist, by=by, now=NOON)


def leave(user: User, role: Role = Role.THERAPIST) -> bool:
    return end_membership(membership=user.memberships.get(role=role), now=NOON)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    (message,) = refused.value.messages
    return message


def test_a_patient_gets_one_more_therapist_and_that_is_written_down(clinic, alice, bob, eve, adam):
    care = give(clinic, alice, eve, adam)
    assert give(clinic, alice, eve, adam) == care

    assert therapists_of(alice, clinic) == [bob, eve]
    assert list(AuditEvent.objects.values_list("actor", "patient", "door")) == [
        (adam.pk, alice.pk, "accounts:start_care")
    ]


def test_care_can_come_back_after_it_ended(clinic, alice, bob, eve, adam):
    give(clinic, alice, eve, adam)
    assert end(clinic, alice, eve, adam)
    give(clinic, alice, eve, adam)
    assert therapists_of(alice, clinic) == [bob, eve]


def test_only_therapists_of_the_clinic_care_for_its_patients(clinic, alice, bob, adam, charlie, dora):
    assert "does not work here" in refusal(lambda: give(clinic, alice, charlie, adam))
    assert "does not work here" in refusal(lambda: give(clinic, alice, adam, adam))
    assert "not a patient of this clinic" in refusal(lambda: give(clinic, dora, bob, adam))
    join_clinic(user=alice, clinic=clinic, role=Role.THERAPIST, now=NOON)
    assert "Nobody treats themselves" in refusal(lambda: give(clinic, alice, alice, adam))
    assert CareTeam.objects.filter(patient=alice).count() == 1


def test_the_last_who_cares_for_a_patient_stays(clinic, alice, bob, adam):
    assert refusal(lambda: end(clinic, alice, bob, adam)) == (
        "Bob is the only one who cares for Alice. Give Alice another therapist first."
    )
    assert therapists_of(alice, clinic) == [bob]
    assert not AuditEvent.objects.exists()


def test_the_last_who_can_be_reached_stays(clinic, alice, bob, eve, adam):
    give(clinic, alice, eve, adam)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert "the only one" in refusal(lambda: end(clinic, alice, bob, adam))
    assert end(clinic, alice, eve, adam)  # who is no help anyway


def test_with_another_therapist_care_ends_and_a_repeat_changes_nothing(clinic, alice, bob, eve, adam):
    give(clinic, alice, eve, adam)
    assert [end(clinic, alice, bob, adam), end(clinic, alice, bob, adam)] == [True, False]
    assert therapists_of(alice, clinic) == [eve]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["both end care", "both leave the clinic", "one of each"])
def test_of_two_who_leave_a_patient_at_once_one_stays(clinic, alice, bob, eve, adam, how):
    makers.therapist(clinic, "fred")
    give(clinic, alice, eve, adam)

    def attempt(act: Callable[[], object]) -> Callable[[], str]:
        def tried() -> str:
            try:
                act()
            except ValidationError as refused:
                return refused.messages[0][:20]
            return ""

        return tried

    first = leave if how == "both leave the clinic" else lambda user: end(clinic, alice, user, adam)
    second = leave if how != "both end care" else first
    answers = at_once(attempt(lambda: first(bob)), attempt(lambda: second(eve)))

    assert sorted(map(bool, answers)) == [False, True]
    assert len(therapists_of(alice, clinic)) == 1
    assert unreachable_patients(clinic) == []


def test_a_therapist_leaves_the_clinic_once_all_their_patients_have_somebody_else(
    clinic, alice, bob, eve, adam
):
    makers.therapist(clinic, "fred")
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    assert refusal(lambda: leave(bob)) == (
        "Bob is the only one who cares for 2 patients. Give them another therapist first."
    )
    give(clinic, alice, eve, adam)
    assert "1 patient." in refusal(lambda: leave(bob))
    give(clinic, anna, eve, adam)
    assert leave(bob)
    assert (therapists_of(alice, clinic), therapists_of(anna, clinic)) == ([eve], [eve])
    # Care does not come back by itself with the person.
    join_clinic(user=bob, clinic=clinic, role=Role.THERAPIST, now=NOON + timedelta(days=9))
    assert therapists_of(alice, clinic) == [eve]


def test_of_two_therapists_one_leaves_only_once_somebody_is_named_to_stand_in(clinic, alice, bob, eve, adam):
    assert refusal(lambda: leave(eve)) == (
        "Without Eve only one therapist is left. Choose who stands in for them first."
    )
    assert reachable_staff(clinic).therapists == (bob, eve)
    save_escalation_policy(clinic=clinic, by=adam, now=NOON, backup=bob)
    assert leave(eve)


def test_a_clinic_of_one_therapist_changes_its_other_people_as_it_likes(clinic, alice, bob, eve, adam):
    User.objects.filter(pk=eve.pk).update(is_active=False)
    join_clinic(user=bob, clinic=clinic, role=Role.ADMIN, now=NOON)
    assert leave(bob, Role.ADMIN)
    assert leave(alice, Role.PATIENT)
    assert leave(eve)  # who could not be told before either


def test_the_last_administrator_stays(clinic, bob, adam):
    assert (
        refusal(lambda: leave(adam, Role.ADMIN))
        == "Adam is the only administrator. Make somebody else one first."
    )
    join_clinic(user=bob, clinic=clinic, role=Role.ADMIN, now=NOON)
    assert leave(adam, Role.ADMIN)
    assert reachable_staff(clinic).administrators == (bob,)


def test_who_is_named_to_stand_in_stays_until_others_can(clinic, bob, eve, adam):
    policy = EscalationPolicy.objects.create(clinic=clinic, backup=eve)
    assert refusal(lambda: leave(eve)) == (
        "Eve stands in when nobody takes a flag on. Choose somebody else for that first."
    )
    assert Membership.objects.active().filter(user=eve).exists()

    makers.therapist(clinic, "fred")
    assert leave(eve)
    policy.refresh_from_db()
    assert policy.backup is None


def test_who_is_on_duty_stays_while_some_patients_have_nobody_else(clinic, alice, bob, eve, adam):
    makers.therapist(clinic, "fred")
    policy = EscalationPolicy.objects.create(clinic=clinic, duty_contact=eve)
    anna = makers.patient(clinic, "anna")
    assert "is on duty" in refusal(lambda: leave(eve))
    give(clinic, anna, bob, adam)
    assert leave(eve)
    policy.refresh_from_db()
    assert policy.duty_contact is None


def test_a_patient_who_leaves_is_cared_for_no_longer(clinic, alice, bob):
    assert leave(alice, Role.PATIENT)
    assert therapists_of(alice, clinic) == []
    assert unreachable_patients(clinic) == []


def test_the_daily_audit_names_everybody_whom_nobody_would_hear(clinic, alice, bob, eve, dora):
    left = makers.patient(clinic, "anna", cared_for_by=eve)
    assert unreachable_patients(clinic) == []
    User.objects.filter(pk=bob.pk).update(is_active=False)
    Membership.objects.filter(user=eve).update(ended_at=NOON)
    assert unreachable_patients(clinic) == [alice, left]
