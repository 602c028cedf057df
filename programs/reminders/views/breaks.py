"""Movement breaks: how the day goes, what is wished for, and a pause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.queries import CurrentPlan, current_plan
from programs.delivery.models import PushSubscription
from programs.lib.permissions import page_for
from programs.reminders.actions import (
    draft_break_rule,
    pause_breaks,
    record_movement,
    return_to_wish,
    review_breaks,
    set_break_rule,
)
from programs.reminders.forms import BreakForm, MovedForm, PauseForm, ReviewForm, windows_in_fields
from programs.reminders.models import BreakRule, MovementBreak
from programs.reminders.queries import (
    day_of_breaks,
    easing_of,
    is_review_due,
    next_prompt_in_words,
    preview,
)
from programs.reminders.render.day import day_strip, mark_picture
from programs.reminders.rules import MOST_A_DAY, Slot, when_in_words
from programs.reminders.views.prompt import reply
from programs.safety.queries import holds_of

WORKING_DAYS = range(5)
WORKING_HOURS = (time(9), time(17))
DEFAULT_MINUTES = 30
SHOWN_DAYS, LOOKED_AT_DAYS = 3, 8


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """The prompts of one day that is still to come."""

    name: str
    times: Sequence[str]


@page_for("patient")
@require_http_methods(["GET", "POST"])
def breaks(request: HttpRequest) -> HttpResponse:
    """How today's breaks go, when to be prompted to move, and when the next prompt comes.

    With `preview` it shows the prompts of what is in the form, and saves nothing.
    """
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    rule = BreakRule.objects.visible_to(patient).filter(patient=patient).first()
    plan = current_plan(patient)
    form = _form(request, patient, rule, plan)
    draft = None
    if form.is_bound:
        saves = form.is_valid() and "preview" not in request.POST
        try:
            if saves:
                set_break_rule(
                    clinic=clinic,
                    patient=patient,
                    now=now,
                    confirmed=form.cleaned_data["confirmed"],
                    **form.wishes,
                )
                messages.success(request, "Your movement breaks are saved.")
                return redirect("reminders:breaks")
            # Also where something is wrong already, so that everything is said at once.
            draft = draft_break_rule(clinic=clinic, patient=patient, now=now, **form.wishes)
        except ValidationError as error:
            form.add_errors(error)
    record_access(actor=patient, clinic=clinic, patients=[patient], door="reminders:breaks", now=now)
    if form.is_bound and "HX-Request" in request.headers:
        found = None if form.errors else draft
        return render(request, "reminders/preview.html", {"form": form, **_previewed(found, now, draft=True)})
    shown = draft if draft and not form.errors else rule
    day = day_of_breaks(patient, rule, now)
    context = {
        "clinic": clinic,
        "holds": holds_of(patient),
        "form": form,
        "is_on": rule is not None and rule.enabled,
        "paused_until": _paused_until(rule, now),
        "next_prompt": next_prompt_in_words(rule, now),
        "day": day,
        "strip": day_strip(day.strip, day.sentence),
        "legend": [(mark_picture(kind), words, count) for kind, words, count in day.kinds],
        "break_id": uuid4(),
        "easing": easing_of(rule) if rule and rule.enabled else None,
        "asks_review": rule is not None and rule.enabled and is_review_due(rule, now),
        "suggested": plan.stage.break_interval_minutes if plan else None,
        **_previewed(shown, now, draft=shown is not rule),
    }
    return render(request, "reminders/breaks.html", context, status=422 if form.errors else 200)


@page_for("patient")
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """No prompts for a while, or on with them; from the page of the breaks or from a prompt in any page."""
    patient, now = cast(User, request.user), timezone.now()
    rule = get_object_or_404(BreakRule.objects.visible_to(patient), patient=patient)
    form = PauseForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(PauseForm.PROBLEM)
        until = form.until(now, ZoneInfo(rule.time_zone))
        rule = pause_breaks(patient=patient, until=until, now=now)
    except ValidationError as error:
        return reply(request, error.messages[0], is_problem=True, elsewhere="reminders:breaks")
    said = "Your breaks are paused." if until else "Your breaks go on."
    return reply(request, f"{said} {next_prompt_in_words(rule, now)}", elsewhere="reminders:breaks")


@page_for("patient")
@require_POST
def moved(request: HttpRequest) -> HttpResponse:
    """The patient has just moved, without having been asked."""
    patient, now, form = cast(User, request.user), timezone.now(), MovedForm(request.POST)
    if not form.is_valid():
        messages.error(request, MovedForm.PROBLEM)
        return redirect("reminders:breaks")
    try:
        record_movement(
            clinic=clinic_of(patient, Role.PATIENT),
            patient=patient,
            source=MovementBreak.Source.MOVED,
            moved_at=now,
            now=now,
            break_id=form.cleaned_data["break_id"],
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "Well done. We have written it down.")
    return redirect("reminders:breaks")


@page_for("patient")
@require_POST
def wish(request: HttpRequest) -> HttpResponse:
    """Back to the pace that the patient has chosen; where that needs a second word, it is asked for."""
    patient, confirmed = cast(User, request.user), request.POST.get("confirmed") == "on"
    get_object_or_404(BreakRule.objects.visible_to(patient), patient=patient)
    try:
        rule = return_to_wish(patient=patient, confirmed=confirmed, now=timezone.now())
    except ValidationError as error:
        return _ask_again(request, error, {})
    messages.success(request, f"We ask every {rule.interval_minutes} minutes again.")
    return redirect("reminders:breaks")


@page_for("patient")
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """Too many prompts, or too few? Where the answer needs a second word, it is asked for."""
    patient, now = cast(User, request.user), timezone.now()
    rule = get_object_or_404(BreakRule.objects.visible_to(patient), patient=patient)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, ReviewForm.PROBLEM)
        return redirect("reminders:breaks")
    before = rule.interval_minutes
    try:
        rule = review_breaks(patient=patient, now=now, **form.cleaned_data)
    except ValidationError as error:
        return _ask_again(request, error, {"answer": form.cleaned_data["answer"]})
    stays = rule.interval_minutes == before
    said = "We leave it as it is." if stays else f"From now on we ask every {rule.interval_minutes} minutes."
    messages.success(request, f"Thank you. {said}")
    return redirect("reminders:breaks")


def _ask_again(request: HttpRequest, error: ValidationError, sent: dict[str, str]) -> HttpResponse:
    """The question that a yes has to answer first; "no" leads back, and nothing has changed."""
    if "confirmed" not in error.message_dict:
        messages.error(request, error.messages[0])
        return redirect("reminders:breaks")
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    record_access(
        actor=patient, clinic=clinic, patients=[patient], door="reminders:review", now=timezone.now()
    )
    context = {"clinic": clinic, "question": error.messages[0], "sent": sent}
    return render(request, "reminders/review.html", context)


def _form(request: HttpRequest, patient: User, rule: BreakRule | None, plan: CurrentPlan | None) -> BreakForm:
    suggested = plan.stage.break_interval_minutes if plan else None
    return BreakForm(
        request.POST if request.method == "POST" else None,
        initial=_wishes(rule, patient, suggested),
        takes_push=PushSubscription.objects.visible_to(patient).live().exists(),
        suggested_minutes=suggested,
    )


def _wishes(rule: BreakRule | None, patient: User, suggested: int | None) -> dict[str, Any]:
    """What the form starts with: what was saved, else working hours at the pace of the plan, switched off."""
    if rule is not None:
        return BreakForm.what_is_stored(rule)
    return {
        "enabled": False,
        "interval_minutes": suggested or DEFAULT_MINUTES,
        "weekdays": WORKING_DAYS,
        **windows_in_fields([WORKING_HOURS]),
        "by_push": True,
        "daily_cap": MOST_A_DAY,
        "time_zone": patient.time_zone,
    }


def _previewed(rule: BreakRule | None, now: datetime, *, draft: bool) -> dict[str, Any]:
    """The prompts that `rule` has to come on the next days that have any."""
    if rule is None or not rule.enabled:
        return {"coming": [], "is_draft": draft, "is_off": rule is not None}
    zone = ZoneInfo(rule.time_zone)
    today = now.astimezone(zone).date()
    names = {today: "Today", today + timedelta(days=1): "Tomorrow"}
    by_day = groupby(preview(rule, today, LOOKED_AT_DAYS), key=lambda slot: slot.day)
    coming = [
        PreviewDay(names.get(day, f"{day:%A}"), [_clock(slot, zone) for slot in slots])
        for day, slots in by_day
    ]
    return {"coming": coming[:SHOWN_DAYS], "is_draft": draft, "is_off": False}


def _clock(slot: Slot, zone: ZoneInfo) -> str:
    return f"{slot.due_at.astimezone(zone):%H:%M}"


def _paused_until(rule: BreakRule | None, now: datetime) -> str:
    if rule is None or not rule.enabled or rule.paused_until is None or rule.paused_until <= now:
        return ""
    when = when_in_words(rule.paused_until, now, ZoneInfo(rule.time_zone))
    return f"Paused until {when.removeprefix('on ')}."
