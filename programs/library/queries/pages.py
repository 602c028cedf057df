"""What the pages of the library show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from programs.accounts.models import User
from programs.library.models import (
    Article,
    BreakMovement,
    Category,
    Contraindication,
    DirectionCheck,
    Exercise,
    Position,
    Prescription,
    Program,
    Stage,
)
from programs.library.rules import (
    EVIDENCE_GRADES,
    FlareExit,
    ShownTempo,
    Still,
    describe,
    describe_criteria,
    describe_flare_exit,
    describe_frequency,
    describe_tag,
    has_sides,
    rules_out,
    shown_side,
    shown_tempo,
    stills,
)

Named = TypeVar("Named", Article, Exercise)


@dataclass(frozen=True, slots=True)
class ExercisePage:
    """One exercise in words and pictures. `easier` and `harder` are neighbours that are still given.

    `side` is the one for which it is shown: "left" or "right".
    """

    exercise: Exercise
    articles: tuple[Article, ...]
    side: str

    @property
    def dose_in_words(self) -> str:
        return describe(self.exercise.dose, self.exercise.sides)

    @property
    def frequency_in_words(self) -> str:
        return describe_frequency(self.exercise.dose)

    @property
    def stills(self) -> tuple[Still, ...]:
        """Its two pictures, or none."""
        return stills(self.exercise.figure) if self.exercise.figure else ()

    @property
    def tempo(self) -> ShownTempo | None:
        """That of its moving picture, if there is one."""
        exercise = self.exercise
        return shown_tempo(exercise.dose, exercise.category, exercise.figure) if exercise.figure else None

    @property
    def other_side(self) -> str:
        """The side it can be shown for instead; empty where both sides look alike."""
        if not has_sides(self.exercise.sides):
            return ""
        return "right" if self.side == "left" else "left"

    @property
    def part(self) -> str:
        """What of the body has a left and a right here."""
        is_plank = (self.exercise.category, self.exercise.position) == (Category.CORE, Position.SIDE_LYING)
        return "side" if is_plank else "leg"

    @property
    def evidence_in_words(self) -> str:
        return EVIDENCE_GRADES[self.exercise.evidence_grade]

    @property
    def easier(self) -> Exercise | None:
        return _if_given(self.exercise.easier)

    @property
    def harder(self) -> Exercise | None:
        return _if_given(self.exercise.harder)


@dataclass(frozen=True, slots=True)
class ExerciseUse:
    """Where an exercise is given and where not, for clinicians. `blocks` leave out every exercise."""

    exclusions: tuple[Contraindication, ...]
    blocks: tuple[Contraindication, ...]
    prescriptions: tuple[Prescription, ...]
    break_ideas: tuple[BreakMovement, ...]


@dataclass(frozen=True, slots=True)
class GivenExercise:
    """One exercise of a stage, with its dose there in words."""

    exercise: Exercise
    dose_in_words: str
    frequency_in_words: str
    optional: bool
    note: str


@dataclass(frozen=True, slots=True)
class StagePage:
    """One stage in words. `left_out` are exercises by name, `left_out_kinds` whole kinds of them.

    Without `break_ideas` any idea for a break fits.
    """

    stage: Stage
    exercises: tuple[GivenExercise, ...]
    works_towards: tuple[str, ...]
    left_out: tuple[Exercise, ...]
    left_out_kinds: tuple[str, ...]
    break_ideas: tuple[BreakMovement, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """One program in words. `ask_first` are questions whose yes needs a clinician's word before the start."""

    program: Program
    stages: tuple[StagePage, ...]
    ask_first: tuple[Contraindication, ...]

    @property
    def evidence_in_words(self) -> str:
        return EVIDENCE_GRADES[self.program.evidence_grade]

    @property
    def ends(self) -> list[str]:
        """When a flare plan ends; nothing in a staged program."""
        return describe_flare_exit(FlareExit(**self.program.flare)) if self.program.flare else []


@dataclass(frozen=True, slots=True)
class TryPage:
    """One way of moving to be tried in the direction check, and a gentler one."""

    direction: str
    exercise: Exercise
    gentler: Exercise | None
    dose_in_words: str


