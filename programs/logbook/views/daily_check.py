"""The Daily check, and its correction: one question a page."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Side
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules.facts import CALF
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import CORRECTED_ALREADY, LATEST_REPORT, TAKEN, record_daily_check
from programs.logbook.forms.checks import LAST_NIGHT, LEGS, TINGLING_NUMBNESS, daily_check_questions
from programs.logbook.models import DailyCheck
from programs.logbook.queries import is_newly_bilateral
from programs.logbook.rules import CHECK_KEY
from programs.logbook.views import show
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

SAVED = "Thank you. Your daily check is saved."
BOTH_LEGS = "If pain, tingling or numbness down both legs is new or worse, please get help now."
CORRECTED = "Your answers are corrected. The old ones are kept, but no longer count."
CORRECT_THE_NEW_ONES = f"{CORRECTED_ALREADY} To change them again, correct the new ones."
TOO_OLD = "These answers are more than 60 days old. They stay as they are."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def daily_check(request: HttpRequest) -> HttpResponse:
    """How the last 24 hours were; where today is answered already, the choice to answer again."""
    patient, now = cast(User, request.user), timezone.now()
    clinic, plan = clinic_of(patient, Role.PATIENT), current_plan(patient)
    today = local_day(now, patient.time_zone)
    rows = DailyCheck.objects.visible_to(patient).filter(patient=patient)
    address = reverse("logbook:daily_check")

    def store(check_id: UUID, answers: Mapping[str, Any]) -> DailyCheck:
        check, _ = record_daily_check(
            clinic=clinic, patient=patient, check_id=check_id, recorded_on=today, **values(answers), now=now
        )
        return check

    def after(check: DailyCheck) -> HttpResponse:
        messages.success(request, SAVED)
        return help_or(request, check, reverse("home:start"))

    questions = Questions(
        title="Daily check",
        session_key=CHECK_KEY,
        day=today,
        fields=daily_check_questions(
            LEGS[Side(plan.plan.side)] if plan else (), cramps_in=LAST_NIGHT if _is_about_calf(plan) else ""
        ),
        address=address,
        back=reverse("home:start"),
        rows=rows,
        stored_answer=stored_answer,
        store=store,
        after=after,
        is_asked=_is_asked,
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, f"{address}?again=1"),
    )
    is_fresh = request.method == "GET" and questions.draft(request) is None and "again" not in request.GET
    if is_fresh and rows.filter(recorded_on=today).exists():
        return show(request, "logbook/check_answered.html", {"title": questions.title}, clinic)
    return ask(request, questions, clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def correct_daily_check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """The same questions as then, about the day of that check; the last answer takes its place."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    own = DailyCheck.objects.visible_to(patient).filter(patient=patient, clinic=clinic)
    wrong = get_object_or_404(own, pk=check_id)
    key, history = f"{CHECK_KEY}:{wrong.pk}", reverse("logbook:history")
    corrections = own.filter(corrects=wrong)

    def refused(sentence: str) -> HttpResponse:
        request.session.pop(key, None)
        return warn_and_redirect(request, sentence, history)

    correction = corrections.first()
    if correction is not None and request.POST.get("record_id") != str(correction.pk):
        return refused(CORRECT_THE_NEW_ONES)
    if local_day(now, patient.time_zone) - wrong.recorded_on > LATEST_REPORT:
        return refused(TOO_OLD)

    def store(new_id: UUID, answers: Mapping[str, Any]) -> DailyCheck:
        check, _ = record_daily_check(
            clinic=clinic,
            patient=patient,
            check_id=new_id,
            recorded_on=wrong.recorded_on,
            **values(answers),
            corrects=wrong.pk,
            now=now,
        )
        if check.corrects_id != wrong.pk:
            raise ValidationError(TAKEN)
        return check

    def after(check: DailyCheck) -> HttpResponse:
        messages.success(request, CORRECTED)
        return help_or(request, check, history)

    day = f"{wrong.recorded_on:%A} {wrong.recorded_on.day} {wrong.recorded_on:%B}"
    legs = [leg for leg in LEGS[Side.BOTH] if getattr(wrong, f"reach_{leg}") is not None]
    asked_of_calf = wrong.calf_pain is not None or wrong.cramps is not None
    questions = Questions(
        title="Correct your answers",
        about=f"Your answers for {day}",
        session_key=key,
        day=wrong.recorded_on,
        fields=daily_check_questions(
            legs, f"on {day}", cramps_in=f"in the night before {day}" if asked_of_calf else ""
        ),
        address=reverse("logbook:correct_daily_check", args=[wrong.pk]),
        back=history,
        rows=corrections,
        stored_answer=stored_answer,
        store=store,
        after=after,
        is_asked=_is_asked,
        answer_once_more=lambda: refused(CORRECT_THE_NEW_ONES),
        earlier_answer=lambda name: stored_answer(wrong, name),
    )
    return ask(request, questions, clinic)


def _is_about_calf(current: CurrentPlan | None) -> bool:
    """Whether the stage that the patient is in looks at the calf. A flare plan over it changes nothing: the
    stage goes on after it."""
    return current is not None and current.own_stage.pain_measure == CALF


def _is_asked(question: str, answers: Mapping[str, Any]) -> bool:
    """Without a cramp there is no worst one."""
    return question != "worst_cramp" or answers.get("cramps") != 0


def values(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of the pages as the values of a check."""
    return {
        "worst_leg_pain": answers["worst_leg_pain"],
        "worst_back_pain": answers["worst_back_pain"],
        "reach_left": answers.get("reach_left"),
        "reach_right": answers.get("reach_right"),
        "tingling_numbness_left": answers[TINGLING_NUMBNESS]["left"],
        "tingling_numbness_right": answers[TINGLING_NUMBNESS]["right"],
        "calf_pain": answers.get("calf_pain"),
        "cramps": answers.get("cramps"),
        "worst_cramp": answers.get("worst_cramp") if answers.get("cramps") else None,
    }


def stored_answer(check: DailyCheck, question: str) -> object:
    if question == TINGLING_NUMBNESS:
        return {"left": check.tingling_numbness_left, "right": check.tingling_numbness_right}
    return getattr(check, question)


def help_or(request: HttpRequest, check: DailyCheck, address: str) -> HttpResponse:
    """To Help, where both legs are news and may not wait; otherwise elsewhere."""
    if not is_newly_bilateral(check):
        return redirect(address)
    return warn_and_redirect(request, BOTH_LEGS, reverse("safety:help"))
