"""Celery's door to what telephones send."""

from celery import shared_task
from django.utils import timezone

from programs.exchange import actions


@shared_task(name="exchange.tasks.close_left_sessions")
def close_left_sessions() -> None:
    """Store the sessions that were begun on a telephone and left."""
    actions.close_left_sessions(now=timezone.now())
