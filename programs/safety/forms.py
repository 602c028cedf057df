"""Shapes of answers to the safety questions, and of what ends a lock. Nothing is chosen for anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from programs.lib.forms import LongTextField
from programs.safety.models import Screening
from programs.safety.rules import ANSWER_WORDS, NO, NOT_SURE, YES

OUT_OF_DATE = "This page is out of date. Please go back to Today and start again."
NOT_ANSWERED = "Choose one of the answers."
NOT_READ = "We could not read this answer. It is kept. Please choose one of the answers."
NOTHING_TICKED = "Tick each line that fits you, or choose one of the other answers."
TICKED_AND_NONE = (
    "You ticked a line and chose “None of these”. Clear the ticks, or choose “Yes, these fit me”."
)
NO_DAY_OF_CHECK = "Enter the day on which a clinician checked you."
NO_PLACE_OF_CHECK = "Enter where you were checked."
NO_REASON = "Write who said yes, and when."


class AnswerField(forms.ChoiceField):
    """One question. What cannot be read is kept as it came, so a wrong choice is told apart from none."""

    def __init__(self, question: str, answers: Iterable[str]) -> None:
        super().__init__(
            label=question,
            choices=[(each, ANSWER_WORDS[each]) for each in answers],
            widget=forms.RadioSelect,
            error_messages={"required": NOT_ANSWERED, "invalid_choice": NOT_READ},
        )


class PageForm(forms.Form):
    """What every page of a set carries: the client's id of the set, its kind, and what the page asks."""

    record_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), OUT_OF_DATE)
    )
    kind = forms.ChoiceField(
        widget=forms.HiddenInput,
        choices=Screening.Kind.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), OUT_OF_DATE),
    )
    asked = forms.CharField(widget=forms.HiddenInput, error_messages={"required": OUT_OF_DATE})

    @property
    def belongs(self) -> bool:
        """Whether it is known which set these answers belong to; they count in any case."""
        return not {"record_id", "kind"} & self.errors.keys()


class QuestionsForm(PageForm):
    """One page of questions, each a field by its id."""

    def __init__(
        self, questions: Mapping[str, AnswerField], *args: Any, asks_since: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields |= questions
        if asks_since:
            self.fields["since"] = forms.CharField(
                label="Since when? You may leave this empty.",
                help_text="Such as 2019, or last winter.",
                max_length=60,  # Condition.since
                required=False,
                error_messages={"max_length": "Write at most 60 letters."},
            )
        self.names = tuple(questions)

    @property
    def questions(self) -> list[BoundField]:
        return [self[each] for each in self.names]

    @property
    def facts(self) -> list[BoundField]:
        """What is asked besides, and may stay empty."""
        return [self["since"]] if "since" in self.fields else []

    @property
    def sent(self) -> dict[str, str]:
        """What was answered on this page as it came, readable or not; nothing of what was left open."""
        return {name: value for name in self.names if (value := self.data.get(name, ""))}


class LinesForm(PageForm):
    """The four lines before the first session of a day: ticks, and one of three buttons."""

    NONE, TICKED, UNSURE = "none", "ticked", "not_sure"

    lines = forms.MultipleChoiceField(
        label="Before you start: do any of these fit you today?",
        help_text="Tick what fits you, or choose “None of these today”.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NOT_READ},
    )
    answer = forms.CharField(required=False)

    def __init__(self, texts: Mapping[str, str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["lines"].choices = texts.items()  # type: ignore[attr-defined]
        self.texts = texts

    def clean(self) -> dict[str, Any]:
        answer, ticked = self.cleaned_data.get("answer"), self.cleaned_data.get("lines")
        if ticked is not None and answer == self.NONE and ticked:
            self.add_error("lines", TICKED_AND_NONE)
        elif ticked is not None and answer not in (self.NONE, self.UNSURE) and not ticked:
            self.add_error("lines", NOTHING_TICKED)
        return self.cleaned_data

    @property
    def sent(self) -> dict[str, str]:
        """The answer to each line. Without an answer, none.

        A tick counts as yes, whichever button follows it. "I am not sure" is then about the other lines, and
        about all of them where none is ticked: the questions behind each are asked one by one. A tick beside
        "None of these" may be either: it is asked again, and nothing is taken from it.
        """
        ticked, answer = self.data.getlist("lines"), self.data.get("answer", "")  # type: ignore[attr-defined]
        if (ticked and answer == self.NONE) or (not ticked and answer not in (self.NONE, self.UNSURE)):
            return {}
        others = NOT_SURE if answer == self.UNSURE else NO
        return dict.fromkeys(self.texts, others) | dict.fromkeys(ticked, YES)


class CheckedForm(forms.Form):
    """When and where a clinician has checked the patient."""

    checked_on = forms.DateField(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": NO_DAY_OF_CHECK, "invalid": NO_DAY_OF_CHECK},
    )
    checked_where = forms.CharField(
        label="Where, and by whom?",
        help_text="Such as a hospital, or the name of a doctor.",
        max_length=200,  # SafetyLock.checked_where
        error_messages={"required": NO_PLACE_OF_CHECK, "max_length": "Write at most 200 letters."},
    )


class ClearForm(forms.Form):
    """Why something no longer rules exercises out."""

    note = LongTextField(
        label="Who said yes, and when?",
        max_length=300,  # Condition.clearance_note
        error_messages={"required": NO_REASON, "max_length": "Write at most 300 letters."},
    )
