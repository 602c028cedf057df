"""Celery's door to the logbook."""

from celery import shared_task
from django.utils import timezone

from programs.logbook import actions


@shared_task(name="logbook.tasks.reconcile")
def reconcile() -> None:
    """Re-derive the last 14 days; whatever this opens, a stored report should have opened."""
    actions.reconcile(now=timezone.now())


@shared_task(name="logbook.tasks.find_silent")
def find_silent() -> None:
    """Open a flag for everybody who has gone silent, or whose reports show no change after weeks."""
    actions.find_silent(now=timezone.now())


@shared_task(name="logbook.tasks.review_stages")
def review_stages() -> None:
    """End flare plans that are over, and step back in plans that nobody has followed for long."""
    actions.review_stages(now=timezone.now())
