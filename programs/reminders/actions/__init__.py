"""Setting up movement breaks, prompting them when due, and answering them."""

from programs.reminders.actions.answers import SNOOZES, answer_prompt, snooze_prompt
from programs.reminders.actions.break_rule import (
    MOST_WINDOWS,
    draft_break_rule,
    pause_breaks,
    set_break_rule,
    set_busy,
)
from programs.reminders.actions.movement import record_movement
from programs.reminders.actions.pushed import follow_push
from programs.reminders.actions.remind import remind_due
from programs.reminders.actions.reminders import (
    MOST_TIMES,
    not_today,
    satisfy,
    set_reminders,
    start_again,
    stop_everything,
)
from programs.reminders.actions.review import return_to_wish, review_breaks
from programs.reminders.actions.sweep import prompt_due

__all__ = [
    "MOST_TIMES",
    "MOST_WINDOWS",
    "SNOOZES",
    "answer_prompt",
    "draft_break_rule",
    "follow_push",
    "not_today",
    "pause_breaks",
    "prompt_due",
    "record_movement",
    "remind_due",
    "return_to_wish",
    "review_breaks",
    "satisfy",
    "set_break_rule",
    "set_busy",
    "set_reminders",
    "snooze_prompt",
    "start_again",
    "stop_everything",
]
