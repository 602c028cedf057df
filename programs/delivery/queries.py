"""Names that rooms above share with the outbox, and how somebody's notices stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from programs.accounts.models import User
from programs.delivery.models import Channel, Delivery, DeliveryReceipt, PushSubscription, State

PROMPTS = "prompts"
DELIVERIES = "deliveries"
ESCALATIONS = "escalations"
STANDBY = "standby"
"""The heartbeats: of Celery's sweeps, and of the standby."""

PROMPT_SOURCE = "prompt"
"""What a delivery of a prompt to move has as its `source_kind`."""

REMINDER_SOURCE = "reminder"
"""What one of another reminder has, and of a digest."""

TEST_SOURCE = "test"
"""What a test that somebody sent to themselves has."""

RECEIPT_SIGNER = Signer(salt="delivery.receipt")
"""Makes the token in a push: it names the row of that one delivery."""

UNSUBSCRIBE_SIGNER = Signer(salt="delivery.unsubscribe", sep=".")
"""Makes the token in an e-mail by which its reader stops them: it names the reader. It stays good."""

SHOWS_WITHIN = timedelta(seconds=30)
"""When a test has not shown up by then, something may be wrong."""

_SILENT = 3


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push was about, told by the token that came in it."""

    source_kind: str
    source_id: UUID
    nth: int
    recipient: User


def pushed(token: str) -> Pushed | None:
    """What the device with this token may speak of; None for a token that is not ours.

    It is of no use once its browser takes push no more, or takes it for somebody else, nor once its person
    has no account.
    """
    row = delivery_of(token)
    if row is None or not row.recipient.is_active:
        return None
    if not PushSubscription.objects.live().filter(pk=row.target, user=row.recipient).exists():
        return None
    return Pushed(row.source_kind, row.source_id, row.nth, row.recipient)


def left_or_never_queued(source_kind: str, source_id: OuterRef) -> Q:
    """Of rows of a room above: those of which a message was sent, or none was ever to be. What is left out
    reached nobody, because the sender stood still.
    """
    queued = Delivery.objects.filter(source_kind=source_kind, source_id=source_id)
    return Q(Exists(queued.filter(state=State.SENT))) | ~Q(Exists(queued))


def delivery_of(token: str) -> Delivery | None:
    """The push that this token came in."""
    try:
        pushes = Delivery.objects.filter(channel=Channel.WEB_PUSH).select_related("recipient")
        return pushes.get(pk=UUID(RECEIPT_SIGNER.unsign(token)))
    except (BadSignature, ValueError, Delivery.DoesNotExist):
        return None


def unsubscriber(token: str) -> User | None:
    """Whose reminders by e-mail the token is about; None for a token that is not ours."""
    try:
        user: User = User.objects.get(pk=UUID(UNSUBSCRIBE_SIGNER.unsign(token)))
    except (BadSignature, ValueError, User.DoesNotExist):
        return None
    return user


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser in which a person takes Web Push, with when it last said that it showed one."""

    id: UUID
    name: str
    since: datetime
    last_shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class PushHere:
    """What a page says about Web Push: whether this server sends any, and where the person takes it."""

    is_possible: bool
    browsers: list[Browser]
    may_be_off: bool


def push_here(user: User) -> PushHere:
    """How Web Push stands for a person, their browsers with the newest first."""
    browsers = [
        Browser(row.pk, _name_of(row), row.created_at, row.last_receipt_at)
        for row in PushSubscription.objects.visible_to(user).live()
    ]
    return PushHere(
        is_possible=bool(settings.VAPID_PRIVATE_KEY),
        browsers=browsers,
        may_be_off=bool(browsers) and silent_push(user),
    )


def silent_push(user: User) -> bool:
    """Whether there is a browser that has not said of any of the last three pushes that it showed them."""
    live = PushSubscription.objects.visible_to(user).live().values_list("pk", flat=True)
    shown = DeliveryReceipt.objects.filter(delivery=OuterRef("pk"))
    newest_first = Window(RowNumber(), partition_by="target", order_by=[F("sent_at").desc(), F("pk").desc()])
    pushes = (
        Delivery.objects.filter(
            recipient=user,
            channel=Channel.WEB_PUSH,
            state=State.SENT,
            target__in=[str(pk) for pk in live],
        )
        .annotate(number=newest_first, is_shown=Exists(shown))
        .filter(number__lte=_SILENT)
    )
    answers: dict[str, list[bool]] = {}
    for target, is_shown in pushes.values_list("target", "is_shown"):
        answers.setdefault(target, []).append(is_shown)
    return any(len(given) == _SILENT and not any(given) for given in answers.values())


_BROWSERS = {
    "googleapis.com": "Chrome, or a browser like it",
    "mozilla.com": "Firefox",
    "windows.com": "Edge",
    "apple.com": "Safari, or an app on an iPhone or iPad",
}


def _name_of(subscription: PushSubscription) -> str:
    """Which browser it is, as far as its push service tells; else the host of that."""
    host = urlsplit(subscription.endpoint).hostname or ""
    return next((name for end, name in _BROWSERS.items() if host.endswith(f".{end}")), host)


class TestState(Enum):
    """How far a test has come."""

    __test__ = False  # pytest would take the name for a test of its own

    WAITING = "waiting"
    SENT = "sent"
    NOT_SHOWN = "not_shown"
    NOT_SENT = "not_sent"
    SHOWN = "shown"
    GONE_WRONG = "gone_wrong"


@dataclass(frozen=True, slots=True)
class PushTest:
    """One test that somebody sent to themselves. While it is `open`, something may still happen."""

    id: UUID
    state: TestState
    is_open: bool
    asked_at: datetime


def push_test(user: User, test_id: UUID, now: datetime) -> PushTest | None:
    """How a person's own test stands; None where there is none with this id.

    A test to several browsers has arrived when one of them has shown it, and has gone wrong when no push
    service took it.
    """
    rows = list(Delivery.objects.visible_to(user).filter(source_kind=TEST_SOURCE, source_id=test_id))
    if not rows:
        return None
    asked_at = min(row.created_at for row in rows)
    ends_at = max(row.expires_at or row.created_at for row in rows)
    sent = [row.sent_at for row in rows if row.state == State.SENT and row.sent_at]
    waits = any(row.state in (State.PENDING, State.LEASED) for row in rows)
    if DeliveryReceipt.objects.filter(delivery__in=rows).exists():
        state = TestState.SHOWN
    elif sent:
        state = TestState.SENT if now < min(sent) + SHOWS_WITHIN else TestState.NOT_SHOWN
    elif waits and now < ends_at:
        state = TestState.WAITING if now < asked_at + SHOWS_WITHIN else TestState.NOT_SENT
    else:
        state = TestState.GONE_WRONG
    is_open = state not in (TestState.SHOWN, TestState.GONE_WRONG) and now < ends_at
    return PushTest(id=test_id, state=state, is_open=is_open, asked_at=asked_at)


def tests_since(user: User, since: datetime) -> QuerySet[Delivery, UUID]:
    """The ids of the tests that a person has sent to themselves since then."""
    rows = Delivery.objects.visible_to(user).filter(source_kind=TEST_SOURCE, created_at__gt=since)
    return rows.order_by().values_list("source_id", flat=True).distinct()
