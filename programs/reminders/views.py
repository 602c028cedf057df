"""Movement breaks: when to be prompted, and the prompt itself in whatever page is open."""

from datetime import datetime, time
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.queries import current_plan
from programs.delivery.models import PushSubscription
from programs.lib.permissions import page_for
from programs.reminders.actions import answer_prompt, pause_breaks, set_break_rule, snooze_prompt
from programs.reminders.forms import AnswerForm, BreakForm, PauseForm, SnoozeForm, windows_in_fields
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.rules import MOST_A_DAY, when_in_words

WORKING_DAYS = range(5)
WORKING_HOURS = (time(9), time(17))
DEFAULT_MINUTES = 30


@page_for("patient")
@require_http_methods(["GET", "POST"])
def breaks(request: HttpRequest) -> HttpResponse:
    """When to be prompted to move, and when the next prompt comes."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    rule = BreakRule.objects.visible_to(patient).filter(patient=patient).first()
    plan = current_plan(patient)
    suggested = plan.stage.break_interval_minutes if plan else None
    form = BreakForm(
        request.POST if request.method == "POST" else None,
        initial=_wishes(rule, patient, suggested),
        takes_push=PushSubscription.objects.visible_to(patient).live().exists(),
        suggested_minutes=suggested,
    )
    if form.is_valid():
        try:
            set_break_rule(clinic=clinic, patient=patient, now=now, **form.wishes)
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, "Your movement breaks are saved.")
            return redirect("reminders:breaks")
    record_access(actor=patient, clinic=clinic, patients=[patient], door="reminders:breaks", now=now)
    return render(
        request,
        "reminders/breaks.html",
        {
            "clinic": clinic,
            "form": form,
            "is_on": rule is not None and rule.enabled,
            "paused_until": _paused_until(rule, now),
            "next_prompt": _next_prompt(rule, now),
        },
        status=422 if form.errors else 200,
    )


@page_for("patient")
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """No prompts for a while, or on with them."""
    patient, now = cast(User, request.user), timezone.now()
    rule = get_object_or_404(BreakRule.objects.visible_to(patient), patient=patient)
    form = PauseForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(PauseForm.PROBLEM)
        until = form.until(now, ZoneInfo(rule.time_zone))
        pause_breaks(patient=patient, until=until, now=now)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "Your breaks are paused." if until else "Your breaks go on.")
    return redirect("reminders:breaks")


@page_for("patient")
@require_safe
def prompt(request: HttpRequest) -> HttpResponse:
    """What the slot of an open page shows now; 204 where that is what it shows already.

    It holds an invitation to move and nothing of the record: to ask every few seconds is no look at that.
    """
    patient = cast(User, request.user)
    showing = Prompt.objects.visible_to(patient).filter(patient=patient).showing(timezone.now()).first()
    shown = f"{showing.pk}.{showing.nth}" if showing else ""
    if request.GET.get("shown", "") == shown:
        return HttpResponse(status=204)
    return render(request, "reminders/prompt.html", {"prompt": showing})


@page_for("patient")
@require_POST
def answer(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """Done, or not now."""
    found, form, now = _own_prompt(request, prompt_id), AnswerForm(request.POST), timezone.now()
    if not form.is_valid():
        return _reply(request, AnswerForm.PROBLEM, problem_with=found)
    outcome = Outcome(form.cleaned_data["answer"])
    try:
        answer_prompt(prompt=found, outcome=outcome, now=now)
    except ValidationError as error:
        return _reply(request, error.messages[0])
    thanks = "Well done." if outcome == Outcome.DONE else "OK."
    return _reply(request, f"{thanks} {_next_prompt(found.rule, now)}")


@page_for("patient")
@require_POST
def snooze(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """The same prompt again after some minutes."""
    found, form, now = _own_prompt(request, prompt_id), SnoozeForm(request.POST), timezone.now()
    if not form.is_valid():
        return _reply(request, SnoozeForm.PROBLEM, problem_with=found)
    minutes = form.cleaned_data["minutes"]
    try:
        snooze_prompt(prompt=found, minutes=minutes, now=now)
    except ValidationError as error:
        return _reply(request, error.messages[0])
    return _reply(request, f"OK. We will ask again in {minutes} minutes.")


def _own_prompt(request: HttpRequest, prompt_id: UUID) -> Prompt:
    patient = cast(User, request.user)
    return get_object_or_404(Prompt.objects.visible_to(patient).filter(patient=patient), pk=prompt_id)


def _reply(request: HttpRequest, sentence: str, *, problem_with: Prompt | None = None) -> HttpResponse:
    """The sentence in the slot of the page, or without JavaScript at the top of the page it was sent from."""
    if "HX-Request" in request.headers:
        return render(request, "reminders/prompt.html", {"prompt": problem_with, "sentence": sentence})
    messages.info(request, sentence)
    back_to = request.POST.get("back_to", "")
    is_ours = url_has_allowed_host_and_scheme(
        back_to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back_to if is_ours else "home:start")


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


def _paused_until(rule: BreakRule | None, now: datetime) -> str:
    if rule is None or not rule.enabled or rule.paused_until is None or rule.paused_until <= now:
        return ""
    when = when_in_words(rule.paused_until, now, ZoneInfo(rule.time_zone))
    return f"Paused until {when.removeprefix('on ')}."


def _next_prompt(rule: BreakRule | None, now: datetime) -> str:
    if rule is None or rule.coming_at is None:
        return "Movement breaks are off."
    put_off = rule.prompts.unanswered().filter(show_at__gt=now).first()
    coming_at = rule.coming_at if put_off is None else put_off.show_at
    return f"Your next prompt comes {when_in_words(coming_at, now, ZoneInfo(rule.time_zone))}."
