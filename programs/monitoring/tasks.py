"""Celery's door to the flags."""

from celery import shared_task
from django.utils import timezone

from programs.monitoring import actions


@shared_task(name="monitoring.tasks.wake_snoozed")
def wake_snoozed() -> None:
    """Open again what was put off until now."""
    actions.wake_snoozed(now=timezone.now())
