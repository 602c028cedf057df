"""Celery's door to movement breaks."""

from celery import shared_task
from django.db.models import Min
from django.utils import timezone

from programs.delivery import actions as delivery
from programs.delivery.queries import PROMPTS
from programs.reminders import actions
from programs.reminders.models import BreakRule


@shared_task(name="reminders.tasks.prompt_due")
def prompt_due() -> None:
    """Make the prompts that are due, and say that this sweep is alive."""
    now = timezone.now()
    oldest = BreakRule.objects.due(now).aggregate(at=Min("next_due_at"))["at"]
    delivery.beat(name=PROMPTS, now=now, oldest_due_at=oldest)
    actions.prompt_due(now=now)
