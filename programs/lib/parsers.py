"""JSON as it comes in: text that every database can store, and no deeper than a body can mean anything."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

TOO_DEEP = "This is nested too deeply."
NOT_STORABLE = "The text holds characters that cannot be stored."

# The deepest body of ours has three levels. A sentence about a wrong value may print it, and printing
# recurses as parsing does, so that what can just be parsed could still not be answered.
_LEVELS = 10
# PostgreSQL keeps no NUL; half of a surrogate pair is no character in UTF-8.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(body: bytes) -> Any:
    """The value of a JSON document in UTF-8. Any other raises ValueError with a sentence for the sender."""
    try:
        document = json.loads(body.decode(), parse_constant=strict_constant)
    except RecursionError as error:
        raise ValueError(TOO_DEEP) from error
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}.") from error
    level = [document]
    for _ in range(_LEVELS + 1):
        if any(_NOT_STORABLE.search(value) for value in level if isinstance(value, str)):
            raise ValueError(NOT_STORABLE)
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return document
    raise ValueError(TOO_DEEP)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def read_anyhow(body: bytes) -> Any:
    """Whatever came, for where nothing may be refused: the value of a JSON document, else its text.

    Characters that cannot be stored are replaced, and what lies too deep is left as text.
    """
    text = body.decode(errors="replace")
    try:
        return _storable(json.loads(text, parse_constant=str, parse_int=_number), _LEVELS)
    except (ValueError, RecursionError):
        return _NOT_STORABLE.sub("\ufffd", text)


def _number(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # more digits than Python reads
        return digits


def _storable(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return _NOT_STORABLE.sub("\ufffd", value)
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        return _storable(json.dumps(value), levels)
    if isinstance(value, list):
        return [_storable(each, levels - 1) for each in value]
    return {_storable(key, 0): _storable(inner, levels - 1) for key, inner in value.items()}


class AnyhowJSONParser(JSONParser):
    """JSON of which nothing is refused, read by `read_anyhow`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read_anyhow(stream.read())


class StorableJSONParser(JSONParser):
    """REST framework's JSON, read by `read_json`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return read_json(stream.read())
        except ValueError as error:
            raise ParseError(str(error)) from error
