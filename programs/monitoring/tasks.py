"""Celery's door to the flags."""

from celery import shared_task

from programs.delivery import actions as delivery
from programs.delivery.queries import ESCALATIONS
from programs.lib.times import database_now
from programs.monitoring import actions


@shared_task(name="monitoring.tasks.escalate")
def escalate() -> None:
    """Say that this sweep is alive, and tell more people of the flags that nobody has taken on."""
    now = database_now()
    delivery.beat(name=ESCALATIONS, now=now)
    actions.escalate_due(now=now)


@shared_task(name="monitoring.tasks.wake_snoozed")
def wake_snoozed() -> None:
    """Open again what was put off until now."""
    actions.wake_snoozed(now=database_now())
