"""One patient, for their therapist."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from programs.accounts.actions import record_access
from programs.accounts.models import User
from programs.accounts.queries import care_of
from programs.care.forms import stage_forms
from programs.delivery.actions import mark_read
from programs.home.queries.patient import overview
from programs.home.queries.safety import safety_story
from programs.home.render.strip import pain_chart
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.forms.stages import ModeForm
from programs.logbook.queries.readiness import stage_view_of
from programs.monitoring.forms import ResolveForm, SnoozeForm
from programs.reminders.queries.statistics import statistics
from programs.reminders.rules.statistics import WEEK
from programs.safety.forms import CheckedForm, ClearForm
from programs.safety.queries import holds_of


@page_for("therapist")
@require_GET
def show(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What happened, what the plan is, and what can be done now. Opening it reads the notices about it."""
    therapist = cast(User, request.user)
    care = care_of(patient_id, therapist)
    if care is None:
        raise Http404
    now = timezone.now()
    record_access(actor=therapist, clinic=care.clinic, patients=[care.patient], door="home:patient", now=now)
    page = overview(care, now)
    mark_read(recipient=therapist, source_ids=[each.flag.pk for each in page.flags], now=now)
    chart = pain_chart(
        [day.day for day in page.days],
        [day.leg for day in page.days],
        [day.sessions > 0 for day in page.days],
        page.story.plan.pain_limit if page.story else None,
    )
    today = local_day(now, therapist.time_zone)
    forms = [
        (
            SnoozeForm(today=today, auto_id=f"{each.flag.pk}-%s"),
            ResolveForm(auto_id=f"{each.flag.pk}-%s"),
        )
        for each in page.flags
    ]
    current = sum(each.is_current for each in page.flags) or 1
    flags = list(zip(page.flags, forms, strict=True))
    holds = holds_of(care.patient)
    safety = safety_story(care.patient, therapist, holds)
    context = {
        "clinic": care.clinic,
        "page": page,
        "safety": safety,
        "checked_form": CheckedForm(auto_id="checked-%s"),
        "clear_forms": [(each, ClearForm(auto_id=f"{each.condition.pk}-%s")) for each in safety.conditions],
        "chart": chart,
        "breaks": statistics(care.patient, therapist, now, WEEK).in_short(now),
        "flags": flags[:current],
        "earlier_flags": page.flags[current:],
    }
    # Only of a plan that this therapist may see: it may be another clinic's.
    if page.story:
        view = stage_view_of(page.story.current, holds, now)
        context |= {
            "view": view,
            "stage_forms": stage_forms(view.current.standing, view.readiness),
            "mode_form": ModeForm(initial={"mode": view.current.plan.mode}),
        }
    return render(request, "home/patient.html", context)
