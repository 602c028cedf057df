"""What stores safety answers and acts on them, each verb in the module of its subject."""

from programs.safety.actions.conditions import clear_condition
from programs.safety.actions.locks import end_lock, note_session_during_lock
from programs.safety.actions.requests import request_screening
from programs.safety.actions.screenings import Recorded, record_screening

__all__ = [
    "Recorded",
    "clear_condition",
    "end_lock",
    "note_session_during_lock",
    "record_screening",
    "request_screening",
]
