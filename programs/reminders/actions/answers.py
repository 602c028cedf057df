"""Answering a prompt, putting it off, and what it means for the next one that the patient has moved.

Whatever changes when the next prompt comes first holds the row of the rule: the sweep passes it over
meanwhile, and what the sweep holds is waited for. So neither works with what the other has just changed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from programs.accounts.models import User
from programs.delivery.actions import PromptNotice, queue_prompts, withdraw
from programs.delivery.queries import PROMPT_SOURCE
from programs.reminders.actions.sweep import SHOWN_FOR
from programs.reminders.models import BreakRule, Outcome, Prompt, PromptQuerySet
from programs.reminders.queries import prompts_made
from programs.reminders.rules import BreakSchedule, next_slot

SNOOZES = (5, 10, 15)

OVER = "This prompt is over."
OUTSIDE = "That would be outside your hours. Choose a shorter time, or Not now."


@transaction.atomic
def answer_prompt(*, prompt: Prompt, outcome: Outcome, now: datetime) -> Prompt:
    """Done or not now. The same answer again changes nothing; a prompt that is over says so."""
    waiting = Prompt.objects.unanswered().filter(pk=prompt.pk, expires_at__gt=now)
    if outcome != Outcome.DONE:
        close(waiting, outcome, now)
    elif waiting.exists():
        credit_movement(patient=prompt.patient, at=now)
    prompt.refresh_from_db()
    if prompt.outcome != outcome:
        raise ValidationError(OVER)
    return prompt


@transaction.atomic
def snooze_prompt(*, prompt: Prompt, minutes: int, now: datetime) -> Prompt:
    """Show and send the same prompt again after 5, 10 or 15 minutes; the next one counts from then.

    A prompt that is put off already stays as it is.
    """
    if minutes not in SNOOZES:
        raise ValidationError({"minutes": "Choose 5, 10 or 15 minutes."})
    rule = BreakRule.objects.select_for_update().get(pk=prompt.rule_id)
    again_at = now + timedelta(minutes=minutes)
    open_until = allowed_until(again_at, rule.schedule)
    if open_until is None:
        raise ValidationError({"minutes": OUTSIDE})
    expires_at = min(again_at + SHOWN_FOR, open_until)
    showing = Prompt.objects.showing(now).filter(pk=prompt.pk)
    put_off = showing.update(show_at=again_at, expires_at=expires_at, nth=F("nth") + 1)
    prompt.refresh_from_db()
    if put_off:
        _send_again(rule, prompt, now)
        count_from(rule, again_at, not_before=rule.paused_until)
    elif prompt.outcome is not None or prompt.expires_at <= now:
        raise ValidationError(OVER)
    return prompt


@transaction.atomic(savepoint=False)
def credit_movement(*, patient: User, at: datetime) -> None:
    """The patient has just moved: the open prompt, put off or not, is done; the next is an interval later."""
    rule = BreakRule.objects.select_for_update().filter(patient=patient).first()
    if rule is None:
        return
    close(Prompt.objects.unanswered().filter(rule=rule, expires_at__gt=at), Outcome.DONE, at)
    if rule.enabled:
        count_from(rule, at, not_before=rule.paused_until)


def allowed_until(at: datetime, schedule: BreakSchedule) -> datetime | None:
    """Until when a prompt may show from `at` on; None where it may not show at that moment."""
    slot = next_slot(at - schedule.interval, schedule)
    return slot.open_until if slot is not None and slot.due_at == at else None


def close(prompts: PromptQuerySet, outcome: Outcome, now: datetime) -> None:
    """These prompts are over, and what has not been sent of them is not sent any more."""
    ids = list(prompts.values_list("pk", flat=True))
    Prompt.objects.unanswered().filter(pk__in=ids).update(outcome=outcome, answered_at=now)
    for prompt_id in ids:
        withdraw(source_kind=PROMPT_SOURCE, source_id=prompt_id)


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


def _send_again(rule: BreakRule, prompt: Prompt, now: datetime) -> None:
    withdraw(source_kind=PROMPT_SOURCE, source_id=prompt.pk)
    if not (rule.by_push or rule.by_email):
        return
    again = PromptNotice(
        clinic_id=prompt.clinic_id,
        recipient_id=prompt.patient_id,
        source_id=prompt.pk,
        nth=prompt.nth,
        due_at=prompt.show_at,
        expires_at=prompt.expires_at,
        by_push=rule.by_push,
        by_email=rule.by_email,
    )
    queue_prompts(prompts=[again], now=now)
