"""How a patient's movement breaks and reminders stand."""

from programs.reminders.queries.breaks import (
    Breaks,
    Easing,
    asks_before_more,
    break_texts,
    breaks,
    easing_of,
    is_review_due,
    preview,
    prompt_text,
    prompts_made,
)
from programs.reminders.queries.day import DaySoFar, day_of_breaks
from programs.reminders.queries.now import BreakNow, break_now
from programs.reminders.queries.open_page import OpenPage, next_prompt_in_words, open_page, shown_prompt
from programs.reminders.queries.reminders import (
    NextReminder,
    next_reminders,
    reminder_settings_of,
    showing_reminders,
)
from programs.reminders.queries.signs import ReminderSigns, reminder_signs, reminder_signs_of

__all__ = [
    "BreakNow",
    "Breaks",
    "DaySoFar",
    "Easing",
    "NextReminder",
    "OpenPage",
    "ReminderSigns",
    "asks_before_more",
    "break_now",
    "break_texts",
    "breaks",
    "day_of_breaks",
    "easing_of",
    "is_review_due",
    "next_prompt_in_words",
    "next_reminders",
    "open_page",
    "preview",
    "prompt_text",
    "prompts_made",
    "reminder_settings_of",
    "reminder_signs",
    "reminder_signs_of",
    "showing_reminders",
    "shown_prompt",
]
