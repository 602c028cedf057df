"""One event as a telephone sends it, read as far as it can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from programs.exchange.rules.reading import is_readable
from programs.exchange.rules.summary import TYPES

SESSION, SCREENING = KINDS = ("session", "screening")
EMPTY, UNKNOWN_KIND = "empty", "unknown_kind"
REFUSALS = {
    EMPTY: "There is nothing in it.",
    UNKNOWN_KIND: "This kind of event is not known here.",
}
"""Why an event is not stored, by code."""
LONGEST_STEP, LONGEST_RAW, LONGEST_WORD = 160, 64, 20
_MOST = 2**31 - 1
_LONGEST_MONO = 10**12
_OF_THE_SENDING = "age_ms"
"""Another one each time the same event is sent."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands round an event. `payload` is what is in it, or all of it as it came where that cannot be
    said; `is_whole`: nothing of it is amiss. `session` is None unless it can be put in its place there.
    `said_at` is the moment by the device's clock, `raw_at` how it said so.
    """

    id: UUID
    kind: str
    session: UUID | None
    seq: int | None
    type: str
    raw_at: str
    said_at: datetime | None
    age_ms: int | None
    mono: int | None
    step: str
    payload: Any
    hash: str
    is_whole: bool


def refusal(sent: Any) -> str:
    """The code of why an event is not stored; empty where it is.

    What names no kind may be anything, so it is kept.
    """
    if not sent:
        return EMPTY
    kind = sent.get("kind") if isinstance(sent, Mapping) else None
    return UNKNOWN_KIND if kind and isinstance(kind, str) and kind not in KINDS else ""


def read_event(sent: Any, owner: UUID) -> Envelope:
    """What came, whatever it is. Without an id one is made from what was sent and whose it is, so that the
    same again is known.
    """
    sent = _storable(sent)
    body: Mapping[str, Any] = sent if isinstance(sent, Mapping) else {}
    stays = {key: value for key, value in body.items() if key != _OF_THE_SENDING} if body else sent
    text = json.dumps(stays, sort_keys=True, ensure_ascii=False)
    identity, session = read_uuid(body.get("id")), read_uuid(body.get("session"))
    kind, type_, data = body.get("kind"), body.get("type"), body.get("data")
    seq, mono = _whole(body.get("seq"), 1, _MOST), _whole(body.get("mono"), 0, _LONGEST_MONO)
    step, age = body.get("step"), body.get(_OF_THE_SENDING)
    is_step = step is None or (isinstance(step, str) and len(step) <= LONGEST_STEP)
    said_at = read_moment(body.get("at"))
    is_framed = identity is not None and said_at is not None and is_step
    if kind == SCREENING:
        is_framed = is_framed and isinstance(data, Mapping)
        is_whole = is_framed
    else:
        in_place = session is not None and seq is not None and mono is not None and type_ in TYPES
        is_framed = is_framed and kind == SESSION and in_place
        is_whole = is_framed and is_readable(str(type_), data)
    return Envelope(
        id=identity or uuid5(owner, text),
        kind=_word(kind),
        session=session if is_framed and kind == SESSION else None,
        seq=seq,
        type=_word(type_),
        raw_at=str(body.get("at", ""))[:LONGEST_RAW],
        said_at=said_at,
        age_ms=age if type(age) is int else None,
        mono=mono,
        step=step if isinstance(step, str) and is_step else "",
        payload=data if is_framed else sent,
        hash=sha256(text.encode()).hexdigest(),
        is_whole=is_whole,
    )


def read_uuid(value: Any) -> UUID | None:
    """A UUID as text; None for anything else."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_moment(value: Any) -> datetime | None:
    """An instant in ISO 8601 with its offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment if moment is not None and moment.utcoffset() is not None else None
    except ValueError:
        return None


def _whole(value: Any, least: int, most: int) -> int | None:
    # bool is a kind of int
    return value if type(value) is int and least <= value <= most else None


def _word(value: Any) -> str:
    return value[:LONGEST_WORD] if isinstance(value, str) else ""


def _storable(value: Any) -> Any:
    """As it came, but for numbers that no database keeps as JSON: those as text."""
    if isinstance(value, Mapping):
        return {key: _storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return value
