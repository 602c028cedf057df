"""What can be prescribed: the dose of an exercise, and the shape of the shipped content."""

from .content import (
    CATEGORIES,
    EQUIPMENT,
    EVIDENCE_GRADES,
    IRRITABILITY_LEVELS,
    POSITIONS,
    SIDES,
    ContentProblem,
    Evidence,
    ExerciseContent,
    PrescriptionContent,
    ProgramContent,
    StageContent,
    cross_check,
    parse_exercise,
    parse_program,
)
from .dose import DOSE_LIMITS, Dose, describe, describe_frequency, dose_errors, seconds_needed

__all__ = [
    "CATEGORIES",
    "DOSE_LIMITS",
    "EQUIPMENT",
    "EVIDENCE_GRADES",
    "IRRITABILITY_LEVELS",
    "POSITIONS",
    "SIDES",
    "ContentProblem",
    "Dose",
    "Evidence",
    "ExerciseContent",
    "PrescriptionContent",
    "ProgramContent",
    "StageContent",
    "cross_check",
    "describe",
    "describe_frequency",
    "dose_errors",
    "parse_exercise",
    "parse_program",
    "seconds_needed",
]
