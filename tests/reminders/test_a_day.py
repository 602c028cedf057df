"""Whole days, minute by minute on the patient's own clock: what Alice does, and when prompts show.

Unless a row says otherwise it is a Monday in London. At 9:00 Alice asks for a prompt every 30 minutes until
13:00, and to each she says "Not now" after a while, which changes nothing. Every five minutes, and whenever
something happens, the sweep runs as the engine runs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from programs.reminders.actions import (
    answer_prompt,
    pause_breaks,
    prompt_due,
    return_to_wish,
    review_breaks,
    set_break_rule,
    set_busy,
    snooze_prompt,
)
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt
from programs.reminders.queries import easing_of
from tests import makers

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
TICK = timedelta(minutes=5)

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""London: 01:00 is followed by 02:00, and 02:00 by 01:00."""

IGNORES = {"ignores": True}
"""She does not even say "Not now"."""

DAYS: dict[str, tuple[str, str] | tuple[str, str, Mapping[str, Any]]] = {
    # name: (what she does, when prompts show, what else is different about the day)
    "a plain day": (
        "",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:30",
    ),
    "a session that ends at 10:10": (
        "10:10 session",
        "09:30 10:00 10:40 11:10 11:40 12:10 12:40",
    ),
    "a session of 10:10 that arrives at 10:25": (
        "10:25 session 10:10",
        "09:30 10:00 10:40 11:10 11:40 12:10 12:40",
    ),
    "a break by herself": (
        "10:20 own",
        "09:30 10:00 10:50 11:20 11:50 12:20 12:50",
    ),
    "she had moved already, and says so later": (
        "10:25 moved 10:15",
        "09:30 10:00 10:45 11:15 11:45 12:15 12:45",
    ),
    "she had moved before the last prompt: nothing goes back": (
        "10:40 moved 10:15",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:30",
    ),
    "a break done at 10:03": (
        "10:03 done",
        "09:30 10:00 10:33 11:03 11:33 12:03 12:33",
    ),
    "told twice within ten minutes, it is one break": (
        "10:00 done, 10:08 own",
        "09:30 10:00 10:38 11:08 11:38 12:08 12:38",
    ),
    "a pause of 60 minutes": (
        "10:10 pause 11:10",
        "09:30 10:00 11:10 11:40 12:10 12:40",
    ),
    "a pause that is ended early goes on where it was": (
        "10:10 pause 11:10, 10:20 resume",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:30",
    ),
    "a pause that is ended after the interval": (
        "10:10 pause 12:10, 10:50 resume",
        "09:30 10:00 10:50 11:20 11:50 12:20 12:50",
    ),
    "do not disturb over the whole afternoon": (
        "12:05 pause 17:00",
        "09:30 10:00 10:30 11:00 11:30 12:00 17:00 17:30",
        {"until": "18:00"},
    ),
    "in a meeting, said at a prompt": (
        "11:00 pause 12:00",
        "09:30 10:00 10:30 11:00 12:00 12:30",
    ),
    "put off by 5, 10 and 15 minutes": (
        "10:00 snooze 5, 10:05 snooze 10, 10:15 snooze 15",
        "09:30 10:00 10:05 10:15 10:30 11:00 11:30 12:00 12:30",
    ),
    "put off a fourth time: refused": (
        "10:00 snooze 5, 10:05 snooze 5, 10:10 snooze 5, 10:15 snooze-is-refused 5",
        "09:30 10:00 10:05 10:10 10:15 10:45 11:15 11:45 12:15 12:45",
    ),
    "a calendar that is busy from 11 to 12": (
        "09:05 busy 11:00-12:00",
        "09:30 10:00 10:30 12:00 12:30",
    ),
    "a meeting written down while a prompt shows": (
        "10:32 busy 10:30-11:10",
        "09:30 10:00 10:30 11:10 11:40 12:10 12:40",
    ),
    "a meeting that is called off": (
        "09:05 busy 10:20-12:00, 10:45 busy",
        "09:30 10:00 10:45 11:15 11:45 12:15 12:45",
    ),
    "a pause that ends in a meeting": (
        "09:05 busy 11:00-11:30, 10:10 pause 11:10",
        "09:30 10:00 11:30 12:00 12:30",
    ),
    "three without an answer: 40, then 50, then 60 minutes": (
        "10:35 minutes 30, 10:45 minutes 40, 12:45 minutes 50, 15:15 minutes 60",
        "09:30 10:00 10:30 11:10 11:50 12:30 13:20 14:10 15:00 16:00 17:00 18:00 19:00 20:00",
        IGNORES | {"until": "21:00"},
    ),
    "any sign of life starts the count again": (
        "10:20 own, 11:55 minutes 30, 12:05 minutes 40",
        "09:30 10:00 10:50 11:20 11:50 12:30",
        IGNORES,
    ),
    "a pause is no lack of an answer": (
        "10:32 pause 11:00, 11:55 minutes 30",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:40",
        IGNORES,
    ),
    "nor are prompts that nobody made while the engine stood still": (
        "10:15 engine-stops, 11:45 engine-runs, 11:55 minutes 30, 12:15 minutes 40",
        "09:30 10:00 12:00 12:40",
        IGNORES,
    ),
    "three done after that, and her wish is offered again": (
        "11:10 done, 11:50 done, 12:25 no-offer, 12:30 done, 12:31 offer, 12:35 return",
        "09:30 10:00 10:30 11:10 11:50 12:30 13:00 13:30",
        IGNORES | {"until": "14:00"},
    ),
    "worse, nothing more often is offered, and she is asked twice": (
        "11:10 done, 11:50 done, 12:30 done, 12:31 worse, 12:32 no-offer, "
        "12:33 return-is-refused, 12:35 return yes",
        "09:30 10:00 10:30 11:10 11:50 12:30 13:00 13:30",
        IGNORES | {"until": "14:00"},
    ),
    "once a week: fewer": (
        "10:05 review fewer, 10:06 review fewer",
        "09:30 10:00 10:40 11:20 12:00 12:40",
        {"review_due": True},
    ),
    "once a week: the same": (
        "10:05 review same",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:30",
        {"review_due": True},
    ),
    "once a week: more": (
        "10:05 review more, 10:06 review more",
        "09:30 10:00 10:20 10:40 11:00 11:20 11:40 12:00 12:20 12:40",
        {"review_due": True},
    ),
    "once a week, and worse: more only after a second yes": (
        "10:04 worse, 10:05 review-is-refused more, 11:05 review more yes",
        "09:30 10:00 10:30 11:00 11:20 11:40 12:00 12:20 12:40",
        {"review_due": True},
    ),
    "not this week: nothing is asked, and nothing changes": (
        "10:05 review more",
        "09:30 10:00 10:30 11:00 11:30 12:00 12:30",
    ),
    "never more than sixteen": (
        "",
        "09:20 09:40 10:00 10:20 10:40 11:00 11:20 11:40 12:00 12:20 12:40 13:00 13:20 13:40 14:00 14:20",
        {"every": 20, "until": "20:00"},
    ),
    "three a day, and a break by herself costs none": (
        "10:20 own",
        "09:30 10:00 10:50",
        {"cap": 3},
    ),
    "the night the clock goes forward": (
        "",
        "00:30 02:00 02:30 03:00 03:30",
        {"day": SPRING, "since": "00:00", "until": "04:00"},
    ),
    "the night the clock goes back": (
        "",
        "00:30 01:00 01:30 01:00 01:30 02:00 02:30",
        {"day": AUTUMN, "since": "00:00", "until": "03:00"},
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DAYS)
def test_a_day(name: str, alice, bob) -> None:
    does, shows, *more = DAYS[name]
    day = Day(alice, bob, **(more[0] if more else {}))

    day.live([act.split(maxsplit=1) for act in does.split(", ") if act])

    assert day.shown == shows.split()


class Day:
    """A day of Alice's life, with the local times at which prompts showed."""

    def __init__(
        self,
        alice,
        bob,
        *,
        day: date = MONDAY,
        since: str = "09:00",
        until: str = "13:00",
        every: int = 30,
        cap: int = 16,
        ignores: bool = False,
        review_due: bool = False,
    ) -> None:
        self.alice, self.bob, self.day, self.ignores = alice, bob, day, ignores
        self.start, self.end = self.at(since), self.at(until) + timedelta(minutes=20)
        self.shown: list[str] = []
        self.seen: set[tuple[Any, int]] = set()
        self.runs = True
        set_break_rule(
            clinic=alice.memberships.get().clinic,
            patient=alice,
            enabled=True,
            interval_minutes=every,
            weekdays=range(7),
            windows=[(time.fromisoformat(since), time.fromisoformat(until))],
            quiet_start=None,
            quiet_end=None,
            time_zone="Europe/London",
            daily_cap=cap,
            by_push=False,
            now=self.start,
        )
        if review_due:
            BreakRule.objects.update(review_on=day)

    def at(self, clock: str) -> datetime:
        return datetime.combine(self.day, time.fromisoformat(clock), LONDON).astimezone(UTC)

    def live(self, acts: list[list[str]]) -> None:
        coming = [(self.at(clock), deed) for clock, deed in acts]
        with time_machine.travel(self.start, tick=False) as traveller:
            for moment in self.moments({at for at, _ in coming}):
                traveller.move_to(moment)
                if self.runs:
                    prompt_due(now=moment)
                self.look(moment)
                for at, deed in coming:
                    if at == moment:
                        self.act(*deed.split())
                if not self.ignores:
                    self.say_not_now(moment)

    def moments(self, others: set[datetime]) -> Iterator[datetime]:
        ticks = range((self.end - self.start) // TICK + 1)
        yield from sorted(others | {self.start + TICK * tick for tick in ticks})

    def look(self, moment: datetime) -> None:
        for prompt in Prompt.objects.showing(moment):
            if (prompt.pk, prompt.nth) not in self.seen:
                self.seen.add((prompt.pk, prompt.nth))
                self.shown.append(f"{prompt.show_at.astimezone(LONDON):%H:%M}")

    def say_not_now(self, moment: datetime) -> None:
        for prompt in Prompt.objects.showing(moment).filter(show_at__lte=moment - TICK):
            answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=moment)

    @property
    def rule(self) -> BreakRule:
        return BreakRule.objects.get()

    def act(self, deed: str, *words: str) -> None:
        now = timezone.now()
        refused = deed.removesuffix("-is-refused")
        if refused != deed:
            with pytest.raises(ValidationError):
                self.act(refused, *words)
            return
        match deed, words:
            case "session", _:
                plan = self.alice.plans.first() or makers.plan(self.alice, self.bob, at=self.start)
                makers.session(plan, at=self.at(words[0]) if words else now, now=now)
            case (("own" | "moved"), _):
                makers.movement(self.alice, self.at(words[0]) if words else now, told=now, source=deed)
            case "done", _:
                answer_prompt(prompt=Prompt.objects.showing(now).get(), outcome=Outcome.DONE, now=now)
            case "snooze", (minutes,):
                snooze_prompt(prompt=Prompt.objects.showing(now).get(), minutes=int(minutes), now=now)
            case "pause", (until,):
                pause_breaks(patient=self.alice, until=self.at(until), now=now)
            case "resume", _:
                pause_breaks(patient=self.alice, until=None, now=now)
            case "busy", _:
                pairs = [tuple(self.at(clock) for clock in pair.split("-")) for pair in words]
                set_busy(rule=self.rule, busy=pairs, now=now)
            case "review", (answer, *yes):
                review_breaks(patient=self.alice, answer=answer, confirmed=bool(yes), now=now)
            case "return", yes:
                return_to_wish(patient=self.alice, confirmed=bool(yes), now=now)
            case "worse", _:
                makers.daily_checks(self.alice, makers.RISING, now=now)
            case "minutes", (minutes,):
                easing = easing_of(self.rule)
                assert easing.interval_minutes == int(minutes)
                assert (easing.wished_minutes, easing.is_longer) == (30, int(minutes) > 30)
            case (("offer" | "no-offer"), _):
                assert easing_of(self.rule).offers_return is (deed == "offer")
            case (("engine-stops" | "engine-runs"), _):
                self.runs = deed == "engine-runs"
            case _:
                raise AssertionError(f"Nobody does that: {deed} {words}")


@pytest.mark.django_db
def test_what_was_told_twice_is_one_break_and_what_she_did_is_written_down(alice, bob) -> None:
    Day(alice, bob).live(
        [
            ["09:30", "done"],
            ["09:38", "own"],
            ["10:25", "moved 10:15"],
            ["11:00", "session"],
        ]
    )

    told = MovementBreak.objects.order_by("moved_at").values_list("source", "moved_at", "moved_on")
    assert [(source, f"{at:%H:%M}", on) for source, at, on in told] == [
        ("prompt", "09:30", MONDAY),
        ("moved", "10:15", MONDAY),
        ("session", "11:00", MONDAY),
    ]
