"""Shape of what somebody looks for in the library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from programs.library.models import Category, Equipment, Position, Program
from programs.library.queries import Wish
from programs.library.rules import words_to_find

LONGEST_SEARCH = 100
TOO_LONG = f"Use fewer words: {LONGEST_SEARCH} letters at most."
NO_WORD = "Type a word, such as calf."
NOT_IN_LIST = "Choose one from the list."


def _filter(label: str, any_of_them: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", any_of_them), *choices],
        error_messages={"invalid_choice": NOT_IN_LIST},
    )


class LibraryForm(forms.Form):
    """Nothing is required. `stage` is "<program id>.<number>". What is wrong leaves nothing out."""

    q = forms.CharField(
        label="Search by word",
        required=False,
        max_length=LONGEST_SEARCH,
        strip=False,
        error_messages={"max_length": TOO_LONG, "null_characters_not_allowed": NO_WORD},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    category = _filter("Kind of exercise", "Any kind", Category.choices)
    position = _filter("Position", "Any position", Position.choices)
    equipment = _filter("What you need", "Any", Equipment.choices)
    stage = _filter("Stage of a program", "Any stage")

    def __init__(self, programs: Iterable[Program], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            ("", "Any stage"),
            *(
                (program.name, _stages(program))
                for program in programs
                if program.kind == Program.Kind.STAGED
            ),
        ]

    def clean_q(self) -> str:
        typed: str = self.cleaned_data["q"]
        if typed and not words_to_find(typed):
            raise ValidationError(NO_WORD)
        return typed.strip()

    @property
    def wish(self) -> Wish:
        """What is wished for by the fields that are right."""
        right = {name: value for name, value in self.cleaned_data.items() if value}
        stage = right.pop("stage", None)
        return Wish(words=right.pop("q", ""), stage=_program_and_number(stage) if stage else None, **right)

    @property
    def filters(self) -> list[forms.BoundField]:
        """The fields that narrow the exercises down."""
        return [self[name] for name in ("category", "position", "equipment", "stage")]


def _stages(program: Program) -> list[tuple[str, str]]:
    return [(f"{program.pk}.{stage.number}", str(stage)) for stage in program.stages.all()]


def _program_and_number(stage: str) -> tuple[UUID, int]:
    program, _, number = stage.rpartition(".")
    return UUID(program), int(number)
