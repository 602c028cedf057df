"""An exercise with its dose as a list of steps, which a player goes through one after the other by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from programs.care.rules.content import PrescribedExercise
from programs.care.rules.session import WALKING
from programs.library.rules import Dose, seconds_needed
from programs.library.rules.dose import GETTING_INTO_POSITION_SECONDS

READY, REPS, HOLD, SELF, REST, SWITCH, ASK = KINDS = (
    "ready",
    "reps",
    "hold",
    "self",
    "rest",
    "switch",
    "ask",
)
WORK: Final = (REPS, HOLD, SELF)
"""What is done; all else lies between."""

READY_MS, SWITCH_MS, ASK_MS = 10_000, 8_000, 12_000
"""To get ready where the position stays, to change legs, and to say whether it hurts more."""

ALTERNATE = "alternate"


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of each part of one repetition: there, held, back, and until the next one."""

    up: float
    hold: float
    down: float
    pause: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `id` is the key of its block, a dot and a number: nothing else in a session has the same.

    `set` is the one that is done, or was just done; before a side begins it is its first. `side` is right,
    left, both, or alternate, which begins with `first`. A step of `reps` lasts as long as its tempo says and
    has no `dur_ms`; of an alternate one `reps` counts both sides together. Of what somebody does at their
    own pace (`self`) `dur_ms` is a guide.
    """

    id: str
    kind: str
    exercise: str
    set: int
    of_sets: int
    side: str
    first: str | None
    dur_ms: int | None
    reps: int | None
    tempo: Tempo | None
    position: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def steps_of(
    prescribed: PrescribedExercise,
    *,
    key: str,
    position: str,
    category: str,
    plan_side: str,
    first_leg: str,
    letter: str = "",
) -> tuple[Step, ...]:
    """The steps of one exercise: get ready, then every set of one side and of the other, with rests between
    the sets and a change between the sides, and at the end a short question.

    `letter` stands before the numbers of the ids, where a block has its steps twice. A walk is done at one's
    own pace, and has no rests and no question: it may be done at another hour of the day.
    """
    drafts = list(_drafts(prescribed, position, category, plan_side, first_leg))
    return tuple(replace(step, id=f"{key}.{letter}{number}") for number, step in enumerate(drafts, 1))


def _drafts(
    prescribed: PrescribedExercise, position: str, category: str, plan_side: str, first_leg: str
) -> Iterator[Step]:
    dose, is_walk = prescribed.dose, category == WALKING
    sides: tuple[str, ...] = prescribed.sides_for(plan_side, first_leg)
    first: str | None = None
    if prescribed.sides == ALTERNATE:
        sides, first = (ALTERNATE,), sides[0]
    work = _walk(prescribed) if is_walk else _work(dose, prescribed.sides)
    blank = Step("", "", prescribed.slug, 1, dose.sets, sides[0], first, None, None, None, position)
    yield replace(blank, kind=READY, dur_ms=READY_MS)
    for side in sides:
        if side != sides[0]:
            yield replace(blank, kind=SWITCH, side=side, dur_ms=SWITCH_MS)
        for number in range(1, dose.sets + 1):
            yield replace(blank, side=side, set=number, **work)
            if number < dose.sets and dose.rest_seconds and not is_walk:
                yield replace(blank, kind=REST, side=side, set=number, dur_ms=dose.rest_seconds * 1000)
    if not is_walk:
        yield replace(blank, kind=ASK, side=sides[-1], set=dose.sets, dur_ms=ASK_MS)


def _work(dose: Dose, sides: str) -> dict[str, Any]:
    """What one set of one side is; of an alternate exercise, of both."""
    if dose.duration_seconds is not None:
        return {"kind": HOLD, "dur_ms": dose.duration_seconds * 1000}
    times = 2 if sides == ALTERNATE else 1
    # One hold for each leg in turn is two, and each has to say its leg.
    if dose.repetitions * times == 1 and dose.hold_seconds:
        return {"kind": HOLD, "dur_ms": dose.hold_seconds * 1000}
    return {"kind": REPS, "reps": dose.repetitions * times, "tempo": _tempo(dose)}


def _walk(prescribed: PrescribedExercise) -> dict[str, Any]:
    one_set = seconds_needed(replace(prescribed.dose, sets=1), prescribed.sides)
    of_a_side = (one_set - GETTING_INTO_POSITION_SECONDS) // (2 if prescribed.sides == "each" else 1)
    return {"kind": SELF, "dur_ms": of_a_side * 1000}


def _tempo(dose: Dose) -> Tempo:
    if dose.tempo:
        up, pause, down = map(int, dose.tempo.split("-"))
        return Tempo(up, max(pause, dose.hold_seconds), down, 0)
    if dose.hold_seconds:
        return Tempo(1, dose.hold_seconds, 1, 1)
    return Tempo(1.5, 0, 1.5, 0)
