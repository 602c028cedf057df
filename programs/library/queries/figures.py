"""The figures that come with the product, also those that show no exercise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from programs.library.models import Exercise
from programs.library.rules import FIGURES_FOLDER, Still, stills

_FOLDER = Path(__file__).resolve().parents[1] / "content" / FIGURES_FOLDER

# Positions to rest in, each with a short name; the calmest comes first.
WAYS_TO_REST: Final[Mapping[str, str]] = {
    "rest-legs-on-chair": "Legs on a chair",
    "rest-on-front": "On your front",
    "rest-on-side": "On your side",
    "rest-folded-forward": "Folded forward",
}


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A figure and the name of what it shows."""

    slug: str
    name: str
    stills: tuple[Still, Still]


@cache
def shipped_figures() -> Mapping[str, Mapping[str, Any]]:
    """Every figure by its slug: its document, which also holds the slug. They change with a release only."""
    documents = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.json"))}
    return {slug: {**document, "slug": slug} for slug, document in documents.items()}


def named_figures() -> list[NamedFigure]:
    """Every figure that comes with the product, by name."""
    exercises = Exercise.objects.current().filter(clinic=None).only("name", "figure")
    names = {**WAYS_TO_REST, **{each.figure["slug"]: each.name for each in exercises if each.figure}}
    found = [
        NamedFigure(slug, names.get(slug, slug), stills(each)) for slug, each in shipped_figures().items()
    ]
    return sorted(found, key=lambda each: each.name)
