"""How the leg has been: the sentence first, then pictures of the same days, each with its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.rules import FLARE_NUMBER
from programs.home.queries.progress import MOST_DAYS, TWO_WEEKS, Progress, progress
from programs.home.render.progress import (
    Columns,
    DrawnBar,
    DrawnRange,
    DrawnSession,
    DrawnStage,
    done_chart,
    pain_chart,
    range_chart,
    reach_chart,
    session_chart,
    sign,
)
from programs.home.rules import progress as rules
from programs.home.rules.progress import PLACES, Did, ProgressDay, ProgressWeek, ScoreRange
from programs.lib.permissions import page_for
from programs.lib.times import last_days, local_day

_DAYS_APART = 28
"""Up to so many days each is drawn by itself, more than that week by week."""
_NOT_SAID = "not said"
_EXAMPLE = (
    (7, 6),
    (6, 6),
    None,
    (6, 5),
    (6, 4),
    None,
    None,
    (5, 5),
    (5, 4),
    None,
    (5, 3),
    (4, 3),
    None,
    (4, 2),
)
"""Pain before and after the sessions of two weeks that nobody had, None on a day without one."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture with all that stands round it. Its rows are those of the table: the same days, newest first.

    `picture` is None where nothing was written down. `key` names its marks.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    picture: SafeString | None
    key: tuple[tuple[tuple[SafeString, ...], str], ...]
    newest: str
    columns: tuple[str, ...]
    rows: tuple[tuple[date, tuple[str, ...]], ...]


@page_for("patient")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The last two weeks or, with ?show=all, everything up to a little over a year."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    shows_all = request.GET.get("show") == "all"
    found = progress(patient, now, MOST_DAYS if shows_all else TWO_WEEKS)
    record_access(actor=patient, clinic=clinic, patients=[patient], door="home:progress", now=now)
    today = local_day(now, patient.time_zone)
    is_weekly = len(found.days) > _DAYS_APART
    drawn = _weekly if is_weekly else _daily
    context = {
        "clinic": clinic,
        "found": found,
        "summary": found.summary,
        "shows_all": shows_all,
        "is_weekly": is_weekly,
        "today": today,
        "example": _example(today, patient.text_size) if found.summary.is_new else None,
        "panels": [] if found.summary.is_new else drawn(found, patient.text_size),
    }
    return render(request, "home/progress.html", context)


def _daily(found: Progress, text_size: int) -> list[Panel]:
    days = found.days
    columns = Columns([each.day for each in days], text_size=text_size)
    return [
        _sessions(found, columns),
        Panel(
            name="worst",
            title="Your worst leg pain of each day",
            lines=("From 0 to 10. Lower is better. A gap is a day we know nothing of.",),
            picture=pain_chart(columns, [each.worst_leg_pain for each in days], rules.worst_shown(days))
            if any(each.worst_leg_pain is not None for each in days)
            else None,
            key=(),
            newest=rules.newest_worst(days),
            columns=("Worst leg pain",),
            rows=tuple((each.day, (_score(each.worst_leg_pain),)) for each in reversed(days)),
        ),
        _reach(columns, days, days),
        _done(
            columns,
            days,
            [DrawnBar({Did.ALL: 1.0, Did.PART: 0.5}.get(each.did), each.is_stopped) for each in days],
            ("all of it", "a part"),
            ("What you did",),
            tuple((each.day, (_did(each),)) for each in reversed(days)),
        ),
    ]


def _sessions(found: Progress, columns: Columns) -> Panel:
    days = found.days
    drawn = [
        DrawnSession(column, each.before, each.after, each.next_morning, bool(each.stopped_at))
        for column, day in enumerate(days)
        for each in day.sessions
    ]
    kinds = [
        ((sign("before"),), "before", any(each.before is not None for each in drawn)),
        ((sign("1"), sign("4"), sign("7")), "after", any(each.after is not None for each in drawn)),
        ((sign("morning"),), "next morning", any(each.next_morning is not None for each in drawn)),
        ((sign("stopped"),), "stopped, it hurt more", any(each.is_stopped for each in drawn)),
    ]
    return Panel(
        name="sessions",
        title="Pain in your sessions",
        lines=("Leg pain, 0 to 10. Lower is better.",),
        picture=session_chart(
            columns, drawn, _stages(found, columns), found.limit, rules.sessions_shown(days)
        )
        if drawn
        else None,
        key=tuple((signs, words) for signs, words, is_there in kinds if is_there),
        newest=rules.newest_session(days),
        columns=("Before", "After", "Next morning", "Stopped at"),
        rows=tuple(
            (
                day.day,
                (_score(each.before), _score(each.after), _score(each.next_morning), each.stopped_at or "–"),
            )
            for day in reversed(days)
            for each in reversed(day.sessions)
        ),
    )


