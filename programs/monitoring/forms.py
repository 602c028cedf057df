"""Shapes of what people say about a flag or a check-in. Nothing is chosen for them beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from programs.lib.forms import LongTextField
from programs.monitoring.models import CheckIn, Outcome

NO_OUTCOME = "Choose whether this was worth a look."
NO_WAIT = "Choose for how long."
NO_DAY = "Choose a day."
NO_ANSWER = "Choose one of the answers."


class ResolveForm(forms.Form):
    """Whether a flag was worth a look, and a word on what was done."""

    outcome = forms.ChoiceField(
        label="Was it worth a look?",
        choices=[(each.value, each.label) for each in (Outcome.HELPFUL, Outcome.NOT_HELPFUL)],
        widget=forms.RadioSelect,
        error_messages={"required": NO_OUTCOME, "invalid_choice": NO_OUTCOME},
    )
    note = LongTextField(
        label="What was done? You may leave this empty.",
        max_length=500,  # FlagEvent.note
        required=False,
        error_messages={
            "max_length": "Write at most 500 letters.",
            "null_characters_not_allowed": "The note holds a character that cannot be saved.",
        },
    )


class SnoozeForm(forms.Form):
    """For how long a flag is put off."""

    DAYS = {"2": 2, "7": 7}
    ON_DAY = "day"

    wait = forms.ChoiceField(
        label="Put off for",
        choices=[("2", "2 days"), ("7", "1 week"), (ON_DAY, "Until a day")],
        widget=forms.RadioSelect,
        error_messages={"required": NO_WAIT, "invalid_choice": NO_WAIT},
    )
    until = forms.DateField(
        label="Day, at most 14 days from today",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wait = cleaned.get("wait")
        if wait in self.DAYS:
            cleaned["until"] = self.today + timedelta(days=self.DAYS[wait])
            self.errors.pop("until", None)
        elif wait == self.ON_DAY and cleaned.get("until") is None and "until" not in self.errors:
            self.add_error("until", NO_DAY)
        return cleaned


_YES_OR_NO = {"yes": True, "no": False, "not_said": None}


def _yes_or_no(question: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=question,
        choices=[("yes", "Yes"), ("no", "No"), ("not_said", "I'd rather not say")],
        coerce=_YES_OR_NO.__getitem__,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NO_ANSWER},
    )


class CheckInForm(forms.Form):
    """What a patient answers to a check-in."""

    answer = forms.ChoiceField(
        label="Did something change?",
        choices=CheckIn.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": NO_ANSWER, "invalid_choice": NO_ANSWER},
    )
    is_harder_to_cope = _yes_or_no("Is it harder to cope?")
    stops_usual_things = _yes_or_no("Does it stop you doing your usual things?")
