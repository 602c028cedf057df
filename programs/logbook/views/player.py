"""The guided player: one page for every session, which a phone keeps to run it without signal."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.logbook.models import Effort, Spread, Tingling
from programs.logbook.views import show
from programs.safety.queries import contacts_of


@page_for("patient")
@require_safe
def player(request: HttpRequest) -> HttpResponse:
    """Nothing of a plan stands here: what is done comes from the kit, and with `?short=1` less of it."""
    patient = cast(User, request.user)
    context = {
        "contacts": contacts_of(patient),
        "spreads": Spread.choices,
        "tinglings": Tingling.choices,
        "efforts": Effort.choices,
    }
    return show(request, "logbook/player.html", context, clinic_of(patient, Role.PATIENT))
