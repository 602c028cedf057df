"""A record of JSON as flat tables: what is nested becomes a table of its own that points back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Scalar = str | int | float | bool | None
Cell = Scalar | tuple[Scalar, ...]
"""One value, or a plain list that stands in one cell."""

VALUE = "value"
"""The column of what has no name of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1 within the table; `of_row` is the number of the row that this one belongs to."""

    number: int
    of_row: int | None
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one kind. `parent` is the name of the table that `of_row` counts in, if there is one."""

    name: str
    parent: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> tuple[str, ...]:
        """Each column once, in the order in which they come first."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.cells))


def tables_of(record: Mapping[str, Any]) -> list[Table]:
    """Every value of `record` in exactly one cell: a table for each kind, and one for each list within.

    A value in an object within a row is named by its way there ("evidence.rule"); a list within a row is a
    table named by its way there ("sessions-results"), but for a plain list of values, which is one cell.
    """
    tables: dict[str, Table] = {}
    for name, value in record.items():
        if value is not None:
            _add(tables, name, "", None, value if isinstance(value, list) else [value])
    return list(tables.values())


def _add(
    tables: dict[str, Table], name: str, parent: str, of_row: int | None, items: Sequence[object]
) -> None:
    for item in items:
        table = tables.setdefault(name, Table(name, parent))
        row = Row(len(table.rows) + 1, of_row, {})
        table.rows.append(row)
        for way, value in _leaves(item if isinstance(item, Mapping) else {VALUE: item}, ()):
            if isinstance(value, list):
                _add(tables, "-".join((name, *way)), name, row.number, value)
            else:
                row.cells[_free(".".join(way), row.cells)] = value


def _free(column: str, taken: Mapping[str, Cell]) -> str:
    """A name with a full stop in it can look like a way to another value: then it gets a number."""
    names = (column, *(f"{column} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _leaves(item: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of an object and of the objects in it, each with its way there; a list is not opened."""
    for key, value in item.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*way, key))
        elif isinstance(value, list) and not any(isinstance(each, list | Mapping) for each in value):
            yield (*way, key), tuple(value)
        else:
            yield (*way, key), value
