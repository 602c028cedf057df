"""What a patient's telephone wrote down of one session, read by the server for itself.

The telephone sends what happened, one event for each step on the way, and no totals. Nothing of an event is
taken on trust: what is missing, of another kind or out of its place changes nothing, and raises nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from programs.exchange.rules.reading import (
    BETWEEN,
    LONGEST_NOTE,
    SELF,
    SYMPTOMS,
    Block,
    Start,
    Step,
    is_readable,
    read_block,
    read_blocks,
    read_score,
    read_start,
    read_steps,
    with_steps,
)

OPEN, SAVED, DISCARDED, LOCKED = "open", "saved", "discarded", "locked"
"""How a session may have ended; open is not yet."""
ENDED = (SAVED, LOCKED)
"""The endings of a session that took place."""

DONE, PARTLY, SKIPPED, STOPPED = "done", "partly", "skipped", "stopped"

_COUNTS_FROM = 5000
"""Milliseconds of a set from which it was begun in earnest."""
_LEAD_IN = 3000
_TWICE_WITHIN = 3000
_STAGE = ("work", *BETWEEN)
_CAN_STOP = (*_STAGE, "paused", "skip")
_CAN_LEAVE = (*_CAN_STOP, "stop")


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """One thing that happened in a session. mono: milliseconds since its start, pauses included."""

    id: str
    seq: int
    type: str
    mono: int
    step: str | None = None
    data: Any = None


@dataclass(frozen=True, slots=True)
class Result:
    """How one exercise went on one side; the words are those of an `ExerciseResult`."""

    exercise: str
    side: str
    outcome: str
    advised_share: int
    instead_of: str | None = None
    tingling: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session comes to. is_stopped: for pain, in whichever exercise. mono_end: when it was over."""

    plan_version: UUID
    stage_number: int
    kind: str
    ending: str
    mono_end: int
    pain_before: int | None
    pain_peak: int | None
    pain_after: int | None
    spread: str
    effort: str
    note: str
    is_stopped: bool
    symptoms: tuple[str, ...]
    results: tuple[Result, ...]
    is_begun: bool
    """At least one set was begun in earnest, or stopped for pain."""
    begun_by: str
    """The id of the event that began it."""


def summarise(events: Iterable[SessionEvent], *, is_left: bool = False) -> Summary | None:
    """The session that these events tell of, whichever order they come in and however often; None if they do
    not say how it began.

    is_left: nobody comes back to it. So a stop that nobody took back was one, and what is missing on the way
    will not come any more: a step that was finished later on, and the end, count all the same.
    """
    once: dict[str, SessionEvent] = {}
    for event in sorted(events, key=lambda each: (each.seq, each.id)):
        once.setdefault(event.id, event)
    session = _read(once.values(), is_broken=False)
    if is_left and session is not None and session.ending == OPEN:
        session = _read(once.values(), is_broken=True)
    return session.summary(is_left=is_left) if session is not None else None


def _read(events: Iterable[SessionEvent], *, is_broken: bool) -> _Session | None:
    session: _Session | None = None
    for event in events:
        if session is None:
            session = _Session.begun(event)
        else:
            session.take(event, is_broken=is_broken)
    return session


