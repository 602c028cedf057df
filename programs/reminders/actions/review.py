"""Fewer prompts, or more: the weekly question, and the way back to what was wished.

Nothing but the patient makes prompts come more often. While a worsening or safety flag is open, the two
answers that do so here first ask once more, as a shorter interval among all wishes does (`set_break_rule`):
sitting less is good advice then too, but a wish to push on while things get worse is one to think over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import User
from programs.lib.times import local_day
from programs.reminders.actions.interval import count_from, heed
from programs.reminders.models import BreakRule
from programs.reminders.queries import asks_before_more, is_review_due
from programs.reminders.rules import fewer, more

REVIEWED_EVERY = timedelta(days=7)
ANSWERS = ("fewer", "same", "more")

NOT_AN_ANSWER = "Choose fewer, the same or more."
ARE_YOU_SURE = "Your last reports need a look. Do you still want prompts more often?"


@transaction.atomic
def review_breaks(*, patient: User, answer: str, confirmed: bool, now: datetime) -> BreakRule:
    """The patient says "fewer" (10 minutes more between prompts), "same" or "more" (10 minutes less).

    It counts from the interval in force, within 20 to 60 minutes, and the question comes again in a week.
    While it is not asked, as after an answer on the same day, nothing changes. "more" needs `confirmed` while
    a worsening or safety flag is open: ValidationError at `confirmed` is the question. The patient must have
    a rule.
    """
    if answer not in ANSWERS:
        raise ValidationError({"answer": NOT_AN_ANSWER})
    rule = BreakRule.objects.select_for_update().get(patient=patient)
    if not is_review_due(rule, now):
        return rule
    minutes, wished = rule.interval_minutes, rule.wished_minutes
    if answer == "fewer":
        minutes = wished = fewer(minutes)
    elif answer == "more":
        minutes = more(minutes)
        wished = min(minutes, wished)
    _change_interval(rule, minutes, wished, confirmed, now)
    rule.review_on = local_day(now, rule.time_zone) + REVIEWED_EVERY
    rule.save(update_fields=["review_on"])
    return rule


@transaction.atomic
def return_to_wish(*, patient: User, now: datetime, confirmed: bool = False) -> BreakRule:
    """Prompts come as often again as the patient wished. Where they do already, nothing changes.

    Needs `confirmed` while a worsening or safety flag is open: ValidationError at `confirmed` is that
    question. The patient must have a rule.
    """
    rule = BreakRule.objects.select_for_update().get(patient=patient)
    _change_interval(rule, rule.wished_minutes, rule.wished_minutes, confirmed, now)
    return rule


def _change_interval(rule: BreakRule, minutes: int, wished: int, confirmed: bool, now: datetime) -> None:
    """The interval that runs goes on with its new length; if that would be over already, it begins now."""
    if minutes < rule.interval_minutes and not confirmed and asks_before_more(rule.patient):
        raise ValidationError({"confirmed": ARE_YOU_SURE})
    heed(rule)
    if (minutes, wished) == (rule.interval_minutes, rule.wished_minutes):
        return
    rule.interval_minutes, rule.wished_minutes = minutes, wished
    rule.save(update_fields=["interval_minutes", "wished_minutes"])
    if rule.enabled:
        ends_at = rule.counts_from + timedelta(minutes=minutes)
        count_from(rule, rule.counts_from if ends_at > now else now, not_before=rule.paused_until)
