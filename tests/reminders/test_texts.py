"""What a prompt says: one of many texts, and for days none of them again."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.library.models import BreakMessage
from programs.reminders.queries import prompt_text
from programs.reminders.rules import MOST_A_DAY, text_for
from tests import makers

rules = st.uuids()
texts = st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=20), max_size=80)
steps = st.integers(0, 2**31)


def test_without_any_text_there_is_one_all_the_same() -> None:
    assert text_for(UUID(int=1), 7, {}) == "Time to change position."


@given(rule=rules, step=steps, some=texts)
def test_the_same_prompt_always_says_the_same(rule: UUID, step: int, some: dict[str, str]) -> None:
    shuffled = dict(sorted(some.items(), key=lambda each: each[1]))

    assert text_for(rule, step, some) == text_for(rule, step, shuffled)


@given(rule=rules, step=steps, count=st.integers(1, 80))
def test_no_text_comes_again_before_all_the_others_have(rule: UUID, step: int, count: int) -> None:
    some = {f"slug-{number}": f"Text {number}." for number in range(count)}

    said = [text_for(rule, step + more, some) for more in range(2 * count)]

    assert len(set(said[:count])) == count
    assert said[count:] == said[:count]


@given(rule=rules, count=st.integers(2, 80))
def test_a_text_that_is_taken_away_leaves_the_others_in_their_order(rule: UUID, count: int) -> None:
    some = {f"slug-{number}": f"Text {number}." for number in range(count)}
    before = [text_for(rule, step, some) for step in range(count)]
    gone = some.pop("slug-0")

    assert [text_for(rule, step, some) for step in range(count - 1)] == [
        each for each in before if each != gone
    ]


def test_two_people_are_not_told_the_same_things_in_the_same_order() -> None:
    some = {f"slug-{number}": f"Text {number}." for number in range(64)}
    orders = {tuple(text_for(UUID(int=who), step, some) for step in range(64)) for who in range(20)}

    assert len(orders) == 20


@pytest.mark.django_db
def test_the_library_has_texts_for_three_days_of_most_prompts_and_more(alice) -> None:
    assert BreakMessage.objects.current().count() >= 4 * MOST_A_DAY

    rule = makers.break_rule(alice)
    said = []
    for _ in range(12):
        prompt = makers.prompt(rule)
        makers.not_now(prompt.due_at)
        said.append(prompt_text(prompt))
        rule.refresh_from_db()

    assert len(set(said)) == 12
    assert all(one != other for one, other in pairwise(said))


@pytest.mark.django_db
def test_a_text_that_is_no_longer_given_is_not_said(alice) -> None:
    prompt = makers.prompt(makers.break_rule(alice))
    BreakMessage.objects.filter(text=prompt_text(prompt)).update(retired_at=makers.NOON)

    assert prompt_text(prompt) in BreakMessage.objects.current().values_list("text", flat=True)
