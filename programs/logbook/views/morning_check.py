"""The morning after a session: how the leg is, and how long it took to calm down."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import record_morning_check
from programs.logbook.forms.checks import morning_check_questions
from programs.logbook.models import MorningCheck
from programs.logbook.queries import responses_of
from programs.logbook.rules import MORNING_KEY
from programs.logbook.views import show
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

SAVED = "Thank you. Your answer is saved."
NOT_SETTLED = "Your leg has not settled yet. Take it easy today."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def morning_check(request: HttpRequest) -> HttpResponse:
    """About yesterday's sessions; without any there is nothing to ask."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    yesterday = local_day(now, patient.time_zone) - timedelta(days=1)
    rows = MorningCheck.objects.visible_to(patient).filter(patient=patient)
    address = reverse("logbook:morning_check")

    def store(check_id: UUID, answers: Mapping[str, Any]) -> MorningCheck:
        check, _ = record_morning_check(
            clinic=clinic, patient=patient, check_id=check_id, about_on=yesterday, **answers, now=now
        )
        return check

    def after(check: MorningCheck) -> HttpResponse:
        messages.success(request, SAVED)
        unsettled = [each for each in responses_of(patient, check.about_on) if each.is_settled is False]
        if any(each.performed_on == check.about_on for each in unsettled):
            messages.warning(request, NOT_SETTLED)
        return redirect("home:start")

    questions = Questions(
        title="This morning",
        about="The day after your session",
        session_key=MORNING_KEY,
        day=yesterday,
        fields=morning_check_questions(),
        address=address,
        back=reverse("home:start"),
        rows=rows,
        stored_answer=getattr,
        store=store,
        after=after,
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, f"{address}?again=1"),
        may_decline=["settles_within"],
    )
    is_fresh = request.method == "GET" and questions.draft(request) is None and "again" not in request.GET
    if is_fresh and rows.filter(about_on=yesterday).exists():
        context = {"title": questions.title, "is_morning": True}
        return show(request, "logbook/check_answered.html", context, clinic)
    if is_fresh and not any(each.performed_on == yesterday for each in responses_of(patient, yesterday)):
        return redirect("home:start")
    return ask(request, questions, clinic)
