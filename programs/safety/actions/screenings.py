"""Storing answers to safety questions, and doing at once what they ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.library.models import Contraindication
from programs.monitoring.actions import raise_concerns, take_back_concerns
from programs.monitoring.rules import Evidence, Finding
from programs.monitoring.rules import Reading as EvidenceReading
from programs.monitoring.rules.findings import FLAG, UNREADABLE, WARNING_SIGN
from programs.monitoring.rules.warning_signs import SIGNS
from programs.safety.actions.conditions import keep_bilateral, keep_conditions
from programs.safety.actions.locks import keep_lock
from programs.safety.actions.requests import request_screening
from programs.safety.models import Answer, SafetyLock, Screening, ScreeningAnswer, ScreeningRequest
from programs.safety.queries import (
    SafetySigns,
    exclusion_questions,
    items_of,
    signs_of,
    what_is_due,
)
from programs.safety.rules import (
    AGAIN,
    BOTH_LEGS,
    CALF,
    CATALOGUE_VERSION,
    DETAILS,
    EMERGENCY,
    FIRST,
    FOLLOW_UPS,
    FULL,
    MONITOR,
    QUESTIONS,
    SOON,
    URGENT,
    Answered,
    Item,
    Unreadable,
    asked_on_top,
    counts_as_yes,
    follow_ups,
    level_of_answer,
    questions_of,
    read,
    severity,
    worst,
)

CLOSER_ANSWERED = "The closer questions were answered: it is less than it seemed."
_UNREADABLE_RULE = "UNREADABLE"
_MOST_READINGS = 5
_SAME_FOR = timedelta(minutes=10)
_NEXT = timedelta(microseconds=1)
_FLAG_LEVELS = {EMERGENCY: EMERGENCY, URGENT: URGENT, SOON: FLAG}
"""What a level asks for, as the level of a flag."""
_ON_TOP = frozenset(question for on_top in FOLLOW_UPS.values() for question in on_top)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one call of `record_screening` has come to."""

    screening: Screening
    is_new: bool
    """Something was stored that was not there before."""
    level: str
    """The most severe of what these answers ask for; `monitor` where they ask for nothing."""
    is_unsure: bool
    """All that is as severe as that counts because of "not sure" alone."""
    is_calf: bool
    """A calf may be swollen, hot or sore: the leg is to be left alone."""
    lock: SafetyLock | None
    """What keeps sessions from starting now."""
    asks: tuple[str, ...]
    """The questions that these answers ask for on top of the set, and that are not answered in it yet."""
    unreadable: tuple[Unreadable, ...]


