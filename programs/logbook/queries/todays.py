"""The session of one day, with the doses that fit how the leg is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Max, Min, Prefetch, Q

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion
from programs.care.queries import CurrentPlan
from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.session import (
    ONLY_WALK_AND_BREATHE,
    RELAXATION,
    RULED_OUT,
    WALKING,
    Move,
    PastSession,
    Situation,
    TodaysSession,
    adapted_session,
)
from programs.library.models import Exercise
from programs.library.rules import Dose
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.queries.responses import responses_to
from programs.logbook.rules import SessionDraft, exercises_for
from programs.safety.queries import Exclusions, Holds, holds_of

# Long enough for every pause after which a plan goes on in the same stage.
_LOOK_BACK = timedelta(days=60)
_KNOWN_OF_EXERCISES = (
    "slug",
    "name",
    "sides",
    "tags",
    "category",
    "irritability_ceiling",
    "dose_defaults",
    "easier_id",
    "retired_at",
)


def todays_session(
    current: CurrentPlan, day: date, now: datetime, holds: Holds | None = None
) -> TodaysSession:
    """What a session begun `now`, on a local day, goes through: the exercises of the day with their doses.

    On a day without any it is the whole stage. What took place before counts, whatever comes in later. Ask
    only for a patient the caller may see. `holds` is what the safety answers hold back, where the caller
    knows it.
    """
    plan, stage = current.plan, current.stage
    moves = _moves(exercises_for(stage, day), plan)
    holds = holds or holds_of(plan.patient)
    first_done, last_given = _known_exercises(plan.patient, day)
    earlier = [each for each in current.version.content.stages if each.number < stage.number]
    known_before = {each.slug: date.min for before in earlier for each in before.exercises}
    situation = Situation(
        day=day,
        ruled_out=_ruled_out(moves, holds.exclusions),
        is_restricted=bool(holds.soon),
        irritability=plan.irritability,
        excluded_directions=[
            direction
            for direction, until in plan.directions_excluded.items()
            if day < date.fromisoformat(until)
        ],
        sessions=_past_sessions(current, day, now),
        last_given=last_given,
        first_done=known_before | first_done,
        eased_since=current.eased_since,
    )
    return adapted_session(moves, stage, situation, limits_new=bool(earlier))


def ruled_out_since(draft: SessionDraft, patient: User) -> dict[str, str]:
    """What the safety answers rule out by now of what a session under way still has to do, by slug with the
    sentence that says why.
    """
    holds = holds_of(patient)
    found = {}
    for each in draft.todays.exercises:
        slug = each.prescribed.slug
        if slug in draft.results:
            continue
        if reason := holds.exclusions.reason_for(slug, each.tags):
            found[slug] = RULED_OUT.format(what=reason.name)
        elif holds.soon and each.category not in (WALKING, RELAXATION):
            found[slug] = ONLY_WALK_AND_BREATHE
    return found


def _ruled_out(moves: Sequence[Move], exclusions: Exclusions) -> dict[str, str]:
    """What the safety answers rule out, with the sentence that says so."""
    ruled_out = {}
    for move in _with_easier(moves):
        if reason := exclusions.reason_for(move.slug, move.tags):
            ruled_out[move.slug] = RULED_OUT.format(what=reason.name)
    return ruled_out


def _with_easier(moves: Sequence[Move]) -> Iterator[Move]:
    for move in moves:
        each: Move | None = move
        while each is not None:
            yield each
            each = each.easier


def stand_ins(plan: Plan, slugs: Collection[str]) -> dict[str, PrescribedExercise]:
    """What a session may say stood in for an exercise of the plan, by slug: anything in the library, retired
    or not, because what was easier when it was shown may be so no longer.
    """
    if not slugs:
        return {}
    library = Exercise.objects.filter(Q(clinic=None) | Q(clinic=plan.clinic), slug__in=slugs)
    # Of two of one name the clinic's own is meant: it comes last.
    rows = library.only(*_KNOWN_OF_EXERCISES).order_by(F("clinic").asc(nulls_first=True))
    return {each.slug: _as_in_the_library(each) for each in rows}


def _moves(planned: Sequence[PrescribedExercise], plan: Plan) -> list[Move]:
    """What is planned, each with the easier exercises that may stand in for it."""
    mine = Q(pk__in=[each.exercise_id for each in planned])
    theirs = Q(clinic=None) | Q(clinic=plan.clinic)
    library = Exercise.objects.filter(mine | theirs).only(*_KNOWN_OF_EXERCISES).in_bulk()
    return [_move(library[UUID(each.exercise_id)], each, library) for each in planned]


def _move(exercise: Exercise, prescribed: PrescribedExercise, library: Mapping[UUID, Exercise]) -> Move:
    """An exercise with the chain of easier ones below it; it ends where one is retired, or met again."""
    chain = [exercise]
    while easier := library.get(chain[-1].easier_id or chain[-1].pk):
        if easier in chain or easier.retired_at is not None:
            break
        chain.append(easier)
    below: Move | None = None
    for each in reversed(chain[1:]):
        below = _as_known(each, _as_in_the_library(each), below)
    return _as_known(exercise, prescribed, below)


def _as_known(exercise: Exercise, prescribed: PrescribedExercise, easier: Move | None) -> Move:
    return Move(
        prescribed=prescribed,
        tags=frozenset(exercise.tags),
        category=exercise.category,
        irritability_ceiling=exercise.irritability_ceiling,
        easier=easier,
    )


def _as_in_the_library(exercise: Exercise) -> PrescribedExercise:
    return PrescribedExercise(
        exercise_id=str(exercise.pk),
        slug=exercise.slug,
        name=exercise.name,
        sides=exercise.sides,
        dose=exercise.dose,
    )


def _known_exercises(patient: User, day: date) -> tuple[dict[str, date], dict[str, date]]:
    """By exercise: the day on which it was tried first, and the last day before `day` on which it was part of
    a session.
    """
    rows = (
        ExerciseResult.objects.filter(session__patient=patient)
        .order_by()
        .values_list("exercise__slug")
        .annotate(
            first=Min("session__performed_on", filter=~Q(outcome=ExerciseResult.Outcome.SKIPPED)),
            last=Max("session__performed_on", filter=Q(advised_share__gt=0, session__performed_on__lt=day)),
        )
    )
    known = list(rows)
    return {slug: day for slug, day, _ in known if day}, {slug: day for slug, _, day in known if day}


def _past_sessions(current: CurrentPlan, day: date, now: datetime) -> list[PastSession]:
    """The sessions of the plan before this one: the latest, and all of the same stage."""
    stage = current.stage
    sessions = (
        GuidedSession.objects.filter(Q(stage_number=stage.number) | Q(performed_on__gte=day - _LOOK_BACK))
        .filter(patient=current.plan.patient, plan_version__plan=current.plan, started_at__lt=now)
        .order_by("started_at", "id")
    )
    tried = Prefetch("results", ExerciseResult.objects.exclude(outcome=ExerciseResult.Outcome.SKIPPED))
    exercises = Prefetch("results__exercise", Exercise.objects.only("slug", "name", "tags"))
    responses = responses_to(sessions.prefetch_related(tried, exercises))
    followed = {each.version_id for each in responses if each.stage_number == stage.number}
    versions = PlanVersion.objects.filter(pk__in=followed)
    doses = {version.pk: _doses(version.content.stage(stage.number)) for version in versions}
    now_given = _doses(stage)
    past = []
    for each in responses:
        given = doses[each.version_id] if each.stage_number == stage.number else None
        past.append(
            PastSession(
                performed_on=each.performed_on,
                colour=each.colour,
                is_settled=each.is_settled,
                is_alike=given == now_given,
                # What stood in for another has no dose in the plan, then as now.
                lights={
                    slug: light.colour
                    for slug, light in each.exercises.items()
                    if given is not None and given.get(slug) == now_given.get(slug)
                },
            )
        )
    return past


def _doses(stage: PlanStage) -> dict[str, Dose]:
    return {each.slug: each.dose for each in stage.exercises}
