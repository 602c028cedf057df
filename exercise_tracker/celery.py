"""The Celery application: `celery -A exercise_tracker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exercise_tracker.settings")

app = Celery("exercise_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
