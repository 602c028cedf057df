"""What keeps a session from starting, or from going on: never what keeps one from being stored."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from programs.accounts.models import User
from programs.safety.models import ActionLevel
from programs.safety.queries import exclusions_of, open_items, open_lock, what_is_due


def while_on_hold(patient: User) -> HttpResponse | None:
    """To what an answer asked for, while it lets nobody exercise until it is settled."""
    lock = open_lock(patient)
    if lock is not None:
        return redirect("safety:help_now" if lock.level == ActionLevel.EMERGENCY else "safety:urgent")
    if exclusions_of(patient).blocks:
        return redirect("safety:ask_first")
    return None


def before_exercise(patient: User, now: datetime) -> HttpResponse | None:
    """To what has to be settled or answered before a session starts or goes on; the way leads back here."""
    if held := while_on_hold(patient):
        return held
    if what_is_due(patient, now):
        return redirect(f"{reverse('safety:questions')}?for=session")
    return None


def before_trying(patient: User, now: datetime) -> HttpResponse | None:
    """To what comes before a test or a move to try out: as before a session, and a visit to be booked."""
    if held := while_on_hold(patient):
        return held
    if any(item.level == ActionLevel.SOON for item in open_items(patient)):
        return redirect("safety:soon")
    return redirect("safety:questions") if what_is_due(patient, now) else None
