"""What a telephone sends, read without a database: when it was, and what it comes to."""

from programs.exchange.rules.clock import CLAMPED, OK, SHIFTED, TIME_SOURCES, Moment, corrected
from programs.exchange.rules.reading import (
    CHOICES,
    FURTHER_DOWN,
    NUMBNESS,
    SYMPTOMS,
    WEAKNESS,
    is_readable,
    is_stop,
)
from programs.exchange.rules.summary import (
    DISCARDED,
    ENDED,
    LOCKED,
    OPEN,
    SAVED,
    TYPES,
    Result,
    SessionEvent,
    Summary,
    summarise,
)

__all__ = [
    "CHOICES",
    "CLAMPED",
    "DISCARDED",
    "ENDED",
    "FURTHER_DOWN",
    "LOCKED",
    "NUMBNESS",
    "OK",
    "OPEN",
    "SAVED",
    "SHIFTED",
    "SYMPTOMS",
    "TIME_SOURCES",
    "TYPES",
    "WEAKNESS",
    "Moment",
    "Result",
    "SessionEvent",
    "Summary",
    "corrected",
    "is_readable",
    "is_stop",
    "summarise",
]
