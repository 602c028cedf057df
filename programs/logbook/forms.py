"""Shapes of what a patient answers, one question a page, and of the thresholds a clinic chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.forms import BoundField

from programs.care.models import Mode, Side
from programs.lib.forms import LongTextField
from programs.library.rules import CAN, PAIN, StageTestQuestion
from programs.library.rules.stage_tests import HIGHEST_COUNT
from programs.logbook.actions import (
    GOAL_TOO_LONG,
    NOT_A_BOTHER,
    NOT_A_NUMBER_OF_CRAMPS,
    NOT_A_NUMBER_OF_NIGHTS,
    NOT_A_PAIN_SCORE,
    NOT_A_PLACE,
    NOT_AN_ANSWER,
    NOTE_LENGTH,
    TOO_LONG_A_NOTE,
)
from programs.logbook.models import (
    MOST_CRAMPS,
    NIGHTS_A_WEEK,
    Change,
    Effort,
    ExerciseResult,
    Intake,
    Reach,
    Region,
    SettlesWithin,
    SittingBeforePain,
    Spread,
    Symptom,
    Tingling,
    Weakness,
)
from programs.logbook.rules import HIGHEST_BOTHER, REGIONS, SIDES, ResultDraft
from programs.monitoring.actions.settings import NO_REASON
from programs.monitoring.rules import ADJUSTABLE, ParameterError, Parameters, adjusted

OUT_OF_DATE = "This page is out of date. Please go back to Today and start again."
MAY_LEAVE_OUT = "You can leave this out."
HOW_IT_WENT = "Choose how it went."
NO_PLACE = "Tap each place, or choose “Nowhere”."
PLACE_AND_NOWHERE = "You chose a place and “Nowhere” too. Clear the places, or choose “Continue”."
NO_SYMPTOM = "Tick each one you have, or choose “None of these”."
SYMPTOM_AND_NONE = "You ticked one and “None of these” too. Clear the ticks, or choose “Continue”."
NOT_TO_BE_SAVED = "There is a sign in your words that we cannot save. Please write it another way."
NOT_A_COUNT = f"Write a whole number from 0 to {HIGHEST_COUNT}."
NO_SIDE = "Tick the side you did. If you did neither, choose “I left it out”."

Outcome = ExerciseResult.Outcome


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


def stage_test_questions(questions: Iterable[StageTestQuestion]) -> dict[str, forms.Field]:
    """The questions of a stage test in order, each by the name its answer is stored under."""
    return {question.name: _stage_test_field(question) for question in questions}


def _stage_test_field(question: StageTestQuestion) -> forms.Field:
    if question.kind == PAIN:
        return pain_field("What was your worst pain while you did it?")
    if question.kind == CAN:
        field = answer_field(question.item.question, [("yes", "Yes"), ("no", "No")])
        field.coerce = _is_yes
        return field
    if question.is_about_first:
        return CountField(unit=question.item.unit, label=_AT_FIRST, help_text=_AT_FIRST_HELP)
    side = f"{question.side.title()} leg: " if question.side else ""
    return CountField(unit=question.item.unit, label=f"{side}{question.item.question}")


_AT_FIRST = "How many minutes could you walk in one go when you began this plan?"
_AT_FIRST_HELP = "If you do not know, leave this out."


def _is_yes(answer: str) -> bool:
    return answer == "yes"


def direction_questions(leg: str, move: str) -> dict[str, forms.Field]:
    """One try of the direction check: the leg before, the move, and the leg two minutes later.

    leg: "left", "right", or "worse" where both are affected. move: what the move is called.
    """
    return {
        "reach_before": ReachField(
            _drawn(leg), label=f"How far down your {leg} leg does it go right now?", help_text=_REACH_NOW
        ),
        "pain_before": pain_field(f"How bad is the pain in your {leg} leg right now?"),
        "move": answer_field(f"Now do this move slowly: {move}. How did it go?", MOVES),
        "reach_after": ReachField(
            _drawn(leg), label=f"How far down your {leg} leg does it go now?", help_text=_WAIT
        ),
        "pain_after": pain_field(f"How bad is the pain in your {leg} leg now?"),
    }


DONE, GENTLER, NOT_DONE = "done", "gentler", "not_done"
MOVES = [
    (DONE, "I did it"),
    (GENTLER, "I did the gentler one"),
    (NOT_DONE, "I did not do it"),
]
_REACH_NOW = "Think of pain, tingling or numbness."
_WAIT = "Wait 2 minutes first. Think of pain, tingling or numbness."


def _drawn(leg: str) -> str:
    return leg if leg in SIDES else "right"


def bother_field(what: str) -> ScaleField:
    """How much a symptom bothered in the last 7 days, 0 to 6."""
    return ScaleField(
        label=f"How much did {what} bother you?",
        help_text="In the last 7 days. Choose one number.",
        ends=("Not at all", "Extremely"),
        highest=HIGHEST_BOTHER,
        sentence=NOT_A_BOTHER,
    )


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


def in_words(field: forms.Field, answer: Any) -> str:
    """An answer to one of the questions below; empty for none, and for what its page shows again by itself:
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


