"""Judges the histories of many patients in one go: a table of reports in, a table of findings out.

The findings are those that the product makes when the same reports come in day by day. The tables are CSV;
docs/replay.md describes them.
"""

import csv
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from typing import TextIO

from programs.monitoring.rules import GROC_PHRASES, WEAKNESS, Parameters, Report, explain, find_worsening
from programs.monitoring.rules.reports import HIGHEST_BOTHER, HIGHEST_PAIN, HIGHEST_RANK

PATIENT, DAY = "patient", "recorded_on"
VALUES = tuple(each.name for each in fields(Report) if each.name != DAY)
COLUMNS = (PATIENT, DAY, *VALUES)
REQUIRED = (PATIENT, DAY, "worst_leg_pain")
FINDING_COLUMNS = (PATIENT, DAY, "rule", "level", "rule_version", "explanation")

SHOWN_BAD_ROWS = 50
LONGEST_SHOWN_TEXT = 40

ROWS_WORTH_PROCESSES = 20_000
"""Below, starting processes takes longer than the judging."""
ROWS_A_TASK = 5_000

Row = tuple[date, int | None, int | None, int | None, int | None, int | None, str | None, str | None]
"""The values of a Report in its order: smaller to hand to another process."""


class ReplayError(ValueError):
    """The file as a whole cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no report: its line in the file, from 1, and what is wrong with it."""

    line: int
    reason: str


