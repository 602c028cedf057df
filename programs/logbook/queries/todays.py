"""The session of one day, with the doses that fit how the leg is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Max, Min, Q

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion
from programs.care.queries import CurrentPlan
from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.response import RED, is_settled
from programs.care.rules.session import (
    ONLY_WALK_AND_BREATHE,
    OUT_AFTER_REDS,
    RELAXATION,
    RULED_OUT,
    WALKING,
    Move,
    PastSession,
    Situation,
    TodaysSession,
    adapted_session,
    is_out,
    lights_by_exercise,
    why_not,
)
from programs.library.models import Exercise
from programs.library.rules import Dose
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.queries.done import DoneSession, done_sessions
from programs.logbook.queries.responses import lights_of
from programs.logbook.rules import SessionDraft, exercises_for
from programs.safety.queries import Exclusions, Holds, holds_of

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
_SHOWN_OF_EXERCISES = ("steps", "mistakes", "avoid", "figure", "checked_by")


def todays_session(
    current: CurrentPlan,
    day: date,
    now: datetime,
    holds: Holds | None = None,
    sessions: Iterable[DoneSession] | None = None,
    library: Mapping[UUID, Exercise] | None = None,
) -> TodaysSession:
    """What a session begun `now`, on a local day, goes through: the exercises of the day with their doses.

    Once something was done that day it is what is still due, or all of it once more where nothing is. On a
    day without any it is the whole stage. What took place before counts, whatever comes in later. Ask
    only for a patient the caller may see. Where the caller knows them: `holds` is what the safety answers
    hold back, `sessions` are at least the `done_sessions` of the plan, and `library` is `exercises_of_day`.
    """
    plan, stage = current.plan, current.stage
    if library is None:
        library = exercises_of_day(current, day)
    if sessions is None:
        sessions = done_sessions(plan.patient, current, day)
    before = _before(current, sessions, now)
    planned = exercises_for(stage, day)
    moves = [_move(library[UUID(each.exercise_id)], each, library) for each in planned]
    holds = holds or holds_of(plan.patient)
    first_done, last_given = _known_exercises(plan.patient, day)
    earlier = [each for each in current.version.content.stages if each.number < stage.number]
    known_before = {each.slug: date.min for before in earlier for each in before.exercises}
    situation = Situation(
        day=day,
        ruled_out=_ruled_out(moves, holds.exclusions),
        is_restricted=bool(holds.soon),
        irritability=plan.irritability,
        excluded_directions=_directions_out(plan, day),
        sessions=_past_sessions(current, before),
        last_given=last_given,
        first_done=known_before | first_done,
        eased_since=current.eased_since,
        is_too_much=_is_too_much(before, day),
    )
    return adapted_session(moves, stage, situation, limits_new=bool(earlier))


def kept_out_of_stage(
    current: CurrentPlan, day: date, now: datetime, holds: Holds, library: Mapping[UUID, Exercise]
) -> dict[str, str]:
    """What of all that the stage has may not be done for now, on whatever day, by slug with the sentence that
    says why. `library` holds every exercise of the stage.
    """
    plan = current.plan
    moves = [_move(library[UUID(each.exercise_id)], each, library) for each in current.stage.exercises]
    situation = Situation(
        day=day,
        ruled_out=_ruled_out(moves, holds.exclusions),
        is_restricted=bool(holds.soon),
        irritability=plan.irritability,
        excluded_directions=_directions_out(plan, day),
    )
    before = _before(current, done_sessions(plan.patient, current, day), now)
    lights = lights_by_exercise(_past_sessions(current, before))
    reasons = {
        move.slug: why_not(move, situation) or (OUT_AFTER_REDS if is_out(lights.get(move.slug, ())) else "")
        for move in moves
    }
    return {slug: reason for slug, reason in reasons.items() if reason}


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


def _directions_out(plan: Plan, day: date) -> list[str]:
    """The tags of the ways of moving that are left out on a day."""
    return [way for way, until in plan.directions_excluded.items() if day < date.fromisoformat(until)]


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


def exercises_of_day(current: CurrentPlan, day: date) -> dict[UUID, Exercise]:
    """What is planned on a day, and all easier exercises that may stand in for it, as far as a session and
    the page before it need to know them.
    """
    mine = Q(pk__in=[each.exercise_id for each in exercises_for(current.stage, day)])
    theirs = Q(clinic=None) | Q(clinic=current.plan.clinic)
    easier = Q(pk__in=Exercise.objects.exclude(easier=None).order_by().values("easier"))
    library = Exercise.objects.filter(mine | theirs & easier)
    return library.only(*_KNOWN_OF_EXERCISES, *_SHOWN_OF_EXERCISES).in_bulk()


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
    a session. What a short session set aside was no part of it, and so has its turn first.
    """
    skipped = Q(outcome=ExerciseResult.Outcome.SKIPPED)
    part_of_it = Q(advised_share__gt=0) & ~(skipped & Q(session__kind=GuidedSession.Kind.SHORT))
    rows = (
        ExerciseResult.objects.filter(session__patient=patient)
        .order_by()
        .values_list("exercise__slug")
        .annotate(
            first=Min("session__performed_on", filter=~skipped),
            last=Max("session__performed_on", filter=part_of_it & Q(session__performed_on__lt=day)),
        )
    )
    known = list(rows)
    return {slug: day for slug, day, _ in known if day}, {slug: day for slug, _, day in known if day}


def _before(current: CurrentPlan, sessions: Iterable[DoneSession], now: datetime) -> list[DoneSession]:
    """The sessions of the plan before this one: the latest, and all of the same stage."""
    return [each for each in sessions if each.plan_id == current.plan.pk and each.session.started_at < now]


def was_too_much(current: CurrentPlan, day: date, now: datetime, sessions: Iterable[DoneSession]) -> bool:
    """Whether a session of the day was red: be it one of which nothing was done, by what was felt in it.

    `sessions` are at least those of the plan and the day.
    """
    return _is_too_much(_before(current, sessions, now), day)


def _is_too_much(before: Iterable[DoneSession], day: date) -> bool:
    todays = [each.session for each in before if each.session.performed_on == day]
    return any(lights_of(each, None)[0].colour == RED for each in todays)


def _past_sessions(current: CurrentPlan, before: Iterable[DoneSession]) -> list[PastSession]:
    """Those of the sessions in which something was done."""
    stage = current.stage
    before = [each for each in before if each.was_tried]
    followed = {each.session.plan_version_id for each in before if each.session.stage_number == stage.number}
    versions = {current.version.pk: current.version}
    if missing := followed - versions.keys():
        versions |= PlanVersion.objects.in_bulk(missing)
    doses = {pk: _doses(versions[pk].content.stage(stage.number)) for pk in followed}
    now_given = _doses(stage)
    past = []
    for each in before:
        session = each.session
        given = doses[session.plan_version_id] if session.stage_number == stage.number else None
        whole, lights = lights_of(session, each.next_morning)
        past.append(
            PastSession(
                performed_on=session.performed_on,
                colour=whole.colour,
                is_settled=is_settled(session.pain_before, each.next_morning),
                is_alike=given == now_given,
                # What stood in for another has no dose in the plan, then as now.
                lights={
                    slug: light.colour
                    for slug, light in lights.items()
                    if given is not None and given.get(slug) == now_given.get(slug)
                },
                tried=lights.keys(),
            )
        )
    return past


def _doses(stage: PlanStage) -> dict[str, Dose]:
    return {each.slug: each.dose for each in stage.exercises}
