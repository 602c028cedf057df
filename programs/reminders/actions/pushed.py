"""A Done that was tapped on a notification, perhaps a while ago on a device without a network."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from programs.reminders.actions.answers import answer_prompt
from programs.reminders.actions.movement import record_movement
from programs.reminders.models import MovementBreak, Outcome, Prompt


@transaction.atomic
def follow_push(*, prompt: Prompt, tapped_at: datetime, now: datetime) -> None:
    """The patient moved when the notification of this prompt was tapped.

    Where the prompt ran out meanwhile it stays without an answer, and the break counts as one by oneself.
    A repeat changes nothing; a tap after the end of the prompt says that it is over.
    """
    if prompt.outcome == Outcome.EXPIRED and tapped_at < prompt.expires_at:
        record_movement(
            clinic=prompt.clinic,
            patient=prompt.patient,
            source=MovementBreak.Source.OWN,
            moved_at=tapped_at,
            now=now,
            break_id=prompt.pk,
        )
    else:
        answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=tapped_at)
