"""How the leg has been, told in sentences that are true of the days they are about.

A change is told from 2 points on, and below that the pain is "about the same": 2 of 10 points is the smallest
change that people in pain call one (Childs et al. 2005, Spine 30:1331; Farrar et al. 2001, Pain 94:149). What
is compared is the middle score of the first and of the last few, never a mean. What was not said is left out
and is not 0. Not yet checked by a clinician.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import median_low

from programs.care.rules import FLARE_NUMBER

LEAST_CHANGE = 2
"""Points of 10, from which on a change is told."""
FEWEST = 3
"""Scores, below which nothing is said of a change."""
FEW = 3
"""So many of the first and of the last scores are compared, as soon as no score is among both."""
_LONG = 28
"""Days, above which a time is told in weeks."""
_FRESH = 3
"""Days, for which the newest score still tells how it is now."""
PLACES = ("nowhere", "low back", "buttock", "thigh", "calf", "foot")
"""By rank, as short as they are said."""


@dataclass(frozen=True, slots=True)
class SessionPoint:
    """One session in which something was done. Pain is 0 to 10, None where it was not said.

    `next_morning` stands at the last session of a day; `stopped_at` names what was stopped because it hurt.
    """

    before: int | None
    after: int | None
    next_morning: int | None
    stopped_at: str
    is_whole: bool


class Did(StrEnum):
    """What was done on a day, as far as anybody knows."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ProgressDay:
    """One day. None is what was not said; `left` and `right` are how far down, as ranks from 0 to 5."""

    day: date
    worst_leg_pain: int | None
    left: int | None
    right: int | None
    sessions: tuple[SessionPoint, ...]

    @property
    def did(self) -> Did:
        if not self.sessions:
            return Did.NOTHING
        return Did.ALL if any(each.is_whole for each in self.sessions) else Did.PART

    @property
    def is_stopped(self) -> bool:
        """Whether a session was stopped because it hurt more."""
        return any(each.stopped_at for each in self.sessions)


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Some scores of pain: the lowest, the middle one and the highest, all of them said by somebody."""

    low: int
    middle: int
    high: int

    @property
    def in_words(self) -> str:
        """ "3 to 6", or "4"."""
        return f"{self.low}" if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class ProgressWeek:
    """The days of one week from Monday on, as far as they are among those shown.

    `left` and `right` are the furthest place of the week; None where nobody said any.
    """

    first: date
    days: int
    after: ScoreRange | None
    worst: ScoreRange | None
    left: int | None
    right: int | None
    sessions: int
    days_done: int
    stopped: int


class Course(StrEnum):
    """Where pain has gone between the first and the last few scores."""

    LOWER = "lower"
    SAME = "same"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class Change:
    """The middle one of the first and of the last of some scores.

    `highest` and `lowest` are middle ones of as many in a row: what it went up and down to in between, where
    that is at least `LEAST_CHANGE` beyond both ends.
    """

    course: Course
    first: int
    last: int
    highest: int | None
    lowest: int | None
    last_on: date
    days: int
    """From the first score to the last."""
    count: int
    compared: int
    """How many at each end."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the days came to: the heading, what else is true, and how it was counted.

    `is_higher`: pain went up, and the page says what to do. `is_new`: there is so little that an example is
    shown instead.
    """

    heading: str
    lines: tuple[str, ...]
    basis: str
    is_higher: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class StageSpan:
    """A stage, or the flare plan as `FLARE_NUMBER`, from one of the days shown to another."""

    first: date
    last: date
    number: int


def change_of(scores: Sequence[tuple[date, int]]) -> Change | None:
    """Compares the first with the last of the scores, oldest first: of three each, where there are six.

    None where there are too few to tell.
    """
    count = len(scores)
    if count < FEWEST:
        return None
    compared = FEW if count >= 2 * FEW else 1
    middles = [
        median_low(score for _, score in scores[start : start + compared])
        for start in range(count - compared + 1)
    ]
    first, last, highest, lowest = middles[0], middles[-1], max(middles), min(middles)
    if abs(last - first) < LEAST_CHANGE:
        course = Course.SAME
    else:
        course = Course.LOWER if last < first else Course.HIGHER
    return Change(
        course=course,
        first=first,
        last=last,
        highest=highest if highest - max(first, last) >= LEAST_CHANGE else None,
        lowest=lowest if min(first, last) - lowest >= LEAST_CHANGE else None,
        last_on=scores[-1][0],
        days=(scores[-1][0] - scores[0][0]).days,
        count=count,
        compared=compared,
    )


def summarise(days: Sequence[ProgressDay], *, has_earlier: bool) -> Summary:
    """The days in words, oldest first, the last being today. has_earlier: there is something from before.

    Pain after sessions comes first, as that is what the exercises are judged by; where too little was said
    of it, the worst pain of each day. Both are told where both are known, and a rise is told of either.
    """
    after, worst = change_of(_after(days)), change_of(_worst(days))
    told = [
        (change, what, words)
        for change, what, words in (
            (after, "Your leg pain after sessions", "sessions"),
            (worst, "Your worst leg pain of the day", "daily checks"),
        )
        if change is not None
    ]
    if not told:
        is_new = not has_earlier and sum(len(each.sessions) for each in days) < FEWEST
        too_little = "There is too little here to see a change yet."
        return Summary(
            heading=f"Come back after {FEWEST} sessions." if is_new else too_little,
            lines=(),
            basis=_so_far(days),
            is_higher=False,
            is_new=is_new,
        )
    heading, *lines = [_in_words(change, what, days[-1].day) for change, what, _ in told]
    return Summary(
        heading=heading,
        lines=tuple(lines),
        basis=f"{_basis(told[0][0], told[0][2])} {told_on(days)}",
        is_higher=any(change.course == Course.HIGHER for change, *_ in told),
        is_new=False,
    )


def _after(days: Iterable[ProgressDay]) -> list[tuple[date, int]]:
    return [(day.day, each.after) for day in days for each in day.sessions if each.after is not None]


def _worst(days: Iterable[ProgressDay]) -> list[tuple[date, int]]:
    return [(day.day, day.worst_leg_pain) for day in days if day.worst_leg_pain is not None]


def _in_words(change: Change, what: str, today: date) -> str:
    """Of a score that is not fresh, when it was told: how it is now is not known."""
    beyond = _beyond(change)
    if (today - change.last_on).days > _FRESH:
        on = _on(change.last_on, today)
        return f"{what} was {change.first} at first and {change.last} {on}.{_it(beyond)}"
    if change.course != Course.SAME:
        went = "went up" if change.course == Course.HIGHER else "went"
        return f"{what} {went} from {change.first} to {change.last} {_when(change, today)}.{_it(beyond)}"
    if change.first != change.last:
        if beyond:
            return f"{what} was {change.first} at first, {beyond}, and is {change.last} now."
        return f"{what} is about the same: {change.first} at first, {change.last} now."
    if beyond:
        return f"{what} {beyond}, and is back at {change.last}."
    return f"{what} is about the same, at {change.last}."


def _beyond(change: Change) -> str:
    """ "went up to 9 in between", or nothing where it stayed near both ends."""
    ways = [
        *([] if change.highest is None else [f"up to {change.highest}"]),
        *([] if change.lowest is None else [f"down to {change.lowest}"]),
    ]
    return f"went {' and '.join(ways)} in between" if ways else ""


def _it(beyond: str) -> str:
    return f" It {beyond}." if beyond else ""


def _when(change: Change, today: date) -> str:
    """ "in 12 days", or "in 54 weeks" once nobody counts days any more."""
    if change.days > _LONG:
        return f"in {change.days // 7} weeks"
    if change.days:
        return f"in {_days(change.days)}"
    return "today" if change.last_on == today else _on(change.last_on, today)


def _on(day: date, today: date) -> str:
    """ "on 3 January", with the year where it is not this one."""
    return f"on {day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def _basis(change: Change, what: str) -> str:
    if change.compared == 1:
        return f"We compare the first and the last of {change.count} {what}."
    return f"We compare the first {change.compared} and the last {change.compared} of {change.count} {what}."


def _so_far(days: Sequence[ProgressDay]) -> str:
    """What there is while there is too little, so that nobody thinks that it was lost."""
    sessions, checks = len(_after(days)), len(_worst(days))
    if not sessions and not checks:
        return ""
    return (
        f"So far you told us your pain after {sessions} session{'' if sessions == 1 else 's'}, "
        f"and your worst pain on {_days(checks)}."
    )


def told_on(days: Sequence[ProgressDay]) -> str:
    """On how many of the days somebody answered the Daily check."""
    return f"You told us your worst pain on {len(_worst(days))} of {_days(len(days))}."


def done_in_words(days: Sequence[ProgressDay]) -> str:
    """On how many days something was done."""
    done = sum(each.did != Did.NOTHING for each in days)
    return f"You did something on {done} of {_days(len(days))}."


def done_details(days: Sequence[ProgressDay]) -> str:
    """How much that was. Nothing where nothing was done."""
    whole = sum(each.did == Did.ALL for each in days)
    part = sum(each.did == Did.PART for each in days)
    stopped = sum(each.is_stopped for each in days)
    parts = [
        *([f"All of it on {_days(whole)}."] if whole else []),
        *([f"A part on {_days(part)}. That counts."] if part else []),
        *([f"On {_days(stopped)} you stopped because it hurt more."] if stopped else []),
    ]
    return " ".join(parts)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def sessions_shown(days: Sequence[ProgressDay]) -> str:
    """What the picture of the sessions shows, for those who do not see it."""
    sessions = sum(len(each.sessions) for each in days)
    scores = [score for _, score in _after(days)]
    return f"{sessions} session{'' if sessions == 1 else 's'}. Pain after them: {_shown(scores)}."


def worst_shown(days: Sequence[ProgressDay]) -> str:
    """The same of the worst pain of each day."""
    scores = [score for _, score in _worst(days)]
    return f"Worst leg pain of each day: {_shown(scores)}. Told on {len(scores)} of {_days(len(days))}."


def _shown(scores: Sequence[int]) -> str:
    span = _range(scores)
    return "not said" if span is None else f"{span.in_words}, last {scores[-1]}"


def reach_shown(days: Sequence[ProgressDay]) -> str:
    """The same of how far down it goes."""
    parts = []
    for name, ranks in (("Right", [each.right for each in days]), ("Left", [each.left for each in days])):
        said = [rank for rank in ranks if rank is not None]
        if said:
            parts.append(f"{name} leg: furthest {PLACES[max(said)]}, last {PLACES[said[-1]]}.")
    return " ".join(parts)


def newest_session(days: Sequence[ProgressDay]) -> str:
    """The newest session in words: "20 Nov: before 4, after 8, stopped at Bridge."."""
    for day in reversed(days):
        if day.sessions:
            newest = day.sessions[-1]
            said = [
                f"{name} {score}"
                for name, score in (
                    ("before", newest.before),
                    ("after", newest.after),
                    ("next morning", newest.next_morning),
                )
                if score is not None
            ]
            if newest.stopped_at:
                said.append(f"stopped at {newest.stopped_at}")
            return f"{_short(day.day, days)}: {', '.join(said) or 'no pain score'}."
    return ""


def newest_worst(days: Sequence[ProgressDay]) -> str:
    """The newest Daily check in words."""
    scores = _worst(days)
    return f"{_short(scores[-1][0], days)}: worst leg pain {scores[-1][1]}." if scores else ""


def newest_reach(days: Sequence[ProgressDay]) -> str:
    """The newest answer to how far down in words."""
    for day in reversed(days):
        said = [
            f"{name} leg {f'to the {PLACES[rank]}' if rank else PLACES[rank]}"
            for name, rank in (("right", day.right), ("left", day.left))
            if rank is not None
        ]
        if said:
            return f"{_short(day.day, days)}: {', '.join(said)}."
    return ""


def _short(day: date, days: Sequence[ProgressDay]) -> str:
    """ "20 Nov", with the year where the days are of two years."""
    year = f" {day.year}" if days[0].day.year != days[-1].day.year else ""
    return f"{day.day} {day:%b}{year}"


def weeks_of(days: Sequence[ProgressDay]) -> tuple[ProgressWeek, ...]:
    """The same days week by week, so that a year stays readable: middle score, and from which to which."""
    return tuple(
        _week(monday, list(group)) for monday, group in groupby(days, key=lambda each: _monday(each.day))
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date, days: Sequence[ProgressDay]) -> ProgressWeek:
    return ProgressWeek(
        first=monday,
        days=len(days),
        after=_range(score for _, score in _after(days)),
        worst=_range(score for _, score in _worst(days)),
        left=max((each.left for each in days if each.left is not None), default=None),
        right=max((each.right for each in days if each.right is not None), default=None),
        sessions=sum(len(each.sessions) for each in days),
        days_done=sum(each.did != Did.NOTHING for each in days),
        stopped=sum(each.is_stopped for each in days),
    )


def _range(scores: Iterable[int]) -> ScoreRange | None:
    said = list(scores)
    return ScoreRange(min(said), median_low(said), max(said)) if said else None


@dataclass(frozen=True, slots=True)
class StageEvent:
    """From a day on: the stage of this number, the flare plan over it, or no plan at all.

    Of `number` and `is_flare` what is None stays as it is; `is_over` ends the plan.
    """

    on: date
    number: int | None = None
    is_flare: bool | None = None
    is_over: bool = False


def stages_of(events: Sequence[StageEvent], days: Sequence[ProgressDay]) -> tuple[StageSpan, ...]:
    """In which stage each of the days was, at its end, in stretches. The events come oldest first."""
    spans: list[StageSpan] = []
    number: int | None = None
    in_flare = False
    waiting = list(events)
    for each in days:
        while waiting and waiting[0].on <= each.day:
            event = waiting.pop(0)
            number = None if event.is_over else number if event.number is None else event.number
            in_flare = not event.is_over and (in_flare if event.is_flare is None else event.is_flare)
        now = FLARE_NUMBER if in_flare and number is not None else number
        if now is None:
            continue
        before = spans[-1] if spans else None
        if before and before.number == now and before.last == each.day - timedelta(days=1):
            spans[-1] = StageSpan(before.first, each.day, now)
        else:
            spans.append(StageSpan(each.day, each.day, now))
    return tuple(spans)
