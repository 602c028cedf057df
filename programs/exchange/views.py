"""Taking one's own record away."""

from typing import cast

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.exchange.queries import record_of
from programs.lib.permissions import page_for


@page_for("patient")
@require_safe
def export(request: HttpRequest) -> JsonResponse:
    """The signed-in patient's whole record as a JSON file."""
    patient = cast(User, request.user)
    record_access(
        actor=patient,
        clinic=clinic_of(patient, Role.PATIENT),
        patients=[patient],
        door="exchange:export",
        now=timezone.now(),
    )
    answer = JsonResponse(record_of(patient, patient), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-exercise-record.json"'
    return answer
