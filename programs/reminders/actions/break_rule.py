"""Writing down when a patient wants to be prompted, and pausing that for a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.reminders.actions.answers import allowed_until, close, count_from
from programs.reminders.models import BreakRule, Outcome, Prompt, PromptQuerySet
from programs.reminders.queries import prompts_made
from programs.reminders.rules import MOST_A_DAY, next_slot

MOST_WINDOWS = 4
LONGEST_PAUSE = timedelta(days=14)

_WISHES = (
    *("clinic", "enabled", "interval_minutes", "weekdays", "windows", "quiet_start", "quiet_end"),
    *("time_zone", "daily_cap", "by_push", "by_email"),
)
_SLOT = ("counts_from", "next_due_at", "open_until", "due_on", "nth_of_day")


@transaction.atomic
def set_break_rule(
    *,
    clinic: Clinic,
    patient: User,
    enabled: bool,
    interval_minutes: int,
    weekdays: Collection[int],
    windows: Sequence[tuple[time, time]],
    quiet_start: time | None,
    quiet_end: time | None,
    time_zone: str,
    daily_cap: int,
    by_push: bool,
    by_email: bool,
    now: datetime,
) -> BreakRule:
    """Write down when a patient wants to be prompted; the first prompt is one interval from now.

    A pause goes on to its end, and prompts that today has had count towards the most of a day. A prompt that
    is open goes away where it no longer fits. Errors of a window have its place in `windows` in their name,
    such as "windows.1.end"; the windows themselves are kept in the order of the day.
    """
    errors = _window_errors(windows)
    if not 20 <= interval_minutes <= 60:
        errors["interval_minutes"] = "Choose 20 to 60 minutes."
    if not set(weekdays) or not set(weekdays) <= set(range(7)):
        errors["weekdays"] = "Choose at least one day."
    if (quiet_start is None) != (quiet_end is None):
        errors["quiet_end"] = "Give both the start and the end of the quiet time, or neither."
    if not 1 <= daily_cap <= MOST_A_DAY:
        errors["daily_cap"] = f"Choose 1 to {MOST_A_DAY}."
    if errors:
        raise ValidationError(errors)
    stored = BreakRule.objects.select_for_update().filter(patient=patient).first()
    rule = BreakRule(
        clinic=clinic,
        patient=patient,
        enabled=enabled,
        interval_minutes=interval_minutes,
        weekdays=sorted(set(weekdays)),
        windows=[[start.isoformat(), end.isoformat()] for start, end in sorted(windows)],
        quiet_start=quiet_start,
        quiet_end=quiet_end,
        time_zone=time_zone,
        daily_cap=daily_cap,
        by_push=by_push,
        by_email=by_email,
        counts_from=now,
    )
    rule.clean_fields(exclude=["clinic", "patient"])
    if stored:
        _close_what_no_longer_fits(stored, rule, now)
        # A prompt that was put off is still to come: the interval is between that one and the next.
        rule.counts_from = max((now, *(prompt.show_at for prompt in _open_prompts(stored, now))))
    slot = next_slot(
        rule.counts_from,
        rule.schedule,
        not_before=stored.paused_until if stored else None,
        made=prompts_made(stored, now) if stored else {},
    )
    if slot is not None:
        rule.next_due_at, rule.open_until = slot.due_at, slot.open_until
        rule.due_on, rule.nth_of_day = slot.day, slot.nth
    elif enabled:
        raise ValidationError({"quiet_end": "With this quiet time there would never be a prompt."})
    values = {field: getattr(rule, field) for field in (*_WISHES, *_SLOT)}
    stored, _ = BreakRule.objects.update_or_create(patient=patient, defaults=values)
    return stored


@transaction.atomic
def pause_breaks(*, patient: User, until: datetime | None, now: datetime) -> BreakRule:
    """No prompts before `until`, at most two weeks ahead; None ends a pause now.

    The interval that runs goes on meanwhile: if it ends in the pause, the prompt comes right after it, else
    when it would have come anyway. A prompt that is open when the pause begins goes away. A repeat changes
    nothing. The patient must have a rule.
    """
    if until is not None and not now < until <= now + LONGEST_PAUSE:
        raise ValidationError({"until": f"Choose a time in the next {LONGEST_PAUSE.days} days."})
    rule = BreakRule.objects.select_for_update().get(patient=patient)
    if until is not None and not rule.enabled:
        raise ValidationError({"until": "Movement breaks are off."})
    was_paused = rule.paused_until is not None and rule.paused_until > now
    rule.paused_until = until
    rule.save(update_fields=["paused_until"])
    if rule.enabled and (until is not None or was_paused):
        count_from(rule, rule.counts_from, not_before=until or now)
    if until is not None:
        close(_open_prompts(rule, now), Outcome.EXPIRED, now)
    return rule


def _window_errors(windows: Sequence[tuple[time, time]]) -> dict[str, str]:
    if not 1 <= len(windows) <= MOST_WINDOWS:
        return {"windows": f"Give 1 to {MOST_WINDOWS} pairs of times."}
    errors = {
        f"windows.{place}.end": "The last hour must be later than the first."
        for place, (start, end) in enumerate(windows)
        if end <= start
    }
    if errors:
        return errors
    in_order = sorted(range(len(windows)), key=lambda place: windows[place])
    return {
        f"windows.{later}.start": "These hours must not begin before the other ones end."
        for earlier, later in pairwise(in_order)
        if windows[later][0] < windows[earlier][1]
    }


def _open_prompts(rule: BreakRule, now: datetime) -> PromptQuerySet:
    return Prompt.objects.unanswered().filter(rule=rule, expires_at__gt=now)


def _close_what_no_longer_fits(stored: BreakRule, rule: BreakRule, now: datetime) -> None:
    """Nothing shows where breaks are off, nor for a moment outside of the hours of `rule`, which hold now."""

    def fits(prompt: Prompt) -> bool:
        until = allowed_until(max(prompt.show_at, now), rule.schedule)
        return rule.enabled and until is not None and prompt.expires_at <= until

    found = _open_prompts(stored, now)
    over = [prompt.pk for prompt in found if not fits(prompt)]
    close(found.filter(pk__in=over), Outcome.EXPIRED, now)
