"""Shapes of what people wish to be reminded of, and of the answer to a prompt."""

from programs.reminders.forms.breaks import (
    AnswerForm,
    BreakForm,
    MovedForm,
    PauseForm,
    ReviewForm,
    SnoozeForm,
    windows_in_fields,
)

__all__ = [
    "AnswerForm",
    "BreakForm",
    "MovedForm",
    "PauseForm",
    "ReviewForm",
    "SnoozeForm",
    "windows_in_fields",
]
