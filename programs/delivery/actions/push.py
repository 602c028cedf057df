"""Where people take Web Push, and what their devices say of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import User
from programs.delivery.channels.web_push import origin_of
from programs.delivery.models import DeliveryReceipt, PushSubscription
from programs.delivery.queries import delivery_of
from programs.lib.web_push import encode, read_auth, read_point

MOST_BROWSERS = 10
_RECEIPTS_TAKEN_FOR = timedelta(days=7)


@transaction.atomic
def subscribe_push(
    *, user: User, endpoint: str, p256dh: str, auth: str, now: datetime
) -> tuple[PushSubscription, bool]:
    """This person takes Web Push in the browser with this endpoint; returns the row, and whether it is new.

    The same browser again keeps its row, with the keys it has now; another person's browser is taken over.
    Of more than 10 browsers of a person the oldest is let go.
    """
    errors = {}
    if origin_of(endpoint) is None:
        errors["endpoint"] = "This is not the address of a push service that we know."
    try:
        point = encode(read_point(p256dh))
    except ValueError:
        errors["keys.p256dh"] = "This is not a public key of a browser."
    try:
        secret = encode(read_auth(auth))
    except ValueError:
        errors["keys.auth"] = "This is not the secret of a browser: 16 bytes as base64url."
    if errors:
        raise ValidationError(errors)
    User.objects.select_for_update().get(pk=user.pk)  # two browsers at once would both count nine others
    values: dict[str, Any] = {"endpoint": endpoint, "p256dh": point, "auth": secret, "revoked_at": None}
    subscription, is_new = PushSubscription.objects.get_or_create(
        endpoint_hash=sha256(endpoint.encode()).hexdigest(),
        defaults={"user": user, "created_at": now, **values},
    )
    if not is_new:
        is_new = subscription.user_id != user.pk
        if is_new:
            values |= {"user": user, "created_at": now, "last_receipt_at": None}
        PushSubscription.objects.filter(pk=subscription.pk).update(**values)
        subscription.refresh_from_db()
    live = PushSubscription.objects.visible_to(user).live().exclude(pk=subscription.pk)
    one_too_many = live.order_by("-created_at", "-id").values_list("pk", flat=True)[MOST_BROWSERS - 1 :]
    PushSubscription.objects.filter(pk__in=list(one_too_many)).update(revoked_at=now)
    return subscription, is_new


def unsubscribe_push(*, subscription: PushSubscription, now: datetime) -> None:
    """No more Web Push in this browser. A repeat keeps the first time."""
    PushSubscription.objects.live().filter(pk=subscription.pk).update(revoked_at=now)


@transaction.atomic
def record_receipt(*, token: str, kind: DeliveryReceipt.Kind, now: datetime) -> bool:
    """A device says that it has shown a push, or that it was tapped. A repeat changes nothing.

    False where the token is not one of ours, or is for a push of more than 7 days ago.
    """
    delivery = delivery_of(token)
    if delivery is None:
        return False
    # A device can be quicker than the sender, who writes down only then that it was sent.
    if delivery.sent_at is not None and delivery.sent_at < now - _RECEIPTS_TAKEN_FOR:
        return False
    _, is_new = DeliveryReceipt.objects.get_or_create(delivery=delivery, kind=kind, defaults={"at": now})
    if is_new:
        PushSubscription.objects.filter(pk=delivery.target).update(last_receipt_at=now)
    return True
