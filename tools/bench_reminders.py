"""How fast due reminders become prompts, beside the least that PostgreSQL could do: `make bench-reminders`.

Ours: `reminders.actions.prompt_due` on rules that are all due. The floor: on the same tables and in the same
run, one SQL statement for each batch of 1,000 that claims the rules, moves them on by their interval without
asking any calendar, and inserts prompt and delivery. Lateness: rules spread over half an hour as in ordinary
life, a tick every 5 seconds; a clock that stands still between ticks spares the waiting, and goes on by what
each tick really took. PostgreSQL answers only for what is stored (synchronous_commit on), but does not wait
for the disk (fsync off).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median

import psycopg

from tools.run_tests import clean_environment
from tools.servers import KEEPS_ITS_WORD, private_postgresql

INTERVAL = timedelta(minutes=30)
TICK = 5.0  # seconds, the product's
TICKS = 24
BATCH = 1000
REPEATS = 5
PROCESSES = (1, 2)
CLINIC = "00000000-0000-0000-0000-00000000c11c"
ANY_BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
"""A public key that browsers could have: the one of RFC 8291's example."""

TARGET_RATIO = 0.5
TARGET_LATENESS = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure due reminders; prints tables.")
    parser.add_argument("--rules", type=int, default=1_000_000, help="most rules (default: 1,000,000)")
    parser.add_argument("--due", type=int, default=50_000, help="due at once in one repeat (default: 50,000)")
    chosen = parser.parse_args()
    due = min(chosen.due, chosen.rules)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. Settings: {settings_in_words()}.")
    # Room for the table and its indexes, as any server of that size has; the rest is as delivered.
    settings = {**KEEPS_ITS_WORD, "shared_buffers": "512MB", "max_wal_size": "4GB"}
    with private_postgresql(settings) as url, tempfile.TemporaryDirectory() as folder:
        os.environ |= clean_environment(folder)
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "exercise_tracker.settings"}
        set_up()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        with psycopg.connect(url, autocommit=True) as connection:
            make_clinic(connection)
            print_lateness(connection, sizes(chosen.rules), noon)
            with multiprocessing.get_context("spawn").Pool(max(PROCESSES), initializer=set_up) as pool:
                print_throughput(connection, pool, chosen.rules, due, noon + timedelta(hours=2))
    print(f"\nLoad afterwards {os.getloadavg()[0]:.1f}.")


def settings_in_words() -> str:
    return ", ".join(f"{name} {value}" for name, value in KEEPS_ITS_WORD.items())


def sizes(most: int) -> list[int]:
    """10,000, 100,000 and so on, up to the most."""
    return sorted({size for size in (10_000, 100_000, 1_000_000) if size < most} | {most})


def set_up() -> None:
    """Django in this process."""
    import django

    django.setup()


# Rows -------------------------------------------------------------------------------------------------
def make_clinic(connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO accounts_clinic (id, name, phone, emergency_number, is_demonstration, created_at) "
        "VALUES (%s, 'Bench', '', '112', false, now())",
        [CLINIC],
    )


