"""Breaks from day to day as a picture, with leg pain below it: values in, SVG out.

Three rows on the same days: a bar for the breaks of a day with their number above it; the longest time
without one as a dot on a stem; and the worst leg pain, whose size is told by height, shape and lightness (0 a
ring, 1-3 a circle, 4-6 a square, 7-10 a diamond). A day of which nothing is known is a gap, never a 0; a 0 is
a stub with its number. The rows stand side by side and are not drawn into each other: none explains another.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from django.utils.safestring import SafeString

from programs.monitoring.render import horizontal, mark, picture, text

_WIDTH, _HEIGHT = 320, 398
_LEFT, _RIGHT = 34, 314
_WIDEST_STEP = 40
_BREAKS = (46, 112)
_WITHOUT = (172, 230)
_PAIN = (290, 358)
"""The upper and the lower edge of each row; its title stands above it."""
_TITLE_ABOVE = 26
_FEWEST_AT_TOP = 4
"""Breaks for a bar of full height, at least: one break is not to look like a great many."""
_FEWEST_HOURS_AT_TOP = 2
_MARK = 5
_HOUR = timedelta(hours=1)


def break_chart(
    days: Sequence[date],
    breaks: Sequence[int | None],
    longest: Sequence[timedelta | None],
    pain: Sequence[int | None],
    sentence: str,
) -> SafeString:
    """320 x 398: one day or more, oldest first. None is a day of which nothing is known, or nothing was said.

    breaks: how many. longest: the longest time without one. pain: the worst leg pain, 0 to 10.
    sentence: the same for those who do not see it.
    """
    step = min(_WIDEST_STEP, (_RIGHT - _LEFT) / len(days))
    at = [_LEFT + step * (place + 0.5) for place in range(len(days))]
    right = _LEFT + step * len(days)
    parts = [
        *_breaks_row(at, breaks, step, right),
        *_without_row(at, longest, right),
        *_pain_row(at, pain, right),
        *_day_names(at, days, right),
    ]
    return picture("chart break-chart", _WIDTH, _HEIGHT, sentence, parts)


def _title(row: tuple[int, int], words: str) -> str:
    return f'<g class="chart-title">{text(0, row[0] - _TITLE_ABOVE, words, anchor="start")}</g>'


def _breaks_row(
    at: Sequence[float], breaks: Sequence[int | None], step: float, right: float
) -> Iterator[str]:
    top, foot = _BREAKS
    most = max([_FEWEST_AT_TOP, *(count for count in breaks if count is not None)])
    width = step * 0.62
    yield _title(_BREAKS, "Breaks a day")
    yield horizontal("axis", _LEFT, right, foot)
    for x, count in zip(at, breaks, strict=True):
        if count is None:
            continue
        height = (foot - top) * count / most if count else 2
        kind = "bar-done" if count else "bar-missed"
        yield (
            f'<rect class="{kind}" x="{x - width / 2:.1f}" y="{foot - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}"/>'
        )
        yield text(round(x, 1), round(foot - height - 4, 1), str(count), anchor="middle")


def _without_row(at: Sequence[float], longest: Sequence[timedelta | None], right: float) -> Iterator[str]:
    top, foot = _WITHOUT
    hours = max([_FEWEST_HOURS_AT_TOP, *(ceil(each / _HOUR) for each in longest if each is not None)])
    yield _title(_WITHOUT, "Longest time without a break")
    for value in (0, hours):
        y = foot + (top - foot) * value / hours
        yield horizontal("axis", _LEFT, right, y)
        yield text(_LEFT - 6, y + 5, f"{value} h", anchor="end")
    for x, each in zip(at, longest, strict=True):
        if each is not None:
            y = foot + (top - foot) * (each / _HOUR) / hours
            yield f'<path class="stem" d="M{x:.1f} {foot}V{y:.1f}"/>'
            yield f'<circle class="mark mark-plain" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}"/>'


def _pain_row(at: Sequence[float], pain: Sequence[int | None], right: float) -> Iterator[str]:
    top, foot = _PAIN

    def height(score: float) -> float:
        return foot + (top - foot) * score / 10

    yield _title(_PAIN, "Worst leg pain, 0 to 10")
    for value in (0, 5, 10):
        yield horizontal("axis", _LEFT, right, height(value))
        yield text(_LEFT - 6, height(value) + 5, str(value), anchor="end")
    joins = [
        f"M{here:.1f} {height(first):.1f}L{there:.1f} {height(second):.1f}"
        for (here, first), (there, second) in pairwise(zip(at, pain, strict=True))
        if first is not None and second is not None
    ]
    if joins:
        yield f'<path class="join" d="{"".join(joins)}"/>'
    for x, score in zip(at, pain, strict=True):
        if score is not None:
            yield mark(x, height(score), score, _MARK)


def _day_names(at: Sequence[float], days: Sequence[date], right: float) -> Iterator[str]:
    """Today, and a day each week before it."""
    for place in range(len(days) - 8, -1, -7):
        yield text(round(at[place], 1), _HEIGHT - 12, f"{days[place].day} {days[place]:%b}", anchor="middle")
    yield text(max(round(right, 1), _LEFT + 40), _HEIGHT - 12, "today", anchor="end")
