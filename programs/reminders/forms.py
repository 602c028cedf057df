"""Shapes of what a patient wishes for movement breaks, and of the answer to a prompt."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

from programs.reminders.actions import SNOOZES
from programs.reminders.models import Outcome

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_MINUTES = "Choose 20 to 60 minutes."
_DAYS = "Choose at least one day."


class _Time(forms.TimeField):
    """A time of day; `required` says what is missing."""

    def __init__(self, label: str, *, required: str = "") -> None:
        super().__init__(
            label=label,
            required=bool(required),
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": required, "invalid": "Enter a time, such as 09:00."},
        )


class BreakForm(forms.Form):
    """The field names are those of `set_break_rule`, which knows what goes together."""

    enabled = forms.BooleanField(label="Remind me to move", required=False)
    interval_minutes = forms.IntegerField(
        label="How many minutes between prompts?",
        min_value=20,
        max_value=60,
        help_text="From 20 to 60 minutes.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _MINUTES),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days?",
        choices=tuple(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _DAYS, "invalid_choice": _DAYS},
    )
    window_start = _Time("From", required="Enter the time of the first prompt.")
    window_end = _Time("Until", required="Enter the time of the last prompt.")
    quiet_start = _Time("Quiet from")
    quiet_end = _Time("Quiet until")
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=lambda: [
            (zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone
        ],
        error_messages={
            "required": "Choose a time zone from the list.",
            "invalid_choice": "Choose a time zone from the list.",
        },
    )

    def __init__(self, *args: Any, suggested_minutes: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suggested_minutes is not None:
            self.fields["interval_minutes"].help_text = f"From 20 to 60. Your plan says {suggested_minutes}."


class AnswerForm(forms.Form):
    """What became of a prompt. It has buttons only, so one sentence says all that can be wrong."""

    PROBLEM = "Choose Done or Not now."

    answer = forms.ChoiceField(choices=[(each, each.label) for each in (Outcome.DONE, Outcome.DISMISSED)])


class SnoozeForm(forms.Form):
    """For how long a prompt is put off."""

    PROBLEM = "Choose 5, 10 or 15 minutes."

    minutes = forms.TypedChoiceField(choices=[(minutes, minutes) for minutes in SNOOZES], coerce=int)
