"""The patient's logbook: what they answer, what they do, and what was written down before.

Answers wait in the browser's session, on the server, until the last page stores them all in one go. Every
page carries the id of the record it belongs to: sent twice, or from an old page, nothing is stored twice.
"""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, User


def show(request: HttpRequest, template: str, context: dict[str, Any], clinic: Clinic) -> HttpResponse:
    """A page of the patient's own record: the look is written down. Errors on its form make it a 422."""
    patient = cast(User, request.user)
    door = request.resolver_match.view_name if request.resolver_match else ""
    record_access(actor=patient, clinic=clinic, patients=[patient], door=door, now=timezone.now())
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"clinic": clinic, **context}, status=status)
