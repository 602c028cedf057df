"""About your pain: one question a page, all answers once more, and only then are they sent."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import asked_by_intake, record_intake
from programs.logbook.forms.intake import MAY_DECLINE_OF_INTAKE, intake_questions
from programs.logbook.forms.records import OUT_OF_DATE, RecordForm
from programs.logbook.models import Intake, Symptom
from programs.logbook.queries import intake_lines, newest_intake
from programs.logbook.rules import INTAKE_KEY, SIDES, CheckDraft, begun_on
from programs.logbook.views import show
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

TITLE = "About your pain"
SENT = "Thank you. Your answers are sent to your care team."
MAY_BE_WARNINGS = (Symptom.WEAKNESS, Symptom.NUMBNESS)
"""What is named as such where it was ticked."""


@page_for("patient")
@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """The questions, from where they were left; where they are answered already, the newest answers."""
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    questions = _questions(request, clinic)
    draft = questions.draft(request)
    if request.method == "GET" and "question" not in request.GET:
        if draft is not None:
            return redirect(questions.next_page(draft))
        newest = newest_intake(patient, patient)
        if newest is not None and "again" not in request.GET:
            shown = _shown(newest)
            # What was so weeks ago would frighten, said as if it were so now.
            shown["has_warnings"] &= newest.recorded_on == questions.day
            return show(request, "logbook/intake_sent.html", shown, clinic)
    return ask(request, questions, clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def intake_review(request: HttpRequest) -> HttpResponse:
    """Every answer with a way to change it; sending them stores them."""
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    questions = _questions(request, clinic)
    draft = questions.draft(request)
    form = RecordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        intake_id = form.cleaned_data["record_id"]
        if stored := questions.rows.filter(pk=intake_id).first():
            request.session.pop(questions.session_key, None)
            return questions.after(stored)
        if draft is None or draft.check_id != intake_id:
            return warn_and_redirect(request, OUT_OF_DATE, questions.address)
    if draft is None:
        return redirect(questions.address)
    if (next_page := questions.next_page(draft)) != questions.review:
        return redirect(next_page)
    if form.is_valid():
        try:
            stored = questions.store(draft.check_id, draft.answers)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            request.session.pop(questions.session_key, None)
            return questions.after(stored)
    numbers = {name: number for number, name in enumerate(questions.fields, 1)}
    shown = _shown(Intake(patient=patient, recorded_on=questions.day, **values(draft.answers)))
    context = shown | {
        "form": form,
        "record_id": draft.check_id,
        "lines": [(line, questions.page(numbers[line.name])) for line in shown["lines"]],
    }
    return show(request, "logbook/intake_review.html", context, clinic)


def values(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of the pages as the values of an intake."""
    same = ("side", "reach", "leg_pain", "back_pain", "symptoms", "goal")
    return {name: answers[name] for name in same} | {
        f"places_{side}": answers["places"][side] for side in SIDES
    }


def _questions(request: HttpRequest, clinic: Clinic) -> Questions[Intake]:
    patient, now = cast(User, request.user), timezone.now()
    begun = request.session.get(INTAKE_KEY)
    day = begun_on(begun, local_day(now, patient.time_zone))
    side = CheckDraft.from_json(begun).answers.get("side", "") if begun else ""
    address = reverse("logbook:intake")

    def store(intake_id: UUID, answers: Mapping[str, Any]) -> Intake:
        row, _ = record_intake(
            clinic=clinic,
            patient=patient,
            intake_id=intake_id,
            recorded_on=day,
            **values(answers),
            now=now,
        )
        return row

    def after(row: Intake) -> HttpResponse:
        messages.success(request, SENT)
        return redirect(address)

    return Questions(
        title=TITLE,
        session_key=INTAKE_KEY,
        day=day,
        fields=intake_questions(side),
        address=address,
        back=reverse("home:start"),
        rows=Intake.objects.visible_to(patient).filter(patient=patient),
        stored_answer=_stored_answer,
        store=store,
        after=after,
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, f"{address}?again=1"),
        may_decline=MAY_DECLINE_OF_INTAKE,
        review=reverse("logbook:intake_review"),
    )


def _stored_answer(row: Intake, question: str) -> object:
    if question == "places":
        return {side: getattr(row, f"places_{side}") for side in SIDES}
    return getattr(row, question)


def _shown(row: Intake) -> dict[str, Any]:
    return {
        "title": TITLE,
        "intake": row,
        "lines": intake_lines(row),
        "places": [f"{side}_{region}" for side in SIDES for region in getattr(row, f"places_{side}")],
        "has_warnings": bool(asked_by_intake(row)),
        "is_ticked": any(each in row.symptoms for each in MAY_BE_WARNINGS),
    }