def _weekly(found: Progress, text_size: int) -> list[Panel]:
    days, weeks = found.days, rules.weeks_of(found.days)
    columns = Columns([each.first for each in weeks], is_weeks=True, text_size=text_size)
    after, worst = [each.after for each in weeks], [each.worst for each in weeks]
    key = (((sign("range"),), "middle score, and from lowest to highest"),)
    explained = "From 0 to 10. Lower is better. Each mark is one week."
    return [
        Panel(
            name="sessions",
            title="Pain after your sessions",
            lines=(explained,),
            picture=range_chart(
                columns, _ranges(after), _stages(found, columns), found.limit, rules.sessions_shown(days)
            )
            if any(after)
            else None,
            key=key,
            newest=rules.newest_session(days),
            columns=("Sessions", "Middle", "Range", "Stopped"),
            rows=tuple(
                (each.first, (str(each.sessions), *_range(each.after), str(each.stopped)))
                for each in reversed(weeks)
                if each.sessions
            ),
        ),
        Panel(
            name="worst",
            title="Your worst leg pain of each day",
            lines=(explained,),
            picture=range_chart(columns, _ranges(worst), (), None, rules.worst_shown(days))
            if any(worst)
            else None,
            key=key,
            newest=rules.newest_worst(days),
            columns=("Middle", "Range"),
            rows=tuple((each.first, _range(each.worst)) for each in reversed(weeks) if each.worst),
        ),
        _reach(columns, weeks, days),
        _done(
            columns,
            days,
            [DrawnBar(each.days_done / each.days or None, bool(each.stopped)) for each in weeks],
            ("all days", "half"),
            ("Days", "Stopped"),
            tuple(
                (each.first, (f"{each.days_done} of {each.days}", str(each.stopped)))
                for each in reversed(weeks)
            ),
        ),
    ]


def _reach(
    columns: Columns, drawn: Sequence[ProgressDay] | Sequence[ProgressWeek], days: Sequence[ProgressDay]
) -> Panel:
    """A leg that nobody said anything of has neither a line nor a column."""
    legs = [
        (name, ranks)
        for name, ranks in (
            ("right", [each.right for each in drawn]),
            ("left", [each.left for each in drawn]),
        )
        if any(rank is not None for rank in ranks)
    ]
    return Panel(
        name="reach",
        title="How far down your leg it goes",
        lines=(
            "Pain, tingling or numbness. Higher up is better.",
            *(["Each step is the furthest place of its week."] if columns.is_weeks else []),
        ),
        picture=reach_chart(
            columns,
            [each.left for each in drawn],
            [each.right for each in drawn],
            rules.reach_shown(days),
        )
        if legs
        else None,
        key=tuple(((sign(name),), f"{name} leg") for name, _ in legs),
        newest=rules.newest_reach(days),
        columns=tuple(f"{name.title()} leg" for name, _ in legs),
        rows=tuple(
            (day, tuple(_place(ranks[place]) for _, ranks in legs))
            for place, day in reversed(list(enumerate(columns.days)))
        ),
    )


def _done(
    columns: Columns,
    days: Sequence[ProgressDay],
    bars: Sequence[DrawnBar],
    words: tuple[str, str],
    headings: tuple[str, ...],
    rows: tuple[tuple[date, tuple[str, ...]], ...],
) -> Panel:
    sentence = rules.done_in_words(days)
    return Panel(
        name="done",
        title="Days you did something",
        lines=tuple(
            filter(None, (sentence, rules.done_details(days), "A day of rest is part of the plan too."))
        ),
        picture=done_chart(columns, bars, *words, sentence) if any(each.sessions for each in days) else None,
        key=(),
        newest="",
        columns=headings,
        rows=rows,
    )


def _stages(found: Progress, columns: Columns) -> list[DrawnStage]:
    """The stages over the columns. Where one ends within a week, that week is the next one's."""
    first = {day: place for place, day in enumerate(columns.days)}

    def column(day: date) -> int:
        return first[day - timedelta(days=day.weekday()) if columns.is_weeks else day]

    drawn: list[DrawnStage] = []
    for span in found.stages:
        is_flare = span.number == FLARE_NUMBER
        start = column(span.first)
        if drawn and drawn[-1].last >= start:
            start = drawn[-1].last + 1
        if start <= column(span.last):
            drawn.append(
                DrawnStage(
                    start,
                    column(span.last),
                    "Flare plan" if is_flare else f"Stage {span.number}",
                    "F" if is_flare else str(span.number),
                    is_now=span.last == found.days[-1].day,
                )
            )
    return drawn


def _example(today: date, text_size: int) -> SafeString:
    """A picture of what will stand here, of sessions that nobody had."""
    days = last_days(today, len(_EXAMPLE))
    drawn = [
        DrawnSession(column, *scores, next_morning=None, is_stopped=False)
        for column, scores in enumerate(_EXAMPLE)
        if scores
    ]
    columns = Columns(days, text_size=text_size)
    return session_chart(columns, drawn, (), None, "An example of the picture. It is not your pain.")


def _ranges(ranges: Sequence[ScoreRange | None]) -> list[DrawnRange]:
    return [
        DrawnRange(column, each.low, each.middle, each.high) for column, each in enumerate(ranges) if each
    ]


def _range(scores: ScoreRange | None) -> tuple[str, str]:
    return (_NOT_SAID, _NOT_SAID) if scores is None else (str(scores.middle), scores.in_words)


def _score(score: int | None) -> str:
    return _NOT_SAID if score is None else str(score)


def _place(rank: int | None) -> str:
    return _NOT_SAID if rank is None else PLACES[rank]


def _did(day: ProgressDay) -> str:
    words = {Did.ALL: "all of it", Did.PART: "a part", Did.NOTHING: "nothing written down"}[day.did]
    return f"{words}, stopped once it hurt more" if day.is_stopped else words
