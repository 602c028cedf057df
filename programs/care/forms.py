"""Shapes of what a therapist types into a plan."""

from uuid import UUID

from django import forms

from programs.care.actions import ONE_STAGE
from programs.care.models import Side
from programs.care.rules.criteria import Readiness
from programs.care.rules.machine import (
    ADVANCE,
    BEGIN_FLARE,
    END_FLARE,
    HOLD,
    NOT_A_VERB,
    RELEASE,
    SAY_WHY,
    STEP_BACK,
    THERAPIST_VERBS,
    StageStanding,
    may_advance,
)
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
    """What a change of doses is about. `based_on` is the version that was looked at, and `warned` what was
    read of warnings, in their words."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    stage_number = forms.IntegerField(widget=forms.HiddenInput)
    warned = forms.CharField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note to the patient (optional)",
        help_text="They get a message with what changed, and this note.",
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"max_length": "Write at most 1000 letters."},
    )


class StageForm(forms.Form):
    """One thing that a therapist decides about a stage, with the reason.

    `to_stage` is the stage that it leads to, where it leads to another: sent twice, it moves once. `label`
    names it, `note` is what to know before.
    """

    verb = forms.ChoiceField(
        choices=[(verb, verb) for verb in THERAPIST_VERBS],
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_A_VERB),
    )
    to_stage = forms.IntegerField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": ONE_STAGE}
    )
    reason = forms.CharField(
        label="Why?",
        help_text="For the record. The patient does not see it.",
        max_length=300,
        error_messages={"required": SAY_WHY, "max_length": "Write at most 300 letters."},
    )

    label = ""
    note = ""


_LABELS = {
    ADVANCE: "Move on to stage {to_stage}",
    STEP_BACK: "Step back to stage {to_stage}",
    HOLD: "Hold in this stage",
    RELEASE: "Release the hold",
    BEGIN_FLARE: "Begin the flare plan",
    END_FLARE: "End the flare plan",
}
_NOTES = {
    HOLD: "The patient cannot move on before you release it, and is told so.",
    BEGIN_FLARE: "For 3 to 7 days. The patient is told, and answers all safety questions anew.",
    END_FLARE: "The next 3 sessions are half as long. The patient is told.",
}


def stage_forms(
    standing: StageStanding, readiness: Readiness, sent: StageForm | None = None
) -> list[StageForm]:
    """What a therapist can decide now, each a form of its own; `sent` with its errors stands in its place."""
    unmet = " ".join(criterion.for_therapist for criterion in readiness.open)
    notes = {**_NOTES, ADVANCE: f"Not met, or not known: {unmet} This is kept with your reason."}
    offered: dict[str, int | None] = {}
    if may_advance(standing, readiness):
        offered[ADVANCE] = standing.next_stage
    if standing.stage > 1:
        offered[STEP_BACK] = standing.stage - 1
    offered[RELEASE if standing.is_held else HOLD] = None
    if standing.in_flare or standing.is_guided:
        offered[END_FLARE if standing.in_flare else BEGIN_FLARE] = None
    shown = []
    for verb, to_stage in offered.items():
        form = StageForm(initial={"verb": verb, "to_stage": to_stage}, auto_id=f"{verb}-%s")
        if sent is not None and sent["verb"].value() == verb:
            form = sent
        form.label = _LABELS[verb].format(to_stage=to_stage)
        form.note = notes.get(verb, "") if verb != ADVANCE or readiness.open else ""
        shown.append(form)
    return shown
