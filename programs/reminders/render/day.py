"""One day's movement breaks as a picture: values in, SVG out.

What somebody did is a full shape, what went another way a hollow one, and every kind has a shape and a word
of its own, so that neither colour nor eyesight decides what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


class MarkKind(StrEnum):
    """What became of one moment of the day."""

    PROMPT = "prompt"
    OWN = "own"
    MOVED = "moved"
    SESSION = "session"
    OPEN = "open"
    PUT_OFF = "put_off"
    NOT_NOW = "not_now"
    WENT_BY = "went_by"


WORDS = {
    MarkKind.PROMPT: "Moved when we asked",
    MarkKind.OWN: "A break of your own",
    MarkKind.MOVED: "Had just moved",
    MarkKind.SESSION: "Your exercises",
    MarkKind.OPEN: "We ask you now",
    MarkKind.PUT_OFF: "Put off for later",
    MarkKind.NOT_NOW: "Not now",
    MarkKind.WENT_BY: "Went by",
}
"""What a mark is called, in the order in which the kinds are named beside the picture."""

TAKEN = (MarkKind.PROMPT, MarkKind.OWN, MarkKind.MOVED, MarkKind.SESSION)


@dataclass(frozen=True, slots=True)
class DayMark:
    """One moment: where the wall clock stood, in minutes after midnight (past 1440 on the day after)."""

    minute: float
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class DayStrip:
    """A day in minutes after its midnight: the stretches in which prompts may come, what happened, the
    prompts still to come, and where the day stands; None where that is another day.
    """

    stretches: Sequence[tuple[float, float]]
    marks: Sequence[DayMark]
    coming: Sequence[float]
    now: float | None


# As wide as the column of a small phone, so that its letters are drawn as large as they are named here.
_WIDTH = 280.0
_EDGE = 14.0
_LANE = 24.0
_MARK = 8.0
_HEAD, _FOOT = 20.0, 24.0
_PAD = 8.0
_RIM = 3.0
_LABEL = 56.0
"""Room for the words of an hour, with air round them."""
_HOURS_APART = (1, 2, 3, 4, 6, 8, 12)
_LEAST_MINUTES = 120
_HOUR = 60


def day_strip(day: DayStrip, sentence: str) -> SafeString:
    """The day from left to right; marks that would touch stand below each other. `sentence` says the same."""
    frame = _frame(day)
    lanes = _lanes(frame, day.marks)
    rows = max((lane + 1 for _, _, lane in lanes), default=1)
    foot = _HEAD + 2 * _PAD + _LANE * rows
    parts = [
        *_stretches(frame, day.stretches, foot),
        *_coming(frame, day.coming, foot),
        *_hours(frame, foot),
        *_now(frame, day.now, foot),
        *(_mark(kind, x, _HEAD + _PAD + _LANE * (lane + 0.5)) for x, kind, lane in lanes),
    ]
    height = foot + _FOOT
    return mark_safe(  # noqa: S308 - numbers and words of our own; the sentence is escaped
        f'<svg class="day-strip" viewBox="0 0 {_WIDTH:g} {height:g}" width="{_WIDTH:g}" height="{height:g}" '
        f'role="img" aria-label="{escape(sentence)}">{"".join(parts)}</svg>'
    )


def mark_picture(kind: MarkKind) -> SafeString:
    """One mark by itself, to stand beside its word."""
    return format_html(
        '<svg class="day-mark" viewBox="-10 -10 20 20" width="20" height="20" aria-hidden="true">{}</svg>',
        mark_safe(_mark(kind, 0, 0)),  # noqa: S308 - numbers and class names of our own
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """From which minute to which the picture goes."""

    first: float
    last: float

    def x(self, minute: float) -> float:
        share = (minute - self.first) / (self.last - self.first)
        return _EDGE + (_WIDTH - 2 * _EDGE) * min(1.0, max(0.0, share))


def _frame(day: DayStrip) -> _Frame:
    """Whole hours round all there is to show; where there is nothing, the middle of the day."""
    minutes = [edge for stretch in day.stretches for edge in stretch]
    minutes += [mark.minute for mark in day.marks]
    minutes += [*day.coming]
    if not minutes:
        return _Frame(8 * _HOUR, 18 * _HOUR)
    if day.now is not None:
        minutes.append(day.now)
    first = min(minutes) // _HOUR * _HOUR
    last = -(-max(minutes) // _HOUR) * _HOUR
    return _Frame(first, max(last, first + _LEAST_MINUTES))


def _lanes(frame: _Frame, marks: Sequence[DayMark]) -> list[tuple[float, MarkKind, int]]:
    """Each mark with its place from the left and the highest row in which it touches no other."""
    ends: list[float] = []
    placed = []
    for mark in sorted(marks, key=lambda each: each.minute):
        x = frame.x(mark.minute)
        lane = next((lane for lane, end in enumerate(ends) if x - _MARK >= end), len(ends))
        ends[lane : lane + 1] = [x + _MARK + 2]
        placed.append((x, mark.kind, lane))
    return placed


def _stretches(frame: _Frame, stretches: Sequence[tuple[float, float]], foot: float) -> Iterator[str]:
    for start, end in stretches:
        left, right = frame.x(start) - _RIM, frame.x(end) + _RIM
        yield (
            f'<rect class="day-open" x="{left:.1f}" y="{_HEAD:g}" width="{right - left:.1f}" '
            f'height="{foot - _HEAD:g}" rx="8"/>'
        )


def _coming(frame: _Frame, coming: Sequence[float], foot: float) -> Iterator[str]:
    for minute in coming:
        x = frame.x(minute)
        yield f'<path class="day-coming" d="M{x:.1f} {foot - 12:g}V{foot - 4:g}"/>'


def _hours(frame: _Frame, foot: float) -> Iterator[str]:
    """As many hours by name as have room, the first and the last of them inside the picture."""
    hours = (frame.last - frame.first) / _HOUR
    most = (_WIDTH - 2 * _EDGE) / _LABEL
    apart = next((each for each in _HOURS_APART if hours / each <= most), _HOURS_APART[-1])
    hour = frame.first / _HOUR
    while hour * _HOUR <= frame.last:
        x = frame.x(hour * _HOUR)
        yield f'<path class="day-hour" d="M{x:.1f} {foot:g}v4"/>'
        yield _text(x, foot + 19, f"{hour % 24:.0f}:00")
        hour += apart


def _now(frame: _Frame, now: float | None, foot: float) -> Iterator[str]:
    if now is None:
        return
    x = frame.x(now)
    yield f'<path class="day-now" d="M{x:.1f} {_HEAD - 4:g}V{foot:g}"/>'
    yield _text(x, 12, "now")


def _text(x: float, y: float, words: str) -> str:
    """Words of ours, in the middle over `x` where that leaves them inside the picture."""
    half = 4.3 * len(words)
    inside = min(max(x, half), _WIDTH - half)
    return f'<text x="{inside:.1f}" y="{y:g}" text-anchor="middle">{words}</text>'


def _mark(kind: MarkKind, x: float, y: float) -> str:
    state = "day-taken" if kind in TAKEN else "day-other"
    shape = _SHAPES[kind]
    return f'<g class="{state}" transform="translate({x:.1f} {y:.1f})">{shape}</g>'


_SHAPES = {
    # a disc with a tick
    MarkKind.PROMPT: '<circle r="8"/><path class="day-sign" d="M-3.6.2-1 2.8 3.8-2.6"/>',
    # a diamond
    MarkKind.OWN: '<path d="M0-9 9 0 0 9-9 0z"/>',
    # a triangle
    MarkKind.MOVED: '<path d="M0-8.5 8.8 7h-17.6z"/>',
    # a square with a bar for each side of a weight
    MarkKind.SESSION: (
        '<rect x="-8" y="-8" width="16" height="16" rx="2"/>'
        '<path class="day-sign" d="M-4-3.5v7M4-3.5v7M-4 0h8"/>'
    ),
    # a ring with a dot
    MarkKind.OPEN: '<circle r="7.5"/><circle class="day-dot" r="3"/>',
    # a clock
    MarkKind.PUT_OFF: '<circle r="7.5"/><path class="day-hand" d="M0-4.5V0l3 2"/>',
    # a ring with a dash
    MarkKind.NOT_NOW: '<circle r="7.5"/><path class="day-hand" d="M-3.5 0h7"/>',
    # a small ring
    MarkKind.WENT_BY: '<circle r="4"/>',
}
