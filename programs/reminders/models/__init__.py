"""Movement breaks, other reminders, and the calendars they meet in."""

from programs.reminders.models.break_rule import BreakRule, BreakRuleQuerySet, Outcome, Prompt, PromptQuerySet
from programs.reminders.models.calendar import BusyCalendar, CalendarFeed
from programs.reminders.models.movement import MovementBreak
from programs.reminders.models.reminder import (
    Kind,
    Reminder,
    ReminderMemory,
    ReminderQuerySet,
    ReminderSettings,
)

__all__ = [
    "BreakRule",
    "BreakRuleQuerySet",
    "BusyCalendar",
    "CalendarFeed",
    "Kind",
    "MovementBreak",
    "Outcome",
    "Prompt",
    "PromptQuerySet",
    "Reminder",
    "ReminderMemory",
    "ReminderQuerySet",
    "ReminderSettings",
]
