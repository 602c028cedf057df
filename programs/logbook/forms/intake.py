"""The questions of “About your pain”."""

from __future__ import annotations

from django import forms

from programs.lib.forms import LongTextField
from programs.logbook.actions import GOAL_TOO_LONG
from programs.logbook.forms.answer_fields import (
    MAY_LEAVE_OUT,
    PlacesField,
    ReachField,
    SymptomsField,
    answer_field,
    drawn_side,
    pain_field,
)
from programs.logbook.models import Intake

NOT_TO_BE_SAVED = "There is a sign in your words that we cannot save. Please write it another way."
MAY_DECLINE_OF_INTAKE = ("leg_pain", "back_pain")
"""The questions of "About your pain" that may be left out by saying so. The goal may simply stay empty."""


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
            drawn_side(side),
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
