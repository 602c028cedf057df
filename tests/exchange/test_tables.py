"""A record as tables: nothing is lost, nothing is doubled, and no spreadsheet runs what somebody typed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.exchange.render import archive_of, tables_of
from programs.exchange.render.archive import cell_text, csv_of

pytestmark = pytest.mark.pure

KEYS = st.text("abc_.-", min_size=1, max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=5)


def leaves(value: Any) -> Iterator[tuple[type, Any]]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield type(value), value  # True is not 1 here


@given(RECORDS)
def test_every_value_of_a_record_is_in_exactly_one_cell(record):
    cells = [cell for table in tables_of(record) for row in table.rows for cell in row.cells.values()]

    assert Counter(leaf for cell in cells for leaf in leaves(cell)) == Counter(leaves(record))


@given(RECORDS)
def test_rows_count_from_1_and_belong_to_a_row_that_is_there(record):
    rows = {table.name: [row.number for row in table.rows] for table in tables_of(record)}

    for table in tables_of(record):
        assert rows[table.name] == list(range(1, len(table.rows) + 1))


RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
UNSEEN = " \xa0\x00\x1f\xad\ufeff\u200b\u200f\u202e\u2060\u3000"
TYPED = st.text() | st.text([*RISKY, *UNSEEN, *";\n\r\t\u2028'a"])


@given(TYPED)
def test_nowhere_in_a_cell_does_a_line_or_a_part_begin_like_a_formula(text):
    for part in re.split("[;\\t\\n\\v\\f\\r\\x1c-\\x1e\\x85\u2028\u2029]", cell_text(text)):
        assert not part.lstrip().lstrip(UNSEEN).startswith(RISKY)
    assert not cell_text(text).startswith(("\t", "\r"))


@given(TYPED)
def test_apostrophes_are_all_that_is_added_to_a_cell(text):
    shown = iter(cell_text(text))
    for sign in text:
        assert sign == next(added for added in shown if added == sign or added != "'")
    assert set(shown) <= {"'"}


@given(TYPED.filter(lambda text: not any(sign in text for sign in (*RISKY, "\t", "\r"))))
def test_plain_text_stays_as_it_is(text):
    assert cell_text(text) == text


@pytest.mark.parametrize(
    "typed", [*(f"{sign}1" for sign in RISKY), "\tx", "\rx", " =1", "\ufeff=1", "\u200b=1", "\x00=1"]
)
def test_what_looks_like_a_formula_gets_an_apostrophe_alone_or_in_a_list(typed):
    assert cell_text(typed) == f"'{typed}"
    assert cell_text((typed, "b")) == f"'{typed}; b"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (("a", "=1+1"), "a;' =1+1"),
        ("x;=1+1;y", "x;'=1+1;y"),
        ("ok\n=1+1", "ok\n'=1+1"),
        ("\n=1+1", "\n'=1+1"),
        ("ok\r\n -2", "ok\r\n' -2"),
        ("it is 2-3, or a=b", "it is 2-3, or a=b"),
    ],
)
def test_so_does_each_line_and_each_part_of_a_cell(typed, shown):
    assert cell_text(typed) == shown


def test_names_of_columns_are_as_harmless_and_all_is_quoted():
    (table,) = tables_of({"sessions": [{"=cmd()": "a, b"}]})

    assert csv_of(table) == '"row","\'=cmd()"\r\n"1","a, b"\r\n'


def test_lists_become_tables_that_point_back():
    record = {
        "sessions": [
            {"id": "a", "results": [{"exercise": "Bridge"}, {"exercise": "Walk"}]},
            {"id": "b", "results": [{"exercise": "Clam", "dose": {"sets": 2}, "tags": ["x", "y"]}]},
        ]
    }

    sessions, results = tables_of(record)

    assert (sessions.name, sessions.parent, sessions.columns) == ("sessions", "", ("id",))
    assert (results.name, results.parent) == ("sessions-results", "sessions")
    assert results.columns == ("exercise", "dose.sets", "tags")
    assert [(row.of_row, row.number, row.cells["exercise"]) for row in results.rows] == [
        (1, 1, "Bridge"),
        (1, 2, "Walk"),
        (2, 3, "Clam"),
    ]


def test_a_spreadsheet_reads_the_files():
    packed = archive_of(
        {"notes": [{"body": "Größer, “so”\nand 2nd line", "ok": True, "pain": 0, "none": None}]}
    )

    with ZipFile(BytesIO(packed)) as archive:
        assert archive.namelist() == ["README.txt", "notes.csv"]
        raw = archive.read("notes.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(StringIO(raw.decode("utf-8-sig"), newline=""))
    assert dict(zip(header, row, strict=True)) == {
        "row": "1",
        "body": "Größer, “so”\nand 2nd line",
        "ok": "yes",
        "pain": "0",
        "none": "",
    }
