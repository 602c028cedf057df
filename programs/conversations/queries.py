"""What a patient reads from the care team."""

from __future__ import annotations

from programs.accounts.models import User
from programs.conversations.models import Message


def latest_from_care_team(patient: User) -> Message | None:
    """The newest message to `patient`, with its author. Ask only for a patient the caller may see."""
    return (
        Message.objects.filter(thread__patient=patient)
        .exclude(author=patient)
        .select_related("author")
        .order_by("-sent_at", "-id")
        .first()
    )
