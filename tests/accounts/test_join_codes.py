"""How a typed join code is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from programs.accounts.rules import CODE_BITS, code_of, read_code, show_code

pytestmark = pytest.mark.pure

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
APART = " \t\u00a0-\u2010\u2011\u2013\u2014\u2212"
LOOKALIKES = {"0": "0oO", "1": "1iIlL"}

numbers = some.integers(0, 2**CODE_BITS - 1)


def ways_to_type(character: str) -> str:
    return LOOKALIKES.get(character, character + character.lower())


@some.composite
def typed(draw, code: str) -> str:
    """A code as somebody may type it."""
    apart = some.text(APART, max_size=2)
    parts = [draw(apart)]
    for character in code:
        parts += [draw(some.sampled_from(ways_to_type(character))), draw(apart)]
    return "".join(parts)


@given(some.data(), numbers)
def test_a_code_is_read_as_itself_however_it_is_typed(data, number):
    code = code_of(number)
    assert read_code(data.draw(typed(code))) == code
    assert read_code(show_code(code)) == code


@given(numbers, numbers)
def test_different_numbers_have_different_codes_of_ten_characters(one, other):
    assert (code_of(one) == code_of(other)) == (one == other)
    assert len(code_of(one)) == 10
    assert set(code_of(one)) <= set(ALPHABET)


def meant(text: str) -> str:
    """What is read, said in another way than the code says it."""
    read = []
    for character in text:
        if character.isspace() or character in "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212":
            continue
        fits = [known for known in ALPHABET if character in ways_to_type(known)]
        read.append(fits[0] if fits else "?")
    return "".join(read)


@given(some.one_of(some.text(), some.text(ALPHABET + "uUiIlLoO-ıſ\u212a １", min_size=8, max_size=14)))
def test_no_other_string_is_read_as_a_code(text):
    expected = meant(text)
    is_code = len(expected) == 10 and "?" not in expected
    assert read_code(text) == (expected if is_code else None)


@pytest.mark.parametrize(
    "text",
    ["", "ABCDE-1234", "ABCDE-123456", "ABCDE-1234U", "ABCDE-1234ı", "ABCDE_12345", "ABCDE-1234\u0661"],
)
def test_what_is_no_code_is_not_read(text):
    assert read_code(text) is None


def test_the_ends_of_the_range():
    assert (code_of(0), code_of(2**CODE_BITS - 1)) == ("0000000000", "ZZZZZZZZZZ")
    assert code_of(31 << 45) == "Z000000000"
    assert show_code("ABCDE12345") == "ABCDE-12345"