@transaction.atomic
def record_screening(
    *,
    clinic: Clinic,
    patient: User,
    screening_id: UUID,
    kind: str,
    answers: Any,
    conditions: Any = None,
    bilateral_since: str = "",
    answered_at: datetime,
    now: datetime,
    also_unreadable: Sequence[Unreadable] = (),
) -> Recorded:
    """Store the answers to one page of a set, or to all of it, and do what they ask for.

    Nothing is refused. What is no answer is kept as it came, opens an urgent flag, and has all questions
    asked anew; the rest counts as usual. What is an emergency or urgent locks and opens a flag in this
    transaction. The set is completed once all that was put is answered. The same answer to the same question
    of the same set, given within minutes, changes nothing; any other is stored beside it. An id that is
    somebody else's is replaced by one made from it.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    answered_at = min(answered_at, now)
    signs = signs_of(patient)
    slugs = {row.slug: row for row in exclusion_questions()}
    sent = read(answers, conditions, slugs)
    unreadable = (*sent.unreadable, *also_unreadable)
    screening, is_new = _screening(
        clinic, patient, screening_id, kind, slugs, sent.answers, answered_at, now, signs
    )
    stored, repeated = _stored(screening, answered_at)
    added = {name: said for name, said in sent.answers.items() if (name, said) not in repeated}
    applies = {slug: said for slug, said in sent.conditions.items() if (slug, said) not in repeated}
    received_at = _after_checks(signs, now)
    kept = _keep_unreadable(screening, unreadable, answered_at, received_at)
    all_answers = {**stored, **added, **applies}

    before = {item.question: item for item in items_of(patient, signs=signs)}
    is_known = signs.is_bilateral_known
    given = [_answered(name, said, answered_at, received_at, is_known) for name, said in added.items()]
    after = {item.question: item for item in items_of(patient, given, signs)} if given else before
    levels = {each.question: _level(each, after, is_known) for each in given}
    levels |= {slug: _condition_level(slugs[slug], said) for slug, said in applies.items()}
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(
            screening=screening,
            question=name,
            answer=said,
            level=levels[name],
            answered_at=answered_at,
            received_at=received_at,
        )
        for name, said in (added | applies).items()
    )
    new_conditions = keep_conditions(
        screening, {slugs[slug]: said for slug, said in applies.items()}, answered_at, now
    )
    keep_bilateral(screening, added, after.get(BOTH_LEGS), bilateral_since, answered_at, now)

    day = local_day(answered_at, patient.time_zone)
    taken_back = [question for question, item in before.items() if _turned_out_milder(item, after)]
    if taken_back:
        take_back_concerns(clinic=clinic, patient=patient, rules=taken_back, because=CLOSER_ANSWERED, now=now)
    touched = _touched(before, after, added)
    findings = [_finding(item, day) for item in touched]
    findings += [
        Finding(name, _FLAG_LEVELS[levels[name]], day, "", _evidence(day, [f"{name} {said}"]))
        for name, said in added.items()
        if name not in after and name not in _ON_TOP and levels[name] in _FLAG_LEVELS
    ]
    findings += [
        Finding(row.slug, FLAG, day, "", _evidence(day, [f"{row.name} {applies[row.slug]}"]))
        for row in new_conditions
    ]
    if kept:
        findings.append(_unreadable_finding(kept, day))
    if findings:
        raise_concerns(
            clinic=clinic,
            patient=patient,
            findings=findings,
            rule_version=CATALOGUE_VERSION,
            now=now,
            added_to=[item.question for item in touched if not _is_said_anew(item, before, added)],
        )
    lock = keep_lock(screening=screening, level=worst(item.level for item in after.values()), now=now)

    _complete(screening, all_answers, {*QUESTIONS, *slugs}, is_known, answered_at)
    if kept:
        request_screening(clinic=clinic, patient=patient, reason=ScreeningRequest.Reason.UNREADABLE, now=now)
    said_now = _touched(before, after, sent.answers)
    level = worst([*(item.level for item in said_now), *(levels[name] for name in added)])
    most_severe = [item for item in said_now if item.level == level]
    return Recorded(
        screening=screening,
        is_new=is_new or bool(added or applies or kept),
        level=level,
        is_unsure=bool(most_severe) and all(item.is_unsure for item in most_severe),
        is_calf=any(item.question in CALF for item in said_now),
        lock=lock,
        asks=follow_ups(all_answers, bilateral_known=is_known),
        unreadable=unreadable,
    )


def _screening(
    clinic: Clinic,
    patient: User,
    screening_id: UUID,
    kind: str,
    slugs: Mapping[str, Contraindication],
    answers: Mapping[str, str],
    answered_at: datetime,
    now: datetime,
    signs: SafetySigns,
) -> tuple[Screening, bool]:
    """The set of this id; begun now, with what is to be put in it, if it is not there."""
    for identity in (screening_id, uuid5(screening_id, str(patient.pk))):
        stored = Screening.objects.filter(pk=identity).first()
        if stored is not None and stored.patient_id == patient.pk:
            stored.patient, stored.clinic = patient, clinic
            return stored, False
        if stored is not None:
            continue
        due = what_is_due(patient, now, signs=signs)
        again = [item.question for item in items_of(patient, signs=signs)] if kind == AGAIN else ()
        questions = due.questions if due.kind == kind else questions_of(kind, again=again)
        screening = Screening(
            id=identity,
            clinic=clinic,
            patient=patient,
            kind=kind,
            questions=[*(questions or answers), *(slugs if kind == FIRST else ())],
            rules_version=CATALOGUE_VERSION,
            recorded_on=local_day(answered_at, patient.time_zone),
            begun_at=answered_at,
            received_at=now,
        )
        try:
            with transaction.atomic():
                screening.save(force_insert=True)
        except IntegrityError:  # somebody else has just taken this id
            continue
        return screening, True
    raise AssertionError("an id made from the patient's own belongs to nobody else")


def _stored(screening: Screening, answered_at: datetime) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The newest answers of this set, and those that, given at this moment, are the same ones sent again.

    Later than `_SAME_FOR`, the same words are another answer: it is still so.
    """
    given = screening.answers.exclude(answer=Answer.UNREADABLE).order_by("answered_at", "id")
    rows = list(given.values_list("question", "answer", "answered_at"))
    newest = {question: (said, at) for question, said, at in rows}
    repeated = {(question, said) for question, said, at in rows if at == answered_at}
    repeated |= {(name, said) for name, (said, at) in newest.items() if abs(answered_at - at) <= _SAME_FOR}
    return {question: said for question, (said, _) in newest.items()}, repeated


def _after_checks(signs: SafetySigns, now: datetime) -> datetime:
    """The moment of receipt of what is stored now: after any check that was stored before it.

    Requests of the same second may be stored in another order than they came in. What a check has not seen
    must not count as checked.
    """
    known = [at + _NEXT for at in (signs.checked_at, signs.closed_at) if at is not None]
    return max([now, *known])


