"""The session that a telephone's events tell of, as it is stored: once it is over, or was left."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import PlanVersion
from programs.exchange.models import ClientEvent
from programs.exchange.rules import DISCARDED, ENDED, SessionEvent, Summary, is_stop, summarise
from programs.logbook.actions import ResultInput, record_session, update_session
from programs.logbook.models import GuidedSession
from programs.safety.actions import request_screening
from programs.safety.models import ScreeningRequest

logger = logging.getLogger(__name__)

LONGEST_SESSION = timedelta(hours=12)
LEFT_AFTER = timedelta(hours=13)
"""A session can be taken up again for twelve hours; an hour more, and nobody comes back to it."""
_STILL_LOOKED_AT = timedelta(days=60)

_SHOWS_EFFORT = (
    "advanced",
    "paused",
    "stopped",
    "skip_asked",
    "skipped",
    "glance",
    "parked",
    "ended",
    "saved",
)
"""What comes after a first move; a session that has none of it was opened and no more."""

_Status = ClientEvent.Status
_Reason = ScreeningRequest.Reason
_SAID = ("pain_before", "pain_peak", "pain_after", "spread", "effort", "note")


def close_left_sessions(now: datetime) -> int:
    """Store what was begun, never ended, and not heard of for `LEFT_AFTER`; returns how many it were.

    A session that was thrown away is none. One session's fault keeps no other from being stored; the next run
    tries it again. Where nobody knows how one began, that it was stopped for pain is known all the same.
    """
    before = now - LEFT_AFTER
    of_session = ClientEvent.objects.filter(patient=OuterRef("patient"), session=OuterRef("session"))
    by_other_ways = GuidedSession.objects.filter(pk=OuterRef("session"), patient=OuterRef("patient"))
    left = ClientEvent.objects.filter(
        ~Exists(of_session.filter(received_at__gt=before)),
        ~Exists(of_session.filter(type="discarded")),
        ~Exists(of_session.exclude(told_of=None)),
        ~Exists(by_other_ways),
        type__in=_SHOWS_EFFORT,
        status=_Status.ACCEPTED,
        received_at__range=(now - _STILL_LOOKED_AT, before),
        session__isnull=False,
    )
    closed = 0
    for patient_id, session in (
        left.order_by("patient", "session").values_list("patient", "session").distinct()
    ):
        if session is None:
            continue
        try:
            with transaction.atomic():
                patient = User.objects.select_for_update(no_key=True).get(pk=patient_id)
                follow(patient, session, set(), now, is_left=True)
        except Exception as error:
            log_fault("Session %s could not be closed", session, error)
            continue
        mine = ClientEvent.objects.filter(patient=patient_id, session=session)
        closed += mine.exclude(told_of=None).exists()
    return closed


def follow(patient: User, session: UUID, new: set[UUID], now: datetime, *, is_left: bool = False) -> bool:
    """Have what is stored of a session be what its events say; False where they name what is not theirs.

    new: the events that have just come. is_left: nobody comes back to it, so it is over as it stands.
    """
    rows = ClientEvent.objects.filter(patient=patient, session=session).exclude(status=_Status.CONFLICT)
    events = list(rows.select_related("told_of"))
    story = _Story(patient, session, events, new, is_left)
    try:
        with transaction.atomic():
            is_known = story.keep(now)
    except OperationalError:
        raise  # not its fault: all of it comes again
    except Exception as error:
        log_fault("Session %s could not be derived from its events", session, error)
        story.ask_anew(now)
        # A fault of ours: what is not stored stays as it is, so that it is tried again once it is left.
        is_known = story.stored is None
    if not is_known:
        rows.update(status=_Status.QUARANTINED)
    return is_known


class _Story:
    """The events of one session, and what is stored of it."""

    def __init__(
        self, patient: User, session: UUID, events: Sequence[ClientEvent], new: set[UUID], is_left: bool
    ) -> None:
        self.patient, self.session, self.events = patient, session, events
        told = [each for each in events if each.told_of is not None]
        self.stored = told[0].told_of if told else None
        is_left = is_left or self.stored is not None
        self.summary = _summary(events, is_left=is_left)
        self.before = _summary([each for each in events if each.pk not in new], is_left=is_left)
        begun_by = self.summary.begun_by if self.summary else ""
        self.start = next((each for each in events if str(each.pk) == begun_by), None)
        self.is_left = is_left

    def keep(self, now: datetime) -> bool:
        summary, start = self.summary, self.start
        if summary is None or start is None:
            if not self.is_left:
                return True  # its beginning is still to come
            self.ask_anew(now)
            return False
        if self.stored is not None:
            if summary.ending != DISCARDED and summary != self.before:
                self._update(summary, self.stored, now)
            return True
        if summary.ending == DISCARDED:
            self.ask_anew(now)  # thrown away; but that it was stopped for pain is known
            return True
        if not (summary.ending in ENDED or (self.is_left and summary.is_begun)):
            return True
        version = self._version(summary)
        if version is None:
            logger.error("Session %s names a plan that is not its patient's", self.session)
            self.ask_anew(now)
            return False
        return self._store(summary, start, version, now)

    def ask_anew(self, now: datetime) -> None:
        """Ask about warning signs where nothing is stored of a session that was stopped for pain; once."""
        stops = [each for each in self.events if is_stop(each.type, each.payload)]
        is_stopped = bool(stops) if self.summary is None else self.summary.is_stopped
        since = min((each.received_at for each in stops), default=now)
        asked = ScreeningRequest.objects.filter(patient=self.patient, reason=_Reason.STOPPED)
        if is_stopped and not asked.filter(asked_at__gte=since).exists():
            clinic = clinic_of(self.patient, Role.PATIENT)
            request_screening(clinic=clinic, patient=self.patient, reason=_Reason.STOPPED, now=now)

    def _version(self, summary: Summary) -> PlanVersion | None:
        versions = PlanVersion.objects.filter(plan__patient=self.patient).select_related("plan__clinic")
        version = versions.filter(pk=summary.plan_version).first()
        if version is not None:
            version.plan.patient = self.patient
        return version

    def _store(self, summary: Summary, start: ClientEvent, version: PlanVersion, now: datetime) -> bool:
        started_at = min(start.occurred_at, now)
        identity, results = self.session, _results(summary)
        for _ in range(3):
            try:
                stored, is_new = record_session(
                    plan=version.plan,
                    session_id=identity,
                    plan_version=version,
                    stage_number=summary.stage_number,
                    started_at=started_at,
                    finished_at=_end(started_at, summary, now),
                    pain_before=summary.pain_before,
                    pain_peak=summary.pain_peak,
                    pain_after=summary.pain_after,
                    results=results,
                    note=summary.note,
                    now=now,
                    spread=summary.spread,
                    kind=summary.kind,
                    effort=summary.effort,
                    is_stopped=summary.is_stopped,
                    is_as_it_was=True,
                )
            except ValidationError as error:
                if "id" in error.message_dict:  # another patient's
                    identity = uuid5(self.session, str(self.patient.pk))
                    continue
                known = _without_unknown(results, error)
                if known is None:
                    logger.error("Session %s does not fit its plan", self.session)
                    self.ask_anew(now)
                    return False
                results = known
                self._set_apart(start)
                continue
            if is_new:
                start.told_of = stored
                start.save(update_fields=["told_of"])
            return True
        return False

    def _update(self, summary: Summary, stored: GuidedSession, now: datetime) -> None:
        """Only what the telephone says otherwise than before: the rest may have been put right since."""
        before = self.before
        stored.patient = self.patient
        said = {
            field: getattr(stored if before and getattr(before, field) == new else summary, field)
            for field in _SAID
            for new in [getattr(summary, field)]
        }
        is_later = before is None or before.mono_end != summary.mono_end
        results = _results(summary)
        for _ in range(2):
            try:
                update_session(
                    session=stored,
                    finished_at=_end(stored.started_at, summary, now) if is_later else stored.finished_at,
                    **said,
                    results=results,
                    is_stopped=summary.is_stopped and not (before and before.is_stopped),
                    now=now,
                )
            except ValidationError as error:
                known = _without_unknown(results, error)
                if known is None:
                    raise
                results = known
                continue
            return

    def _set_apart(self, start: ClientEvent) -> None:
        """It names exercises that nobody knows: the rest is stored, and somebody should look."""
        logger.error("Session %s names an exercise that is not in its plan", self.session)
        start.status = _Status.QUARANTINED
        start.save(update_fields=["status"])


def _summary(rows: Sequence[ClientEvent], *, is_left: bool) -> Summary | None:
    return summarise(
        [
            SessionEvent(str(row.pk), row.seq, row.type, row.mono, row.step or None, row.payload)
            for row in rows
            if row.seq is not None and row.mono is not None
        ],
        is_left=is_left,
    )


def _results(summary: Summary) -> list[ResultInput]:
    return [
        ResultInput(
            exercise=each.exercise,
            side=each.side,
            outcome=each.outcome,
            tingling=each.tingling,
            advised_share=each.advised_share,
            instead_of=each.instead_of,
        )
        for each in summary.results
    ]


def _without_unknown(results: Sequence[ResultInput], error: ValidationError) -> list[ResultInput] | None:
    """The results without those that an error names; None where it names anything else."""
    fields = [field.split(".") for field in error.message_dict]
    if any(field[0] != "results" for field in fields):
        return None
    unknown = {int(field[1]) for field in fields}
    return [each for number, each in enumerate(results) if number not in unknown]


def _end(started_at: datetime, summary: Summary, now: datetime) -> datetime:
    """By its own clock, which nobody sets; not in the future."""
    lasted = timedelta(milliseconds=min(summary.mono_end, LONGEST_SESSION // timedelta(milliseconds=1)))
    return max(started_at, min(started_at + lasted, now))


def log_fault(what: str, identity: UUID, error: Exception) -> None:
    """A fault of this program, and where it is. Not what it says: a database prints the row it refused."""
    place = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what % identity, type(error).__name__, place)
