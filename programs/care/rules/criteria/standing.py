"""Criteria about where a patient stands: how far down, flags, safety answers, the test of the stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from programs.care.rules.criteria.counting import count, day_in_words, is_within
from programs.care.rules.criteria.criterion import (
    FLAGS,
    MET,
    NOT_MET,
    REACH,
    SAFETY,
    TEST,
    UNKNOWN,
    Criterion,
)
from programs.care.rules.facts import Facts, StageParameters


def judge_reach(facts: Facts, parameters: StageParameters) -> Criterion:
    """On each affected side, the place named most often this week against the usual one. Of places named as
    often as each other the lower one counts, for the week and for what is usual."""
    sides = {side: _places(ranks, facts.today, parameters) for side, ranks in facts.reach.items()}
    numbers = {side: {"now": now, "usual": usual} for side, (now, usual) in sides.items()}
    said = "; ".join(
        f"{side} leg: {_place(now)}, usual {_place(usual)}" for side, (now, usual) in sides.items()
    )
    words = f"Furthest place this week, {said}." if said else "No side is affected."
    if any(now is not None and usual is not None and now > usual for now, usual in sides.values()):
        return Criterion(
            REACH, NOT_MET, numbers, words, "What you feel goes further down your leg than your usual."
        )
    if any(now is None for now, _ in sides.values()):
        return Criterion(
            REACH, UNKNOWN, numbers, words, "We do not know yet how far down your leg it goes this week."
        )
    if not sides or any(usual is None for _, usual in sides.values()):
        return Criterion(
            REACH, UNKNOWN, numbers, words, "We do not know yet how far down your leg is usual for you."
        )
    return Criterion(REACH, MET, numbers, words, "What you feel goes no further down than your usual.")


def judge_flags(facts: Facts) -> Criterion:
    numbers = {"flag": facts.has_flag, "check_in": facts.is_asked, "watched": facts.is_watched}
    if facts.has_flag:
        return Criterion(
            FLAGS,
            NOT_MET,
            numbers,
            "A flag is open.",
            "Something came up that your care team looks at first.",
        )
    if facts.is_asked:
        return Criterion(
            FLAGS,
            NOT_MET,
            numbers,
            "The patient is asked whether something changed.",
            "Your scores are a bit higher than your usual. We asked you about it.",
        )
    if not facts.is_watched:
        return Criterion(
            FLAGS,
            UNKNOWN,
            numbers,
            "Diary: no rule watches, so that no flag says nothing.",
            "Nobody watches your scores, so we cannot tell.",
        )
    return Criterion(FLAGS, MET, numbers, "No flag and no check-in is open.", "Nothing has come up.")


def judge_safety(facts: Facts, parameters: StageParameters) -> Criterion:
    """That nothing is open says something only if somebody asked, in the last week and after all that gave
    reason to."""
    open_items, asked_on = len(facts.safety_levels), facts.screened_on
    numbers = {
        "open": open_items,
        "asked": None if asked_on is None else (facts.today - asked_on).days,
        "is_blocked": facts.is_blocked,
        "is_asked": facts.is_screening_asked,
    }
    if open_items:
        return Criterion(
            SAFETY,
            NOT_MET,
            numbers,
            f"{count(open_items, 'safety answer')} still open.",
            "One of your safety answers needs to be looked at first.",
        )
    if facts.is_blocked:
        return Criterion(
            SAFETY,
            NOT_MET,
            numbers,
            "Something that the patient told rules exercise out.",
            "You told us of something that a clinician needs to look at first.",
        )
    if facts.is_screening_asked:
        return Criterion(
            SAFETY,
            NOT_MET,
            numbers,
            "All safety questions are asked anew, and not answered yet.",
            "Please answer all the safety questions first.",
        )
    if asked_on is None or not is_within(asked_on, facts.today, parameters.window_days):
        return Criterion(
            SAFETY,
            UNKNOWN,
            numbers,
            f"No safety questions were answered in {parameters.window_days} days.",
            "We do not know yet. You have not answered the safety questions this week.",
        )
    return Criterion(
        SAFETY, MET, numbers, "No safety answer is open.", "None of your safety answers is open."
    )


def judge_test(facts: Facts, parameters: StageParameters) -> Criterion:
    tested = facts.tested
    if not facts.is_testable:
        return Criterion(
            TEST,
            UNKNOWN,
            {},
            f"This plan is from before tests could be taken here. A therapist has to decide: {facts.test}",
            f"Your care team decides about the test. {facts.test}",
        )
    if tested is None:
        return Criterion(TEST, UNKNOWN, {}, f"Not tested yet: {facts.test}", f"Still to test. {facts.test}")
    age = (facts.today - tested.taken_on).days
    numbers = {"age": age, "valid_days": parameters.test_valid_days, "is_passed": tested.is_passed}
    on = day_in_words(tested.taken_on)
    if age > parameters.test_valid_days:
        return Criterion(
            TEST,
            UNKNOWN,
            numbers,
            f"Last tested {count(age, 'day')} ago, valid for {parameters.test_valid_days}: {facts.test}",
            f"Your last test was on {on}. Please test again. {facts.test}",
        )
    if tested.is_passed is None:
        return Criterion(
            TEST,
            UNKNOWN,
            numbers,
            f"Tested on {on}, an answer is missing: {facts.test}",
            f"An answer of your test is missing. {facts.test}",
        )
    return Criterion(
        TEST,
        MET if tested.is_passed else NOT_MET,
        numbers,
        f"{'Passed' if tested.is_passed else 'Not passed'} on {on}: {facts.test}",
        f"You passed the test on {on}."
        if tested.is_passed
        else f"You did not pass the test on {on}. You can try again. {facts.test}",
    )


def _places(
    ranks: Mapping[date, int], today: date, parameters: StageParameters
) -> tuple[int | None, int | None]:
    """The place of this week and the usual one, each None while too few checks tell."""
    now = [rank for day, rank in ranks.items() if is_within(day, today, parameters.window_days)]
    youngest, oldest = parameters.usual_place_ages
    old = sorted(day for day in ranks if is_within(day, today, oldest - youngest + 1, youngest))
    usual = [ranks[day] for day in old[-parameters.usual_place_reports :]]
    return (
        _most_named(now) if len(now) >= parameters.least_reports else None,
        _most_named(usual) if len(usual) >= parameters.least_usual_place_reports else None,
    )


def _most_named(ranks: Iterable[int]) -> int:
    named = Counter(ranks)
    return max(named, key=lambda rank: (named[rank], rank))


_PLACES = ("nowhere", "low back", "buttock", "thigh", "calf", "foot")


def _place(rank: int | None) -> str:
    return "not known" if rank is None else _PLACES[rank]
