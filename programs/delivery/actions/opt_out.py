"""No more reminders by e-mail, or again. What is about a patient goes out whatever is chosen here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from programs.accounts.models import User
from programs.delivery.models import Channel, Delivery, EmailOptOut, Lane, State


@transaction.atomic
def opt_out_of_email(*, user: User, now: datetime) -> None:
    """No more reminders by e-mail, not even those that wait to be sent. A repeat keeps the first time."""
    EmailOptOut.objects.get_or_create(user=user, defaults={"since": now})
    waiting = Delivery.objects.filter(
        recipient=user, lane=Lane.PROMPT, channel=Channel.EMAIL, state=State.PENDING
    )
    waiting.update(state=State.WITHDRAWN)


def opt_in_to_email(*, user: User) -> None:
    """Reminders by e-mail again, from the next one on. A repeat changes nothing."""
    EmailOptOut.objects.filter(user=user).delete()
