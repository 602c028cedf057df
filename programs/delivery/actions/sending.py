"""Claiming what is due and sending it: each notice reaches its person, or it is known why it did not."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, When

from programs.accounts.models import Membership
from programs.delivery.channels import SENDERS, WAYS
from programs.delivery.channels.unreachable import UnreachableError
from programs.delivery.models import (
    Channel,
    CrashPolicy,
    Delivery,
    DeliveryQuerySet,
    EmailOptOut,
    Lane,
    State,
)
from programs.lib.errors import ChannelError

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=1)
_SOONEST_RETRY = timedelta(seconds=5)  # whatever the other side says: one tick of the engine
_DOUBLINGS = 8
_JITTER = 0.2
LONGEST_TURN = timedelta(seconds=20)  # what is left is the next sweep's
# A request may take 5 seconds; one that ends after its lease could be sent a second time meanwhile.
_FENCE = timedelta(seconds=7)
_LEAST_USE = timedelta(seconds=1)
_BATCH = 10
# A batch each by turns: neither waits behind hundreds of the other.
_TURNS = (Channel.WEB_PUSH, Channel.EMAIL)
_TOGETHER = 500
_OVERDUE_AT_ONCE = 500
_PAUSE = 0.2  # seconds between two questions to a database that is away

Answer = TypeVar("Answer")

_jitter = random.SystemRandom()


class _Clock:
    """The present during one turn: the caller's `now`, and on from there by what this process measures.

    `now` is one moment for everybody who works on the same database. To ask the clock of this machine
    again would mix two clocks that may differ, and a lease is only as good as the agreement on the time.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    @property
    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._started)

    def __call__(self) -> datetime:
        return self._now + self.elapsed


@dataclass(frozen=True, slots=True)
class _Claim:
    """Rows that nobody else sends until the lease is over: lists of what goes out as one message.

    A database that restarts is away for a second or so. Whoever gave up then would leave the rows of the
    claim lying until the lease is over, and what was just sent would be sent again; so it is asked again for
    as long as the lease lasts.
    """

    token: UUID
    lease_until: datetime
    messages: list[list[Delivery]]
    is_last: bool
    clock: _Clock

    def mine(self, deliveries: Iterable[Delivery]) -> DeliveryQuerySet:
        """Those of them that are still held: not taken back, not somebody else's after the lease ran out."""
        return Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in deliveries], lease_token=self.token
        )

    def wanted(self, deliveries: Sequence[Delivery]) -> dict[UUID, bool]:
        """The ids of those that are still held, each with whether its recipient may still get notices: has
        an account, belongs to the clinic that it comes from, and has not stopped this kind.
        """
        belongs = Membership.objects.active().filter(user=OuterRef("recipient"), clinic=OuterRef("clinic"))
        stopped = EmailOptOut.objects.filter(user=OuterRef("recipient"))
        is_stopped = Q(lane=Lane.PROMPT, channel=Channel.EMAIL) & Q(Exists(stopped))
        leased = self.mine(deliveries).filter(state=State.LEASED)
        leased = leased.annotate(
            belongs=Exists(belongs), is_stopped=Case(When(is_stopped, True), default=False)
        )
        columns = ("pk", "recipient__is_active", "belongs", "is_stopped")
        rows = self._patiently(lambda: list(leased.values_list(*columns)))
        return {pk: is_active and belongs and not stopped for pk, is_active, belongs, stopped in rows}

    def begin(self, deliveries: Sequence[Delivery]) -> int:
        """From here on nobody may send them again, whatever becomes of this sender."""
        return self.mine(deliveries).filter(state=State.LEASED).update(state=State.SENDING)

    def release(self, deliveries: Sequence[Delivery], **values: object) -> int:
        """Write down what became of them; returns how many were still held."""
        mine = self.mine(deliveries)
        return self._patiently(lambda: mine.update(lease_token=None, lease_until=None, **values))

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            try:
                return ask()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or self.clock() > self.lease_until - _FENCE:
                    raise
                connection.close()  # the next question opens another
                time.sleep(_PAUSE)


