"""The session of one day: what of the plan is done, how much of it, and why, in one plain sentence each.

What is planned goes through these sieves in turn: what the safety answers rule out; only walking and
breathing while a visit is to be booked; the direction that made the leg worse; how easily the leg is stirred
up; the traffic lights of the last sessions; and at last the limits of one session. Nothing of it is stored
with the plan: it is worked out anew from what was reported, so that one thing said late or corrected changes
what follows from it. The limits and shares are a proposal, not yet checked by a clinician.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from programs.care.rules.content import PlanStage, PrescribedExercise
from programs.care.rules.response import GREEN, NERVE_GLIDE_TAG, RED, RESPONSE_VERSION
from programs.library.rules import TENSIONER_TAG, Dose, seconds_needed

CALM_TAG, SLIDER_TAG = "calm", "slider"
WALKING, RELAXATION = "aerobic", "relaxation"
"""Categories of the library: walks of any kind, and breathing."""

LOW, MEDIUM, HIGH = "low", "medium", "high"

WHOLE = 100
"""Percent: all of the prescribed dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParameters:
    """Shares in percent of the prescribed dose; `most_` limits are those of one session."""

    version: str = RESPONSE_VERSION
    after_red: int = 50
    reds_to_leave_out: int = 2
    reds_of_last: int = 3
    """So many red lights in so many sessions take an exercise out, or halve the whole session."""
    after_red_sessions: int = 50
    after_unsettled: int = 70
    unsettled_in_a_row: int = 2
    after_gap: int = 70
    gap_days: int = 3
    """Planned days missed in a row."""
    gap_sessions: int = 2
    after_flare: int = 50
    flare_sessions: int = 3
    slider_when_high: int = 50
    longest_hold_when_high: int = 10
    """Seconds."""
    most_exercises: int = 6
    most_minutes: int = 20
    """Walks are not counted here: they need no mat, and belong to any hour of the day."""
    most_when_short: int = 2
    """Walks are not counted here either."""
    most_new_a_week: int = 2
    most_rise: int = 20
    """By so much, in percent, a therapist is advised to raise a dose at a time, at most."""


DEFAULT_SESSION = SessionParameters()


