"""What every page of a report sends: the id of its record, and the answer to one question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

OUT_OF_DATE = "This page is out of date. Please go back to Today and start again."


class RecordForm(forms.Form):
    """What every page sends along: the id of its record, so that what is sent twice is stored once."""

    record_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE}
    )


class QuestionForm(RecordForm):
    """One question. Where it may be declined, "I'd rather not say" is an answer, and its value None."""

    def __init__(
        self, name: str, question: forms.Field, *args: Any, may_decline: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.may_decline = may_decline
        question.required = question.required and not (may_decline and "declined" in self.data)
        self.fields[name] = question

    @property
    def question(self) -> BoundField:
        return self[self.name]

    @property
    def answer(self) -> Any:
        return self.cleaned_data[self.name]
