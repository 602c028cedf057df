"""Setting up movement breaks, prompting them when due, and answering them."""

from programs.reminders.actions.answers import SNOOZES, answer_prompt, credit_movement, snooze_prompt
from programs.reminders.actions.break_rule import MOST_WINDOWS, pause_breaks, set_break_rule
from programs.reminders.actions.sweep import prompt_due

__all__ = [
    "MOST_WINDOWS",
    "SNOOZES",
    "answer_prompt",
    "credit_movement",
    "pause_breaks",
    "prompt_due",
    "set_break_rule",
    "snooze_prompt",
]
