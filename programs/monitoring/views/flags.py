"""Taking a flag on, putting it off, and closing it: a therapist's doors."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from programs.accounts.actions import record_access_to
from programs.accounts.models import User
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.monitoring.actions import acknowledge_flag, resolve_flag, snooze_flag
from programs.monitoring.actions.flags import CANNOT_WAIT, DONE_ALREADY
from programs.monitoring.forms import ResolveForm, SnoozeForm
from programs.monitoring.models import Flag, FlagState, Level
from programs.monitoring.queries import findings_of, last_said, nobody_watches


@page_for("therapist")
@require_POST
def acknowledge(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Say that one looks after this flag now."""
    therapist = cast(User, request.user)
    flag = _flag(flag_id, therapist)
    now = timezone.now()
    record_access_to(actor=therapist, records=[flag], door="monitoring:acknowledge", now=now)
    try:
        acknowledge_flag(flag=flag, by=therapist, now=now, seen=request.POST.get("seen", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "You look after this now.")
    return redirect("home:patient", flag.patient_id)


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Put a flag off for some days, as one's own."""
    therapist, now = cast(User, request.user), timezone.now()
    form = SnoozeForm(_posted(request), today=local_day(now, therapist.time_zone))

    def put_off(flag: Flag) -> str:
        until = form.cleaned_data["until"]
        snooze_flag(flag=flag, by=therapist, until=until, now=now, seen=request.POST.get("seen", ""))
        return f"Put off until {until.day} {until:%B}."

    return _ask(request, flag_id, form, put_off, "Put this flag off?", "monitoring/snooze.html")


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Close a flag: was it worth a look, and what was done."""
    therapist, now = cast(User, request.user), timezone.now()
    form = ResolveForm(_posted(request))

    def close(flag: Flag) -> str:
        seen = request.POST.get("seen", "")
        resolve_flag(flag=flag, by=therapist, **form.cleaned_data, now=now, seen=seen)
        return "This is done. Something new opens a flag at once; what lasts, in one to three weeks."

    return _ask(request, flag_id, form, close, "Done with this flag?", "monitoring/resolve.html")


def _ask(
    request: HttpRequest,
    flag_id: UUID,
    form: forms.Form,
    act: Callable[[Flag], str],
    question: str,
    template: str,
) -> HttpResponse:
    """The form on a page of its own, until it is filled in; then back to the patient.

    The patient's page holds the same form: what was wrong there is shown here, with what was typed. Nobody
    is asked what could only be refused.
    """
    therapist = cast(User, request.user)
    flag = _flag(flag_id, therapist)
    door = request.resolver_match.view_name if request.resolver_match else ""
    record_access_to(actor=therapist, records=[flag], door=door, now=timezone.now())
    if form.is_valid():
        try:
            messages.success(request, act(flag))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("home:patient", flag.patient_id)
    elif request.method == "GET" and (because := _refusal(flag, door)):
        messages.error(request, because)
        return redirect("home:patient", flag.patient_id)
    context = {
        "clinic": flag.clinic,
        "flag": flag,
        "further": [
            each.event.note
            for each in findings_of(flag)
            if each.is_current and each.event.note not in ("", flag.sentence)
        ],
        "seen": last_said(flag),
        "question": question,
        "form": form,
        "notice": nobody_watches(flag.clinic),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _refusal(flag: Flag, door: str) -> str:
    if flag.state == FlagState.RESOLVED:
        return DONE_ALREADY
    return CANNOT_WAIT if door == "monitoring:snooze" and flag.level != Level.FLAG else ""


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _flag(flag_id: UUID, therapist: User) -> Flag:
    """A flag of somebody else: nobody treats themselves, though they may see their own record."""
    others = Flag.objects.visible_to(therapist).exclude(patient=therapist)
    told = others.select_related("patient", "clinic", "owner").prefetch_related("events")
    return get_object_or_404(told, pk=flag_id)
