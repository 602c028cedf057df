"""The end of a session: what was stored, in one true sentence, and two questions that hold nothing up."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import User
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules.response import RED, Light, above_the_limit
from programs.care.rules.session import WALKING, next_planned_day
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import add_to_session, mark_of_note
from programs.logbook.forms.sessions import EffortForm, SessionNoteForm
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.queries import responses_to, result_lines, todays_session
from programs.logbook.queries.responses import lights_of
from programs.logbook.rules import day_in_words, pain_change, short_day
from programs.logbook.views import show
from programs.logbook.views.session import sessions_of
from programs.safety.queries import Holds, holds_of

SAVED = "Your session is saved."
KEPT = "Thank you. Your care team can read this."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_done(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What was stored. How hard it was, and a note, are added to it one by one."""
    patient, now = cast(User, request.user), timezone.now()
    found = sessions_of(patient).select_related("clinic", "plan_version__plan")
    session = get_object_or_404(found.prefetch_related("results__exercise"), pk=session_id)
    form = _form(request)
    if form is not None and form.is_valid():
        try:
            add_to_session(
                session=session,
                effort=form.cleaned_data.get("effort"),
                note=form.cleaned_data.get("note"),
                now=now,
                seen=request.POST.get("seen", ""),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            session.refresh_from_db(fields=["effort", "note"])  # another window may have said more
        else:
            messages.success(request, KEPT)
            return redirect("logbook:session_done", session.pk)
    today = local_day(now, patient.time_zone)
    current = current_plan(patient)
    # While an answer lets nobody exercise, no day is promised.
    holds = holds_of(patient)
    is_held = holds.is_stopped
    next_on = None if current is None or is_held else next_planned_day(current.stage, today)
    response = next(iter(responses_to([session])), None)
    worst = response.worst if response else session.pain_peak
    before, after = session.pain_before, session.pain_after
    results = list(session.results.all())
    light = response.light if response else _light_of_nothing(session)
    may_have_hurt = _may_have_hurt(session, results) or (light is not None and light.colour == RED)
    has_more = current is not None and not is_held and _has_more(current, today, now, holds)
    context = {
        "session": session,
        "light": light,
        # The plan keeps no limit but today's, which says nothing of an older session.
        "above_the_limit": above_the_limit(worst, session.plan_version.plan.pain_limit)
        if session.performed_on == today
        else "",
        "sentence": _heading(before, after),
        "short_day": _short_day(results) if session.kind == GuidedSession.Kind.SHORT else "",
        "is_higher": before is not None and after is not None and after > before,
        "may_have_hurt": may_have_hurt,
        "is_of_today": session.performed_on == today,
        "lines": result_lines(session),
        "picture_of": next((each.exercise for each in results if each.outcome in _DONE), None),
        "is_still_planned": has_more and session.performed_on < today,
        "comes_again": has_more and session.performed_on == today and not may_have_hurt,
        "next_in_words": "" if next_on is None else day_in_words(next_on, today),
        "form": form,
        "effort_form": form if isinstance(form, EffortForm) else EffortForm(),
        "note_form": form
        if isinstance(form, SessionNoteForm)
        else SessionNoteForm(initial={"note": session.note}),
        "seen": mark_of_note(session.note),
        "may_change": local_day(session.received_at, patient.time_zone) == today,
    }
    return show(request, "logbook/session_done.html", context, session.clinic)


def _light_of_nothing(session: GuidedSession) -> Light | None:
    """That of a session of which nothing was done, where it was too much all the same; else none."""
    light, _ = lights_of(session, None)
    return light if light.colour == RED else None


def _may_have_hurt(session: GuidedSession, results: list[ExerciseResult]) -> bool:
    """Whether something was stopped; on paper, where nobody said why, whether a part was left out."""
    outcomes = {each.outcome for each in results}
    if session.kind == GuidedSession.Kind.PAPER:
        return outcomes != {ExerciseResult.Outcome.DONE}
    return ExerciseResult.Outcome.STOPPED in outcomes


def _has_more(current: CurrentPlan, today: date, now: datetime, holds: Holds) -> bool:
    """Whether something is due today, or still is; as Today says it."""
    if not current.stage.planned_on(today):
        return False
    todays = todays_session(current, today, now, holds)
    return bool(todays.exercises) and not todays.is_done


def _heading(before: int | None, after: int | None) -> str:
    """What the two scores say; one alone says little of how it went."""
    said = pain_change(before, after)
    if before is not None and after is not None:
        return said
    return f"{SAVED} {said}".strip()


_DONE = (ExerciseResult.Outcome.DONE, ExerciseResult.Outcome.PARTLY)


def _form(request: HttpRequest) -> forms.Form | None:
    """What was sent: the note, or else how hard it was."""
    if request.method != "POST":
        return None
    return SessionNoteForm(request.POST) if "note" in request.POST else EffortForm(request.POST)


def _short_day(results: list[ExerciseResult]) -> str:
    """How much was done of the day's moves: neither walks nor what was to be left out are counted."""
    moves: dict[UUID, list[str]] = {}
    for result in results:
        if result.advised_share and result.exercise.category != WALKING:
            moves.setdefault(result.exercise_id, []).append(result.outcome)
    done = sum(set(outcomes) == {ExerciseResult.Outcome.DONE} for outcomes in moves.values())
    skipped = sum(set(outcomes) == {ExerciseResult.Outcome.SKIPPED} for outcomes in moves.values())
    return short_day(done, len(moves) - done - skipped, len(moves))
