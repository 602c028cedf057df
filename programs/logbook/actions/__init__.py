"""What stores a patient's reports and judges them, each verb in the module of its subject."""

from programs.logbook.actions.abilities import record_direction_try, record_stage_test
from programs.logbook.actions.asking import asked_by_intake
from programs.logbook.actions.checks import (
    CORRECTED_ALREADY,
    NO_CRAMPS,
    NOT_A_BOTHER,
    NOT_A_NUMBER_OF_CRAMPS,
    NOT_A_NUMBER_OF_NIGHTS,
    NOT_A_PLACE,
    NOT_AN_ANSWER,
    record_daily_check,
    record_weekly_check,
)
from programs.logbook.actions.intake import GOAL_TOO_LONG, record_intake
from programs.logbook.actions.mornings import record_morning_check
from programs.logbook.actions.reports import LATEST_REPORT, NOT_A_PAIN_SCORE, TAKEN
from programs.logbook.actions.reviewing import RE_DERIVED, find_silent, reconcile
from programs.logbook.actions.sessions import (
    NOTE_CHANGED,
    NOTE_LENGTH,
    TOO_LONG_A_NOTE,
    ResultInput,
    add_to_session,
    mark_of_note,
    record_session,
    results_of,
    update_session,
)
from programs.logbook.actions.stages import (
    decide_stage,
    move_on_when_ready,
    review_stage,
    review_stages,
)

__all__ = [
    "CORRECTED_ALREADY",
    "GOAL_TOO_LONG",
    "LATEST_REPORT",
    "NOTE_CHANGED",
    "NOTE_LENGTH",
    "NOT_AN_ANSWER",
    "NOT_A_BOTHER",
    "NOT_A_NUMBER_OF_CRAMPS",
    "NOT_A_NUMBER_OF_NIGHTS",
    "NOT_A_PAIN_SCORE",
    "NOT_A_PLACE",
    "NO_CRAMPS",
    "RE_DERIVED",
    "TAKEN",
    "TOO_LONG_A_NOTE",
    "ResultInput",
    "add_to_session",
    "asked_by_intake",
    "decide_stage",
    "find_silent",
    "mark_of_note",
    "move_on_when_ready",
    "reconcile",
    "record_daily_check",
    "record_direction_try",
    "record_intake",
    "record_morning_check",
    "record_session",
    "record_stage_test",
    "record_weekly_check",
    "results_of",
    "review_stage",
    "review_stages",
    "update_session",
]
