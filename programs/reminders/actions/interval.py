"""What ends a prompt and moves the next one.

Whatever changes when the next prompt comes first holds the row of the rule: the sweep passes it over
meanwhile, and what the sweep holds is waited for. So neither works with what the other has just changed.
"""

from __future__ import annotations

from datetime import datetime

from programs.delivery.actions import withdraw
from programs.delivery.queries import PROMPT_SOURCE
from programs.reminders.models import BreakRule, Outcome, Prompt, PromptQuerySet
from programs.reminders.queries import prompts_made
from programs.reminders.rules import BreakSchedule, next_slot


def allowed_until(at: datetime, schedule: BreakSchedule) -> datetime | None:
    """Until when a prompt may show from `at` on; None where it may not show at that moment."""
    slot = next_slot(at - schedule.interval, schedule)
    return slot.open_until if slot is not None and slot.due_at == at else None


def open_prompts(rule: BreakRule, now: datetime) -> PromptQuerySet:
    """Those that are not over, put off or not."""
    return Prompt.objects.unanswered().filter(rule=rule, expires_at__gt=now)


def close(prompts: PromptQuerySet, outcome: Outcome, now: datetime) -> None:
    """These prompts are over, and what has not been sent of them is not sent any more."""
    ids = list(prompts.values_list("pk", flat=True))
    Prompt.objects.unanswered().filter(pk__in=ids).update(outcome=outcome, answered_at=now)
    for prompt_id in ids:
        withdraw(source_kind=PROMPT_SOURCE, source_id=prompt_id)


def heed(rule: BreakRule) -> None:
    """The patient is there: only prompts that come from now on count as unanswered.

    The caller holds the row of `rule`.
    """
    if rule.heeded_step != rule.step:
        rule.heeded_step = rule.step
        rule.save(update_fields=["heeded_step"])


def count_from(rule: BreakRule, at: datetime, *, not_before: datetime | None) -> None:
    """The interval that runs began at `at`: the next prompt comes where it ends, or later at `not_before`.

    The caller holds the row of `rule`. A rule that would never prompt again is switched off.
    """
    slot = next_slot(at, rule.schedule, not_before=not_before, made=prompts_made(rule, at))
    rule.counts_from = at
    if slot is None:
        rule.enabled = False
    else:
        rule.next_due_at, rule.open_until = slot.due_at, slot.open_until
        rule.due_on, rule.nth_of_day = slot.day, slot.nth
    rule.save(update_fields=["enabled", "counts_from", "next_due_at", "open_until", "due_on", "nth_of_day"])
