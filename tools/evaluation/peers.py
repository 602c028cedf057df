"""The alert rules of other systems, made anew from what they publish about them, and a plain CUSUM.

Each looks at the same series as ours, one worst leg pain a day. That is kind to some and unkind to others:
MedBridge does not publish how often it asks, and OpenTeleRehab and PhysiApp ask about single exercises.
OpenTeleRehab's limit is a setting of each installation: 5 is where this tracker's own traffic lights turn
red, 8 is in the data that one public copy of it starts from. It means to count the last three days of a plan.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

Scores = Sequence[tuple[int, int]]
"""The days (from 0, ascending) on which something was reported, each with its worst leg pain, 0-10."""

MAD_TO_SD = 1.4826
HIGHEST_SCORE = 10


@dataclass(frozen=True, slots=True)
class PeerRule:
    name: str
    meaning: str
    """When it speaks up, in words for the report."""
    alerts: Callable[[Scores], list[int]]
    """The days on which it does."""


def rise_since_last(scores: Scores, *, rise: int = 2, from_score: int = 0) -> list[int]:
    """A report of at least `from_score` that is at least `rise` above the report before it."""
    return [
        day
        for (_, before), (day, score) in pairwise(scores)
        if score >= from_score and score - before >= rise
    ]


def at_least(scores: Scores, *, limit: int) -> list[int]:
    """Every report of at least `limit`."""
    return [day for day, score in scores if score >= limit]


def growing_count(scores: Scores, *, above: int, last_days: int = 3) -> list[int]:
    """A count of reports above a fixed level in the last days, whenever it has grown."""
    alerts: list[int] = []
    high: deque[int] = deque()
    for day, score in scores:
        before = len(high)
        while high and high[0] <= day - last_days:
            high.popleft()
        if score > above:
            high.append(day)
        if len(high) > before:
            alerts.append(day)
    return alerts


def reference_cusum(scores: Scores, *, threshold: float = 8.0) -> list[int]:
    """One-sided CUSUM in spreads (k = 0.5) against the reports two to six weeks older, 7 days between alerts.

    Spread is the larger of 1 point and 1.4826 x the median absolute deviation. With fewer than 7 reports in
    that window, the one a week later in age is used; with fewer there too, the sum starts again from 0.
    """
    alerts: list[int] = []
    total = 0.0
    quiet_until = 0
    days = [day for day, _ in scores]
    values = [score for _, score in scores]
    for day, score in scores:
        usual = next(_usual(days, values, day), None)
        if usual is None:
            total = 0.0
            continue
        centre = median(usual)
        spread = max(1.0, MAD_TO_SD * median([abs(value - centre) for value in usual]))
        total = max(0.0, total + max(-3.0, min(3.0, (score - centre) / spread)) - 0.5)
        if total > threshold and score >= 3:
            total = 0.0
            if day >= quiet_until:
                alerts.append(day)
                quiet_until = day + 7
    return alerts


def _usual(days: Sequence[int], values: Sequence[int], day: int) -> Iterator[Sequence[int]]:
    """The windows that hold enough reports, the preferred one first."""
    for youngest, oldest in ((14, 41), (7, 34)):
        window = values[bisect_left(days, day - oldest) : bisect_right(days, day - youngest)]
        if len(window) >= 7:
            yield window


REFERENCE = PeerRule(
    "Plain CUSUM",
    "the textbook sum of clinical diaries: k = 0.5 and h = 8 spreads, against reports two to six weeks older",
    reference_cusum,
)
PEERS = (
    PeerRule("MedBridge high", "2 or more above the report before", rise_since_last),
    PeerRule(
        "MedBridge low",
        "5 or more, and 1 or more above the report before",
        lambda scores: rise_since_last(scores, rise=1, from_score=5),
    ),
    PeerRule("MedBridge critical", "7 or more", lambda scores: at_least(scores, limit=7)),
    PeerRule(
        "OpenTeleRehab, limit 5",
        "the count of reports above 5 in the last 3 days has grown",
        lambda scores: growing_count(scores, above=5),
    ),
    PeerRule(
        "OpenTeleRehab, limit 8",
        "the same count of reports above 8",
        lambda scores: growing_count(scores, above=8),
    ),
    PeerRule("PhysiApp", "10, the highest score", lambda scores: at_least(scores, limit=HIGHEST_SCORE)),
)
RULES = (REFERENCE, *PEERS)
