"""When which safety questions are asked: what is due, and why. Clinical fact base 4.5; no clinician has
checked the intervals yet.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from programs.safety.rules.levels import Item, worst
from programs.safety.rules.questions import (
    AGAIN,
    EMERGENCY,
    FIRST,
    FULL,
    SESSION,
    SOON,
    URGENT,
    WEEKLY,
    questions_of,
    severity,
)

SEVERE_PAIN = "severe_pain"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The intervals, and what they are called together. All are defaults of the fact base (4.5)."""

    version: str = "safety-1"
    again_after: timedelta = timedelta(hours=1)
    """ "At next open" after an emergency or urgent answer: not while somebody still reads what to do."""
    again_from: timedelta = timedelta(hours=24)
    """ "And at 24 h until resolved"; from then on the same time after each answer."""
    full_after_days: int = 14
    """So many days without any screening are an absence."""
    weekly_after_days: int = 7


DEFAULT = Parameters()


@dataclass(frozen=True, slots=True)
class Asked:
    """When sets were last completed, on the patient's local days; None for never."""

    first_on: date | None
    weekly_on: date | None
    """Weekly, full and first sets: a week is counted from the last of them."""
    any_on: date | None
    """Sets of any kind but what was asked again."""


@dataclass(frozen=True, slots=True)
class Due:
    """What to ask now; `kind` is empty, and it counts as false, when nothing is."""

    kind: str
    questions: tuple[str, ...]
    reason: str
    """For the patient, in a sentence."""
    asks_conditions: bool = False
    """Ask the list of things that rule exercises out, too."""

    def __bool__(self) -> bool:
        return bool(self.kind)


NOTHING = Due("", (), "")

REASONS = {
    FIRST: "Before you start, please answer some safety questions.",
    AGAIN: "You told us about a warning sign. Please tell us how it is now.",
    WEEKLY: "It is time for your weekly safety questions.",
    SESSION: "Before the first session of each day, we ask about new warning signs.",
}
ABSENCE = "You have been away for a while. Please answer all safety questions again."
REQUEST_REASONS = {
    "flag": "Your answers have changed. Please answer all safety questions now.",
    SEVERE_PAIN: "Your leg pain is very bad. Please answer all safety questions now.",
    "new_place": "You feel it in a new place. Please answer all safety questions now.",
    "weakness": "You told us about new weakness. Please answer all safety questions now.",
    "stopped": "You stopped a move for pain. Please answer all safety questions now.",
    "flare": "Your plan is now easier. Please answer all safety questions as well.",
    "unreadable": "We could not read one of your answers. Please answer all safety questions again.",
}
"""Why a full set was asked for; of several reasons, the first of `_PRESSING` is said."""
_PRESSING = ("unreadable", "weakness", SEVERE_PAIN, "new_place", "stopped", "flag", "flare")


def again_from(item: Item, parameters: Parameters = DEFAULT) -> datetime:
    """From when on something that stands open is to be asked again.

    At once, where questions on top of it wait; at the next visit after the first yes; then a day after each
    yes, and a day after each answer later than that.
    """
    if item.is_pending:
        return item.answered_at
    if not item.was_asked_again:
        return item.positive_at + parameters.again_after
    a_day_after = item.positive_at + parameters.again_from
    return a_day_after if item.answered_at < a_day_after else item.answered_at + parameters.again_from


def due(
    asked: Asked,
    items: Iterable[Item],
    requests: Collection[str],
    *,
    today: date,
    now: datetime,
    parameters: Parameters = DEFAULT,
) -> Due:
    """The set to ask first. Anything that is due has to be answered before a session starts.

    items: what stands open; requests: the reasons for which a full set was asked for. What stands open is
    asked again within whatever set is due. While something is an emergency, nothing else is asked: the
    patient is to get help, not to fill in forms. While something is urgent, no session can start, so nothing
    is asked on account of one.
    """
    items = list(items)
    worst_open = worst(item.level for item in items)
    to_ask = [
        item
        for item in items
        if severity(item.level) >= severity(URGENT) and now >= again_from(item, parameters)
    ]
    again = {question for item in to_ask for question in item.missing or (item.question,)}
    kind, reason = _set(asked, requests, today, parameters)
    if worst_open == EMERGENCY or (worst_open == URGENT and kind in (WEEKLY, SESSION)):
        kind = ""
    if not kind and again:
        kind, reason = AGAIN, REASONS[AGAIN]
    if not kind:
        return NOTHING
    if kind in (FIRST, FULL, WEEKLY):
        again |= {item.question for item in items if item.level == SOON}
    questions = questions_of(kind, again=again, asks_severe_pain=SEVERE_PAIN in requests)
    return Due(kind, questions, reason, asks_conditions=kind == FIRST)


def _set(asked: Asked, requests: Collection[str], today: date, parameters: Parameters) -> tuple[str, str]:
    """The kind of set that is due whatever stands open, and why; empty when none is."""
    if asked.first_on is None:
        return FIRST, REASONS[FIRST]
    if requests:
        return FULL, REQUEST_REASONS[next(reason for reason in _PRESSING if reason in requests)]
    if (today - (asked.any_on or asked.first_on)).days >= parameters.full_after_days:
        return FULL, ABSENCE
    if (today - (asked.weekly_on or asked.first_on)).days >= parameters.weekly_after_days:
        return WEEKLY, REASONS[WEEKLY]
    if asked.any_on != today:
        return SESSION, REASONS[SESSION]
    return "", ""
