"""Taking one's own record away, and deleting it."""

import json
from typing import Any, cast

from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.exchange.actions import erase_record
from programs.exchange.forms import DeleteAccountForm
from programs.exchange.queries import (
    awaits_the_care_team,
    has_worked_for_a_clinic,
    is_asked_anew,
    record_of,
    works_for_a_clinic,
)
from programs.exchange.render import archive_of
from programs.lib.permissions import page_for

# Of passwords typed to delete an account, for each person.
DELETE_RATE = {"delete": "10/h/key"}


@page_for("patient")
@require_safe
def export(request: HttpRequest) -> JsonResponse:
    """The signed-in patient's whole record as a JSON file."""
    answer = JsonResponse(_own_record(request, "exchange:export"), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-exercise-record.json"'
    return answer


@page_for("patient")
@require_safe
def export_tables(request: HttpRequest) -> HttpResponse:
    """The same as tables for a spreadsheet, in one ZIP file with a text that explains them."""
    record = json.loads(json.dumps(_own_record(request, "exchange:export_tables"), cls=DjangoJSONEncoder))
    answer = HttpResponse(archive_of(record), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-exercise-record.zip"'
    return answer


def _own_record(request: HttpRequest, door: str) -> dict[str, Any]:
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    record_access(actor=patient, clinic=clinic, patients=[patient], door=door, now=timezone.now())
    return record_of(patient, patient)


@never_cache
@page_for("patient")
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete one's own account and record: what goes and what stays, and then for good."""
    patient = cast(User, request.user)
    if request.method == "POST" and not ratelimit.consume(
        request, app="exchange", action="delete", config=DELETE_RATE, key=str(patient.pk)
    ):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    form = DeleteAccountForm(request.POST if request.method == "POST" else None, user=patient)
    if form.is_valid():
        try:
            erase_record(patient=patient, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            answer = redirect("exchange:goodbye")
            # What pages and the service worker keep in this browser goes too.
            answer["Clear-Site-Data"] = '"cache", "storage"'
            return answer
    context = {
        "form": form,
        "clinic": clinic_of(patient, Role.PATIENT),
        "works_here": works_for_a_clinic(patient),
        "worked_here": has_worked_for_a_clinic(patient),
        "is_open": awaits_the_care_team(patient),
        "is_asked": is_asked_anew(patient),
    }
    return render(request, "exchange/delete.html", context, status=422 if form.errors else 200)


@require_safe
def goodbye(request: HttpRequest) -> HttpResponse:
    """What somebody sees whose account is gone. It needs no sign-in."""
    return render(request, "exchange/goodbye.html")
