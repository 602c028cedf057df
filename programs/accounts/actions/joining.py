"""Joining a clinic, and the record of who looked at whom."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from programs.accounts.models import (
    AuditEvent,
    CareTeam,
    Clinic,
    Invitation,
    InvitationQuerySet,
    Membership,
    PatientRecord,
    Role,
    User,
)
from programs.accounts.rules import CODE_BITS, code_of

INVITATION_LIFETIME = timedelta(hours=72)
_TOKEN_BYTES = 16  # 128 bits

_DIALLED = re.compile("[0-9]{2,6}")

EMERGENCY_NUMBER = "112"
"""Reaches help in the European Union, in the United Kingdom and from most mobile phones."""
NOT_A_NUMBER_TO_CALL = "Enter the number as you call it: 2 to 6 digits, and nothing else."
ALREADY_HERE = "This e-mail address already has an account."
NOT_OPEN = "This invitation does not work any more. Ask your clinic for a new one."
WRONG_CODE_OR_YEAR = (
    "This code and this year do not go together. Check both, then try again. "
    "If you have tried a few times, ask your clinic for a new slip."
)
WRONG_YEAR = "Your clinic has told us another year. Check it, then try again."


def token_hash(token: str) -> str:
    """What is kept of a token. It has 128 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(code: str) -> str:
    """What is kept of a code. It has 50 random bits only: a plain hash could be guessed back by trying them
    all, so this one has a key that is not in the database.
    """
    return salted_hmac("accounts.join_code", code, algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Invited:
    """The two ways to use an invitation. They are shown once and kept nowhere, in no log either."""

    token: str = field(repr=False)
    code: str = field(repr=False)


@transaction.atomic
def invite_patient(
    *, clinic: Clinic, invited_by: User, name: str, email: str, year_of_birth: int, now: datetime
) -> Invited:
    """Make a single-use invitation and return what opens it.

    Inviting the same address again takes the earlier invitation back.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": ALREADY_HERE})
    Invitation.objects.unused(now).filter(clinic=clinic, email=email).update(revoked_at=now)
    invited = Invited(token=secrets.token_urlsafe(_TOKEN_BYTES), code=code_of(secrets.randbits(CODE_BITS)))
    Invitation.objects.create(
        clinic=clinic,
        invited_by=invited_by,
        name=name,
        email=email,
        year_of_birth=year_of_birth,
        token_hash=token_hash(invited.token),
        code_hash=code_hash(invited.code),
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )
    return invited


def revoke_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Close an invitation nobody has used; returns whether it was still open."""
    return bool(Invitation.objects.open(now).filter(pk=invitation.pk).update(revoked_at=now))


def enter_with_code(*, code: str, year_of_birth: int, now: datetime) -> Invitation:
    """The open invitation of a typed code, for whoever knows the year of birth too.

    Whoever does not know the year learns nothing of the code: one that never was, one that is closed and one
    that is open are refused with the same words, after as many queries. With the right year, one that was
    used or taken back or is too old says so, which helps whoever has an old slip.
    """
    this = Invitation.objects.filter(code_hash=code_hash(code))
    invitation = _of_that_year(this, year_of_birth)
    if invitation is None:
        raise ValidationError(WRONG_CODE_OR_YEAR)
    return _still_open(invitation, now)


def enter_with_token(*, token: str, year_of_birth: int, now: datetime) -> Invitation:
    """The same for the token of a link. It cannot be guessed, so it says at once when it is closed."""
    this = Invitation.objects.filter(token_hash=token_hash(token))
    invitation = _of_that_year(this, year_of_birth)
    if invitation is None:
        raise ValidationError(WRONG_YEAR if this.open(now).exists() else NOT_OPEN)
    return _still_open(invitation, now)


def _of_that_year(this: InvitationQuerySet, year_of_birth: int) -> Invitation | None:
    """The invitation in `this`, if the year is right and it has a try left. A wrong year is one of its tries,
    also once it is closed: nobody finds out the year of birth with a slip that was thrown away.
    """
    # Durable: a wrong year stays counted although it is refused. Locked: of many at once, no more are
    # compared than there are tries.
    with transaction.atomic(durable=True):
        invitation = this.select_for_update(no_key=True).first()
        this.exclude(year_of_birth=year_of_birth).filter(tries__lt=Invitation.MOST_TRIES).update(
            tries=F("tries") + 1
        )
    if invitation is None or invitation.is_out_of_tries or invitation.year_of_birth != year_of_birth:
        return None
    return invitation


def _still_open(invitation: Invitation, now: datetime) -> Invitation:
    if not Invitation.objects.open(now).filter(pk=invitation.pk).exists() or not _is_at_work(invitation):
        raise ValidationError(NOT_OPEN)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, password: str, time_zone: str, now: datetime) -> User:
    """Turn an invitation that somebody has entered into a patient of the inviting therapist.

    The second try is refused.
    """
    # Whoever invited does not leave the clinic meanwhile: the patient would have nobody.
    Clinic.objects.select_for_update(no_key=True).get(pk=invitation.clinic_id)
    if not _is_at_work(invitation):
        raise ValidationError(NOT_OPEN)
    claimed = Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now)
    if not claimed:
        raise ValidationError(NOT_OPEN)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise ValidationError(ALREADY_HERE)
    patient = User(
        email=invitation.email,
        name=invitation.name,
        year_of_birth=invitation.year_of_birth,
        time_zone=time_zone,
    )
    try:
        validate_password(password, patient)
        patient.clean_fields(exclude=["password"])
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            raise
        raise ValidationError({"password": error.messages}) from error
    patient.set_password(password)
    patient.save()
    join_clinic(user=patient, clinic=invitation.clinic, role=Role.PATIENT, now=now)
    CareTeam.objects.create(
        clinic=invitation.clinic, patient=patient, therapist=invitation.invited_by, started_at=now
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=patient)
    return patient


