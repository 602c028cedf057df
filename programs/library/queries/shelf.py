"""What content may refer to, and what the product changed under it."""

from __future__ import annotations

from programs.accounts.models import Clinic
from programs.library.models import Article, BreakMovement, Exercise, Prescription, Program, Stage
from programs.library.queries.figures import shipped_figures
from programs.library.rules import FIRST_TENSIONER_STAGE, TENSIONER_TAG, Shelf, Shelved


def shelf(clinic: Clinic) -> Shelf:
    """What a clinic's own content may refer to, and whose names it may not take: the shipped library."""
    shipped = {"clinic": None, "retired_at": None}
    exercises = list(Exercise.objects.filter(**shipped))
    kinds = (Exercise, Program, Article)
    own = [kind.objects.filter(clinic=clinic).values_list("slug", flat=True) for kind in kinds]
    own_codes = Exercise.objects.filter(clinic=clinic).values_list("code", flat=True)
    return Shelf(
        exercises={each.slug: Shelved(frozenset(each.tags), each.irritability_ceiling) for each in exercises},
        codes=frozenset(each.code for each in exercises) - set(own_codes),
        programs=frozenset(Program.objects.filter(**shipped).values_list("slug", flat=True)),
        articles=frozenset(Article.objects.filter(**shipped).values_list("slug", flat=True)),
        break_movements=dict(BreakMovement.objects.current().values_list("slug", "exercise__slug")),
        figures=frozenset(shipped_figures()),
        own=frozenset().union(*own),
    )


def why_not_given(exercise: Exercise, stage: Stage) -> str | None:
    """Why an exercise may not be given in a stage, in a sentence; None where it may.

    The product may retire an exercise, or tag it anew, after a clinic's program was checked.
    """
    if exercise.retired_at is not None:
        return f"{exercise.name} is no longer in the library."
    if TENSIONER_TAG in exercise.tags and stage.number < FIRST_TENSIONER_STAGE:
        return f"{exercise.name} is a nerve tensioner, and comes too early."
    if exercise.slug in stage.excluded_exercises or {*exercise.tags} & {*stage.excluded_tags}:
        return f"{exercise.name} is left out in this stage."
    return None


def given_against_the_rules() -> list[str]:
    """What clinics' programs give although they may not any more, for whoever runs the load."""
    given = Prescription.objects.filter(
        stage__program__clinic__isnull=False, stage__program__retired_at=None
    ).select_related("exercise", "stage__program__clinic")
    return [
        f"{each.stage.program.clinic}: {each.stage.program.slug}, stage {each.stage.number}: {reason}"
        for each in given.order_by("stage__program", "stage__number", "position")
        if (reason := why_not_given(each.exercise, each.stage))
    ]
