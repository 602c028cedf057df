"""The test of a stage as items that can be asked, answered and judged.

A stage says in words what to be able to do before it is left; its items ask for that one by one. A limit is
a default of the program that holds it, not yet checked by a clinician. That the sore side is held against
the other one, and not against a norm, is because norms of heel raises differ so much by age and body
(Hebert-Losier et al. 2017, Physiotherapy 103:446).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from . import shape

CAN, COUNT = TEST_KINDS = ("can", "count")
UNITS: Final = ("times", "minutes", "seconds")
HIGHEST_COUNT: Final = 500
MOST_ITEMS: Final = 6

MET, NOT_MET, UNKNOWN = ITEM_STATES = ("met", "not_met", "unknown")

LEFT, RIGHT, BOTH = "left", "right", "both"


@dataclass(frozen=True, slots=True)
class StageTestItem:
    """One thing to try.

    kind: `CAN` is answered with yes or no, `COUNT` with a whole number of `unit`. each_side: the legs are
    tried apart, which takes a count. exercise: the slug of what is done, "" where it is none of the library.

    Limits that are None ask for nothing. pain_at_most: the worst pain while doing it, 0 to 10. at_least: the
    smallest count. share_of_other: percent of the other side's count that the sore side reaches; where
    `at_least` stands beside it, either is enough. most_apart: by how much the counts of the sides may
    differ. rise_over_first: percent above the count at the start of the program, which is asked too.
    """

    key: str
    kind: str
    aim: str
    question: str
    exercise: str
    unit: str
    each_side: bool
    at_least: int | None
    share_of_other: int | None
    most_apart: int | None
    rise_over_first: int | None
    pain_at_most: int | None

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """What `to_mapping` or a content file holds."""
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    def to_mapping(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class StageTestQuestion:
    """One question of a test. `name` is what its answer is stored under.

    kind: `CAN`, `COUNT`, or "pain" for a score of 0 to 10. side: "left", "right", or "" for neither.
    """

    name: str
    item: StageTestItem
    kind: str
    side: str
    is_about_first: bool


PAIN: Final = "pain"


def questions_of(items: Iterable[StageTestItem], side: str) -> list[StageTestQuestion]:
    """What a test asks, in order: each item, and the pain with it where that counts.

    side: "left", "right" or "both", the affected leg. Of the legs, the other one is asked about first: it
    shows what the sore one is to reach.
    """
    questions = []
    for item in items:
        if item.each_side:
            for each in (RIGHT, LEFT) if side == LEFT else (LEFT, RIGHT):
                questions.append(StageTestQuestion(f"{item.key}.{each}", item, COUNT, each, False))
        else:
            if item.rise_over_first is not None:
                questions.append(StageTestQuestion(f"{item.key}.first", item, COUNT, "", True))
            questions.append(StageTestQuestion(item.key, item, item.kind, "", False))
        if item.pain_at_most is not None:
            questions.append(StageTestQuestion(f"{item.key}.pain", item, PAIN, "", False))
    return questions


def answer_errors(items: Sequence[StageTestItem], side: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with answers, by name; None, or no answer, is what was not said."""
    known = {question.name: question for question in questions_of(items, side)}
    errors = {}
    for name, value in values.items():
        if name not in known:
            errors[name] = "This test has no such question."
        elif value is not None and (sentence := _answer_error(known[name].kind, value)):
            errors[name] = sentence
    return errors


def _answer_error(kind: str, value: object) -> str:
    if kind == CAN:
        return "" if isinstance(value, bool) else "Choose yes or no."
    highest = 10 if kind == PAIN else HIGHEST_COUNT
    if type(value) is int and 0 <= value <= highest:
        return ""
    return f"Choose a whole number from 0 to {highest}."


@dataclass(frozen=True, slots=True)
class StageTestResult:
    """What came of one item. `said` are the answers in words for a therapist, with the limits."""

    item: StageTestItem
    state: str
    said: str


def judge_items(
    items: Iterable[StageTestItem], side: str, values: Mapping[str, Any]
) -> list[StageTestResult]:
    """Each item judged by its own limits; where an answer is missing, only what is there can fail it."""
    return [_judge(item, side, values) for item in items]


def is_passed(results: Sequence[StageTestResult]) -> bool | None:
    """Whether a whole test is passed; None where nothing failed, but something is not known."""
    states = {result.state for result in results}
    if NOT_MET in states:
        return False
    return None if UNKNOWN in states or not results else True


