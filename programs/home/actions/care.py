"""Giving a patient one more therapist, and taking one away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from programs.accounts.actions import end_care, start_care
from programs.accounts.models import Clinic, User
from programs.monitoring.actions import tell_no_more, tell_who_cares


@transaction.atomic
def give_therapist(*, clinic: Clinic, patient: User, therapist: User, by: User, now: datetime) -> None:
    """Let a therapist care for a patient from now on, and tell them of what is open. Repeats do nothing."""
    start_care(clinic=clinic, patient=patient, therapist=therapist, by=by, now=now)
    tell_who_cares(clinic=clinic, patient=patient, now=now)


@transaction.atomic
def take_therapist_away(*, clinic: Clinic, patient: User, therapist: User, by: User, now: datetime) -> None:
    """Let a therapist care for a patient no longer, nor be told of what was open. Repeats do nothing.

    Refused for the last one, as `end_care` says.
    """
    if end_care(clinic=clinic, patient=patient, therapist=therapist, by=by, now=now):
        tell_no_more(clinic=clinic, patient=patient, therapist=therapist)
