"""Taking a flag on, and closing it: a therapist's doors."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from programs.accounts.actions import record_access_to
from programs.accounts.models import User
from programs.lib.permissions import page_for
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.forms import ResolveForm
from programs.monitoring.models import Flag


@page_for("therapist")
@require_POST
def acknowledge(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Say that one looks after this flag now."""
    therapist = cast(User, request.user)
    flag = _flag(flag_id, therapist)
    now = timezone.now()
    record_access_to(actor=therapist, records=[flag], door="monitoring:acknowledge", now=now)
    try:
        acknowledge_flag(flag=flag, by=therapist, now=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "You look after this now.")
    return redirect("home:patient", flag.patient_id)


@page_for("therapist")
@require_POST
def resolve(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Close a flag, with a word on what was done."""
    therapist = cast(User, request.user)
    flag = _flag(flag_id, therapist)
    now = timezone.now()
    record_access_to(actor=therapist, records=[flag], door="monitoring:resolve", now=now)
    form = ResolveForm(request.POST)
    if form.is_valid():
        resolve_flag(flag=flag, by=therapist, note=form.cleaned_data["note"], now=now)
        messages.success(request, "This is done. A new rise opens a new flag.")
    else:
        messages.error(request, " ".join(["Nothing is saved yet.", *form.errors["note"]]))
    return redirect("home:patient", flag.patient_id)


def _flag(flag_id: UUID, therapist: User) -> Flag:
    """A flag of somebody else: nobody treats themselves, though they may see their own record."""
    return get_object_or_404(Flag.objects.visible_to(therapist).exclude(patient=therapist), pk=flag_id)
