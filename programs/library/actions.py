"""Applying content files to the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F

from programs.accounts.models import Clinic
from programs.library.models import (
    Article,
    BreakMessage,
    BreakMovement,
    Contraindication,
    DirectionCheck,
    Exercise,
    LibraryContent,
    Prescription,
    Program,
    Shipped,
    Stage,
)
from programs.library.queries import shipped_figures
from programs.library.rules import MOST_PRESCRIPTIONS, ExerciseContent, LibraryFiles, ProgramContent

Row = TypeVar("Row", bound=Shipped)


@dataclass(slots=True)
class Changes:
    """How many rows applying content added and changed, and the names of those it retired."""

    added: int = 0
    changed: int = 0
    retired: list[str] = field(default_factory=list)


@contextmanager
def library_to_change() -> Iterator[None]:
    """A transaction in which nobody else loads content: checking and applying are one step.

    Two loads at once would each see half of the other's. The row that is locked is one that always exists.
    """
    with transaction.atomic():
        row = ContentType.objects.get_for_model(Exercise)
        ContentType.objects.select_for_update().get(pk=row.pk)
        yield


@transaction.atomic
def apply_content(*, files: LibraryFiles, clinic: Clinic | None, now: datetime) -> Changes:
    """Make the shipped library, or a clinic's own content, say what the files say.

    Applying the same files again changes nothing. What is no longer in them is retired, never deleted:
    plans and sessions point at it. The files must have been checked before, inside `library_to_change`.
    """
    drawn = {each.slug: {**each.document, "slug": each.slug} for each in files.figures}
    figures = shipped_figures() if clinic else drawn
    return _Application(clinic, now, figures).apply(files)


class _Application:
    """One run over the rows of one owner."""

    def __init__(
        self, clinic: Clinic | None, now: datetime, figures: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self.clinic = clinic
        self.now = now
        self.figures = figures
        self.changes = Changes()
        self.rows: dict[type[Shipped], dict[str, Any]] = {}
        shipped = Exercise.objects.filter(clinic=None) if clinic else Exercise.objects.none()
        self.exercises = {exercise.slug: exercise for exercise in shipped}

    def apply(self, files: LibraryFiles) -> Changes:
        for article in files.articles:
            self._store(Article, article.slug, _values(article))
        for exercise in files.exercises:
            self.exercises[exercise.slug] = self._store_exercise(exercise)
        for exercise in files.exercises:
            self._link_neighbours(exercise)
        for program in files.programs:
            self._store_program(program)
        self._retire(Article, [each.slug for each in files.articles])
        self._retire(Exercise, [each.slug for each in files.exercises])
        self._retire(Program, [each.slug for each in files.programs])
        if self.clinic is None:
            self._apply_shipped_only(files)
        return self.changes

    def _apply_shipped_only(self, files: LibraryFiles) -> None:
        for message in files.break_messages:
            self._store(BreakMessage, message.slug, _values(message))
        for position, movement in enumerate(files.break_movements):
            exercise = self.exercises[movement.exercise] if movement.exercise else None
            values = _values(movement) | {"position": position, "exercise": exercise}
            self._store(BreakMovement, movement.slug, values)
        for position, contraindication in enumerate(files.contraindications):
            values = _values(contraindication) | {"position": position}
            self._store(Contraindication, contraindication.slug, values)
        for check in files.direction_checks:
            self._store(DirectionCheck, check.slug, _values(check))
        self._retire(BreakMessage, [each.slug for each in files.break_messages])
        self._retire(BreakMovement, [each.slug for each in files.break_movements])
        self._retire(Contraindication, [each.slug for each in files.contraindications])
        self._retire(DirectionCheck, [each.slug for each in files.direction_checks])
        self._refresh_figures()

    def _refresh_figures(self) -> None:
        """Each row keeps a copy: those that are retired, or a clinic's own, would keep an old one."""
        for exercise in Exercise.objects.only("figure", "updated_at"):
            if exercise.figure:
                self._change(exercise, {"figure": self.figures.get(exercise.figure["slug"])})

    def _store_exercise(self, content: ExerciseContent) -> Exercise:
        values = _values(content, without=("easier", "harder", "dose", "evidence"))
        values["dose_defaults"] = content.dose.to_mapping()
        values["figure"] = self.figures[content.figure] if content.figure else None
        return self._store(Exercise, content.slug, values | _evidence(content))

    def _link_neighbours(self, content: ExerciseContent) -> None:
        """After all exercises are stored, since each may be the other's neighbour."""
        row = self.exercises[content.slug]
        neighbours = {
            "easier_id": self.exercises[content.easier].pk if content.easier else None,
            "harder_id": self.exercises[content.harder].pk if content.harder else None,
        }
        self._change(row, neighbours)

    def _store_program(self, content: ProgramContent) -> None:
        values = _values(content, without=("stages", "evidence")) | _evidence(content)
        program = self._store(Program, content.slug, values)
        wanted = [self._stage_values(stage) for stage in _plain(asdict(content))["stages"]]
        if _stored_stages(program) == wanted:
            return
        # Whoever assigns the program reads its stages under the same lock: all of the old or all of the new.
        Program.objects.select_for_update().get(pk=program.pk)
        for stage_values in wanted:
            self._lay_stage(program, stage_values)
        program.stages.filter(number__gt=len(wanted)).delete()
        if program.updated_at != self.now:
            self._touch(program)

    def _lay_stage(self, program: Program, values: dict[str, Any]) -> None:
        """Stages keep their rows by number and prescriptions by exercise: an open page names them by id."""
        prescriptions = values.pop("prescriptions")
        stage, _ = Stage.objects.update_or_create(program=program, number=values["number"], defaults=values)
        stage.prescriptions.exclude(exercise__in=[each["exercise_id"] for each in prescriptions]).delete()
        # positions are unique, so those that stay first step out of each other's way
        stage.prescriptions.update(position=F("position") + MOST_PRESCRIPTIONS)
        staying = {row.exercise_id: row.pk for row in stage.prescriptions.all()}
        new = []
        for position, each in enumerate(prescriptions, start=1):
            each["position"] = position
            if each["exercise_id"] in staying:
                Prescription.objects.filter(pk=staying[each["exercise_id"]]).update(**each)
            else:
                new.append(Prescription(stage=stage, **each))
        Prescription.objects.bulk_create(new)

    def _stage_values(self, stage: dict[str, Any]) -> dict[str, Any]:
        """The fields of a stage's row, and of those of its prescriptions."""
        return {
            **stage,
            "prescriptions": [self._prescription_values(each) for each in stage["prescriptions"]],
        }

    def _prescription_values(self, prescription: dict[str, Any]) -> dict[str, Any]:
        """With the whole dose: the exercise's own, but for what the stage states."""
        exercise = self.exercises[prescription["exercise"]]
        return {
            "exercise_id": exercise.pk,
            "dose_values": exercise.dose.with_changes(prescription["dose"]).to_mapping(),
            "optional": prescription["optional"],
            "note": prescription["note"],
        }

    def _store(self, model: type[Row], slug: str, values: dict[str, Any]) -> Row:
        values |= {"retired_at": None}
        row = self._stored(model).get(slug)
        if row is None:
            self.changes.added += 1
            return model._default_manager.create(
                slug=slug, updated_at=self.now, **self._owned(model), **values
            )
        self._change(row, values)
        return row

    def _stored(self, model: type[Row]) -> dict[str, Row]:
        """The rows of this owner by slug, as they were before this run."""
        if model not in self.rows:
            rows = model._default_manager.filter(**self._owned(model))
            self.rows[model] = {row.slug: row for row in rows}
        return cast(dict[str, Row], self.rows[model])

    def _change(self, row: Shipped, values: Mapping[str, Any]) -> None:
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        if differing:
            type(row)._default_manager.filter(pk=row.pk).update(**differing)
            if row.updated_at != self.now:
                self._touch(row)

    def _touch(self, row: Shipped) -> None:
        """Once a row and run: a row that is new, or changed already, counts no second time."""
        row.updated_at = self.now
        row.save(update_fields=["updated_at"])
        self.changes.changed += 1

    def _retire(self, model: type[Shipped], kept: Sequence[str]) -> None:
        current = model._default_manager.filter(retired_at=None, **self._owned(model))
        gone = current.exclude(slug__in=kept)
        self.changes.retired += sorted(gone.values_list("slug", flat=True))
        gone.update(retired_at=self.now, updated_at=self.now)

    def _owned(self, model: type[Shipped]) -> dict[str, Any]:
        return {"clinic": self.clinic} if issubclass(model, LibraryContent) else {}


def _stored_stages(program: Program) -> list[dict[str, Any]]:
    stages = [field.attname for field in Stage._meta.concrete_fields if field.name not in ("id", "program")]
    prescriptions = ("exercise_id", "dose_values", "optional", "note")
    return [
        {
            **{field: getattr(stage, field) for field in stages},
            "prescriptions": list(stage.prescriptions.order_by("position").values(*prescriptions)),
        }
        for stage in program.stages.order_by("number")
    ]


def _values(content: Any, without: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a written content as those of its row have them."""
    values: dict[str, Any] = _plain(asdict(content))
    return {name: each for name, each in values.items() if name not in ("file", "field", "slug", *without)}


def _evidence(content: ExerciseContent | ProgramContent) -> dict[str, str]:
    return {"evidence_grade": content.evidence.grade, "evidence_note": content.evidence.note}


def _plain(value: Any) -> Any:
    """As a JSON field gives it back: lists where the content has tuples."""
    return json.loads(json.dumps(value))
