"""How the leg has been, as pictures for the patient: values in, SVG out.

Four pictures on the same days and with the same margins, so that a day stands at one place in all of them.
What was not said is a gap, never a 0. Pain is told by height, shape and lightness (0 a ring, 1-3 a circle,
4-6 a square, 7-10 a diamond), all else by its shape and a word at the right edge. Colour alone tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from programs.monitoring.render import horizontal, mark, picture, text

_WIDTH = 320
"""Of a picture with letters of the usual size. For larger ones it is drawn narrower and shown just as wide:
all words keep their room, and only the days move together.
"""
_LEFT = 28
"""Room for the numbers at the left of the plot."""
_WORDS = 70
"""Room for the words at its right."""
_TALL = 150
"""Of a plot of pain."""
_TOP = 8
_STAGE = 22
_FOOT = 32
"""Room for the days below the plot."""
_STOP_LANE = 24
_BAR = 44
_RUNG = 24
_MOST_MARK, _LEAST_MARK = 5.5, 1.7
_DAY_NAME, _MONTH_NAME, _STAGE_NAME, _STAGE_NUMBER = 52, 36, 66, 14
"""Room that words need: a day, a month, "Stage 2", and "2"."""

_LEAST_WEEKS = 4
"""From the first Monday of a month to that of the next."""
_NARROW = 8
"""Columns below this width have thin lines."""

LADDER = ("none", "back", "buttock", "thigh", "calf", "foot")
"""The places by rank, as they stand at the right edge: the foot at the bottom, as in a leg."""


@dataclass(frozen=True, slots=True)
class DrawnSession:
    """One session: the column of its day or week, and its scores, None where one was not said."""

    column: int
    before: int | None
    after: int | None
    next_morning: int | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class DrawnRange:
    """The scores of one week: lowest, middle, highest."""

    column: int
    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class DrawnStage:
    """A stage from one column to another; `name` is "Stage 2", `short` is "2"."""

    first: int
    last: int
    name: str
    short: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """How much was done in one column, 0 to 1; None is nothing written down."""

    share: float | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The days, or weeks by their first day, from left to right; the last one is now."""

    days: Sequence[date]
    is_weeks: bool = False
    text_size: int = 100
    """Of the letters, in percent of the usual."""

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return round(_WIDTH * 100 / self.text_size)

    @property
    def right(self) -> int:
        """The right edge of the plot."""
        return self.width - _WORDS

    @property
    def words_at(self) -> int:
        return self.right + 4

    @property
    def step(self) -> float:
        return (self.right - _LEFT) / len(self.days)

    @property
    def kind(self) -> str:
        """The class of the picture."""
        return "chart progress-chart progress-narrow" if self.step < _NARROW else "chart progress-chart"

    def x(self, column: int) -> float:
        """The middle of a column."""
        return _LEFT + self.step * (column + 0.5)

    @property
    def mark(self) -> float:
        """Half the size of a mark that leaves room for its neighbours."""
        return max(min(_LEAST_MARK, self.step * 0.44), min(_MOST_MARK, self.step * 0.29))


def session_chart(
    columns: Columns,
    sessions: Sequence[DrawnSession],
    stages: Sequence[DrawnStage],
    limit: int | None,
    sentence: str,
) -> SafeString:
    """Each session from its open circle before to the mark after it, with a dash for the next morning.

    `limit` is the agreed pain limit. Sessions of one day share its column. A stopped one has a diamond in a
    row of its own below.
    """
    top = _top_of(stages)
    by_column: dict[int, list[DrawnSession]] = {}
    for each in sessions:
        by_column.setdefault(each.column, []).append(each)
    stopped = [column for column, drawn in by_column.items() if any(each.is_stopped for each in drawn)]
    parts = [*_stage_strip(columns, stages), *_scale(columns, top), *_limit(columns, limit, top)]
    for column, drawn in by_column.items():
        apart = columns.step / len(drawn)
        half = max(_LEAST_MARK, min(columns.mark, apart * 0.29))
        for place, each in enumerate(drawn):
            x = columns.x(column) - columns.step / 2 + apart * (place + 0.5)
            parts += _session(x, half, each, top)
    foot = top + _TALL + (_STOP_LANE if stopped else 0)
    if stopped:
        parts.append(text(columns.words_at, foot - 5, "stopped", anchor="start"))
        parts += [_stop(columns.x(column), foot - 10, columns.mark) for column in stopped]
    parts += _names(columns, foot)
    return picture(columns.kind, columns.width, foot + _FOOT, sentence, parts)


def pain_chart(columns: Columns, pain: Sequence[int | None], sentence: str) -> SafeString:
    """The worst leg pain of each day. Days that follow each other are joined, and gaps stay gaps."""
    points = [
        None if score is None else (columns.x(column), _y(score, _TOP)) for column, score in enumerate(pain)
    ]
    joins = [
        f"M{here[0]:.1f} {here[1]:.1f}L{there[0]:.1f} {there[1]:.1f}"
        for here, there in pairwise(points)
        if here is not None and there is not None
    ]
    parts = [*_scale(columns, _TOP)]
    if joins:
        parts.append(f'<path class="join" d="{"".join(joins)}"/>')
    parts += [
        mark(columns.x(column), _y(score, _TOP), score, round(columns.mark, 1))
        for column, score in enumerate(pain)
        if score is not None
    ]
    parts += _names(columns, _TOP + _TALL)
    return picture(columns.kind, columns.width, _TOP + _TALL + _FOOT, sentence, parts)


