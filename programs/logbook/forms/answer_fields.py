"""Kinds of answers a patient gives: a score, a count, one of a few words, places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from programs.lib.forms import LongTextField
from programs.library.rules.stage_tests import HIGHEST_COUNT
from programs.logbook.actions import NOT_A_PAIN_SCORE, NOT_A_PLACE, NOT_AN_ANSWER
from programs.logbook.models import Reach, Region, Symptom
from programs.logbook.rules import REGIONS, SIDES

MAY_LEAVE_OUT = "You can leave this out."
NO_PLACE = "Tap each place, or choose “Nowhere”."
PLACE_AND_NOWHERE = "You chose a place and “Nowhere” too. Clear the places, or choose “Continue”."
NO_SYMPTOM = "Tick each one you have, or choose “None of these”."
SYMPTOM_AND_NONE = "You ticked one and “None of these” too. Clear the ticks, or choose “Continue”."
NOT_A_COUNT = f"Write a whole number from 0 to {HIGHEST_COUNT}."


class Keypad(forms.NumberInput):
    """One submit button for each number. Its template draws them from the field."""

    use_fieldset = True


class ScaleField(forms.IntegerField):
    """A whole number from 0, with words at both ends. Whatever else is sent gets the same sentence."""

    def __init__(self, *, ends: tuple[str, str], highest: int, sentence: str, **more: Any) -> None:
        codes = ("required", "invalid", "min_value", "max_value")
        super().__init__(
            min_value=0,
            max_value=highest,
            widget=Keypad,
            error_messages=dict.fromkeys(codes, sentence),
            **more,
        )
        self.highest = highest
        low, high = ends
        self.keys = [(str(number), {0: low, highest: high}.get(number, "")) for number in range(highest + 1)]


def pain_field(label: str) -> ScaleField:
    """Pain on the numeric rating scale, 0 to 10."""
    return ScaleField(
        label=label,
        help_text="Choose one number.",
        ends=("No pain", "Worst pain you can imagine"),
        highest=10,
        sentence=NOT_A_PAIN_SCORE,
    )


class CountField(forms.IntegerField):
    """How often, or for how long: a number that is typed."""

    def __init__(
        self, *, unit: str, highest: int = HIGHEST_COUNT, sentence: str = NOT_A_COUNT, **more: Any
    ) -> None:
        codes = ("required", "invalid", "min_value", "max_value")
        super().__init__(
            min_value=0,
            max_value=highest,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            error_messages=dict.fromkeys(codes, sentence),
            **more,
        )
        self.unit = unit


def answer_field(
    label: str, choices: Iterable[tuple[str, str]], help_text: str = ""
) -> forms.TypedChoiceField:
    """One of a few answers in words."""
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=choices,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": NOT_AN_ANSWER, "invalid_choice": NOT_AN_ANSWER},
    )


class ReachField(forms.TypedChoiceField):
    """How far down one leg, from the back to the foot. `ladder_side` is the side it is drawn on."""

    def __init__(self, ladder_side: str, **more: Any) -> None:
        super().__init__(
            choices=Reach.choices,
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": NOT_A_PLACE, "invalid_choice": NOT_A_PLACE},
            **more,
        )
        self.ladder_side = ladder_side


def drawn_side(leg: str) -> str:
    return leg if leg in SIDES else "right"


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

    def prepare_value(self, value: Any) -> Any:
        """The regions of each side as the places they are on the page."""
        if not isinstance(value, Mapping):
            return value
        return [f"{side}_{region}" for side in SIDES for region in value[side] or ()]

    def clean(self, value: Any) -> dict[str, list[str]]:
        chosen = set(super().clean(value))
        if self.NOWHERE in chosen and len(chosen) > 1:
            raise ValidationError(PLACE_AND_NOWHERE)
        return {side: [region for region in REGIONS if f"{side}_{region}" in chosen] for side in SIDES}


class SymptomsField(forms.MultipleChoiceField):
    """Any symptoms besides pain, or "none of these" alone, whose value is an empty list."""

    NONE = "none"

    def __init__(self, **more: Any) -> None:
        super().__init__(
            choices=[*Symptom.choices, (self.NONE, "None of these")],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": NO_SYMPTOM, "invalid_choice": NOT_AN_ANSWER},
            **more,
        )

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        if self.NONE in chosen and len(chosen) > 1:
            raise ValidationError(SYMPTOM_AND_NONE)
        return [symptom for symptom in Symptom.values if symptom in chosen]


def in_words(field: forms.Field, answer: Any) -> str:
    """An answer to a question in words; empty for none, and for what its page shows again by itself:
    what is ticked, and text.
    """
    if answer is None:
        return ""
    if isinstance(field, PlacesField):
        return "nowhere" if all(regions == [] for regions in answer.values()) else ""
    if isinstance(field, SymptomsField):
        return "" if answer else "none of these"
    if isinstance(field, LongTextField):
        return ""
    if isinstance(field, forms.ChoiceField):
        words = dict(field.choices)  # type: ignore[arg-type]
        return str(words.get(answer, "")).lower()
    return str(answer)
