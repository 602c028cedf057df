"""Celery's door to the logbook."""

from celery import shared_task
from django.utils import timezone

from programs.logbook import actions


@shared_task(name="logbook.tasks.reconcile")
def reconcile() -> None:
    """Re-derive the last 14 days; whatever this opens, a stored report should have opened."""
    actions.reconcile(now=timezone.now())
