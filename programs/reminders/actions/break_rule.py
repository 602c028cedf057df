"""Writing down when a patient wants to be prompted, pausing that for a while, and what a calendar says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.reminders.actions.interval import allowed_until, close, count_from, heed, open_prompts
from programs.reminders.actions.review import ARE_YOU_SURE, REVIEWED_EVERY
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.queries import asks_before_more, prompts_made
from programs.reminders.rules import LONGEST, MOST_A_DAY, SHORTEST, next_slot

MOST_WINDOWS = 4
LONGEST_PAUSE = timedelta(days=14)

_WISHES = (
    *("clinic", "enabled", "interval_minutes", "wished_minutes", "weekdays", "windows"),
    *("quiet_start", "quiet_end", "time_zone", "daily_cap", "by_push"),
    *("busy", "review_on", "heeded_step"),
)
_SLOT = ("counts_from", "next_due_at", "open_until", "due_on", "nth_of_day")


class Wishes(TypedDict):
    """What a patient chooses. weekdays: Monday is 0. windows: pairs of wall-clock times in `time_zone`."""

    enabled: bool
    interval_minutes: int
    weekdays: Collection[int]
    windows: Sequence[tuple[time, time]]
    quiet_start: time | None
    quiet_end: time | None
    time_zone: str
    daily_cap: int
    by_push: bool


@transaction.atomic
def set_break_rule(
    *, clinic: Clinic, patient: User, now: datetime, confirmed: bool = False, **wishes: Unpack[Wishes]
) -> BreakRule:
    """Write down when a patient wants to be prompted; the first prompt is one interval from now.

    A pause goes on to its end, and prompts that today has had count towards the most of a day. A prompt that
    is open goes away where it no longer fits. Where prompts come less often than wished and the wish stays,
    they go on so: only `return_to_wish` and `review_breaks` change that.

    A shorter interval than the one in force needs `confirmed` while a worsening or safety flag is open, also
    while breaks are off: ValidationError at `confirmed` is the question. Errors of a window have its place in
    `windows` in their name, such as "windows.1.end"; the windows themselves are kept in the order of the day.
    """
    stored = BreakRule.objects.select_for_update().filter(patient=patient).first()
    draft = _draft(stored, clinic, patient, now, wishes)
    if stored:
        comes_more_often = draft.interval_minutes < stored.interval_minutes
        if comes_more_often and not confirmed and asks_before_more(patient):
            raise ValidationError({"confirmed": ARE_YOU_SURE})
        _close_what_no_longer_fits(stored, draft, now)
    values = {field: getattr(draft, field) for field in (*_WISHES, *_SLOT)}
    rule, _ = BreakRule.objects.update_or_create(patient=patient, defaults=values)
    return rule


def draft_break_rule(*, clinic: Clinic, patient: User, now: datetime, **wishes: Unpack[Wishes]) -> BreakRule:
    """What `set_break_rule` would write down, with its next prompt; nothing is asked, stored or closed."""
    stored = BreakRule.objects.filter(patient=patient).first()
    return _draft(stored, clinic, patient, now, wishes)


def _draft(
    stored: BreakRule | None, clinic: Clinic, patient: User, now: datetime, wishes: Wishes
) -> BreakRule:
    errors = _errors(wishes)
    if errors:
        raise ValidationError(errors)
    wished = wishes["interval_minutes"]
    keeps_wish = stored is not None and stored.wished_minutes == wished
    rule = BreakRule(
        clinic=clinic,
        patient=patient,
        enabled=wishes["enabled"],
        interval_minutes=stored.interval_minutes if stored is not None and keeps_wish else wished,
        wished_minutes=wished,
        weekdays=sorted(set(wishes["weekdays"])),
        windows=[[start.isoformat(), end.isoformat()] for start, end in sorted(wishes["windows"])],
        quiet_start=wishes["quiet_start"],
        quiet_end=wishes["quiet_end"],
        time_zone=wishes["time_zone"],
        daily_cap=wishes["daily_cap"],
        by_push=wishes["by_push"],
        counts_from=now,
    )
    rule.clean_fields(exclude=["clinic", "patient", "review_on"])
    rule.review_on = local_day(now, rule.time_zone) + REVIEWED_EVERY
    if stored is not None:
        rule.busy, rule.review_on, rule.paused_until = stored.busy, stored.review_on, stored.paused_until
        rule.step = rule.heeded_step = stored.step
        # A prompt that was put off is still to come: the interval is between that one and the next.
        still_open = [prompt.show_at for prompt in open_prompts(stored, now) if _fits(prompt, rule, now)]
        rule.counts_from = max(now, *still_open) if still_open else now
    slot = next_slot(
        rule.counts_from,
        rule.schedule,
        not_before=rule.paused_until,
        made=prompts_made(stored, now) if stored else {},
    )
    if slot is not None:
        rule.next_due_at, rule.open_until = slot.due_at, slot.open_until
        rule.due_on, rule.nth_of_day = slot.day, slot.nth
    elif rule.enabled:
        raise ValidationError({"quiet_end": "With this quiet time there would never be a prompt."})
    return rule


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
    heed(rule)
    if rule.enabled and (until is not None or was_paused):
        count_from(rule, rule.counts_from, not_before=until or now)
    if until is not None:
        close(open_prompts(rule, now), Outcome.WITHDRAWN, now)
    return rule


@transaction.atomic
def set_busy(*, rule: BreakRule, busy: Sequence[tuple[datetime, datetime]], now: datetime) -> BreakRule:
    """No prompts in these stretches of time, which replace those known before; the same again is nothing.

    They may come in any order and overlap; what is over is left out. The interval that runs goes on: a
    prompt that would be due in such a stretch comes right after it. An open prompt that no longer fits goes
    away, and counts as no lack of an answer.
    """
    rule = BreakRule.objects.select_for_update().get(pk=rule.pk)
    stretches = [[start.isoformat(), end.isoformat()] for start, end in _in_order(busy, now)]
    if stretches == rule.busy:
        return rule
    rule.busy = stretches
    rule.save(update_fields=["busy"])
    if _close_what_no_longer_fits(rule, rule, now):
        heed(rule)
    if rule.enabled:
        count_from(rule, rule.counts_from, not_before=max(now, rule.paused_until or now))
    return rule


def _in_order(busy: Sequence[tuple[datetime, datetime]], now: datetime) -> list[tuple[datetime, datetime]]:
    """In UTC, in order and apart, without what is over."""
    stretches: list[tuple[datetime, datetime]] = []
    for start, end in sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in busy):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = stretches[-1][0], max(end, stretches[-1][1])
        elif start < end:
            stretches.append((start, end))
    return [(start, end) for start, end in stretches if end > now]


def _errors(wishes: Wishes) -> dict[str, str]:
    errors = _window_errors(wishes["windows"])
    weekdays = set(wishes["weekdays"])
    if not SHORTEST <= wishes["interval_minutes"] <= LONGEST:
        errors["interval_minutes"] = "Choose 20 to 60 minutes."
    if not weekdays or not weekdays <= set(range(7)):
        errors["weekdays"] = "Choose at least one day."
    if (wishes["quiet_start"] is None) != (wishes["quiet_end"] is None):
        errors["quiet_end"] = "Give both the start and the end of the quiet time, or neither."
    if not 1 <= wishes["daily_cap"] <= MOST_A_DAY:
        errors["daily_cap"] = f"Choose 1 to {MOST_A_DAY}."
    return errors


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


def _fits(prompt: Prompt, rule: BreakRule, now: datetime) -> bool:
    until = allowed_until(max(prompt.show_at, now), rule.schedule)
    return rule.enabled and until is not None and prompt.expires_at <= until


def _close_what_no_longer_fits(stored: BreakRule, rule: BreakRule, now: datetime) -> bool:
    """Nothing shows where breaks are off, nor for a moment outside of the hours of `rule`, which hold now.

    Returns whether anything was closed.
    """
    found = open_prompts(stored, now)
    over = [prompt.pk for prompt in found if not _fits(prompt, rule, now)]
    close(found.filter(pk__in=over), Outcome.WITHDRAWN, now)
    return bool(over)
