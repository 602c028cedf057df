"""The state of the engine: for the watchdog that wakes a person, and in words for whoever runs the clinic."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.delivery.models import State
from programs.delivery.queries import DELIVERIES, ESCALATIONS, PROMPTS
from programs.home.queries.engine import engine_state, traffic
from programs.home.rules.engine import in_words, last_seen
from programs.lib.permissions import page_for
from programs.lib.times import database_now

SWEEPS_IN_WORDS = {
    PROMPTS: "Break prompts",
    DELIVERIES: "Alerts to your staff",
    ESCALATIONS: "Flags that nobody has taken on",
}
OUTCOMES = (State.SENT, State.PENDING, State.FAILED, State.IN_DOUBT, State.EXPIRED, State.WITHDRAWN)
"""Of these the page speaks; what a sender holds at this moment is one of them in a moment."""


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200: every sweep ran within the last minute, and nothing has been due for longer than that."""
    state = engine_state(database_now())
    return JsonResponse(
        {
            "status": "ok" if state.is_well else "the engine is late",
            "seconds_since_sweep": {
                name: None if silence is None else round(silence.total_seconds())
                for name, silence in state.silent_for.items()
            },
            "oldest_due_seconds": round(state.oldest_wait.total_seconds()),
        },
        status=200 if state.is_well else 503,
    )


@page_for("admin")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The same in sentences, and what the administrator's own clinic sent lately."""
    clinic = clinic_of(cast(User, request.user), Role.ADMIN)
    now = database_now()
    state, sent = engine_state(now), traffic(clinic, now)
    context = {
        "clinic": clinic,
        "state": state,
        "sweeps": [(SWEEPS_IN_WORDS[name], last_seen(silence)) for name, silence in state.silent_for.items()],
        "traffic": sent,
        "outcomes": [(state.label, sent.alerts[state], sent.prompt_notices[state]) for state in OUTCOMES],
        "slowest_alert": None if sent.slowest_alert is None else in_words(sent.slowest_alert),
        "mail_server": settings.EMAIL_HOST,
        "has_push": bool(settings.VAPID_PRIVATE_KEY),
    }
    return render(request, "home/engine.html", context)
