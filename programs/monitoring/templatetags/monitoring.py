"""The picture of what a rule saw, for the pages of this room and of those above."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from programs.monitoring.render import readings_chart
from programs.monitoring.rules import Evidence
from programs.monitoring.rules.findings import DISTAL_RANK, LEG_PAIN, NUMB_BOTHER
from programs.monitoring.rules.reports import HIGHEST_BOTHER, HIGHEST_PAIN, HIGHEST_RANK
from programs.monitoring.rules.words import PLACES, number_in_words

register = template.Library()

_SCALES: dict[str, dict[str, Any]] = {
    LEG_PAIN: {"highest": HIGHEST_PAIN, "scale": [(0, "0"), (5, "5"), (10, "10")], "has_shapes": True},
    DISTAL_RANK: {"highest": HIGHEST_RANK, "scale": list(enumerate(PLACES)), "is_downward": True},
    NUMB_BOTHER: {"highest": HIGHEST_BOTHER, "scale": [(0, "0"), (3, "3"), (6, "6")]},
}


@register.simple_tag
def evidence_picture(evidence: Evidence) -> SafeString | str:
    """The readings against the usual level; nothing for a word of the patient's own, or a single number."""
    if evidence.measure not in _SCALES or len(evidence.readings) == 1:
        return ""
    baseline = evidence.baseline
    limit, line = evidence.limit, None
    if baseline is not None and evidence.allowance is not None:
        limit = line = baseline.centre + evidence.allowance
    is_place = evidence.measure == DISTAL_RANK
    usual = None
    if baseline is not None:
        name = "at first" if evidence.is_from_start else "usual"
        usual = (baseline.centre, name if is_place else f"{name} {number_in_words(baseline.centre)}")
    return readings_chart(
        [(reading.recorded_on, float(reading.value)) for reading in evidence.readings],
        **_SCALES[evidence.measure],
        usual=usual,
        limit=None if limit is None or is_place else (limit, f"from {number_in_words(limit)}"),
        line=line,
        sentence=_sentence(evidence),
    )


def _sentence(evidence: Evidence) -> str:
    values = [
        PLACES[int(reading.value)] if evidence.measure == DISTAL_RANK else str(reading.value)
        for reading in evidence.readings
    ]
    return f"A small chart of the {len(values)} answers in the table: {', '.join(values)}."
