"""What keeps a session from starting, or from going on: never what keeps one from being stored."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from programs.accounts.models import User
from programs.safety.models import ActionLevel
from programs.safety.queries import exclusions_of, open_lock, what_is_due


def while_on_hold(patient: User) -> HttpResponse | None:
    """To what an answer asked for, while that is on hold until it is settled."""
    lock = open_lock(patient)
    if lock is None:
        return None
    return redirect("safety:help_now" if lock.level == ActionLevel.EMERGENCY else "safety:urgent")


def before_session(patient: User, now: datetime) -> HttpResponse | None:
    """To what has to be settled or answered before a session starts; the way leads back here."""
    if held := while_on_hold(patient):
        return held
    if exclusions_of(patient).blocks:
        return redirect("safety:ask_first")
    if what_is_due(patient, now):
        return redirect(f"{reverse('safety:questions')}?for=session")
    return None