def range_chart(
    columns: Columns,
    ranges: Sequence[DrawnRange],
    stages: Sequence[DrawnStage],
    limit: int | None,
    sentence: str,
) -> SafeString:
    """Pain week by week: a line from the lowest score to the highest, and a mark on the middle one."""
    top = _top_of(stages)
    parts = [*_stage_strip(columns, stages), *_scale(columns, top), *_limit(columns, limit, top)]
    stems = [
        f"M{columns.x(each.column):.1f} {_y(each.high, top):.1f}V{_y(each.low, top):.1f}"
        for each in ranges
        if each.low < each.high
    ]
    if stems:
        parts.append(f'<path class="stem" d="{"".join(stems)}"/>')
    half = round(columns.mark, 1)
    parts += [mark(columns.x(each.column), _y(each.middle, top), each.middle, half) for each in ranges]
    parts += _names(columns, top + _TALL)
    return picture(columns.kind, columns.width, round(top + _TALL + _FOOT), sentence, parts)


def reach_chart(
    columns: Columns, left: Sequence[int | None], right: Sequence[int | None], sentence: str
) -> SafeString:
    """How far down it goes as steps on a ladder: a whole line for the right leg, a broken one for the left.

    Where both are on the same rung they stand beside each other.
    """
    has_both = any(rank is not None for rank in left) and any(rank is not None for rank in right)
    parts = []
    for rank, name in enumerate(LADDER):
        y = _TOP + _RUNG * (rank + 0.5)
        parts.append(horizontal("axis", _LEFT, columns.right, y))
        parts.append(text(columns.words_at, y + 5, name, anchor="start"))
    for kind, ranks, aside in (("right", right, -3), ("left", left, 3)):
        path = _steps(columns, ranks, aside if has_both else 0)
        if path:
            parts.append(f'<path class="reach reach-{kind}" d="{path}"/>')
    foot = _TOP + _RUNG * len(LADDER)
    parts += _names(columns, foot)
    return picture(columns.kind, columns.width, foot + _FOOT, sentence, parts)


def done_chart(columns: Columns, bars: Sequence[DrawnBar], full: str, half: str, sentence: str) -> SafeString:
    """A bar for each day or week on which something was done, as high as its share.

    full, half: the words for a whole bar and for one of half the height. On a day, a part is an open bar. A
    diamond above a bar: stopped.
    """
    has_stopped = any(bar.is_stopped for bar in bars)
    top = _TOP + (_STOP_LANE if has_stopped else 0)
    foot = top + _BAR
    width = columns.step * 0.62
    parts = [
        horizontal("axis", _LEFT, columns.right, foot),
        text(columns.words_at, top + 9, full, anchor="start"),
        text(columns.words_at, top + _BAR / 2 + 9, half, anchor="start"),
    ]
    for column, bar in enumerate(bars):
        x = columns.x(column)
        height = _BAR * (bar.share or 0)
        if height:
            kind = "bar-done" if bar.share == 1 or columns.is_weeks else "bar-part"
            parts.append(
                f'<rect class="{kind}" x="{x - width / 2:.1f}" y="{foot - height:.1f}" '
                f'width="{width:.1f}" height="{height:.1f}"/>'
            )
        if bar.is_stopped:
            parts.append(_stop(x, foot - height - 12, columns.mark))
    if has_stopped:
        parts.append(text(columns.words_at, top - 7, "stopped", anchor="start"))
    parts += _names(columns, foot)
    return picture(columns.kind, columns.width, foot + _FOOT, sentence, parts)


_SIGNS = {
    "before": '<circle class="before" r="5.5"/>',
    "0": mark(0, 0, 0, 5.5),
    "1": mark(0, 0, 1, 5.5),
    "4": mark(0, 0, 4, 5.5),
    "7": mark(0, 0, 7, 5.5),
    "morning": '<path class="morning" d="M-5 0h10"/>',
    "range": f'<path class="stem" d="M0-9V9"/>{mark(0, 0, 4, 5)}',
    "limit": '<path class="limit" d="M-12 0h24"/>',
    "stopped": '<path class="stop" d="M0-8l8 8-8 8-8-8z"/>',
    "right": '<path class="reach reach-right" d="M-12 5h12v-9h12"/>',
    "left": '<path class="reach reach-left" d="M-12 5h12v-9h12"/>',
}


def sign(name: str) -> SafeString:
    """One mark by itself, to stand beside its word: of `_SIGNS`."""
    return format_html(
        '<svg class="chart progress-sign" viewBox="-13 -11 26 22" width="26" height="22" aria-hidden="true">'
        "{}</svg>",
        mark_safe(_SIGNS[name]),  # noqa: S308 - shapes of our own
    )


