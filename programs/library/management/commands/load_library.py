"""`manage.py load_library`: read the content files, say everything that is wrong, or apply them whole."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from programs.accounts.models import Clinic
from programs.library.actions import Changes, apply_content, library_to_change
from programs.library.queries import given_against_the_rules, shelf
from programs.library.rules import CONTENT_FOLDERS, LibraryFiles, Shelf, read_folder

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    """Without a folder, the library that comes with the product. docs/content.md tells how to write one."""

    help = (
        "Load exercises, programs and articles from YAML files. Nothing is loaded unless all of it is right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=CONTENT, help="folder with the files")
        parser.add_argument("--clinic", help="load it as the own content of this clinic: its name or id")
        parser.add_argument("--check", action="store_true", help="only say what is wrong")

    def handle(self, *args: Any, path: Path, clinic: str | None, check: bool, **options: Any) -> None:
        texts = _texts(path)
        try:
            # The shipped files can be checked where there is no database at all.
            with nullcontext() if check and clinic is None else library_to_change():
                owner = _clinic(clinic) if clinic is not None else None
                files = _read(texts, owner)
                if check:
                    self.stdout.write(f"{_counted(files)} are right.")
                    return
                changes = apply_content(files=files, clinic=owner, now=timezone.now())
                warnings = given_against_the_rules()
        except DatabaseError as error:
            what = str(error).strip().splitlines()[0]
            raise CommandError(
                f"The database did not take it: {what}. Nothing was loaded.\n"
                "If another load is under way, try again. If the database is new, run `manage.py migrate`."
            ) from error
        if options["verbosity"]:
            self.stdout.write(f"{_counted(files)} loaded: {_told(changes)}.")
        for warning in warnings:
            self.stderr.write(warning)


def _read(texts: dict[str, bytes], owner: Clinic | None) -> LibraryFiles:
    known = shelf(owner) if owner else Shelf()
    if owner and not known.exercises:
        raise CommandError("Load the shipped library first: `manage.py load_library`.")
    files, problems = read_folder(texts, known, shipped=owner is None)
    if problems:
        raise CommandError("\n".join([*map(str, problems), "Nothing was loaded."]))
    return files


def _clinic(name_or_id: str) -> Clinic:
    try:
        which = Q(pk=UUID(name_or_id))
    except ValueError:
        which = Q(name=name_or_id)
    found = list(Clinic.objects.filter(which)[:2])
    if len(found) == 1:
        return found[0]
    known = "There is no clinic" if not found else "There is more than one clinic"
    raise CommandError(f"{known} {name_or_id}. Give its id.")


def _texts(folder: Path) -> dict[str, bytes]:
    """Every YAML file of the folder, and whatever else lies where only YAML files belong.

    A file that is overlooked would be retired, so each is read or named.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    try:
        files = {file for file in folder.rglob("*.y*ml") if file.is_file()}
        for place in CONTENT_FOLDERS:
            if (folder / place).is_dir():
                files |= {file for file in (folder / place).iterdir() if not file.name.startswith(".")}
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}. Nothing was loaded.") from error


def _counted(files: LibraryFiles) -> str:
    """What is in the files: "32 exercises, 6 programs and 12 articles"."""
    return (
        f"{len(files.exercises)} exercises, {len(files.programs)} programs and {len(files.articles)} articles"
    )


def _told(changes: Changes) -> str:
    """What became of the rows: "0 added, 1 changed, 1 retired (flare-plan)"."""
    names = f" ({', '.join(changes.retired)})" if changes.retired else ""
    return f"{changes.added} added, {changes.changed} changed, {len(changes.retired)} retired{names}"
