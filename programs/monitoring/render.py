"""The readings behind a finding as a small picture: values in, SVG out.

Pain is told by height, shape and lightness, so that neither colour nor eyesight decides what is read: 0 a
ring, 1-3 a circle, 4-6 a square, 7-10 a diamond. Other measures have one shape.
"""

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.safestring import SafeString, mark_safe

_LEFT, _RIGHT, _TOP, _FOOT = 40, 44, 22, 132
_HEIGHT = 164
_DAY = 30
_MOST_WIDTH, _LEAST_WIDTH = 230, 150  # with its margins it fits a phone
_MARK = 5
_LETTER = 7.5
"""Of the words in the margins, as wide as one is at most."""


def readings_chart(
    readings: Sequence[tuple[date, float]],
    *,
    highest: int,
    scale: Sequence[tuple[float, str]],
    usual: tuple[float, str] | None,
    limit: tuple[float, str] | None,
    line: float | None,
    sentence: str,
    has_shapes: bool = False,
    is_downward: bool = False,
) -> SafeString:
    """The readings by day, oldest first, from 0 to `highest`.

    scale: values named at the left edge. usual, limit: a value and its words, as lines named at the right
    edge. line: from where what lies above it adds up, drawn as a stem to each reading. has_shapes: whether
    a reading's shape tells its size as pain. is_downward: a larger value stands lower, like a leg.
    """
    days = [(day - readings[0][0]).days for day, _ in readings]
    left = max([_LEFT, *(16 + _LETTER * len(words) for _, words in scale)])
    named = [each for each in (usual, limit) if each is not None]
    right = max([_RIGHT, *(16 + _LETTER * len(words) for _, words in named)])
    plot = min(_MOST_WIDTH, max(_LEAST_WIDTH, _DAY * (days[-1] + 1)))
    step = plot / (days[-1] + 1)

    def x(day: int) -> float:
        return left + step * (day + 0.5)

    def y(value: float) -> float:
        share = value / highest
        return _TOP + (_FOOT - _TOP) * (share if is_downward else 1 - share)

    parts = []
    for value, words in scale:
        parts.append(horizontal("axis", left, left + plot, y(value)))
        parts.append(text(left - 8, y(value) + 5, words, anchor="end"))
    for kind, value, words, at in _apart(usual, limit, y):
        parts.append(horizontal(kind, left, left + plot, y(value)))
        parts.append(text(left + plot + 8, at + 5, words, anchor="start"))
    for day, (_, value) in zip(days, readings, strict=True):
        if line is not None and value > line:
            parts.append(f'<path class="stem" d="M{x(day):.1f} {y(line):.1f}V{y(value):.1f}"/>')
    for day, (_, value) in zip(days, readings, strict=True):
        shape = mark(x(day), y(value), round(value), _MARK) if has_shapes else _dot(x(day), y(value))
        parts.append(shape)
    for day, words in _day_names(readings):
        parts.append(text(x(day), _HEIGHT - 8, words, anchor="middle"))
    return picture("readings", round(left + plot + right), _HEIGHT, sentence, parts)


def _apart(
    usual: tuple[float, str] | None, limit: tuple[float, str] | None, y: Callable[[float], float]
) -> list[tuple[str, float, str, float]]:
    """Both lines with the height of their words, which keep a line's distance from each other."""
    lines = [(kind, *each) for kind, each in (("usual", usual), ("limit", limit)) if each is not None]
    placed = [(kind, value, words, y(value)) for kind, value, words in lines]
    if len(placed) == 2:
        (kind, value, words, at), (other_kind, other, other_words, other_at) = sorted(
            placed, key=lambda each: each[3]
        )
        gap = max(0.0, 17 - (other_at - at)) / 2
        placed = [(kind, value, words, at - gap), (other_kind, other, other_words, other_at + gap)]
    return placed


def _day_names(readings: Sequence[tuple[date, float]]) -> list[tuple[int, str]]:
    """The first and the last day."""
    first, last = readings[0][0], readings[-1][0]
    named = {0: first, (last - first).days: last}
    return [(day, f"{at.day} {at:%b}") for day, at in named.items()]


def _dot(x: float, y: float) -> str:
    return f'<circle class="mark mark-plain" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK:g}"/>'


def mark(x: float, y: float, score: int, half: float) -> str:
    """A pain score as its shape, from whose middle it reaches `half` to each side."""
    if score >= 7:
        reach = half * 1.45
        path = f"M{x:.1f} {y - reach:.1f}l{reach:g} {reach:g}-{reach:g} {reach:g}-{reach:g}-{reach:g}z"
        return f'<path class="mark mark-3" d="{path}"/>'
    if score >= 4:
        side = f'width="{2 * half:.1f}" height="{2 * half:.1f}"'
        return f'<rect class="mark mark-2" x="{x - half:.1f}" y="{y - half:.1f}" {side}/>'
    return f'<circle class="mark mark-{1 if score else 0}" cx="{x:.1f}" cy="{y:.1f}" r="{half:g}"/>'


def horizontal(kind: str, left: float, right: float, y: float) -> str:
    """A line from side to side."""
    return f'<path class="{kind}" d="M{left:g} {y:.1f}H{right:g}"/>'


def text(x: float, y: float, words: str, *, anchor: str) -> str:
    """Words of ours, as they are: nothing is escaped."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{words}</text>'


def picture(kind: str, width: int, height: int, sentence: str, parts: Sequence[str]) -> SafeString:
    """The parts as one picture; `sentence` says the same to those who do not see it."""
    return mark_safe(  # noqa: S308 - numbers, months and our own words, nothing that anybody typed
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{sentence}">{"".join(parts)}</svg>'
    )
