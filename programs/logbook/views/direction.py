"""The direction check: the leg before and after one small move."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import User
from programs.care.models import Side
from programs.care.queries import current_plan
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import record_direction_try
from programs.logbook.forms.abilities import GENTLER, NOT_DONE, direction_questions
from programs.logbook.models import DirectionTry
from programs.logbook.queries import direction_finding
from programs.logbook.rules import DIRECTION_KEY
from programs.logbook.views import show
from programs.logbook.views.gate import before_trying
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

NO_CHECK = "Your plan has no check of this kind. You can ask your care team."
NOT_DONE_SENTENCE = "That is fine. Nothing is saved. You can come back to it when you like."
SAVED = "Thank you. Your try is saved."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def direction(request: HttpRequest) -> HttpResponse:
    """The next move to try, question by question; where nothing is to be tried, what was found."""
    patient, now = cast(User, request.user), timezone.now()
    today, current = local_day(now, patient.time_zone), current_plan(patient)
    standing = direction_finding(current.plan, today) if current else None
    if current is None or standing is None:
        return warn_and_redirect(request, NO_CHECK, reverse("home:start"))
    # What was tried already is stored all the same.
    if request.method != "POST" and (elsewhere := before_trying(patient, now)):
        return elsewhere
    plan, move, address = current.plan, standing.next_try, reverse("logbook:direction")
    rows = DirectionTry.objects.visible_to(patient).filter(patient=patient)
    if move is None or standing.is_too_soon or (request.method == "GET" and "question" not in request.GET):
        context = {
            "plan": plan,
            "standing": standing,
            "words": {each["code"]: each["words"] for each in standing.check.outcomes},
            "tries": rows.filter(tried_on__gte=local_day(plan.started_at, patient.time_zone)),
        }
        return show(request, "logbook/direction.html", context, plan.clinic)

    def store(try_id: UUID, answers: Mapping[str, Any]) -> DirectionTry:
        gentler = answers["move"] == GENTLER and move.gentler
        row, _ = record_direction_try(
            plan=plan,
            try_id=try_id,
            direction=move.direction,
            exercise=gentler or move.exercise,
            tried_on=today,
            reach_before=answers["reach_before"],
            pain_before=answers["pain_before"],
            reach_after=answers["reach_after"],
            pain_after=answers["pain_after"],
            now=now,
        )
        return row

    def after(row: DirectionTry) -> HttpResponse:
        messages.success(request, SAVED)
        return redirect(address)

    def at_once(name: str, answer: object) -> HttpResponse | None:
        if (name, answer) != ("move", NOT_DONE):
            return None
        request.session.pop(DIRECTION_KEY, None)
        messages.info(request, NOT_DONE_SENTENCE)
        return redirect(address)

    leg = "worse" if plan.side == Side.BOTH else plan.side
    questions = Questions(
        title=standing.check.name,
        session_key=DIRECTION_KEY,
        day=today,
        fields=direction_questions(leg, move.exercise.name),
        address=address,
        back=address,
        rows=rows,
        stored_answer=lambda row, name: getattr(row, name, None),
        store=store,
        after=after,
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, address),
        at_once=at_once,
        beside=lambda name: {"move": move} if name == "move" else {},
    )
    return ask(request, questions, plan.clinic)
