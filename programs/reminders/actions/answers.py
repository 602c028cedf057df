"""Answering a prompt, and putting it off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from programs.delivery.actions import PromptNotice, prompt_path, queue_prompts, withdraw
from programs.delivery.queries import PROMPT_SOURCE
from programs.reminders.actions.interval import allowed_until, close, count_from, heed
from programs.reminders.actions.movement import follow_late, follow_prompt
from programs.reminders.actions.sweep import SHOWN_FOR
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.rules import MOST_SNOOZES

SNOOZES = (5, 10, 15)

OVER = "This prompt is over."
OUTSIDE = "That would be outside your hours. Choose a shorter time, or Not now."
BUSY = "You are busy then. Choose another time, or Not now."
ENOUGH = "You have put this off 3 times. Choose Done or Not now."


@transaction.atomic
def answer_prompt(*, prompt: Prompt, outcome: Outcome, now: datetime, movement: str = "") -> Prompt:
    """Done or not now. The same answer again changes nothing; a prompt that is over says so.

    Done is a break that is written down; `movement` is the slug of what was done, where that is known. Where
    the prompt ran out or was withdrawn meanwhile it stays so, and the break counts as one by oneself.
    """
    rule, stands = hold(prompt)
    if is_waiting(stands, now):
        if outcome == Outcome.DONE:
            follow_prompt(rule, prompt, now, movement)
        else:
            close(Prompt.objects.filter(pk=prompt.pk), outcome, now)
            heed(rule)
    elif outcome == Outcome.DONE and stands.outcome not in (Outcome.DONE, Outcome.DISMISSED):
        follow_late(rule, stands, moved_at=now, now=now, movement=movement)
        prompt.refresh_from_db()
        return prompt
    prompt.refresh_from_db()
    if prompt.outcome != outcome:
        raise ValidationError(OVER)
    return prompt


def hold(prompt: Prompt) -> tuple[BreakRule, Prompt]:
    """The rule, and the prompt as it stands, held until the transaction ends: the sweep closes what has run
    out without holding a rule.
    """
    rule = BreakRule.objects.select_for_update().get(pk=prompt.rule_id)
    return rule, Prompt.objects.select_for_update().get(pk=prompt.pk)


def is_waiting(prompt: Prompt, at: datetime) -> bool:
    """Whether it could be answered then."""
    return prompt.outcome is None and prompt.expires_at > at


@transaction.atomic
def snooze_prompt(*, prompt: Prompt, minutes: int, now: datetime) -> Prompt:
    """Show and send the same prompt again after 5, 10 or 15 minutes; the next one counts from then.

    A prompt that is put off already stays as it is. One prompt is put off three times at most.
    """
    if minutes not in SNOOZES:
        raise ValidationError({"minutes": "Choose 5, 10 or 15 minutes."})
    rule = BreakRule.objects.select_for_update().get(pk=prompt.rule_id)
    showing = Prompt.objects.showing(now).filter(pk=prompt.pk)
    if showing.filter(nth__gt=MOST_SNOOZES).exists():
        raise ValidationError({"minutes": ENOUGH})
    again_at = now + timedelta(minutes=minutes)
    open_until = allowed_until(again_at, rule.schedule)
    if open_until is None:
        is_busy = allowed_until(again_at, replace(rule.schedule, busy=())) is not None
        raise ValidationError({"minutes": BUSY if is_busy else OUTSIDE})
    expires_at = min(again_at + SHOWN_FOR, open_until)
    put_off = showing.update(show_at=again_at, expires_at=expires_at, nth=F("nth") + 1)
    prompt.refresh_from_db()
    if put_off:
        _send_again(rule, prompt, now)
        heed(rule)
        count_from(rule, again_at, not_before=rule.paused_until)
    elif prompt.outcome is not None or prompt.expires_at <= now:
        raise ValidationError(OVER)
    return prompt


def _send_again(rule: BreakRule, prompt: Prompt, now: datetime) -> None:
    withdraw(source_kind=PROMPT_SOURCE, source_id=prompt.pk)
    if not rule.by_push:
        return
    again = PromptNotice(
        clinic_id=prompt.clinic_id,
        recipient_id=prompt.patient_id,
        source_id=prompt.pk,
        nth=prompt.nth,
        due_at=prompt.show_at,
        expires_at=prompt.expires_at,
        by_push=True,
        path=prompt_path(prompt.pk),
    )
    queue_prompts(prompts=[again], now=now)
