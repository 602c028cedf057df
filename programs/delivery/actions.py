"""Queueing notices in the caller's transaction, and sending what is due."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from programs.accounts.models import Clinic, User
from programs.delivery.channels import SENDERS
from programs.delivery.models import Channel, Delivery, Heartbeat, Notice, State
from programs.lib.errors import ChannelError

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=1)
_DOUBLINGS = 8
# Ten mail servers that take their whole 5 seconds still fit into the lease.
_BATCH = 10


@transaction.atomic
def queue(
    *,
    clinic: Clinic,
    recipients: Iterable[User],
    notice: Notice,
    source_kind: str,
    source_id: UUID,
    path: str,
    now: datetime,
    nth: int = 1,
) -> None:
    """Promise a notice to each recipient by every channel. Queueing the same source again changes nothing."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                clinic=clinic,
                recipient=recipient,
                channel=channel,
                notice=notice,
                source_kind=source_kind,
                source_id=source_id,
                nth=nth,
                path=path,
                created_at=now,
                next_attempt_at=now,
            )
            for recipient in recipients
            for channel in Channel
        ],
        ignore_conflicts=True,
    )


def withdraw(*, source_kind: str, source_id: UUID) -> int:
    """Take back what has not been sent, and in the app what nobody has read; returns how many rows.

    A row that a sender holds is taken back too, should that sender fail or never come back.
    """
    unsent = Q(state__in=[State.PENDING, State.LEASED])
    unread = Q(channel=Channel.IN_APP, state=State.SENT, read_at=None)
    taken_back = Delivery.objects.filter(unsent | unread, source_kind=source_kind, source_id=source_id)
    return taken_back.update(state=State.WITHDRAWN, lease_token=None, lease_until=None)


def mark_read(*, recipient: User, source_ids: Iterable[UUID], now: datetime) -> int:
    """The recipient has looked at these sources: their in-app notices are read."""
    unread = Delivery.objects.visible_to(recipient).unread_in_app().filter(source_id__in=source_ids)
    return unread.update(read_at=now)


def deliver_due(*, now: datetime) -> int:
    """Claim what is due and send it; returns how many were sent. Safe to run any number of times at once.

    A sender that dies between sending and writing so down leaves a lease that runs out, and the notice is
    sent again: a therapist may read one notice twice, but never misses one.
    """
    sent = 0
    for delivery in _claim(now):
        try:
            sent += _deliver(delivery, now)
        except Exception:  # one row's fault keeps nobody else waiting; its lease runs out by itself
            logger.exception("delivery %s failed", delivery.pk)
    return sent


def beat(*, name: str, now: datetime, oldest_due_at: datetime | None) -> None:
    """Write a sweep's sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now, "oldest_due_at": oldest_due_at})


@transaction.atomic
def _claim(now: datetime) -> list[Delivery]:
    due = (
        Delivery.objects.due(now)
        .select_related("recipient")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_attempt_at", "id")[:_BATCH]
    )
    claimed = list(due)
    token = uuid4()
    for delivery in claimed:
        delivery.state = State.LEASED
        delivery.lease_token = token
        delivery.lease_until = now + LEASE
        delivery.attempts += 1
    Delivery.objects.bulk_update(claimed, ["state", "lease_token", "lease_until", "attempts"])
    return claimed


def _deliver(delivery: Delivery, now: datetime) -> int:
    if not delivery.recipient.is_active:
        _release(delivery, state=State.WITHDRAWN)
        return 0
    try:
        SENDERS[delivery.channel](delivery)
    except ChannelError as error:
        _put_off(delivery, error, now)
        return 0
    except Exception:
        logger.exception("delivery %s failed", delivery.pk)
        _put_off(delivery, ChannelError("Unexpected error.", permanent=False), now)
        return 0
    return _release(delivery, state=State.SENT, sent_at=now, error="")


def _put_off(delivery: Delivery, error: ChannelError, now: datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(delivery.attempts - 1, _DOUBLINGS), LONGEST_RETRY)
    if error.permanent:
        logger.error("delivery %s is given up: %s", delivery.pk, error)
    _release(
        delivery,
        state=State.FAILED if error.permanent else State.PENDING,
        next_attempt_at=now + wait,
        error=str(error)[:200],
    )


def _release(delivery: Delivery, **values: object) -> int:
    """Write down what became of a claimed row, unless its lease has run out and somebody else has it."""
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token)
    return mine.update(lease_token=None, lease_until=None, **values)