def reach_field(side: str, when: str) -> ReachField:
    """How far down one leg it went."""
    return ReachField(
        side,
        label=f"How far down your {side} leg did it go?",
        help_text=f"Think of pain, tingling or numbness {when}.",
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


TINGLING_NUMBNESS = "tingling_numbness"

LEGS = {Side.LEFT: ("left",), Side.RIGHT: ("right",), Side.BOTH: ("right", "left")}


LAST_NIGHT = "last night"


def daily_check_questions(
    legs: Sequence[str], when: str = "in the last 24 hours", *, cramps_in: str = ""
) -> dict[str, forms.Field]:
    """The questions of the Daily check in order. How far down is asked of `legs`.

    Tingling or numbness is asked of both legs: in the other one it may be news. cramps_in: the night whose
    cramps are asked for, calf pain with them; "" where the plan is not about the calf.
    """
    return {
        "worst_leg_pain": pain_field(f"What was your worst leg pain {when}?"),
        "worst_back_pain": pain_field(f"What was your worst back pain {when}?"),
        **(_calf_questions(when, cramps_in) if cramps_in else {}),
        **{f"reach_{each}": reach_field(each, when) for each in legs},
        TINGLING_NUMBNESS: PlacesField(
            label="Where did it tingle or go numb?",
            help_text=f"{when[0].upper()}{when[1:]}. Tap each place.",
        ),
    }


def _calf_questions(when: str, night: str) -> dict[str, forms.Field]:
    return {
        "calf_pain": pain_field(f"Between cramps, how bad was your calf pain {when}?"),
        "cramps": CountField(
            unit="cramps",
            highest=MOST_CRAMPS,
            sentence=NOT_A_NUMBER_OF_CRAMPS,
            label=f"How many calf cramps did you have {night}?",
            help_text="Write 0 if you had none.",
        ),
        "worst_cramp": pain_field("How bad was the worst of these cramps?"),
    }


def weekly_check_questions() -> dict[str, forms.Field]:
    """The questions of the Weekly check in order.

    Weakness comes last: its answer may not wait for another page, because help may be needed at once.
    """
    return {
        "groc": answer_field("Think about your leg since last week. Is it:", Change.choices),
        "bother_leg_pain": bother_field("leg pain"),
        "bother_tingling_numbness": bother_field("tingling or numbness"),
        "bother_weakness": bother_field("weakness in your leg or foot"),
        "bother_sitting": bother_field("pain when you sit"),
        "sitting_before_pain": answer_field(
            "How long can you sit before your leg hurts?",
            SittingBeforePain.choices,
            "If it does not hurt at all, choose the longest time.",
        ),
        "settles_within": answer_field(
            "When something stirs up your leg, how long does it take to calm down?", SettlesWithin.choices
        ),
        "nights_broken": ScaleField(
            label="On how many nights did leg pain break your sleep?",
            help_text="Think of the last 7 nights.",
            ends=("No night", "Every night"),
            highest=NIGHTS_A_WEEK,
            sentence=NOT_A_NUMBER_OF_NIGHTS,
        ),
        "weakness": answer_field("Is your leg or foot weak?", Weakness.choices),
    }


def intake_questions(side: str) -> dict[str, forms.Field]:
    """The questions of "About your pain" in order. side: what the first one was answered with, or "".

    How far down is asked in words that hold for either leg, so that its answer outlives a change of side.
    """
    worse = " Think of the leg that is worse." if side == Intake.Side.BOTH else ""
    when = "in the last 24 hours"
    return {
        "side": answer_field("Which leg is it?", Intake.Side.choices),
        "places": PlacesField(label="Where do you feel it?", help_text="Tap each place."),
        "reach": ReachField(
            _drawn(side),
            label="How far down the leg does it go?",
            help_text=f"Think of pain, tingling or numbness.{worse}",
        ),
        "leg_pain": pain_field(f"What was your worst leg pain {when}?"),
        "back_pain": pain_field(f"What was your worst back pain {when}?"),
        "symptoms": SymptomsField(
            label="Do you feel any of these besides pain?", help_text="Tick each one you have."
        ),
        "goal": LongTextField(
            label="What would you like to do again?",
            help_text=f"In your own words, such as “walk to the shop”. {MAY_LEAVE_OUT}",
            required=False,
            max_length=Intake.GOAL_LENGTH,
            error_messages={
                "max_length": GOAL_TOO_LONG,
                "null_characters_not_allowed": NOT_TO_BE_SAVED,
            },
        ),
    }


MAY_DECLINE_OF_INTAKE = ("leg_pain", "back_pain")
"""The questions of "About your pain" that may be left out by saying so. The goal may simply stay empty."""


def spread_field() -> forms.TypedChoiceField:
    """Whether the symptoms moved along the leg during a session."""
    label = "Did the pain or tingling move along your leg?"
    field = answer_field(label, Spread.choices, "While you exercised.")
    field.empty_value = ""
    return field


def morning_check_questions() -> dict[str, forms.Field]:
    """The questions on the morning after a session, in order."""
    return {
        "pain": pain_field("How bad is the pain in your leg this morning?"),
        "settles_within": answer_field("How long did your leg take to calm down?", SettlesWithin.choices),
    }


ALWAYS_SAID = ("groc", "weakness")
"""The questions of the Weekly check that nobody may leave out: the rules listen to them."""


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


class ResultForm(RecordForm):
    """How one exercise went: one outcome, the sides it is about where the sides are done apart, and what was
    felt. Tingling is asked after a nerve glide.
    """

    outcome = forms.ChoiceField(
        choices=Outcome.choices, error_messages={"required": HOW_IT_WENT, "invalid_choice": HOW_IT_WENT}
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


class EffortForm(forms.Form):
    """How hard a session was: a tap on a button answers."""

    effort = answer_field("How hard was it?", Effort.choices)


class SessionNoteForm(forms.Form):
    """What the care team should know of a session."""

    note = LongTextField(
        label="Is there something your care team should know?",
        required=False,
        max_length=NOTE_LENGTH,
        error_messages={"max_length": TOO_LONG_A_NOTE},
    )


class HistoryForm(forms.Form):
    """Which days of the history to show: those up to and with `until`."""

    # Nobody wrote anything down before; the weeks before the year 1 cannot even be computed.
    until = forms.DateField(validators=[MinValueValidator(date(2000, 1, 1))])


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
