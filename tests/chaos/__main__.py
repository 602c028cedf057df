"""`make chaos`: kill -9 everything at random, and fail unless everybody got what they were promised, once."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from math import ceil

from programs.lib.processes import end_with_parent
from tests.chaos.judgement import Arrival, Figure, Notified, judge_notices, judge_prompts, table
from tests.chaos.load import Batch, Load, capacity, notes
from tests.chaos.outages import OUTAGES
from tests.chaos.stack import (
    BEATS,
    LEASE,
    STANDBY,
    WORKER_CHILDREN,
    WORKERS,
    Kill,
    Stack,
    plan_kills,
)
from tools.run_tests import ROOT
from tools.servers import NoServerError

SECONDS_PER_KILL = 6.0
"""Half the capacity is kept up for so long per kill, with more prompts where it takes more."""
BURST = 1500
QUICK_BURST = 600
LONGEST = 55 * 60.0
"""Seconds after which the first rules would fall due a second time."""
NEW_FLAGS, OLD_FLAGS = 30, 15
QUICK_NEW_FLAGS, QUICK_OLD_FLAGS = 16, 8
AHEAD = 3.0  # seconds between the last preparation and the first prompt
MOVED_A_SECOND = 10_000  # rules whose time of the day is set anew just before
PATIENCE = 60.0  # seconds for the engine to start, and to finish what is due; more would not be "in time"
BURST_WITHIN = 300.0  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3,000 prompts, 8 kills, no outages")
    parser.add_argument("--prompts", type=int, help="at least so many (default: 20,000; 3,000 with --quick)")
    parser.add_argument("--kills", type=int, help="default: 20; 8 with --quick")
    parser.add_argument("--seed", type=int, help="of the kills: what and when (default: another every time)")
    parser.add_argument("--only", choices=("prompts", "outages", "flags"))
    asked = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # leave through the contexts, which end everything
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    prompts = asked.prompts or (3_000 if asked.quick else 20_000)
    kills = asked.kills if asked.kills is not None else (8 if asked.quick else 20)
    started = time.monotonic()
    say(f"Seed {seed}. {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}.")
    try:
        with Stack(random.Random(seed)) as stack:
            all_met = run(stack, asked.only, prompts, kills, random.Random(seed), quick=asked.quick)
            if not all_met:
                show_faults(stack)
    except NoServerError as error:
        say(f"Chaos cannot start: {error}.")
        return 1
    say(f"\n{'PASSED' if all_met else 'FAILED'} in {time.monotonic() - started:.0f} s (seed {seed}).")
    return 0 if all_met else 1


def run(
    stack: Stack, only: str | None, prompts: int, kills: int, chosen: random.Random, *, quick: bool
) -> bool:
    """Everything that was asked for; whether all limits were kept."""
    load = Load(stack)
    new, old = (QUICK_NEW_FLAGS, QUICK_OLD_FLAGS) if quick else (NEW_FLAGS, OLD_FLAGS)
    if only not in (None, "flags"):
        new = old = 0
    elif flags(stack, "prepare", new, old).wait() != 0:
        sys.exit("The patients who get worse could not be made; the reason is above.")
    stack.wanted(*stack.parts)
    all_met = True
    if only != "outages":
        rate = measure_capacity(stack, load, QUICK_BURST if quick else BURST) / 2
        all_met = killing(stack, load, prompts if only != "flags" else 0, kills, rate, chosen, new)
    if only == "outages" or (only is None and not quick):
        for title, outage in OUTAGES:
            all_met &= show(title, outage(stack, load))
    return all_met


def measure_capacity(stack: Stack, load: Load, size: int) -> float:
    """Prompts per second that reach devices while nobody is killed."""
    warm_up = load.make(50, time.time(), 0.0)
    if not stack.watch(now_and_then(load.is_quiet), PATIENCE):
        sys.exit(f"The engine did not start: {last_words(stack)}")
    burst = load.make(size, time.time() + 1, 0.0)
    stack.watch(after(burst.due_from, load.is_quiet), BURST_WITHIN)
    taken, refused = load.arrivals(burst)
    if refused or len(taken) < size:
        sys.exit(f"Of a burst of {size:,} prompts {len(taken):,} arrived. {refused[:1]} {last_words(stack)}")
    load.retire(warm_up, burst)
    say(f"Capacity without kills: {capacity(taken):,.0f} prompts a second ({size:,} due at once).")
    return capacity(taken)


def killing(
    stack: Stack, load: Load, prompts: int, kills: int, rate: float, chosen: random.Random, reports: int
) -> bool:
    """Prompts at this rate, reports and escalations, while one process after the other is killed."""
    lasts = max(prompts / rate, kills * SECONDS_PER_KILL)
    if lasts > LONGEST:
        sys.exit(f"{prompts:,} prompts would take {lasts / 60:.0f} minutes here; choose fewer: --prompts N")
    count = ceil(lasts * rate) if prompts else 1
    batch = load.make(count, time.time() + 3600, 1 / rate)
    start = time.time() + AHEAD + count / MOVED_A_SECOND
    batch = load.move(batch, start, 1 / rate)
    end = start + lasts
    say(f"{count:,} prompts in {lasts:.0f} s, {rate:,.0f} a second, and {kills} kills.")
    driver = flags(stack, "drive", start, end) if reports else None
    stack.watch(
        after(end, lambda: (driver is None or driver.poll() is not None) and load.is_quiet()),
        end + PATIENCE - time.time(),
        kills=plan_kills(kills, start, end, chosen),
    )
    times: dict[str, int] = {}
    for kill in stack.kills:
        times[kill.kind] = times.get(kill.kind, 0) + 1
    say("Killed: " + ", ".join(f"{kind} {number}" for kind, number in sorted(times.items())) + ".")
    all_met = True
    if prompts:
        taken, refused = load.arrivals(batch)
        figures = [
            Figure("kills that were not carried out", kills - len(stack.kills), 0),
            Figure("refused by the push service", len(refused), 0),
            *judge_prompts(
                load.expected(batch), taken, kills=len(stack.kills), children=WORKER_CHILDREN, lease=LEASE
            ),
        ]
        all_met = show(f"{count:,} prompts", figures)
        if not all_met:
            say(after_each_kill(stack.kills, batch, taken))
        if refused:
            say(f"The first refusal: {refused[0]}")
    if driver is not None:
        answer, _ = driver.communicate()
        all_met &= show("Flags", judge_flags(stack, load, start, json.loads(answer), reports))
    load.retire(batch)
    return all_met


def after_each_kill(kills: Sequence[Kill], batch: Batch, arrivals: Sequence[Arrival]) -> str:
    """How late the prompts were that fell due around each kill, until the next one."""
    first_at: dict[int, float] = {}
    for arrival in arrivals:
        first_at[arrival.device] = min(arrival.at, first_at.get(arrival.device, arrival.at))
    due = {device: batch.due_from + number * batch.apart for number, device in enumerate(batch.devices)}
    lines = ["\nKilled at, s      due until the next kill      later than 5 s      most, s"]
    for number, kill in enumerate(kills):
        until = kills[number + 1].at if number + 1 < len(kills) else batch.ends_at
        late = [
            first_at[one] - at for one, at in due.items() if kill.at - 3 <= at < until - 3 and one in first_at
        ]
        lines.append(
            f"{kill.at - batch.due_from:6.1f} {kill.kind:<17} {len(late):>10,} "
            f"{sum(each > 5 for each in late):>24,} {max(late, default=0):>17.1f}"
        )
    return "\n".join(lines)


def flags(stack: Stack, command: str, first: float, second: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.flags", command, str(first), str(second)],
        cwd=ROOT,
        env=stack.environment,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(signal.SIGKILL),
    )


def judge_flags(
    stack: Stack, load: Load, start: float, step_at: dict[str, float], reports: int
) -> list[Figure]:
    """Whether people were told of each flag that opened since `start`, and of each step in `step_at`."""
    arrived: dict[str, list[float]] = {}
    for note in notes(stack.mail_log):
        arrived.setdefault(note["id"].strip("<>").partition("@")[0], []).append(note["at"])
    with load.connection() as connection:
        opened = {
            flag: float(at)
            for flag, at in connection.execute(
                "SELECT id::text, extract(epoch FROM opened_at) FROM monitoring_flag "
                "WHERE opened_at >= to_timestamp(%s)",
                [start],
            )
        }
        steps = dict(
            connection.execute(
                "SELECT flag_id::text, count(*) FROM monitoring_flagevent WHERE kind = 'escalated' GROUP BY 1"
            ).fetchall()
        )
        emails = connection.execute(
            "SELECT source_id::text, id::text FROM delivery_delivery WHERE source_kind = 'flag' "
            "AND channel = 'email' AND created_at >= to_timestamp(%s)",
            [start],
        ).fetchall()

    def told(since: dict[str, float]) -> Iterator[Notified]:
        for flag, at in since.items():
            messages = [message for source, message in emails if source == flag]
            yield Notified(at, {message: tuple(arrived.get(message, ())) for message in messages})

    limits = {"kills": len(stack.kills), "children": WORKER_CHILDREN, "lease": LEASE}
    escalated = list(told(step_at))
    return [
        Figure("reports that opened no flag", reports - len(opened), 0),
        *judge_notices("report", list(told(opened)), latest=60.0, **limits),  # type: ignore[arg-type]
        Figure("steps not taken exactly once", sum(steps.get(flag) != 1 for flag in step_at), 0),
        Figure("steps that told fewer than two people", sum(len(e.arrived_at) < 2 for e in escalated), 0),
        *judge_notices("step", escalated, latest=30.0, is_each_message=True, **limits),  # type: ignore[arg-type]
    ]


def show(title: str, figures: list[Figure]) -> bool:
    say(table(title, figures))
    return all(figure.is_met for figure in figures)


def show_faults(stack: Stack) -> None:
    """What the engine has said, to begin a search with."""
    for name in (*WORKERS, *BEATS, STANDBY):
        lines = [line for line in stack.said(name).splitlines() if "rror" in line or "ritical" in line]
        if lines:
            say(f"\n{name} ({len(lines)} such lines), the last of them:")
            say("\n".join(line[:200] for line in lines[-5:]))


def last_words(stack: Stack) -> str:
    return "\n".join(f"{name}: {stack.said(name).strip()[-600:]}" for name in (*WORKERS, *BEATS, STANDBY))


def now_and_then(question: Callable[[], bool], every: float = 0.5) -> Callable[[], bool]:
    """The same question, asked of the database only so often."""
    asked_at = 0.0

    def ask() -> bool:
        nonlocal asked_at
        if time.monotonic() - asked_at < every:
            return False
        asked_at = time.monotonic()
        return question()

    return ask


def after(moment: float, question: Callable[[], bool]) -> Callable[[], bool]:
    """The question, answered with no until a moment has passed."""
    later = now_and_then(question)
    return lambda: time.time() > moment and later()


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command's output


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped; everything that was started is gone.")
