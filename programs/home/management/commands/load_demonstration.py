"""`manage.py load_demonstration`: the demonstration clinic, and a file that says how to sign in to it."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.home.actions import SIGN_INS, SIGN_INS_FILE, load_demonstration
from programs.library.models import Program

CONSONANTS = "bdfghklmnprstvwz"
VOWELS = "aeio"


class Command(BaseCommand):
    """Safe to repeat: a second run keeps the clinic and its password, and prints the same lines."""

    help = "Load the demonstration clinic (made-up people with ten weeks of history) and print its sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_URL and not settings.DEMO:
            raise CommandError(
                "Made-up people do not belong among real ones: "
                "to load them into the database named in DATABASE_URL all the same, set DEMO=1."
            )
        file = settings.VAR_DIR / SIGN_INS_FILE
        password = kept_password(file) or readable_password()
        try:
            load_demonstration(password=password, now=timezone.now())
        except Program.DoesNotExist as error:
            raise CommandError("Load the exercises and programs first: manage.py load_library") from error
        lines = "".join(
            f"{person.role.value}\t{person.name}\t{person.email}\t{password}\n" for person in SIGN_INS
        )
        write_privately(file, lines)
        if options["verbosity"]:
            self.stdout.write(lines, ending="")


def kept_password(file: Path) -> str:
    """The password an earlier run wrote down, or "" where there is none to be read."""
    if not file.exists():
        return ""
    first_line, _, _ = file.read_text().partition("\n")
    return first_line.split("\t")[3] if first_line.count("\t") == 3 else ""


def readable_password() -> str:
    """Four short words that mean nothing, such as kato-mide-bela-sori: 48 random bits one can read out."""
    words = ["".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(2)) for _ in range(4)]
    return "-".join(words)


def write_privately(file: Path, text: str) -> None:
    """Replace the file whole, readable by its owner only from the first byte on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
    fresh.replace(file)
