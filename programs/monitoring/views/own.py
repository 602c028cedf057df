"""What patients read about their own flags, and answer to a check-in."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from programs.accounts.actions import record_access_to
from programs.accounts.models import User
from programs.lib.permissions import page_for
from programs.monitoring.actions import answer_check_in
from programs.monitoring.forms import CheckInForm
from programs.monitoring.models import CheckIn, Flag, FlagState, Kind, Outcome
from programs.monitoring.queries import is_superseded, nobody_watches
from programs.monitoring.rules import Evidence
from programs.monitoring.rules.for_patients import explain_to_patient, looks_for, usual_for_patient
from programs.monitoring.rules.shown import show

ANSWERED_BEFORE = "You have answered this before. Your first answer stays."
THANKS = "Thank you. Your care team can read this when they look next."
EXPLAINED = (Kind.WORSENING, Kind.SAFETY)
WORRIED = "Nobody watches this site live. If you are worried, <a href='{}'>get help</a>."


@page_for("patient", "therapist")
@require_safe
def why(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Why something came up, for the patient it is about and nobody else."""
    patient = cast(User, request.user)
    own = Flag.objects.visible_to(patient).filter(patient=patient, kind__in=EXPLAINED)
    flag = get_object_or_404(own.select_related("clinic").prefetch_related("events"), pk=flag_id)
    record_access_to(actor=patient, records=[flag], door="monitoring:why", now=timezone.now())
    evidence = Evidence.from_dict(flag.evidence)
    context = {
        "flag": flag,
        "evidence": evidence,
        "sentences": explain_to_patient(flag.side, evidence),
        "shown": show(flag.rule, evidence),
        "usual": usual_for_patient(evidence),
        "looks_for": looks_for(flag.rule, evidence.measure),
        "counterfactual": flag.counterfactual,
        "is_superseded": is_superseded(flag),
        "is_over": flag.state == FlagState.RESOLVED,
        "is_cleared": flag.outcome == Outcome.CLEARED,
        "is_taken_on": flag.owner_id is not None,
        "is_put_off": flag.state == FlagState.SNOOZED,
        "notice": nobody_watches(flag.clinic),
    }
    return render(request, "monitoring/why.html", context)


@page_for("patient", "therapist")
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """A gentle question, because scores look a bit higher than usual."""
    patient, now = cast(User, request.user), timezone.now()
    own = CheckIn.objects.visible_to(patient).filter(patient=patient).select_related("clinic")
    asked = get_object_or_404(own, pk=check_in_id)
    record_access_to(actor=patient, records=[asked], door="monitoring:check_in", now=now)
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and asked.answer and form.cleaned_data != _answered(asked):
        messages.warning(request, ANSWERED_BEFORE)
        return redirect("home:start")
    if form.is_valid():
        try:
            answer_check_in(check_in=asked, **form.cleaned_data, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, THANKS)
            if form.cleaned_data["is_harder_to_cope"] or form.cleaned_data["stops_usual_things"]:
                messages.warning(request, format_html(WORRIED, reverse("safety:help")))
            return redirect("home:start")
    context = {
        "check_in": asked,
        "is_over": asked.superseded_at is not None or asked.ends_at <= now,
        "form": form,
        "evidence": Evidence.from_dict(asked.evidence),
        "sentences": explain_to_patient("", Evidence.from_dict(asked.evidence)),
        "notice": nobody_watches(asked.clinic),
    }
    return render(request, "monitoring/check_in.html", context, status=422 if form.errors else 200)


def _answered(check_in: CheckIn) -> dict[str, str | bool | None]:
    """The answers that are stored, as the form gives them."""
    return {name: getattr(check_in, name) for name in CheckInForm.base_fields}
