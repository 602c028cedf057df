"""What a patient reads from the care team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Subquery

from programs.accounts.models import User
from programs.conversations.models import Message, Thread

MESSAGES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Conversation:
    """Some messages with their authors, newest first, out of all that a patient and the care team wrote.

    `from_care_team` counts those of the care team on every page. `older` is the message before which the next
    page begins, None where there is none.
    """

    messages: tuple[Message, ...]
    from_care_team: int
    older: Message | None


def conversation(patient: User, before: UUID | None = None) -> Conversation | None:
    """The newest messages of `patient`, or those before one of them; None where there is no such message."""
    threads = Thread.objects.visible_to(patient).filter(patient=patient)
    messages = Message.objects.filter(thread__in=threads)
    shown = messages
    if before is not None:
        last = messages.filter(pk=before).first()
        if last is None:
            return None
        shown = messages.filter(Q(sent_at__lt=last.sent_at) | Q(sent_at=last.sent_at, pk__lt=last.pk))
    found = list(shown.select_related("author")[: MESSAGES_A_PAGE + 1])
    return Conversation(
        messages=tuple(found[:MESSAGES_A_PAGE]),
        from_care_team=messages.exclude(author=patient).count(),
        older=found[MESSAGES_A_PAGE - 1] if len(found) > MESSAGES_A_PAGE else None,
    )


@dataclass(frozen=True, slots=True)
class CareTeamWords:
    """The newest message to a patient from the care team; None throughout where there is none."""

    body: str | None
    author_name: str | None
    sent_at: datetime | None


def care_team_words(patient: User) -> dict[str, Any]:
    """An expression for each field of `CareTeamWords`, for a query that looks for more than these."""
    messages = Message.objects.filter(thread__patient=patient).exclude(author=patient)
    newest = messages.order_by("-sent_at", "-id")
    return {
        "body": Subquery(newest.values("body")[:1]),
        "author_name": Subquery(newest.values("author__name")[:1]),
        "sent_at": Subquery(newest.values("sent_at")[:1]),
    }
