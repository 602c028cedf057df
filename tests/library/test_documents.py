"""Reading YAML: every field knows its line, and whatever cannot be read is one problem with its line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from programs.library.rules import read_document

pytestmark = pytest.mark.pure

TEXT = """\
slug: own-plan
stages:
  - number: 1
    prescriptions:
      - exercise: bridge
        dose: {sets: 3,
               repetitions: 10}
  - number: 2
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        ("slug", 1),
        ("stages", 2),
        ("stages[0].number", 3),
        ("stages[0].prescriptions[0].exercise", 5),
        ("stages[0].prescriptions[0].dose.sets", 6),
        ("stages[0].prescriptions[0].dose.repetitions", 7),
        ("stages[1].number", 8),
    ],
)
def test_a_field_is_found_on_its_line(path: str, line: int) -> None:
    document, problems = read_document(TEXT, "own.yaml")
    assert problems == []
    assert document.line_of(path) == line


def test_a_field_that_is_missing_has_the_line_of_what_it_is_missing_from() -> None:
    document, _ = read_document(TEXT, "own.yaml")
    assert document.line_of("stages[1].prescriptions[0].dose.sets") == 8
    assert document.line_of("name") == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("slug: a\nsteps: [one, two\nname: b\n", 3, "This is not YAML: "),
        ("slug: a\n\tname: b\n", 2, "This is not YAML: "),
        (
            "slug: a\nname: 'b\nsteps: []\n",
            2,
            "This is not YAML: quotes or brackets that are opened here are",
        ),
        ("slug: a\nname: Ankle: pumps\n", 2, "This is not YAML: a colon inside a text needs quotes"),
        ("slug: a\n---\nslug: b\n", 2, "This is not YAML: "),
        (
            "slug: a\nname: !!python/name:os.system x\n",
            2,
            "Write this without the word that begins with an excl",
        ),
        ("slug: a\nname: !!bool foo\n", 2, "Write this without the word that begins with an exclamation"),
        (
            "slug: a\ndose: !!set {sets: 3}\n",
            2,
            "Write this without the word that begins with an exclamation",
        ),
        ("slug: a\nname: \x07\n", 2, "This is not YAML: "),
        pytest.param("[" * 5000, 1, "This is not YAML: ", id="nested without end"),
        ("slug: a\nname: b\nslug: c\n", 3, "This field is written twice."),
        ("slug: &it a\nname: *it\n", 2, "Write this out: "),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_line(text: str, line: int, message: str) -> None:
    document, problems = read_document(text, "bad.yaml")
    assert document.data is None
    assert len(problems) == 1
    assert problems[0].message.startswith(message)
    assert "\n" not in problems[0].message
    assert document.line_of(problems[0].field) == line


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_0", "1_0"),
        ("1:30", "1:30"),
        ("1.5", "1.5"),
        (".inf", ".inf"),
        ("9" * 20, "9" * 20),
        ("2026-02-30", "2026-02-30"),
        ("Yes", "Yes"),
        ("off", "off"),
        ("true", True),
        ("null", None),
        ("", None),
        ("'3'", "3"),
    ],
)
def test_only_plain_numbers_and_words_mean_something_else_than_text(written: str, read: object) -> None:
    document, problems = read_document(f"value: {written}\n", "any.yaml")
    assert problems == []
    assert document.data == {"value": read}


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-999_999_999, 999_999_999)
    | st.text("abc \"':#-[]{}é", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values)
def test_a_document_says_what_yaml_says(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    document, problems = read_document(text, "any.yaml")
    # the writer refers back to an empty list or mapping that it has written already
    if not problems:
        assert document.data == yaml.safe_load(text)
    else:
        assert "&id" in text


@given(st.text(max_size=60))
def test_any_text_is_read_or_named(text: str) -> None:
    document, problems = read_document(text, "any.yaml")
    assert problems == [] or document.data is None
