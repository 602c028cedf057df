"""A break to take right now."""

from typing import cast
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.reminders.actions import record_movement
from programs.reminders.forms import MovedForm
from programs.reminders.models import MovementBreak
from programs.reminders.queries import break_now


@page_for("patient")
@require_http_methods(["GET", "POST"])
def now(request: HttpRequest) -> HttpResponse:
    """One small move with its time: `?after=<slug>` shows another. To send it says that it is done."""
    patient, at = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    found = break_now(patient, clinic, at, after=request.GET.get("after", ""))
    problem = ""
    if request.method == "POST":
        form = MovedForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(MovedForm.PROBLEM)
            record_movement(
                clinic=clinic,
                patient=patient,
                source=MovementBreak.Source.OWN,
                moved_at=at,
                now=at,
                movement=form.cleaned_data["movement"],
                break_id=form.cleaned_data["break_id"],
            )
        except ValidationError as error:
            problem = error.messages[0]
        else:
            counts = " It counts to your plan." if found.counts_to_plan else ""
            messages.success(request, f"Well done.{counts}")
            return redirect("reminders:breaks")
    record_access(actor=patient, clinic=clinic, patients=[patient], door="reminders:now", now=at)
    context = {"clinic": clinic, "found": found, "page": found.move, "break_id": uuid4(), "problem": problem}
    return render(request, "reminders/now.html", context, status=422 if problem else 200)
