"""What is in a session's events, read as far as it can be. What cannot is None, and raises nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

WHOLE = 100
LONGEST_NOTE = 1000

FURTHER_DOWN, NUMBNESS, WEAKNESS = SYMPTOMS = ("further_down", "numbness", "weakness")
CHOICES: Mapping[str, Collection[str]] = {
    "spread": ("closer", "same", "settled", "stayed"),
    "effort": ("easy", "right", "hard"),
    "tingling": ("none", "under_1", "1_to_10", "over_10"),
}
"""What can be answered, by question; nothing else is an answer."""
SCORES = ("pain_peak", "pain_after")
KINDS = ("guided", "short")
SIDES = ("left", "right", "both")

MOST_BLOCKS, MOST_STEPS = 100, 2000
"""Of one session; the longest of ours has a tenth of it."""

SELF = "self"
WORK = ("reps", "hold", SELF)
BETWEEN = ("ready", "rest", "switch", "ask")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way through a session: a set, or what comes between two."""

    id: str
    kind: str
    side: str

    @property
    def block(self) -> str:
        return self.id.rpartition(".")[0]

    @property
    def is_work(self) -> bool:
        return self.kind in WORK

    @property
    def screen(self) -> str:
        return "work" if self.is_work else self.kind


@dataclass(frozen=True, slots=True)
class Block:
    """An exercise of the session, and its steps where they are known."""

    key: str
    exercise: str
    share: int
    sides: tuple[str, ...]
    instead_of: str | None
    steps: tuple[Step, ...] = ()

    def work(self, side: str) -> list[Step]:
        """The sets of one side. What is done on no side of its own, such as in turn, is done on each."""
        mine = [step for step in self.steps if step.is_work]
        return [step for step in mine if step.side == side or step.side not in self.sides]


@dataclass(frozen=True, slots=True)
class Start:
    """What was to be done when the session began. left_out: exercise and sides."""

    plan_version: UUID
    stage_number: int
    kind: str
    asks_safety: bool
    blocks: list[Block]
    steps: list[Step]
    set_aside: list[Block]
    left_out: list[tuple[str, tuple[str, ...]]]


def is_readable(kind: str, data: Any) -> bool:
    """Whether what came with an event of this type is all that it should be."""
    if not isinstance(data, Mapping):
        return False
    if kind == "started":
        return read_start(data) is not None
    if kind == "pain_before":
        return _is_score(data.get("value"))
    if kind == "symptom":
        return data.get("what") in SYMPTOMS
    if kind == "gentle" and data.get("choice") == "gentle":
        return read_steps(data.get("steps")) is not None and read_blocks(data.get("blocks")) is not None
    if kind == "swapped":
        return read_block(data.get("block")) is not None and read_steps(data.get("steps")) is not None
    if kind == "answered":
        question, value = data.get("question"), data.get("value")
        if question in SCORES:
            return _is_score(value)
        if question == "note":
            return value is None or (isinstance(value, str) and len(value) <= LONGEST_NOTE)
        choices = CHOICES.get(question, ()) if isinstance(question, str) else ()
        return bool(choices) and (value is None or value in choices)
    return True


def is_stop(kind: str, data: Any) -> bool:
    """Whether an exercise was stopped for pain here; it may have been taken back later on."""
    said = data if isinstance(data, Mapping) else {}
    return (
        kind == "stopped" or (kind, said.get("reason")) == ("skipped", "pain") or said.get("answer") == "much"
    )


def _is_score(value: Any) -> bool:
    # bool is a kind of int
    return value is None or (type(value) is int and 0 <= value <= 10)


def read_score(value: Any) -> int | None:
    return value if _is_score(value) else None


def read_start(data: Any) -> Start | None:
    if not isinstance(data, Mapping):
        return None
    blocks, steps = read_blocks(data.get("blocks")), read_steps(data.get("steps"))
    set_aside, left_out = read_blocks(data.get("set_aside", [])), _left_out(data.get("left_out", []))
    stage, kind = data.get("stage_number"), data.get("kind")
    try:
        version = UUID(str(data.get("plan_version")))
    except ValueError:
        return None
    if blocks is None or steps is None or set_aside is None or left_out is None:
        return None
    if type(stage) is not int or kind not in KINDS:
        return None
    return Start(version, stage, kind, bool(data.get("asks_safety")), blocks, steps, set_aside, left_out)


def read_steps(sent: Any) -> list[Step] | None:
    if not isinstance(sent, list) or len(sent) > MOST_STEPS:
        return None
    steps = []
    for each in sent:
        if not isinstance(each, Mapping):
            return None
        words = (each.get("id"), each.get("kind"), each.get("side"))
        if not all(isinstance(word, str) for word in words) or words[1] not in (*WORK, *BETWEEN):
            return None
        steps.append(Step(*map(str, words)))
    return steps


def read_blocks(sent: Any) -> list[Block] | None:
    if not isinstance(sent, list) or len(sent) > MOST_BLOCKS:
        return None
    blocks = [block for block in map(read_block, sent) if block is not None]
    return blocks if len(blocks) == len(sent) else None


def read_block(sent: Any) -> Block | None:
    if not isinstance(sent, Mapping):
        return None
    exercise, share, instead_of = sent.get("exercise"), sent.get("share"), sent.get("instead_of")
    sides, key = _sides(sent.get("sides")), sent.get("key", "")
    if not isinstance(exercise, str) or not isinstance(key, str) or sides is None:
        return None
    if type(share) is not int or not 0 <= share <= WHOLE or not isinstance(instead_of, str | None):
        return None
    return Block(key, exercise, share, sides, instead_of)


def _left_out(sent: Any) -> list[tuple[str, tuple[str, ...]]] | None:
    if not isinstance(sent, list):
        return None
    found = []
    for each in sent:
        planned = each.get("planned") if isinstance(each, Mapping) else None
        sides = _sides(each.get("sides")) if isinstance(each, Mapping) else None
        if not isinstance(planned, str) or sides is None:
            return None
        found.append((planned, sides))
    return found


def _sides(sent: Any) -> tuple[str, ...] | None:
    if not isinstance(sent, list) or not all(isinstance(side, str) and side in SIDES for side in sent):
        return None
    return tuple(sent)


def with_steps(blocks: Sequence[Block], steps: Sequence[Step]) -> list[Block]:
    of_block: defaultdict[str, list[Step]] = defaultdict(list)
    for step in steps:
        of_block[step.block].append(step)
    return [replace(each, steps=tuple(of_block[each.key])) for each in blocks]
