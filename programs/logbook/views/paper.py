"""A session done with the paper sheet: which day and how much of it, what hurt, then how the leg was."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from uuid_utils.compat import uuid7

from programs.accounts.models import User
from programs.care.models import PlanVersion
from programs.care.queries import current_plan, followed_on
from programs.care.rules.session import WHOLE
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import ResultInput, record_session
from programs.logbook.forms.answer_fields import answer_field, pain_field
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.rules import PAPER_KEY, PaperDraft, exercises_for
from programs.logbook.views import show
from programs.logbook.views.session import legs_of, question_form, sessions_of, to_stored

ALL_TODAY, PART_TODAY = "all_today", "part_today"
ALL_YESTERDAY, PART_YESTERDAY = "all_yesterday", "part_yesterday"
STOPPED_TODAY, STOPPED_YESTERDAY = "stopped_today", "stopped_yesterday"
_OF_TODAY = [(ALL_TODAY, "All of it, today"), (PART_TODAY, "Part of it, today")]
_OF_YESTERDAY = [(ALL_YESTERDAY, "All of it, yesterday"), (PART_YESTERDAY, "Part of it, yesterday")]
_STOPPED_TODAY = [(STOPPED_TODAY, "I stopped today, it hurt more")]
_STOPPED_YESTERDAY = [(STOPPED_YESTERDAY, "I stopped yesterday, it hurt more")]
NOT_SURE = "not_sure"
_NOT_SURE = [(NOT_SURE, "I am not sure which")]
_DAY = timedelta(days=1)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def paper_session(request: HttpRequest) -> HttpResponse:
    """Which day, and how much of it. Asked of everybody with a plan: what happened is always stored."""
    patient, now = cast(User, request.user), timezone.now()
    current = current_plan(patient)
    if current is None:
        return redirect("home:start")
    today = local_day(now, patient.time_zone)
    has_yesterday = local_day(current.plan.started_at, patient.time_zone) < today
    choices = _OF_TODAY + _STOPPED_TODAY
    if has_yesterday:
        choices = _OF_TODAY + _OF_YESTERDAY + _STOPPED_TODAY + _STOPPED_YESTERDAY
    question = answer_field("Which day, and how did it go?", choices)
    form = question_form(request, "which", question, uuid7(), may_decline=False)
    if form.is_valid():
        session_id, which = form.cleaned_data["record_id"], form.answer
        day = today - _DAY if which in dict(_OF_YESTERDAY + _STOPPED_YESTERDAY) else today
        stored = sessions_of(patient).filter(pk=session_id).first()
        if stored is not None:
            return to_stored(request, is_other=stored.performed_on != day)
        is_stopped = which in (STOPPED_TODAY, STOPPED_YESTERDAY)
        draft = PaperDraft(session_id, day, which in (ALL_TODAY, ALL_YESTERDAY), is_stopped)
        request.session[PAPER_KEY] = draft.to_json()
        return redirect("logbook:paper_hurt" if is_stopped else "logbook:paper_pain")
    return show(request, "logbook/paper.html", {"form": form, "back": "home:start"}, current.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def paper_hurt(request: HttpRequest) -> HttpResponse:
    """Which exercise hurt, of those of the day, where the session was stopped for it."""
    patient = cast(User, request.user)
    values, current = request.session.get(PAPER_KEY), current_plan(patient)
    if values is None or current is None:
        return to_stored(request, "logbook:paper_session")
    draft = PaperDraft.from_json(values)
    if not draft.is_stopped or draft.day < local_day(current.plan.started_at, patient.time_zone):
        return redirect("logbook:paper_session")
    version, stage_number = followed_on(current.plan, draft.day)
    planned = exercises_for(version.stage(stage_number), draft.day)
    question = answer_field("Which one hurt?", [(each.slug, each.name) for each in planned] + _NOT_SURE)
    form = question_form(request, "hurt", question, draft.session_id, may_decline=False)
    if form.is_valid():
        if form.cleaned_data["record_id"] != draft.session_id:
            return to_stored(request, "logbook:paper_session")
        hurt = "" if form.answer == NOT_SURE else form.answer
        request.session[PAPER_KEY] = replace(draft, hurt=hurt).to_json()
        return redirect("logbook:paper_pain")
    context = {"form": form, "back": "logbook:paper_session"}
    return show(request, "logbook/paper.html", context, current.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def paper_pain(request: HttpRequest) -> HttpResponse:
    """The pain of now, or after a session of an earlier day; the answer stores the session."""
    patient, now = cast(User, request.user), timezone.now()
    values, current = request.session.get(PAPER_KEY), current_plan(patient)
    if values is None or current is None:
        return to_stored(request, "logbook:paper_session")
    draft, legs = PaperDraft.from_json(values), legs_of(current.plan)
    if draft.day < local_day(current.plan.started_at, patient.time_zone):
        return redirect("logbook:paper_session")  # the plan has been replaced meanwhile
    is_of_today = draft.day == local_day(now, patient.time_zone)
    label = f"How bad is the pain in your {legs} now?"
    if not is_of_today:
        label = f"How bad was the pain in your {legs} after it?"
    form = question_form(request, "pain_after", pain_field(label), draft.session_id)
    if form.is_valid():
        if form.cleaned_data["record_id"] != draft.session_id:
            return to_stored(request, "logbook:paper_session")
        at = now if is_of_today else _noon_of(draft.day, patient)
        version, stage_number = followed_on(current.plan, draft.day)
        try:
            session, _ = record_session(
                plan=current.plan,
                session_id=draft.session_id,
                plan_version=version,
                stage_number=stage_number,
                started_at=at,
                finished_at=at,
                pain_before=None,
                pain_peak=None,
                pain_after=form.answer,
                results=_results(version, stage_number, current.plan.side, draft),
                note="",
                now=now,
                kind=GuidedSession.Kind.PAPER,
                is_stopped=draft.is_stopped,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            request.session.pop(PAPER_KEY, None)
            return redirect("logbook:session_done", session.pk)
    back = "logbook:paper_hurt" if draft.is_stopped else "logbook:paper_session"
    return show(request, "logbook/paper.html", {"form": form, "back": back}, current.plan.clinic)


def _noon_of(day: date, patient: User) -> datetime:
    """Nobody is asked for the hour of a day that is over."""
    return datetime.combine(day, time(12), ZoneInfo(patient.time_zone)).astimezone(UTC)


def _results(version: PlanVersion, stage_number: int, side: str, draft: PaperDraft) -> list[ResultInput]:
    """Each exercise that the plan had on the day, done or in part, and the one that hurt as stopped.

    That is what stands on a sheet of paper, with the whole dose of each: what was said since takes nothing
    out of what was done.
    """
    outcome = ExerciseResult.Outcome.DONE if draft.is_whole else ExerciseResult.Outcome.PARTLY
    return [
        ResultInput(
            exercise=each.slug,
            side=leg,
            outcome=ExerciseResult.Outcome.STOPPED if each.slug == draft.hurt else outcome,
            advised_share=WHOLE,
        )
        for each in exercises_for(version.stage(stage_number), draft.day)
        for leg in each.sides_for(side)
    ]
