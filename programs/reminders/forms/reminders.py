"""Shapes of what somebody wants to be reminded of, and of what they do about a reminder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from programs.lib.times import time_zones
from programs.reminders.actions import MOST_TIMES
from programs.reminders.models import Kind, ReminderSettings
from programs.reminders.queries.reminders import ON_THE_PAGE

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NO_DAYS = "Choose at least one day."
_NO_ZONE = "Choose a time zone from the list."
_NO_TIME = "Enter a time, such as 10:00."
_PLACES = range(MOST_TIMES)

SUGGESTED: Mapping[str, Any] = {
    "session_times": (time(10), time(18)),
    "weekdays": tuple(range(7)),
    "morning_check_at": time(9),
    "daily_check_at": time(19),
    "digest_at": None,
    "quiet_start": time(21),
    "quiet_end": time(8),
}
"""What is offered to a patient who has chosen nothing yet."""
DIGEST_AT = time(8)


class TimeOfDayField(forms.TimeField):
    """A time of day, to the minute; it may stay empty."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"invalid": _NO_TIME},
        )


class _Ways(forms.Form):
    """What patients and staff choose alike. takes_push: a browser of theirs takes it."""

    by_digest = forms.BooleanField(label="One e-mail a day", required=False)
    digest_at = TimeOfDayField("At")
    by_push = forms.BooleanField(label="Also as a notification", required=False)
    quiet_start = TimeOfDayField("From")
    quiet_end = TimeOfDayField("Until")
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=time_zones,
        error_messages={"required": _NO_ZONE, "invalid_choice": _NO_ZONE},
    )

    switches: Mapping[str, tuple[str, ...]] = {"by_digest": ("digest_at",)}
    """Of each box that can be ticked, the time that is needed then."""

    def __init__(self, *args: Any, takes_push: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_push:
            del self.fields["by_push"]
        # A zone that came by REST may be a name that the list leaves out.
        self.fields["time_zone"].choices = time_zones(self.initial["time_zone"])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        for switch, needed in self.switches.items():
            if self.cleaned_data.get(switch):
                for name in needed:
                    if self.cleaned_data.get(name, "wrong") is None:
                        self.add_error(name, _NO_TIME)
        return self.cleaned_data

    @property
    def wishes(self) -> dict[str, Any]:
        """What `set_reminders` is told, once the form is valid."""
        data = self.cleaned_data
        return {
            "session_times": [],
            "weekdays": [],
            "morning_check_at": None,
            "daily_check_at": None,
            "digest_at": data["digest_at"] if data["by_digest"] else None,
            "quiet_start": data["quiet_start"],
            "quiet_end": data["quiet_end"],
            "time_zone": data["time_zone"],
            "by_push": data.get("by_push", self.initial["by_push"]),
        }

    def add_errors(self, error: ValidationError) -> None:
        """Show what `set_reminders` said at the fields it is about."""
        for field, sentences in error.message_dict.items():
            self.add_error(self._field_for(field), sentences)

    def _field_for(self, name: str) -> str:
        return name


class StaffReminderForm(_Ways):
    """A therapist's: whether they are told once a day that somebody waits for a look."""

    by_digest = forms.BooleanField(label="Tell me once a day when somebody needs a look", required=False)


class ReminderForm(_Ways):
    """A patient's. The times of the exercises are a field each; those that stay empty are left out."""

    by_session = forms.BooleanField(label="Your exercises", required=False)
    session_time_0 = TimeOfDayField("First time")
    session_time_1 = TimeOfDayField("Second time")
    session_time_2 = TimeOfDayField("Third time")
    session_time_3 = TimeOfDayField("Fourth time")
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days?",
        choices=tuple(enumerate(_DAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _NO_DAYS},
    )
    by_morning_check = forms.BooleanField(label="Your morning check", required=False)
    morning_check_at = TimeOfDayField("At")
    by_daily_check = forms.BooleanField(label="Your Daily check", required=False)
    daily_check_at = TimeOfDayField("At")

    switches = {
        "by_session": ("session_time_0",),
        "by_morning_check": ("morning_check_at",),
        "by_daily_check": ("daily_check_at",),
        "by_digest": ("digest_at",),
    }
    field_order = ["by_session", *(f"session_time_{place}" for place in _PLACES), "weekdays"]

    @property
    def wishes(self) -> dict[str, Any]:
        data = self.cleaned_data
        times = [data[f"session_time_{place}"] for place in self._used] if data["by_session"] else []
        return super().wishes | {
            "session_times": times,
            "weekdays": data["weekdays"],
            "morning_check_at": data["morning_check_at"] if data["by_morning_check"] else None,
            "daily_check_at": data["daily_check_at"] if data["by_daily_check"] else None,
        }

    def _field_for(self, name: str) -> str:
        match name.split("."):
            case ["session_times"]:
                return "session_time_0"
            case ["session_times", place]:
                return f"session_time_{self._used[int(place)]}"
        return name

    @property
    def _used(self) -> list[int]:
        return [place for place in _PLACES if self.cleaned_data.get(f"session_time_{place}") is not None]

    @property
    def more_times(self) -> list[forms.BoundField]:
        """The third time and the fourth."""
        return [self[f"session_time_{place}"] for place in _PLACES[2:]]

    @property
    def session_words(self) -> str:
        """The stored times of the exercises, or those that are suggested, in words."""
        times = [self.initial.get(f"session_time_{place}") for place in _PLACES]
        days = [_DAYS[day] for day in self.initial["weekdays"]]
        on_days = "every day" if len(days) == len(_DAYS) else f"on {', '.join(days)}"
        return f"At {' and '.join(f'{at:%H:%M}' for at in times if at)}, {on_days}"


def initial_values(stored: ReminderSettings | None, time_zone: str) -> dict[str, Any]:
    """What a form shows at first. What is off keeps the time that is suggested for it."""
    if stored is None:
        times, suggested = SUGGESTED["session_times"], dict(SUGGESTED)
        more = {"time_zone": time_zone, "by_push": True}
    else:
        times = stored.times
        suggested = {
            name: getattr(stored, name) or SUGGESTED[name]
            for name in ("weekdays", "morning_check_at", "daily_check_at", "digest_at")
        }
        more = {
            "by_session": bool(times),
            "by_morning_check": stored.morning_check_at is not None,
            "by_daily_check": stored.daily_check_at is not None,
            "by_digest": stored.digest_at is not None,
            "quiet_start": stored.quiet_start,
            "quiet_end": stored.quiet_end,
            "time_zone": stored.time_zone,
            "by_push": stored.by_push,
        }
    values = suggested | more
    values["digest_at"] = values["digest_at"] or DIGEST_AT
    return values | {
        f"session_time_{place}": at for place, at in enumerate(times or SUGGESTED["session_times"])
    }


class NotTodayForm(forms.Form):
    """Which kind of reminder is to come no more today. It has buttons only."""

    PROBLEM = "Choose one of your reminders."

    kind = forms.TypedChoiceField(
        choices=[(kind.value, kind.label) for kind in ON_THE_PAGE],
        coerce=Kind,
    )