def deliver_due(*, lane: Lane, now: datetime) -> int:
    """Send what is due in one lane, in small batches, until nothing is left or about 20 seconds have passed;
    returns how many rows were sent. Safe to run any number of times at once.

    A sender that dies leaves a lease that runs out. What is to be sent again then is sent again: a therapist
    may read one notice twice, but never misses one. What must not be sent twice is left in doubt. A server
    that does not answer is asked once in a turn; what else goes there is put off, and the rest goes out.
    """
    clock = _Clock(now)
    _expire(lane, now)
    _leave_in_doubt(lane, now)
    sent, down, channels = 0, set[str](), deque(_TURNS)
    while channels and clock.elapsed < LONGEST_TURN:
        channel = channels.popleft()
        claim = _claim(lane, channel, clock)
        for number, message in enumerate(claim.messages):
            if clock() > claim.lease_until - _FENCE or clock.elapsed > LONGEST_TURN:
                _give_back(claim, claim.messages[number:], clock())
                return sent
            try:
                sent += _deliver(claim, message, down, clock)
            except Exception as error:  # one row's fault keeps nobody else waiting; its lease runs out
                _log_fault(message, error)
        if not claim.is_last and channel not in down:
            channels.append(channel)
    return sent


@transaction.atomic
def _expire(lane: Lane, now: datetime) -> None:
    overdue = Delivery.objects.overdue(now).filter(lane=lane).select_for_update(skip_locked=True)
    Delivery.objects.filter(pk__in=overdue.order_by("expires_at").values("pk")[:_OVERDUE_AT_ONCE]).update(
        state=State.EXPIRED, lease_token=None, lease_until=None
    )


@transaction.atomic
def _leave_in_doubt(lane: Lane, now: datetime) -> None:
    """What a sender was sending when it died: perhaps it is out, perhaps not."""
    abandoned = Delivery.objects.filter(
        lane=lane, channel__in=_TURNS, state=State.SENDING, next_attempt_at__lte=now
    )
    held = abandoned.select_for_update(skip_locked=True).order_by("next_attempt_at")
    ids = list(held.values_list("pk", flat=True)[:_OVERDUE_AT_ONCE])
    if ids:
        Delivery.objects.filter(pk__in=ids, state=State.SENDING).update(
            state=State.IN_DOUBT, lease_token=None, lease_until=None
        )
    for pk in ids:
        logger.error("delivery %s is in doubt: its sender did not come back", pk)


@transaction.atomic
def _claim(lane: Lane, channel: Channel, clock: _Clock) -> _Claim:
    at = clock()
    due = Delivery.objects.due(at).filter(lane=lane, channel=channel).select_related("recipient")
    due = due.select_for_update(skip_locked=True, of=("self",))
    claimed = list(due.order_by("next_attempt_at", "id")[:_BATCH])
    is_last = len(claimed) < _BATCH
    if claimed and lane == Lane.CLINICAL:
        also = due.filter(_to_the_same(claimed)).exclude(pk__in=[row.pk for row in claimed])
        claimed += also.order_by("next_attempt_at", "id")[:_TOGETHER]
    claim = _Claim(
        token=uuid4(),
        lease_until=at + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS),
        messages=_messages(lane, claimed),
        is_last=is_last,
        clock=clock,
    )
    Delivery.objects.filter(pk__in=[row.pk for row in claimed]).update(
        state=State.LEASED,
        lease_token=claim.token,
        lease_until=claim.lease_until,
        next_attempt_at=claim.lease_until,
        attempts=F("attempts") + 1,
    )
    return claim


def _to_the_same(deliveries: Sequence[Delivery]) -> Q:
    same = Q()
    for recipient_id, target in {(row.recipient_id, row.target) for row in deliveries}:
        same |= Q(recipient=recipient_id, target=target)
    return same