def _top_of(stages: Sequence[DrawnStage]) -> int:
    return _TOP + (_STAGE + 10 if stages else 0)


def _y(score: float, top: float) -> float:
    return top + _TALL * (1 - score / 10)


def _scale(columns: Columns, top: float) -> Iterator[str]:
    for score in (0, 5, 10):
        yield horizontal("axis", _LEFT, columns.right, _y(score, top))
        yield text(_LEFT - 6, _y(score, top) + 5, str(score), anchor="end")


def _limit(columns: Columns, limit: int | None, top: float) -> Iterator[str]:
    """A broken line, with its words in two rows, which stay beside the plot."""
    if limit is None:
        return
    y = _y(limit, top)
    at = min(max(y - 3, top + 6), top + _TALL - 18)
    yield horizontal("limit", _LEFT, columns.right, y)
    yield text(columns.words_at, round(at, 1), "agreed", anchor="start")
    yield text(columns.words_at, round(at + 17, 1), f"limit {limit}", anchor="start")


def _session(x: float, half: float, session: DrawnSession, top: float) -> Iterator[str]:
    before, after = session.before, session.after
    if before is not None and after is not None and before != after:
        yield f'<path class="stem" d="M{x:.1f} {_y(before, top):.1f}V{_y(after, top):.1f}"/>'
    if before is not None and before != after:
        yield f'<circle class="before" cx="{x:.1f}" cy="{_y(before, top):.1f}" r="{half:.1f}"/>'
    if after is not None:
        yield mark(round(x, 1), _y(after, top), after, round(half, 1))
    if before is not None and before == after:
        ring = f'cx="{x:.1f}" cy="{_y(before, top):.1f}" r="{half + 2.5:.1f}"'
        yield f'<circle class="before before-same" {ring}/>'
    if session.next_morning is not None:
        y = _y(session.next_morning, top)
        yield f'<path class="morning" d="M{x + half + 1:.1f} {y:.1f}h{half * 0.8:.1f}"/>'


def _stop(x: float, y: float, half: float) -> str:
    reach = max(3.0, half * 1.3)
    path = (
        f"M{x:.1f} {y - reach:.1f}l{reach:.1f} {reach:.1f}-{reach:.1f} {reach:.1f}-{reach:.1f}-{reach:.1f}z"
    )
    return f'<path class="stop" d="{path}"/>'


def _steps(columns: Columns, ranks: Sequence[int | None], aside: float) -> str:
    """Level over each column that was answered, up and down between those that follow each other."""
    path = ""
    before: int | None = None
    for column, rank in enumerate(ranks):
        if rank is not None:
            y = _TOP + _RUNG * (rank + 0.5) + aside
            start, end = columns.x(column) - columns.step / 2, columns.x(column) + columns.step / 2
            path += (f"M{start:.1f} {y:g}" if before is None else f"V{y:g}") + f"H{end:.1f}"
        before = rank
    return path


def _stage_strip(columns: Columns, stages: Sequence[DrawnStage]) -> Iterator[str]:
    """The stages above the plot: as a word where there is room for it, or a number, or nothing."""
    for stage in stages:
        left, right = columns.x(stage.first) - columns.step / 2, columns.x(stage.last) + columns.step / 2
        kind = "stage-band-now" if stage.is_now else "stage-band"
        yield (
            f'<rect class="{kind}" x="{left + 1:.1f}" y="{_TOP - 4}" '
            f'width="{max(1.0, right - left - 2):.1f}" height="{_STAGE}" rx="3"/>'
        )
        room = right - left
        words = stage.name if room >= _STAGE_NAME else stage.short if room >= _STAGE_NUMBER else ""
        if words:
            name = text(round((left + right) / 2, 1), _TOP + 12, words, anchor="middle")
            yield f'<g class="{kind}-name">{name}</g>'


def _names(columns: Columns, foot: float) -> Iterator[str]:
    """Names below the plot, each with a tick: today, and a day each week before it; of weeks the months."""
    for column, words in _months(columns) if columns.is_weeks else _dates(columns):
        x = columns.x(column)
        yield f'<path class="tick" d="M{x:.1f} {foot:g}v5"/>'
        yield text(round(x, 1), foot + 20, words, anchor="middle")


def _dates(columns: Columns) -> list[tuple[int, str]]:
    """Today, and the same weekday of as many weeks before as have room."""
    last = len(columns.days) - 1
    apart = 7 * ceil(_DAY_NAME / (columns.step * 7))
    named = [
        (column, f"{columns.days[column].day} {columns.days[column]:%b}")
        for column in range(last - apart, -1, -apart)
    ]
    return [*reversed(named), (last, "today")]


def _months(columns: Columns) -> list[tuple[int, str]]:
    """The first week of each month; of every second or third one where there is no room for all."""
    months = [
        (column, f"{day:%b}")
        for column, day in enumerate(columns.days)
        if column and day.month != columns.days[column - 1].month
    ]
    apart = ceil(_MONTH_NAME / (columns.step * _LEAST_WEEKS))
    return months[::-apart]
