"""How well something is studied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from . import shape

EVIDENCE_GRADES: Final[Mapping[str, str]] = {
    "A": "Studied in people with leg pain from the back.",
    "A-": "Studied a little in people with leg pain from the back.",
    "B": "Studied in people with a problem that is close to yours.",
    "C": "Studied in people without this problem.",
    "D": "Used a lot by physios. Not much studied.",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well an exercise or a program is studied (`EVIDENCE_GRADES`), and what was found, in a sentence."""

    grade: str
    note: str


EVIDENCE: Final = shape.mapping({"grade": shape.one_of(tuple(EVIDENCE_GRADES)), "note": shape.text(500)})