def _is_at_work(invitation: Invitation) -> bool:
    """Whether whoever invited can still care for somebody in that clinic."""
    works_there = Membership.objects.active().filter(
        user=invitation.invited_by, clinic=invitation.clinic, role=Role.THERAPIST, user__is_active=True
    )
    return works_there.exists()


@transaction.atomic
def found_clinic(
    *,
    clinic_name: str,
    email: str,
    name: str,
    password: str,
    emergency_number: str = EMERGENCY_NUMBER,
    now: datetime,
) -> Clinic:
    """Make a clinic and its first person, who is therapist and administrator of it.

    Refused where the address already has an account, so that a repeat makes no second clinic.
    """
    clinic = Clinic(name=clinic_name, emergency_number=_checked_number(emergency_number), created_at=now)
    clinic.clean_fields()
    founder = User(email=email.strip().lower(), name=name, joined_at=now)
    founder.set_password(password)
    founder.clean_fields()
    if User.objects.filter(email=founder.email).exists():
        raise ValidationError({"email": ALREADY_HERE})
    clinic.save()
    founder.save()
    for role in (Role.THERAPIST, Role.ADMIN):
        join_clinic(user=founder, clinic=clinic, role=role, now=now)
    return clinic


def set_emergency_number(*, clinic: Clinic, number: str) -> None:
    """Whom this clinic's patients are told to call from now on. The same number again changes nothing."""
    clinic.emergency_number = _checked_number(number)
    clinic.save(update_fields=["emergency_number"])


def _checked_number(number: str) -> str:
    """Digits only, as they are dialled: a number that cannot be called must never stand on a page."""
    if not _DIALLED.fullmatch(number):
        raise ValidationError({"emergency_number": NOT_A_NUMBER_TO_CALL})
    return number


@transaction.atomic
def join_clinic(*, user: User, clinic: Clinic, role: Role, now: datetime) -> Membership:
    """Give a person a role in a clinic; a role already held stays as it is."""
    membership, _ = Membership.objects.get_or_create(
        user=user, clinic=clinic, role=role, ended_at=None, defaults={"started_at": now}
    )
    return membership


def record_access(*, actor: User, clinic: Clinic, patients: Iterable[User], door: str, now: datetime) -> None:
    """Write down that `actor` saw the record of each of `patients` through `door` (a page or endpoint)."""
    AuditEvent.objects.bulk_create(
        AuditEvent(clinic=clinic, patient=patient, actor=actor, door=door, at=now) for patient in patients
    )


def record_access_to(*, actor: User, records: Iterable[PatientRecord], door: str, now: datetime) -> None:
    """The same for rows of patients' records: one look for each patient among them, in the row's clinic."""
    shown = {(record.clinic_id, record.patient_id) for record in records}
    AuditEvent.objects.bulk_create(
        AuditEvent(clinic_id=clinic_id, patient_id=patient_id, actor=actor, door=door, at=now)
        for clinic_id, patient_id in sorted(shown)
    )
