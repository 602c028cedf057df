"""Tables as CSV that any spreadsheet reads, in one archive with the words that explain them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from programs.exchange.render.codebook import codebook_of
from programs.exchange.render.tables import Cell, Scalar, Table, tables_of

_ENCODING = "utf-8-sig"
"""With a mark at the start, by which a spreadsheet knows that this is UTF-8."""
_BETWEEN = "; "
_ENDS = r";\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
"""Where a program that takes a file for something else can begin a new cell: it may cut at semicolons, as
many do where the comma stands in numbers, or at line breaks. Quotes do not keep it from that.
"""
_UNSEEN = r"\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
"""What a program may throw away before it looks at the first sign: blanks, and signs without a shape."""
_LOOKS_LIKE_A_FORMULA = re.compile(
    rf"(?:^|(?<=[{_ENDS}]))(?=(?:(?![{_ENDS}])[{_UNSEEN}])*[=+\-@＝＋－＠])|\A(?=[\t\r])"
)
_YES, _NO = "yes", "no"


def archive_of(record: Mapping[str, Any]) -> bytes:
    """A ZIP with one CSV for each kind of row in a record of JSON, and a README.txt in plain words."""
    tables = tables_of(record)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", codebook_of(tables).encode(_ENCODING))
        for table in tables:
            archive.writestr(f"{table.name}.csv", csv_of(table).encode(_ENCODING))
    return packed.getvalue()


def csv_of(table: Table) -> str:
    """A table with its header. What is typed is never run: see `cell_text`."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    columns = table.columns
    links = ("row", "of_row") if table.parent else ("row",)
    writer.writerow([*links, *map(_harmless, columns)])
    for row in table.rows:
        numbers: Sequence[int | None] = (row.number, row.of_row) if table.parent else (row.number,)
        writer.writerow([*numbers, *(cell_text(row.cells.get(column)) for column in columns)])
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """What stands in a cell; with an apostrophe before all that a spreadsheet takes for a formula."""
    if isinstance(cell, tuple):
        return _harmless(_BETWEEN.join(_words(each) for each in cell))
    return _harmless(cell) if isinstance(cell, str) else _words(cell)


def _words(value: Scalar) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    return _LOOKS_LIKE_A_FORMULA.sub("'", text)
