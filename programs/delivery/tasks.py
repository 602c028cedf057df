"""Celery's door to the outbox."""

from celery import shared_task
from django.utils import timezone

from programs.delivery import actions, queries


@shared_task(name="delivery.tasks.deliver_due")
def deliver_due() -> None:
    """Send what is due, and say that this sweep is alive."""
    now = timezone.now()
    actions.beat(name=queries.DELIVERIES, now=now, oldest_due_at=queries.oldest_due_delivery(now))
    actions.deliver_due(now=now)
