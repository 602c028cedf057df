"""What ends a patient's record, and what takes in what their telephone wrote down without a connection."""

from programs.exchange.actions.erase import (
    ASKED_FIRST,
    STILL_OPEN,
    WORKED_HERE,
    WORKS_HERE,
    erase_again,
    erase_record,
)
from programs.exchange.actions.sessions import close_left_sessions
from programs.exchange.actions.sync import EventResult, take_in

__all__ = [
    "ASKED_FIRST",
    "STILL_OPEN",
    "WORKED_HERE",
    "WORKS_HERE",
    "EventResult",
    "close_left_sessions",
    "erase_again",
    "erase_record",
    "take_in",
]
