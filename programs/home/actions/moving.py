"""The movement breaks that the patients of the demonstration clinic took in the last weeks, and let go by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from programs.home.actions.cast import LAST_DAY
from programs.home.actions.histories import History, dice_of, moment
from programs.lib.times import local_day
from programs.reminders.actions.sweep import SHOWN_FOR
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt
from programs.reminders.rules import MOST_A_DAY
from programs.reminders.rules.easing import EASES_AFTER, fewer

DAYS = range(LAST_DAY - 18, LAST_DAY)
"""Up to yesterday: today's prompts are those that the engine makes."""
OPENS, CLOSES = time(9), time(17)
ANSWERED_WITHIN = 8
"""Minutes."""


def live_breaks(
    history: History, rule: BreakRule, movements: Sequence[str], now: datetime
) -> tuple[list[Prompt], list[MovementBreak]]:
    """The prompts of the last weeks and what became of them, and each break; nothing is stored.

    Whatever hours the rule has, these lie in working hours, on its days.
    """
    prompts: list[Prompt] = []
    breaks: list[MovementBreak] = []
    for day in DAYS:
        opens = moment(day, OPENS, rule.time_zone, now)
        on = local_day(opens, rule.time_zone)
        if day >= history.person.silent_from or on.weekday() not in rule.weekdays:
            continue
        closes = datetime.combine(on, CLOSES, ZoneInfo(rule.time_zone)).astimezone(UTC)
        dice = dice_of(history.person.email, "breaks", day)
        keenness = history.person.break_keenness * dice.uniform(0.6, 1.2)
        due, made = opens + rule.schedule.interval, len(prompts)
        while due + SHOWN_FOR <= closes and len(prompts) - made < MOST_A_DAY:
            prompt = _prompt(rule, len(prompts), due)
            prompts.append(prompt)
            due += rule.schedule.interval
            if dice.random() < keenness:
                due = _move(prompt, dice, movements, breaks) + rule.schedule.interval
            elif dice.random() < 0.3:
                _end(prompt, Outcome.DISMISSED, prompt.due_at + timedelta(minutes=1))
            else:
                _end(prompt, Outcome.EXPIRED, prompt.expires_at)
            if dice.random() < 0.12:  # up by themselves, so that the interval starts anew
                at = due - timedelta(minutes=dice.randrange(5, 15))
                if at < closes:
                    breaks.append(_break(rule, at, MovementBreak.Source.OWN))
                    due = at + rule.schedule.interval
    return prompts, breaks


def let_prompts_go(rule: BreakRule, prompts: Sequence[Prompt], breaks: list[MovementBreak]) -> None:
    """Nobody answered the last ones, so they come less often than wished; nothing is stored."""
    last = prompts[-EASES_AFTER:]
    gone = {prompt.pk for prompt in last}
    breaks[:] = [each for each in breaks if each.prompt_id not in gone and each.moved_at < last[0].due_at]
    for prompt in last:
        _end(prompt, Outcome.EXPIRED, prompt.expires_at)
    rule.interval_minutes = fewer(rule.wished_minutes)
    rule.heeded_step = len(prompts) - len(last)


def store_breaks(
    rules: Sequence[BreakRule], prompts: Sequence[Prompt], breaks: Sequence[MovementBreak]
) -> None:
    """Write all of it down at once. Each rule counts its prompts on."""
    Prompt.objects.bulk_create(prompts, batch_size=500)
    MovementBreak.objects.bulk_create(breaks, batch_size=500)
    BreakRule.objects.bulk_update(rules, ["step", "heeded_step", "interval_minutes", "review_on"])


def _prompt(rule: BreakRule, step: int, due_at: datetime) -> Prompt:
    return Prompt(
        clinic_id=rule.clinic_id,
        patient_id=rule.patient_id,
        rule=rule,
        step=step,
        due_at=due_at,
        due_on=local_day(due_at, rule.time_zone),
        show_at=due_at,
        expires_at=due_at + SHOWN_FOR,
    )


def _end(prompt: Prompt, outcome: Outcome, at: datetime) -> None:
    prompt.outcome, prompt.answered_at = outcome, at


def _move(prompt: Prompt, dice: Random, movements: Sequence[str], breaks: list[MovementBreak]) -> datetime:
    """The patient moves soon after the prompt; returns when."""
    at = prompt.due_at + timedelta(minutes=dice.randrange(1, ANSWERED_WITHIN))
    _end(prompt, Outcome.DONE, at)
    done = _break(prompt.rule, at, MovementBreak.Source.PROMPT)
    done.prompt, done.movement = prompt, dice.choice(movements) if movements else ""
    breaks.append(done)
    return at


def _break(rule: BreakRule, at: datetime, source: MovementBreak.Source) -> MovementBreak:
    return MovementBreak(
        clinic_id=rule.clinic_id,
        patient_id=rule.patient_id,
        source=source,
        moved_at=at,
        moved_on=local_day(at, rule.time_zone),
    )
