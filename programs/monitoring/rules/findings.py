"""What a rule says: a finding, with everything a therapist needs to check it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

CHECK_IN, FLAG, URGENT, EMERGENCY = LEVELS = ("check_in", "flag", "urgent", "emergency")
"""From mild to severe. A check-in asks the patient a question and calls nobody."""

LEG_PAIN = "worst_leg_pain"
DISTAL_RANK = "distal_rank"
NUMB_BOTHER = "numb_bother"
WEAKNESS_CHANGE = "weakness"
CHANGE = "groc"
SILENT_DAYS = "silent_days"
WARNING_SIGN = "warning_sign"
SESSION_ON_HOLD = "session_on_hold"
PAPER_ON_HOLD = "paper_on_hold"
UNREADABLE = "unreadable"
FLARE_DAYS = "flare_days"
"""What the readings of an evidence are, named like the value of a report."""

OWN_WORDS = (WEAKNESS_CHANGE, CHANGE)
"""The patient's own word: one answer decides, and no number could have been lower."""


def severity(level: str) -> int:
    """The place of a level among `LEVELS`: a larger number is more severe."""
    return LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that a rule looked at, on its local calendar day."""

    recorded_on: date
    value: float | str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The patient's own usual level that the readings were compared with, in the unit of the readings."""

    centre: float
    spread: float | None
    """How far the patient's reports usually lie from it; None where the rule does not use it."""
    reports: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule saw when it found something: enough for a therapist to check the sum by hand."""

    measure: str
    """What the readings are: "worst_leg_pain", "distal_rank", "numb_bother", "weakness" "groc", or
    "silent_days": since the day of the reading, and how many. Of safety answers "warning_sign": the id of a
    question and its answer; "unreadable": the id of a question, if any, and no answer; "session_on_hold": how
    severe the answer was because of which no session should have begun; "paper_on_hold": the
    same of a session on paper, on a day with such an answer, as nobody knows its hour; "flare_days": since
    the day of the reading, and for how many the flare plan has lasted."""
    readings: tuple[Reading, ...]
    """The deciding reports, oldest first."""
    baseline: Baseline | None
    """None for what needs no comparison: the patient's own word."""
    limit: float | None
    """Rule W2: what the total had to pass, in points. Others: the value from which a reading counted."""
    allowance: float | None = None
    """Rule W2: the points above the usual level that each report has for free."""
    counted_above: float | None = None
    """Rule W2: a reading further than this above the usual level counts as this far above."""
    total: float | None = None
    """Rule W2: the points above usual level and allowance that the readings add up to."""

    @property
    def is_from_start(self) -> bool:
        """Whether leg pain was compared with the level at the start: too early for a usual one."""
        return self.measure == LEG_PAIN and self.baseline is not None and self.baseline.spread is None

    def as_dict(self) -> dict[str, Any]:
        """The evidence as JSON-able values, days in ISO form. `from_dict` gives an equal Evidence back."""
        return {
            "measure": self.measure,
            "readings": [
                {"recorded_on": reading.recorded_on.isoformat(), "value": reading.value}
                for reading in self.readings
            ],
            "baseline": None
            if self.baseline is None
            else {
                "centre": self.baseline.centre,
                "spread": self.baseline.spread,
                "reports": self.baseline.reports,
                "first_on": self.baseline.first_on.isoformat(),
                "last_on": self.baseline.last_on.isoformat(),
            },
            "limit": self.limit,
            "allowance": self.allowance,
            "counted_above": self.counted_above,
            "total": self.total,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The Evidence that `as_dict` turned into `data`."""
        baseline = data["baseline"]
        return cls(
            measure=data["measure"],
            readings=tuple(
                Reading(date.fromisoformat(reading["recorded_on"]), reading["value"])
                for reading in data["readings"]
            ),
            baseline=None
            if baseline is None
            else Baseline(
                centre=baseline["centre"],
                spread=baseline["spread"],
                reports=baseline["reports"],
                first_on=date.fromisoformat(baseline["first_on"]),
                last_on=date.fromisoformat(baseline["last_on"]),
            ),
            limit=data["limit"],
            allowance=data["allowance"],
            counted_above=data["counted_above"],
            total=data["total"],
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's statement about a patient, made on the day of the deciding report."""

    rule: str
    """"W1", "W1e", "W2", "W2e", "W3", "W4", "W5", "W6"; "silent" and "no_response" from the sweep;
    of safety answers the id of the question, "LOCKED" or "UNREADABLE", and of what rules exercises out its
    slug; "FLARE": one that has not settled."""
    level: str
    """One of `LEVELS`."""
    found_on: date
    side: str
    """"left" or "right" for a rule that judges each leg (W3); otherwise empty."""
    evidence: Evidence

    @property
    def key(self) -> tuple[str, str, date]:
        """What makes two findings the same: rule, side and day."""
        return self.rule, self.side, self.found_on
