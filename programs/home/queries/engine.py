"""How the engine stands, as the rows say it, and what one clinic sent lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Sum

from programs.accounts.models import Clinic, Membership
from programs.delivery.models import Channel, Delivery, Heartbeat, Lane, PushSubscription, State
from programs.delivery.queries import DELIVERIES, ESCALATIONS, PROMPTS, STANDBY
from programs.home.rules.engine import EngineState
from programs.monitoring.models import Flag
from programs.reminders.models import BreakRule, Prompt, Reminder

SWEEPS = (PROMPTS, DELIVERIES, ESCALATIONS)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one clinic's notices did in the last 24 hours.

    alerts, prompt_notices: how many e-mails and pushes there were by state. slowest_alert: the longest time
    from a reason to the e-mail or push about it. missed: prompts that fell due while nothing ran, ever.
    """

    prompts: int
    missed: int
    alerts: Counter[str]
    prompt_notices: Counter[str]
    slowest_alert: timedelta | None
    devices: int


def engine_state(now: datetime) -> EngineState:
    """At `now`, by the database's clock. It asks no process, so it can tell that all of them are dead."""
    silences = _silences(now)
    firsts = (
        BreakRule.objects.due(now).aggregate(at=Min("next_due_at"))["at"],
        Reminder.objects.due(now).aggregate(at=Min("next_due_at"))["at"],
        Delivery.objects.due(now).aggregate(at=Min("next_attempt_at"))["at"],
        Flag.objects.due(now).aggregate(at=Min("next_escalation_at"))["at"],
    )
    return EngineState(
        silent_for={name: silences.get(name) for name in SWEEPS},
        oldest_wait=now - min((at for at in firsts if at is not None), default=now),
        standby_silent_for=silences.get(STANDBY),
    )


def celery_is_silent(now: datetime, longer_than: timedelta) -> bool:
    """Whether one of Celery's sweeps, whichever, has not given a sign of life for so long, or never did."""
    silences = _silences(now)
    return any(name not in silences or silences[name] > longer_than for name in SWEEPS)


def traffic(clinic: Clinic, now: datetime) -> Traffic:
    """One clinic's last 24 hours, until `now`."""
    lately = Delivery.objects.filter(clinic=clinic, created_at__gt=now - DAY).exclude(channel=Channel.IN_APP)
    counts: dict[str, Counter[str]] = {lane: Counter() for lane in Lane}
    rows = lately.order_by().values_list("lane", "state").annotate(number=Count("pk"))
    for lane, state, number in rows:
        counts[lane][state] = number
    alerts_sent = lately.filter(lane=Lane.CLINICAL, state=State.SENT)
    here = Membership.objects.active().filter(user=OuterRef("user"), clinic=clinic)
    return Traffic(
        prompts=Prompt.objects.filter(clinic=clinic, due_at__gt=now - DAY, due_at__lte=now).count(),
        missed=BreakRule.objects.filter(clinic=clinic).aggregate(all=Sum("missed"))["all"] or 0,
        alerts=counts[Lane.CLINICAL],
        prompt_notices=counts[Lane.PROMPT],
        slowest_alert=alerts_sent.aggregate(wait=Max(F("sent_at") - F("created_at")))["wait"],
        devices=PushSubscription.objects.live().filter(Exists(here)).count(),
    )


def _silences(now: datetime) -> dict[str, timedelta]:
    return {name: now - at for name, at in Heartbeat.objects.values_list("name", "beat_at")}
