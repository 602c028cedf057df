"""When something happened, where a device says so whose clock may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

OK, SHIFTED, CLAMPED = TIME_SOURCES = ("ok", "shifted", "clamped")

_RIGHT_WITHIN = timedelta(minutes=2)
_AHEAD = timedelta(minutes=5)
_OLDEST = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment itself, and how it came about: as it was sent, corrected, or that of the receipt."""

    at: datetime
    source: str


def corrected(
    said: datetime | None, *, sent_at: datetime | None, received_at: datetime, age_ms: int | None = None
) -> Moment:
    """When something happened that a device says happened at `said`, by its own clock.

    sent_at: what that clock showed when it was sent. age_ms: how long before that it happened, by a clock
    that nobody sets, so it goes before all else; but it may stand still while a phone sleeps, so it does not
    go before a clock that is right now and says longer ago. What would be in the future, or ten years ago, is
    now.
    """
    behind_by = received_at - sent_at if sent_at is not None else timedelta()
    is_right = abs(behind_by) <= _RIGHT_WITHIN
    age = _age(age_ms)
    if age is not None and said is not None and sent_at is not None and is_right:
        has_slept = age + _RIGHT_WITHIN < received_at - said <= _OLDEST
        age = None if has_slept else age
    if age is not None:
        at = received_at - age
        return Moment(at, OK if said is not None and abs(at - said) <= _RIGHT_WITHIN else SHIFTED)
    if said is None:
        return Moment(received_at, CLAMPED)
    # As a distance, since a year 1 cannot be moved back any further.
    ago = received_at - said - (timedelta() if is_right else behind_by)
    if not -_AHEAD <= ago <= _OLDEST:
        return Moment(received_at, CLAMPED)
    return Moment(received_at - ago, OK if is_right else SHIFTED)


def _age(age_ms: int | None) -> timedelta | None:
    if age_ms is None or not 0 <= age_ms <= _OLDEST // timedelta(milliseconds=1):
        return None
    return timedelta(milliseconds=age_ms)
