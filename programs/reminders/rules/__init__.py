"""When a break is due, and what the calendar, the clock and the patient's answers make of it."""

from programs.reminders.rules.easing import (
    EASES_AFTER,
    LONGEST,
    MOST_SNOOZES,
    RETURNS_AFTER,
    SHORTEST,
    fewer,
    more,
)
from programs.reminders.rules.slots import (
    MOST_A_DAY,
    BreakSchedule,
    Slot,
    Window,
    catch_up,
    coming,
    next_slot,
    when_in_words,
)
from programs.reminders.rules.texts import text_for

__all__ = [
    "EASES_AFTER",
    "LONGEST",
    "MOST_A_DAY",
    "MOST_SNOOZES",
    "RETURNS_AFTER",
    "SHORTEST",
    "BreakSchedule",
    "Slot",
    "Window",
    "catch_up",
    "coming",
    "fewer",
    "more",
    "next_slot",
    "text_for",
    "when_in_words",
]
