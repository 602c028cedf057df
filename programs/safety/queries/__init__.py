"""What stands open, what is due, what is ruled out, and whom to call."""

from programs.safety.queries.contacts import NOBODY_KNOWN, Contacts, contacts_of
from programs.safety.queries.exclusions import (
    ASKED_ELSEWHERE,
    ExclusionReason,
    Exclusions,
    exclusion_questions,
    exclusions_of,
)
from programs.safety.queries.open import (
    AnswerLine,
    OpenItem,
    answers_behind,
    answers_of,
    is_bilateral_known,
    items_of,
    last_check,
    last_closing,
    may_start,
    open_items,
    open_lock,
    under_way,
    what_is_due,
)

__all__ = [
    "ASKED_ELSEWHERE",
    "NOBODY_KNOWN",
    "AnswerLine",
    "Contacts",
    "ExclusionReason",
    "Exclusions",
    "OpenItem",
    "answers_behind",
    "answers_of",
    "contacts_of",
    "exclusion_questions",
    "exclusions_of",
    "is_bilateral_known",
    "items_of",
    "last_check",
    "last_closing",
    "may_start",
    "open_items",
    "open_lock",
    "under_way",
    "what_is_due",
]
