"""What an answer asks for: help now, a doctor or nurse today, a visit this week, or to ask first."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from programs.accounts.models import User
from programs.lib.permissions import page_for
from programs.safety.actions import end_lock
from programs.safety.forms import CheckedForm
from programs.safety.models import ActionLevel, SafetyLock
from programs.safety.queries import (
    answers_behind,
    exclusions_of,
    open_items,
    open_lock,
    to_go_on_with,
    what_is_due,
)
from programs.safety.rules import AGAIN, CALF, RESTRICTED, message
from programs.safety.views import clinic_of_patient, show

NOT_ON_HOLD = "Your exercises are not on hold."
ENDED = "Thank you. Your sessions can start again. Your care team will see what you wrote."


@page_for("patient")
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """After an emergency answer: whom to call, and the answers to take along. No way on from here."""
    patient = cast(User, request.user)
    lock = open_lock(patient)
    if lock is None or lock.level != ActionLevel.EMERGENCY:
        return redirect("safety:help" if lock is None else "safety:urgent")
    context = _about(patient, lock) | {"has_called": "called" in request.GET}
    return show(request, "safety/help_now.html", context, clinic_of_patient(patient))


@page_for("patient")
@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """After an urgent answer: exercises are paused, and a doctor or nurse is to be spoken to today."""
    patient, now = cast(User, request.user), timezone.now()
    lock = open_lock(patient)
    if lock is None or lock.level != ActionLevel.URGENT:
        return redirect("home:start" if lock is None else "safety:help_now")
    begun = to_go_on_with(patient, now)
    asks_again = begun is None and what_is_due(patient, now).kind == AGAIN
    context = _about(patient, lock) | {"begun": begun, "asks_again": asks_again}
    return show(request, "safety/urgent.html", context, clinic_of_patient(patient))


@page_for("patient")
@require_safe
def soon(request: HttpRequest) -> HttpResponse:
    """After an answer that asks for a visit this week: gentle moves only, and no move to a new stage."""
    patient, now = cast(User, request.user), timezone.now()
    items = [item for item in open_items(patient) if item.level == ActionLevel.SOON]
    if not items:
        return redirect("home:start")
    clinic = clinic_of_patient(patient)
    context = {
        "answers": items,
        "message": message(ActionLevel.SOON, clinic.emergency_number),
        "restricted": RESTRICTED,
        "begun": to_go_on_with(patient, now),
        "is_for_session": request.GET.get("for") == "session",
    }
    return show(request, "safety/soon.html", context, clinic)


@page_for("patient")
@require_safe
def ask_first(request: HttpRequest) -> HttpResponse:
    """What the patient has said rules exercises out: all of them, or some until a clinician has said yes."""
    patient = cast(User, request.user)
    ruled_out = exclusions_of(patient)
    if not ruled_out.blocks and not ruled_out.reasons:
        return redirect("home:start")
    is_for_session = request.GET.get("for") == "session"
    onward = reverse("logbook:player" if is_for_session else "home:start")
    if any(item.level == ActionLevel.SOON for item in open_items(patient)):
        onward = reverse("safety:soon") + ("?for=session" if is_for_session else "")
    context = {
        "is_blocked": bool(ruled_out.blocks),
        "reasons": ruled_out.blocks or ruled_out.reasons,
        "onward": onward,
    }
    return show(request, "safety/ask_first.html", context, clinic_of_patient(patient))


@page_for("patient")
@require_http_methods(["GET", "POST"])
def checked(request: HttpRequest) -> HttpResponse:
    """The patient has been checked: when and where. Sessions can start again, and the flag stays."""
    patient, now = cast(User, request.user), timezone.now()
    lock = open_lock(patient)
    if lock is None:
        messages.info(request, NOT_ON_HOLD)
        return redirect("home:start")
    form = CheckedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end_lock(lock=lock, **form.cleaned_data, by=patient, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, ENDED)
            return redirect("home:start")
    is_emergency = lock.level == ActionLevel.EMERGENCY
    back = reverse("safety:help_now" if is_emergency else "safety:urgent")
    return show(request, "safety/checked.html", {"form": form, "back": back}, clinic_of_patient(patient))


def _about(patient: User, lock: SafetyLock) -> dict[str, Any]:
    """What a lock asks for, and the answers behind it."""
    holding = [item for item in open_items(patient) if item.level == lock.level]
    answers = answers_behind(lock, patient)
    return {
        "answers": answers,
        "message": message(
            lock.level,
            clinic_of_patient(patient).emergency_number,
            is_unsure=bool(holding) and all(item.is_unsure for item in holding),
            is_calf=any(answer.question in CALF for answer in answers),
        ),
    }
