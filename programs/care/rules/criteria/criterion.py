"""One thing that has to be so before a stage is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

MET, NOT_MET, UNKNOWN = STATES = ("met", "not_met", "unknown")

DAYS, FOLLOWED, PAIN, TREND = "days", "followed", "pain", "trend"
LIGHTS, MORNINGS, REACH, FLAGS = "lights", "mornings", "reach", "flags"
SAFETY, TEST, BREAKS, TODAY = "safety", "test", "breaks", "today"
"""What the criteria are about."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that has to be so. `numbers` are what the state comes from, for the record."""

    key: str
    state: str
    numbers: Mapping[str, Any]
    for_therapist: str
    for_patient: str

    @property
    def is_met(self) -> bool:
        return self.state == MET

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with a decision."""
        return asdict(replace(self, numbers=dict(self.numbers)))
