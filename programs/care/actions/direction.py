"""What the direction check found, written down to the plan."""

from __future__ import annotations

from datetime import date

from programs.care.models import Plan
from programs.care.rules.direction import DirectionFinding


def note_direction(*, plan: Plan, finding: DirectionFinding, on: date) -> None:
    """Keep on the plan what the direction check says as of the local day `on`. Repeats change nothing."""
    Plan.objects.filter(pk=plan.pk).update(
        direction=finding.outcome,
        direction_on=on if finding.outcome else None,
        directions_excluded={direction: until.isoformat() for direction, until in finding.excluded.items()},
    )
