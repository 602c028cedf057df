"""Rows into the outbox, in the transaction that causes them, and out of it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.delivery.models import (
    FINISHED,
    Channel,
    CrashPolicy,
    Delivery,
    EmailOptOut,
    Heartbeat,
    Lane,
    Notice,
    PushSubscription,
    State,
)
from programs.delivery.queries import PROMPT_SOURCE
from programs.lib.bulk import insert_columns
from programs.lib.times import database_now

KEPT_FOR = timedelta(days=30)
_CLEARED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class PromptNotice:
    """One showing of one prompt or other reminder: sent from `due_at` on, and never from `expires_at` on.

    `path` is where its recipient sees it: an address of ids only.
    """

    clinic_id: UUID
    recipient_id: UUID
    source_id: UUID
    nth: int
    due_at: datetime
    expires_at: datetime
    path: str
    by_push: bool = False
    by_email: bool = False
    notice: Notice = Notice.TIME_TO_MOVE
    source_kind: str = PROMPT_SOURCE


def prompt_path(prompt_id: UUID) -> str:
    """Where somebody answers a prompt to move."""
    return f"/breaks/prompt/{prompt_id}/"


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
    """Promise a notice about a patient to each recipient: in the app, by e-mail and to each of their browsers
    that takes Web Push. Queueing the same source again changes nothing.

    Such a notice is never too late, and sent again where nobody can tell whether it had gone out.
    """
    recipients = list(recipients)
    browsers = _live_subscriptions([recipient.pk for recipient in recipients])
    # A web machine's clock may run ahead of the one that senders go by; an alert does not wait for that.
    due_at = min(now, database_now())
    deliveries = []
    for recipient in recipients:
        ways = [(Channel.IN_APP, ""), (Channel.EMAIL, "")]
        ways += [(Channel.WEB_PUSH, target) for target in browsers[recipient.pk]]
        for channel, target in ways:
            # In the app the row is the message: there is nothing left to send.
            is_there = channel == Channel.IN_APP
            deliveries.append(
                Delivery(
                    clinic=clinic,
                    recipient=recipient,
                    channel=channel,
                    target=target,
                    notice=notice,
                    lane=Lane.CLINICAL,
                    crash_policy=CrashPolicy.RETRY,
                    source_kind=source_kind,
                    source_id=source_id,
                    nth=nth,
                    path=path,
                    state=State.SENT if is_there else State.PENDING,
                    created_at=now,
                    next_attempt_at=due_at,
                    sent_at=now if is_there else None,
                )
            )
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


@transaction.atomic(savepoint=False)
def queue_prompts(*, prompts: Sequence[PromptNotice], now: datetime) -> None:
    """Promise each prompt by the ways it names. Queueing the same showing again changes nothing.

    In the app the Prompt itself is the message. A push replaces its own copy, so it may be sent twice; of an
    e-mail there is never a second one, and none to somebody who wants no reminders by e-mail.
    """
    unwilling = _unwilling([prompt.recipient_id for prompt in prompts if prompt.by_email])
    browsers = _live_subscriptions([prompt.recipient_id for prompt in prompts if prompt.by_push])
    rows = [
        (prompt, Channel.WEB_PUSH, target, CrashPolicy.RETRY)
        for prompt in prompts
        if prompt.by_push
        for target in browsers[prompt.recipient_id]
    ]
    rows += [
        (prompt, Channel.EMAIL, "", CrashPolicy.ONCE)
        for prompt in prompts
        if prompt.by_email and prompt.recipient_id not in unwilling
    ]
    insert_columns(
        Delivery,
        {
            "id": [uuid7() for _ in rows],
            "clinic_id": [prompt.clinic_id for prompt, _, _, _ in rows],
            "recipient_id": [prompt.recipient_id for prompt, _, _, _ in rows],
            "channel": [str(channel) for _, channel, _, _ in rows],
            "target": [target for _, _, target, _ in rows],
            "crash_policy": [str(policy) for _, _, _, policy in rows],
            "source_id": [prompt.source_id for prompt, _, _, _ in rows],
            "nth": [prompt.nth for prompt, _, _, _ in rows],
            "notice": [str(prompt.notice) for prompt, _, _, _ in rows],
            "source_kind": [prompt.source_kind for prompt, _, _, _ in rows],
            "path": [prompt.path for prompt, _, _, _ in rows],
            "next_attempt_at": [prompt.due_at for prompt, _, _, _ in rows],
            "expires_at": [prompt.expires_at for prompt, _, _, _ in rows],
        },
        {
            "lane": str(Lane.PROMPT),
            "state": str(State.PENDING),
            "created_at": now,
            "attempts": 0,
            "error": "",
        },
        skip_existing=True,
    )


# The same on PostgreSQL, as the end of a statement that makes the prompts: it queues each row of `prompt`,
# which has id, clinic_id, recipient_id, due_at, expires_at and by_push.
QUEUE_PROMPTS = """
way AS (
    SELECT prompt.*, %(web_push)s AS channel, subscription.id::text AS target, %(retry)s AS crash_policy
    FROM prompt JOIN delivery_pushsubscription AS subscription
        ON subscription.user_id = prompt.recipient_id AND subscription.revoked_at IS NULL
    WHERE prompt.by_push AND %(has_push)s
), queued AS (
    INSERT INTO delivery_delivery (id, clinic_id, recipient_id, channel, target, crash_policy, source_id, nth,
        next_attempt_at, expires_at, notice, lane, source_kind, path, state, created_at, attempts, error)
    SELECT gen_random_uuid(), clinic_id, recipient_id, channel, target, crash_policy, id, 1,
        due_at, expires_at, %(notice)s, %(lane)s, %(source_kind)s, '/breaks/prompt/' || id || '/',
        %(state)s, %(created_at)s, 0, ''
    FROM way
)
"""


def queue_prompts_values(now: datetime) -> dict[str, object]:
    """What QUEUE_PROMPTS has to be given."""
    return {
        "web_push": str(Channel.WEB_PUSH),
        "retry": str(CrashPolicy.RETRY),
        "has_push": bool(settings.VAPID_PRIVATE_KEY),
        "notice": str(Notice.TIME_TO_MOVE),
        "lane": str(Lane.PROMPT),
        "source_kind": PROMPT_SOURCE,
        "state": str(State.PENDING),
        "created_at": now,
    }


def _live_subscriptions(user_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The ids of the browsers in which each of these people takes Web Push; none while it is off."""
    browsers: dict[UUID, list[str]] = defaultdict(list)
    if user_ids and settings.VAPID_PRIVATE_KEY:
        live = PushSubscription.objects.live().filter(user__in=user_ids)
        for user_id, subscription_id in live.values_list("user_id", "pk"):
            browsers[user_id].append(str(subscription_id))
    return browsers


