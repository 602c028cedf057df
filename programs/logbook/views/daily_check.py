"""The Daily check: one question a page."""

from datetime import date
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from uuid_utils.compat import uuid7

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Side
from programs.care.queries import current_plan
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import record_daily_check
from programs.logbook.forms import TINGLING_NUMBNESS, QuestionForm, daily_check_questions
from programs.logbook.models import DailyCheck
from programs.logbook.queries import is_newly_bilateral
from programs.logbook.rules import CHECK_KEY, CheckDraft
from programs.logbook.views import show

SAVED = "Thank you. Your daily check is saved."
SENT_BEFORE = "You sent this check before, with another answer. Please answer once more: both are kept."
BOTH_LEGS = "If pain, tingling or numbness down both legs is new or worse, please get help now."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def daily_check(request: HttpRequest) -> HttpResponse:
    """One question a page; the last answer stores the check."""
    patient, now = cast(User, request.user), timezone.now()
    clinic, plan = clinic_of(patient, Role.PATIENT), current_plan(patient)
    today = local_day(now, patient.time_zone)
    questions = daily_check_questions(Side(plan.plan.side) if plan else None)
    names = list(questions)
    draft = _check_draft(request, today)
    is_fresh = request.method == "GET" and draft is None and "again" not in request.GET
    if is_fresh and _checks_of(patient).filter(recorded_on=today).exists():
        return show(request, "logbook/daily_check_answered.html", {}, clinic)
    number = _question_number(request, len(names))
    reached = (draft.first_open(names) or len(names)) if draft else 1
    if request.method == "GET" and number > reached:
        return redirect(_question_address(reached))
    name = names[number - 1]
    form = QuestionForm(
        name,
        questions[name],
        request.POST if request.method == "POST" else None,
        initial={"record_id": draft.check_id if draft else uuid7()},
    )
    if form.is_valid():
        check_id = form.cleaned_data["record_id"]
        if stored := _checks_of(patient).filter(pk=check_id).first():
            if _stored_answer(stored, name) == form.answer:
                return _check_stored(request, stored)
            return _answer_once_more(request)
        if draft is None or draft.check_id != check_id:
            draft = CheckDraft(check_id, today)
        draft = draft.with_answer(name, form.answer)
        request.session[CHECK_KEY] = draft.to_json()
        if open_number := draft.first_open(names):
            return redirect(_question_address(open_number))
        try:
            stored, _ = record_daily_check(
                clinic=clinic,
                patient=patient,
                check_id=check_id,
                recorded_on=draft.day,
                worst_leg_pain=draft.answers["worst_leg_pain"],
                worst_back_pain=draft.answers["worst_back_pain"],
                reach_left=draft.answers.get("reach_left"),
                reach_right=draft.answers.get("reach_right"),
                tingling_numbness_left=draft.answers[TINGLING_NUMBNESS]["left"],
                tingling_numbness_right=draft.answers[TINGLING_NUMBNESS]["right"],
                now=now,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return _check_stored(request, stored)
    context = {
        "form": form,
        "ladder_side": name.removeprefix("reach_") if name.startswith("reach_") else "",
        "is_body_map": name == TINGLING_NUMBNESS,
        "number": number,
        "parts": names,
        "back": _question_address(number - 1),
    }
    return show(request, "logbook/daily_check.html", context, clinic)


def _checks_of(patient: User) -> QuerySet[DailyCheck]:
    return DailyCheck.objects.visible_to(patient).filter(patient=patient)


def _check_draft(request: HttpRequest, today: date) -> CheckDraft | None:
    """The check begun today, if any: one begun yesterday asked about other 24 hours."""
    values = request.session.get(CHECK_KEY)
    draft = CheckDraft.from_json(values) if values else None
    return draft if draft and draft.day == today else None


def _stored_answer(check: DailyCheck, question: str) -> object:
    if question == TINGLING_NUMBNESS:
        return {"left": check.tingling_numbness_left, "right": check.tingling_numbness_right}
    return getattr(check, question)


def _answer_once_more(request: HttpRequest) -> HttpResponse:
    """A page left open in a second window was answered differently: that must not be lost unsaid."""
    request.session.pop(CHECK_KEY, None)
    messages.warning(request, SENT_BEFORE)
    return redirect(reverse("logbook:daily_check", query={"again": 1}))


def _check_stored(request: HttpRequest, check: DailyCheck) -> HttpResponse:
    """On to Today; or to Help, where both legs are news and may not wait."""
    request.session.pop(CHECK_KEY, None)
    messages.success(request, SAVED)
    if not is_newly_bilateral(check):
        return redirect("home:start")
    messages.warning(request, BOTH_LEGS)
    return redirect("safety:help")


def _question_number(request: HttpRequest, count: int) -> int:
    asked = request.GET.get("question", "1")
    return min(max(int(asked), 1), count) if asked.isdecimal() else 1


def _question_address(number: int) -> str:
    return reverse("logbook:daily_check", query={"question": number}) if number else reverse("home:start")
