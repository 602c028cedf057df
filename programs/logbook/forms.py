"""Shapes of what a patient answers: one question a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.forms import BoundField

from programs.care.models import Side
from programs.logbook.actions import NOT_A_PAIN_SCORE, NOT_A_PLACE
from programs.logbook.models import ExerciseResult, Reach, Region
from programs.logbook.rules import REGIONS, SIDES

OUT_OF_DATE = "This page is out of date. Please go back to Today and start again."
HOW_IT_WENT = "Choose how it went."
NO_PLACE = "Tap each place, or choose “Nowhere”."
PLACE_AND_NOWHERE = "You chose a place and “Nowhere” too. Clear the places, or choose “Continue”."
NO_SIDE = "Tick the side you did. If you did neither, choose “I left it out”."

Outcome = ExerciseResult.Outcome


def pain_field(
    label: str, *, required: bool = True, help_text: str = "Choose one number."
) -> forms.IntegerField:
    """A whole number 0 to 10. Whatever else is sent gets the same sentence."""
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_value=10,
        error_messages=dict.fromkeys(codes, NOT_A_PAIN_SCORE),
    )


def reach_field(side: str) -> forms.TypedChoiceField:
    """How far down one leg, from the back at the top to the foot."""
    return forms.TypedChoiceField(
        label=f"How far down your {side} leg did it go?",
        help_text="Think of pain, tingling or numbness in the last 24 hours.",
        choices=Reach.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": NOT_A_PLACE, "invalid_choice": NOT_A_PLACE},
    )


class PlacesField(forms.MultipleChoiceField):
    """Any places of both sides of the body, or "nowhere" alone. Its value is the regions of each side."""

    NOWHERE = "nowhere"

    def __init__(self, **more: Any) -> None:
        self.places = [
            (side.title(), [(f"{side}_{region}", region.label) for region in Region]) for side in SIDES
        ]
        super().__init__(
            choices=[*self.places, (self.NOWHERE, "Nowhere")],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": NO_PLACE, "invalid_choice": NOT_A_PLACE},
            **more,
        )

    def clean(self, value: Any) -> dict[str, list[str]]:
        chosen = set(super().clean(value))
        if self.NOWHERE in chosen and len(chosen) > 1:
            raise ValidationError(PLACE_AND_NOWHERE)
        return {side: [region for region in REGIONS if f"{side}_{region}" in chosen] for side in SIDES}


TINGLING_NUMBNESS = "tingling_numbness"

_LEGS = {Side.LEFT: ("left",), Side.RIGHT: ("right",), Side.BOTH: ("right", "left")}


def daily_check_questions(side: Side | None) -> dict[str, forms.Field]:
    """The questions of the Daily check in order, for the affected leg of the plan, or without a plan.

    Tingling or numbness is asked of both legs: in the other one it may be news.
    """
    return {
        "worst_leg_pain": pain_field("What was your worst leg pain in the last 24 hours?"),
        "worst_back_pain": pain_field("What was your worst back pain in the last 24 hours?"),
        **{f"reach_{each}": reach_field(each) for each in (_LEGS[side] if side else ())},
        TINGLING_NUMBNESS: PlacesField(
            label="Where did it tingle or go numb?",
            help_text="In the last 24 hours. Tap each place.",
        ),
    }


class RecordForm(forms.Form):
    """What every page sends along: the id of its record, so that what is sent twice is stored once."""

    record_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE}
    )


class QuestionForm(RecordForm):
    """One question."""

    def __init__(self, name: str, question: forms.Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields[name] = question

    @property
    def question(self) -> BoundField:
        return self[self.name]

    @property
    def answer(self) -> Any:
        return self.cleaned_data[self.name]


class ResultForm(RecordForm):
    """How one exercise went: one outcome, and the sides it is about where the sides are done apart."""

    outcome = forms.ChoiceField(
        choices=Outcome.choices, error_messages={"required": HOW_IT_WENT, "invalid_choice": HOW_IT_WENT}
    )
    sides = forms.MultipleChoiceField(
        label="Which side did you do?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NO_SIDE},
    )

    def __init__(self, sides: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_sides = sides
        if len(sides) == 1:
            del self.fields["sides"]
        else:
            choices = [(side, ExerciseResult.Side(side).label) for side in sides]
            self.fields["sides"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        outcome, sides = self.cleaned_data.get("outcome"), self.cleaned_data.get("sides")
        if "sides" in self.fields and sides == [] and outcome and outcome != Outcome.SKIPPED:
            self.add_error("sides", NO_SIDE)

    def outcomes(self) -> dict[str, str]:
        """The outcome of every side: a side that is not ticked was left out."""
        ticked = self.cleaned_data.get("sides", self.all_sides)
        return {
            side: self.cleaned_data["outcome"] if side in ticked else Outcome.SKIPPED.value
            for side in self.all_sides
        }


class HistoryForm(forms.Form):
    """Which days of the history to show: those up to and with `until`."""

    # Nobody wrote anything down before; the weeks before the year 1 cannot even be computed.
    until = forms.DateField(validators=[MinValueValidator(date(2000, 1, 1))])
