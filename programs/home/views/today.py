"""The front door: each role's first page, and a patient's day."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Mode
from programs.home.queries.glance import glance_at
from programs.home.queries.safety import safety_today
from programs.home.queries.standing import standing
from programs.home.queries.today import moves_up_to, today
from programs.lib.permissions import page_for
from programs.logbook.rules import SESSION_KEY


@page_for("patient", "therapist", "admin")
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """A therapist's caseload, an administrator's clinic, a patient's Today."""
    user, now = cast(User, request.user), timezone.now()
    if user.has_role(Role.THERAPIST):
        return redirect("home:caseload")
    if user.has_role(Role.ADMIN):
        return redirect("home:clinic")
    clinic = clinic_of(user, Role.PATIENT)
    record_access(actor=user, clinic=clinic, patients=[user], door="home:start", now=now)
    seen = glance_at(user, clinic, now)
    safety = safety_today(user, now, seen.safety)
    day = today(user, now, seen, safety.holds)
    is_watched = day.plan is not None and day.plan.plan.mode == Mode.GUIDED
    stands = standing(user, clinic, now, seen, is_watched=is_watched)
    context = {
        "today": day,
        "standing": stands,
        "safety": safety,
        "is_stopped": safety.holds.is_stopped or stands.is_emergency or stands.is_urgent,
        "moves_up_to": moves_up_to(day, seen, safety.holds, stands, now),
        "clinic": clinic,
        "reminder_signs": seen.reminders,
        "is_under_way": SESSION_KEY in request.session,
    }
    return render(request, "home/today.html", context)