def _keep_unreadable(
    screening: Screening, unreadable: Sequence[Unreadable], answered_at: datetime, received_at: datetime
) -> list[Unreadable]:
    """Store what is not stored yet; returns that."""
    if not unreadable:
        return []
    stored = set(screening.answers.filter(answer=Answer.UNREADABLE).values_list("question", "raw"))
    kept = [each for each in dict.fromkeys(unreadable) if (each.about, each.raw) not in stored]
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(
            screening=screening,
            question=each.about,
            answer=Answer.UNREADABLE,
            level=URGENT,
            raw=each.raw,
            answered_at=answered_at,
            received_at=received_at,
        )
        for each in kept
    )
    return kept


def _answered(
    question: str, said: str, answered_at: datetime, received_at: datetime, is_known: bool
) -> Answered:
    """An answer that is not stored yet. Both legs worse than usual is an emergency without further ado."""
    is_worse = question == BOTH_LEGS and is_known and counts_as_yes(question, said)
    return Answered(question, said, answered_at, received_at, EMERGENCY if is_worse else MONITOR)


def _level(answer: Answered, after: Mapping[str, Item], is_known: bool) -> str:
    """What is made of a new answer, with all that stands open after it."""
    question, said = answer.question, answer.answer
    if question in _ON_TOP and not (question in after and counts_as_yes(question, said)):
        is_asked = any(base in after for base, on_top in FOLLOW_UPS.items() if question in on_top)
        return level_of_answer(question, said) if is_asked else MONITOR
    if not counts_as_yes(question, said):
        return MONITOR
    if question in after:
        return after[question].level
    # a line that turned out to be nothing, or a late answer that a newer one has closed already
    return MONITOR if question in DETAILS else level_of_answer(question, said, bilateral_known=is_known)


def _condition_level(row: Contraindication, said: str) -> str:
    """Ask a clinician before the start; a filter asks nobody."""
    is_filter = row.level == Contraindication.Level.FILTER
    return MONITOR if is_filter or said == Answer.NO else SOON


def _turned_out_milder(item: Item, after: Mapping[str, Item]) -> bool:
    if not item.is_pending:
        return False
    now = after.get(item.question)
    return now is None or severity(now.level) < severity(item.level)


def _touched(before: Mapping[str, Item], after: Mapping[str, Item], added: Mapping[str, str]) -> list[Item]:
    """What these answers have opened, said again or changed."""
    return [
        item
        for item in after.values()
        if _is_said_anew(item, before, added) or not item.on_top.keys().isdisjoint(added)
    ]


def _is_said_anew(item: Item, before: Mapping[str, Item], added: Mapping[str, str]) -> bool:
    """More than a closer answer that changes nothing: a closer one may be an emergency by itself."""
    question, closer = item.question, item.on_top.keys() & added.keys()
    return (
        question not in before
        or before[question].level != item.level
        or (question in added and counts_as_yes(question, added[question]))
        or any(level_of_answer(each, added[each]) == EMERGENCY for each in closer)
    )


def _finding(item: Item, day: date) -> Finding:
    said = [f"{item.question} {item.answer}"]
    if item.question not in DETAILS:
        said += [f"{question} {answer}" for question, answer in item.on_top.items()]
    return Finding(item.question, _FLAG_LEVELS[item.level], day, "", _evidence(day, said))


def _evidence(day: date, said: Sequence[str]) -> Evidence:
    return Evidence(WARNING_SIGN, tuple(EvidenceReading(day, each) for each in said), None, None)


def _unreadable_finding(kept: Sequence[Unreadable], day: date) -> Finding:
    """What cannot be read is named where it stood for a question; what came stays in the record alone."""
    about = [f"{each.about} unreadable" if each.about in SIGNS else "unreadable" for each in kept]
    readings = tuple(EvidenceReading(day, each) for each in dict.fromkeys(about))[:_MOST_READINGS]
    return Finding(_UNREADABLE_RULE, URGENT, day, "", Evidence(UNREADABLE, readings, None, None))


def _complete(
    screening: Screening,
    answers: Mapping[str, str],
    askable: Collection[str],
    is_known: bool,
    answered_at: datetime,
) -> None:
    """Finish the set if all that was put is answered; then it meets the requests it can meet.

    A set in which nothing was answered is never finished. What can be asked no longer is not waited for.
    """
    put = [*screening.questions]
    put += [each for each in asked_on_top(answers, bilateral_known=is_known) if each not in put]
    put += [each for each in answers if each not in put]
    if put != screening.questions:
        screening.questions = put
        screening.save(update_fields=["questions"])
    is_open = not answers or any(each in askable and each not in answers for each in put)
    if screening.completed_at is not None or is_open:
        return
    screening.completed_at = answered_at
    screening.save(update_fields=["completed_at"])
    if screening.kind not in (FIRST, FULL):
        return
    met = ScreeningRequest.objects.open().filter(patient=screening.patient, asked_at__lte=answered_at)
    if "RF22" not in answers:
        met = met.exclude(reason=ScreeningRequest.Reason.SEVERE_PAIN)
    met.update(met_at=answered_at)
