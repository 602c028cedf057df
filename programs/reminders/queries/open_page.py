"""What a page that somebody has open shows of their movement breaks, and when it is worth asking again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from programs.accounts.models import User
from programs.reminders.models import BreakRule, Prompt
from programs.reminders.queries.breaks import prompt_text
from programs.reminders.queries.signs import ReminderSigns, reminder_signs_of
from programs.reminders.rules import MOST_SNOOZES, when_in_words


@dataclass(frozen=True, slots=True)
class OpenPage:
    """The prompt that shows now, if any, and when that changes by itself next: the next prompt falls due, one
    that was put off comes back, or the one that shows is over. None: never.
    """

    prompt: Prompt | None
    changes_at: datetime | None


def open_page(patient: User, now: datetime, signs: ReminderSigns | None = None) -> OpenPage:
    """What shows to `patient` now; one query while no prompt is open, and none where the caller has looked
    for the `signs`. Ask only for a patient the caller may see.
    """
    signs = signs or reminder_signs_of(patient, now)
    waiting = signs.waiting_prompt
    prompt = Prompt.objects.filter(pk=waiting).first() if waiting else None
    showing = prompt if prompt is not None and prompt.show_at <= now else None
    moments = [signs.next_break_at]
    if prompt is not None:
        moments.append(prompt.expires_at if showing else prompt.show_at)
    return OpenPage(showing, min((each for each in moments if each is not None), default=None))


@dataclass(frozen=True, slots=True)
class ShownPrompt:
    """A prompt as it is shown. `nth` is how often it has been, and `may_snooze` whether it can be put off."""

    pk: UUID
    nth: int
    text: str
    may_snooze: bool


def shown_prompt(prompt: Prompt) -> ShownPrompt:
    """A prompt in its own words."""
    return ShownPrompt(prompt.pk, prompt.nth, prompt_text(prompt), prompt.nth <= MOST_SNOOZES)


def next_prompt_in_words(rule: BreakRule | None, now: datetime) -> str:
    """When the next prompt comes, one that was put off included, as one sentence for the patient."""
    if rule is None or rule.coming_at is None:
        return "Movement breaks are off."
    put_off = rule.prompts.unanswered().filter(show_at__gt=now, expires_at__gt=now).first()
    coming_at = rule.coming_at if put_off is None else min(put_off.show_at, rule.coming_at)
    return f"Your next prompt comes {when_in_words(coming_at, now, ZoneInfo(rule.time_zone))}."
