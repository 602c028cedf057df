"""An article as its author writes it in YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from . import shape
from .shape import ContentProblem

LONGEST_ARTICLE_WORDS: Final = 250
# Where the product itself links to an article; exercises and stages name theirs.
PLACES: Final = ("help", "breaks", "pain_rule", "history", "relief")


@dataclass(frozen=True, slots=True)
class SectionContent:
    """A part of an article; the first often has no heading."""

    heading: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleContent:
    """One article as written. `places` are where the product links to it (`PLACES`)."""

    file: str
    slug: str
    name: str
    summary: str
    sections: tuple[SectionContent, ...]
    sources: tuple[str, ...]
    places: tuple[str, ...]
    checked_by: str

    @property
    def word_count(self) -> int:
        """Words a person reads: everything but title and sources."""
        return sum(len(text.split()) for text in self._texts())

    def _texts(self) -> Iterator[str]:
        yield self.summary
        for section in self.sections:
            yield from (section.heading, *section.paragraphs, *section.points)


def parse_article(data: object, file: str) -> tuple[ArticleContent | None, list[ContentProblem]]:
    """One article from a loaded YAML document, or None and every problem found in it."""
    if problems := shape.problems_of(_ARTICLE, data, file):
        return None, problems
    values = cast(dict[str, Any], data)
    parts = {
        "sections": tuple(map(_section, values["sections"])),
        "sources": tuple(values["sources"]),
        "places": tuple(values["places"]),
    }
    article = ArticleContent(file=file, **{**values, **parts})
    if wrong := [ContentProblem(file, field, message) for field, message in _disagreements(article)]:
        return None, wrong
    return article, []


def _disagreements(article: ArticleContent) -> Iterator[tuple[str, str]]:
    for index, section in enumerate(article.sections):
        if not section.paragraphs and not section.points:
            yield f"sections[{index}]", "Expected at least one paragraph or point."
    if article.word_count > LONGEST_ARTICLE_WORDS:
        message = f"Expected at most {LONGEST_ARTICLE_WORDS} words; these are {article.word_count}."
        yield "sections", message


def _section(values: Mapping[str, Any]) -> SectionContent:
    return SectionContent(values["heading"], tuple(values["paragraphs"]), tuple(values["points"]))


_ARTICLE: Final = shape.mapping(
    {
        "slug": shape.SLUG,
        "name": shape.text(80),
        "summary": shape.text(300),
        "sections": shape.list_of(
            shape.mapping(
                {
                    "heading": shape.text_or_empty(80),
                    "paragraphs": shape.list_of(shape.text(600), 0, 4),
                    "points": shape.list_of(shape.text(300), 0, 8),
                }
            ),
            1,
            6,
        ),
        "sources": shape.list_of(shape.text(300), 1, 6),
        "places": shape.list_of(shape.one_of(PLACES), 0, len(PLACES)),
        "checked_by": shape.CHECKED_BY,
    }
)
