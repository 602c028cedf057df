"""What was written down before."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook import queries
from programs.logbook.actions import LATEST_REPORT
from programs.logbook.forms.history import HistoryForm
from programs.logbook.models import WeeklyCheck
from programs.logbook.rules import worst_pain_in_words
from programs.logbook.views import show
from programs.monitoring.models import Flag, Kind
from programs.monitoring.rules.for_patients import name_for_patient

DAYS_A_PAGE = 28


@page_for("patient")
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Four weeks, newest day first."""
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    today = local_day(timezone.now(), patient.time_zone)
    form = HistoryForm(request.GET)
    last = min(form.cleaned_data["until"], today) if form.is_valid() else today
    first = last - timedelta(days=DAYS_A_PAGE - 1)
    days = queries.history(patient, patient, first, last)
    weekly_checks = queries.weekly_checks(patient, patient, first, last)
    told = Flag.objects.visible_to(patient).filter(
        patient=patient, kind=Kind.WORSENING, found_on__range=(first, last)
    )
    earliest = queries.earliest_day(patient, patient)
    responses = {
        each.session_id: each
        for each in queries.responses_to([session for day in days for session in day.sessions])
    }
    scores = [each.worst_leg_pain for each in days if each.worst_leg_pain is not None]
    context = {
        "days": _with_empty_days(
            days, weekly_checks, responses, today if last == today else last + timedelta(days=1)
        ),
        "clinic": clinic,
        "correctable_from": today - LATEST_REPORT,
        "told": [(flag, name_for_patient(flag.evidence["measure"])) for flag in told],
        "sessions": sum(len(each.sessions) for each in days),
        "pain": worst_pain_in_words(scores, DAYS_A_PAGE),
        "count": DAYS_A_PAGE,
        "first": first,
        "last": last,
        "older": first - timedelta(days=1) if earliest and earliest < first else None,
        "newer": min(last + timedelta(days=DAYS_A_PAGE), today) if last < today else None,
    }
    return show(request, "logbook/history.html", context, clinic)


def _with_empty_days(
    days: Iterable[queries.HistoryDay],
    weekly_checks: Iterable[WeeklyCheck],
    responses: Mapping[UUID, queries.SessionResponse],
    after: date,
) -> list[dict[str, Any]]:
    """The days of the page, each with how many empty days lie between it and the one shown before it.

    `after` is the day following the newest that counts: today, which is not over, is not empty yet.
    """
    reported = {each.day: each for each in days}
    weekly: dict[date, list[WeeklyCheck]] = {}
    for check in weekly_checks:
        weekly.setdefault(check.recorded_on, []).append(check)
    shown = []
    for day in sorted(reported.keys() | weekly.keys(), reverse=True):
        each = reported.get(day) or queries.HistoryDay.empty(day)
        shown.append(
            {
                "day": day,
                "empty_days": max(0, (after - day).days - 1),
                "leg": each.worst_leg_pain,
                "back": each.worst_back_pain,
                "lines": [*queries.place_lines(each), *queries.calf_lines(each)],
                "checks": each.checks,
                "is_corrected": any(check.corrects_id for check in each.checks),
                "weekly_checks": [
                    (check, queries.weekly_check_lines(check)) for check in reversed(weekly.get(day, []))
                ],
                "sessions": [
                    (session, queries.result_lines(session), responses.get(session.pk))
                    for session in each.sessions
                ],
            }
        )
        after = day
    return shown
