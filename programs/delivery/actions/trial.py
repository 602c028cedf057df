"""A test that somebody sends to themselves: does a notification arrive?"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.delivery.models import Channel, CrashPolicy, Delivery, Lane, Notice, PushSubscription, State
from programs.delivery.queries import TEST_SOURCE, tests_since
from programs.lib.times import database_now

MOST_TESTS = 5
_EACH = timedelta(hours=1)
_GOOD_FOR = timedelta(minutes=2)

OFF = "We send no notifications here. Your reminders show on the page."
NOT_ON = "Notifications are not on in this browser yet. Turn them on first."
TOO_MANY = "That was 5 tests in an hour. Please wait a little, then try again."


@transaction.atomic
def send_test(*, clinic: Clinic, user: User, browser: UUID | None, now: datetime) -> UUID:
    """Promise a test to one browser of this person, or to all of theirs; returns its id.

    At most 5 in an hour. Two minutes later it is of no use, and is not sent any more.
    """
    if not settings.VAPID_PRIVATE_KEY:
        raise ValidationError(OFF)
    User.objects.select_for_update().get(pk=user.pk)  # two at once would both count four others
    browsers = PushSubscription.objects.visible_to(user).live()
    if browser is not None:
        browsers = browsers.filter(pk=browser)
    targets = list(browsers.values_list("pk", flat=True))
    if not targets:
        raise ValidationError(NOT_ON)
    if tests_since(user, now - _EACH).count() >= MOST_TESTS:
        raise ValidationError(TOO_MANY)
    test_id = uuid7()
    due_at = min(now, database_now())  # senders go by the clock of the database
    Delivery.objects.bulk_create(
        Delivery(
            clinic=clinic,
            recipient=user,
            channel=Channel.WEB_PUSH,
            target=str(target),
            notice=Notice.TEST,
            lane=Lane.PROMPT,
            crash_policy=CrashPolicy.RETRY,
            source_kind=TEST_SOURCE,
            source_id=test_id,
            path=f"/push/tests/{test_id}/",
            state=State.PENDING,
            created_at=now,
            next_attempt_at=due_at,
            expires_at=now + _GOOD_FOR,
        )
        for target in targets
    )
    return test_id
