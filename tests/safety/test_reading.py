"""What came from a client is read where it means something, and kept as it came where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.safety.rules.reading import Reading, Unreadable, as_it_came, read

pytestmark = pytest.mark.pure

SLUGS = ["recent-surgery", "fracture"]


def of_answers(answers: Any) -> Reading:
    return read(answers, None, SLUGS)


def test_nothing_sent_is_nothing_said():
    assert read(None, None, SLUGS) == Reading({}, {}, ())
    assert read({}, {}, SLUGS) == Reading({}, {}, ())


def test_what_means_something_is_read_and_the_rest_is_kept_in_its_order():
    found = read(
        {"RF14": "yes", "RF18": "maybe", "tail": "no"},
        {"recent-surgery": "not_sure", "fracture": "a bit", "pregnancy": "yes"},
        SLUGS,
    )
    assert found == Reading(
        {"RF14": "yes"},
        {"recent-surgery": "not_sure"},
        (
            Unreadable("RF18", '"maybe"'),
            Unreadable("tail", '{"tail": "no"}'),
            Unreadable("fracture", '"a bit"'),
            Unreadable("pregnancy", '{"pregnancy": "yes"}'),
        ),
    )


@pytest.mark.parametrize("value", [None, True, 1, ["yes"], {"yes": "yes"}])
def test_only_words_are_answers(value):
    assert of_answers({"RF14": value}).answers == {}


@pytest.mark.parametrize(
    ("slug_answer", "is_read"), [("yes", True), ("no", True), ("not_sure", True), ("", False)]
)
def test_a_condition_is_yes_no_or_not_sure(slug_answer, is_read):
    assert bool(read(None, {"fracture": slug_answer}, SLUGS).conditions) is is_read


def test_a_whole_that_is_no_set_of_answers_is_kept_under_its_name():
    assert read(["yes"], "no", SLUGS).unreadable == (
        Unreadable("answers", '["yes"]'),
        Unreadable("conditions", '"no"'),
    )


@pytest.mark.parametrize("count", [20, 21, 23])
def test_beyond_twenty_pieces_the_rest_is_kept_together(count):
    sent = {f"x{number}": number for number in range(count)}
    kept = of_answers(sent).unreadable
    assert [each.about for each in kept[:20]] == list(sent)[:20]
    assert kept[20:] == (
        (Unreadable("answers", str({key: sent[key] for key in list(sent)[20:]}).replace("'", '"')),)
        if count > 20
        else ()
    )
    together = read(None, sent, SLUGS).unreadable
    assert [each.about for each in together[20:]] == ["conditions"] * (count > 20)


def test_it_is_kept_as_it_came_in_what_a_database_can_hold():
    assert as_it_came("Größe", "schön") == Unreadable("Größe", '"schön"')
    assert as_it_came("a\x00b", "\ud800") == Unreadable("a\ufffdb", '"\ufffd"')
    assert as_it_came("tags", {1}) == Unreadable("tags", '"{1}"')
    assert as_it_came("x" * 61, "y" * 3000) == Unreadable("x" * 60, '"' + "y" * 1999)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)


@given(ANYTHING | st.dictionaries(st.text("xyz", max_size=4), ANYTHING, max_size=4))
def test_whatever_comes_something_of_it_is_kept(sent):
    found = of_answers(sent)
    assert bool(found.unreadable) is (sent is not None and sent != {})