def _unwilling(user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people who want no reminders by e-mail."""
    if not user_ids:
        return set()
    return set(EmailOptOut.objects.filter(user__in=user_ids).values_list("user_id", flat=True))


def withdraw(*, source_kind: str, source_id: UUID, recipient: User | None = None) -> int:
    """Take back what has not been sent, and in the app what nobody has read; returns how many rows.
    With a `recipient` only theirs.

    What is going out at this very moment is written down as withdrawn too, and is never tried again, but may
    still arrive.
    """
    unsent = Q(state__in=[State.PENDING, State.LEASED, State.SENDING])
    unread = Q(channel=Channel.IN_APP, state=State.SENT, read_at=None)
    taken_back = Delivery.objects.filter(unsent | unread, source_kind=source_kind, source_id=source_id)
    if recipient is not None:
        taken_back = taken_back.filter(recipient=recipient)
    return taken_back.update(state=State.WITHDRAWN, lease_token=None, lease_until=None)


def mark_read(*, recipient: User, source_ids: Iterable[UUID], now: datetime) -> int:
    """The recipient has looked at these sources: their in-app notices are read."""
    unread = Delivery.objects.visible_to(recipient).unread_in_app().filter(source_id__in=source_ids)
    return unread.update(read_at=now)


def clear_finished(*, now: datetime) -> int:
    """Delete what became of prompts more than 30 days ago; returns how many. What is about patients stays."""
    old = Delivery.objects.filter(
        lane=Lane.PROMPT, state__in=FINISHED, expires_at__lt=now - KEPT_FOR
    ).order_by("expires_at")
    cleared = 0
    # A batch is a transaction of its own, so that no sender waits long for one.
    while batch := list(old.values_list("pk", flat=True)[:_CLEARED_AT_ONCE]):
        Delivery.objects.filter(pk__in=batch).delete()
        cleared += len(batch)
    return cleared


def beat(*, name: str, now: datetime) -> None:
    """Write a sweep's sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
