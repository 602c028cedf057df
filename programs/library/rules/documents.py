"""A file of YAML or JSON as data that still knows its lines."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from .shape import ContentProblem

_REPEATED = "This field is written twice."
_REFERENCE = "Write this out: one place may not refer to another."
_TYPED = "Write this without the word that begins with an exclamation mark, or put all of it in quotes."
# What YAML's own words mean to somebody who writes sentences.
_HINTS = {
    "mapping values are not allowed here": "a colon inside a text needs quotes round the text",
    "found unexpected end of stream": "quotes or brackets that are opened here are never closed",
    "found unknown escape character": "use single quotes, or write each backslash twice",
    "found character that cannot start any token": "a text that begins like this needs quotes",
    "found character '\\t' that cannot start any token": "use spaces, not tabs, at the start of a line",
    "could not find expected ':'": "a field needs a colon and a space after its name",
}


class _PlainLoader(yaml.SafeLoader):
    """Reads null, true, false and plain whole numbers; everything else is text.

    YAML by itself takes 010 for 8, 1:30 for 90, Yes for true and 2026-02-01 for a date.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"0|-?[1-9][0-9]{0,8}", list("-0123456789")),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and on which line it says it: `lines` maps a field's path to its line."""

    file: str
    data: object
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line of a field, or of what it is missing from."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def read_document(text: str, file: str) -> tuple[Document, list[ContentProblem]]:
    """The document of a text and every problem that keeps it from being read; its data is None then."""
    lines: dict[str, int] = {}
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Document(file, None), []
        walk = _walk(loader, node, "", lines, set())
        problems = [ContentProblem(file, path, message) for path, message in walk]
        data = None if problems else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        # where something is never closed, the place where it was opened is the one to look at
        opened = error.context_mark if error.problem == "found unexpected end of stream" else None
        mark = opened or error.problem_mark or error.context_mark
        what = _HINTS.get(str(error.problem), str(error.problem))
        return _unreadable(file, what, line=mark.line + 1 if mark else 1)
    except yaml.reader.ReaderError as error:
        return _unreadable(file, str(error.reason), line=text.count("\n", 0, error.position) + 1)
    except RecursionError:
        return _unreadable(file, "too many brackets in brackets", line=1)
    return Document(file, data, lines), problems


def read_json(text: str, file: str) -> tuple[Document, list[ContentProblem]]:
    """The same for a text in JSON, which has decimal numbers where our YAML has words."""
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return _unreadable(file, error.msg, error.lineno, language="JSON")
    except (RecursionError, ValueError) as error:
        return _unreadable(file, str(error), 1, language="JSON")
    # all JSON is YAML too, and there every field has its line
    return Document(file, data, read_document(text, file)[0].lines), []


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unreadable(
    file: str, what: str, line: int, language: str = "YAML"
) -> tuple[Document, list[ContentProblem]]:
    message = f"This is not {language}: {' '.join(what.split()).rstrip('.')}."
    return Document(file, None, {"": line}), [ContentProblem(file, "", message)]


def _walk(
    loader: _PlainLoader, node: yaml.Node, path: str, lines: dict[str, int], seen: set[int]
) -> Iterator[tuple[str, str]]:
    """Notes the line of every field below this node; yields what a plain reader of YAML would not notice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        yield path, _REFERENCE
        return
    seen.add(id(node))
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    implied = loader.resolve(type(node), node.value, (is_plain, not is_plain))  # type: ignore[no-untyped-call]
    if node.tag != implied:
        yield path, _TYPED
    elif isinstance(node, yaml.MappingNode):
        fields: set[str] = set()
        for key, inner in node.value:
            place = f"{path}.{key.value}".removeprefix(".")
            # of a repeated field, the second line is the one to look at
            lines[place] = key.start_mark.line + 1
            if place in fields:
                yield place, _REPEATED
            else:
                yield from _walk(loader, inner, place, lines, seen)
            fields.add(place)
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            yield from _walk(loader, inner, f"{path}[{index}]", lines, seen)
