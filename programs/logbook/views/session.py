"""The session from page to page: pain before, each exercise, pain at worst and now."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from uuid_utils.compat import uuid7

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion, Side
from programs.care.queries import current_plan
from programs.care.rules.session import SessionExercise, shortened
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.logbook.actions import ResultInput, record_session, results_of
from programs.logbook.forms.answer_fields import pain_field
from programs.logbook.forms.records import QuestionForm, RecordForm
from programs.logbook.forms.sessions import ResultForm, spread_field
from programs.logbook.models import GuidedSession
from programs.logbook.queries import ruled_out_since, todays_session
from programs.logbook.rules import SESSION_KEY, SHORT_KEY, SKIPPED, STOPPED, SessionDraft
from programs.logbook.views import show
from programs.logbook.views.gate import before_exercise, while_on_hold

WORST, NOW, MOVED = _AFTER = ("pain_peak", "pain_after", "spread")
"""What is asked after the exercises, in order."""
_STORED = ("pain_before", *_AFTER)
"""What the pages ask of a session as a whole, each by the name of the field that it is stored in."""
SAVED_BEFORE = "This session was saved before, with another answer. What was saved first stands."
_IN_ADDRESS = {NOW: "now", MOVED: "moved"}


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A session under way, with the plan version it began with."""

    draft: SessionDraft
    plan: Plan
    version: PlanVersion

    @property
    def exercises(self) -> tuple[SessionExercise, ...]:
        return self.draft.todays.exercises

    def results(self) -> list[ResultInput]:
        return results_of(self.draft.todays, self.plan.side, self.draft.result_of)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_start(request: HttpRequest) -> HttpResponse:
    """Pain before; or, where a session was left before its end, the choice to take it up again.

    With `?short=1` for somebody with little time: the session has fewer exercises.
    """
    patient, now = cast(User, request.user), timezone.now()
    if "start_again" in request.POST:
        request.session.pop(SESSION_KEY, None)
        return redirect("logbook:session_start")
    under_way = _under_way(request)
    if under_way is not None and under_way.draft.results:
        context = {
            "draft": under_way.draft,
            "count": len(under_way.exercises),
            "can_go_on": under_way.draft.can_go_on(now) and while_on_hold(patient) is None,
            "next_number": under_way.draft.first_open,
        }
        return show(request, "logbook/session_unfinished.html", context, under_way.plan.clinic)
    # With the pain answered it goes on as it was begun; only whoever would change the answer sees it again.
    is_change = request.method == "POST" or "change" in request.GET
    if under_way is not None and under_way.draft.can_go_on(now) and not is_change:
        return _to_first_open(under_way.draft)
    current = current_plan(patient)
    if current is None:
        return redirect("home:start")
    label = f"How bad is the pain in your {legs_of(current.plan)} right now?"
    session_id = under_way.draft.session_id if under_way else uuid7()
    form = question_form(request, "pain_before", pain_field(label), session_id)
    if form.is_valid():
        session_id = form.cleaned_data["record_id"]
        if sessions_of(patient).filter(pk=session_id).exists():
            return to_stored(request)
    is_short, today = "short" in request.GET, local_day(now, patient.time_zone)
    if elsewhere := before_exercise(patient, now):
        if while_on_hold(patient) is not None:
            request.session.pop(SHORT_KEY, None)
        elif is_short:
            # What has to be answered first leads back without it. It is a wish for this day.
            request.session[SHORT_KEY] = today.isoformat()
        return elsewhere
    if request.method == "GET":
        wished_on = request.session.pop(SHORT_KEY, "")
        if wished_on == today.isoformat() and not is_short:
            return redirect(reverse("logbook:session_start", query={"short": 1}))
    todays = whole = todays_session(current, today, now)
    if not whole.exercises or whole.was_too_much:
        return redirect("home:start")  # where it says why there is nothing to do
    if is_short:
        todays = shortened(whole)
    if form.is_valid():
        draft = SessionDraft(session_id, current.version.pk, current.stage.number, now, now, todays)
        _keep(request, draft.with_pain("pain_before", form.answer))
        return redirect("logbook:session_exercise", 1)
    context = {"form": form, "short": todays if todays.set_aside else None, "whole": whole}
    return show(request, "logbook/session_start.html", context, current.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_exercise(request: HttpRequest, number: int) -> HttpResponse:
    """One exercise of the session: how to do it, and how it went."""
    patient, now = cast(User, request.user), timezone.now()
    under_way = _under_way(request)
    if under_way is None or not under_way.draft.can_go_on(now):
        return to_stored(request)
    # What was done is written down, whatever has come up since; only what is still to do waits.
    if request.method != "POST":
        if elsewhere := before_exercise(patient, now):
            return elsewhere
        if over := ruled_out_since(under_way.draft, patient):
            draft = under_way.draft.without(over)
            _keep(request, draft)
            messages.info(request, next(iter(over.values())))
            return _to_first_open(draft)
    exercises = under_way.exercises
    if not 1 <= number <= len(exercises):
        raise Http404
    today = exercises[number - 1]
    prescribed = today.prescribed
    sides = prescribed.sides_for(under_way.plan.side, patient.first_leg)
    written = under_way.draft.results.get(prescribed.slug)
    form = ResultForm(
        sides,
        today.is_nerve_glide,
        request.POST if request.method == "POST" else None,
        initial={
            "record_id": under_way.draft.session_id,
            "sides": [side for side in sides if not written or written.outcome(side) != SKIPPED],
            "pain_peak": written and written.pain_peak,
            "tingling": written and written.tingling,
        },
    )
    if form.is_valid():
        if form.cleaned_data["record_id"] != under_way.draft.session_id:
            return to_stored(request)
        _keep(request, under_way.draft.with_result(prescribed.slug, form.result(), now))
        if on_hold := while_on_hold(patient):
            return on_hold
        if form.cleaned_data["outcome"] == STOPPED:
            return redirect("logbook:session_pause")
        if number == len(exercises):
            return redirect("logbook:session_after")
        return redirect("logbook:session_exercise", number + 1)
    context = {
        "form": form,
        "today": today,
        "factor": under_way.draft.todays.factor,
        "prescribed": prescribed,
        "exercise": Exercise.objects.get(pk=prescribed.exercise_id),
        "plan": under_way.plan,
        "number": number,
        "exercises": exercises,
        "written": written,
        "said": _said_before(under_way.draft) if number == 1 and not under_way.draft.results else "",
        "is_short": under_way.draft.is_short,
    }
    return show(request, "logbook/session_exercise.html", context, under_way.plan.clinic)


@page_for("patient")
@require_safe
def session_pause(request: HttpRequest) -> HttpResponse:
    """After "it hurt more": rest, warning signs, then on or to the end."""
    under_way = _under_way(request)
    if under_way is None:
        return to_stored(request)
    context = {
        "plan": under_way.plan,
        "emergency_number": under_way.plan.clinic.emergency_number,
        "next_number": None if while_on_hold(cast(User, request.user)) else under_way.draft.first_open,
    }
    return show(request, "logbook/session_pause.html", context, under_way.plan.clinic)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def session_after(request: HttpRequest) -> HttpResponse:
    """The worst pain, the pain now, whether it moved along the leg; the last answer stores the session."""
    now = timezone.now()
    under_way = _under_way(request)
    if under_way is None:
        return to_stored(request)
    draft, legs = under_way.draft, legs_of(under_way.plan)
    step = next((step for step in _IN_ADDRESS if _IN_ADDRESS[step] in request.GET), WORST)
    open_step = next((step for step in _AFTER if step not in draft.pain), _AFTER[-1])
    if _AFTER.index(step) > _AFTER.index(open_step):
        return redirect(_after_address(open_step))
    questions: dict[str, forms.Field] = {
        WORST: pain_field(f"What was the worst pain in your {legs} while you exercised?"),
        NOW: pain_field(f"How bad is the pain in your {legs} now?"),
        MOVED: spread_field(),
    }
    form = question_form(request, step, questions[step], draft.session_id)
    if form.is_valid():
        if form.cleaned_data["record_id"] != draft.session_id:
            return to_stored(request)
        if step != MOVED:
            draft = draft.with_pain(step, form.answer)
            _keep(request, draft)
            return redirect(_after_address(_AFTER[_AFTER.index(step) + 1]))
        try:
            session, _ = record_session(
                plan=under_way.plan,
                session_id=draft.session_id,
                plan_version=under_way.version,
                stage_number=draft.stage_number,
                started_at=draft.started_at,
                finished_at=draft.changed_at,
                pain_before=draft.pain["pain_before"],
                pain_peak=draft.pain[WORST],
                pain_after=draft.pain[NOW],
                spread=form.answer or "",
                results=under_way.results(),
                kind=GuidedSession.Kind.SHORT if draft.is_short else GuidedSession.Kind.GUIDED,
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
        "earlier_step": None if step == WORST else _after_address(_AFTER[_AFTER.index(step) - 1]),
        "can_go_on": draft.can_go_on(now),
        "back_number": draft.first_open or len(under_way.exercises),
    }
    return show(request, "logbook/session_after.html", context, under_way.plan.clinic)


def _said_before(draft: SessionDraft) -> str:
    """The pain before as it was said, so that a slip can be put right while nothing is done yet."""
    pain = draft.pain["pain_before"]
    return "You did not say how bad the pain is." if pain is None else f"You said {pain}."


def _to_first_open(draft: SessionDraft) -> HttpResponse:
    if draft.first_open is None:
        return redirect("logbook:session_after")
    return redirect("logbook:session_exercise", draft.first_open)


def _after_address(step: str) -> str:
    named = {_IN_ADDRESS[step]: ""} if step in _IN_ADDRESS else {}
    return reverse("logbook:session_after", query=named)


def question_form(
    request: HttpRequest, name: str, question: forms.Field, session_id: UUID, *, may_decline: bool = True
) -> QuestionForm:
    """A question about a session; it may be left out: "I would rather not say"."""
    return QuestionForm(
        name,
        question,
        request.POST if request.method == "POST" else None,
        initial={"record_id": session_id},
        may_decline=may_decline,
    )


def sessions_of(patient: User) -> QuerySet[GuidedSession]:
    """The patient's own."""
    return GuidedSession.objects.visible_to(patient).filter(patient=patient)


def _keep(request: HttpRequest, draft: SessionDraft) -> None:
    request.session[SESSION_KEY] = draft.to_json()


def _under_way(request: HttpRequest) -> _UnderWay | None:
    values = request.session.get(SESSION_KEY)
    # One begun before sessions were adapted knows nothing of what it is made of.
    if values is None or "todays" not in values:
        return None
    draft, patient = SessionDraft.from_json(values), cast(User, request.user)
    versions = PlanVersion.objects.visible_to(patient).filter(plan__patient=patient)
    version = versions.select_related("plan__clinic", "plan__patient").filter(pk=draft.version_id).first()
    if version is None:
        return None
    return _UnderWay(draft, version.plan, version)


def to_stored(
    request: HttpRequest, otherwise: str = "logbook:session_start", *, is_other: bool = False
) -> HttpResponse:
    """For a page whose session is not the one under way: to the stored one, or to where one begins.

    is_other: what was sent is known not to be what is stored; of pain it is found out here.
    """
    form = RecordForm(request.POST)
    if form.is_valid():
        stored = sessions_of(cast(User, request.user)).filter(pk=form.cleaned_data["record_id"]).first()
        if stored is not None:
            if is_other or _says_otherwise(request, stored):
                messages.warning(request, SAVED_BEFORE)
            return redirect("logbook:session_done", stored.pk)
    return redirect(otherwise)


def _says_otherwise(request: HttpRequest, stored: GuidedSession) -> bool:
    """Whether what a page sends about the session as a whole is not what is stored of it."""
    declined = "declined" in request.POST
    said = {name: "" if declined else request.POST[name] for name in _STORED if name in request.POST}
    kept = {name: getattr(stored, name) for name in said}
    return any(said[name] != ("" if kept[name] is None else str(kept[name])) for name in said)


def legs_of(plan: Plan) -> str:
    """Whose pain is asked for: "legs" where both are affected."""
    return "legs" if plan.side == Side.BOTH else f"{plan.side} leg"