def make_rules(
    connection: psycopg.Connection,
    *,
    first: int,
    count: int,
    due_from: datetime,
    apart: timedelta,
    time_zone: str,
    open_until: datetime,
    day: date,
    origin: str = "https://fcm.googleapis.com",
    browser: str = ANY_BROWSER,
    interval: timedelta = INTERVAL,
) -> None:
    """Patients number `first` and on, each with a break rule for the whole day round and one browser.

    Their ids, those of their rules and of their subscriptions are their number. The first is due at
    `due_from`, each one after it `apart` later. `browser` is the public key of all browsers; the secret of
    browser n is the MD5 of "browser n".
    """
    values = {
        "first": first,
        "last": first + count - 1,
        "clinic": CLINIC,
        "due_from": due_from,
        "apart": apart,
        "zone": time_zone,
        "open_until": open_until,
        "day": day,
        "origin": origin,
        "browser": browser,
        "interval": int(interval.total_seconds() // 60),
    }
    with connection.transaction():
        for statement in _PEOPLE:
            connection.execute(statement, values)
    connection.execute("ANALYZE")


_ID = "lpad(to_hex(n), 32, '0')::uuid"
_NUMBERS = "generate_series(%(first)s::bigint, %(last)s::bigint) AS n"
_PEOPLE = (
    f"""
    INSERT INTO accounts_user (id, email, name, password, is_superuser, time_zone, is_active,
        is_demonstration, joined_at, text_size, less_motion, speed, first_leg, voice)
    SELECT {_ID}, 'p' || n || '@example.org', 'P' || n, '!', false, %(zone)s, true, false, now(),
        100, false, 'normal', 'sore', true
    FROM {_NUMBERS}
    """,  # noqa: S608 - no value of anybody's is put into it
    f"""
    INSERT INTO accounts_membership (id, user_id, clinic_id, role, started_at)
    SELECT {_ID}, {_ID}, %(clinic)s, 'patient', now() FROM {_NUMBERS}
    """,  # noqa: S608
    f"""
    INSERT INTO delivery_pushsubscription (id, user_id, endpoint, endpoint_hash, p256dh, auth, created_at)
    SELECT {_ID}, {_ID}, %(origin)s || '/push/' || n,
        encode(sha256(convert_to(%(origin)s || '/push/' || n, 'UTF8')), 'hex'), %(browser)s,
        translate(encode(decode(md5('browser ' || n), 'hex'), 'base64'), '+/=', '-_'), now()
    FROM {_NUMBERS}
    """,  # noqa: S608
    f"""
    INSERT INTO reminders_breakrule (id, clinic_id, patient_id, enabled, interval_minutes, weekdays, windows,
        time_zone, daily_cap, by_push, busy, review_on, wished_minutes, heeded_step, counts_from,
        next_due_at, open_until, due_on, nth_of_day, step, missed)
    SELECT {_ID}, %(clinic)s, {_ID}, true, %(interval)s, '[0, 1, 2, 3, 4, 5, 6]', '[["00:00", "00:00"]]',
        %(zone)s, 16, true, '[]', %(day)s, %(interval)s, 0, now(),
        %(due_from)s + (n - %(first)s) * %(apart)s, %(open_until)s, %(day)s, 1, 0, 0
    FROM {_NUMBERS}
    """,  # noqa: S608
)


# Lateness ---------------------------------------------------------------------------------------------
def print_lateness(connection: psycopg.Connection, counts: Sequence[int], noon: datetime) -> None:
    """Made minus due, for ever more rules, each of them due once in the half hour from noon."""
    print(f"\nLateness, a tick every {TICK:.0f} s, {TICKS} ticks, one process")
    print("| rules | due per second | prompts | p50, s | p99, s | longest tick, s | rows made anew, s |")
    print("|---|---|---|---|---|---|---|")
    midnight = (noon + timedelta(days=1)).replace(hour=0)
    far_off = midnight - INTERVAL
    made, p99s = 0, {}
    for count in counts:
        started = time.perf_counter()
        make_rules(
            connection, first=made + 1, count=count - made, due_from=far_off,
            apart=timedelta(0), time_zone="UTC", open_until=midnight, day=noon.date(),
        )  # fmt: skip
        rows_took = time.perf_counter() - started
        made = count
        in_time = min(count, ceil(count * TICK * TICKS / INTERVAL.total_seconds()))
        spread_over(connection, noon, in_time, INTERVAL / count)
        lateness, longest = tick_by_tick(connection, noon)
        connection.execute(
            "TRUNCATE reminders_prompt, reminders_movementbreak, delivery_delivery, delivery_deliveryreceipt"
        )
        # Out of the way of the next size.
        connection.execute("UPDATE reminders_breakrule SET next_due_at = %s WHERE step > 0", [far_off])
        p99s[count] = percentile(lateness, 99)
        print(
            f"| {count:,} | {count / INTERVAL.total_seconds():,.1f} | {len(lateness):,} "
            f"| {percentile(lateness, 50):.2f} | {p99s[count]:.2f} | {longest:.2f} | {rows_took:.0f} |",
            flush=True,
        )
    ratio = p99s[counts[-1]] / p99s[counts[0]]
    print(
        f"p99 at {counts[-1]:,} is {ratio:.2f} of that at {counts[0]:,} (target: at most {TARGET_LATENESS})."
    )


def spread_over(connection: psycopg.Connection, start: datetime, count: int, apart: timedelta) -> None:
    connection.execute(
        "UPDATE reminders_breakrule SET next_due_at = %s + numbers.n * %s, nth_of_day = 1 "
        "FROM generate_series(1, %s) AS numbers (n) WHERE id = lpad(to_hex(numbers.n), 32, '0')::uuid",
        [start, apart, count],
    )


def tick_by_tick(connection: psycopg.Connection, start: datetime) -> tuple[list[float], float]:
    """How late each prompt was, in seconds, and how long the longest tick took."""
    from programs.reminders.actions import prompt_due

    lateness: list[float] = []
    longest, before, free_at = 0.0, start - timedelta(seconds=1), start
    for number in range(1, TICKS + 1):
        now = max(start + timedelta(seconds=TICK * number), free_at)
        begun = time.perf_counter()
        prompt_due(now=now)
        took = time.perf_counter() - begun
        longest = max(longest, took)
        free_at = now + timedelta(seconds=took)
        rows = connection.execute(
            "SELECT due_at FROM reminders_prompt WHERE due_at > %s AND due_at <= %s", [before, now]
        )
        lateness += [(free_at - due_at).total_seconds() for (due_at,) in rows]
        before = now
    return lateness, longest


# Throughput -------------------------------------------------------------------------------------------
FLOOR = f"""
WITH due AS (
    UPDATE reminders_breakrule AS rule
    SET step = step + 1, counts_from = next_due_at, next_due_at = next_due_at + held.every,
        nth_of_day = nth_of_day + 1
    FROM (
        SELECT id, interval_minutes * interval '1 minute' AS every FROM reminders_breakrule
        WHERE enabled AND next_due_at <= %(now)s ORDER BY next_due_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
    ) AS held
    WHERE rule.id = held.id
    RETURNING rule.id, rule.clinic_id, rule.patient_id, rule.step - 1 AS step, rule.counts_from AS due_at,
        rule.due_on, gen_random_uuid() AS prompt_id
), prompt AS (
    INSERT INTO reminders_prompt (id, clinic_id, patient_id, rule_id, step, due_at, due_on, show_at,
        expires_at, nth)
    SELECT prompt_id, clinic_id, patient_id, id, step, due_at, due_on, due_at,
        due_at + interval '10 minutes', 1
    FROM due
), delivery AS (
    INSERT INTO delivery_delivery (id, clinic_id, recipient_id, channel, target, notice, lane, crash_policy,
        source_kind, source_id, nth, path, state, created_at, next_attempt_at, expires_at, attempts, error)
    SELECT gen_random_uuid(), clinic_id, patient_id, 'web_push', subscription.id::text, 'time_to_move',
        'prompt', 'retry', 'prompt', prompt_id, 1, '/breaks/', 'pending', %(now)s, due_at,
        due_at + interval '10 minutes', 0, ''
    FROM due JOIN delivery_pushsubscription AS subscription
        ON subscription.user_id = due.patient_id AND subscription.revoked_at IS NULL
)
SELECT count(*) FROM due
"""  # noqa: S608


def floor(now: datetime) -> int:
    """Drain what is due with raw statements; returns how many prompts were made."""
    from django.db import connection

    made = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FLOOR, {"now": now})
            batch = int(cursor.fetchone()[0])
            made += batch
            if batch == 0:
                return made


