"""What in a report has the patient asked all safety questions anew, before the next session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from programs.accounts.models import Clinic, User
from programs.logbook.models import (
    DailyCheck,
    ExerciseResult,
    GuidedSession,
    Intake,
    Reach,
    Symptom,
    Weakness,
    WeeklyCheck,
)
from programs.logbook.queries import is_newly_bilateral
from programs.logbook.rules import BILATERAL_FROM, BILATERAL_IS_NEW_AFTER, REGIONS, SIDES
from programs.monitoring.rules import Finding
from programs.safety.actions import note_session_during_lock, request_screening
from programs.safety.models import ScreeningRequest

Reason = ScreeningRequest.Reason

SEVERE_FROM = 8
"""Worst leg pain from which all questions are asked (clinical fact base 4.5)."""
_ASKS_NOTHING = ("W1", "W1e")
"""Rules that ask the patient by themselves."""


def ask_after_daily_check(check: DailyCheck, now: datetime) -> None:
    """Very bad leg pain, or symptoms where there were none in the two weeks before."""
    if check.worst_leg_pain >= SEVERE_FROM:
        _request(check, Reason.SEVERE_PAIN, now)
    if is_newly_bilateral(check) or _names_a_new_place(check):
        _request(check, Reason.NEW_PLACE, now)


def ask_after_weekly_check(check: WeeklyCheck, now: datetime) -> None:
    """New weakness."""
    if check.weakness == Weakness.NEW_OR_WORSE:
        _request(check, Reason.WEAKNESS, now)


def ask_after_intake(intake: Intake, now: datetime) -> None:
    """What an intake says that nobody knew of before: whether it is news to the patient is asked then."""
    for reason in asked_by_intake(intake):
        _request(intake, reason, now)


def asked_by_intake(intake: Intake) -> list[str]:
    """Why an intake, stored or about to be, has all asked anew: weakness, numbness, and what a daily check
    would, beside those of the 14 days before.
    """
    check = _as_daily_check(intake)
    reasons: list[str] = []
    if intake.leg_pain is not None and intake.leg_pain >= SEVERE_FROM:
        reasons.append(Reason.SEVERE_PAIN)
    if Symptom.WEAKNESS in intake.symptoms:
        reasons.append(Reason.WEAKNESS)
    if Symptom.NUMBNESS in intake.symptoms or is_newly_bilateral(check) or _names_a_new_place(check):
        reasons.append(Reason.NEW_PLACE)
    return reasons


def _as_daily_check(intake: Intake) -> DailyCheck:
    """The daily check that would name the same places, never stored. Whoever says "both legs" names both,
    however far down it goes.
    """
    reach = {side: intake.reach if intake.side == side else None for side in SIDES}
    if intake.side == Intake.Side.BOTH:
        reach = dict.fromkeys(SIDES, max(intake.reach, BILATERAL_FROM))
    return DailyCheck(
        patient_id=intake.patient_id,
        recorded_on=intake.recorded_on,
        reach_left=reach["left"],
        reach_right=reach["right"],
        tingling_numbness_left=intake.places_left,
        tingling_numbness_right=intake.places_right,
    )


def ask_after_session(
    session: GuidedSession, results: Iterable[ExerciseResult], now: datetime, *, is_stopped: bool = False
) -> None:
    """An exercise that was stopped for pain; and a session that began while none should have is told of.

    is_stopped: the patient stopped for pain, and cannot say which exercise it was. Of a session on paper
    nobody knows the hour.
    """
    if is_stopped or any(result.outcome == ExerciseResult.Outcome.STOPPED for result in results):
        _request(session, Reason.STOPPED, now)
    note_session_during_lock(
        clinic=session.clinic,
        patient=session.patient,
        started_at=session.started_at,
        now=now,
        is_hour_known=session.kind != GuidedSession.Kind.PAPER,
    )


def ask_after_findings(clinic: Clinic, patient: User, news: Sequence[Finding], now: datetime) -> None:
    """What the worsening rules have just found, whether it opened a flag or was added to one."""
    if any(finding.rule not in _ASKS_NOTHING for finding in news):
        request_screening(clinic=clinic, patient=patient, reason=Reason.FLAG, now=now)


def _request(report: DailyCheck | WeeklyCheck | GuidedSession | Intake, reason: str, now: datetime) -> None:
    request_screening(clinic=report.clinic, patient=report.patient, reason=reason, now=now)


def _names_a_new_place(check: DailyCheck) -> bool:
    """Whether a check names a place on a side that none of the 14 days before does; False without any.

    Whoever feels it down to the calf has named the thigh too.
    """
    days = (check.recorded_on - BILATERAL_IS_NEW_AFTER, check.recorded_on - timedelta(days=1))
    checks = DailyCheck.objects.current().filter(patient_id=check.patient_id, recorded_on__range=days)
    earlier = list(checks)
    known = {place for each in earlier for place in _places(each, is_all=True)}
    return bool(earlier) and not _places(check, is_all=False) <= known


def _places(check: DailyCheck, *, is_all: bool) -> set[tuple[str, str]]:
    """Side and region of what a check names. is_all: with everything on the way down."""
    sides = {
        "left": (check.reach_left, check.tingling_numbness_left),
        "right": (check.reach_right, check.tingling_numbness_right),
    }
    named = set()
    for side, (reach, regions) in sides.items():
        furthest = reach or Reach.NONE
        first = 0 if is_all else max(furthest - 1, 0)
        named |= {(side, region) for region in (*REGIONS[first:furthest], *(regions or ()))}
    return named
