"""How a session went: each exercise, the effort, and what the care team should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from programs.lib.forms import LongTextField
from programs.logbook.actions import NOTE_LENGTH, TOO_LONG_A_NOTE
from programs.logbook.forms.answer_fields import MAY_LEAVE_OUT, answer_field, pain_field
from programs.logbook.forms.records import RecordForm
from programs.logbook.models import Effort, ExerciseResult, Spread, Tingling
from programs.logbook.rules import ResultDraft

HOW_IT_WENT = "Choose how it went."
NO_SIDE = "Tick the side you did. If you did neither, choose “I left it out”."
Outcome = ExerciseResult.Outcome


class ResultForm(RecordForm):
    """How one exercise went: one outcome, the sides it is about where the sides are done apart, and what was
    felt. Tingling is asked after a nerve glide.
    """

    outcome = forms.ChoiceField(
        label="How did it go?",
        choices=Outcome.choices,
        error_messages={"required": HOW_IT_WENT, "invalid_choice": HOW_IT_WENT},
    )
    sides = forms.MultipleChoiceField(
        label="Which side did you do?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NO_SIDE},
    )

    def __init__(self, sides: Sequence[str], is_nerve_glide: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_sides = sides
        peak = pain_field("What was your worst pain in this one?")
        peak.required, peak.help_text = False, MAY_LEAVE_OUT
        self.fields["pain_peak"] = peak
        if is_nerve_glide:
            tingling = answer_field("Did it tingle or go numb after this one?", Tingling.choices)
            tingling.required, tingling.help_text, tingling.empty_value = False, MAY_LEAVE_OUT, ""
            self.fields["tingling"] = tingling
        if len(sides) == 1:
            del self.fields["sides"]
        else:
            choices = [(side, ExerciseResult.Side(side).label) for side in sides]
            self.fields["sides"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        outcome, sides = self.cleaned_data.get("outcome"), self.cleaned_data.get("sides")
        if "sides" in self.fields and sides == [] and outcome and outcome != Outcome.SKIPPED:
            self.add_error("sides", NO_SIDE)

    def result(self) -> ResultDraft:
        """The outcome of every side, with what was felt: a side that is not ticked was left out."""
        ticked = self.cleaned_data.get("sides", self.all_sides)
        return ResultDraft(
            outcomes={
                side: self.cleaned_data["outcome"] if side in ticked else Outcome.SKIPPED.value
                for side in self.all_sides
            },
            pain_peak=self.cleaned_data["pain_peak"],
            tingling=self.cleaned_data.get("tingling", ""),
        )


def spread_field() -> forms.TypedChoiceField:
    """Whether the symptoms moved along the leg during a session."""
    label = "Did the pain or tingling move along your leg?"
    field = answer_field(label, Spread.choices, "While you exercised.")
    field.empty_value = ""
    return field


class EffortForm(forms.Form):
    """How hard a session was: a tap on a button answers."""

    effort = answer_field("How hard was it?", Effort.choices)


class SessionNoteForm(forms.Form):
    """What the care team should know of a session."""

    note = LongTextField(
        label="Is there something your care team should know?",
        required=False,
        max_length=NOTE_LENGTH,
        error_messages={
            "max_length": TOO_LONG_A_NOTE,
            "null_characters_not_allowed": "The note holds a character that cannot be saved.",
        },
    )
