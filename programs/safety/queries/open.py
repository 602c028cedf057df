"""What of a patient's answers stands open, what is on hold because of it, and what is to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, Value, When

from programs.accounts.models import User
from programs.lib.times import local_day
from programs.safety.models import (
    ActionLevel,
    Answer,
    SafetyLock,
    Screening,
    ScreeningAnswer,
    ScreeningRequest,
)
from programs.safety.queries.exclusions import NOTHING_RULED_OUT, Exclusions, exclusions_of
from programs.safety.queries.signs import (
    SafetySigns,
    is_bilateral_known,
    positive_answers,
    readable_answers,
    signs_of,
)
from programs.safety.rules import (
    ANSWER_WORDS,
    BOTH_LEGS,
    DETAILS,
    FOLLOW_UPS,
    LINES,
    NO,
    NOT_SURE,
    QUESTIONS,
    YES,
    Answered,
    Asked,
    Due,
    Item,
    due,
    text_of,
)
from programs.safety.rules import open_items as items_open_after

ASKED_TOGETHER = "Not sure (asked together)"
"""Of a line of the session screen, where "I am not sure" was said about several of them at once."""


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


def what_is_due(
    patient: User, now: datetime, items: Iterable[Item] | None = None, signs: SafetySigns | None = None
) -> Due:
    """The safety questions to ask before a session may start; false when there are none.

    `items` is what stands open, where the caller has asked `items_of` already, and `signs` what there is at
    all. One query, and one more each for answers that were once positive and for a set that was asked for.
    """
    signs = signs or signs_of(patient)
    asked = ScreeningRequest.objects.open().filter(patient=patient).values_list("reason", flat=True)
    return due(
        Asked(
            first_on=_day(signs.first_at, patient),
            weekly_on=_day(signs.weekly_at, patient),
            any_on=_day(signs.any_at, patient),
        ),
        items_of(patient, signs=signs) if items is None else items,
        set(asked) if signs.is_asked_anew else set(),
        today=local_day(now, patient.time_zone),
        now=now,
    )


def _day(at: datetime | None, patient: User) -> date | None:
    return None if at is None else local_day(at, patient.time_zone)


def open_items(patient: User) -> list[OpenItem]:
    """What stands open, most severe first. Emergency and urgent hold all sessions; soon holds most."""
    signs = signs_of(patient)
    return _in_words(items_of(patient, signs=signs), signs)


def _in_words(items: Iterable[Item], signs: SafetySigns) -> list[OpenItem]:
    return [
        OpenItem(
            question=item.question,
            text=text_of(item.question, bilateral_known=signs.is_bilateral_known),
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


@dataclass(frozen=True, slots=True)
class Holds:
    """What a patient's answers hold back, gathered once for a page of which several parts ask for it."""

    lock: SafetyLock | None
    items: tuple[OpenItem, ...]
    exclusions: Exclusions

    @property
    def is_stopped(self) -> bool:
        """No session can be started, whatever is answered now."""
        return self.lock is not None or bool(self.exclusions.blocks)

    @property
    def soon(self) -> tuple[OpenItem, ...]:
        """What asks for a visit; until then there is only walking and breathing."""
        return tuple(item for item in self.items if item.level == ActionLevel.SOON)


def holds_of(patient: User, items: Iterable[Item] | None = None, signs: SafetySigns | None = None) -> Holds:
    """`items` is what stands open, where the caller has asked `items_of` already, and `signs` what there is
    at all. One query, and one more for each thing that is there.
    """
    signs = signs or signs_of(patient)
    open_now = items_of(patient, signs=signs) if items is None else items
    return Holds(
        lock=open_lock(patient) if signs.is_locked else None,
        items=tuple(_in_words(open_now, signs)),
        exclusions=exclusions_of(patient) if signs.has_conditions else NOTHING_RULED_OUT,
    )


