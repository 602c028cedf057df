"""Celery's door to accounts."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="accounts.tasks.clear_sessions")
def clear_sessions() -> None:
    """Forget sign-ins that have run out, and with them what was typed and never sent."""
    call_command("clearsessions", verbosity=0)
