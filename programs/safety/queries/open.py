"""What of a patient's answers stands open, what is on hold because of it, and what is to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from programs.accounts.models import User
from programs.lib.times import local_day
from programs.monitoring.models import FlagEvent, Kind
from programs.safety.models import (
    Answer,
    Condition,
    SafetyLock,
    Screening,
    ScreeningAnswer,
    ScreeningRequest,
)
from programs.safety.queries.exclusions import exclusions_of
from programs.safety.rules import (
    AGAIN,
    ANSWER_WORDS,
    BOTH_LEGS,
    DETAILS,
    FIRST,
    FOLLOW_UPS,
    FULL,
    MONITOR,
    NOT_SURE,
    QUESTIONS,
    WEEKLY,
    YES,
    Answered,
    Asked,
    Due,
    Item,
    due,
    text_of,
)
from programs.safety.rules import open_items as items_open_after

_WEEKLY_KINDS = (WEEKLY, FULL, FIRST)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that was answered with yes, or "not sure" where that counts as yes, and is not over."""

    question: str
    text: str
    answer: str
    words: str
    """The answer as it is shown."""
    level: str
    is_unsure: bool
    answered_at: datetime
    """When it was last answered so."""


def what_is_due(patient: User, now: datetime) -> Due:
    """The safety questions to ask before a session may start; false when there are none."""
    requests = ScreeningRequest.objects.open().filter(patient=patient).values_list("reason", flat=True)
    today = local_day(now, patient.time_zone)
    return due(_asked(patient), items_of(patient), set(requests), today=today, now=now)


def open_items(patient: User) -> list[OpenItem]:
    """What stands open, most severe first. Emergency and urgent hold all sessions; soon holds most."""
    items = items_of(patient)
    is_known = bool(items) and is_bilateral_known(patient)
    return [
        OpenItem(
            question=item.question,
            text=text_of(item.question, bilateral_known=is_known),
            answer=item.answer,
            words=ANSWER_WORDS[item.answer],
            level=item.level,
            is_unsure=item.is_unsure,
            answered_at=item.positive_at,
        )
        for item in items
    ]


def open_lock(patient: User) -> SafetyLock | None:
    """What keeps this patient from starting a session, if anything does."""
    return SafetyLock.objects.open().filter(patient=patient).select_related("screening").first()


def may_start(patient: User, now: datetime) -> bool:
    """Whether a session may be started: nothing is on hold, ruled out or to be asked first."""
    return not (open_lock(patient) or exclusions_of(patient).blocks or what_is_due(patient, now))


def is_bilateral_known(patient: User) -> bool:
    """Whether both legs are an old story that a clinician has checked: RF07 is then another question."""
    known = Condition.objects.current().filter(patient=patient, slug=Condition.BILATERAL)
    return known.filter(is_checked_by_clinician=True).exists()


def items_of(patient: User, answers: Iterable[Answered] = ()) -> list[Item]:
    """What stands open by what is stored, and by these answers that are not stored yet."""
    new = list(answers)
    given = ScreeningAnswer.objects.filter(screening__patient=patient, question__in=QUESTIONS)
    given = given.exclude(answer=Answer.UNREADABLE)
    positive = given.exclude(level=MONITOR).order_by().values_list("question", flat=True).distinct()
    questions = _related({*positive, *(answer.question for answer in new)})
    if not questions:
        return []
    stored = given.filter(question__in=questions)
    columns = ("question", "answer", "answered_at", "received_at", "level")
    stored_answers = [Answered(*values) for values in stored.order_by().values_list(*columns)]
    return items_open_after(
        [*stored_answers, *new], checked_at=last_check(patient), closed_at=last_closing(patient)
    )


def _related(questions: Collection[str]) -> set[str]:
    """With these, all that is asked on top of one of them or that one of them is asked on top of."""
    families = [{base, *on_top} for base, on_top in (*FOLLOW_UPS.items(), *DETAILS.items())]
    related = set(questions)
    while True:
        more = set().union(*(family for family in families if family & related)) | related
        if more == related:
            return related
        related = more


def last_check(patient: User) -> datetime | None:
    """When it was last stored that a clinician has checked the patient."""
    checked = SafetyLock.objects.filter(patient=patient, ending=SafetyLock.Ending.CHECKED)
    at: datetime | None = checked.aggregate(at=Max("ended_at"))["at"]
    return at


def last_closing(patient: User) -> datetime | None:
    """When a therapist last closed a flag about safety answers."""
    closings = FlagEvent.objects.filter(
        flag__patient=patient, flag__kind=Kind.SAFETY, kind=FlagEvent.Kind.RESOLVED
    )
    at: datetime | None = closings.aggregate(at=Max("at"))["at"]
    return at


def _asked(patient: User) -> Asked:
    completed = Screening.objects.filter(patient=patient, completed_at__isnull=False).order_by()
    last: dict[str, Any] = completed.aggregate(
        first=Max("completed_at", filter=Q(kind=FIRST)),
        weekly=Max("completed_at", filter=Q(kind__in=_WEEKLY_KINDS)),
        any=Max("completed_at", filter=~Q(kind=AGAIN)),
    )
    first, weekly, any_ = (_day(last[name], patient) for name in ("first", "weekly", "any"))
    return Asked(first_on=first, weekly_on=weekly, any_on=any_)


def _day(at: datetime | None, patient: User) -> date | None:
    return None if at is None else local_day(at, patient.time_zone)


# --- one set of questions ---


def answers_of(screening: Screening) -> dict[str, str]:
    """The newest readable answer to each question of one set, to go on with it."""
    given = screening.answers.exclude(answer=Answer.UNREADABLE).order_by("answered_at", "id")
    return dict(given.values_list("question", "answer"))


def under_way(patient: User, kind: str, now: datetime) -> Screening | None:
    """The set of this kind that the patient began today and has not finished, if there is one."""
    today = local_day(now, patient.time_zone)
    begun = Screening.objects.filter(patient=patient, kind=kind, recorded_on=today, completed_at=None)
    return begun.first()


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer as it is shown to whoever checks the patient."""

    question: str
    text: str
    words: str
    level: str
    answered_at: datetime


def answers_behind(lock: SafetyLock, viewer: User) -> list[AnswerLine]:
    """What was answered with yes or "not sure" since whatever opened a lock: the list to take along.

    Of answers that were given to a clinic in which `viewer` does not care for the patient there are none.
    """
    given = ScreeningAnswer.objects.filter(
        screening__in=Screening.objects.visible_to(viewer).filter(patient=lock.patient_id),
        question__in=QUESTIONS,
        answer__in=(YES, NOT_SURE),
        answered_at__gte=lock.screening.begun_at,
    )
    if lock.ended_at is not None:
        given = given.filter(received_at__lte=lock.ended_at)
    is_known = is_bilateral_known(lock.patient)
    newest: dict[str, AnswerLine] = {}
    for answer in given.order_by("answered_at", "id"):
        newest[answer.question] = AnswerLine(
            answer.question,
            text_of(answer.question, bilateral_known=is_known and answer.question == BOTH_LEGS),
            ANSWER_WORDS[answer.answer],
            answer.level,
            answer.answered_at,
        )
    return [newest[question] for question in QUESTIONS if question in newest]
