"""How long the worsening rules take, beside the least that plain Python could do: `make bench-rules`.

Live: judging the newest report of one patient, whose history is short or long, from the window that storing
a report reads; and what storing it costs in queries. Replay: `manage.py replay_pain` on a made-up file. The
floor does nothing but take the median of the usual level's window and compare, once for each report judged.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from uuid import uuid4

from programs.home.rules import KINDS, simulate_leg_pain
from programs.monitoring.rules import DEFAULT, LOOKBACK_DAYS, Report, find_worsening
from programs.monitoring.rules.replay import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
HISTORIES = (30, 180, 720, 3600)
"""Days of reports behind the one that is judged."""
RE_DERIVED_DAYS = 14
"""Storing a report judges the days from so long ago on."""
LONG, SHORT = 100, 3
"""Days of reports of each patient in the replays: some with a history, a great many who have just begun."""
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REPEATS = 5
FLOOR_WINDOW = DEFAULT.baseline_ages[1] - DEFAULT.baseline_ages[0] + 1


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the worsening rules; prints tables.")
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="of the first replay (default: 1,000,000)"
    )
    parser.add_argument(
        "--patients",
        type=int,
        default=1_000_000,
        help="of the second replay (default: 1,000,000; 0: without)",
    )
    parser.add_argument("--seconds", type=int, default=600, help="begin no repeat of a replay after so long")
    chosen = parser.parse_args()
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. Median of {REPEATS} (least - most).\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        print_live(queries_of_storing(Path(folder)))
        print("\n| rows | patients | replay, s | floor in one process, s | ratio | largest process, MiB |")
        print("|---|---|---|---|---|---|")
        print_replay(Path(folder), -(-chosen.rows // LONG), LONG, time.monotonic() + chosen.seconds)
        if chosen.patients:
            print_replay(Path(folder), chosen.patients, SHORT, time.monotonic() + chosen.seconds)


def print_live(queries: dict[int, int]) -> None:
    """One row for each length of history."""
    print("| days of history | reports read | judging, µs | floor, µs | ratio | queries of storing |")
    print("|---|---|---|---|---|---|")
    for days in HISTORIES:
        window, since = live_window(days)
        judging = repeated(lambda window=window, since=since: find_worsening(window, DEFAULT, since))  # type: ignore[misc]
        floor = repeated(lambda window=window, since=since: floor_of(window, since))  # type: ignore[misc]
        print(
            f"| {days:,} | {len(window)} | {spread(judging, 1e6)} | {spread(floor, 1e6)} "
            f"| {median(judging) / median(floor):.1f} | {queries[days]} |"
        )


def live_window(days: int) -> tuple[list[Report], date]:
    """What storing the newest report of one patient reads, and from which day on it judges."""
    since = NOON.date() - timedelta(days=RE_DERIVED_DAYS)
    first = since - timedelta(days=LOOKBACK_DAYS)
    return [report for report in reports_of(days) if report.recorded_on >= first], since


def reports_of(days: int) -> list[Report]:
    """One patient, who reports most days up to today."""
    rng = Random(days)  # noqa: S311 - made-up patients, no secrets
    legs = simulate_leg_pain("stable_moderate", days, rng)
    first = NOON.date() - timedelta(days=days - 1)
    return [
        Report(first + timedelta(days=day), leg, 2, 0, rng.choice((3, 3, 3, 4)))
        for day, leg in enumerate(legs)
        if leg is not None
    ]


def floor_of(reports: Sequence[Report], since: date) -> int:
    """How many reports since then lie 2 points above the median of as many as the usual level is made of."""
    scores = [report.worst_leg_pain or 0 for report in reports]
    return sum(
        score >= median(scores[max(0, place - FLOOR_WINDOW) : place] or [score]) + 2
        for place, (report, score) in enumerate(zip(reports, scores, strict=True))
        if report.recorded_on >= since
    )


def queries_of_storing(folder: Path) -> dict[int, int]:
    """How many queries storing and judging one Daily check takes, by days of history; in a fresh database."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "exercise_tracker.settings", "VAR_DIR": str(folder / "var")}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from programs.accounts.actions import join_clinic
    from programs.accounts.models import Clinic, Role, User
    from programs.logbook.actions import record_daily_check
    from programs.logbook.models import DailyCheck

    call_command("migrate", verbosity=0)
    clinic = Clinic.objects.create(name="Bench")
    queries = {}
    for days in HISTORIES:
        patient = User.objects.create_user(f"p{days}@example.org", f"P{days}")
        join_clinic(user=patient, clinic=clinic, role=Role.PATIENT, now=NOON)
        *before, newest = reports_of(days)
        DailyCheck.objects.bulk_create(
            DailyCheck(
                clinic=clinic,
                patient=patient,
                recorded_on=report.recorded_on,
                worst_leg_pain=report.worst_leg_pain or 0,
                worst_back_pain=2,
            )
            for report in before
        )
        with CaptureQueriesContext(connection) as captured:
            record_daily_check(
                clinic=clinic,
                patient=patient,
                check_id=uuid4(),
                recorded_on=newest.recorded_on,
                worst_leg_pain=newest.worst_leg_pain or 0,
                worst_back_pain=2,
                reach_left=None,
                reach_right=None,
                now=NOON,
            )
        queries[days] = len(captured)
    return queries


