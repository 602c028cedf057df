"""The thresholds a clinic chooses, and why."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from programs.lib.forms import LongTextField
from programs.monitoring.actions.settings import NO_REASON
from programs.monitoring.rules import ADJUSTABLE, ParameterError, Parameters, adjusted


class ThresholdsForm(forms.Form):
    """The thresholds a clinic can choose. What is not sent is as it is in force; the rules say what fits.

    Once it is valid, `parameters` is what was chosen.
    """

    def __init__(self, sent: Mapping[str, str] | None, in_force: Parameters) -> None:
        self.parameters = in_force
        now = {name: f"{getattr(in_force, name):g}" for name in ADJUSTABLE}
        super().__init__(None if sent is None else now | {**sent}, initial=now)
        for name, bounds in ADJUSTABLE.items():
            attributes = {"min": bounds.lowest, "max": bounds.highest, "step": bounds.step}
            self.fields[name] = forms.Field(
                label=bounds.label,
                help_text=bounds.help,
                required=False,  # what is no number is the rules' to say
                widget=forms.NumberInput(attrs=attributes),
            )

    def clean(self) -> None:
        try:
            self.parameters = adjusted({name: _number(self.cleaned_data[name]) for name in ADJUSTABLE})
        except ParameterError as error:
            for name, sentence in error.errors.items():
                self.add_error(name, sentence)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


class ReasonForm(forms.Form):
    """Why an administrator puts thresholds in force. `tried` is the page's word on what was tried."""

    tried = forms.CharField(widget=forms.HiddenInput, required=False)
    note = LongTextField(
        label="Why?",
        help_text="Everybody who opens this page later can read it. Nothing about a patient, please.",
        max_length=500,  # RuleSetting.note
        error_messages={
            "required": NO_REASON,
            "max_length": "Write at most 500 letters.",
            "null_characters_not_allowed": "The reason holds a character that cannot be saved.",
        },
    )
