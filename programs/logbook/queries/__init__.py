"""Reads of the logbook, each in the module of its subject."""

from programs.logbook.queries.abilities import DirectionStanding, direction_finding
from programs.logbook.queries.days import (
    HistoryDay,
    MovementDay,
    calf_lines,
    earliest_day,
    felt_in_words,
    history,
    is_newly_bilateral,
    movement_by_day,
    place_lines,
    result_lines,
    weekly_check_lines,
    weekly_checks,
)
from programs.logbook.queries.done import DoneSession, done_sessions
from programs.logbook.queries.intakes import IntakeLine, intake_lines, newest_intake
from programs.logbook.queries.reports import RULE_WINDOW, recent_reports, reports_of
from programs.logbook.queries.responses import SessionResponse, responses_of, responses_to
from programs.logbook.queries.signs import LogbookSigns, logbook_signs
from programs.logbook.queries.todays import (
    exercises_of_day,
    ruled_out_since,
    stand_ins,
    todays_session,
    was_too_much,
)
from programs.logbook.queries.trial import SettingComparison, compare_settings

__all__ = [
    "RULE_WINDOW",
    "DirectionStanding",
    "DoneSession",
    "HistoryDay",
    "IntakeLine",
    "LogbookSigns",
    "MovementDay",
    "SessionResponse",
    "SettingComparison",
    "calf_lines",
    "compare_settings",
    "direction_finding",
    "done_sessions",
    "earliest_day",
    "exercises_of_day",
    "felt_in_words",
    "history",
    "intake_lines",
    "is_newly_bilateral",
    "logbook_signs",
    "movement_by_day",
    "newest_intake",
    "place_lines",
    "recent_reports",
    "reports_of",
    "responses_of",
    "responses_to",
    "result_lines",
    "ruled_out_since",
    "stand_ins",
    "todays_session",
    "was_too_much",
    "weekly_check_lines",
    "weekly_checks",
]