def print_replay(folder: Path, patients: int, days: int, until: float) -> None:
    """One row: the command on two processes or more, and the floor in one, on the same file."""
    reports = folder / "reports.csv"
    write_reports(reports, patients, days)
    command = [
        sys.executable,
        "manage.py",
        "replay_pain",
        str(reports),
        "--out",
        str(folder / "findings.csv"),
    ]
    replay = repeated(lambda: subprocess.run([*command, "-v0"], cwd=ROOT, check=True), until)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    floor = repeated(lambda: floor_of_file(reports), until)
    size = f"{patients * days:,} | {patients:,}"
    ratio = median(replay) / median(floor)
    print(f"| {size} | {spread(replay)} | {spread(floor)} | {ratio:.1f} | {peak:.0f} |")


def write_reports(path: Path, patients: int, days: int) -> None:
    """A file of simulated people with a weekly check, in no order."""
    table = [row for patient in range(patients) for row in patient_rows(patient, days)]
    Random(1).shuffle(table)  # noqa: S311
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(table)


def patient_rows(patient: int, days: int) -> Iterator[tuple[object, ...]]:
    rng = Random(patient)  # noqa: S311
    legs = simulate_leg_pain(KINDS[patient % len(KINDS)], days, rng, completeness=1.0)
    for day, leg in enumerate(legs):
        weekly = (rng.randrange(3), "none", "the_same") if day % 7 == 6 else ("", "", "")
        day_text = (NOON.date() + timedelta(days=day - days)).isoformat()
        yield (f"p{patient}", day_text, leg, 2, 0, rng.choice((3, 3, 3, 4)), *weekly)


def floor_of_file(path: Path) -> int:
    """The floor for every row of a file, which is read, grouped and sorted, and no more."""
    by_patient: dict[str, list[Report]] = {}
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for patient, day, leg, *_ in rows:
            by_patient.setdefault(patient, []).append(Report(date.fromisoformat(day), int(leg)))
    return sum(
        floor_of(sorted(reports, key=lambda report: report.recorded_on), date.min)
        for reports in by_patient.values()
    )


def repeated(work: Callable[[], object], until: float | None = None) -> list[float]:
    """The seconds of each of `REPEATS` runs; at least one, and none begun after `until`."""
    seconds: list[float] = []
    while not seconds or (len(seconds) < REPEATS and (until is None or time.monotonic() < until)):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return seconds


def spread(seconds: Sequence[float], factor: float = 1.0) -> str:
    least, most = min(seconds) * factor, max(seconds) * factor
    digits = 0 if median(seconds) * factor >= 100 else 1
    return f"{median(seconds) * factor:.{digits}f} ({least:.{digits}f} - {most:.{digits}f})"


if __name__ == "__main__":
    main()
