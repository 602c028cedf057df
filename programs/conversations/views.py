"""What the patient and the care team wrote to each other, for the patient."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.conversations.queries import conversation
from programs.lib.permissions import page_for


@page_for("patient")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The newest messages; with `?before=<id>` those before that one."""
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    before = _message_id(request.GET["before"]) if "before" in request.GET else None
    found = conversation(patient, before)
    if found is None:
        raise Http404
    record_access(
        actor=patient, clinic=clinic, patients=[patient], door="conversations:messages", now=timezone.now()
    )
    context = {"clinic": clinic, "conversation": found, "is_older": before is not None}
    return render(request, "conversations/messages.html", context)


def _message_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
