"""Celery's door to the outbox."""

from celery import shared_task

from programs.delivery import actions, queries
from programs.delivery.models import Lane
from programs.lib.times import database_now


@shared_task(name="delivery.tasks.deliver_due")
def deliver_due() -> None:
    """Say that this sweep is alive, and send what is due about patients. Prompts go out with theirs."""
    now = database_now()
    actions.beat(name=queries.DELIVERIES, now=now)
    actions.deliver_due(lane=Lane.CLINICAL, now=now)


@shared_task(name="delivery.tasks.clear_finished")
def clear_finished() -> None:
    """Forget prompts that were sent, or not, a month ago."""
    actions.clear_finished(now=database_now())
