"""Is the engine alive, and is anything waiting too long?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from programs.delivery.models import Delivery, Heartbeat

PROMPTS = "prompts"
DELIVERIES = "deliveries"
LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """The state of the two sweeps: how long ago each gave a sign of life, and the longest wait then."""

    silent_for: dict[str, timedelta | None]
    oldest_wait: timedelta

    @property
    def is_well(self) -> bool:
        alive = all(silence is not None and silence <= LATE for silence in self.silent_for.values())
        return alive and self.oldest_wait <= LATE


def engine_health(now: datetime) -> EngineHealth:
    """Measured from the heartbeat rows, whoever wrote them."""
    beats = {heartbeat.name: heartbeat for heartbeat in Heartbeat.objects.all()}
    silent = {name: now - beats[name].beat_at if name in beats else None for name in (PROMPTS, DELIVERIES)}
    waits = [
        heartbeat.beat_at - heartbeat.oldest_due_at
        for heartbeat in beats.values()
        if heartbeat.oldest_due_at is not None
    ]
    return EngineHealth(silent_for=silent, oldest_wait=max(waits, default=timedelta()))


def heartbeat_age(now: datetime) -> timedelta | None:
    """How long ago the quieter of the two sweeps gave a sign of life; None if one never did."""
    silences = engine_health(now).silent_for.values()
    known = [silence for silence in silences if silence is not None]
    return max(known) if len(known) == len(silences) else None


def oldest_due_delivery(now: datetime) -> datetime | None:
    """When the delivery that has waited longest fell due."""
    oldest: datetime | None = Delivery.objects.due(now).aggregate(at=Min("next_attempt_at"))["at"]
    return oldest