def items_of(patient: User, answers: Iterable[Answered] = (), signs: SafetySigns | None = None) -> list[Item]:
    """What stands open by what is stored, and by these answers that are not stored yet.

    `signs` is what there is at all, where the caller has looked: else one query, and one more where an
    answer was ever positive.
    """
    new = list(answers)
    signs = signs or signs_of(patient)
    if not new and not signs.was_positive:
        return []
    positive = positive_answers(patient).annotate(family=_FAMILY).values("family")
    stored = readable_answers(patient).annotate(family=_FAMILY)
    stored = stored.filter(
        Q(family__in=positive) | Q(question__in=_related({answer.question for answer in new}))
    )
    checked_at, closed_at = signs.checked_at, signs.closed_at
    if checked_at is not None and closed_at is not None:  # what came before both counts for nothing any more
        stored = stored.filter(received_at__gt=min(checked_at, closed_at))
    columns = ("question", "answer", "answered_at", "received_at", "level")
    stored_answers = [Answered(*values) for values in stored.values_list(*columns)]
    return items_open_after([*stored_answers, *new], checked_at=checked_at, closed_at=closed_at)


def _related(questions: Collection[str]) -> set[str]:
    """With these, all that is asked on top of one of them or that one of them is asked on top of."""
    families = [{base, *on_top} for base, on_top in (*FOLLOW_UPS.items(), *DETAILS.items())]
    related = set(questions)
    while True:
        more = set().union(*(family for family in families if family & related)) | related
        if more == related:
            return related
        related = more


_FAMILY = Case(
    *(
        When(question__in=sorted(family), then=Value(min(family)))
        for family in sorted({frozenset(_related({question})) for question in QUESTIONS}, key=min)
        if len(family) > 1
    ),
    default=F("question"),
)
"""Names all that `_related` puts together by one of them. Nothing of it counts without a positive answer."""


# --- one set of questions ---


def answers_of(screening: Screening) -> dict[str, str]:
    """The newest readable answer to each question of one set, to go on with it."""
    given = screening.answers.exclude(answer=Answer.UNREADABLE).order_by("answered_at", "id")
    return dict(given.values_list("question", "answer"))


def under_way(patient: User, kind: str, now: datetime) -> Screening | None:
    """The set of this kind that the patient began today and has not finished, if there is one."""
    return _begun_today(patient, now).filter(kind=kind).first()


def to_go_on_with(patient: User, now: datetime) -> Screening | None:
    """The newest set, of whatever kind, that the patient began today and has not finished, if any."""
    return _begun_today(patient, now).exclude(questions=[]).first()


def _begun_today(patient: User, now: datetime) -> QuerySet[Screening]:
    today = local_day(now, patient.time_zone)
    return Screening.objects.filter(patient=patient, recorded_on=today, completed_at=None)


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
    "I am not sure" about several lines of the session screen at once is about each of them, so that none may
    be missing here; but nobody has said it of a single one, and the list says so.
    """
    given = ScreeningAnswer.objects.filter(
        screening__in=Screening.objects.visible_to(viewer).filter(patient=lock.patient_id),
        question__in=QUESTIONS,
        answer__in=(YES, NO, NOT_SURE),
        answered_at__gte=lock.screening.begun_at,
    )
    if lock.ended_at is not None:
        given = given.filter(received_at__lte=lock.ended_at)
    is_known = is_bilateral_known(lock.patient)
    answers = list(given.order_by("answered_at", "id"))
    newest = {answer.question: answer for answer in answers if answer.answer != NO}
    return [
        AnswerLine(
            question,
            text_of(question, bilateral_known=is_known and question == BOTH_LEGS),
            ASKED_TOGETHER if _is_asked_together(answer, answers) else ANSWER_WORDS[answer.answer],
            answer.level,
            answer.answered_at,
        )
        for question in QUESTIONS
        if (answer := newest.get(question)) is not None
    ]


def _is_asked_together(answer: ScreeningAnswer, answers: Iterable[ScreeningAnswer]) -> bool:
    """Whether this is the session screen's "not sure" about all lines but those ticked: no "no" beside it."""
    if answer.question not in LINES or answer.answer != NOT_SURE:
        return False
    at_once = [
        each.answer for each in answers if each.question in LINES and each.answered_at == answer.answered_at
    ]
    return NO not in at_once and at_once.count(NOT_SURE) > 1
