"""The session from page to page: pain before, each exercise, pain at worst and now, done."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from uuid_utils.compat import uuid7

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion, Side
from programs.care.queries import current_plan
from programs.care.rules import PrescribedExercise
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.logbook.actions import ResultInput, record_session
from programs.logbook.forms import QuestionForm, RecordForm, ResultForm, pain_field
from programs.logbook.models import GuidedSession
from programs.logbook.queries import result_lines
from programs.logbook.rules import (
    SESSION_KEY,
    SKIPPED,
    STOPPED,
    SessionDraft,
    exercises_for,
    pain_change,
)
from programs.logbook.views import show


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A session under way, with the plan version it began with and the exercises of the day it began."""

    draft: SessionDraft
    plan: Plan
    version: PlanVersion
    exercises: tuple[PrescribedExercise, ...]

    @property
    def first_open(self) -> int | None:
        return self.draft.first_open(self.exercises)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_start(request: HttpRequest) -> HttpResponse:
    """Pain before; or, where a session was left before its end, the choice to take it up again."""
    patient, now = cast(User, request.user), timezone.now()
    if "start_again" in request.POST:
        request.session.pop(SESSION_KEY, None)
        return redirect("logbook:session_start")
    under_way = _under_way(request)
    if under_way is not None and under_way.draft.results:
        context = {
            "draft": under_way.draft,
            "count": len(under_way.exercises),
            "can_go_on": under_way.draft.can_go_on(now),
            "next_number": under_way.first_open,
        }
        return show(request, "logbook/session_unfinished.html", context, under_way.plan.clinic)
    current = current_plan(patient)
    if current is None:
        return redirect("home:start")
    label = f"How bad is the pain in your {_legs(current.plan)} right now?"
    form = _pain_form(request, "pain_before", label, under_way.draft.session_id if under_way else uuid7())
    if form.is_valid():
        session_id = form.cleaned_data["record_id"]
        if _sessions_of(patient).filter(pk=session_id).exists():
            return redirect("logbook:session_done", session_id)
        draft = SessionDraft(session_id, current.version.pk, current.stage.number, now, now)
        _keep(request, draft.with_pain("pain_before", form.answer))
        return redirect("logbook:session_exercise", 1)
    return show(request, "logbook/session_start.html", {"form": form}, current.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_exercise(request: HttpRequest, number: int) -> HttpResponse:
    """One exercise of the session: how to do it, and how it went."""
    now = timezone.now()
    under_way = _under_way(request)
    if under_way is None or not under_way.draft.can_go_on(now):
        return _elsewhere(request)
    exercises = under_way.exercises
    if not 1 <= number <= len(exercises):
        raise Http404
    prescribed = exercises[number - 1]
    sides = prescribed.sides_for(under_way.plan.side)
    written = under_way.draft.results.get(prescribed.slug)
    form = ResultForm(
        sides,
        request.POST if request.method == "POST" else None,
        initial={
            "record_id": under_way.draft.session_id,
            "sides": [side for side in sides if not written or written[side] != SKIPPED],
        },
    )
    if form.is_valid():
        if form.cleaned_data["record_id"] != under_way.draft.session_id:
            return _elsewhere(request)
        _keep(request, under_way.draft.with_result(prescribed.slug, form.outcomes(), now))
        if form.cleaned_data["outcome"] == STOPPED:
            return redirect("logbook:session_pause")
        if number == len(exercises):
            return redirect("logbook:session_after")
        return redirect("logbook:session_exercise", number + 1)
    context = {
        "form": form,
        "prescribed": prescribed,
        "exercise": Exercise.objects.get(pk=prescribed.exercise_id),
        "plan": under_way.plan,
        "number": number,
        "exercises": exercises,
        "written": written,
    }
    return show(request, "logbook/session_exercise.html", context, under_way.plan.clinic)


@page_for("patient")
@require_safe
def session_pause(request: HttpRequest) -> HttpResponse:
    """After "it hurt more": rest, warning signs, then on or to the end."""
    under_way = _under_way(request)
    if under_way is None:
        return _elsewhere(request)
    context = {
        "plan": under_way.plan,
        "emergency_number": under_way.plan.clinic.emergency_number,
        "next_number": under_way.first_open,
    }
    return show(request, "logbook/session_pause.html", context, under_way.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_after(request: HttpRequest) -> HttpResponse:
    """The worst pain, then the pain now; the last answer stores the session."""
    now = timezone.now()
    under_way = _under_way(request)
    if under_way is None:
        return _elsewhere(request)
    draft, legs = under_way.draft, _legs(under_way.plan)
    is_last = "now" in request.GET
    if is_last and "pain_peak" not in draft.pain:
        return redirect("logbook:session_after")
    name, label = (
        ("pain_after", f"How bad is the pain in your {legs} now?")
        if is_last
        else ("pain_peak", f"What was the worst pain in your {legs} while you exercised?")
    )
    form = _pain_form(request, name, label, draft.session_id)
    if form.is_valid():
        if form.cleaned_data["record_id"] != draft.session_id:
            return _elsewhere(request)
        draft = draft.with_pain(name, form.answer)
        _keep(request, draft)
        if not is_last:
            return redirect(reverse("logbook:session_after", query={"now": ""}))
        try:
            session, _ = record_session(
                plan=under_way.plan,
                session_id=draft.session_id,
                plan_version=under_way.version,
                stage_number=draft.stage_number,
                started_at=draft.started_at,
                finished_at=draft.changed_at,
                pain_before=draft.pain["pain_before"],
                pain_peak=draft.pain["pain_peak"],
                pain_after=draft.pain["pain_after"],
                results=[
                    ResultInput(*each) for each in draft.all_results(under_way.exercises, under_way.plan.side)
                ],
                note="",
                now=now,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            request.session.pop(SESSION_KEY, None)
            return redirect("logbook:session_done", session.pk)
    context = {
        "form": form,
        "is_last": is_last,
        "can_go_on": draft.can_go_on(now),
        "back_number": under_way.first_open or len(under_way.exercises),
    }
    return show(request, "logbook/session_after.html", context, under_way.plan.clinic)


@page_for("patient")
@require_safe
def session_done(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What was stored, in one true sentence."""
    patient = cast(User, request.user)
    found = _sessions_of(patient).select_related("clinic")
    session = get_object_or_404(found.prefetch_related("results__exercise"), pk=session_id)
    before, after = session.pain_before, session.pain_after
    context = {
        "session": session,
        "sentence": pain_change(before, after),
        "is_higher": before is not None and after is not None and after > before,
        "lines": result_lines(session),
    }
    return show(request, "logbook/session_done.html", context, session.clinic)


def _pain_form(request: HttpRequest, name: str, label: str, session_id: UUID) -> QuestionForm:
    """A keypad that may be left out: "I would rather not say"."""
    return QuestionForm(
        name,
        pain_field(label),
        request.POST if request.method == "POST" else None,
        initial={"record_id": session_id},
        may_decline=True,
    )


def _sessions_of(patient: User) -> QuerySet[GuidedSession]:
    return GuidedSession.objects.visible_to(patient).filter(patient=patient)


def _keep(request: HttpRequest, draft: SessionDraft) -> None:
    request.session[SESSION_KEY] = draft.to_json()


def _under_way(request: HttpRequest) -> _UnderWay | None:
    values = request.session.get(SESSION_KEY)
    if values is None:
        return None
    draft, patient = SessionDraft.from_json(values), cast(User, request.user)
    versions = PlanVersion.objects.visible_to(patient).filter(plan__patient=patient)
    version = versions.select_related("plan__clinic", "plan__patient").filter(pk=draft.version_id).first()
    if version is None:
        return None
    day = local_day(draft.started_at, patient.time_zone)
    return _UnderWay(draft, version.plan, version, exercises_for(version.stage(draft.stage_number), day))


def _elsewhere(request: HttpRequest) -> HttpResponse:
    """For a page whose session is not the one under way: to the stored one, or to the start."""
    form = RecordForm(request.POST)
    if form.is_valid():
        session_id = form.cleaned_data["record_id"]
        if _sessions_of(cast(User, request.user)).filter(pk=session_id).exists():
            return redirect("logbook:session_done", session_id)
    return redirect("logbook:session_start")


def _legs(plan: Plan) -> str:
    return "legs" if plan.side == Side.BOTH else f"{plan.side} leg"
