"""`manage.py load_library`: read the content files, say everything that is wrong, or apply them whole."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from programs.library.actions import apply_content
from programs.library.rules import ContentProblem, cross_check, parse_exercise, parse_program

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    help = "Load exercises and programs from YAML files. Nothing is loaded unless everything is right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=CONTENT, help="folder with the files")
        parser.add_argument("--check", action="store_true", help="only say what is wrong")

    def handle(self, *args: Any, path: Path, check: bool, **options: Any) -> None:
        problems: list[ContentProblem] = []
        exercises = self._read(path, "exercises", parse_exercise, problems)
        programs = self._read(path, "programs", parse_program, problems)
        if not exercises:
            problems.append(ContentProblem(str(path), "exercises", "There is no exercise here."))
        problems = problems or cross_check(exercises, programs)
        if problems:
            raise CommandError(
                "\n".join(f"{each.file}: {each.field}: {each.message}" for each in problems)
                + "\nNothing was loaded."
            )
        if check:
            self.stdout.write(f"{len(exercises)} exercises and {len(programs)} programs are right.")
            return
        changed = apply_content(exercises=exercises, programs=programs, now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(
                f"{len(exercises)} exercises and {len(programs)} programs loaded, {changed} changed."
            )

    def _read(self, path: Path, kind: str, parse: Any, problems: list[ContentProblem]) -> list[Any]:
        found = []
        for file in sorted((path / kind).glob("*.yaml")):
            name = f"{kind}/{file.name}"
            try:
                data = yaml.safe_load(file.read_text(encoding="utf-8"))
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                problems.append(ContentProblem(name, "file", " ".join(str(error).split())))
                continue
            content, wrong = parse(data, name)
            problems.extend(wrong)
            if content is not None:
                found.append(content)
        return found
