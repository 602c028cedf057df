"""What a therapist does about answers: say that they were checked, or that a clinician has said yes."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.actions import record_access_to
from programs.accounts.models import PatientRecord, User
from programs.lib.permissions import page_for
from programs.library.models import Contraindication
from programs.safety.actions import clear_condition, end_lock
from programs.safety.forms import CheckedForm, ClearForm
from programs.safety.models import Condition, SafetyLock
from programs.safety.queries import answers_behind

ENDED = "Sessions can start again. The flag stays open until you close it."
ENDED_BEFORE = "This hold is over already. Nothing was changed."
CLEARED = "This no longer rules anything out."
CLEARED_BEFORE = "This was cleared already. Nothing was changed."


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def end_hold(request: HttpRequest, lock_id: UUID) -> HttpResponse:
    """The patient was checked by a clinician: when and where."""
    therapist, now = cast(User, request.user), timezone.now()
    lock = _of_somebody_else(SafetyLock, lock_id, therapist)
    record_access_to(actor=therapist, records=[lock], door="safety:end_hold", now=now)
    if lock.ended_at is not None:
        messages.info(request, ENDED_BEFORE)
        return redirect("home:patient", lock.patient_id)
    form = CheckedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end_lock(lock=lock, **form.cleaned_data, by=therapist, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, ENDED)
            return redirect("home:patient", lock.patient_id)
    context = {"lock": lock, "form": form, "answers": answers_behind(lock, therapist)}
    return _page(request, "safety/for_clinicians/end_hold.html", lock, context)


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def clear(request: HttpRequest, condition_id: UUID) -> HttpResponse:
    """A clinician has said yes in spite of it."""
    therapist, now = cast(User, request.user), timezone.now()
    condition = _of_somebody_else(Condition, condition_id, therapist)
    record_access_to(actor=therapist, records=[condition], door="safety:clear", now=now)
    if condition.cleared_at is not None:
        messages.info(request, CLEARED_BEFORE)
        return redirect("home:patient", condition.patient_id)
    form = ClearForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            clear_condition(condition=condition, note=form.cleaned_data["note"], by=therapist, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, CLEARED)
            return redirect("home:patient", condition.patient_id)
    about = Contraindication.objects.filter(slug=condition.slug).first()
    context = {"condition": condition, "about": about, "form": form}
    return _page(request, "safety/for_clinicians/clear_condition.html", condition, context)


def _of_somebody_else(model: Any, record_id: UUID, therapist: User) -> Any:
    """A row of somebody else's record: nobody treats themselves, though they may see their own record."""
    others = model.objects.visible_to(therapist).exclude(patient=therapist)
    return get_object_or_404(others.select_related("patient", "clinic"), pk=record_id)


def _page(
    request: HttpRequest, template: str, record: PatientRecord, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, template, {"clinic": record.clinic, **context}, status=status)
