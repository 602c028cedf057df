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
    is_weekly_check_due,
    movement_by_day,
    place_lines,
    result_lines,
    weekly_check_lines,
    weekly_checks,
)
from programs.logbook.queries.reports import RULE_WINDOW, recent_reports, reports_of
from programs.logbook.queries.responses import SessionResponse, responses_of, responses_to
from programs.logbook.queries.todays import ruled_out_since, stand_ins, todays_session
from programs.logbook.queries.trial import SettingComparison, compare_settings

__all__ = [
    "RULE_WINDOW",
    "DirectionStanding",
    "HistoryDay",
    "MovementDay",
    "SessionResponse",
    "SettingComparison",
    "calf_lines",
    "compare_settings",
    "direction_finding",
    "earliest_day",
    "felt_in_words",
    "history",
    "is_newly_bilateral",
    "is_weekly_check_due",
    "movement_by_day",
    "place_lines",
    "recent_reports",
    "reports_of",
    "responses_of",
    "responses_to",
    "result_lines",
    "ruled_out_since",
    "stand_ins",
    "todays_session",
    "weekly_check_lines",
    "weekly_checks",
]
