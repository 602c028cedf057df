"""The patient's own calendar: read for when they are busy, and shown their prompts."""

from __future__ import annotations

from typing import Any, cast

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.reminders.actions import calendars as actions
from programs.reminders.forms.calendars import CalendarAddressForm, CalendarFileForm
from programs.reminders.models import BreakRule
from programs.reminders.queries.calendars import feed_entries, feed_of, known_busy, open_feed
from programs.reminders.render import ics

# Of secrets that open nothing, for each address.
FEED_RATE = {"calendar_feed": "60/h/ip"}
FEED_NAME = "Exercise Tracker"


@page_for("patient")
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Both ways of the calendar; and giving one to keep quiet by."""
    patient, now = cast(User, request.user), timezone.now()
    if request.method == "GET":
        return _page(request)
    if request.POST.get("give") == "file":
        form: CalendarAddressForm | CalendarFileForm = CalendarFileForm(request.POST, request.FILES)
    else:
        form = CalendarAddressForm(request.POST)
    if form.is_valid():
        try:
            if isinstance(form, CalendarFileForm):
                actions.set_calendar_file(patient=patient, text=form.cleaned_data["file"], now=now)
                messages.success(request, "We have read your calendar.")
            else:
                actions.set_calendar_address(patient=patient, address=form.cleaned_data["address"], now=now)
                messages.success(request, "Your calendar is saved. We will read it in a few minutes.")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("reminders:calendar")
    return _page(request, form=form)


@page_for("patient")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """No calendar any more to keep quiet by."""
    actions.remove_calendar(patient=cast(User, request.user), now=timezone.now())
    messages.success(request, "We have removed your calendar and your busy times.")
    return redirect("reminders:calendar")


@page_for("patient")
@require_http_methods(["GET", "POST"])
def renew_feed(request: HttpRequest) -> HttpResponse:
    """A new secret address of the prompts. The answer is the only place that ever shows it."""
    if request.method == "GET":  # somebody comes back from signing in
        return redirect("reminders:calendar")
    patient = cast(User, request.user)
    clinic = clinic_of(patient, Role.PATIENT)
    secret = actions.renew_feed(clinic=clinic, patient=patient, now=timezone.now())
    address = request.build_absolute_uri(reverse("reminders:calendar_feed", args=[secret]))
    return _page(request, address=address)


@page_for("patient")
@require_POST
def end_feed(request: HttpRequest) -> HttpResponse:
    """The secret address shows nothing any more."""
    actions.end_feed(patient=cast(User, request.user))
    messages.success(request, "The address does not work any more.")
    return redirect("reminders:calendar")


@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The coming prompts, for whoever knows the secret: a calendar program cannot sign in."""
    now = timezone.now()
    found = open_feed(actions.feed_hash(secret))
    if found is None:
        if not ratelimit.consume(
            request, app="reminders", action="calendar_feed", config=FEED_RATE, limit_get=True
        ):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        raise Http404
    actions.note_feed_read(feed=found, now=now)
    document = ics.calendar(feed_entries(found, now), name=FEED_NAME, site=settings.SITE_ADDRESS, now=now)
    return HttpResponse(
        document,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'inline; filename="exercise-tracker.ics"',
            "Referrer-Policy": "no-referrer",
        },
    )


def _page(
    request: HttpRequest,
    form: CalendarAddressForm | CalendarFileForm | None = None,
    address: str = "",
) -> HttpResponse:
    """`form`: what was given and is wrong; `address`: of the prompts, where it was made just now."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    record_access(actor=patient, clinic=clinic, patients=[patient], door="reminders:calendar", now=now)
    known = known_busy(patient, now)
    context: dict[str, Any] = {
        "clinic": clinic,
        "form": form,
        "address_form": form if isinstance(form, CalendarAddressForm) else CalendarAddressForm(),
        "file_form": form if isinstance(form, CalendarFileForm) else CalendarFileForm(),
        "is_file": isinstance(form, CalendarFileForm),
        "has_rule": known is not None
        or BreakRule.objects.visible_to(patient).filter(patient=patient).exists(),
        "known": known,
        "feed": feed_of(patient),
        "address": address,
        "subscribe_address": f"webcal:{address.partition(':')[2]}" if address else "",
    }
    return render(request, "reminders/calendar.html", context, status=422 if form is not None else 200)
