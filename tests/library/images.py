"""The pictures on a page, as a browser finds them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass(frozen=True)
class Image:
    """One <img>: its file without the folder, and whether the page turns it round and fetches it late."""

    file: str
    alt: str | None
    size: tuple[int, int]
    is_mirrored: bool
    is_lazy: bool


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Image] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_mirrored = "figure-mirrored" in values.get("class", "").split()
        if tag == "img" and "/exercises/" in values["src"]:
            self.found.append(
                Image(
                    file=values["src"].rpartition("/")[2],
                    alt=values.get("alt"),
                    size=(int(values["width"]), int(values["height"])),
                    is_mirrored=is_mirrored or any(mirrored for _, mirrored in self._open),
                    is_lazy=values.get("loading") == "lazy",
                )
            )
        if tag not in _VOID:
            self._open.append((tag, is_mirrored))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass


def images(answer: Any) -> list[Image]:
    """The pictures of exercises on a page, in its order."""
    reader = _Images()
    reader.feed(answer.content.decode())
    return reader.found


def thumbnails(answer: Any) -> dict[str, Image]:
    """The small pictures that stand beside a name, by the figure they show."""
    return {each.file.removesuffix("-2.svg"): each for each in images(answer) if each.alt == ""}
