"""Looking for something in the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch

from programs.accounts.models import User
from programs.library.models import (
    Article,
    BreakMovement,
    Category,
    Exercise,
    Prescription,
    Program,
    Shipped,
    Stage,
)
from programs.library.rules import Entry, describe_tag, search

Row = TypeVar("Row", bound=Shipped)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see of the library; what is empty leaves nothing out.

    `stage` is a program's id and the number of a stage of it.
    """

    words: str = ""
    category: str = ""
    position: str = ""
    equipment: str = ""
    stage: tuple[UUID, int] | None = None

    @property
    def filters(self) -> int:
        """How many of the filters are in use."""
        return sum(map(bool, (self.category, self.position, self.equipment, self.stage)))


@dataclass(frozen=True, slots=True)
class Found:
    """What a wish leads to: best first where words were looked for, else exercises by code.

    Programs, articles and break ideas are looked through for the words alone.
    """

    exercises: tuple[Exercise, ...] = ()
    programs: tuple[Program, ...] = ()
    articles: tuple[Article, ...] = ()
    break_ideas: tuple[BreakMovement, ...] = ()


def programs_with_stages(user: User) -> list[Program]:
    """What is given now, with all stages in order."""
    stages = Prefetch("stages", Stage.objects.order_by("number"))
    return list(Program.objects.visible_to(user).current().prefetch_related(stages))


def find(user: User, wish: Wish, programs: Sequence[Program]) -> Found:
    """What fits a wish, of all that is given now. `programs` are those of `programs_with_stages`."""
    exercises = Exercise.objects.visible_to(user).current()
    for field in ("category", "position", "equipment"):
        if value := getattr(wish, field):
            exercises = exercises.filter(**{field: value})
    if wish.stage:
        program, number = wish.stage
        given = Prescription.objects.filter(stage__program=program, stage__number=number)
        exercises = exercises.filter(pk__in=given.values("exercise"))
    if not wish.words:
        return Found(exercises=tuple(exercises))
    articles = Article.objects.visible_to(user).current()
    break_ideas = BreakMovement.objects.current()
    entries = [
        *map(_exercise_entry, exercises),
        *map(_program_entry, programs),
        *map(_article_entry, articles),
        # by name alone: how it is done warns of what it is not for, and must not be found by that
        *(Entry(idea.pk, idea.name) for idea in break_ideas),
    ]
    found = search(wish.words, entries)
    return Found(
        exercises=_in_order(found, exercises),
        programs=_in_order(found, programs),
        articles=_in_order(found, articles),
        break_ideas=_in_order(found, break_ideas),
    )


def by_category(exercises: Iterable[Exercise]) -> list[tuple[Category, list[Exercise]]]:
    """Exercises kind by kind, for a long list."""
    found: dict[str, list[Exercise]] = {}
    for exercise in exercises:
        found.setdefault(exercise.category, []).append(exercise)
    return [(kind, found[kind]) for kind in Category if kind in found]


def _in_order(found: Sequence[UUID], rows: Iterable[Row]) -> tuple[Row, ...]:
    """Those of the rows that were found, best first."""
    by_id = {row.pk: row for row in rows}
    return tuple(by_id[key] for key in found if key in by_id)


def _exercise_entry(exercise: Exercise) -> Entry[UUID]:
    kinds = [
        exercise.code,
        exercise.slug,
        *exercise.tags,
        *map(describe_tag, exercise.tags),
        exercise.category,
        exercise.get_category_display(),
        exercise.get_position_display(),
        exercise.get_equipment_display(),
    ]
    return Entry(exercise.pk, exercise.name, exercise.target, kinds, [*exercise.steps, *exercise.cues])


def _program_entry(program: Program) -> Entry[UUID]:
    stages = [f"{stage.name} {stage.goal}" for stage in program.stages.all()]
    about = [*program.begin_when, *program.not_for]
    return Entry(program.pk, program.name, program.summary, [program.slug, *stages], about)


def _article_entry(article: Article) -> Entry[UUID]:
    headings = [section["heading"] for section in article.sections]
    body = [text for section in article.sections for text in (*section["paragraphs"], *section["points"])]
    return Entry(article.pk, article.name, article.summary, [article.slug, *headings], body)
