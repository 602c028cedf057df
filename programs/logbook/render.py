"""The way through the stages of a plan as a picture: values in, SVG out.

Everything is told by its shape and not by its colour: a stage that is done has a tick, the one under way a
ring of its own; of the criteria a filled circle is met, an empty square is not, and a diamond is not known.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from programs.care.rules.criteria import MET, NOT_MET
from programs.monitoring.render import picture, text

_WIDTH = 320
_EDGE = 26
_STAGES_AT, _STAGE = 26, 16
_CRITERIA_AT, _CRITERION = 78, 8


def stage_picture(stage: int, stages: int, criteria: Sequence[str]) -> SafeString:
    """Stage `stage` of so many, and below it one mark for each criterion of it, by its state."""
    parts = []
    for number in range(1, stages + 1):
        if number > 1:
            left, right = _x(number - 1, stages) + _STAGE, _x(number, stages) - _STAGE
            kind = "way-done" if number <= stage else "way"
            parts.append(f'<path class="{kind}" d="M{left:.1f} {_STAGES_AT}H{right:.1f}"/>')
        parts.append(_stage(_x(number, stages), number, stage))
    for place, state in enumerate(criteria, 1):
        parts.append(_criterion(_x(place, len(criteria)), state))
    height = _CRITERIA_AT + 22 if criteria else _STAGES_AT * 2
    return picture("way-picture", _WIDTH, height, _sentence(stage, stages, criteria), parts)


def _x(place: int, places: int) -> float:
    if places == 1:
        return _WIDTH / 2
    return _EDGE + (_WIDTH - 2 * _EDGE) * (place - 1) / (places - 1)


def _stage(x: float, number: int, stage: int) -> str:
    kind = "stage-done" if number < stage else "stage-now" if number == stage else "stage-later"
    circle = f'<circle class="{kind}" cx="{x:.1f}" cy="{_STAGES_AT}" r="{_STAGE}"/>'
    if number < stage:
        return f'{circle}<path class="stage-tick" d="M{x - 6:.1f} {_STAGES_AT}l4 5 8-10"/>'
    return circle + text(round(x, 1), _STAGES_AT + 6, str(number), anchor="middle")


def _criterion(x: float, state: str) -> str:
    half = _CRITERION
    if state == MET:
        return f'<circle class="criterion-met" cx="{x:.1f}" cy="{_CRITERIA_AT}" r="{half}"/>'
    if state == NOT_MET:
        corner = f'x="{x - half + 1:.1f}" y="{_CRITERIA_AT - half + 1}"'
        size = 2 * half - 2
        return f'<rect class="criterion-not-met" {corner} width="{size}" height="{size}"/>'
    reach = half + 1
    path = f"M{x:.1f} {_CRITERIA_AT - reach}l{reach} {reach}-{reach} {reach}-{reach}-{reach}z"
    return f'<path class="criterion-unknown" d="{path}"/>'


def _sentence(stage: int, stages: int, criteria: Sequence[str]) -> str:
    where = f"You are in stage {stage} of {stages}."
    if not criteria:
        return where
    met, not_met = criteria.count(MET), criteria.count(NOT_MET)
    unknown = len(criteria) - met - not_met
    return f"{where} {met} of {len(criteria)} things are done. {not_met} not yet. {unknown} not known yet."
