"""What was promised against what arrived: pure, so that the judge itself can be judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

CLOCK = 0.001
"""Seconds by which the same moment may differ between a database's microseconds and a float."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A prompt that must reach one device once. Times are seconds since 1970; `rows` are its Prompt rows."""

    device: int
    due_at: float
    expires_at: float
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One push that a push service took: for which device, about which prompt, kept for how many seconds."""

    at: float
    device: int
    topic: str
    prompt: str
    ttl: int


@dataclass(frozen=True, slots=True)
class Notified:
    """One thing people had to be told: from when on, by which messages, and when each of those arrived."""

    since: float
    arrived_at: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Without a limit it is only told."""

    name: str
    value: float
    limit: float | None = None
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.value <= self.limit


def judge_prompts(
    expected: Sequence[Expected],
    arrivals: Iterable[Arrival],
    *,
    kills: int,
    children: int,
    lease: float,
    latest: float = 5.0,
) -> list[Figure]:
    """Every prompt on its device, shown once, in time; `latest` is the p99 of lateness that is allowed."""
    by_device: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_device[arrival.device].append(arrival)
    lateness, gaps = [], []
    lost = wrong_rows = shown_twice = early = too_late = kept_too_long = strange = 0
    known = {each.device for each in expected}
    strange += sum(len(got) for device, got in by_device.items() if device not in known)
    for each in expected:
        got = sorted(by_device[each.device], key=lambda arrival: arrival.at)
        own = [arrival for arrival in got if arrival.prompt in each.rows]
        strange += len(got) - len(own)
        wrong_rows += len(each.rows) != 1
        early += sum(arrival.at < each.due_at - CLOCK for arrival in own)
        too_late += sum(arrival.at > each.expires_at + CLOCK for arrival in own)
        kept_too_long += sum(arrival.at + arrival.ttl > each.expires_at + 1 for arrival in own)
        if not own:
            lost += 1
            continue
        lateness.append(own[0].at - each.due_at)
        first_of_topic: dict[str, float] = {}
        for arrival in own:
            if arrival.topic in first_of_topic:
                gaps.append(arrival.at - first_of_topic[arrival.topic])
            else:
                first_of_topic[arrival.topic] = arrival.at
        shown_twice += len(first_of_topic) > 1
    return [
        Figure("lost", lost, 0),
        Figure("steps without exactly one prompt", wrong_rows, 0),
        Figure("shown twice", shown_twice, 0),
        Figure("sent early", early, 0),
        Figure("sent after expiry", too_late, 0),
        Figure("kept by the push service past expiry", kept_too_long, 0),
        Figure("sent to somebody else", strange, 0),
        Figure("duplicates on the wire", len(gaps), kills * children),
        Figure("longest gap to the first copy", max(gaps, default=0.0), lease + 5, "s"),
        Figure("lateness p50", percentile(lateness, 50), None, "s"),
        Figure("lateness p99", percentile(lateness, 99), latest, "s"),
        Figure("lateness max", max(lateness, default=0.0), None, "s"),
    ]


def judge_notices(
    what: str,
    told: Sequence[Notified],
    *,
    kills: int,
    children: int,
    lease: float,
    latest: float,
    is_each_message: bool = False,
) -> list[Figure]:
    """Everybody told by e-mail, each message once. `latest` is the limit of the p99 of the wait for the first
    message; where `is_each_message`, of the wait for any.
    """
    waits, gaps = [], []
    for each in told:
        firsts = [min(times) for times in each.arrived_at.values() if times]
        if firsts:
            waits += [at - each.since for at in (firsts if is_each_message else [min(firsts)])]
        for times in each.arrived_at.values():
            gaps += [at - min(times) for at in sorted(times)[1:]]
    never = sum(1 for each in told if not each.arrived_at or not all(each.arrived_at.values()))
    return [
        Figure(f"{what}: somebody not told", never, 0),
        Figure(f"{what}: told early", sum(wait < -CLOCK for wait in waits), 0),
        Figure(f"{what}: e-mails sent twice", len(gaps), kills * children),
        Figure(f"{what}: longest gap to the first copy", max(gaps, default=0.0), lease + 5, "s"),
        Figure(f"{what}: wait p50", percentile(waits, 50), None, "s"),
        Figure(f"{what}: wait p99", percentile(waits, 99), latest, "s"),
    ]


def percentile(values: Sequence[float], share: int) -> float:
    """The least value that `share` percent of all do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * share / 100) - 1] if ordered else 0.0


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures with their limits, one a line."""
    lines = [f"\n{title}", f"{'':<48} {'measured':>12} {'limit':>12}"]
    for figure in figures:
        verdict = "" if figure.limit is None else ("PASS" if figure.is_met else "FAIL")
        limit = "" if figure.limit is None else _written(figure.limit, figure.unit)
        lines.append(f"{figure.name:<48} {_written(figure.value, figure.unit):>12} {limit:>12}  {verdict}")
    return "\n".join(line.rstrip() for line in lines)


def _written(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if unit else f"{value:,.0f}"
