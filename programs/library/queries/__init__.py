"""Reads of the library that span its models."""

from .figures import WAYS_TO_REST, named_figures, shipped_figures
from .finding import Wish, by_category, find, programs_with_stages
from .pages import (
    DirectionCheckPage,
    TryPage,
    articles_at,
    direction_check_page,
    exercise_page,
    program_page,
    use_of,
)
from .shelf import given_against_the_rules, shelf, why_not_given

__all__ = [
    "WAYS_TO_REST",
    "DirectionCheckPage",
    "TryPage",
    "Wish",
    "articles_at",
    "by_category",
    "direction_check_page",
    "exercise_page",
    "find",
    "given_against_the_rules",
    "named_figures",
    "program_page",
    "programs_with_stages",
    "shelf",
    "shipped_figures",
    "use_of",
    "why_not_given",
]
