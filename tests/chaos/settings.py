"""The product's settings at the pace of the test profile, with local services in place of the world's."""

import os

from exercise_tracker.settings import *  # noqa: F403
from exercise_tracker.settings import CELERY_BEAT_SCHEDULE

DELIVERY_LEASE_SECONDS = 10
WEB_PUSH_TEST_ORIGINS = [os.environ["CHAOS_PUSH_ORIGIN"]]

_PACE = {
    "reminders.tasks.prompt_due": 2.0,
    "delivery.tasks.deliver_due": 2.0,
    "monitoring.tasks.escalate": 5.0,
}
CELERY_BEAT_SCHEDULE = {
    name: entry
    | (
        {"schedule": _PACE[entry["task"]], "options": {"expires": _PACE[entry["task"]]}}
        if entry["task"] in _PACE
        else {}
    )
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
