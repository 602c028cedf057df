"""What storing a report takes, whichever it is: one at a time, each id once, numbers in their range."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programs.accounts.models import PatientRecord, User

# A phone without signal sends late; what is older than this belongs to nobody's memory.
LATEST_REPORT = timedelta(days=60)

Row = TypeVar("Row", bound=PatientRecord)

NOT_A_PAIN_SCORE = "Choose a whole number from 0 to 10."
TAKEN = "This id is already in use."
TOO_LONG_AGO = "This is more than 60 days ago."


def one_report_at_a_time(patient: User) -> None:
    """So that the same id sent twice at once is stored once, and the rules see one report after another."""
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)


def own(row: Row, patient: User) -> Row:
    """The row that is there already; raises ValidationError where it is somebody else's."""
    if row.patient_id != patient.pk:
        raise ValidationError({"id": TAKEN})
    return row


def insert(row: PatientRecord) -> None:
    """Store a row that is not there yet; somebody else may be storing one with the same id right now."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"id": TAKEN}) from error


def pain_errors(**scores: int | None) -> dict[str, str]:
    """What is wrong with pain scores from 0 to 10, by field; None is not said."""
    return range_errors(10, NOT_A_PAIN_SCORE, **scores)


def range_errors(highest: int, sentence: str, **numbers: int | None) -> dict[str, str]:
    """`sentence` for each of the numbers that is not from 0 to `highest`, by field; None is not said."""
    return {
        field: sentence
        for field, number in numbers.items()
        if number is not None and not 0 <= number <= highest
    }


def day_error(day: date, today: date) -> str:
    """What is wrong with the local day that a report is about, or ""."""
    if day > today:
        return "This day has not come yet."
    if today - day > LATEST_REPORT:
        return TOO_LONG_AGO
    return ""
