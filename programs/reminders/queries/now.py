"""What to do in a break right now: the small moves that fit a patient, and the one whose turn it is.

A move that is a short form of an exercise is judged as a session judges that exercise: by the safety answers,
by a visit that is to be booked, by the direction that made the leg worse and by how easily the leg is stirred
up. What only the lights of past sessions would leave out is not known in this room, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Max

from programs.accounts.models import Clinic, User
from programs.care.queries import CurrentPlan, current_plan, flare_program
from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.session import HIGH, Move, Situation, why_not
from programs.lib.times import local_day
from programs.library.models import BreakMovement, Exercise
from programs.library.rules import ShownTempo, Still, shown_side, shown_tempo, stills
from programs.reminders.models import MovementBreak
from programs.safety.queries import ExclusionReason, Holds, holds_of

BREAKS_KEY = "breaks"
"""The item of a stage's test that breaks answer by themselves."""
_HIGH_IRRITABILITY = "high-irritability"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BreakNow:
    """A break to take now. `move` is None where nothing fits, and while `holds` lets nobody exercise."""

    holds: Holds
    move: BreakMove | None
    others: int
    counts_to_plan: bool


@dataclass(frozen=True, slots=True)
class BreakMove:
    """One small move as it is shown: `side` is the one of its pictures, "left" or "right"."""

    movement: BreakMovement
    side: str

    @property
    def exercise(self) -> Exercise | None:
        return self.movement.exercise

    @property
    def steps(self) -> list[str]:
        """What to do, and when to stop, one sentence each."""
        return self.movement.how.replace("? ", "?\n").replace(". ", ".\n").split("\n")

    @property
    def figure(self) -> Mapping[str, object] | None:
        return self.exercise.figure if self.exercise else None

    @property
    def stills(self) -> tuple[Still, ...]:
        """Its two pictures, or none."""
        return stills(self.figure) if self.figure else ()

    @property
    def tempo(self) -> ShownTempo | None:
        """That of its moving picture, if there is one."""
        if self.exercise is None or self.figure is None:
            return None
        return shown_tempo(self.exercise.dose, self.exercise.category, self.figure)


def break_now(patient: User, clinic: Clinic, now: datetime, after: str = "") -> BreakNow:
    """What `patient` may do now: the move not done for longest, or the one that follows `after` (a slug).

    `clinic` is the patient's. Ask only for a patient the caller may see.
    """
    holds, plan = holds_of(patient), current_plan(patient)
    moves = [] if holds.is_stopped else _fitting(clinic, plan, holds, local_day(now, patient.time_zone))
    if moves:
        moves = _longest_ago_first(patient, moves)
    slugs = [each.slug for each in moves]
    place = (slugs.index(after) + 1) % len(slugs) if after in slugs else 0
    side = plan.plan.side if plan else "right"
    move = None
    if moves:
        chosen = moves[place]
        sides = chosen.exercise.sides if chosen.exercise else "together"
        move = BreakMove(chosen, shown_side(sides, side))
    return BreakNow(holds, move, max(0, len(moves) - 1), plan is not None and counts_to(plan.own_stage))


def counts_to(stage: PlanStage) -> bool:
    """Whether it takes breaks to get on from this stage."""
    return any(item.key == BREAKS_KEY for item in stage.test_items)


def _longest_ago_first(patient: User, moves: Sequence[BreakMovement]) -> list[BreakMovement]:
    done = MovementBreak.objects.filter(patient=patient).exclude(movement="").order_by()
    last = dict(done.values_list("movement").annotate(Max("moved_at")))
    # Of those that were never done, one with a picture comes first.
    return sorted(moves, key=lambda each: (last.get(each.slug, _NEVER), not _has_figure(each)))


def _has_figure(idea: BreakMovement) -> bool:
    return idea.exercise is not None and idea.exercise.figure is not None


def _fitting(clinic: Clinic, plan: CurrentPlan | None, holds: Holds, day: date) -> list[BreakMovement]:
    """The moves that fit, in the order of the library: those the stage names, or where it names none all that
    it does not leave out; without a plan those that are no exercise. A leg that is easily stirred up gets
    gentle ones alone: calm exercises, and what the flare plan has for a break.
    """
    ideas = BreakMovement.objects.current().select_related("exercise")
    is_irritable = _is_irritable(plan, holds)
    gentle = _named_in_flare_plan(clinic) if is_irritable else frozenset()
    situation = _situation(plan, holds, day)
    return [
        idea
        for idea in ideas
        if _is_given(idea, plan)
        and not (is_irritable and idea.exercise is None and idea.slug not in gentle)
        and not _is_ruled_out(idea, situation, holds)
    ]


def _is_given(idea: BreakMovement, plan: CurrentPlan | None) -> bool:
    if plan is None:
        return idea.exercise is None
    stage = plan.stage
    if stage.break_movements:
        return idea.slug in stage.break_movements
    exercise = idea.exercise
    return exercise is None or not (
        exercise.slug in stage.excluded_exercises or {*exercise.tags} & {*stage.excluded_tags}
    )


def _is_ruled_out(idea: BreakMovement, situation: Situation, holds: Holds) -> bool:
    if idea.exercise is None:  # nothing is known of it but its words: it is judged by its name alone
        return situation.is_restricted or any(
            idea.slug in each.exercises for each in holds.exclusions.reasons
        )
    move = _as_move(idea.exercise)
    return _reason_for(idea.exercise, holds) is not None or bool(why_not(move, situation))


def _reason_for(exercise: Exercise, holds: Holds) -> ExclusionReason | None:
    return holds.exclusions.reason_for(exercise.slug, exercise.tags)


def _is_irritable(plan: CurrentPlan | None, holds: Holds) -> bool:
    said = any(each.slug == _HIGH_IRRITABILITY for each in holds.exclusions.reasons)
    return said or (plan is not None and plan.plan.irritability == HIGH)


def _named_in_flare_plan(clinic: Clinic) -> frozenset[str]:
    program = flare_program(clinic)
    stage = program.stages.order_by("number").first() if program else None
    return frozenset(stage.break_movements) if stage else frozenset()


def _situation(plan: CurrentPlan | None, holds: Holds, day: date) -> Situation:
    directions = plan.plan.directions_excluded if plan else {}
    return Situation(
        day=day,
        is_restricted=bool(holds.soon),
        irritability=plan.plan.irritability if plan else "",
        excluded_directions=[tag for tag, until in directions.items() if day < date.fromisoformat(until)],
    )


def _as_move(exercise: Exercise) -> Move:
    return Move(
        prescribed=PrescribedExercise(
            exercise_id=str(exercise.pk),
            slug=exercise.slug,
            name=exercise.name,
            sides=exercise.sides,
            dose=exercise.dose,
        ),
        tags=frozenset(exercise.tags),
        category=exercise.category,
        irritability_ceiling=exercise.irritability_ceiling,
    )
