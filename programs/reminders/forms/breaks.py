"""Shapes of what a patient wishes for movement breaks, and of the answer to a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from programs.lib.times import time_zones
from programs.reminders.actions import MOST_WINDOWS, SNOOZES
from programs.reminders.models import BreakRule, Outcome
from programs.reminders.rules import MOST_A_DAY

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MINUTES = (20, 25, 30, 40, 50, 60)
"""What is offered as one tap. Any number from 20 to 60 that was chosen elsewhere is offered too."""

_MINUTES = "Choose 20 to 60 minutes."
_DAYS = "Choose at least one day."
_A_DAY = f"Choose 1 to {MOST_A_DAY}."
_WINDOWS = range(1, MOST_WINDOWS + 1)
_PLAIN = (
    *("enabled", "interval_minutes", "weekdays", "quiet_start", "quiet_end"),
    *("daily_cap", "by_push", "time_zone"),
)


class _Time(forms.TimeField):
    """A time of day; `required` says what is missing."""

    def __init__(self, label: str, *, required: str = "", help_text: str = "") -> None:
        super().__init__(
            label=label,
            required=bool(required),
            help_text=help_text,
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": required, "invalid": "Enter a time, such as 09:00."},
        )


def windows_in_fields(windows: Sequence[tuple[time, time]]) -> dict[str, time]:
    """The windows as initial values of a `BreakForm`."""
    return {
        name: at
        for number, pair in zip(_WINDOWS, windows, strict=False)
        for name, at in zip(_fields_of(number), pair, strict=True)
    }


def _fields_of(window: int) -> tuple[str, str]:
    return f"window_{window}_start", f"window_{window}_end"


class BreakForm(forms.Form):
    """The field names are those of `set_break_rule`, which knows what goes together.

    `windows` is a pair of fields for each; the first is required, the others may stay empty.
    """

    enabled = forms.BooleanField(
        label="Remind me to move",
        required=False,
        help_text="We ask you to get up for a minute, again and again in your day.",
    )
    interval_minutes = forms.IntegerField(
        label="How many minutes between prompts?",
        min_value=20,
        max_value=60,
        help_text="We count from the last time you moved.",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _MINUTES),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days?",
        help_text="On all other days we stay silent.",
        choices=tuple(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _DAYS, "invalid_choice": _DAYS},
    )
    window_1_start = _Time("From", required="Enter when prompts may begin.")
    window_1_end = _Time("Until", required="Enter when prompts must end.")
    window_2_start, window_2_end = _Time("Second time from"), _Time("Second time until")
    window_3_start, window_3_end = _Time("Third time from"), _Time("Third time until")
    window_4_start, window_4_end = _Time("Fourth time from"), _Time("Fourth time until")
    by_push = forms.BooleanField(
        label="A message on this phone or computer",
        required=False,
        help_text="It comes even while this site is closed.",
    )
    quiet_start = _Time("Quiet from")
    quiet_end = _Time("Quiet until")
    daily_cap = forms.IntegerField(
        label="At most how many a day?",
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=f"After that many we stop until the next day. From 1 to {MOST_A_DAY}.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _A_DAY),
    )
    time_zone = forms.ChoiceField(
        label="Your time zone",
        help_text="All times on this page are by the clock there.",
        choices=time_zones,
        error_messages={
            "required": "Choose a time zone from the list.",
            "invalid_choice": "Choose a time zone from the list.",
        },
    )

    confirmed = forms.BooleanField(label="Yes, more often", required=False)

    def __init__(
        self, *args: Any, takes_push: bool, suggested_minutes: int | None = None, **kwargs: Any
    ) -> None:
        """`takes_push`: a browser or phone of the patient takes it, so that it can be promised."""
        super().__init__(*args, **kwargs)
        if not takes_push:
            del self.fields["by_push"]
        # A zone that came by REST may be a name that the list leaves out.
        self.fields["time_zone"].choices = time_zones(self.initial["time_zone"])  # type: ignore[attr-defined]
        offered = {*MINUTES, self.initial["interval_minutes"], *filter(None, [suggested_minutes])}
        pace = self.fields["interval_minutes"]
        pace.widget.choices = [
            (minutes, format_html("{} <small>your plan</small>", minutes))
            if minutes == suggested_minutes
            else (minutes, minutes)
            for minutes in sorted(offered)
        ]
        if suggested_minutes is not None:
            pace.help_text = f"We count from the last time you moved. Your plan says {suggested_minutes}."

    @staticmethod
    def what_is_stored(rule: BreakRule) -> dict[str, Any]:
        """The initial values of a form that shows `rule`: what was wished for, which may be less than what is
        in force.
        """
        values = {name: getattr(rule, name) for name in _PLAIN} | {"interval_minutes": rule.wished_minutes}
        return values | windows_in_fields([(window.start, window.end) for window in rule.schedule.windows])

    def clean(self) -> dict[str, Any]:
        for number in _WINDOWS[1:]:
            start, end = (self.cleaned_data.get(name, "wrong") for name in _fields_of(number))
            if (start is None) != (end is None):
                self.add_error(
                    _fields_of(number)[start is not None], "Enter both times, or leave both empty."
                )
        return self.cleaned_data

    @property
    def wishes(self) -> dict[str, Any]:
        """What `set_break_rule` is told. What is wrong in the form is as it was, so that it can say what else
        is wrong.
        """
        windows = [tuple(self.cleaned_data[name] for name in _fields_of(number)) for number in self._used]
        plain = {name: self.cleaned_data.get(name, self.initial.get(name)) for name in _PLAIN}
        return plain | {"windows": windows}

    def add_errors(self, error: ValidationError) -> None:
        """Show what `set_break_rule` said at the fields it is about, beside what the form itself found."""
        used, was_valid = self._used, self.is_valid()
        for field, sentences in error.message_dict.items():
            match field.split("."):
                case ["windows", place, end]:
                    self.add_error(f"window_{used[int(place)]}_{end}", sentences)
                case [name] if was_valid or self._is_pair_at_fault(name):
                    self.add_error(name, sentences)

    def _is_pair_at_fault(self, name: str) -> bool:
        """Whether a half of the quiet time is missing. Whether there would never be a prompt cannot be said
        while something else is wrong.
        """
        quiet = [self.cleaned_data.get(each, "wrong") for each in ("quiet_start", "quiet_end")]
        return name == "quiet_end" and None in quiet and "wrong" not in quiet

    @property
    def _used(self) -> list[int]:
        """The pairs of times that are there and can be read."""
        return [
            number
            for number in _WINDOWS
            if all(self.cleaned_data.get(name) is not None for name in _fields_of(number))
        ]

    @property
    def more_windows(self) -> list[list[forms.BoundField]]:
        """The pairs of fields after the first."""
        return [[self[name] for name in _fields_of(number)] for number in _WINDOWS[1:]]

    @property
    def has_more_windows(self) -> bool:
        """Whether any of them is in use, or wrong."""
        return any(field.value() or field.errors for pair in self.more_windows for field in pair)

    @property
    def asks_once_more(self) -> bool:
        """Whether a yes is needed before it is saved, or was given just now."""
        return bool(self["confirmed"].errors or self["confirmed"].value())

    @property
    def has_less_used(self) -> bool:
        """Whether a quiet time is in use, or anything beside it is wrong."""
        less_used = [self[name] for name in ("quiet_start", "quiet_end", "daily_cap", "time_zone")]
        return any(field.errors for field in less_used) or any(field.value() for field in less_used[:2])


class PauseForm(forms.Form):
    """For how long there are no prompts, or that they go on. It has buttons only."""

    PROBLEM = "Choose how long to pause."

    pause = forms.ChoiceField(
        choices=[
            ("hour", "1 hour, as in a meeting"),
            ("tomorrow", "Until tomorrow"),
            ("week", "1 week"),
            ("over", "Go on now"),
        ]
    )

    def until(self, now: datetime, time_zone: ZoneInfo) -> datetime | None:
        """The end of the pause, once the form is valid; None: there is to be none."""
        match self.cleaned_data["pause"]:
            case "hour":
                return now + timedelta(hours=1)
            case "tomorrow":
                tomorrow = now.astimezone(time_zone).date() + timedelta(days=1)
                return datetime.combine(tomorrow, time(), time_zone)
            case "week":
                return now + timedelta(weeks=1)
        return None


class MovedForm(forms.Form):
    """That somebody has moved. The page made up the id, so that sending it twice makes one."""

    PROBLEM = "Something went wrong. Please open the page again."

    break_id = forms.UUIDField(widget=forms.HiddenInput)
    movement = forms.SlugField(max_length=80, required=False, widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """Whether there should be fewer prompts, or more. It has buttons only."""

    PROBLEM = "Choose Fewer, Just right or More."

    answer = forms.ChoiceField(choices=[("fewer", "Fewer"), ("same", "Just right"), ("more", "More")])
    confirmed = forms.BooleanField(required=False)


class AnswerForm(forms.Form):
    """What became of a prompt. It has buttons only, so one sentence says all that can be wrong."""

    PROBLEM = "Choose Done or Not now."

    answer = forms.ChoiceField(choices=[(each, each.label) for each in (Outcome.DONE, Outcome.DISMISSED)])


class SnoozeForm(forms.Form):
    """For how long a prompt is put off."""

    PROBLEM = "Choose 5, 10 or 15 minutes."

    minutes = forms.TypedChoiceField(choices=[(minutes, minutes) for minutes in SNOOZES], coerce=int)
