"""`manage.py make_push_key`: a key for VAPID_PRIVATE_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from programs.lib.web_push import new_vapid_key


class Command(BaseCommand):
    """Prints it and keeps nothing. Browsers know the server by its key: with another they subscribe anew."""

    help = "Print a fresh private key for Web Push, to be kept as VAPID_PRIVATE_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_vapid_key())
