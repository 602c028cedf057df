"""Rules that fall due while the engine is being killed, and what became of them: rows and wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos.judgement import Arrival, Expected
from tests.chaos.receiver import base64url, private_key, public_point
from tests.chaos.stack import Stack
from tools.bench_reminders import make_clinic, make_rules

SHOWN_FOR = 600.0  # seconds, as reminders.actions.SHOWN_FOR
INTERVAL = timedelta(hours=1)
"""Of every rule: the longest there is, so that none falls due twice in one run."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Devices `first` to `last`, each with one rule that falls due `apart` seconds after the one before."""

    first: int
    last: int
    due_from: float
    apart: float

    @property
    def devices(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def ends_at(self) -> float:
        return self.due_from + (self.last - self.first) * self.apart


class Load:
    """Makes batches of patients, one after the other, in the database of a running stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._made = 0
        with self.connection() as connection:
            make_clinic(connection)

    def connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._stack.database_url, autocommit=True)

    def make(self, count: int, due_from: float, apart: float) -> Batch:
        """So many new patients with a rule and a browser; the first rule is due at `due_from`.

        Their time zone is one in which it is about noon, so that no day ends while the engine is watched.
        """
        due = datetime.fromtimestamp(due_from, UTC)
        hours = 12 - due.hour  # the names count westwards: Etc/GMT-2 is two hours ahead
        local = due + timedelta(hours=hours)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        with self.connection() as connection:
            make_rules(
                connection,
                first=self._made + 1,
                count=count,
                due_from=due,
                apart=timedelta(seconds=apart),
                time_zone=f"Etc/GMT{-hours:+d}",
                open_until=midnight - timedelta(hours=hours),
                day=local.date(),
                origin=self._stack.push_origin,
                interval=INTERVAL,
                browser=base64url(public_point(private_key(self._stack.browser_key))),
            )
        batch = Batch(self._made + 1, self._made + count, due_from, apart)
        self._made += count
        return batch

    def move(self, batch: Batch, due_from: float, apart: float) -> Batch:
        """Have the rules of a batch fall due at other times."""
        with self.connection() as connection:
            connection.execute(
                "UPDATE reminders_breakrule SET next_due_at = to_timestamp(%s + (numbers.n - %s) * %s) "
                "FROM generate_series(%s::bigint, %s::bigint) AS numbers (n) "
                "WHERE id = lpad(to_hex(numbers.n), 32, '0')::uuid",
                [due_from, batch.first, apart, batch.first, batch.last],
            )
        return Batch(batch.first, batch.last, due_from, apart)

    def expected(self, batch: Batch) -> list[Expected]:
        """What the batch was promised, with the Prompt rows that there are."""
        rows: dict[int, list[tuple[str, float]]] = {device: [] for device in batch.devices}
        with self.connection() as connection:
            found = connection.execute(
                "SELECT rule_id, id::text, extract(epoch FROM due_at) FROM reminders_prompt "
                "WHERE rule_id BETWEEN lpad(to_hex(%s::bigint), 32, '0')::uuid "
                "AND lpad(to_hex(%s::bigint), 32, '0')::uuid",
                [batch.first, batch.last],
            )
            for rule_id, prompt_id, due_at in found:
                rows[rule_id.int].append((prompt_id, float(due_at)))
        return [
            Expected(device, due_at, due_at + SHOWN_FOR, tuple(row for row, _ in rows[device]))
            for number, device in enumerate(batch.devices)
            for due_at in [batch.due_from + number * batch.apart]
        ]

    def prompt_of_delivery(self) -> dict[str, str]:
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT id::text, source_id::text FROM delivery_delivery WHERE source_kind = 'prompt'"
            )
            return dict(rows.fetchall())

    def is_quiet(self) -> bool:
        """Whether nothing is left to do for the engine. False where nobody can be asked."""
        try:
            with self.connection() as connection:
                row = connection.execute(
                    "SELECT EXISTS (SELECT FROM reminders_breakrule WHERE enabled AND next_due_at <= now()) "
                    "OR EXISTS (SELECT FROM delivery_delivery "
                    "WHERE state IN ('pending', 'leased', 'sending')) "
                    "OR EXISTS (SELECT FROM monitoring_flag WHERE state = 'open' "
                    "AND next_escalation_at <= now())"
                ).fetchone()
        except psycopg.Error:
            return False
        return row is not None and not row[0]

    def celery_sweeps(self) -> bool:
        """Whether Celery's sweeps have given a sign of life just now."""
        with self.connection() as connection:
            row = connection.execute(
                "SELECT count(*) FROM delivery_heartbeat WHERE name IN ('prompts', 'deliveries') "
                "AND beat_at > now() - interval '4 seconds'"
            ).fetchone()
        return row is not None and row[0] == 2

    def retire(self, *batches: Batch) -> None:
        """Switch the rules of batches off, so that they never fall due again."""
        with self.connection() as connection:
            for batch in batches:
                connection.execute(
                    "UPDATE reminders_breakrule SET enabled = false "
                    "WHERE id BETWEEN lpad(to_hex(%s::bigint), 32, '0')::uuid "
                    "AND lpad(to_hex(%s::bigint), 32, '0')::uuid",
                    [batch.first, batch.last],
                )

    def arrivals(self, batch: Batch) -> tuple[list[Arrival], list[str]]:
        """What the push service took for the devices of a batch, and why it refused what it refused."""
        prompts = self.prompt_of_delivery()
        taken, refused = [], []
        for note in notes(self._stack.push_log):
            if note["device"] not in batch.devices:
                continue
            if "refused" in note:
                refused.append(note["refused"])
                continue
            named = note["message"]["id"]
            taken.append(
                Arrival(note["at"], note["device"], note["topic"], prompts.get(named, named), note["ttl"])
            )
        return taken, refused


def notes(log: Path) -> Iterator[dict[str, Any]]:
    """What a service wrote down, a line that is being written left out."""
    for line in log.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def capacity(arrivals: Sequence[Arrival]) -> float:
    """Prompts per second between the first and the last of a burst."""
    times = [arrival.at for arrival in arrivals]
    return (len(times) - 1) / (max(times) - min(times))
