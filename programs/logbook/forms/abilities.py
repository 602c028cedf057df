"""The questions of a stage test and of the direction check."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from programs.library.rules import CAN, PAIN, StageTestQuestion
from programs.logbook.forms.answer_fields import CountField, ReachField, answer_field, drawn_side, pain_field


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
            drawn_side(leg), label=f"How far down your {leg} leg does it go right now?", help_text=_REACH_NOW
        ),
        "pain_before": pain_field(f"How bad is the pain in your {leg} leg right now?"),
        "move": answer_field(f"Now do this move slowly: {move}. How did it go?", MOVES),
        "reach_after": ReachField(
            drawn_side(leg), label=f"How far down your {leg} leg does it go now?", help_text=_WAIT
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