@dataclass(frozen=True, slots=True)
class Move:
    """An exercise as it is prescribed, and what the library knows of it. `easier` stands in for it."""

    prescribed: PrescribedExercise
    tags: frozenset[str]
    category: str
    irritability_ceiling: str
    easier: Move | None = None

    @property
    def slug(self) -> str:
        return self.prescribed.slug


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session that took place, oldest first wherever there are several.

    is_alike: the plan had the same doses then, in the same stage. is_settled: whether the leg had calmed down
    by the next morning, None where that is not known. lights: colours by exercise, of those whose own dose
    and stage are the same as now: what changes elsewhere in the plan says nothing about them.
    """

    performed_on: date
    colour: str
    is_settled: bool | None
    is_alike: bool
    lights: Mapping[str, str] = field(default_factory=dict)
    tried: Collection[str] = ()
    """The exercises of which at least a part was done, with whatever dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of the patient on the day.

    ruled_out: exercises that the safety answers rule out, each with the sentence that says so. is_restricted:
    a visit is to be booked. irritability: "" where it is not known. excluded_directions: tags.
    last_given: the last day before this one on which each exercise was part of a session. first_done: the day
    on which each was tried for the first time ever; what an earlier stage has counts as known from the first
    of days. eased_since: the day on which a flare plan ended. is_too_much: a session of the
    day was, be it one of which nothing was done.
    """

    day: date
    ruled_out: Mapping[str, str] = field(default_factory=dict)
    is_restricted: bool = False
    irritability: str = ""
    excluded_directions: Collection[str] = ()
    sessions: Sequence[PastSession] = ()
    last_given: Mapping[str, date] = field(default_factory=dict)
    first_done: Mapping[str, date] = field(default_factory=dict)
    eased_since: date | None = None
    is_too_much: bool = False


@dataclass(frozen=True, slots=True)
class SessionExercise:
    """One exercise of a session: its dose for this day, how much that is of the whole (percent), and why.

    `reason` is "" where nothing about it alone differs from the plan. `instead_of` is the exercise of the
    plan that this easier one stands in for.
    """

    prescribed: PrescribedExercise
    share: int
    reason: str
    tags: frozenset[str]
    category: str
    instead_of: PrescribedExercise | None = None

    @property
    def planned(self) -> PrescribedExercise:
        """What the plan has in its place."""
        return self.instead_of or self.prescribed

    @property
    def is_nerve_glide(self) -> bool:
        return NERVE_GLIDE_TAG in self.tags

    @property
    def seconds(self) -> int:
        return seconds_needed(self.prescribed.dose, self.prescribed.sides)

    def to_json(self) -> dict[str, Any]:
        return {
            "prescribed": self.prescribed.to_json(),
            "share": self.share,
            "reason": self.reason,
            "tags": sorted(self.tags),
            "category": self.category,
            "instead_of": self.instead_of and self.instead_of.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SessionExercise:
        """What `to_json` wrote."""
        stands_in = data["instead_of"]
        return cls(
            prescribed=PrescribedExercise.from_json(data["prescribed"]),
            share=data["share"],
            reason=data["reason"],
            tags=frozenset(data["tags"]),
            category=data["category"],
            instead_of=PrescribedExercise.from_json(stands_in) if stands_in else None,
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the plan has for this day and the session has not, with the sentence that says why."""

    prescribed: PrescribedExercise
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"prescribed": self.prescribed.to_json(), "reason": self.reason}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LeftOut:
        """What `to_json` wrote."""
        return cls(PrescribedExercise.from_json(data["prescribed"]), data["reason"])


@dataclass(frozen=True, slots=True)
class Factor:
    """How much of every dose is done, in percent, and why; "" for all of it."""

    percent: int
    reason: str


