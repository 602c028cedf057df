"""Web Push: ids only, readable by one browser, and nobody is called but the push services on the list."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

import httpx
from django.conf import settings

from programs.delivery.channels.unreachable import UnreachableError
from programs.delivery.models import Delivery, Lane, PushSubscription
from programs.delivery.queries import RECEIPT_SIGNER
from programs.lib.errors import ChannelError
from programs.lib.web_push import encrypt, vapid_header

# They would log the address of every push, which is its subscriber's secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

TIMEOUT = 5.0  # seconds to connect, and again for each piece that is sent or comes back
_LABEL = "[a-z0-9][a-z0-9-]{0,62}"  # one that is empty or longer cannot be looked up
_HTTPS = re.compile(rf"(https://({_LABEL}(?:\.{_LABEL})+))(/[!-~]*)?")
_LONGEST_TTL = timedelta(weeks=4)
_CLINICAL_TTL = timedelta(days=1)
_SENT: Final = {200, 201, 202, 204}
_GONE: Final = {404, 410}
_ANOTHERS: Final = {401, 403}  # it was made with another key than the one we sign with now
_MUCH = 4096  # bytes of an answer's body: none of them means anything to us


def origin_of(endpoint: str) -> str | None:
    """Scheme, host and port of an address that a push may be sent to; None for every other address.

    The address comes from outside, and this server calls it. So it is compared as text with one strict shape,
    before any library can read it in a way of its own: https, a host on the list, its usual port, no user.
    """
    for origin in settings.WEB_PUSH_TEST_ORIGINS:
        if endpoint.startswith(f"{origin}/"):
            return str(origin)
    address = _HTTPS.fullmatch(endpoint)
    if address is None:
        return None
    origin, host = address[1], address[2]
    listed = any(
        host.endswith(entry) if entry.startswith(".") else host == entry for entry in settings.WEB_PUSH_HOSTS
    )
    return origin if listed else None


def send(deliveries: Sequence[Delivery], now: datetime) -> None:
    """One push for all of these rows. A subscription that is of no use any more is revoked: its person can
    say yes again, which a browser that seems to take push would not ask.
    """
    first = deliveries[0]
    subscriptions = PushSubscription.objects.live().filter(pk=first.target)
    # A browser that somebody else has taken over meanwhile is not this recipient's.
    subscription = subscriptions.filter(user=first.recipient_id).first()
    if subscription is None:
        raise ChannelError("Web Push was switched off in this browser.", permanent=True)
    origin = origin_of(subscription.endpoint)
    if origin is None:
        raise ChannelError("This push service is not on the list.", permanent=True)
    if not settings.VAPID_PRIVATE_KEY:
        raise ChannelError("Web Push is switched off.", permanent=True)
    status, retry_after = _post(
        subscription.endpoint,
        encrypt(_payload(first), p256dh=subscription.p256dh, auth=subscription.auth),
        {**_headers(first, now), "Authorization": _authorization(origin, now)},
    )
    if status in _SENT:
        return
    if status in _GONE | _ANOTHERS:
        subscriptions.update(revoked_at=now)
    may_help = status == 429 or status >= 500
    raise ChannelError(
        f"The push service answered {status}.",
        permanent=not may_help,
        retry_after=_moment(retry_after, now) if may_help else None,
    )


def way(deliveries: Sequence[Delivery]) -> str:
    """The origin of the push service behind the browser of these rows."""
    subscription = PushSubscription.objects.filter(pk=deliveries[0].target).first()
    return "" if subscription is None else origin_of(subscription.endpoint) or ""


def _payload(delivery: Delivery) -> bytes:
    """What the service worker needs to show a fixed text and to say that it did. No word about anybody."""
    token = RECEIPT_SIGNER.sign(str(delivery.pk))
    fields = {
        "v": 1,
        "id": str(delivery.source_id),
        "kind": delivery.source_kind,
        "n": delivery.nth,
        "token": token,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    """The topic makes a repeat replace the copy that has not been fetched yet."""
    left = _CLINICAL_TTL if delivery.expires_at is None else delivery.expires_at - now
    topic = sha256(f"{delivery.source_id}.{delivery.nth}".encode()).digest()
    return {
        "TTL": str(int(min(max(left, timedelta()), _LONGEST_TTL).total_seconds())),
        "Urgency": "high" if delivery.lane == Lane.CLINICAL else "normal",
        "Topic": urlsafe_b64encode(topic).decode()[:32],
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def _authorization(origin: str, now: datetime) -> str:
    return vapid_header(
        origin=origin, subject=settings.VAPID_SUBJECT, private=settings.VAPID_PRIVATE_KEY, now=now
    )


def _post(endpoint: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status of the answer and its Retry-After. What the body says is not of interest."""
    try:
        with _client(os.getpid()).stream(
            "POST", endpoint, content=body, headers=headers, timeout=TIMEOUT
        ) as answer:
            # A short body is read to its end, so that the connection can be used again; a long one is cut.
            end, length = time.monotonic() + TIMEOUT, 0
            with suppress(httpx.HTTPError):
                for piece in answer.iter_raw():
                    length += len(piece)
                    if length > _MUCH or time.monotonic() > end:
                        break
            return answer.status_code, answer.headers.get("Retry-After", "")
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ChannelError(type(error).__name__, permanent=True) from error
    except httpx.HTTPError as error:
        raise UnreachableError(type(error).__name__, way=origin_of(endpoint) or "") from error


def close_connections() -> None:
    """Let go of the connections that are kept open for the next push."""
    _client(os.getpid()).close()
    _client.cache_clear()


@lru_cache(maxsize=1)
def _client(process_id: int) -> httpx.Client:
    """One per process: what a fork inherits is its parent's connections. It follows no redirect, and no proxy
    of the environment either, since both would lead off the list.
    """
    return httpx.Client(follow_redirects=False, trust_env=False, headers={"User-Agent": "exercise-tracker"})


def _moment(text: str, now: datetime) -> timedelta | None:
    """Retry-After as a wait: seconds, or a date as HTTP writes it; None where it is neither."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        return parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return None
