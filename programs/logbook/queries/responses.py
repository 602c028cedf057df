"""How each session was borne: its traffic light, and those of its exercises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from programs.accounts.models import User
from programs.care.rules.response import (
    AMBER,
    NERVE_GLIDE_TAG,
    RED,
    Felt,
    Light,
    is_settled,
    light,
    most_severe,
)
from programs.logbook.models import ExerciseResult, GuidedSession, MorningCheck


@dataclass(frozen=True, slots=True)
class SessionResponse:
    """How one session was borne. Days are the patient's local ones.

    `exercises` are the lights of what was tried, by slug; of both sides the more severe. `peak` is the worst
    pain said of the session or of one of them, None where none was; `worst` is the worst with the pain after
    it, which is what a patient reads of. `is_settled` is whether the leg had
    calmed down by the next morning, None while that is not known; `morning` is what was said of it, the worst
    where there is more than one answer.
    """

    session_id: UUID
    version_id: UUID
    stage_number: int
    performed_on: date
    light: Light
    peak: int | None
    worst: int | None
    is_settled: bool | None
    morning: MorningCheck | None
    exercises: Mapping[str, Light]

    @property
    def colour(self) -> str:
        """Of "unknown", "green", "amber", "red"."""
        return self.light.colour

    @property
    def is_final(self) -> bool:
        """Whether the next morning was said, until when the light is provisional."""
        return self.morning is not None

    @property
    def reds(self) -> tuple[str, ...]:
        """The slugs of the exercises that were red."""
        return tuple(slug for slug, each in self.exercises.items() if each.colour == RED)


def responses_of(patient: User, first_day: date) -> list[SessionResponse]:
    """The sessions from a day on in which something was tried, oldest first; three queries.

    Ask only for a patient the caller may see.
    """
    sessions = GuidedSession.objects.filter(patient=patient, performed_on__gte=first_day)
    return responses_to(sessions.order_by("started_at", "id").prefetch_related("results__exercise"))


def responses_to(sessions: Iterable[GuidedSession]) -> list[SessionResponse]:
    """The same of sessions at hand, of whatever patients, in their order.

    Prefetch `results__exercise`. What was left out as a whole is no session that anything can be said of.
    """
    tried = [session for session in sessions if _tried(session)]
    mornings = _mornings(tried)
    return [_response(session, mornings.get((session.patient_id, session.performed_on))) for session in tried]


def worst_pain(session: GuidedSession) -> int | None:
    """The worst pain during a session, as a whole or in one of its exercises. Prefetch `results`."""
    return _highest(session.pain_peak, *(each.pain_peak for each in session.results.all()))


def _highest(*scores: int | None) -> int | None:
    return max((score for score in scores if score is not None), default=None)


def _mornings(sessions: Collection[GuidedSession]) -> dict[tuple[UUID, date], MorningCheck]:
    """The worst that was said of the morning after each day."""
    checks = MorningCheck.objects.filter(
        patient__in={session.patient_id for session in sessions},
        about_on__in={session.performed_on for session in sessions},
    ).order_by("pain", "received_at", "id")
    return {(check.patient_id, check.about_on): check for check in checks}


def _tried(session: GuidedSession) -> list[ExerciseResult]:
    return [each for each in session.results.all() if each.outcome != ExerciseResult.Outcome.SKIPPED]


def lights_of(session: GuidedSession, next_morning: int | None) -> tuple[Light, Mapping[str, Light]]:
    """That of the whole session, and those of what was tried, by slug; of both sides the more severe.

    `next_morning` is the worst pain said of it. Prefetch `results__exercise` for many sessions.
    """
    by_exercise: dict[str, list[Light]] = {}
    for result in _tried(session):
        own = _exercise_light(session, result, next_morning)
        by_exercise.setdefault(result.exercise.slug, []).append(own)
    exercises = {slug: most_severe(lights) for slug, lights in by_exercise.items()}
    felt = Felt(
        before=session.pain_before,
        peak=session.pain_peak,
        worst=_highest(worst_pain(session), session.pain_after),
        next_morning=next_morning,
        spread=session.spread,
    )
    return _whole_light(session, felt, exercises), exercises


def _response(session: GuidedSession, morning: MorningCheck | None) -> SessionResponse:
    next_morning = morning.pain if morning else None
    whole, exercises = lights_of(session, next_morning)
    peak = worst_pain(session)
    return SessionResponse(
        session_id=session.pk,
        version_id=session.plan_version_id,
        stage_number=session.stage_number,
        performed_on=session.performed_on,
        light=whole,
        peak=peak,
        worst=_highest(peak, session.pain_after),
        is_settled=is_settled(session.pain_before, next_morning),
        morning=morning,
        exercises=exercises,
    )


def _whole_light(session: GuidedSession, felt: Felt, exercises: Mapping[str, Light]) -> Light:
    """That of a session and its exercises. What was said of the whole is not said of each of them again."""
    own = light(felt)
    whole = most_severe([own, *exercises.values()])
    blamed = [
        result
        for result in _tried(session)
        if whole.colour in (AMBER, RED) and exercises[result.exercise.slug].colour == whole.colour
    ]
    of_the_whole = _highest(session.pain_peak, session.pain_after)
    if of_the_whole != felt.worst and felt.worst in [each.pain_peak for each in blamed]:
        # The worst pain is told of the exercise that it was in.
        own = light(replace(felt, peak=None))
    said = list(own.for_patient) if own.colour == whole.colour else []
    for slug, name in {each.exercise.slug: each.exercise.name for each in blamed}.items():
        if not set(exercises[slug].for_patient) <= set(said):
            said.extend(exercises[slug].of(name).for_patient)
    return replace(whole, for_patient=tuple(said))


def _exercise_light(session: GuidedSession, result: ExerciseResult, next_morning: int | None) -> Light:
    """The light of one result. A bad morning counts against what hurt in the session, and not the rest.

    Nobody can tell which exercise a bad morning comes from; were it counted against each, two such mornings
    would take the whole plan out at once.
    """
    felt = Felt(
        before=session.pain_before,
        peak=result.pain_peak,
        tingling=result.tingling,
        spread=result.spread,
        is_stopped=result.outcome == ExerciseResult.Outcome.STOPPED,
    )
    is_glide = NERVE_GLIDE_TAG in result.exercise.tags
    during = light(felt, is_nerve_glide=is_glide)
    if during.colour != AMBER:
        return during
    after = light(Felt(before=session.pain_before, next_morning=next_morning), is_nerve_glide=is_glide)
    return most_severe([during, after])
