"""Putting notices into the outbox, and sending what is due in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from programs.accounts.models import Clinic, User
from programs.delivery import actions
from programs.delivery.actions import PromptNotice
from programs.delivery.models import Channel, Delivery, Lane, Notice
from tests import makers

NOON = makers.NOON
SHOWN_FOR = timedelta(minutes=10)


def alert(
    *recipients: User,
    clinic: Clinic,
    source: UUID | None = None,
    path: str = "",
    now: datetime = NOON,
    notice: Notice = Notice.PATIENT_NEEDS_LOOK,
    nth: int = 1,
) -> UUID:
    source = source or uuid4()
    actions.queue(
        clinic=clinic,
        recipients=recipients,
        notice=notice,
        source_kind="flag",
        source_id=source,
        path=path or f"/patients/{source}/",
        now=now,
        nth=nth,
    )
    return source


def notice_of(
    recipient: User,
    clinic: Clinic,
    *,
    source: UUID | None = None,
    due_at: datetime = NOON,
    by_push: bool = True,
    by_email: bool = True,
    nth: int = 1,
    notice: Notice = Notice.TIME_TO_MOVE,
    path: str = "/breaks/",
) -> PromptNotice:
    return PromptNotice(
        clinic_id=clinic.pk,
        recipient_id=recipient.pk,
        source_id=source or uuid4(),
        nth=nth,
        due_at=due_at,
        expires_at=due_at + SHOWN_FOR,
        by_push=by_push,
        by_email=by_email,
        path=path,
        notice=notice,
    )


def prompt(*recipients: User, clinic: Clinic, now: datetime = NOON, **more) -> None:
    actions.queue_prompts(
        prompts=[notice_of(recipient, clinic, **{"due_at": now} | more) for recipient in recipients], now=now
    )


def send_alerts(now: datetime = NOON) -> int:
    return actions.deliver_due(lane=Lane.CLINICAL, now=now)


def send_prompts(now: datetime = NOON) -> int:
    return actions.deliver_due(lane=Lane.PROMPT, now=now)


def by_email(recipient: User) -> Delivery:
    return Delivery.objects.get(recipient=recipient, channel=Channel.EMAIL)


def by_push(recipient: User) -> Delivery:
    return Delivery.objects.get(recipient=recipient, channel=Channel.WEB_PUSH)
