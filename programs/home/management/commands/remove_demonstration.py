"""`manage.py remove_demonstration`: take the demonstration clinic away, and nothing else."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from programs.home.actions import SIGN_INS_FILE, remove_demonstration


class Command(BaseCommand):
    help = "Delete the demonstration clinic, its people and everything about them. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = remove_demonstration()
        (settings.VAR_DIR / SIGN_INS_FILE).unlink(missing_ok=True)
        self.stdout.write(
            f"The demonstration clinic is gone, and {removed} people with it."
            if removed
            else "There is no demonstration clinic here."
        )