def _messages(lane: Lane, deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Several patients who need a look are one message to a person, not twenty; a prompt stands alone."""
    if lane == Lane.PROMPT:
        return [[delivery] for delivery in deliveries]
    together: dict[tuple[UUID, str], list[Delivery]] = {}
    for delivery in deliveries:
        together.setdefault((delivery.recipient_id, delivery.target), []).append(delivery)
    return list(together.values())


def _deliver(claim: _Claim, message: Sequence[Delivery], down: set[str], clock: _Clock) -> int:
    """Look once more whether the message is still wanted, send it, and write down what became of it; into
    `down` where nobody answered.
    """
    wanted = claim.wanted(message)
    if not all(wanted.values()):
        claim.release([row for row in message if not wanted.get(row.pk, True)], state=State.WITHDRAWN)
    rows = sorted((row for row in message if wanted.get(row.pk)), key=lambda row: (row.created_at, row.pk))
    if not rows:
        return 0
    first, at = rows[0], clock()
    if down and WAYS[first.channel](rows) in down:
        _put_off(claim, rows, ChannelError("No answer there a moment ago.", permanent=False), at)
        return 0
    if first.expires_at is not None and first.expires_at < at + _LEAST_USE:
        claim.release(rows, state=State.EXPIRED)
        return 0
    if first.crash_policy == CrashPolicy.ONCE and not claim.begin(rows):
        return 0
    try:
        SENDERS[first.channel](rows, at)
    except ChannelError as error:
        if isinstance(error, UnreachableError):
            down.add(error.way)
        _put_off(claim, rows, error, clock())
        return 0
    except Exception as error:
        _log_fault(rows, error)
        _put_off(claim, rows, ChannelError("Unexpected error.", permanent=False, unclear=True), clock())
        return 0
    return claim.release(rows, state=State.SENT, sent_at=clock(), error="")


def _put_off(claim: _Claim, rows: Sequence[Delivery], error: ChannelError, at: datetime) -> None:
    """Try again later, but never what may be out already and must not go out twice, nor what is too late."""
    first, again_at = rows[0], at + _wait(rows[0].attempts, error.retry_after)
    if error.permanent:
        state = State.FAILED
    elif error.unclear and first.crash_policy == CrashPolicy.ONCE:
        state = State.IN_DOUBT
    elif first.expires_at is not None and again_at >= first.expires_at:
        state = State.EXPIRED
    else:
        state = State.PENDING
    if state in (State.FAILED, State.IN_DOUBT):
        for row in rows:
            logger.error("delivery %s is given up: %s", row.pk, error)
    claim.release(rows, state=state, next_attempt_at=again_at, error=str(error)[:200])


def _wait(earlier: int, asked_for: timedelta | None) -> timedelta:
    """How long to wait after an attempt with so many before it: ever longer, and not all at one moment."""
    if asked_for is not None:
        return min(max(asked_for, _SOONEST_RETRY), LONGEST_RETRY)
    wait: timedelta = FIRST_RETRY * 2 ** min(earlier, _DOUBLINGS)
    return min(wait * _jitter.uniform(1 - _JITTER, 1 + _JITTER), LONGEST_RETRY)


def _give_back(claim: _Claim, messages: Iterable[Sequence[Delivery]], at: datetime) -> None:
    """There is no time left to send these: whoever comes next may, at once."""
    rows = [row for message in messages for row in message]
    untouched = claim.mine(rows).filter(state=State.LEASED)
    untouched.update(
        state=State.PENDING,
        lease_token=None,
        lease_until=None,
        next_attempt_at=at,
        attempts=F("attempts") - 1,
    )


def _log_fault(rows: Iterable[Delivery], error: Exception) -> None:
    """Where it happened, without the words of the error: they may hold an address."""
    where = "".join(traceback.format_tb(error.__traceback__))
    for row in rows:
        logger.error("delivery %s failed: %s\n%s", row.pk, type(error).__name__, where)
