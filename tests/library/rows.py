"""Rows of the library, a clinic's own among them, and the addresses of its pages."""

from __future__ import annotations

from dataclasses import replace

from programs.accounts.models import Clinic
from programs.library.actions import apply_content
from programs.library.models import Article, Exercise, Program, Shipped
from programs.library.rules import LibraryFiles
from tests import makers
from tests.library.shipped import shipped

LIBRARY = "/library/"
PROGRAMS = "/library/programs/"
ARTICLES = "/library/articles/"
BREAKS = "/library/breaks/"
CHECK = "/library/direction-check/"
LISTS = (LIBRARY, PROGRAMS, ARTICLES, BREAKS, CHECK)


def address(row: Shipped) -> str:
    kind = {Exercise: "exercises", Program: "programs", Article: "articles"}[type(row)]
    return f"/library/{kind}/{row.pk}/"


def exercise(slug: str) -> Exercise:
    return Exercise.objects.get(slug=slug)


def program(slug: str) -> Program:
    return Program.objects.get(slug=slug)


def article(slug: str) -> Article:
    return Article.objects.get(slug=slug)


def one_of_each() -> list[str]:
    return [
        address(exercise("standing-calf-stretch")),
        address(program("sciatica-with-calf-symptoms")),
        address(program("flare-plan")),
        address(article("flare-ups")),
    ]


def own_content(clinic: Clinic, count: int = 1) -> None:
    """A clinic's own exercises, programs and articles, under names of their own."""
    files = shipped()
    (stretch,) = (each for each in files.exercises if each.slug == "towel-calf-stretch")
    (calf,) = (each for each in files.programs if each.slug == "calf-strength")
    numbers = range(count)
    apply_content(
        files=LibraryFiles(
            exercises=[
                replace(stretch, slug=f"own-{number}", name=f"Own stretch {number}", code=f"OW{number:02}")
                for number in numbers
            ],
            programs=[replace(calf, slug=f"own-{number}", name=f"Own plan {number}") for number in numbers],
            articles=[
                replace(files.articles[0], slug=f"own-{number}", name=f"Own words {number}")
                for number in numbers
            ],
        ),
        clinic=clinic,
        now=makers.NOON,
    )
