"""`manage.py reapply_erasures`: after a backup was restored, delete again whom their owners had deleted."""

from pathlib import Path
from typing import Any

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.base import DeserializationError

from programs.accounts.models import Erasure
from programs.exchange.actions import erase_again

NOT_A_LIST = "This is no list that `manage.py dumpdata accounts.Erasure` made. Nothing was deleted."


class Command(BaseCommand):
    help = "Delete again every account on a list that `manage.py dumpdata accounts.Erasure` made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="file with the list")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        erasures = _read(path)
        deleted = refused = 0
        for erasure in erasures:
            try:
                deleted += erase_again(erasure)
            except ValidationError:
                refused += 1
        said = f"{len(erasures)} on the list: {deleted} deleted again"
        said += f", {len(erasures) - deleted - refused} gone already"
        if refused:
            raise CommandError(f"{said}, {refused} left because they work or worked for a clinic.")
        self.stdout.write(f"{said}.")


def _read(path: Path) -> list[Erasure]:
    """The whole list before anything is deleted: a file that was cut short deletes nobody."""
    try:
        found = [each.object for each in serializers.deserialize("json", path.read_bytes())]
    except (DeserializationError, OSError) as error:
        raise CommandError(NOT_A_LIST) from error
    erasures = [each for each in found if isinstance(each, Erasure)]
    if len(erasures) < len(found):
        raise CommandError(NOT_A_LIST)
    return erasures