@dataclass(slots=True)
class _Session:
    """A session as far as its events have been read.

    tried: every exercise that was on, in the order of the results, what stood in for another right after it.
    since: from when the step that is on has been running, None while it stands still. ran: the longest that
    each set was on at a time, in milliseconds. stop: the exercise that was just stopped for pain, until it is
    left or gone on with; is_glance: it was said to hurt much more. came_from: where a safety question or a
    parked session leads back to. last: the id of the latest event.
    """

    start: Start
    tried: list[Block]
    steps: list[Step]
    screen: str
    begun_by: str
    seq: int
    last: str
    mono: int
    index: int = -1
    since: int | None = None
    running: int = 0
    ran: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    stop: str = ""
    is_glance: bool = False
    stopped: set[str] = field(default_factory=set)
    came_from: str = ""
    back_at: int | None = None
    is_over: bool = False
    ending: str = OPEN
    mono_end: int = 0
    pain_before: int | None = None
    symptoms: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    tingling: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begun(cls, event: SessionEvent) -> _Session | None:
        start = read_start(event.data) if event.type == "started" else None
        if start is None:
            return None
        screen = "safety" if start.asks_safety else "before"
        return cls(
            start,
            with_steps(start.blocks, start.steps),
            start.steps,
            screen,
            event.id,
            event.seq,
            event.id,
            event.mono,
        )

    def take(self, event: SessionEvent, *, is_broken: bool) -> None:
        """Read one more event, if it fits here. is_broken: some that came before it will never be known."""
        handle = _ON.get(event.type)
        if handle is None or (event.seq, event.id) <= (self.seq, self.last):
            return
        data = event.data if isinstance(event.data, Mapping) else {}
        mono = max(self.mono, event.mono)
        if is_broken and self.ending == OPEN and not self.is_over:
            self.go_where_it_was(event, mono)
        if handle(self, data, mono, event.step):
            self.seq, self.last, self.mono = event.seq, event.id, mono

    # --- the steps and their clock ---

    @property
    def step(self) -> Step:
        return self.steps[self.index]

    def to_step(self, index: int, mono: int) -> bool:
        self.freeze(mono)
        self.running, self.came_from = 0, ""
        if index >= len(self.steps):
            return self.be_over()
        self.index, self.since = index, mono
        self.screen = self.step.screen
        if self.step.is_work:
            self.ran.setdefault(self.step.id, 0)
        return True

    def go_where_it_was(self, event: SessionEvent, mono: int) -> None:
        """To where this event shows that the session was by then, whatever led there.

        Whether a stop was taken back on the way is not known, so it was not.
        """
        is_here = self.screen in _STAGE and event.step == self.step.id
        place = next((i for i, step in enumerate(self.steps) if step.id == event.step), None)
        if event.type == "advanced" and not is_here and place is not None:
            self.keep_stop()
            self.to_step(place, mono)
        elif event.type == "saved" and self.done:
            self.be_over()

    def be_over(self) -> bool:
        self.screen, self.is_over = "after", True
        return True

    def freeze(self, mono: int) -> None:
        """The step that is on stands still: so long has it run."""
        if self.since is None:
            return
        self.running += max(0, mono - self.since)
        self.since = None
        if self.step.is_work:
            self.ran[self.step.id] = max(self.ran[self.step.id], self.running)

    def go_on(self, mono: int) -> bool:
        """Back in the step; work begins with three, two, one, and none of that counts."""
        self.screen = self.step.screen
        self.since = mono + (_LEAD_IN if self.step.is_work and self.step.kind != SELF else 0)
        return True

    def set_before(self) -> int:
        if self.step.is_work or self.step.kind == "ready":
            return self.index
        return max((i for i in range(self.index) if self.steps[i].is_work), default=0)

    def exercise_before(self) -> int:
        first = self.first_of(self.step.block)
        return self.first_of(self.steps[first - 1].block) if first else 0

    def first_of(self, block: str) -> int:
        return next(i for i, step in enumerate(self.steps) if step.block == block)

    # --- leaving an exercise ---

    def keep_stop(self) -> None:
        """What was stopped for pain has been left for good."""
        if self.stop:
            self.stopped.add(self.stop)
        self.stop, self.is_glance = "", False

    def end(self, ending: str, mono: int) -> bool:
        self.freeze(mono)
        self.ending, self.mono_end = ending, mono
        return True

    # --- what it comes to ---

    @property
    def is_begun(self) -> bool:
        return bool(self.done or self.stopped) or any(ran >= _COUNTS_FROM for ran in self.ran.values())

    def summary(self, *, is_left: bool) -> Summary:
        if self.ending == OPEN:
            self.freeze(self.mono)
        if is_left or self.is_glance:
            self.keep_stop()
        results = [self.result(block, side) for block in self.tried for side in block.sides]
        results += [_left(each, side) for each in self.start.set_aside for side in each.sides]
        results += [Result(slug, side, SKIPPED, 0) for slug, sides in self.start.left_out for side in sides]
        note = self.answers.get("note") or ""
        return Summary(
            plan_version=self.start.plan_version,
            stage_number=self.start.stage_number,
            kind=self.start.kind,
            ending=self.ending,
            mono_end=self.mono if self.ending == OPEN else self.mono_end,
            pain_before=self.pain_before,
            pain_peak=self.answers.get("pain_peak"),
            pain_after=self.answers.get("pain_after"),
            spread=self.answers.get("spread") or "",
            effort=self.answers.get("effort") or "",
            note=note.strip()[:LONGEST_NOTE],
            is_stopped=bool(self.stopped),
            symptoms=tuple(self.symptoms),
            results=_once_a_side(results),
            is_begun=self.is_begun,
            begun_by=self.begun_by,
        )

    def result(self, block: Block, side: str) -> Result:
        work = block.work(side)
        if block.key in self.stopped:
            outcome = STOPPED if any(step.id in self.ran for step in work) else SKIPPED
        elif work and all(step.id in self.done for step in work):
            outcome = DONE
        elif any(step.id in self.done or self.ran.get(step.id, 0) >= _COUNTS_FROM for step in work):
            outcome = PARTLY
        else:
            outcome = SKIPPED
        tingling = "" if outcome == SKIPPED else self.tingling.get(block.exercise, "")
        return Result(block.exercise, side, outcome, block.share, block.instead_of, tingling)


