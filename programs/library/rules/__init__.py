"""What can be prescribed and read: the dose of an exercise, the shape of content, searching in it."""

from .articles import PLACES, ArticleContent, SectionContent, parse_article
from .breaks import (
    BreakMessageContent,
    BreakMovementContent,
    parse_break_messages,
    parse_break_movements,
)
from .criteria import describe_criteria, describe_criteria_briefly
from .documents import Document, read_document
from .dose import (
    DOSE_LIMITS,
    Dose,
    describe,
    describe_frequency,
    describe_length,
    dose_errors,
    seconds_needed,
)
from .evidence import EVIDENCE_GRADES, Evidence
from .exercises import (
    CATEGORIES,
    EQUIPMENT,
    IRRITABILITY_LEVELS,
    POSITIONS,
    SIDES,
    ExerciseContent,
    parse_exercise,
)
from .flare import describe_flare_exit
from .folder import CONTENT_FOLDERS, read_folder
from .guidance import (
    CONTRAINDICATION_LEVELS,
    ContraindicationContent,
    DirectionCheckContent,
    parse_contraindications,
    parse_direction_check,
    rules_out,
)
from .library import (
    FIRST_TENSIONER_STAGE,
    TENSIONER_TAG,
    LibraryFiles,
    Shelf,
    Shelved,
    cross_check,
)
from .programs import (
    DIRECTION_CHECKS,
    FLARE,
    MOST_PRESCRIPTIONS,
    PAIN_MEASURES,
    PROGRAM_KINDS,
    STAGED,
    FlareExit,
    PrescriptionContent,
    ProgramContent,
    StageContent,
    parse_program,
)
from .search import Entry, may_be_a_warning_sign, search, words_to_find
from .shape import ContentProblem
from .tags import describe_tag

__all__ = [
    "CATEGORIES",
    "CONTENT_FOLDERS",
    "CONTRAINDICATION_LEVELS",
    "DIRECTION_CHECKS",
    "DOSE_LIMITS",
    "EQUIPMENT",
    "EVIDENCE_GRADES",
    "FIRST_TENSIONER_STAGE",
    "FLARE",
    "IRRITABILITY_LEVELS",
    "MOST_PRESCRIPTIONS",
    "PAIN_MEASURES",
    "PLACES",
    "POSITIONS",
    "PROGRAM_KINDS",
    "SIDES",
    "STAGED",
    "TENSIONER_TAG",
    "ArticleContent",
    "BreakMessageContent",
    "BreakMovementContent",
    "ContentProblem",
    "ContraindicationContent",
    "DirectionCheckContent",
    "Document",
    "Dose",
    "Entry",
    "Evidence",
    "ExerciseContent",
    "FlareExit",
    "LibraryFiles",
    "PrescriptionContent",
    "ProgramContent",
    "SectionContent",
    "Shelf",
    "Shelved",
    "StageContent",
    "cross_check",
    "describe",
    "describe_criteria",
    "describe_criteria_briefly",
    "describe_flare_exit",
    "describe_frequency",
    "describe_length",
    "describe_tag",
    "dose_errors",
    "may_be_a_warning_sign",
    "parse_article",
    "parse_break_messages",
    "parse_break_movements",
    "parse_contraindications",
    "parse_direction_check",
    "parse_exercise",
    "parse_program",
    "read_document",
    "read_folder",
    "rules_out",
    "search",
    "seconds_needed",
    "words_to_find",
]
