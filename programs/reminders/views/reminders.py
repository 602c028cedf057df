"""The one place to see and change every reminder; and the reminder that an open page shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.delivery.actions import opt_in_to_email
from programs.delivery.models import EmailOptOut, PushSubscription
from programs.lib.permissions import page_for
from programs.reminders.actions import not_today, set_reminders, start_again, stop_everything
from programs.reminders.forms.reminders import (
    SUGGESTED,
    NotTodayForm,
    ReminderForm,
    StaffReminderForm,
    initial_values,
)
from programs.reminders.models import BreakRule, Kind, ReminderSettings
from programs.reminders.queries.reminders import (
    NextReminder,
    next_reminders,
    reminder_settings_of,
    shown_reminder,
)
from programs.reminders.rules import when_in_words

IN_A_SENTENCE = {
    Kind.SESSION: "your exercises",
    Kind.MORNING_CHECK: "your morning check",
    Kind.DAILY_CHECK: "your Daily check",
    Kind.DIGEST: "your e-mail",
}
OFF = "Off"


@page_for("patient", "therapist")
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """What is on, when it comes next and in which way, and all of it to be changed."""
    user, now = cast(User, request.user), timezone.now()
    clinic = _clinic_of(user)
    stored = reminder_settings_of(user)
    form_of_role = StaffReminderForm if user.has_role(Role.THERAPIST) else ReminderForm
    form = form_of_role(
        request.POST if request.method == "POST" else None,
        initial=initial_values(stored, user.time_zone),
        takes_push=PushSubscription.objects.visible_to(user).live().exists(),
    )
    if form.is_valid():
        try:
            set_reminders(clinic=clinic, user=user, now=now, **form.wishes)
        except ValidationError as error:
            form.add_errors(error)
        else:
            messages.success(request, "Your reminders are saved.")
            return redirect("reminders:reminders")
    page = _for_staff if form_of_role is StaffReminderForm else _for_patient
    context = {
        "clinic": clinic,
        "form": form,
        "stored": stored,
        "is_stopped": stored is not None and stored.stopped_at is not None,
        "address": user.email,
        "has_opted_out": EmailOptOut.objects.filter(user=user).exists(),
    }
    return page(request, user, stored, context, now)


@page_for("patient")
@require_POST
def take_suggested(request: HttpRequest) -> HttpResponse:
    """What is offered to somebody who has chosen nothing yet, in one tap."""
    patient, now = cast(User, request.user), timezone.now()
    if reminder_settings_of(patient) is None:
        set_reminders(
            clinic=clinic_of(patient, Role.PATIENT),
            user=patient,
            time_zone=patient.time_zone,
            by_push=True,
            now=now,
            **SUGGESTED,
        )
        messages.success(request, "Your reminders are on. You can change each of them here.")
    return redirect("reminders:reminders")


@page_for("patient", "therapist")
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Nothing comes any more, and what was chosen is kept."""
    user = cast(User, request.user)
    stop_everything(clinic=_clinic_of(user), user=user, now=timezone.now())
    messages.success(request, "All reminders are stopped. Your choices are kept.")
    return redirect("reminders:reminders")


