"""How a patient's movement breaks stand right now, and what the last days have had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count

from programs.accounts.models import User
from programs.lib.times import local_day
from programs.library.models import BreakMessage
from programs.monitoring.models import Flag, Kind
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.queries.signs import ReminderSigns
from programs.reminders.rules import RETURNS_AFTER, Slot, coming, text_for


@dataclass(frozen=True, slots=True)
class Breaks:
    """The prompt that an open page shows now, if any, and when the next one is due, if ever."""

    open_prompt: Prompt | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Easing:
    """What the patient wished for, in minutes, and what is in force since prompts went by without an answer.

    offers_return: they have followed several since, so the wish can be offered again.
    """

    wished_minutes: int
    interval_minutes: int
    is_longer: bool
    offers_return: bool


def breaks(patient: User, now: datetime, signs: ReminderSigns) -> Breaks:
    """The breaks of `patient`; one query while a prompt waits. Ask only for a patient the caller may see."""
    showing = Prompt.objects.filter(patient=patient).showing(now)
    return Breaks(
        open_prompt=showing.first() if signs.waiting_prompt else None,
        next_due_at=signs.next_break_at,
    )


def prompts_made(rule: BreakRule, at: datetime) -> dict[date, int]:
    """How many prompts each day that is not over at `at` has had, the day before included."""
    since = local_day(at, rule.time_zone) - timedelta(days=1)
    made = Prompt.objects.filter(rule=rule, due_on__gte=since).order_by().values_list("due_on")
    return dict(made.annotate(Count("pk")))


def break_texts() -> Mapping[str, str]:
    """What prompts may say, by slug."""
    return dict(BreakMessage.objects.current().values_list("slug", "text"))


def prompt_text(prompt: Prompt) -> str:
    """What this prompt says, however often it is asked."""
    return text_for(prompt.rule_id, prompt.step, break_texts())


def easing_of(rule: BreakRule) -> Easing:
    """Whether prompts come less often than wished, and whether to offer the wish again.

    Nothing is offered while a worsening or safety flag is open: more often is then only for the patient to
    ask for.
    """
    is_longer = rule.interval_minutes > rule.wished_minutes
    return Easing(
        wished_minutes=rule.wished_minutes,
        interval_minutes=rule.interval_minutes,
        is_longer=is_longer,
        offers_return=is_longer and _follows(rule) and not asks_before_more(rule.patient),
    )


def _follows(rule: BreakRule) -> bool:
    over = Prompt.objects.filter(rule=rule, outcome__isnull=False).exclude(outcome=Outcome.WITHDRAWN)
    outcomes = list(over.order_by("-step").values_list("outcome", flat=True)[:RETURNS_AFTER])
    return outcomes == [Outcome.DONE] * RETURNS_AFTER


def asks_before_more(patient: User) -> bool:
    """Whether a flag says that the patient is worse, or may not be safe: then prompts come more often only
    once they have said yes to that very question."""
    kinds = [Kind.WORSENING, Kind.SAFETY]
    return Flag.objects.unresolved().filter(patient=patient, kind__in=kinds).exists()


def is_review_due(rule: BreakRule, now: datetime) -> bool:
    """Whether to ask if there should be fewer prompts, or more."""
    return rule.enabled and local_day(now, rule.time_zone) >= rule.review_on


def preview(rule: BreakRule, start: date, days: int) -> list[Slot]:
    """The prompts to come for `days` days from `start` on, should none of them be answered.

    A saved rule or a draft: from its next prompt on, after a pause, with what is busy left out, and up to the
    most of a day. None where breaks are off.
    """
    after = start + timedelta(days=days)
    # What runs past midnight still counts for the day before.
    until = datetime.combine(after + timedelta(days=1), time(0), ZoneInfo(rule.time_zone))
    slots = coming(rule.slot if rule.enabled else None, rule.schedule, until)
    return [slot for slot in slots if start <= slot.day < after]
