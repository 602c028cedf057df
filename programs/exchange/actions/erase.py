"""What ends a patient's record: their own wish."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from programs.accounts.models import Clinic, Erasure, Invitation, Role, User
from programs.accounts.queries import clinic_of
from programs.delivery.models import Delivery
from programs.exchange.queries import (
    awaits_the_care_team,
    has_worked_for_a_clinic,
    is_asked_anew,
    works_for_a_clinic,
)
from programs.logbook.models import DailyCheck, GuidedSession, StageTest
from programs.monitoring.models import Flag
from programs.monitoring.queries import SOURCE as FLAG_SOURCE

STILL_OPEN = "Something you told us is still open. Your care team looks at it first."
ASKED_FIRST = "Please answer the safety questions first."
WORKS_HERE = "You work for a clinic with this account. The clinic has to end that first."
WORKED_HERE = "You once worked for a clinic with this account. Please ask the clinic."


@transaction.atomic
def erase_record(*, patient: User, now: datetime) -> None:
    """Delete the account of `patient` and everything that is kept about them, and leave an `Erasure`.

    Refused while a safety lock, or a flag that cannot wait, has nobody who saw to it; while safety questions
    that were asked for are not answered; and for somebody who works or once worked for a clinic, since the
    records of others hang on them. Where the account is gone already, nothing happens.
    """
    owner = User.objects.select_for_update().filter(pk=patient.pk).first()
    if owner is None:
        return
    if works_for_a_clinic(owner):
        raise ValidationError(WORKS_HERE)
    if has_worked_for_a_clinic(owner):
        raise ValidationError(WORKED_HERE)
    if awaits_the_care_team(owner):
        raise ValidationError(STILL_OPEN)
    if is_asked_anew(owner):
        raise ValidationError(ASKED_FIRST)
    Erasure.objects.create(patient_id=owner.pk, clinic=clinic_of(owner, Role.PATIENT), erased_at=now)
    _delete_all_of(owner)


@transaction.atomic
def erase_again(erasure: Erasure) -> bool:
    """Do once more what a restored backup has undone; returns whether there was anything to delete.

    Nothing that was open on the day of the backup stops it: the owner had their way later. Only the account
    of somebody who works or worked for a clinic is refused, as it always was. The `Erasure` is kept where
    its clinic is still known.
    """
    owner = User.objects.select_for_update().filter(pk=erasure.patient_id).first()
    if owner is not None and has_worked_for_a_clinic(owner):
        raise ValidationError(WORKED_HERE)
    if Clinic.objects.filter(pk=erasure.clinic_id).exists():
        Erasure.objects.get_or_create(
            patient_id=erasure.patient_id,
            defaults={"clinic_id": erasure.clinic_id, "erased_at": erasure.erased_at},
        )
    if owner is not None:
        _delete_all_of(owner)
    return owner is not None


def _delete_all_of(owner: User) -> None:
    # What others were told about this patient has no foreign key to them.
    Delivery.objects.filter(
        source_kind=FLAG_SOURCE, source_id__in=Flag.objects.filter(patient=owner).values("pk")
    ).delete()
    Invitation.objects.filter(Q(accepted_by=owner) | Q(email=owner.email)).delete()
    # These hold on to rows that go with the account, so they go before it.
    for model in (GuidedSession, StageTest, DailyCheck):
        model._default_manager.filter(patient=owner).delete()
    Session.objects.filter(pk__in=_sessions_of(owner)).delete()
    owner.delete()


def _sessions_of(user: User) -> list[str]:
    """The keys of every browser and mobile client in which `user` is signed in. Only the row itself says."""
    return [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