@dataclass(frozen=True, slots=True)
class DirectionCheckPage:
    """The direction check with its exercises. Without an exercise that is still given, a try is left out."""

    check: DirectionCheck
    tries: tuple[TryPage, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """How to do it; of another move only where there is one."""
        other_move = [self.check.other_move] if len(self.tries) > 1 else []
        return (*self.check.steps, *other_move)


def exercise_page(user: User, exercise_id: UUID, side: str = "") -> ExercisePage | None:
    """The exercise with this id, retired or not, if `user` may see it; shown for the wished side."""
    exercises = Exercise.objects.visible_to(user).select_related("easier", "harder")
    exercise = exercises.filter(pk=exercise_id).first()
    if exercise is None:
        return None
    articles = _named(Article.objects.current(), exercise.articles, exercise.clinic_id)
    return ExercisePage(
        exercise,
        tuple(articles[slug] for slug in exercise.articles if slug in articles),
        shown_side(exercise.sides, side),
    )


def use_of(exercise: Exercise, user: User) -> ExerciseUse:
    """Where an exercise that `user` may see is given and left out, of all that is given now."""
    leaving_out = [
        each for each in Contraindication.objects.current() if rules_out(each, exercise.slug, exercise.tags)
    ]
    block = Contraindication.Level.BLOCK
    prescriptions = (
        Prescription.objects.filter(
            exercise=exercise, stage__program__in=Program.objects.visible_to(user).current()
        )
        .select_related("stage__program")
        .order_by("stage__program__name", "stage__program", "stage__number")
    )
    return ExerciseUse(
        exclusions=tuple(each for each in leaving_out if each.level != block),
        blocks=tuple(each for each in leaving_out if each.level == block),
        prescriptions=tuple(prescriptions),
        break_ideas=tuple(BreakMovement.objects.current().filter(exercise=exercise)),
    )


def program_page(user: User, program_id: UUID) -> ProgramPage | None:
    """The program with this id, retired or not, if `user` may see it."""
    prescriptions = Prescription.objects.order_by("position").select_related("exercise")
    programs = Program.objects.visible_to(user).prefetch_related(
        Prefetch("stages", Stage.objects.order_by("number")),
        Prefetch("stages__prescriptions", prescriptions),
    )
    program = programs.filter(pk=program_id).first()
    if program is None:
        return None
    stages = program.stages.all()
    left_out = {slug for stage in stages for slug in stage.excluded_exercises}
    exercises = _named(Exercise.objects.current(), left_out, program.clinic_id)
    read = {slug for stage in stages for slug in stage.articles}
    articles = _named(Article.objects.current(), read, program.clinic_id)
    ideas = {idea.slug: idea for idea in BreakMovement.objects.current()}
    ask_first = Contraindication.objects.current().filter(level=Contraindication.Level.CLINICIAN_FIRST)
    return ProgramPage(
        program=program,
        stages=tuple(_stage_page(stage, exercises, ideas, articles) for stage in stages),
        ask_first=tuple(ask_first),
    )


def direction_check_page(program: Program | None) -> DirectionCheckPage | None:
    """The direction check, if there is one; for a program in its order and without what it leaves out."""
    check = DirectionCheck.objects.current().first()
    if check is None:
        return None
    stage = program.stages.order_by("number").first() if program else None
    slugs = {slug for each in check.tries for slug in (each["exercise"], each["gentler"]) if slug}
    exercises = _named(Exercise.objects.current(), slugs, None)
    tries = [
        TryPage(
            direction=each["direction"],
            exercise=exercise,
            gentler=exercises.get(each["gentler"]),
            dose_in_words=describe(exercise.dose.with_changes(each["dose"]), exercise.sides),
        )
        for each in check.tries
        if (exercise := exercises.get(each["exercise"])) and not (stage and _leaves_out(stage, exercise))
    ]
    if program and program.direction_check == Program.DirectionFirst.FLEXION:
        tries.sort(key=lambda each: each.direction != "flexion")
    return DirectionCheckPage(check, tuple(tries))


def _leaves_out(stage: Stage, exercise: Exercise) -> bool:
    return exercise.slug in stage.excluded_exercises or bool({*exercise.tags} & {*stage.excluded_tags})


def articles_at(place: str, user: User) -> list[Article]:
    """The articles to link to from this place of the product (`PLACES`), by name."""
    articles = Article.objects.visible_to(user).current().only("name", "places")
    # SQLite cannot look for something inside a list of JSON, and there are few articles.
    return [article for article in articles if place in article.places]


def _if_given(exercise: Exercise | None) -> Exercise | None:
    return None if exercise is None or exercise.retired_at else exercise


def _named(rows: QuerySet[Named], slugs: Collection[str], clinic_id: UUID | None) -> dict[str, Named]:
    """The rows that content of this owner means by its slugs, its own before the product's."""
    if not slugs:
        return {}
    meant = rows.filter(Q(clinic=None) | Q(clinic=clinic_id), slug__in=slugs)
    return {row.slug: row for row in sorted(meant, key=lambda row: row.clinic_id is not None)}


def _stage_page(
    stage: Stage,
    exercises: Mapping[str, Exercise],
    ideas: Mapping[str, BreakMovement],
    articles: Mapping[str, Article],
) -> StagePage:
    towards = describe_criteria(None, stage.pain_ceiling, stage.pain_measure)
    return StagePage(
        stage=stage,
        exercises=tuple(map(_given, stage.prescriptions.all())),
        works_towards=(*towards, *filter(None, [stage.test])),
        left_out=tuple(exercises[slug] for slug in stage.excluded_exercises if slug in exercises),
        left_out_kinds=tuple(map(describe_tag, stage.excluded_tags)),
        break_ideas=tuple(ideas[slug] for slug in stage.break_movements if slug in ideas),
        articles=tuple(articles[slug] for slug in stage.articles if slug in articles),
    )


def _given(prescription: Prescription) -> GivenExercise:
    return GivenExercise(
        exercise=prescription.exercise,
        dose_in_words=describe(prescription.dose, prescription.exercise.sides),
        frequency_in_words=describe_frequency(prescription.dose),
        optional=prescription.optional,
        note=prescription.note,
    )