# --- what each event does; False where it does not fit ---

_Handler = Callable[[_Session, Mapping[str, Any], int, str | None], bool]


def _cleared(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "safety":
        return False
    session.screen, session.came_from = session.came_from or "before", ""
    return True


def _locked(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.ending in ENDED:
        return False
    session.keep_stop()
    session.screen = "urgent"
    return session.end(LOCKED, mono)


def _pain_before(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "before":
        return False
    session.pain_before = read_score(data.get("value"))
    if data.get("offers_gentle"):
        session.screen = "gentle_offer"
        return True
    return session.to_step(0, mono)


def _gentle(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "gentle_offer":
        return False
    if data.get("choice") == "not_today":
        return session.be_over()
    steps = read_steps(data.get("steps"))
    if data.get("choice") == "gentle" and steps:
        session.steps = steps
        session.tried = with_steps(read_blocks(data.get("blocks")) or session.start.blocks, steps)
    return session.to_step(0, mono)


def _advanced(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in _STAGE or step != session.step.id:
        return False
    if session.step.is_work:
        session.done.add(step)
    return session.to_step(session.index + 1, mono)


def _more_time(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    return session.screen in _STAGE and session.screen != "work"


def _back(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in (*_STAGE, "paused"):
        return False
    is_second = session.back_at is not None and mono - session.back_at <= _TWICE_WITHIN
    session.back_at = None if is_second else mono
    return session.to_step(session.exercise_before() if is_second else session.set_before(), mono)


def _paused(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in _STAGE:
        return False
    session.freeze(mono)
    session.screen = "paused"
    return True


def _resumed(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    return session.screen == "paused" and session.go_on(mono)


def _stopped(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in _CAN_STOP:
        return False
    session.freeze(mono)
    session.screen, session.stop = "stop", session.step.block
    return True


def _gone_on(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in ("stop", "skip"):
        return False
    session.screen, session.stop, session.is_glance = "paused", "", False
    return True


def _skip_asked(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in (*_STAGE, "paused"):
        return False
    session.freeze(mono)
    session.screen = "skip"
    return True


def _skipped(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in _CAN_LEAVE:
        return False
    block = session.step.block
    if data.get("reason") == "pain":
        session.stop = block
    session.keep_stop()
    following = (i for i in range(session.index + 1, len(session.steps)) if session.steps[i].block != block)
    return session.to_step(next(following, len(session.steps)), mono)


def _swapped(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    block, steps = read_block(data.get("block")), read_steps(data.get("steps"))
    if session.screen not in _CAN_LEAVE or block is None or not steps:
        return False
    session.keep_stop()
    session.freeze(mono)
    old = session.step.block
    first = session.first_of(old)
    others = [each for each in session.steps if each.block != old]
    session.steps = [*others[:first], *steps, *others[first:]]
    if all(each.key != block.key for each in session.tried):
        place = next((i for i, each in enumerate(session.tried, 1) if each.key == old), len(session.tried))
        session.tried[place:place] = with_steps([block], steps)
    return session.to_step(first, mono)


def _ended(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen not in (*_CAN_LEAVE, "gentle_offer"):
        return False
    session.keep_stop()
    session.freeze(mono)
    return session.be_over()


def _symptom(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "stop":
        return False
    what = data.get("what")
    if what in SYMPTOMS and what not in session.symptoms:
        session.symptoms.append(what)
    session.screen, session.came_from = "safety", "stop"
    return True


def _glance(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "ask":
        return False
    if data.get("answer") != "much":
        return session.to_step(session.index + 1, mono)
    session.freeze(mono)
    session.screen, session.stop, session.is_glance = "stop", session.step.block, True
    return True


def _setting(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    """A pace, or a clock that jumped: it happened, and changes nothing of what was done."""
    return True


def _parked(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    is_stopped = session.screen == "stop" or (session.screen == "safety" and bool(session.came_from))
    if session.screen not in _CAN_STOP and not is_stopped:
        return False
    session.freeze(mono)
    session.screen, session.came_from = "parked", session.screen if is_stopped else ""
    return True


def _carried_on(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.screen != "parked":
        return False
    if session.came_from:
        # Questions that were not answered come again, and lead back to the stop.
        session.screen = session.came_from
        session.came_from = "stop" if session.screen == "safety" else ""
        return True
    return session.go_on(mono)


def _discarded(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.ending in ENDED:
        return False
    session.keep_stop()
    session.screen = "discarded"
    return session.end(DISCARDED, mono)


def _saved(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.ending in ENDED or not (session.is_over or session.screen == "parked"):
        return False
    session.keep_stop()
    session.screen, session.is_over = "after", True
    return session.end(SAVED, mono)


def _answered(session: _Session, data: Mapping[str, Any], mono: int, step: str | None) -> bool:
    if session.ending != SAVED or session.screen != "after" or not is_readable("answered", data):
        return False
    question, value = data["question"], data.get("value")
    if question == "tingling":
        session.tingling[str(data.get("exercise"))] = value or ""
    else:
        session.answers[question] = value
    return True


_ON: Mapping[str, _Handler] = {
    "cleared": _cleared,
    "locked": _locked,
    "pain_before": _pain_before,
    "gentle": _gentle,
    "advanced": _advanced,
    "more_time": _more_time,
    "back": _back,
    "paused": _paused,
    "resumed": _resumed,
    "stopped": _stopped,
    "gone_on": _gone_on,
    "skip_asked": _skip_asked,
    "skipped": _skipped,
    "swapped": _swapped,
    "ended": _ended,
    "symptom": _symptom,
    "glance": _glance,
    "speed": _setting,
    "auto_advance": _setting,
    "clock_jumped": _setting,
    "parked": _parked,
    "carried_on": _carried_on,
    "discarded": _discarded,
    "saved": _saved,
    "answered": _answered,
}
TYPES = ("started", *_ON)
"""What can happen in a session."""


def _left(block: Block, side: str) -> Result:
    return Result(block.exercise, side, SKIPPED, block.share, block.instead_of)


def _once_a_side(results: Sequence[Result]) -> tuple[Result, ...]:
    """Each side of each exercise once, where it was on twice: what stood in may be in the plan by itself.

    A stop outweighs all, and what was done what was not.
    """
    weight = (STOPPED, DONE, PARTLY, SKIPPED).index
    best: dict[tuple[str, str], Result] = {}
    for result in results:
        known = best.setdefault((result.exercise, result.side), result)
        if weight(result.outcome) < weight(known.outcome):
            best[(result.exercise, result.side)] = result
    return tuple(best.values())
