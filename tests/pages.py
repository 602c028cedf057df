"""Reading pages as a person sees them, and answering their questions."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.test import Client

_BLOCKS = {
    "h1",
    "h2",
    "h3",
    "p",
    "li",
    "dt",
    "dd",
    "summary",
    "button",
    "legend",
    "label",
    "footer",
    "div",
    "a",
}
_END_OF_SENTENCE = (".", "!", "?")


class _Main(HTMLParser):
    """Collects what stands in <main>, block by block, without lists to choose from; and the hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self.headings: list[str] = []
        self.hidden: dict[str, str] = {}
        self._inside = False
        self._in_heading = False
        self._in_list = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "main":
            self._inside = True
        if tag == "select":
            self._in_list = True
        if tag == "input" and values.get("type") == "hidden":
            self.hidden[str(values["name"])] = values.get("value") or ""
        if tag in _BLOCKS or tag == "br":
            self.blocks.append("")
        if tag == "h1":
            self._in_heading = True
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        if tag == "select":
            self._in_list = False
        if tag in _BLOCKS:
            self.blocks.append("")
        if tag == "h1":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._inside and not self._in_list:
            self.blocks[-1] += data
        if self._in_heading:
            self.headings[-1] += data


def _read(answer: Any) -> _Main:
    reader = _Main()
    reader.feed(answer.content.decode())
    return reader


def _tidy(text: str) -> str:
    return " ".join(text.split())


def words(answer: Any) -> str:
    """The text of the page's main part, in one line."""
    return _tidy(" ".join(_read(answer).blocks))


def prose(answer: Any) -> str:
    """The same as sentences: whatever stands apart on the page ends with a full stop."""
    blocks = [_tidy(block) for block in _read(answer).blocks]
    return " ".join(
        block if block.endswith(_END_OF_SENTENCE) else f"{block}." for block in blocks if block.strip()
    )


def heading(answer: Any) -> str:
    """The page's one heading of the first rank."""
    (text,) = _read(answer).headings
    return _tidy(text)


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field."""
    return _read(answer).hidden[name]


DECLINED = {"declined": "1"}
"""What is sent for "I'd rather not say"."""


def answer_questions(browser: Client, address: str, answers: Mapping[str, Any]) -> tuple[str, Any]:
    """Open the questions at an address and answer them one a page, in order.

    Returns the id of the record, and what the last answer was met with.
    """
    record_id, last = hidden(browser.get(address), "record_id"), None
    for number, (name, given) in enumerate(answers.items(), start=1):
        values = given if given is DECLINED else {name: given}
        page = f"{address.partition('?')[0]}?question={number}"
        last = browser.post(page, {"record_id": record_id, **values})
    return record_id, last
