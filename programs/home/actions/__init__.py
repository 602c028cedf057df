"""What only this room does: writing the demonstration clinic, and taking it away again."""

from .cast import PATIENTS, SIGN_INS, SIGN_INS_FILE
from .demonstration import load_demonstration, remove_demonstration

__all__ = [
    "PATIENTS",
    "SIGN_INS",
    "SIGN_INS_FILE",
    "load_demonstration",
    "remove_demonstration",
]
