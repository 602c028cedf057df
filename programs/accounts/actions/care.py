"""Who cares for whom, and leaving a clinic: nobody's patient is left without somebody to tell.

A patient's row is held while their care team changes, so that two who leave at once do not both rely on the
other; the clinic's row is held while somebody leaves it or is given a patient.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.actions.joining import record_access
from programs.accounts.models import CareTeam, Clinic, EscalationPolicy, Membership, Role, User
from programs.accounts.queries import reachable_staff, therapists_of, unreachable_patients

NOT_A_PATIENT_HERE = "{} is not a patient of this clinic."
NOT_A_THERAPIST_HERE = "{} does not work here as a therapist now."
NOBODY_TREATS_THEMSELVES = "Nobody treats themselves. Choose somebody else."
LAST_THERAPIST = "{0} is the only one who cares for {1}. Give {1} another therapist first."
LAST_OF_SOME = "{0} is the only one who cares for {1}. Give them another therapist first."
LAST_ADMINISTRATOR = "{} is the only administrator. Make somebody else one first."
LAST_BACKUP = "{} stands in when nobody takes a flag on. Choose somebody else for that first."
LAST_BUT_ONE = "Without {} only one therapist is left. Choose who stands in for them first."
LAST_ON_DUTY = "{} is on duty, and some patients have no therapist. Choose somebody else for that first."


@transaction.atomic
def start_care(*, clinic: Clinic, patient: User, therapist: User, by: User, now: datetime) -> CareTeam:
    """Let a therapist of the clinic care for one of its patients; care that goes on already stays."""
    _hold(clinic, patient)
    if not Membership.objects.active().filter(user=patient, clinic=clinic, role=Role.PATIENT).exists():
        raise ValidationError({"patient": NOT_A_PATIENT_HERE.format(patient.name)})
    if therapist == patient:
        raise ValidationError({"therapist": NOBODY_TREATS_THEMSELVES})
    if therapist not in reachable_staff(clinic).therapists:
        raise ValidationError({"therapist": NOT_A_THERAPIST_HERE.format(therapist.name)})
    care, is_new = CareTeam.objects.get_or_create(
        clinic=clinic, patient=patient, therapist=therapist, ended_at=None, defaults={"started_at": now}
    )
    if is_new:
        record_access(actor=by, clinic=clinic, patients=[patient], door="accounts:start_care", now=now)
    return care


@transaction.atomic
def end_care(*, clinic: Clinic, patient: User, therapist: User, by: User, now: datetime) -> bool:
    """Let a therapist care for a patient no longer; returns whether they did. Refused for the last who can be
    reached.
    """
    _hold(clinic, patient)
    if therapists_of(patient, clinic) == [therapist]:
        raise ValidationError(LAST_THERAPIST.format(therapist.name, patient.name))
    going_on = CareTeam.objects.filter(clinic=clinic, patient=patient, therapist=therapist, ended_at=None)
    has_ended = bool(going_on.update(ended_at=now))
    if has_ended:
        record_access(actor=by, clinic=clinic, patients=[patient], door="accounts:end_care", now=now)
    return has_ended


@transaction.atomic
def end_membership(*, membership: Membership, now: datetime) -> bool:
    """Take a role in a clinic from a person, and with it the care it stood for; returns whether they held it.

    Refused while that would leave nobody to tell: for the last administrator, for the last therapist of any
    patient, for the last but one while nobody else is named to stand in, and for who is named to stand in or
    to be on duty while nobody else could be told instead.
    """
    user, clinic = membership.user, membership.clinic
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if membership.role == Role.ADMIN:
        _refuse_last_administrator(user, clinic)
    elif membership.role == Role.THERAPIST:
        _refuse_last_therapist(user, clinic)
    before = reachable_staff(clinic).therapists
    has_ended = bool(Membership.objects.active().filter(pk=membership.pk).update(ended_at=now))
    if membership.role != Role.ADMIN:
        cared = {"therapist": user} if membership.role == Role.THERAPIST else {"patient": user}
        CareTeam.objects.filter(clinic=clinic, ended_at=None, **cared).update(ended_at=now)
    if has_ended:
        _release_from_policy(user, clinic)
        _refuse_last_but_one(user, clinic, before)
    return has_ended


def _hold(clinic: Clinic, patient: User) -> None:
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _refuse_last_administrator(user: User, clinic: Clinic) -> None:
    if not [each for each in reachable_staff(clinic).administrators if each != user]:
        raise ValidationError(LAST_ADMINISTRATOR.format(user.name))


def _refuse_last_therapist(user: User, clinic: Clinic) -> None:
    teams = CareTeam.objects.active().filter(clinic=clinic)
    patients = teams.filter(therapist=user).order_by().values("patient")
    list(User.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk"))
    carers = Counter(teams.filter(patient__in=patients).values_list("patient", flat=True))
    alone = sum(count == 1 for count in carers.values())
    if alone:
        counted = f"{alone} patient{'' if alone == 1 else 's'}"
        raise ValidationError(LAST_OF_SOME.format(user.name, counted))


def _refuse_last_but_one(user: User, clinic: Clinic, before: tuple[User, ...]) -> None:
    """The last therapist's patients would have nobody but them, and the clinic would not know. One that began
    with a single therapist knows.
    """
    staff = reachable_staff(clinic)
    if len(before) > len(staff.therapists) == 1 and staff.backup is None:
        raise ValidationError(LAST_BUT_ONE.format(user.name))


def _release_from_policy(user: User, clinic: Clinic) -> None:
    """Name nobody who cannot act any more; refused where the others could not be told in their place.

    Without a named backup all therapists who do not care for the patient stand in, so it takes two of them.
    """
    policy = EscalationPolicy.objects.filter(clinic=clinic).first()
    if policy is None:
        return
    staff = reachable_staff(clinic)
    if policy.backup_id == user.pk and user not in staff.therapists:
        if len(staff.therapists) < 2:
            raise ValidationError(LAST_BACKUP.format(user.name))
        policy.backup = None
    if policy.duty_contact_id == user.pk and user not in {*staff.therapists, *staff.administrators}:
        if unreachable_patients(clinic):
            raise ValidationError(LAST_ON_DUTY.format(user.name))
        policy.duty_contact = None
    policy.save(update_fields=["backup", "duty_contact"])
