"""The kit: all that a phone needs for a week of guided sessions without signal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.templatetags.static import static
from django.urls import reverse

from programs.accounts.models import Clinic, User
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules import PrescribedExercise
from programs.care.rules.response import RED
from programs.care.rules.session import (
    DEFAULT_SESSION,
    HIGH,
    SLIDER_TAG,
    WHOLE,
    Factor,
    Move,
    SessionExercise,
    Situation,
    cut,
    is_out,
    shortened,
    why_not,
)
from programs.care.rules.steps import steps_of
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import Dose, has_sides, stills
from programs.logbook.queries.done import done_sessions
from programs.logbook.queries.responses import lights_of
from programs.logbook.queries.todays import todays_session
from programs.safety.models import ActionLevel
from programs.safety.queries import Holds, holds_of, items_of, signs_of, what_is_due
from programs.safety.rules import (
    FULL,
    LINES,
    LOCKED,
    QUESTIONS,
    emergency_card,
    message,
    nobody_watches,
    questions_of,
    text_of,
    urgent_card,
)
from programs.safety.rules.schedule import REQUEST_REASONS

DAYS = 7
"""Today and the six days after it."""
GATE = 7
"""Pain before a session, 0 to 10, from which the gentle set is offered. Not yet checked by a clinician."""
GENTLE = 50
"""Percent of each dose of the plan that the gentle set has, at most."""
MOST_ALTERNATIVES = 2

NO_PLAN = "Your plan is not here yet. Your care team has not sent exercises yet."
ASK_FIRST = "Please ask first. You cannot start your exercises here yet."


@dataclass(frozen=True, slots=True)
class Kit:
    """What `kit_of` gathers. `blocks` are the exercises of all days and what may stand in for them, by key.

    `made_at` is the beginning of the local day on which it was made, so that the same kit is the same text
    all day long. Without a plan there are no days, and `words` say so.
    """

    made_at: datetime
    patient: User
    current: CurrentPlan | None
    clinic: Clinic
    hold: Mapping[str, Any] | None
    safety: Mapping[str, Any] | None
    lines: Sequence[Mapping[str, str]]
    after_stop: Mapping[str, Any]
    card: Mapping[str, Any]
    days: Sequence[Mapping[str, Any]]
    blocks: Mapping[str, Mapping[str, Any]]
    words: str
    gate: int = GATE


def kit_of(patient: User, clinic: Clinic, now: datetime) -> Kit:
    """The kit of `patient`, made `now`: the sessions of today and of the six days after it, as they are by
    what is known by now. Ask only for a patient the caller may see.

    While an answer lets no session start there is nothing to do on any day. On a rest day there is the whole
    stage, as for a session that is begun all the same.
    """
    today = local_day(now, patient.time_zone)
    signs = signs_of(patient)
    items = items_of(patient, signs=signs)
    holds = holds_of(patient, items, signs)
    due = what_is_due(patient, now, items, signs)
    current = current_plan(patient)
    week = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    days: Sequence[Mapping[str, Any]] = []
    blocks: Mapping[str, Mapping[str, Any]] = {}
    if current is not None and holds.is_stopped:
        days = [_nothing_on(day) for day in week]
    elif current is not None:
        packing = _Packing(patient, current, now, holds)
        days = [packing.day(each) for each in week]
        packing.add_alternatives(today)
        blocks = packing.blocks
    asked = partial(_asked, is_bilateral_known=signs.is_bilateral_known)
    due_now = {
        "kind": due.kind,
        "reason": due.reason,
        "asks_conditions": due.asks_conditions,
        "questions": asked(due.questions),
    }
    return Kit(
        made_at=datetime.combine(today, time.min, ZoneInfo(patient.time_zone)).astimezone(UTC),
        patient=patient,
        current=current,
        clinic=clinic,
        hold=_hold(holds, clinic),
        safety=due_now if due else None,
        lines=asked(LINES),
        after_stop={
            "kind": FULL,
            "reason": REQUEST_REASONS["stopped"],
            "asks_conditions": False,
            "questions": asked(questions_of(FULL)),
        },
        card=_card(clinic),
        days=days,
        blocks=blocks,
        words="" if current else NO_PLAN,
    )


class _Packing:
    """Puts the sessions of single days together: an exercise that is the same on two days is one block."""

    def __init__(self, patient: User, current: CurrentPlan, now: datetime, holds: Holds) -> None:
        self.patient, self.current, self.now, self.holds = patient, current, now, holds
        self.sessions = done_sessions(patient, current, local_day(now, patient.time_zone))
        self.library = _library(current)
        self.blocks: dict[str, dict[str, Any]] = {}
        self._keys: list[tuple[SessionExercise, str]] = []
        self._beside: dict[str, set[str]] = {}
        """By key of a block: the exercises of the days that it is part of."""

    def day(self, day: date) -> dict[str, Any]:
        """The session of a day; its exercises are among the blocks from then on."""
        todays = todays_session(self.current, day, self.now, self.holds, self.sessions, self.library)
        short = shortened(todays)
        keys = self._keys_of(todays.exercises)
        beside = {slug for each in todays.exercises for slug in (each.prescribed.slug, each.planned.slug)}
        beside |= {each.prescribed.slug for each in todays.left_out}
        for key in keys:
            self._beside.setdefault(key, set()).update(beside)
        return {
            "on": day.isoformat(),
            "is_rest_day": not self.current.stage.planned_on(day),
            "blocks": keys,
            "set_aside": self._keys_of(todays.set_aside),
            "short": {
                "blocks": self._keys_of(short.exercises),
                "set_aside": self._keys_of(short.set_aside),
                "minutes": short.minutes,
            }
            if short.set_aside
            else None,
            "left_out": [
                {
                    "planned": each.prescribed.slug,
                    "name": each.prescribed.name,
                    "reason": each.reason,
                    "sides": self._sides_of(each.prescribed),
                }
                for each in todays.left_out
            ],
            "factor": asdict(todays.factor),
            "minutes": todays.minutes,
            "is_done": todays.is_done,
            "was_too_much": todays.was_too_much,
        }

    def add_alternatives(self, today: date) -> None:
        """What may stand in for each block. It has a key of its own for each: two may be swapped in one
        session, and nothing in it has the same name twice.
        """
        out = self._too_much(today)
        for given, key in list(self._keys):
            easier = self._easier(given, self._beside[key], today, out)
            keys = [f"{key}~{each.prescribed.slug}" for each in easier]
            self.blocks[key]["alternatives"] = keys
            for number, (own_key, each) in enumerate(zip(keys, easier, strict=True), 1):
                self.blocks[own_key] = self._block(own_key, each) | {"alternatives": keys[number:]}

    def _easier(
        self, given: SessionExercise, beside: Collection[str], today: date, out: Collection[str]
    ) -> list[SessionExercise]:
        """The easier exercises that may be done in the place of one: at most at the same share of their dose.

        One that is part of the day anyway is not among them, and none that a session would not give.
        """
        stage, plan = self.current.stage, self.current.plan
        directions = plan.directions_excluded.items()
        situation = Situation(
            day=today,
            is_restricted=bool(self.holds.soon),
            irritability=plan.irritability,
            excluded_directions=[way for way, until in directions if today < date.fromisoformat(until)],
        )
        found = []
        for easier in self._chain_below(given.prescribed):
            move = _as_move(easier)
            is_given = not (
                move.slug in {*beside, *out, *stage.excluded_exercises}
                or move.tags.intersection(stage.excluded_tags)
                or self.holds.exclusions.reason_for(move.slug, move.tags)
                or why_not(move, situation)
            )
            if is_given:
                found.append(_in_place_of(given, move, plan.irritability))
        return found[:MOST_ALTERNATIVES]

    def _chain_below(self, prescribed: PrescribedExercise) -> Iterator[Exercise]:
        """The easier exercises, one below the other; it ends where one is retired, or met again."""
        exercise = self.library[UUID(prescribed.exercise_id)]
        met = {exercise.pk}
        while easier := self.library.get(exercise.easier_id or exercise.pk):
            if easier.pk in met or easier.retired_at is not None:
                return
            yield easier
            met.add(easier.pk)
            exercise = easier

    def _too_much(self, today: date) -> set[str]:
        """The exercises that were red too often in this stage, or in a session of today."""
        colours: dict[str, list[str]] = {}
        found = set()
        for each in self.sessions:
            session = each.session
            if each.plan_id != self.current.plan.pk or session.stage_number != self.current.stage.number:
                continue
            for slug, light in lights_of(session, each.next_morning)[1].items():
                colours.setdefault(slug, []).append(light.colour)
                if light.colour == RED and session.performed_on == today:
                    found.add(slug)
        return found | {slug for slug, each in colours.items() if is_out(each)}

    def _keys_of(self, exercises: Iterable[SessionExercise]) -> list[str]:
        return [self._key_of(each) for each in exercises]

    def _key_of(self, given: SessionExercise) -> str:
        for known, key in self._keys:
            if known == given:
                return key
        same = sum(known.prescribed.slug == given.prescribed.slug for known, _ in self._keys)
        key = f"{given.prescribed.slug}~{same + 1}" if same else given.prescribed.slug
        self._keys.append((given, key))
        self.blocks[key] = self._block(key, given)
        return key

    def _block(self, key: str, given: SessionExercise) -> dict[str, Any]:
        prescribed = given.prescribed
        exercise = self.library[UUID(prescribed.exercise_id)]
        pictures = stills(exercise.figure) if exercise.figure else ()
        gentle = replace(prescribed, dose=_gentle(given))
        return {
            "key": key,
            "exercise": prescribed.slug,
            "planned": given.planned.slug,
            "instead_of": given.instead_of.slug if given.instead_of else None,
            "name": prescribed.name,
            "share": given.share,
            "reason": given.reason,
            "dose_in_words": prescribed.dose_in_words,
            "note": prescribed.note,
            "position": exercise.position,
            "category": given.category,
            "is_nerve_glide": given.is_nerve_glide,
            "is_checked": bool(exercise.checked_by),
            "sides": self._sides_of(prescribed),
            "has_sides": has_sides(prescribed.sides),
            "cues": list(exercise.cues),
            "steps_in_words": list(exercise.steps),
            "pictures": [static(each.path) for each in pictures],
            "descriptions": [each.text for each in pictures],
            "figure": exercise.figure,
            "steps": self._steps(prescribed, key, exercise),
            "gentle_steps": self._steps(gentle, key, exercise, letter="g"),
            "alternatives": [],
        }

    def _steps(
        self, prescribed: PrescribedExercise, key: str, exercise: Exercise, letter: str = ""
    ) -> list[dict[str, Any]]:
        steps = steps_of(
            prescribed,
            key=key,
            position=exercise.position,
            category=exercise.category,
            plan_side=self.current.plan.side,
            first_leg=self.patient.first_leg,
            letter=letter,
        )
        return [step.to_json() for step in steps]

    def _sides_of(self, prescribed: PrescribedExercise) -> list[str]:
        return list(prescribed.sides_for(self.current.plan.side, self.patient.first_leg))


def _gentle(given: SessionExercise) -> Dose:
    """Half of what the plan has. What is cut already is not halved once more: of two cuts the deeper one
    counts, as in every session.
    """
    # Rounded up: rounded down, 5 repetitions of 10 would come out as 4 where 7 of them are given.
    return cut(given.prescribed.dose, -(-GENTLE * WHOLE // given.share))


def _as_move(exercise: Exercise) -> Move:
    """An exercise of the library with its usual dose."""
    prescribed = PrescribedExercise(
        exercise_id=str(exercise.pk),
        slug=exercise.slug,
        name=exercise.name,
        sides=exercise.sides,
        dose=exercise.dose,
    )
    return Move(prescribed, frozenset(exercise.tags), exercise.category, exercise.irritability_ceiling)


def _in_place_of(given: SessionExercise, move: Move, irritability: str) -> SessionExercise:
    """The dose of what stands in: cut as that of the other is, and smaller for a leg that is easily stirred
    up, as in every session.
    """
    share, dose = given.share, move.prescribed.dose
    if irritability == HIGH:
        dose = replace(dose, hold_seconds=min(dose.hold_seconds, DEFAULT_SESSION.longest_hold_when_high))
        share = min(share, DEFAULT_SESSION.slider_when_high) if SLIDER_TAG in move.tags else share
    return SessionExercise(
        prescribed=replace(move.prescribed, dose=cut(dose, share)),
        share=share,
        reason="",
        tags=move.tags,
        category=move.category,
        instead_of=given.planned,
    )


def _library(current: CurrentPlan) -> dict[UUID, Exercise]:
    """All exercises of the stage, and all that are easier than another, with all that is shown of them."""
    mine = Q(pk__in=[each.exercise_id for each in current.stage.exercises])
    theirs = Q(clinic=None) | Q(clinic=current.plan.clinic)
    easier = Q(pk__in=Exercise.objects.exclude(easier=None).order_by().values("easier"))
    return Exercise.objects.filter(mine | theirs & easier).in_bulk()


def _nothing_on(day: date) -> dict[str, Any]:
    """A day on which nothing may be started."""
    return {
        "on": day.isoformat(),
        "is_rest_day": False,
        "blocks": [],
        "set_aside": [],
        "short": None,
        "left_out": [],
        "factor": asdict(Factor(WHOLE, "")),
        "minutes": 0,
        "is_done": False,
        "was_too_much": False,
    }


def _asked(questions: Iterable[str], *, is_bilateral_known: bool) -> list[dict[str, str]]:
    """Safety questions as they are put to the patient."""
    return [
        {
            "id": each,
            "text": text_of(each, bilateral_known=is_bilateral_known),
            "level": QUESTIONS[each].level,
        }
        for each in questions
    ]


def _hold(holds: Holds, clinic: Clinic) -> dict[str, str] | None:
    """What keeps a session from starting, in the order in which the pages decide it."""
    if holds.lock is not None:
        level = holds.lock.level
        page = "safety:help_now" if level == ActionLevel.EMERGENCY else "safety:urgent"
        heading = message(level, clinic.emergency_number).heading
        return {"kind": level, "address": reverse(page), "words": f"{heading} {LOCKED[level]}"}
    if holds.exclusions.blocks:
        advice = " ".join(each.advice for each in holds.exclusions.blocks)
        words = f"{ASK_FIRST} {advice}"
        return {"kind": "ask_first", "address": reverse("safety:ask_first"), "words": words}
    return None


def _card(clinic: Clinic) -> dict[str, Any]:
    number = clinic.emergency_number
    return {
        "emergency_number": number,
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "emergency": asdict(emergency_card(number)),
        "urgent": asdict(urgent_card(number)),
        "notice": nobody_watches(number),
    }
