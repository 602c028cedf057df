"""The therapist's start page."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.caseload import caseload
from programs.home.render.strip import strip
from programs.lib.permissions import page_for


@page_for("therapist")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Who needs a look, and everybody else."""
    therapist = cast(User, request.user)
    clinic = clinic_of(therapist, Role.THERAPIST)
    now = timezone.now()
    rows = caseload(therapist, now)
    for each in {row.clinic for row in rows}:
        record_access(
            actor=therapist,
            clinic=each,
            patients=[row.patient for row in rows if row.clinic == each],
            door="home:caseload",
            now=now,
        )
    drawn = [(row, strip(row.pain, row.sessions, row.plan.pain_limit if row.plan else None)) for row in rows]
    needing = [pair for pair in drawn if pair[0].needs_look]
    return render(
        request,
        "home/caseload.html",
        {"clinic": clinic, "total": len(rows), "needing": needing, "others": drawn[len(needing) :]},
    )
