"""What only this room does: handing on care, writing the demonstration clinic, and taking it away again."""

from .care import give_therapist, take_therapist_away
from .cast import PATIENTS, SIGN_INS, SIGN_INS_FILE
from .demonstration import load_demonstration, remove_demonstration

__all__ = [
    "PATIENTS",
    "SIGN_INS",
    "SIGN_INS_FILE",
    "give_therapist",
    "load_demonstration",
    "remove_demonstration",
    "take_therapist_away",
]