@dataclass(frozen=True, slots=True)
class TodaysSession:
    """The session of one day, in the order of the plan. `factor` is what the whole session is cut to.

    `set_aside` is what a patient with little time leaves for another day: advised, and not done.
    `is_done`: what was due today is done, so that this is all of it once more. `was_too_much`: a session of
    today was too much, so that nothing more is due.
    """

    exercises: tuple[SessionExercise, ...]
    left_out: tuple[LeftOut, ...]
    factor: Factor
    set_aside: tuple[SessionExercise, ...] = ()
    is_done: bool = False
    was_too_much: bool = False

    @property
    def moves(self) -> tuple[SessionExercise, ...]:
        """All but the walks."""
        return tuple(each for each in self.exercises if each.category != WALKING)

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded up, without the walks."""
        return minutes_of(self.exercises)

    @property
    def is_adapted(self) -> bool:
        """Whether anything differs from the plan."""
        return bool(self.left_out or self.factor.reason or any(each.reason for each in self.exercises))

    def to_json(self) -> dict[str, Any]:
        return {
            "exercises": [each.to_json() for each in self.exercises],
            "left_out": [each.to_json() for each in self.left_out],
            "factor": asdict(self.factor),
            "set_aside": [each.to_json() for each in self.set_aside],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TodaysSession:
        """What `to_json` wrote, also before sessions could be short."""
        return cls(
            exercises=tuple(map(SessionExercise.from_json, data["exercises"])),
            left_out=tuple(map(LeftOut.from_json, data["left_out"])),
            factor=Factor(**data["factor"]),
            set_aside=tuple(map(SessionExercise.from_json, data.get("set_aside", ()))),
        )

    def without(self, ruled_out: Mapping[str, str]) -> TodaysSession:
        """The same with some exercises left out, by slug with the sentence that says why."""
        gone = [each for each in self.exercises if each.prescribed.slug in ruled_out]
        return replace(
            self,
            exercises=tuple(each for each in self.exercises if each not in gone),
            left_out=(
                *self.left_out,
                *(LeftOut(each.planned, ruled_out[each.prescribed.slug]) for each in gone),
            ),
        )

    @property
    def walks(self) -> tuple[SessionExercise, ...]:
        return tuple(each for each in self.exercises if each.category == WALKING)


RULED_OUT = "Left out, because you told us: {what}."
TOO_EASILY_STIRRED = "Your leg is easily stirred up just now. Only calm moves for now."
NOT_CALM_ENOUGH = "Your leg is not calm enough for this move yet."
CALM_FIRST = "This one waits until your weekly check says that your leg is calm."
HALF_WHEN_HIGH = "Your leg is easily stirred up just now. Do half of this one."
SHORT_HOLDS = "Your leg is easily stirred up just now. Hold for 10 seconds at most."
ONLY_WALK_AND_BREATHE = "For now, only walk and breathe. Please book the visit first."
WRONG_WAY = "Moving this way sent your pain further down the leg. It stays out for now."
RED_TODAY = "This was too much today. Leave it until tomorrow."
HALF_AFTER_RED = "This was too much last time. Do half, and make the move smaller."
STILL_HALF = "Stay with half of this one for now, and keep the move small."
OUT_AFTER_REDS = "This was too much two times. It stays out until your plan changes."
EASIER_AFTER_REDS = "“{name}” was too much two times. Try this easier one."
NEXT_TIME = "You have enough for one day. This one has its turn next time."
TOO_LONG = "This one is too long for one session. Please ask your care team."
NEW_LATER = "Two new moves a week are enough. This one comes later."

AFTER_FLARE = "You had a flare-up. Do half of each move in your first three sessions."
AFTER_RED_SESSIONS = "Two of your last three sessions were too much. Do half of each move today."
AFTER_UNSETTLED = "Two times, your leg had not settled by the next morning. Do a bit less of each move today."
AFTER_GAP = "You have been away for some days. Start with a bit less of each move."


def adapted_session(
    planned: Sequence[Move],
    stage: PlanStage,
    situation: Situation,
    *,
    limits_new: bool,
    parameters: SessionParameters = DEFAULT_SESSION,
) -> TodaysSession:
    """The session made of what is `planned` on the day, which is the stage's own.

    limits_new: whether only some exercises a week may be new to the patient, as after a stage change.
    """
    factor = session_factor(stage, situation, parameters)
    lights = lights_by_exercise(situation.sessions)
    chosen: list[SessionExercise] = []
    left_out: dict[str, str] = {}
    taken = {move.slug for move in planned}
    for move in planned:
        given: Move | None = move
        if reason := why_not(move, situation):
            left_out[move.slug] = reason
            continue
        if is_out(lights.get(move.slug, ()), parameters):
            given = _stand_in(move, stage, situation, taken, lights, parameters)
        if given is None:
            left_out[move.slug] = OUT_AFTER_REDS
            continue
        taken.add(given.slug)
        exercise = _with_dose(given, lights.get(given.slug, ()), factor, situation, parameters)
        if given is not move:
            words = EASIER_AFTER_REDS.format(name=move.prescribed.name)
            exercise = replace(exercise, reason=words, instead_of=move.prescribed)
        chosen.append(exercise)
    if limits_new:
        left_out |= _too_new(chosen, situation, parameters)
    left_out |= _beyond_the_limits(
        [each for each in chosen if each.planned.slug not in left_out], situation, parameters
    )
    within = tuple(each for each in chosen if each.planned.slug not in left_out)
    due = () if situation.is_too_much else still_due(within, stage, situation)
    return TodaysSession(
        exercises=due or within,
        left_out=tuple(
            LeftOut(move.prescribed, left_out[move.slug]) for move in planned if move.slug in left_out
        ),
        factor=factor,
        is_done=bool(within) and not due,
        was_too_much=situation.is_too_much,
    )


def still_due(
    chosen: Sequence[SessionExercise], stage: PlanStage, situation: Situation
) -> tuple[SessionExercise, ...]:
    """What of a session has not been done today as often as the plan has it; on a rest day all of it.

    What was skipped or set aside in a session is due as before; what was done in part has had its turn.
    """
    if not stage.planned_on(situation.day):
        return tuple(chosen)
    turns = Counter(slug for each in _today(situation) for slug in {*each.tried})
    return tuple(
        each
        for each in chosen
        if sum(turns[slug] for slug in {each.planned.slug, each.prescribed.slug})
        < each.prescribed.dose.times_a_day
    )


def _today(situation: Situation) -> list[PastSession]:
    return [each for each in situation.sessions if each.performed_on == situation.day]


def shortened(todays: TodaysSession, parameters: SessionParameters = DEFAULT_SESSION) -> TodaysSession:
    """The same session for somebody with little time: its first two moves, and all else set aside.

    Two done are better than eight begun: people over 65 did 2 exercises better than 8, and 2 to 4 are advised
    (Henry et al. 1999, Phys Ther 79:270). The plan has first what counts most. A move that is cut, or stands
    in for another, stays so. Walks are not counted, and set aside too: any hour of the day will do for them.
    Where there are no more than two moves nothing changes.
    """
    if len(todays.moves) <= parameters.most_when_short:
        return todays
    kept = todays.moves[: parameters.most_when_short]
    return replace(
        todays, exercises=kept, set_aside=tuple(each for each in todays.exercises if each not in kept)
    )


def next_planned_day(stage: PlanStage, after: date) -> date | None:
    """The first day after this one for which the stage has something; None where no day of a week has."""
    days = (after + timedelta(days=ahead) for ahead in range(1, 8))
    return next((day for day in days if stage.planned_on(day)), None)


def why_not(move: Move, situation: Situation) -> str:
    """Why an exercise may not be done at all on this day, in one sentence; "" where it may."""
    if reason := situation.ruled_out.get(move.slug):
        return reason
    if situation.is_restricted and move.category not in (WALKING, RELAXATION):
        return ONLY_WALK_AND_BREATHE
    if not move.tags.isdisjoint(situation.excluded_directions):
        return WRONG_WAY
    if any(each.lights.get(move.slug) == RED for each in _today(situation)):
        return RED_TODAY
    return _too_irritable(move, situation.irritability)


def _too_irritable(move: Move, irritability: str) -> str:
    """A tensioner needs a leg that is known to be calm; the rest only one that is not known to be too much
    stirred up for it (clinical table of irritability, and the ceiling that the library gives each exercise).
    """
    if TENSIONER_TAG in move.tags and irritability != LOW:
        return CALM_FIRST
    if irritability == HIGH and CALM_TAG not in move.tags:
        return TOO_EASILY_STIRRED
    if irritability and _RANK[move.irritability_ceiling] < _RANK[irritability]:
        return TOO_EASILY_STIRRED if irritability == HIGH else NOT_CALM_ENOUGH
    return ""


_RANK = {LOW: 0, MEDIUM: 1, HIGH: 2}


def lights_by_exercise(sessions: Iterable[PastSession]) -> dict[str, list[str]]:
    """The colours of each exercise with its dose of now, oldest first."""
    lights: dict[str, list[str]] = {}
    for session in sessions:
        for slug, colour in session.lights.items():
            lights.setdefault(slug, []).append(colour)
    return lights


def is_out(colours: Sequence[str], parameters: SessionParameters = DEFAULT_SESSION) -> bool:
    """Whether an exercise was red too often: in 2 of any 3 sessions that it was part of, one after another.

    Once out it stays out, however well it goes for somebody who does it all the same.
    """
    size = parameters.reds_of_last
    runs = (colours[start : start + size] for start in range(len(colours)))
    return any(list(run).count(RED) >= parameters.reds_to_leave_out for run in runs)


def share_after(colours: Sequence[str], parameters: SessionParameters = DEFAULT_SESSION) -> int:
    """How much of an exercise is done next, in percent: red cuts it, green gives it back.

    Amber, and a session of which too little was said, leave it as it was.
    """
    share = WHOLE
    for colour in colours:
        if colour == RED:
            share = parameters.after_red
        elif colour == GREEN:
            share = WHOLE
    return share


def session_factor(
    stage: PlanStage, situation: Situation, parameters: SessionParameters = DEFAULT_SESSION
) -> Factor:
    """What every dose of the day is cut to: the smallest of what applies, never one times another."""
    factors = [
        _after_flare(situation, parameters),
        _after_red_sessions(situation, parameters),
        _after_unsettled(situation, parameters),
        _after_gap(stage, situation, parameters),
    ]
    return min(filter(None, factors), key=lambda each: each.percent, default=Factor(WHOLE, ""))


def _after_flare(situation: Situation, parameters: SessionParameters) -> Factor | None:
    if situation.eased_since is None:
        return None
    since = sum(each.performed_on >= situation.eased_since for each in situation.sessions)
    return Factor(parameters.after_flare, AFTER_FLARE) if since < parameters.flare_sessions else None


def _after_red_sessions(situation: Situation, parameters: SessionParameters) -> Factor | None:
    last = [each.colour for each in situation.sessions if each.is_alike][-parameters.reds_of_last :]
    if last.count(RED) < parameters.reds_to_leave_out:
        return None
    return Factor(parameters.after_red_sessions, AFTER_RED_SESSIONS)


def _after_unsettled(situation: Situation, parameters: SessionParameters) -> Factor | None:
    """Two days of sessions in a row after which the leg had not settled; sessions of one day share a morning.

    A day of which nothing is known of the morning is passed over: it neither settled nor did not.
    """
    days: dict[date, bool] = {}
    for each in situation.sessions:
        if each.is_alike and each.is_settled is not None:
            days[each.performed_on] = days.get(each.performed_on, True) and each.is_settled
    last = [days[day] for day in sorted(days)][-parameters.unsettled_in_a_row :]
    if len(last) < parameters.unsettled_in_a_row or any(last):
        return None
    return Factor(parameters.after_unsettled, AFTER_UNSETTLED)


def _after_gap(stage: PlanStage, situation: Situation, parameters: SessionParameters) -> Factor | None:
    days = [each.performed_on for each in situation.sessions] + [situation.day]
    latest = days[-parameters.gap_sessions - 1 :]
    gaps = (missed_between(stage, earlier, later) for earlier, later in pairwise(latest))
    if all(gap < parameters.gap_days for gap in gaps):
        return None
    return Factor(parameters.after_gap, AFTER_GAP)


def missed_between(stage: PlanStage, earlier: date, later: date) -> int:
    """How many days with something planned lie between two days, both left out."""
    between = range(earlier.toordinal() + 1, later.toordinal())
    return sum(bool(stage.planned_on(date.fromordinal(day))) for day in between)


def _stand_in(
    move: Move,
    stage: PlanStage,
    situation: Situation,
    taken: Collection[str],
    lights: Mapping[str, Sequence[str]],
    parameters: SessionParameters,
) -> Move | None:
    """The easier exercise that takes the place of one that is out; None where none fits."""
    easier = move.easier
    while easier is not None:
        fits = not (
            easier.slug in taken
            or easier.slug in stage.excluded_exercises
            or easier.tags.intersection(stage.excluded_tags)
            or why_not(easier, situation)
            or is_out(lights.get(easier.slug, ()), parameters)
        )
        if fits:
            often = {key: getattr(move.prescribed.dose, key) for key in ("times_a_day", "days_a_week")}
            return replace(
                easier, prescribed=replace(easier.prescribed, dose=replace(easier.prescribed.dose, **often))
            )
        easier = easier.easier
    return None


def _with_dose(
    move: Move,
    colours: Sequence[str],
    factor: Factor,
    situation: Situation,
    parameters: SessionParameters,
) -> SessionExercise:
    """The dose for the day: of all that cuts it, the deepest cut counts."""
    own, reason, dose = share_after(colours, parameters), "", move.prescribed.dose
    if own < WHOLE:
        reason = HALF_AFTER_RED if colours[-1] == RED else STILL_HALF
    if situation.irritability == HIGH:
        if dose.hold_seconds > parameters.longest_hold_when_high:
            dose = replace(dose, hold_seconds=parameters.longest_hold_when_high)
            reason = reason or SHORT_HOLDS
        if SLIDER_TAG in move.tags and own > parameters.slider_when_high:
            own, reason = parameters.slider_when_high, HALF_WHEN_HIGH
    share = min(own, factor.percent)
    return SessionExercise(
        prescribed=replace(move.prescribed, dose=cut(dose, share)),
        share=share,
        reason=reason,
        tags=move.tags,
        category=move.category,
    )


def cut(dose: Dose, share: int) -> Dose:
    """A dose with only `share` percent of its work, rounded down, and never less than one repetition.

    Fewer repetitions come first; where there is only one, fewer sets; where there is only one of those too,
    a shorter hold. What is done for a time is done for less of it.
    """
    if share >= WHOLE:
        return dose
    if dose.duration_seconds is not None:
        shortest = min(dose.duration_seconds, _SHORTEST_SECONDS)
        return replace(dose, duration_seconds=max(shortest, _cut_seconds(dose.duration_seconds, share)))
    if dose.repetitions > 1:
        return replace(dose, repetitions=max(1, dose.repetitions * share // WHOLE))
    if dose.sets > 1:
        return replace(dose, sets=max(1, dose.sets * share // WHOLE))
    # A hold of no seconds would be a movement of its own, and that takes longer than a short hold.
    return replace(dose, hold_seconds=max(min(dose.hold_seconds, 1), dose.hold_seconds * share // WHOLE))


_SHORTEST_SECONDS = 10
"""A dose that is done for a time lasts at least so long (`DOSE_LIMITS`)."""


def _cut_seconds(seconds: int, share: int) -> int:
    """In steps of 10 seconds: nobody walks for 3 minutes 31."""
    return seconds * share // WHOLE // 10 * 10


def _too_new(
    chosen: Sequence[SessionExercise], situation: Situation, parameters: SessionParameters
) -> dict[str, str]:
    """What is new to the patient beyond the two of this week, in the order of the plan."""
    week_began = situation.day - timedelta(days=6)
    first = {each.planned.slug: situation.first_done.get(each.prescribed.slug) for each in chosen}
    introduced = sum(day is not None and day >= week_began for day in first.values())
    room = max(0, parameters.most_new_a_week - introduced)
    unknown = [slug for slug, day in first.items() if day is None]
    return dict.fromkeys(unknown[room:], NEW_LATER)


def _beyond_the_limits(
    chosen: Sequence[SessionExercise], situation: Situation, parameters: SessionParameters
) -> dict[str, str]:
    """What does not fit into one session. Exercises take turns: what waited longest comes first.

    Walks are part of every session: keeping active comes before all else.
    """
    waited = sorted(
        chosen,
        key=lambda each: (
            each.category != WALKING,
            situation.last_given.get(each.prescribed.slug, date.min),
        ),
    )
    left_out: dict[str, str] = {}
    within: list[SessionExercise] = []
    for each in waited:
        if each.category != WALKING and each.seconds > parameters.most_minutes * 60:
            left_out[each.planned.slug] = TOO_LONG
        elif (
            len(within) == parameters.most_exercises or minutes_of([*within, each]) > parameters.most_minutes
        ):
            left_out[each.planned.slug] = NEXT_TIME
        else:
            within.append(each)
    return left_out


def minutes_of(exercises: Iterable[SessionExercise]) -> int:
    """Whole minutes, rounded up, without the walks."""
    seconds = sum(each.seconds for each in exercises if each.category != WALKING)
    return -(-seconds // 60)
