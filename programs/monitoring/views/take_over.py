"""Taking over a patient whom nobody has taken on, by somebody who was told of it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.actions import record_access_to
from programs.accounts.models import User
from programs.lib.permissions import page_for
from programs.monitoring import actions
from programs.monitoring.actions.flags import DONE_ALREADY, IS_TAKEN
from programs.monitoring.models import Flag, FlagState
from programs.monitoring.queries import flag_told_to, nobody_watches, open_since

NOW_YOURS = "You care for this patient now, and look after this."


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Nothing of the patient, not even the name, until somebody has taken them over."""
    therapist, now = cast(User, request.user), timezone.now()
    cared_for = Flag.objects.visible_to(therapist).exclude(patient=therapist).filter(pk=flag_id).first()
    if cared_for is not None:
        return redirect("home:patient", cared_for.patient_id)
    flag = flag_told_to(flag_id, therapist)
    if flag is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            flag = actions.take_over(flag=flag, by=therapist, now=now)
        except ValidationError as error:
            refused = " ".join(error.messages)
            flag.refresh_from_db()
        else:
            record_access_to(actor=therapist, records=[flag], door="monitoring:take_over", now=now)
            messages.success(request, NOW_YOURS)
            return redirect("home:patient", flag.patient_id)
    if flag.state == FlagState.RESOLVED:
        refused = DONE_ALREADY
    elif flag.state != FlagState.OPEN and flag.owner is not None:
        refused = IS_TAKEN.format(flag.owner.name)
    context = {
        "clinic": flag.clinic,
        "flag": flag,
        "since": open_since(flag),
        "refused": refused,
        "notice": nobody_watches(flag.clinic),
    }
    return render(request, "monitoring/take_over.html", context)
