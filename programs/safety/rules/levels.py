"""What answers ask for: the level of each, what stands open, and what closes it again.

Any one yes is enough to act on, and no number of noes proves anything: a "no" only ever closes what was said
before, and not at once. Levels and combinations are those of the clinical fact base (4.2, 4.3); that a day
has to lie between is its "re-ask at 24 h until resolved" (4.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from programs.safety.rules.questions import (
    CHECKED,
    DETAILS,
    EMERGENCY,
    FOLLOW_UPS,
    LONG_KNOWN,
    MONITOR,
    NO,
    NOT_SURE,
    QUESTIONS,
    SOON,
    URGENT,
    YES,
    counts_as_yes,
    severity,
)

SETTLES_AFTER = timedelta(hours=24)
"""A "no" sooner after the last yes takes no urgent answer back: a sign may come and go within a day."""

BOTH_LEGS = "RF07"
_MADE_WORSE = ("RF15", "RF17")
"""A fall, or cancer with new pain: with weak legs, or with both legs, an emergency even if those are old."""
_WEAK_LEGS = ("RF08", "S2")

_ORDER = {question: place for place, question in enumerate(QUESTIONS)}
_BASES = {
    follow_up: tuple(base for base, asked in FOLLOW_UPS.items() if follow_up in asked)
    for follow_ups in FOLLOW_UPS.values()
    for follow_up in follow_ups
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to one question. Of one that is stored, `level` is what was made of it when it was given.

    received_at: when it reached us, which may be long after `answered_at`, when it was given.
    """

    question: str
    answer: str
    answered_at: datetime
    received_at: datetime
    level: str = MONITOR


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was answered with yes, or with "not sure" where that counts as yes, and is not over.

    What is answered on top of it may make it more severe, never less so. While `is_pending` it counts as
    urgent, until the questions on top of it are answered: symptoms in both legs may be old and known, and
    "not sure" about a line of the session screen may turn out to be nothing.
    """

    question: str
    answer: str
    settled: str
    """The level apart from what is pending."""
    is_pending: bool
    positive_at: datetime
    """The last yes."""
    known_at: datetime
    """When a yes was last given or last reached us, whichever is later: a phone's clock may be slow."""
    answered_at: datetime
    """The last answer, whatever it was."""
    was_asked_again: bool = False
    on_top: Mapping[str, str] = field(default_factory=dict)
    """The answers to what was asked on top of it since the last yes."""

    @property
    def level(self) -> str:
        return worst([self.settled, URGENT]) if self.is_pending else self.settled

    @property
    def is_unsure(self) -> bool:
        """Nothing about it was answered with yes: it counts because of "not sure"."""
        return YES not in (self.answer, *self.on_top.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to be answered before it is known what it is; empty where that is known."""
        if not self.is_pending:
            return ()
        if self.question == BOTH_LEGS:
            return (CHECKED,) if self.on_top.get(LONG_KNOWN) == YES else (LONG_KNOWN,)
        return tuple(each for each in DETAILS[self.question] if each not in self.on_top)


def worst(levels: Iterable[str]) -> str:
    """The most severe of these levels; `MONITOR` without any."""
    return max(levels, key=severity, default=MONITOR)


def is_known_only_by_detail(question: str, answer: str, *, bilateral_known: bool = False) -> bool:
    """Whether only what is asked on top of an answer tells what it is."""
    if question == BOTH_LEGS:
        return counts_as_yes(question, answer) and not bilateral_known
    return question in DETAILS and answer == NOT_SURE


def level_of_answer(question: str, answer: str, *, bilateral_known: bool = False) -> str:
    """What one answer asks for by itself, as long as nothing is asked on top of it."""
    if question == LONG_KNOWN:
        return MONITOR if answer == YES else EMERGENCY
    if question == CHECKED:
        return SOON if answer == YES else URGENT
    if not counts_as_yes(question, answer):
        return MONITOR
    if is_known_only_by_detail(question, answer, bilateral_known=bilateral_known):
        return URGENT
    return QUESTIONS[question].level


def standing_items(answers: Iterable[Answered]) -> dict[str, Item]:
    """What stands open after these answers, by question.

    They may come in any order, and count in the order in which they were given; of two answers to one
    question at the same moment the one to act on counts.
    """
    items: dict[str, Item] = {}
    for answer in sorted(answers, key=_given):
        if answer.question in _BASES:
            _take_follow_up(items, answer)
        else:
            _note_detail(items, answer)
            _take(items, answer)
        _combine(items)
    return items


def open_items(
    answers: Iterable[Answered], *, checked_at: datetime | None = None, closed_at: datetime | None = None
) -> list[Item]:
    """What stands open, most severe first, each question once.

    checked_at: when somebody last said that a clinician has checked the patient, which is about all that was
    known here by then and was an emergency or urgent. closed_at: when a therapist last closed a flag about
    such answers, which is about everything else that was known here by then.
    """
    answers = list(answers)
    standing = {at: standing_items(_received_after(answers, at)) for at in {checked_at, closed_at}}
    found = {
        item.question: item
        for item in standing[checked_at].values()
        if severity(item.level) >= severity(URGENT)
    }
    later = max((at for at in (checked_at, closed_at) if at is not None), default=None)
    for since in (closed_at, later):
        for item in standing[since].values():
            if item.level == SOON:
                found.setdefault(item.question, item)
    return sorted(found.values(), key=lambda item: (-severity(item.level), _place(item.question)))


def _received_after(answers: Iterable[Answered], at: datetime | None) -> list[Answered]:
    return [answer for answer in answers if at is None or answer.received_at > at]


def _given(answer: Answered) -> tuple[datetime, int, int, bool]:
    return (
        answer.answered_at,
        *_place(answer.question),
        answer.question in QUESTIONS and counts_as_yes(answer.question, answer.answer),
    )


def _place(question: str) -> tuple[int, int]:
    """Of answers given at once: the lines first, then the questions, then what was asked on top of them."""
    rank = 0 if question in DETAILS else 2 if question in _BASES else 1
    return rank, _ORDER[question]


def _take_follow_up(items: dict[str, Item], answer: Answered) -> None:
    """An answer to what is asked on top of others, which belongs to those of them that stand open.

    A yes without any of them stands for itself: what it was asked about may have been unreadable, checked or
    taken back meanwhile. How long both legs have been so tells nothing without RF07.
    """
    bases = [base for base in _BASES[answer.question] if base in items]
    for base in bases:
        items[base] = _with_follow_up(items[base], answer)
    if answer.question not in (LONG_KNOWN, CHECKED) and (not bases or answer.question in items):
        _take(items, answer)


def _take(items: dict[str, Item], answer: Answered) -> None:
    """An answer to a question that stands for itself."""
    question, before = answer.question, items.get(answer.question)
    if not counts_as_yes(question, answer.answer):
        if before is not None and _ends(before, answer):
            del items[question]
        elif before is not None:
            items[question] = replace(before, answered_at=answer.answered_at, was_asked_again=True)
        return
    is_pending = answer.level != EMERGENCY and is_known_only_by_detail(question, answer.answer)
    if answer.level == EMERGENCY:
        level = EMERGENCY
    else:
        level = MONITOR if is_pending else level_of_answer(question, answer.answer)
    items[question] = Item(
        question=question,
        answer=answer.answer,
        settled=worst([level, before.settled if before else MONITOR]),
        is_pending=is_pending,
        positive_at=answer.answered_at,
        known_at=max(
            answer.answered_at, answer.received_at, *([before.known_at] if before is not None else [])
        ),
        answered_at=answer.answered_at,
        was_asked_again=before is not None,
    )


def _ends(item: Item, answer: Answered) -> bool:
    """Whether this "no" closes what stands open: never an emergency, and what is urgent not within a day."""
    if answer.answer != NO or item.level == EMERGENCY:
        return False
    return item.level == SOON or answer.answered_at - item.known_at >= SETTLES_AFTER


def _with_follow_up(item: Item, answer: Answered) -> Item:
    """An answer to what was asked on top of an item."""
    on_top = {**item.on_top, answer.question: answer.answer}
    if answer.question not in (LONG_KNOWN, CHECKED):
        level = level_of_answer(answer.question, answer.answer)
        return replace(item, on_top=on_top, settled=worst([item.settled, level]))
    if not item.is_pending:
        return replace(item, on_top=on_top)
    decisive = CHECKED if on_top.get(LONG_KNOWN) == YES else LONG_KNOWN
    if decisive not in on_top:
        return replace(item, on_top=on_top)
    level = level_of_answer(decisive, on_top[decisive])
    return replace(item, on_top=on_top, settled=worst([item.settled, level]), is_pending=False)


def _note_detail(items: dict[str, Item], answer: Answered) -> None:
    """A full question answered, for a line of the session screen about which somebody was not sure.

    What is found stands open as that question; of the line itself nothing is left once all are answered.
    """
    for line, details in DETAILS.items():
        item = items.get(line)
        if item is None or not item.is_pending or answer.question not in details:
            continue
        item = replace(item, on_top={**item.on_top, answer.question: answer.answer})
        if item.missing:
            items[line] = item
        elif item.settled == MONITOR:
            del items[line]
        else:
            items[line] = replace(item, is_pending=False)


def _combine(items: dict[str, Item]) -> None:
    """What is more severe together than by itself."""
    worse = [question for question in (BOTH_LEGS,) if question in items]
    worse += [each for each in _WEAK_LEGS if each in items and not items[each].is_pending]
    made_worse = [question for question in _MADE_WORSE if question in items]
    if not worse or not made_worse:
        return
    for question in made_worse + [each for each in worse if each == BOTH_LEGS]:
        items[question] = replace(items[question], settled=EMERGENCY, is_pending=False)
