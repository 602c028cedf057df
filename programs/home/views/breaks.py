"""What a patient's movement breaks came to."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.breaks import break_history
from programs.lib.permissions import page_for
from programs.reminders.render.break_chart import break_chart
from programs.reminders.rules.statistics import (
    breaks_in_words,
    days_in_words,
    length_in_short,
    longest_in_words,
)


@page_for("patient")
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Two weeks in a sentence, as a picture and as a table."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    found = break_history(patient, now)
    days = found.statistics.days
    today = days[-1].day
    record_access(actor=patient, clinic=clinic, patients=[patient], door="home:break_history", now=now)
    context = {
        "clinic": clinic,
        "is_empty": found.is_empty,
        "sentence": breaks_in_words(found.statistics.week),
        "longest": longest_in_words(found.statistics.week, today),
        "count": len(days),
        "chart": break_chart(
            [each.day for each in days],
            [each.breaks for each in days],
            [each.longest for each in days],
            found.pain,
            days_in_words(days, found.pain),
        ),
        "rows": [
            (each.day, each.breaks, None if each.longest is None else length_in_short(each.longest), pain)
            for each, pain in reversed(found.days)
        ],
        "today": today,
    }
    return render(request, "home/break_history.html", context)
