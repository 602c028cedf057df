"""Applying the content files to the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from programs.library.models import Exercise, LibraryContent, Prescription, Program, Stage
from programs.library.rules import ExerciseContent, ProgramContent

Row = TypeVar("Row", bound=LibraryContent)

_LISTS = ("steps", "mistakes", "avoid", "tags")


@transaction.atomic
def apply_content(
    *, exercises: Sequence[ExerciseContent], programs: Sequence[ProgramContent], now: datetime
) -> int:
    """Make the shipped library say what the content says; returns how many rows this changed.

    Applying the same content again changes nothing. What is no longer in the content is retired, never
    deleted: plans and sessions point at it. The content must have been checked before.
    """
    changed = 0
    rows: dict[str, Exercise] = {}
    for content in exercises:
        rows[content.slug], did_change = _store_exercise(content)
        changed += did_change
    changed += _link_neighbours(exercises, rows)
    for program in programs:
        changed += _store_program(program, rows)
    changed += _retire(Exercise, [content.slug for content in exercises], now)
    changed += _retire(Program, [content.slug for content in programs], now)
    return changed


def _store_exercise(content: ExerciseContent) -> tuple[Exercise, bool]:
    values: dict[str, Any] = {
        field: getattr(content, field)
        for field in (
            "code",
            "name",
            "category",
            "position",
            "equipment",
            "target",
            "sides",
            "irritability_ceiling",
            "checked_by",
        )
    }
    values |= {field: list(getattr(content, field)) for field in _LISTS}
    values |= {
        "dose_defaults": content.dose.to_mapping(),
        "evidence_grade": content.evidence.grade,
        "evidence_note": content.evidence.note,
        "retired_at": None,
    }
    return _store(Exercise, content.slug, values)


def _link_neighbours(exercises: Sequence[ExerciseContent], rows: dict[str, Exercise]) -> int:
    changed = 0
    for content in exercises:
        row = rows[content.slug]
        easier = rows[content.easier] if content.easier else None
        harder = rows[content.harder] if content.harder else None
        if (row.easier, row.harder) != (easier, harder):
            row.easier, row.harder = easier, harder
            row.save(update_fields=["easier", "harder"])
            changed += 1
    return changed


def _store_program(content: ProgramContent, exercises: dict[str, Exercise]) -> int:
    program, changed = _store(
        Program,
        content.slug,
        {
            "name": content.name,
            "summary": content.summary,
            "not_for": list(content.not_for),
            "checked_by": content.checked_by,
            "retired_at": None,
        },
    )
    wanted = [
        {
            **{key: value for key, value in asdict(stage).items() if key != "prescriptions"},
            "prescriptions": [
                {
                    "exercise": exercises[each.exercise].pk,
                    "dose_values": exercises[each.exercise].dose.with_changes(each.dose).to_mapping(),
                    "optional": each.optional,
                    "note": each.note,
                }
                for each in stage.prescriptions
            ],
        }
        for stage in content.stages
    ]
    if _stored_stages(program) == wanted:
        return int(changed)
    # Plans keep their own snapshot, so a program's stages can be laid anew.
    program.stages.all().delete()
    for stage_values in wanted:
        prescriptions = stage_values.pop("prescriptions")
        stage = Stage.objects.create(program=program, **stage_values)
        Prescription.objects.bulk_create(
            Prescription(
                stage=stage,
                position=position,
                exercise_id=values["exercise"],
                dose_values=values["dose_values"],
                optional=values["optional"],
                note=values["note"],
            )
            for position, values in enumerate(prescriptions, start=1)
        )
    return 1


def _stored_stages(program: Program) -> list[dict[str, Any]]:
    fields = ("number", "name", "goal", "minimum_days", "pain_ceiling", "break_interval_minutes", "test")
    return [
        {
            **{field: getattr(stage, field) for field in fields},
            "prescriptions": list(
                stage.prescriptions.values("exercise", "dose_values", "optional", "note").order_by("position")
            ),
        }
        for stage in program.stages.order_by("number")
    ]


def _store(model: type[Row], slug: str, values: dict[str, Any]) -> tuple[Row, bool]:
    row = model._default_manager.filter(clinic=None, slug=slug).first()
    if row is None:
        return model._default_manager.create(slug=slug, **values), True
    differing = [field for field, value in values.items() if getattr(row, field) != value]
    for field in differing:
        setattr(row, field, values[field])
    if differing:
        row.save(update_fields=differing)
    return row, bool(differing)


def _retire(model: type[LibraryContent], kept: Sequence[str], now: datetime) -> int:
    gone = model._default_manager.filter(clinic=None, retired_at=None).exclude(slug__in=kept)
    return gone.update(retired_at=now)
