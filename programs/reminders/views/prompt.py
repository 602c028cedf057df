"""The prompt to move: in whatever page is open, and as the page that a message on a phone leads to."""

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.reminders.actions import answer_prompt, snooze_prompt
from programs.reminders.forms import AnswerForm, SnoozeForm
from programs.reminders.models import Outcome, Prompt
from programs.reminders.queries import OpenPage, next_prompt_in_words, open_page, shown_prompt


@page_for("patient")
@require_safe
def prompt(request: HttpRequest) -> HttpResponse:
    """What the slot of an open page shows now; 204 where that is what it shows already. Either way it says
    when to ask again.

    It holds an invitation to move and nothing of the record: to ask every minute is no look at that.
    """
    now = timezone.now()
    found = open_page(cast(User, request.user), now)
    shown = f"{found.prompt.pk}.{found.prompt.nth}" if found.prompt else ""
    if request.GET.get("shown", "") == shown:
        return _with_next(HttpResponse(status=204), found, now)
    showing = {"prompt": shown_prompt(found.prompt) if found.prompt else None}
    return _with_next(render(request, "reminders/prompt.html", showing), found, now)


@page_for("patient")
@require_safe
def prompt_page(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """One prompt by itself, to be answered with a thumb; an old one says kindly what became of it."""
    patient, now = cast(User, request.user), timezone.now()
    found = _own_prompt(request, prompt_id)
    clinic = clinic_of(patient, Role.PATIENT)
    record_access(actor=patient, clinic=clinic, patients=[patient], door="reminders:prompt_page", now=now)
    context = {
        "clinic": clinic,
        "prompt": shown_prompt(found),
        "next_prompt": next_prompt_in_words(found.rule, now),
        "outcome": found.outcome,
        "is_waiting": found.outcome is None and found.expires_at > now,
        "is_put_off": found.show_at > now,
    }
    return render(request, "reminders/prompt_page.html", context)


@page_for("patient")
@require_POST
def answer(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """Done, or not now."""
    found, form, now = _own_prompt(request, prompt_id), AnswerForm(request.POST), timezone.now()
    if not form.is_valid():
        return reply(request, AnswerForm.PROBLEM, problem_with=found)
    outcome = Outcome(form.cleaned_data["answer"])
    try:
        answer_prompt(prompt=found, outcome=outcome, now=now)
    except ValidationError as error:
        return reply(request, error.messages[0])
    thanks = "Well done." if outcome == Outcome.DONE else "OK."
    found.rule.refresh_from_db()
    return reply(request, f"{thanks} {next_prompt_in_words(found.rule, now)}")


@page_for("patient")
@require_POST
def snooze(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """The same prompt again after some minutes."""
    found, form, now = _own_prompt(request, prompt_id), SnoozeForm(request.POST), timezone.now()
    if not form.is_valid():
        return reply(request, SnoozeForm.PROBLEM, problem_with=found)
    minutes = form.cleaned_data["minutes"]
    try:
        snooze_prompt(prompt=found, minutes=minutes, now=now)
    except ValidationError as error:
        return reply(request, error.messages[0])
    return reply(request, f"OK. We will ask again in {minutes} minutes.")


def reply(
    request: HttpRequest,
    sentence: str,
    *,
    problem_with: Prompt | None = None,
    is_problem: bool = False,
    elsewhere: str = "home:start",
) -> HttpResponse:
    """The sentence in the slot of the page, or without JavaScript at the top of the page it was sent from,
    or else of `elsewhere`.
    """
    if "HX-Request" in request.headers:
        shown = shown_prompt(problem_with) if problem_with else None
        page = render(request, "reminders/prompt.html", {"prompt": shown, "sentence": sentence})
        now = timezone.now()
        return _with_next(page, open_page(cast(User, request.user), now), now)
    (messages.error if is_problem else messages.info)(request, sentence)
    back_to = request.POST.get("back_to", "")
    is_ours = url_has_allowed_host_and_scheme(
        back_to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back_to if is_ours else elsewhere)


def _with_next(response: HttpResponse, page: OpenPage, now: datetime) -> HttpResponse:
    """When what shows changes next: as a moment, and in seconds from now for devices whose clock is wrong.
    Less than nothing: it is due, and the engine has not come to it yet.
    """
    told: dict[str, Any] = {"next_due_at": None, "seconds": None}
    if page.changes_at is not None:
        seconds = round((page.changes_at - now).total_seconds())
        told = {"next_due_at": page.changes_at.isoformat(), "seconds": seconds}
    response["HX-Trigger"] = json.dumps({"break-prompt:next": told})
    return response


def _own_prompt(request: HttpRequest, prompt_id: UUID) -> Prompt:
    patient = cast(User, request.user)
    own = Prompt.objects.visible_to(patient).filter(patient=patient).select_related("rule", "patient")
    return get_object_or_404(own, pk=prompt_id)
