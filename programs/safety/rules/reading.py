"""Answers as they come in from a client: what can be read, and what is kept as it came."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from programs.safety.rules.questions import NO, NOT_SURE, QUESTIONS, YES

LONGEST_RAW, LONGEST_NAME = 2000, 60
MOST_UNREADABLE = 20
"""So many single pieces are kept apart; what is beyond them is kept together."""
# No database keeps both: PostgreSQL has no NUL, and half of a surrogate pair is no character in UTF-8.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was sent as an answer and is none: what it seems to be about, and what came."""

    about: str
    raw: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was sent, taken apart. `answers` by question; `conditions` by the slug of a contraindication."""

    answers: Mapping[str, str]
    conditions: Mapping[str, str]
    unreadable: tuple[Unreadable, ...]


def read(answers: Any, conditions: Any, slugs: Collection[str]) -> Reading:
    """The answers that mean something here, and everything else, of which nothing is thrown away.

    slugs: the contraindications that can be asked.
    """
    readable, odd = _readable(answers, {each.id: each.answers for each in QUESTIONS.values()}, "answers")
    applies, odd_conditions = _readable(conditions, dict.fromkeys(slugs, (NO, YES, NOT_SURE)), "conditions")
    return Reading(readable, applies, (*odd, *odd_conditions))


def as_it_came(about: str, value: Any) -> Unreadable:
    """A value that means nothing here, as it is kept."""
    raw = json.dumps(value, ensure_ascii=False, default=str)
    about, raw = (_NOT_STORABLE.sub("\ufffd", text) for text in (about, raw))
    return Unreadable(about[:LONGEST_NAME], raw[:LONGEST_RAW])


def _readable(
    sent: Any, allowed: Mapping[str, Collection[str]], name: str
) -> tuple[dict[str, str], list[Unreadable]]:
    if sent is None:
        return {}, []
    if not isinstance(sent, Mapping):
        return {}, [as_it_came(name, sent)]
    found, odd = {}, {}
    for key, value in sent.items():
        if isinstance(value, str) and value in allowed.get(key, ()):
            found[str(key)] = value
        else:
            odd[str(key)] = value
    kept = [as_it_came(key, value if key in allowed else {key: value}) for key, value in odd.items()]
    if len(kept) > MOST_UNREADABLE:
        rest = dict(list(odd.items())[MOST_UNREADABLE:])
        kept = [*kept[:MOST_UNREADABLE], as_it_came(name, rest)]
    return found, kept
