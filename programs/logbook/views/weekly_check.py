"""The Weekly check: one question a page."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.logbook.actions import record_weekly_check
from programs.logbook.forms.checks import ALWAYS_SAID, weekly_check_questions
from programs.logbook.models import Change, Weakness, WeeklyCheck
from programs.logbook.rules import WEEK, WEEKLY_KEY, begun_on
from programs.logbook.views import show
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

SAVED = "Thank you. Your weekly check is saved."
WEAKER = "You said that your leg or foot is newly weak, or weaker than before. Please get help now."
NOT_SAVED_YET = "Your weekly check is not saved yet. Please finish it once you have got help."
MUCH_WORSE = (
    "We are sorry that your leg is so much worse. Your care team will see this when they look next. "
    "Nobody watches this site live. If you are worried, <a href='{}'>get help now</a>."
)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def weekly_check(request: HttpRequest) -> HttpResponse:
    """How the last week was; where it is answered already, the choice to answer again."""
    patient, now = cast(User, request.user), timezone.now()
    clinic, today = clinic_of(patient, Role.PATIENT), local_day(now, patient.time_zone)
    day = begun_on(request.session.get(WEEKLY_KEY), today)
    rows = WeeklyCheck.objects.visible_to(patient).filter(patient=patient)
    address, fields = reverse("logbook:weekly_check"), weekly_check_questions()

    def store(check_id: UUID, answers: Mapping[str, Any]) -> WeeklyCheck:
        check, _ = record_weekly_check(
            clinic=clinic,
            patient=patient,
            check_id=check_id,
            recorded_on=day,
            **{name: answers[name] for name in fields},
            now=now,
        )
        return check

    questions = Questions(
        title="Weekly check",
        session_key=WEEKLY_KEY,
        day=day,
        fields=fields,
        address=address,
        back=reverse("home:start"),
        rows=rows,
        stored_answer=getattr,
        store=store,
        after=lambda check: _after(request, check),
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, f"{address}?again=1"),
        at_once=lambda name, answer: _at_once(request, name, answer),
        may_decline=fields.keys() - ALWAYS_SAID,
    )
    is_fresh = request.method == "GET" and questions.draft(request) is None and "again" not in request.GET
    latest = rows.filter(recorded_on__gt=today - WEEK).first() if is_fresh else None
    if latest is not None:
        context = {"title": questions.title, "next_on": latest.recorded_on + WEEK}
        return show(request, "logbook/check_answered.html", context, clinic)
    return ask(request, questions, clinic)


def _at_once(request: HttpRequest, name: str, answer: object) -> HttpResponse | None:
    """New weakness leads to Help even where the other answers are gone, as in a second window."""
    if (name, answer) != ("weakness", Weakness.NEW_OR_WORSE):
        return None
    messages.warning(request, NOT_SAVED_YET)
    return warn_and_redirect(request, WEAKER, reverse("safety:help"))


def _after(request: HttpRequest, check: WeeklyCheck) -> HttpResponse:
    """On to Today; or to Help, where new weakness may not wait."""
    messages.success(request, SAVED)
    if check.weakness == Weakness.NEW_OR_WORSE:
        return warn_and_redirect(request, WEAKER, reverse("safety:help"))
    if check.groc in (Change.MUCH_WORSE, Change.VERY_MUCH_WORSE):
        messages.warning(request, format_html(MUCH_WORSE, reverse("safety:help")))
    return redirect("home:start")
