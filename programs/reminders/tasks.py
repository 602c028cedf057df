"""Celery's door to movement breaks."""

from celery import shared_task

from programs.delivery import actions as delivery
from programs.delivery.models import Lane
from programs.delivery.queries import PROMPTS
from programs.lib.times import database_now
from programs.reminders import actions


@shared_task(name="reminders.tasks.prompt_due")
def prompt_due() -> None:
    """Say that this sweep is alive, make the prompts that are due, and send them."""
    now = database_now()
    delivery.beat(name=PROMPTS, now=now)
    actions.prompt_due(now=now)
    delivery.deliver_due(lane=Lane.PROMPT, now=database_now())
