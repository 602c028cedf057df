"""Asking for all safety questions anew."""

from __future__ import annotations

from datetime import datetime

from programs.accounts.models import Clinic, User
from programs.safety.models import ScreeningRequest


def request_screening(*, clinic: Clinic, patient: User, reason: str, now: datetime) -> ScreeningRequest:
    """Have the patient asked all safety questions before the next session, for one of `Reason`.

    While a request for the same reason is open, that one stays. Call it with the patient's row locked.
    """
    request, _ = ScreeningRequest.objects.open().get_or_create(
        patient=patient, reason=ScreeningRequest.Reason(reason), defaults={"clinic": clinic, "asked_at": now}
    )
    return request
