"""A patient's exercises on paper."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.glance import glance_at
from programs.home.queries.safety import safety_today
from programs.home.queries.sheet import sheet
from programs.home.queries.standing import standing
from programs.lib.permissions import page_for


@page_for("patient")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The sheet to print, with `?size=big` in large letters. Whatever keeps Today from a start keeps it back:
    what is on paper can be stopped by nobody.
    """
    user, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(user, Role.PATIENT)
    record_access(actor=user, clinic=clinic, patients=[user], door="home:sheet", now=now)
    seen = glance_at(user, clinic, now)
    safety = safety_today(user, now, seen.safety)
    stands = standing(user, clinic, now, seen, is_watched=False)
    is_stopped = safety.holds.is_stopped or stands.is_emergency or stands.is_urgent
    context = {
        "clinic": clinic,
        "safety": safety,
        "standing": stands,
        "is_stopped": is_stopped,
        "sheet": None if is_stopped else sheet(user, now, safety.holds),
        "is_big": request.GET.get("size") == "big",
    }
    return render(request, "home/sheet.html", context)
