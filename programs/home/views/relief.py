"""Heat, ice and positions to rest in."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.safety import safety_today
from programs.lib.permissions import page_for
from programs.logbook.models import Symptom
from programs.logbook.queries import newest_intake
from programs.safety.queries import signs_of


@page_for("patient")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Two clocks, and what to mind beside them. While an answer has to be looked at there is no clock: no
    pack belongs on a leg that may hold a clot. Questions that are due stand above the clocks. Of somebody who
    told of numbness, or of what asks for a visit, numb skin is what to mind first.
    """
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    record_access(actor=patient, clinic=clinic, patients=[patient], door="home:relief", now=now)
    safety = safety_today(patient, now, signs_of(patient))
    intake = newest_intake(patient, patient)
    context = {
        "clinic": clinic,
        "is_locked": safety.holds.lock is not None,
        "is_asked": safety.asks or safety.asks_again,
        "is_numb": bool(safety.holds.soon) or (intake is not None and Symptom.NUMBNESS in intake.symptoms),
    }
    return render(request, "home/relief.html", context)