@dataclass(slots=True)
class Histories:
    """What a file holds: the rows of each patient, and what is wrong with the others."""

    by_patient: dict[str, list[Row]] = field(default_factory=dict)
    rows: int = 0
    bad_rows: int = 0
    first_bad_rows: list[BadRow] = field(default_factory=list)
    """No more than `SHOWN_BAD_ROWS`."""

    def add_bad(self, line: int, reason: str) -> None:
        self.bad_rows += 1
        if len(self.first_bad_rows) < SHOWN_BAD_ROWS:
            self.first_bad_rows.append(BadRow(line, reason))


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One finding, as a row of the table that comes out."""

    patient: str
    recorded_on: date
    rule: str
    level: str
    explanation: str


class _Days(dict[str, date | None]):
    """Days by their text; each text is read once."""

    def __missing__(self, text: str) -> date:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise KeyError(text) from None
        if day.isoformat() != text:  # 20261120 and 2026-W47-5 are ISO 8601 too
            raise KeyError(text)
        self[text] = day
        return day


def _numbers(highest: int) -> dict[str, int | None]:
    return {"": None} | {str(number): number for number in range(highest + 1)}


def _words(known: Sequence[str]) -> dict[str, str | None]:
    return {"": None} | {word: word for word in known}


_TEXTS: dict[str, dict[str, int | None] | dict[str, str | None]] = {
    "worst_leg_pain": _numbers(HIGHEST_PAIN),
    "worst_back_pain": _numbers(HIGHEST_PAIN),
    "distal_rank_left": _numbers(HIGHEST_RANK),
    "distal_rank_right": _numbers(HIGHEST_RANK),
    "numb_bother": _numbers(HIGHEST_BOTHER),
    "weakness": _words(WEAKNESS),
    "groc": _words(GROC_PHRASES),
}
"""What may stand in each column, and what it means. Nothing else is read as something like it."""


def read_histories(lines: Iterable[str]) -> Histories:
    """The reports in the lines of a CSV file; rows that are none are kept apart, with the reason.

    A row is one line: a quotation mark that is not closed spoils its own row and no other. Blank lines are
    no rows. Raises ReplayError where the first line does not name the columns.
    """
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (0, ""))
    names = _column_names(header)
    patient_at = names.index(PATIENT)
    tables = {DAY: _Days(), **_TEXTS}
    # A column that is not there is read from an empty field that is added to every row.
    columns = [(tables[name], names.index(name) if name in names else -1) for name in (DAY, *VALUES)]
    histories = Histories()
    by_patient = histories.by_patient
    for line, text in numbered:
        try:
            values = _split(text)
            if len(values) != len(names):
                raise ValueError
            values.append("")
            row = tuple([table[values[at]] for table, at in columns])
            reports = by_patient.get(values[patient_at])
            if reports is None:
                reports = by_patient.setdefault(_checked_patient(values[patient_at]), [])
        except (ValueError, KeyError, csv.Error):
            if text.strip():
                histories.add_bad(line, _reason(text, names, tables))
        else:
            reports.append(row)  # type: ignore[arg-type]
            histories.rows += 1
    return histories


def find_in_histories(histories: Histories, parameters: Parameters, processes: int = 1) -> Iterator[FoundRow]:
    """The findings of all patients, by patient (as text), day, rule and side. Empties `histories.by_patient`.

    Few rows are judged in this process, however many `processes` are allowed.
    """
    tasks = _tasks(histories.by_patient)
    if processes == 1 or histories.rows < ROWS_WORTH_PROCESSES:
        for task in tasks:
            yield from _judge(task, parameters)
        return
    # Spawned, not forked: a fork copies the threads' locks, and the memory of everything read so far.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(partial(_judge, parameters=parameters), tasks):
            yield from found


def write_findings(found: Iterable[FoundRow], version: str, file: TextIO) -> Counter[str]:
    """Write the table; returns how many findings there are of each level.

    A patient's id is written as it was read, even one that a spreadsheet would take for a formula: the table
    is for programs, which must find the same patient again.
    """
    levels: Counter[str] = Counter()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FINDING_COLUMNS)
    for row in found:
        levels[row.level] += 1
        writer.writerow((row.patient, row.recorded_on, row.rule, row.level, version, row.explanation))
    return levels


def _tasks(by_patient: dict[str, list[Row]]) -> Iterator[list[tuple[str, list[Row]]]]:
    """Patients with their rows, in order, in parts that are worth handing to a process."""
    task: list[tuple[str, list[Row]]] = []
    rows = 0
    for patient in sorted(by_patient):
        task.append((patient, by_patient.pop(patient)))
        rows += len(task[-1][1])
        if rows >= ROWS_A_TASK:
            yield task
            task, rows = [], 0
    if task:
        yield task


def _judge(task: list[tuple[str, list[Row]]], parameters: Parameters) -> list[FoundRow]:
    return [
        FoundRow(patient, finding.found_on, finding.rule, finding.level, explain(finding))
        for patient, rows in task
        for finding in sorted(
            find_worsening([Report(*row) for row in rows], parameters),
            key=lambda finding: (finding.found_on, finding.rule, finding.side),
        )
    ]


def _column_names(header: str) -> list[str]:
    header = header.removeprefix("\ufeff")
    if not header.strip():
        raise ReplayError("The first line must name the columns, and it is empty.")
    try:
        names = _split(header)
    except csv.Error:
        raise ReplayError("The first line must name the columns, and it is not CSV.") from None
    errors = []
    if unknown := [name for name in names if name not in COLUMNS]:
        listed = ", ".join(_shown(name) for name in unknown)
        errors.append(f"Unknown column: {listed}. The columns are {', '.join(COLUMNS)}.")
    if missing := [name for name in REQUIRED if name not in names]:
        errors.append(f"Missing column: {', '.join(missing)}.")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        errors.append(f"Column named twice: {', '.join(twice)}.")
    if errors:
        raise ReplayError(" ".join(errors))
    return names


def _split(text: str) -> list[str]:
    if '"' not in text:
        return text.rstrip("\r\n").split(",")
    return next(csv.reader([text], strict=True))


def _checked_patient(patient: str) -> str:
    """The id as it is. Raises ValueError for an empty one, and for one that was not UTF-8."""
    if not patient.strip():
        raise ValueError
    patient.encode()
    return patient


def _reason(text: str, names: Sequence[str], tables: Mapping[str, Mapping[str, object]]) -> str:
    """What is wrong with a row, each thing in a sentence."""
    try:
        values = _split(text)
    except csv.Error:
        return "A quotation mark is not closed, or stands in the wrong place."
    if len(values) != len(names):
        return f"The row has {len(values)} fields, and the first line {len(names)}."
    sentences = []
    for name, value in zip(names, values, strict=True):
        if name == PATIENT:
            if not value.strip():
                sentences.append("patient is empty.")
            elif not _is_text(value):
                sentences.append("patient is not UTF-8 text.")
        elif name == DAY:
            if not _is_known(value, tables[DAY]):
                sentences.append(f"{DAY} {_shown(value)} is not a day such as 2026-11-20.")
        elif not _is_known(value, tables[name]):
            sentences.append(f"{name} {_shown(value)} is not {_wanted(name)}.")
    return " ".join(sentences)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_known(value: str, table: Mapping[str, object]) -> bool:
    try:
        table[value]
    except KeyError:
        return False
    return True


def _wanted(name: str) -> str:
    known = [text for text in _TEXTS[name] if text]
    if known[0].isdigit():
        return f"a whole number from {known[0]} to {known[-1]}"
    return f"one of {', '.join(known)}"


def _shown(value: str) -> str:
    """A value of the file inside a sentence: quoted, on one line, shortened."""
    shown = value if len(value) <= LONGEST_SHOWN_TEXT else value[:LONGEST_SHOWN_TEXT] + "..."
    return '"' + "".join(each if each.isprintable() else ascii(each)[1:-1] for each in shown) + '"'