def ours(now: datetime) -> int:
    """The same by the product's own action."""
    from programs.reminders.actions import prompt_due

    made = 0
    while batch := prompt_due(now=now):
        made += batch
    return made


def print_throughput(
    connection: psycopg.Connection, pool: Pool, rules: int, due: int, noon: datetime
) -> None:
    """Prompts per second, ours and the floor by turns, each on rules that no other repeat has touched."""
    print(
        f"\n{due:,} of {rules:,} rules due at once, each becoming prompt and delivery. "
        f"Median of {REPEATS} (least - most); target of the ratio: at least {TARGET_RATIO}"
    )
    print("| processes | ours, prompts/s | floor, prompts/s | ratio |")
    print("|---|---|---|---|")
    place = 0
    for processes in PROCESSES:
        speeds: dict[Callable[[datetime], int], list[float]] = {ours: [], floor: []}
        for repeat in range(REPEATS + 1):
            for drain in speeds:
                make_due(connection, place * due % max(rules - due + 1, 1), due, noon)
                place += 1
                speed = timed(pool, drain, processes, due, noon)
                if repeat:  # the first warms up
                    speeds[drain].append(speed)
        ratio = [mine / least for mine, least in zip(speeds[ours], speeds[floor], strict=True)]
        print(
            f"| {processes} | {spread(speeds[ours])} | {spread(speeds[floor])} "
            f"| {median(ratio):.2f} ({min(ratio):.2f} - {max(ratio):.2f}) |",
            flush=True,
        )


def make_due(connection: psycopg.Connection, after: int, count: int, noon: datetime) -> None:
    """So many rules, from the one after number `after` on, are due within the minute before noon."""
    connection.execute(
        "UPDATE reminders_breakrule "
        "SET next_due_at = %(noon)s - numbers.n * interval '1 minute' / %(count)s, nth_of_day = 1 "
        "FROM generate_series(1, %(count)s) AS numbers (n) "
        "WHERE id = lpad(to_hex(%(after)s + numbers.n), 32, '0')::uuid",
        {"noon": noon, "count": count, "after": after},
    )
    connection.execute("VACUUM reminders_breakrule")


def timed(pool: Pool, drain: Callable[[datetime], int], processes: int, due: int, noon: datetime) -> float:
    """Prompts per second."""
    started = time.perf_counter()
    made = sum(pool.map(drain, [noon] * processes, chunksize=1))
    took = time.perf_counter() - started
    if made != due:
        raise SystemExit(f"{drain.__name__} made {made:,} prompts of {due:,} that were due")
    return due / took


def percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * share / 100) - 1] if ordered else 0.0


def spread(values: Sequence[float]) -> str:
    return f"{median(values):,.0f} ({min(values):,.0f} - {max(values):,.0f})"


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    main()
