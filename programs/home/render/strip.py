"""Pain from day to day as pictures: values in, SVG out.

A day without a report is a gap, never a 0. A score is told by height, shape and lightness, so that neither
colour nor eyesight decides what is read: 0 a ring, 1-3 a circle, 4-6 a square, 7-10 a diamond.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.safestring import SafeString

from programs.monitoring.render import horizontal, mark, picture, text


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a picture puts things: the middle of the first day and the step to the next, pain 10 and pain 0
    from the top, the upper and lower edge of the session bars, and half the size of a mark."""

    first: float
    step: float
    ten: float
    zero: float
    bar_top: float
    bar_foot: float
    mark: float

    def x(self, day: int) -> float:
        return self.first + self.step * day

    def y(self, pain: float) -> float:
        return self.zero + (self.ten - self.zero) * pain / 10


_STRIP = _Frame(first=3.5, step=7, ten=4, zero=31, bar_top=38, bar_foot=45, mark=2.4)
_LIMIT_WIDTH = 84  # room for "limit 10" beside the plot, at a phone's letter size
_CHART = _Frame(first=47, step=21.5, ten=14, zero=174, bar_top=192, bar_foot=206, mark=5)


def strip(pain: Sequence[int | None], sessions: Sequence[bool], limit: int | None) -> SafeString:
    """196 x 46: the last 28 days of one patient, on the same scale for everyone.

    `pain` is the worst leg pain of each day, oldest first, None where nothing was reported; `sessions` tells
    whether there was one; `limit` is the agreed pain limit.
    """
    line = "" if limit is None else horizontal("limit", 0, 196, _STRIP.y(limit))
    return picture("strip", 196, 46, _sentence(pain, sessions), [line, *_days(_STRIP, pain, sessions)])


def pain_chart(
    days: Sequence[date], pain: Sequence[int | None], sessions: Sequence[bool], limit: int | None
) -> SafeString:
    """The same days, large enough to read values and dates from."""
    right = _CHART.x(len(days) - 1) + _CHART.step / 2
    parts = []
    for score in (0, 5, 10):
        parts.append(horizontal("axis", 36, right, _CHART.y(score)))
        parts.append(text(28, _CHART.y(score) + 5, str(score), anchor="end"))
    if limit is not None:
        parts.append(horizontal("limit", 36, right, _CHART.y(limit)))
        parts.append(text(right + 8, _CHART.y(limit) + 5, f"limit {limit}", anchor="start"))
    parts += _days(_CHART, pain, sessions)
    for back in range(len(days) - 1, -1, -7):
        words = "today" if back == len(days) - 1 else f"{days[back].day} {days[back]:%b}"
        anchor = "end" if back == len(days) - 1 else "middle"
        parts.append(text(right if anchor == "end" else _CHART.x(back), 230, words, anchor=anchor))
    return picture("chart", round(right) + _LIMIT_WIDTH, 236, _sentence(pain, sessions), parts)


def _days(frame: _Frame, pain: Sequence[int | None], sessions: Sequence[bool]) -> Iterator[str]:
    """Bars for sessions, lines between consecutive days, and on top of them a mark for each report."""
    width = frame.step * 0.62
    for day, has_session in enumerate(sessions):
        top = frame.bar_top if has_session else frame.bar_foot - 2
        kind = "bar-done" if has_session else "bar-missed"
        yield (
            f'<rect class="{kind}" x="{frame.x(day) - width / 2:.1f}" y="{top:g}" '
            f'width="{width:.1f}" height="{frame.bar_foot - top:g}"/>'
        )
    points = [None if score is None else (frame.x(day), frame.y(score)) for day, score in enumerate(pain)]
    joins = [
        f"M{here[0]:.1f} {here[1]:.1f}L{there[0]:.1f} {there[1]:.1f}"
        for here, there in pairwise(points)
        if here is not None and there is not None
    ]
    if joins:
        yield f'<path class="join" d="{"".join(joins)}"/>'
    for day, score in enumerate(pain):
        if score is not None:
            yield mark(frame.x(day), frame.y(score), score, frame.mark)


def _sentence(pain: Sequence[int | None], sessions: Sequence[bool]) -> str:
    """What the picture shows, for those who do not see it."""
    scores = [score for score in pain if score is not None]
    done = f"Sessions on {sum(sessions)} of {len(sessions)} days."
    if not scores:
        return f"No leg pain reported in {len(pain)} days. {done}"
    low, high = min(scores), max(scores)
    between = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"Worst leg pain {between}, last {scores[-1]}, reported on {len(scores)} of {len(pain)} days. {done}"
    )
