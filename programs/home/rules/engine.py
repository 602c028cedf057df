"""How the engine stands, and how to say so to somebody who runs a clinic and not a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

LATE = timedelta(seconds=60)
"""Twelve missed ticks. A prompt may be so late without anybody minding; an alert must not be."""

NOT_DONE = {
    "escalations": "Flags that nobody takes on are not passed on now.",
    "deliveries": "Alerts are not sent now.",
    "prompts": "Break prompts are not made now.",
}
"""What nobody does while a sweep is silent, the gravest first."""

_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


@dataclass(frozen=True, slots=True)
class EngineState:
    """How long ago each of Celery's sweeps gave a sign of life (None: never), how long the row that fell due
    first has waited (nothing, where none is due), and how long ago a standby gave a sign of life.
    """

    silent_for: Mapping[str, timedelta | None]
    oldest_wait: timedelta
    standby_silent_for: timedelta | None

    @property
    def silent(self) -> tuple[str, ...]:
        """The sweeps without a sign of life, as `NOT_DONE` sorts them."""
        silent = (name for name, silence in self.silent_for.items() if silence is None or silence > LATE)
        return tuple(sorted(silent, key=list(NOT_DONE).index))

    @property
    def is_alive(self) -> bool:
        return not self.silent

    @property
    def is_late(self) -> bool:
        return self.oldest_wait > LATE

    @property
    def is_well(self) -> bool:
        return self.is_alive and not self.is_late

    @property
    def has_standby(self) -> bool:
        return self.standby_silent_for is not None and self.standby_silent_for <= LATE

    @property
    def headline(self) -> str:
        """The one sentence that somebody in a hurry reads."""
        if self.is_well:
            return "Prompts and alerts go out on time."
        if self.is_late:
            return "Prompts or alerts are late."
        everything = len(self.silent) == len(self.silent_for)
        if self.has_standby:
            who = "the workers" if everything else "some of the workers"
            return f"The standby sends prompts and alerts, because {who} are silent."
        if everything:
            return "Nothing sends prompts or alerts now."
        return " ".join(NOT_DONE[name] for name in self.silent)

    @property
    def advice(self) -> str:
        """What to do about it; empty where nothing is to be done."""
        if self.is_well:
            return ""
        if not self.is_alive and self.has_standby and not self.is_late:
            return "Nobody misses anything for now. Ask whoever runs the server to look at the workers today."
        return (
            "Ask whoever runs the server to look at the workers now. "
            "Until then look at the caseload yourself: what is there is complete."
        )

    @property
    def waiting(self) -> str:
        if not self.oldest_wait:
            return "Nothing is waiting."
        return f"What has waited longest has been due for {in_words(self.oldest_wait)}."

    @property
    def standby(self) -> str:
        if self.standby_silent_for is None:
            return "No standby has ever run. With one, the work goes on when the workers fall silent."
        if not self.has_standby:
            return f"The standby has been silent for {in_words(self.standby_silent_for)}."
        return "A standby is ready to take over." if self.is_alive else "The standby does the work now."


def last_seen(silence: timedelta | None) -> str:
    """When a sweep last gave a sign of life."""
    return "never" if silence is None else f"{in_words(silence)} ago"


def in_words(length: timedelta) -> str:
    """A length of time as people say it, in its largest unit: "40 seconds", "1 minute", "3 days"."""
    for unit, name in _UNITS:
        if length >= unit:
            count = length // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    seconds = max(0, round(length.total_seconds()))
    return f"{seconds} second{'' if seconds == 1 else 's'}"
