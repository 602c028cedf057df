"""`manage.py prepare`: everything that has to be there before the first request; safe to repeat."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrates, loads what the product ships with, and gathers static files where they are served so."""

    help = "Bring the database up to date and load exercises, programs and the demonstration clinic."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.say("Bringing the database up to date ...")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            self.say("Loading exercises and programs ...")
            call_command("load_library", verbosity=0)
            if settings.DEMO or not settings.DATABASE_URL:
                self.say("Loading the demonstration clinic ...")
                call_command("load_demonstration", verbosity=0)
            if not settings.DEBUG:
                self.say("Gathering static files ...")
                call_command("collectstatic", verbosity=0, interactive=False)
        except KeyboardInterrupt:
            sys.exit(130)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
