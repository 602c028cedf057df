"""What keeps a patient from starting sessions: how it begins, and how it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from programs.accounts.models import Clinic, Role, User
from programs.lib.times import local_day
from programs.monitoring.actions import note_check, raise_concerns
from programs.monitoring.rules import Evidence, Finding, Reading
from programs.monitoring.rules.findings import PAPER_ON_HOLD, SESSION_ON_HOLD
from programs.safety.models import ActionLevel, Answer, SafetyLock, Screening, ScreeningAnswer
from programs.safety.queries import last_check
from programs.safety.rules import CATALOGUE_VERSION, EMERGENCY, URGENT, severity, worst

NOT_YET = "This day has not come yet."
BEFORE_ANSWER = "This day is before your answer. Enter the day of the check after it."
NO_PLACE = "Enter where you were checked."
TOO_LONG = "Write at most 200 letters."
LONGEST_PLACE = 200
LOCKED_RULE = "LOCKED"


@transaction.atomic
def end_lock(
    *, lock: SafetyLock, checked_on: date, checked_where: str, by: User, now: datetime
) -> SafetyLock:
    """A clinician has checked the patient, says the patient or their therapist: sessions may start again.

    The flag stays open, with a line about it: somebody of the care team is to take it on. Ending it again
    changes nothing.
    """
    User.objects.select_for_update(no_key=True).get(pk=lock.patient_id)
    lock.refresh_from_db()
    if lock.ended_at is not None:
        return lock
    checked_where = checked_where.strip()
    errors = {}
    if checked_on > local_day(now, lock.patient.time_zone):
        errors["checked_on"] = NOT_YET
    elif checked_on < _last_said_on(lock):
        errors["checked_on"] = BEFORE_ANSWER
    if not checked_where:
        errors["checked_where"] = NO_PLACE
    elif len(checked_where) > LONGEST_PLACE:
        errors["checked_where"] = TOO_LONG
    if errors:
        raise ValidationError(errors)
    lock.ended_at, lock.ending, lock.ended_by = _after_answers(lock, now), SafetyLock.Ending.CHECKED, by
    lock.checked_on, lock.checked_where = checked_on, checked_where
    lock.save(update_fields=["ended_at", "ending", "ended_by", "checked_on", "checked_where"])
    note_check(patient=lock.patient, checked_on=checked_on, checked_where=checked_where, by=by, now=now)
    return lock


def _last_said_on(lock: SafetyLock) -> date:
    """The local day of the newest answer that a check has to come after."""
    said = _answers_of(lock).filter(level__in=(EMERGENCY, URGENT)).exclude(answer=Answer.UNREADABLE)
    newest: datetime | None = said.aggregate(at=Max("answered_at"))["at"]
    began_on = lock.screening.recorded_on
    return began_on if newest is None else max(began_on, local_day(newest, lock.patient.time_zone))


def _after_answers(lock: SafetyLock, now: datetime) -> datetime:
    """The moment of a check that is stored now: not before that of any answer that was stored before it."""
    newest: datetime | None = _answers_of(lock).aggregate(at=Max("received_at"))["at"]
    return now if newest is None else max(now, newest)


def _answers_of(lock: SafetyLock) -> QuerySet[ScreeningAnswer]:
    """The answers that a check of this lock speaks of: those stored since the check before it."""
    answers = ScreeningAnswer.objects.filter(screening__patient=lock.patient_id)
    before = last_check(lock.patient)
    return answers if before is None else answers.filter(received_at__gt=before)


def keep_lock(*, screening: Screening, level: str, now: datetime) -> SafetyLock | None:
    """Have the lock that this level of what stands open asks for; returns the one that is open then.

    What is milder never ends an emergency lock. Call it with the patient's row locked.
    """
    lock = SafetyLock.objects.open().filter(patient=screening.patient).first()
    if lock is not None and lock.level == ActionLevel.URGENT and level != URGENT:
        is_raise = level == EMERGENCY
        lock.ended_at = now
        lock.ending = SafetyLock.Ending.MORE_SEVERE if is_raise else SafetyLock.Ending.ANSWERED_NO
        lock.save(update_fields=["ended_at", "ending"])
        lock = None
    if lock is None and severity(level) >= severity(URGENT):
        lock = SafetyLock.objects.create(
            clinic=screening.clinic,
            patient=screening.patient,
            level=level,
            screening=screening,
            opened_at=now,
        )
    return lock


@transaction.atomic
def note_session_during_lock(
    *, clinic: Clinic, patient: User, started_at: datetime, now: datetime, is_hour_known: bool = True
) -> None:
    """A session that is stored began while none should have: the care team hears of it today.

    A lock holds from the moment of the answer, not only from when that reached us: a telephone without a
    connection may send both later. Whoever has changed clinics is the patient of the new one, though the plan
    is still the old one's. Where the hour of the session is not known, any moment of its local day up to now
    may be the one.
    """
    day = local_day(started_at, patient.time_zone)
    earliest = latest = started_at
    if not is_hour_known:
        earliest, latest = _midnight(day, patient), min(_midnight(day + timedelta(days=1), patient), now)
    not_over = Q(ended_at=None) | Q(ended_at__gt=earliest)
    said_before = ScreeningAnswer.objects.filter(
        screening__patient=patient, level__in=(EMERGENCY, URGENT), answered_at__lte=latest
    ).exclude(answer=Answer.UNREADABLE)
    came_with_it = said_before.filter(received_at__gte=OuterRef("opened_at"))
    has_begun = Q(opened_at__lte=latest) | Exists(came_with_it)
    lock = SafetyLock.objects.filter(not_over, has_begun, patient=patient).first()
    if lock is None:
        return
    level = lock.level
    if lock.opened_at > latest:  # what made it more severe may have been said after the session
        level = worst(said_before.filter(received_at__gte=lock.opened_at).values_list("level", flat=True))
    own = [each.clinic for each in patient.memberships_now if each.role == Role.PATIENT]
    clinic = clinic if clinic in own or not own else own[0]
    measure = SESSION_ON_HOLD if is_hour_known else PAPER_ON_HOLD
    evidence = Evidence(measure, (Reading(day, level),), None, None)
    raise_concerns(
        clinic=clinic,
        patient=patient,
        findings=[Finding(LOCKED_RULE, URGENT, day, "", evidence)],
        rule_version=CATALOGUE_VERSION,
        now=now,
    )


def _midnight(day: date, patient: User) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), ZoneInfo(patient.time_zone)).astimezone(UTC)
