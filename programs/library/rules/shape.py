"""The expected shape of content, put together from small checks that name whatever does not fit."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from .dose import dose_errors

# A check yields (path inside the value, what is wrong there).
Check: TypeAlias = Callable[[object], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ContentProblem:
    """One thing to mend in a content file: where it is, and what was expected there."""

    file: str
    field: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        """One line: "programs/own.yaml:12: stages[0].test: This field is missing."."""
        line = ": ".join(filter(None, (f"{self.file}:{self.line}", self.field[:200], self.message)))
        # names of files and fields are whatever somebody typed
        return "".join(letter if letter.isprintable() else "?" for letter in line)


def problems_of(check: Check, data: object, file: str) -> list[ContentProblem]:
    """Everything that does not fit, in the order of the expected fields."""
    return [ContentProblem(file, path.removeprefix("."), message) for path, message in check(data)]


def value(fits: Callable[[object], bool], expected: str) -> Check:
    return lambda found: () if fits(found) else (("", f"Expected {expected}."),)


def mapping(shape: Mapping[str, Check], *, more: bool = False) -> Check:
    """Exactly these fields; with `more`, others besides them are somebody else's to check."""

    def check(found: object) -> Iterator[tuple[str, str]]:
        if not isinstance(found, Mapping):
            yield "", f"Expected the fields {', '.join(shape)}."
            return
        for field in found:
            if field not in shape and not more:
                yield f".{field}", "This field is not known here."
        for field, inner in shape.items():
            if field not in found:
                yield f".{field}", "This field is missing."
                continue
            for path, message in inner(found[field]):
                yield f".{field}{path}", message

    return check


def list_of(inner: Check, low: int, high: int) -> Check:
    def check(found: object) -> Iterator[tuple[str, str]]:
        if not isinstance(found, list) or not low <= len(found) <= high:
            yield "", f"Expected a list of {low} to {high} entries."
            return
        for index, entry in enumerate(found):
            for path, message in inner(entry):
                yield f"[{index}]{path}", message

    return check


def one_of(options: tuple[str, ...]) -> Check:
    return value(lambda found: found in options, f"one of: {', '.join(options)}")


def whole_number(low: int, high: int) -> Check:
    return value(
        lambda found: type(found) is int and low <= found <= high, f"a whole number from {low} to {high}"
    )


NUMBER: Final = value(
    lambda found: isinstance(found, (int, float)) and not isinstance(found, bool) and abs(found) <= 1000,
    "a number from -1000 to 1000",
)


def matching(pattern: str, expected: str) -> Check:
    return value(lambda found: isinstance(found, str) and bool(re.fullmatch(pattern, found)), expected)


def text(longest: int, *, most_words: int | None = None) -> Check:
    """Words in one line; what does not print, which a database may refuse, does not pass."""
    expected = f"Expected words in one line, at most {longest} letters"

    def check(found: object) -> Iterator[tuple[str, str]]:
        why = _why_no_text(found, longest)
        if why is not None:
            yield "", f"{expected}{why}."
        elif most_words is not None and len(str(found).split()) > most_words:
            yield "", f"Expected at most {most_words} words."

    return check


def _why_no_text(found: object, longest: int) -> str | None:
    """The end of the sentence about something that is no text; None where it is one."""
    if isinstance(found, Mapping):
        return "; put it in quotes, because it holds a colon"
    if isinstance(found, bool | int):
        return "; put it in quotes"
    if not isinstance(found, str) or found.strip() == "":
        return ""
    if "\n" in found:
        return "; begin it with >- to fold it into one"
    if strange := next((letter for letter in found if not letter.isprintable()), None):
        return f"; this holds a letter that does not print (U+{ord(strange):04X})"
    return f"; these are {len(found)}" if len(found) > longest else None


def text_or_empty(longest: int) -> Check:
    words = text(longest)
    return lambda found: () if found == "" else words(found)


def or_null(inner: Check) -> Check:
    return lambda found: () if found is None else inner(found)


def dose(*, whole: bool) -> Check:
    def check(found: object) -> Iterator[tuple[str, str]]:
        if not isinstance(found, Mapping):
            yield "", "Expected the fields of a dose."
            return
        for field, message in dose_errors(found).items():
            # in a prescription, a field that is not named keeps the exercise's own value
            if whole or field in found:
                yield f".{field}", message

    return check


SLUG: Final = matching(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*", "a short name in small letters with hyphens")
TAG: Final = matching(r"(?=.{1,40}$)[a-z_]+", "a tag in small letters")
TRUE_OR_FALSE: Final = value(lambda found: isinstance(found, bool), "true or false")
CHECKED_BY: Final = text_or_empty(120)
