"""What has to be so before a stage can be left, in words. The stage's own test is said beside it."""

from typing import Final

from .programs import PAIN_MEASURES

# The middle of 7 days is at most the ceiling where most of those days are.
_PAIN_FOR_PATIENTS: Final = {
    "worst_leg": "Your worst leg pain is {} on most days of a week.",
    "calf": "Your calf pain between cramps is {}.",
    "during": "Pain while you exercise stays at {}.",
}


def describe_criteria(minimum_days: int | None, pain_ceiling: int | None, pain_measure: str) -> list[str]:
    """What a stage asks before it is left, one sentence each, as its patient reads it.

    `minimum_days` counts days in the stage, `pain_ceiling` is a score of 0-10 held against `pain_measure`
    (one of `PAIN_MEASURES`). What a stage does not ask is left out; one that asks nothing gives no sentence.
    """
    sentences = []
    if minimum_days is not None:
        sentences.append(f"You have been in this stage for {_days(minimum_days)} or more.")
    if pain_ceiling is not None:
        sentences.append(_PAIN_FOR_PATIENTS[pain_measure].format(_at_most(pain_ceiling)))
    return sentences


def describe_criteria_briefly(minimum_days: int | None, pain_ceiling: int | None, pain_measure: str) -> str:
    """The same in half a line for a therapist, or "" where a stage asks for neither."""
    parts = []
    if minimum_days is not None:
        parts.append(f"{_days(minimum_days)} or more in it")
    if pain_ceiling is not None:
        parts.append(f"{PAIN_MEASURES[pain_measure]}: {_at_most(pain_ceiling)}")
    return "; ".join(parts)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _at_most(ceiling: int) -> str:
    return f"{ceiling} or less" if ceiling else "0"
