"""Writing down how easily the leg is stirred up."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from programs.accounts.models import User
from programs.care.models import Plan


def note_irritability(*, patient: User, level: str, recorded_on: date) -> None:
    """Keep with the plan in force what the newest Weekly check said, low, medium or high.

    One of an earlier day, that came late, changes nothing; of two on one day the later counts. The sessions
    of the plan follow from it. Without a plan nothing is kept: it is read anew with the next check.
    """
    is_newer = Q(irritability_on=None) | Q(irritability_on__lte=recorded_on)
    Plan.objects.current().filter(is_newer, patient=patient).update(
        irritability=level, irritability_on=recorded_on
    )
