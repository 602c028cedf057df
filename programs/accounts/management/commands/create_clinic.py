"""`manage.py create_clinic`: the first clinic of a new installation, with the person who runs it."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from programs.accounts.actions import EMERGENCY_NUMBER, found_clinic

_PASSWORD_BYTES = 16  # 128 bits: longer than any rule asks for, and never typed twice


class Command(BaseCommand):
    help = "Make a clinic and its first person, who is therapist and administrator, and print the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic_name", help="the clinic's name")
        parser.add_argument("--email", required=True, help="the first person's e-mail address")
        parser.add_argument("--name", required=True, help="the first person's name")

        parser.add_argument(
            "--emergency-number",
            default=EMERGENCY_NUMBER,
            help="whom patients are to call in an emergency: 999, 112, 911 (default: %(default)s)",
        )

    def handle(
        self, *args: Any, clinic_name: str, email: str, name: str, emergency_number: str, **options: Any
    ) -> None:
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        try:
            found_clinic(
                clinic_name=clinic_name,
                email=email,
                name=name,
                password=password,
                emergency_number=emergency_number,
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join([*error.messages, "Nothing was made."])) from error
        self.stdout.write(
            f"{clinic_name} is ready. {name} signs in with {email.strip().lower()} and this password:\n\n"
            f"    {password}\n\n"
            "It is shown only now. Change it after the first sign-in, on the page Me.\n"
        )
