"""The project: wiring only, no behaviour."""

from exercise_tracker.celery import app as celery_app

__all__ = ["celery_app"]
