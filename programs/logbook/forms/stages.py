"""A patient's word on the next stage, and whether the rules watch a plan."""

from __future__ import annotations

from django import forms

from programs.care.models import Mode


class ReadyForm(forms.Form):
    """ "I feel ready": which stage the page asked about, so that the same tap twice moves once."""

    to_stage = forms.IntegerField(widget=forms.HiddenInput)


class ModeForm(forms.Form):
    """Whether the rules watch a plan."""

    mode = forms.ChoiceField(
        label="Shall the rules watch these scores?",
        choices=[(Mode.GUIDED, "Yes, watch them"), (Mode.DIARY, "No, keep a diary")],
        widget=forms.RadioSelect,
    )
