"""What a patient said about their pain at the beginning."""

from __future__ import annotations

from dataclasses import dataclass

from programs.accounts.models import User
from programs.care.models import Side
from programs.logbook.models import Intake, Reach, Region, Symptom
from programs.logbook.rules import SIDES

_NOT_SAID = ("Not said",)


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One answer in words, with the name of its question. `score` is that of a pain question, where said."""

    name: str
    label: str
    words: tuple[str, ...]
    score: int | None = None


def newest_intake(patient: User, viewer: User) -> Intake | None:
    """The answers that count, if `patient` has given any that `viewer` may see."""
    return Intake.objects.visible_to(viewer).filter(patient=patient).first()


def intake_lines(intake: Intake) -> tuple[IntakeLine, ...]:
    """Every answer in words, in the order of the questions. The row need not be stored yet."""
    return (
        IntakeLine("side", "Which leg", (Side(intake.side).label,)),
        IntakeLine("places", "Where you feel it", _places(intake)),
        IntakeLine("reach", "How far down the leg", (Reach(intake.reach).label,)),
        _pain_line("leg_pain", "Worst leg pain", intake.leg_pain),
        _pain_line("back_pain", "Worst back pain", intake.back_pain),
        IntakeLine("symptoms", "Besides pain", _symptoms(intake)),
        IntakeLine("goal", "What you would like to do again", (intake.goal,) if intake.goal else _NOT_SAID),
    )


def _pain_line(name: str, label: str, score: int | None) -> IntakeLine:
    return IntakeLine(name, label, _NOT_SAID if score is None else (f"{score} out of 10",), score)


def _places(intake: Intake) -> tuple[str, ...]:
    """A line for each side that has any place, from the back down."""
    named = {side: set(getattr(intake, f"places_{side}")) for side in SIDES}
    return tuple(
        f"{side.title()}: {'; '.join(region.label.lower() for region in Region if region in regions)}"
        for side, regions in named.items()
        if regions
    ) or ("Nowhere",)


def _symptoms(intake: Intake) -> tuple[str, ...]:
    return tuple(Symptom(each).label for each in intake.symptoms) or ("None of these",)
