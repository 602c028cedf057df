"""What the patient did and felt. Nothing here is ever overwritten."""

from programs.logbook.models.abilities import DirectionTry, StageTest
from programs.logbook.models.checks import (
    MOST_CRAMPS,
    NIGHTS_A_WEEK,
    Change,
    DailyCheck,
    MorningCheck,
    Reach,
    Region,
    SettlesWithin,
    SittingBeforePain,
    Weakness,
    WeeklyCheck,
)
from programs.logbook.models.intake import Intake, Symptom
from programs.logbook.models.sessions import (
    FLARE_STAGE,
    Effort,
    ExerciseResult,
    GuidedSession,
    Spread,
    Tingling,
)

__all__ = [
    "FLARE_STAGE",
    "MOST_CRAMPS",
    "NIGHTS_A_WEEK",
    "Change",
    "DailyCheck",
    "DirectionTry",
    "Effort",
    "ExerciseResult",
    "GuidedSession",
    "Intake",
    "MorningCheck",
    "Reach",
    "Region",
    "SettlesWithin",
    "SittingBeforePain",
    "Spread",
    "StageTest",
    "Symptom",
    "Tingling",
    "Weakness",
    "WeeklyCheck",
]
