"""Taking in what a telephone wrote down without a connection: each event once, and what follows from it.

Whatever is clinical is kept, readable or not. What follows is stored in the same transaction, so a telephone
that hears nothing back sends all of it again, and nothing is there twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, OperationalError, transaction

from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.exchange.actions.sessions import follow, log_fault
from programs.exchange.models import ClientEvent
from programs.exchange.rules import CLAMPED, SYMPTOMS, WEAKNESS, corrected
from programs.exchange.rules.clock import Moment
from programs.exchange.rules.envelope import (
    REFUSALS,
    SCREENING,
    Envelope,
    read_event,
    read_moment,
    read_uuid,
    refusal,
)
from programs.safety.actions import record_screening, request_screening
from programs.safety.models import Screening, ScreeningRequest
from programs.safety.rules import AGAIN, FIRST, FULL, KINDS, as_it_came

logger = logging.getLogger(__name__)

STORED, DUPLICATE, CONFLICT, QUARANTINED, REJECTED = RESULTS = (
    "stored",
    "duplicate",
    "conflict",
    "quarantined",
    "rejected",
)
_SOMEBODY_ELSES = (UUID(int=0), "")

_Status = ClientEvent.Status
_Reason = ScreeningRequest.Reason
_SCREENING_FIELDS = ("screening_id", "kind", "answers", "conditions", "answered_at", "bilateral_since")
_SYMPTOM = "symptom"
_LONGEST_SINCE = 60
_SAME_CLOCK_WITHIN = timedelta(days=60)
_MOST_ODD = 20


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of one event. `id` is the one it came with, None where it had none. `code` says why it was
    rejected; else it is empty.
    """

    id: str | None
    result: str
    code: str = ""

    @property
    def detail(self) -> str:
        """The same in a sentence."""
        return REFUSALS.get(self.code, "")


@transaction.atomic
def take_in(
    *, patient: User, device_id: UUID | None, sent_at: datetime | None, events: Sequence[Any], now: datetime
) -> list[EventResult]:
    """Store a telephone's events, and the answers and sessions that they tell of; one result for each, in the
    order they were sent.

    sent_at: what the telephone's clock showed when it sent them. The same event again changes nothing; other
    contents under an id that is there are kept beside it.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    shelf = _Shelf(patient, device_id, sent_at, now)
    codes = [refusal(each) for each in events]
    read = [None if code else read_event(each, patient.pk) for each, code in zip(events, codes, strict=True)]
    shelf.look_up([each for each in read if each is not None])
    results = [shelf.put(each) if each is not None else REJECTED for each in read]
    lost = {session for session in shelf.sessions if not follow(patient, session, shelf.new, now)}
    return [
        EventResult(
            _id_as_sent(sent),
            QUARANTINED if each and each.session in lost and result == STORED else result,
            code,
        )
        for sent, each, result, code in zip(events, read, results, codes, strict=True)
    ]


class _Shelf:
    """Where a patient's events are put. `new` are the rows that this request has brought."""

    def __init__(
        self, patient: User, device_id: UUID | None, sent_at: datetime | None, now: datetime
    ) -> None:
        self.patient, self.device_id, self.sent_at, self.now = patient, device_id, sent_at, now
        self.clinic: Clinic = clinic_of(patient, Role.PATIENT)
        self.known: dict[UUID, tuple[UUID, str]] = {}
        """Whose each id is, and the hash of what is there under it."""
        self.new: set[UUID] = set()
        self.sessions: dict[UUID, None] = {}

    def look_up(self, events: Sequence[Envelope]) -> None:
        ids = {identity for each in events for identity in (each.id, self.own(each.id), self.beside(each))}
        rows = ClientEvent.objects.filter(pk__in=ids).values_list("pk", "patient", "payload_hash")
        self.known = {pk: (patient, hash_) for pk, patient, hash_ in rows}

    def own(self, identity: UUID) -> UUID:
        """An id in place of one that is another patient's, the same each time."""
        return uuid5(identity, str(self.patient.pk))

    def beside(self, event: Envelope) -> UUID:
        """An id for other contents under one that is there, the same each time."""
        return uuid5(self.own(event.id), event.hash)

    def put(self, event: Envelope) -> str:
        """Store one event, with what it asks for at once, if it is not there; returns what became of it."""
        identity, status = event.id, _Status.ACCEPTED if event.is_whole else _Status.QUARANTINED
        if self._is_of_another(identity):
            identity = self.own(identity)
        if identity in self.known:
            if self.known[identity][1] == event.hash:
                return DUPLICATE
            identity, status = self.beside(event), _Status.CONFLICT
            if identity in self.known:
                return CONFLICT
            logger.warning("Event %s came again with other contents", event.id)
        try:
            with transaction.atomic():
                status = self._store(event, identity, status)
        except IntegrityError:
            if identity != event.id:
                raise
            self.known[identity] = _SOMEBODY_ELSES  # they have just taken it
            return self.put(event)
        self.known[identity] = (self.patient.pk, event.hash)
        self.new.add(identity)
        if event.session is not None:
            self.sessions[event.session] = None
        return {_Status.ACCEPTED: STORED, _Status.CONFLICT: CONFLICT}.get(status, QUARANTINED)

    def _store(self, event: Envelope, identity: UUID, status: ClientEvent.Status) -> ClientEvent.Status:
        moment = corrected(event.said_at, sent_at=self.sent_at, received_at=self.now, age_ms=event.age_ms)
        row = ClientEvent(
            id=identity,
            clinic=self.clinic,
            patient=self.patient,
            device_id=self.device_id,
            kind=event.kind,
            session=event.session,
            seq=event.seq,
            type=event.type,
            occurred_raw=event.raw_at,
            occurred_at=moment.at,
            time_source=moment.source,
            received_at=self.now,
            mono=event.mono,
            step=event.step,
            payload=event.payload,
            payload_hash=event.hash,
            status=status,
        )
        row.save(force_insert=True)
        if (event.kind == SCREENING or event.type == _SYMPTOM) and not self._is_done_at_once(event, moment):
            row.status = _Status.QUARANTINED
            row.save(update_fields=["status"])
            self._ask(_Reason.UNREADABLE)
            return _Status.QUARANTINED
        return status

    def _is_of_another(self, identity: UUID) -> bool:
        return identity in self.known and self.known[identity][0] != self.patient.pk

    def _is_done_at_once(self, event: Envelope, moment: Moment) -> bool:
        """Whether that went well; if not, nothing of it is stored."""
        try:
            with transaction.atomic():
                self._do_at_once(event, moment)
        except OperationalError:
            raise  # not its fault: all of it comes again
        except Exception as error:
            log_fault("Event %s could not be followed up", event.id, error)
            return False
        return True

    def _do_at_once(self, event: Envelope, moment: Moment) -> None:
        """What cannot wait for the end of a session: answers to safety questions, and a new sign."""
        if event.kind == SCREENING:
            record_screening(
                clinic=self.clinic,
                patient=self.patient,
                now=self.now,
                **_screening_of(event, moment, self.patient),
            )
            return
        body = _body_of(event)
        what = body.get("what") if isinstance(body, Mapping) else None
        if what not in SYMPTOMS:
            self._ask(_Reason.UNREADABLE)
        elif not self._has_answered_since(moment.at):
            self._ask(_Reason.WEAKNESS if what == WEAKNESS else _Reason.NEW_PLACE)

    def _has_answered_since(self, moment: datetime) -> bool:
        """The telephone asked all at once, and the answers came before this."""
        of_all = Screening.objects.filter(patient=self.patient, kind__in=(FIRST, FULL))
        return of_all.filter(completed_at__gte=moment).exists()

    def _ask(self, reason: str) -> None:
        request_screening(clinic=self.clinic, patient=self.patient, reason=reason, now=self.now)