def _judge(item: StageTestItem, side: str, values: Mapping[str, Any]) -> StageTestResult:
    parts = list(_parts(item, side, values))
    states = {state for state, _ in parts}
    state = NOT_MET if NOT_MET in states else UNKNOWN if UNKNOWN in states else MET
    return StageTestResult(item, state, "; ".join(words for _, words in parts))


def _parts(item: StageTestItem, side: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The state of each limit of an item, with its numbers."""
    if item.kind == CAN:
        done = values.get(item.key)
        yield _state(done), {True: "yes", False: "no", None: "not said"}[done]
    elif item.each_side:
        yield from _sides(item, side, values.get(f"{item.key}.left"), values.get(f"{item.key}.right"))
    else:
        yield from _one_count(item, values.get(item.key), values.get(f"{item.key}.first"))
    if item.pain_at_most is not None:
        pain = values.get(f"{item.key}.pain")
        met = None if pain is None else pain <= item.pain_at_most
        yield _state(met), f"pain {_number(pain)}, at most {item.pain_at_most}"


def _one_count(item: StageTestItem, count: int | None, first: int | None) -> Iterator[tuple[str, str]]:
    said = _number(count) if count is None else f"{count} {item.unit}"
    if item.at_least is not None:
        met = None if count is None else count >= item.at_least
        yield _state(met), f"{said}, at least {item.at_least}"
    if item.rise_over_first is not None:
        # No rise can be measured from nothing.
        met = None if count is None or not first else 100 * count >= first * (100 + item.rise_over_first)
        yield _state(met), f"{said}, {_number(first)} at the start, at least {item.rise_over_first} % more"


def _sides(item: StageTestItem, side: str, left: int | None, right: int | None) -> Iterator[tuple[str, str]]:
    said = f"left {_number(left)}, right {_number(right)}"
    if left is None or right is None:
        yield UNKNOWN, said
        return
    sore, other = {LEFT: (left, right), RIGHT: (right, left)}.get(side, (min(left, right), max(left, right)))
    enough = item.at_least is not None and (
        sore >= item.at_least if item.share_of_other is not None else min(left, right) >= item.at_least
    )
    # Nothing done on either side shows no strength at all.
    share = item.share_of_other is not None and sore > 0 and 100 * sore >= item.share_of_other * other
    limits = [
        *([f"at least {item.at_least}"] if item.at_least is not None else []),
        *([f"at least {item.share_of_other} % of the other side"] if item.share_of_other is not None else []),
    ]
    if limits:
        yield _state(enough or share), f"{said}, {' or '.join(limits)}"
    if item.most_apart is not None:
        apart = abs(left - right)
        yield _state(apart <= item.most_apart), f"{apart} apart, at most {item.most_apart}"


def _state(met: bool | None) -> str:
    return UNKNOWN if met is None else MET if met else NOT_MET


def _number(value: int | None) -> str:
    return "not said" if value is None else str(value)


def item_disagreements(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong between fields of one written item that are right by themselves."""
    needs_count = ("at_least", "share_of_other", "most_apart", "rise_over_first")
    if values["kind"] == CAN:
        for name in ("each_side", *needs_count):
            if values[name] not in (None, False):
                yield name, "Only a count has this."
    elif all(values[name] is None for name in needs_count):
        yield "at_least", "A count needs a limit."
    for name in ("share_of_other", "most_apart"):
        if values[name] is not None and not values["each_side"]:
            yield name, "Only a test of each side has this."
    if values["rise_over_first"] is not None and values["each_side"]:
        yield "rise_over_first", "Only a test of both sides together has this."


ITEM: Final = shape.mapping(
    {
        "key": shape.SLUG,
        "kind": shape.one_of(TEST_KINDS),
        "aim": shape.text(120),
        "question": shape.text(300),
        "exercise": shape.text_or_empty(60),
        "unit": shape.one_of(UNITS),
        "each_side": shape.TRUE_OR_FALSE,
        "at_least": shape.or_null(shape.whole_number(1, HIGHEST_COUNT)),
        "share_of_other": shape.or_null(shape.whole_number(1, 100)),
        "most_apart": shape.or_null(shape.whole_number(0, HIGHEST_COUNT)),
        "rise_over_first": shape.or_null(shape.whole_number(1, 200)),
        "pain_at_most": shape.or_null(shape.whole_number(0, 10)),
    }
)
