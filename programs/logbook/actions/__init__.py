"""What stores a patient's reports and judges them, each verb in the module of its subject."""

from programs.logbook.actions.checks import (
    CORRECTED_ALREADY,
    NOT_A_BOTHER,
    NOT_A_NUMBER_OF_NIGHTS,
    NOT_A_PLACE,
    NOT_AN_ANSWER,
    record_daily_check,
    record_weekly_check,
)
from programs.logbook.actions.reports import LATEST_REPORT, NOT_A_PAIN_SCORE, TAKEN
from programs.logbook.actions.reviewing import RE_DERIVED, find_silent, reconcile
from programs.logbook.actions.sessions import ResultInput, record_session

__all__ = [
    "CORRECTED_ALREADY",
    "LATEST_REPORT",
    "NOT_AN_ANSWER",
    "NOT_A_BOTHER",
    "NOT_A_NUMBER_OF_NIGHTS",
    "NOT_A_PAIN_SCORE",
    "NOT_A_PLACE",
    "RE_DERIVED",
    "TAKEN",
    "ResultInput",
    "find_silent",
    "reconcile",
    "record_daily_check",
    "record_session",
    "record_weekly_check",
]
