"""Shapes of what a therapist types into a plan."""

from uuid import UUID

from django import forms

from programs.care.actions import ONE_STAGE
from programs.care.models import Side
from programs.library.models import Program
from programs.library.rules import DOSE_LIMITS, Dose, dose_errors

PAIN_LIMIT = "Choose a whole number from 0 to 10."

# What each number of a dose must be, said by the rule itself: an empty dose has every error there is.
_DOSE_SENTENCES = dose_errors({})
_DOSE_LABELS = {
    "sets": "Sets",
    "repetitions": "Repeats",
    "hold_seconds": "Hold, seconds",
    "duration_seconds": "Or time, seconds",
    "rest_seconds": "Rest, seconds",
    "times_a_day": "Times a day",
    "days_a_week": "Days a week",
}


class AssignForm(forms.Form):
    """A plan made from `program`.

    `plan_id` comes with the page, so that sending it twice stores one plan; `based_on` tells which state of
    the program the page showed.
    """

    plan_id = forms.UUIDField(widget=forms.HiddenInput)
    based_on = forms.CharField(widget=forms.HiddenInput)
    side = forms.ChoiceField(
        label="Which leg?",
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a leg.", "invalid_choice": "Choose a leg."},
    )
    pain_limit = forms.IntegerField(
        label="Pain limit, 0 to 10",
        help_text="Above it, the patient stops an exercise.",
        initial=5,
        min_value=0,
        max_value=10,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), PAIN_LIMIT),
    )
    chosen_options = forms.TypedMultipleChoiceField(
        required=False,
        coerce=UUID,
        error_messages={"invalid_choice": "Choose exercises of this program only."},
    )
    has_checked = forms.BooleanField(
        required=False, label="I have read and checked these exercises for this patient"
    )

    def __init__(self, program: Program, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["chosen_options"].choices = [  # type: ignore[attr-defined]
            (str(prescription.pk), prescription.exercise.name)
            for stage in program.stages.all()
            for prescription in stage.prescriptions.all()
            if prescription.optional
        ]


def _dose_number(field: str) -> forms.IntegerField:
    low, high = DOSE_LIMITS[field]
    return forms.IntegerField(
        label=_DOSE_LABELS[field],
        required=False,  # what may be empty is the rule's to say
        widget=forms.NumberInput(attrs={"min": low, "max": high, "inputmode": "numeric"}),
        error_messages={"invalid": _DOSE_SENTENCES[field]},
    )


class DoseForm(forms.Form):
    """The dose of one exercise."""

    sets = _dose_number("sets")
    repetitions = _dose_number("repetitions")
    hold_seconds = _dose_number("hold_seconds")
    duration_seconds = _dose_number("duration_seconds")
    rest_seconds = _dose_number("rest_seconds")
    times_a_day = _dose_number("times_a_day")
    days_a_week = _dose_number("days_a_week")
    tempo = forms.CharField(label="Tempo", required=False)

    def clean(self) -> None:
        for field, sentence in dose_errors(self.cleaned_data).items():
            if field not in self.errors:
                self.add_error(field, sentence)

    @property
    def dose(self) -> Dose:
        return Dose.from_mapping(self.cleaned_data)


class ChangeForm(forms.Form):
    """What a change of doses is about. `based_on` is the version that was looked at."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    stage_number = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note to the patient (optional)",
        help_text="They get a message with what changed, and this note.",
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"max_length": "Write at most 1000 letters."},
    )


class StageForm(forms.Form):
    """A move of one stage, up or down."""

    to_stage = forms.TypedChoiceField(
        label="Move to",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the stage to move to.",
            "invalid_choice": ONE_STAGE,
        },
    )
    reason = forms.CharField(
        label="Why?",
        help_text="For the record. The patient does not see it.",
        max_length=300,
        error_messages={"required": "Write why.", "max_length": "Write at most 300 letters."},
    )
