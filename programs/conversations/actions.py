"""Writing to a patient."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.conversations.models import Message, Thread


@transaction.atomic
def post_message(*, clinic: Clinic, patient: User, author: User, body: str, now: datetime) -> Message:
    """Add a message to the patient's conversation with this clinic, begun where there is none yet."""
    thread, _ = Thread.objects.get_or_create(clinic=clinic, patient=patient)
    return Message.objects.create(thread=thread, author=author, body=body, sent_at=now)
