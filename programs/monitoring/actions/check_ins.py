"""The patient's answer to a check-in."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.monitoring.models import CheckIn

NOT_AN_ANSWER = "Choose one of the answers."


@transaction.atomic
def answer_check_in(
    *,
    check_in: CheckIn,
    answer: str,
    is_harder_to_cope: bool | None,
    stops_usual_things: bool | None,
    now: datetime,
) -> CheckIn:
    """Store what the patient says; None is what they would rather not say. The first answer stays.

    An answer that comes late, or when the scores have been corrected, is kept all the same. It calls nobody.
    """
    if answer not in CheckIn.Answer.values:
        raise ValidationError({"answer": NOT_AN_ANSWER})
    CheckIn.objects.filter(pk=check_in.pk, answer="").update(
        answer=answer,
        is_harder_to_cope=is_harder_to_cope,
        stops_usual_things=stops_usual_things,
        answered_at=now,
    )
    check_in.refresh_from_db()
    return check_in
