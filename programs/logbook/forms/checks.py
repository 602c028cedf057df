"""The questions of the checks: daily, weekly, and on the morning after a session."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from programs.care.models import Side
from programs.logbook.actions import NOT_A_BOTHER, NOT_A_NUMBER_OF_CRAMPS, NOT_A_NUMBER_OF_NIGHTS
from programs.logbook.forms.answer_fields import (
    CountField,
    PlacesField,
    ReachField,
    ScaleField,
    answer_field,
    pain_field,
)
from programs.logbook.models import (
    MOST_CRAMPS,
    NIGHTS_A_WEEK,
    Change,
    SettlesWithin,
    SittingBeforePain,
    Weakness,
)
from programs.logbook.rules import HIGHEST_BOTHER

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


def reach_field(side: str, when: str) -> ReachField:
    """How far down one leg it went."""
    return ReachField(
        side,
        label=f"How far down your {side} leg did it go?",
        help_text=f"Think of pain, tingling or numbness {when}.",
    )


ALWAYS_SAID = ("groc", "weakness")
"""The questions of the Weekly check that nobody may leave out: the rules listen to them."""


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


def bother_field(what: str) -> ScaleField:
    """How much a symptom bothered in the last 7 days, 0 to 6."""
    return ScaleField(
        label=f"How much did {what} bother you?",
        help_text="In the last 7 days. Choose one number.",
        ends=("Not at all", "Extremely"),
        highest=HIGHEST_BOTHER,
        sentence=NOT_A_BOTHER,
    )


def morning_check_questions() -> dict[str, forms.Field]:
    """The questions on the morning after a session, in order."""
    return {
        "pain": pain_field("How bad is the pain in your leg this morning?"),
        "settles_within": answer_field("How long did your leg take to calm down?", SettlesWithin.choices),
    }
