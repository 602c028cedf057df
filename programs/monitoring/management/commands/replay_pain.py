"""`manage.py replay_pain`: what the worsening rules would have found in a table of reports."""

import json
import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from programs.monitoring.rules import DEFAULT, ParameterError, Parameters, adjusted
from programs.monitoring.rules.findings import LEVELS
from programs.monitoring.rules.replay import (
    Histories,
    ReplayError,
    find_in_histories,
    read_histories,
    write_findings,
)


class Command(BaseCommand):
    """Needs no database: it reads one file and writes another."""

    help = (
        "Judge the reports in a CSV file by the worsening rules and write the findings to another, sorted by "
        "patient (as text), day and rule. Bad rows are listed on standard error and stop it, with nothing "
        "written. The columns are described in docs/replay.md."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reports", metavar="REPORTS.csv", type=Path)
        parser.add_argument("--out", metavar="FINDINGS.csv", type=Path, required=True)
        parser.add_argument(
            "--parameters",
            metavar="FILE",
            type=Path,
            help="a JSON object of thresholds that differ from the defaults",
        )
        parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping")
        parser.add_argument(
            "--processes",
            metavar="N",
            type=_at_least_one,
            default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            help="how many processes judge a large file (default: one for each processor)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reports, out = options["reports"], options["out"].resolve()
        if out.exists() and not out.is_file():
            raise CommandError(f"{options['out']} is not a file that could be replaced.")
        for read in filter(None, (reports, options["parameters"])):
            if out.exists() and read.exists() and out.samefile(read):
                raise CommandError(f"The findings would replace {read}: name another file with --out.")
        parameters = DEFAULT if options["parameters"] is None else _read_parameters(options["parameters"])
        histories = self._read(reports)
        if histories.bad_rows and not options["skip_bad"]:
            raise CommandError(
                f"{_count(histories.bad_rows, 'bad row')}, nothing is written. "
                "Mend the file, or leave them out with --skip-bad."
            )
        patients = len(histories.by_patient)
        with _replacing(out) as file:
            found = find_in_histories(histories, parameters, options["processes"])
            levels = write_findings(found, parameters.version, file)
        if options["verbosity"]:
            left_out = f" {_count(histories.bad_rows, 'bad row')} left out." if histories.bad_rows else ""
            by_level = ", ".join(f"{levels[level]} {level}" for level in LEVELS)
            self.stdout.write(
                f"{_count(histories.rows, 'row')} of {_count(patients, 'patient')}.{left_out} "
                f"Findings by {parameters.version}: {by_level}."
            )

    def _read(self, path: Path) -> Histories:
        try:
            # Bytes that are not UTF-8 spoil their own row only.
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                histories = read_histories(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ReplayError as error:
            raise CommandError(f"{path}: {error}") from error
        for row in histories.first_bad_rows:
            self.stderr.write(f"line {row.line}: {row.reason}")
        if more := histories.bad_rows - len(histories.first_bad_rows):
            self.stderr.write(f"and {more} more")
        return histories


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _read_parameters(path: Path) -> Parameters:
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path} is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise CommandError(f'{path} must hold one JSON object, such as {{"sum_limit": 4}}.')
    try:
        return adjusted(values)
    except ParameterError as error:
        listed = "\n".join(f"  {name}: {sentence}" for name, sentence in error.errors.items())
        raise CommandError(f"{path} does not fit:\n{listed}") from error


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that takes the place of `path` once it is written whole; until then nothing changes there."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with open(number, "w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(name, path)
    except BaseException as error:
        os.unlink(name)
        if isinstance(error, OSError):
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        raise


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