def _screening_of(event: Envelope, moment: Moment, patient: User) -> dict[str, Any]:
    """What `record_screening` takes, out of anything. What means nothing goes along as it came."""
    body = _body_of(event)
    given: Mapping[str, Any] = body if isinstance(body, Mapping) else {"body": body}
    odd = {key: value for key, value in given.items() if key not in _SCREENING_FIELDS}
    identity = read_uuid(given.get("screening_id"))
    if identity is None and "screening_id" in given:
        odd["screening_id"] = given["screening_id"]
    kind = given.get("kind", AGAIN)
    if not isinstance(kind, str) or kind not in KINDS:
        odd["kind"], kind = kind, AGAIN
    answered_at = _by_the_same_clock(read_moment(given.get("answered_at")), event, moment)
    if answered_at is None and "answered_at" in given:
        odd["answered_at"] = given["answered_at"]
    since = given.get("bilateral_since", "")
    if not isinstance(since, str) or len(since) > _LONGEST_SINCE:
        odd["bilateral_since"], since = since, ""
    return {
        "screening_id": identity or uuid5(patient.pk, event.hash),
        "kind": kind,
        "answers": given.get("answers"),
        "conditions": given.get("conditions"),
        "answered_at": answered_at or moment.at,
        "bilateral_since": since,
        "also_unreadable": [as_it_came(key, value) for key, value in odd.items()][:_MOST_ODD],
    }


def _body_of(event: Envelope) -> Any:
    """What is in an event, also where what stands round it is amiss."""
    if isinstance(event.payload, Mapping) and not event.is_whole:
        return event.payload.get("data", event.payload)
    return event.payload


def _by_the_same_clock(answered_at: datetime | None, event: Envelope, moment: Moment) -> datetime | None:
    """When something was answered, by a clock of which this event says how wrong it is.

    None where nothing says so, or what cannot be.
    """
    if answered_at is None or event.said_at is None or moment.source == CLAMPED:
        return None if answered_at is None else moment.at
    before = event.said_at - answered_at
    return moment.at - before if abs(before) <= _SAME_CLOCK_WITHIN else None


def _id_as_sent(sent: Any) -> str | None:
    identity = sent.get("id") if isinstance(sent, Mapping) else None
    return None if identity is None else str(identity)
