"""Celery's door to movement breaks and other reminders."""

import logging
import time

from celery import shared_task

from programs.delivery import actions as delivery
from programs.delivery.models import Lane
from programs.delivery.queries import PROMPTS
from programs.lib import public_address
from programs.lib.times import database_now
from programs.reminders import actions
from programs.reminders.actions import calendars

logger = logging.getLogger(__name__)

# Seconds after which no other calendar is begun: prompts wait for the same workers.
LONGEST_READING = 10.0


@shared_task(name="reminders.tasks.prompt_due")
def prompt_due() -> None:
    """Say that this sweep is alive, make the prompts and reminders that are due, and send them."""
    now = database_now()
    delivery.beat(name=PROMPTS, now=now)
    actions.prompt_due(now=now)
    actions.remind_due(now=now)
    delivery.deliver_due(lane=Lane.PROMPT, now=database_now())


@shared_task(name="reminders.tasks.read_calendars")
def read_calendars() -> None:
    """Read the calendars that are due, one by one, for when their patients are busy."""
    end = time.monotonic() + LONGEST_READING
    while time.monotonic() < end and (calendar := calendars.claim_calendar(now=database_now())):
        try:
            text = public_address.read(calendar.address)
        except public_address.AddressError as error:
            calendars.store_problem(calendar=calendar, problem=str(error))
        except Exception as error:  # one calendar's fault keeps nobody else waiting
            # What an error says may hold the address, which is a secret.
            logger.error("calendar %s could not be read: %s", calendar.pk, type(error).__name__)
        else:
            calendars.store_reading(calendar=calendar, text=text, now=database_now())
