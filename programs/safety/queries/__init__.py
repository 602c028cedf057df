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
    Holds,
    OpenItem,
    answers_behind,
    answers_of,
    holds_of,
    items_of,
    open_items,
    open_lock,
    to_go_on_with,
    under_way,
    what_is_due,
)
from programs.safety.queries.signs import (
    SafetySigns,
    is_bilateral_known,
    last_check,
    safety_signs,
    signs_of,
)

__all__ = [
    "ASKED_ELSEWHERE",
    "NOBODY_KNOWN",
    "AnswerLine",
    "Contacts",
    "ExclusionReason",
    "Exclusions",
    "Holds",
    "OpenItem",
    "SafetySigns",
    "answers_behind",
    "answers_of",
    "contacts_of",
    "exclusion_questions",
    "exclusions_of",
    "holds_of",
    "is_bilateral_known",
    "items_of",
    "last_check",
    "open_items",
    "open_lock",
    "safety_signs",
    "signs_of",
    "to_go_on_with",
    "under_way",
    "what_is_due",
]