@page_for("patient", "therapist")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Everything comes again as it was chosen."""
    user = cast(User, request.user)
    get_object_or_404(ReminderSettings.objects.visible_to(user))
    try:
        started = start_again(user=user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        stay_off = " Movement breaks stay off." if started.breaks_stay_off else ""
        messages.success(request, f"Your reminders come again.{stay_off}")
    return redirect("reminders:reminders")


@page_for("patient", "therapist")
@require_POST
def take_email(request: HttpRequest) -> HttpResponse:
    """E-mails again, after they were unsubscribed."""
    opt_in_to_email(user=cast(User, request.user))
    messages.success(request, "We send you e-mails again.")
    return redirect("reminders:reminders")


@page_for("patient", "therapist")
@require_safe
def open_reminder(request: HttpRequest) -> HttpResponse:
    """Where a notification leads: to the first thing that is due, or else to the first page."""
    user = cast(User, request.user)
    if not user.has_role(Role.PATIENT):
        return redirect("home:start")
    first = shown_reminder(user, timezone.now())
    return redirect("home:start" if first.kind in ("", Kind.SESSION) else first.page)


@page_for("patient")
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """What an open page shows now; 204 where that is what it shows already.

    It names a thing to do and nothing of the record: to ask every minute is no look at that.
    """
    found = shown_reminder(cast(User, request.user), timezone.now())
    if request.GET.get("reminder", "") == found.key:
        return HttpResponse(status=204)
    return render(request, "reminders/reminder_notice.html", {"shown": found})


@page_for("patient")
@require_POST
def decline(request: HttpRequest) -> HttpResponse:
    """Not today."""
    patient, now = cast(User, request.user), timezone.now()
    form = NotTodayForm(request.POST)
    if form.is_valid():
        not_today(user=patient, kind=form.cleaned_data["kind"], now=now)
    if request.headers.get("HX-Request"):
        return render(request, "reminders/reminder_notice.html", {"shown": shown_reminder(patient, now)})
    if form.is_valid():
        messages.success(request, "We will not ask again today.")
    else:
        messages.error(request, NotTodayForm.PROBLEM)
    back_to = request.POST.get("back_to", "")
    is_ours = url_has_allowed_host_and_scheme(
        back_to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back_to if is_ours else "home:start")


def _clinic_of(user: User) -> Clinic:
    return clinic_of(user, Role.THERAPIST if user.has_role(Role.THERAPIST) else Role.PATIENT)


def _for_patient(
    request: HttpRequest, user: User, stored: ReminderSettings | None, context: dict[str, Any], now: datetime
) -> HttpResponse:
    rule = BreakRule.objects.visible_to(user).filter(patient=user).first()
    coming = next_reminders(stored) if stored else []
    zone = ZoneInfo(stored.time_zone if stored else user.time_zone)
    break_at = rule.coming_at if rule else None
    context |= {
        "summary": _summary(coming, break_at, zone, now),
        "next": _next_of_each(coming, zone, now),
        "next_break": when_in_words(break_at, now, zone) if break_at else OFF,
        "suggested": None if stored else SUGGESTED,
    }
    record_access(actor=user, clinic=context["clinic"], patients=[user], door="reminders:reminders", now=now)
    status = 422 if context["form"].errors else 200
    return render(request, "reminders/reminders.html", context, status=status)


def _for_staff(
    request: HttpRequest, user: User, stored: ReminderSettings | None, context: dict[str, Any], now: datetime
) -> HttpResponse:
    coming = next_reminders(stored) if stored else []
    if stored and coming and coming[0].at:
        words = when_in_words(coming[0].at, now, ZoneInfo(stored.time_zone))
        context["next_at"] = f"Next: {words}, if somebody needs a look"
    status = 422 if context["form"].errors else 200
    return render(request, "reminders/staff_reminders.html", context, status=status)


def _summary(coming: Sequence[NextReminder], break_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """What comes next, in a sentence. Movement breaks come so often that they are named only if alone."""
    if coming and coming[0].at is not None:
        return f"Next: {IN_A_SENTENCE[coming[0].kind]} {when_in_words(coming[0].at, now, zone)}."
    if coming:
        return "Next: your morning check, after your exercises."
    if break_at is not None:
        return f"Next: a movement break {when_in_words(break_at, now, zone)}."
    return "You have no reminders yet."


def _next_of_each(coming: Sequence[NextReminder], zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """When each kind that is on comes next."""
    found: dict[str, str] = {}
    for each in coming:
        words = when_in_words(each.at, now, zone) if each.at else "the morning after your exercises"
        found.setdefault(str(each.kind), f"Next: {words}")
    return found
