"""A Done that was tapped on a notification, perhaps a while ago on a device without a network."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from programs.reminders.actions.answers import answer_prompt, hold
from programs.reminders.actions.movement import follow_late
from programs.reminders.models import Outcome, Prompt


@transaction.atomic
def follow_push(*, prompt: Prompt, tapped_at: datetime, now: datetime) -> None:
    """The patient moved when the notification of this prompt was tapped.

    Where the prompt ran out or was withdrawn meanwhile it stays so, and the break counts as one by oneself.
    A repeat changes nothing; after a "not now" it says that the prompt is over.
    """
    rule, stands = hold(prompt)
    if stands.outcome in (Outcome.EXPIRED, Outcome.WITHDRAWN):
        follow_late(rule, stands, moved_at=tapped_at, now=now)
    else:
        answer_prompt(prompt=stands, outcome=Outcome.DONE, now=tapped_at)
