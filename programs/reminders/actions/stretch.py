"""The ordinary prompt in one statement of PostgreSQL's: claimed, moved on, made and queued without a row that
leaves the database. `make bench-reminders` shows what that is worth.

Ordinary is a prompt that is in time and not the last of its stretch or day: `rules.Slot.next_in_stretch`. All
others are for the calendar, whose rules stand in Python alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from programs.delivery.actions import QUEUE_PROMPTS, queue_prompts_values

# An interval is longer than a prompt is shown, so an ordinary prompt never outlasts its stretch.
_STATEMENT = f"""
WITH held AS (
    SELECT id, next_due_at + interval_minutes * interval '1 minute' AS following, (
            next_due_at + interval_minutes * interval '1 minute' < open_until
            AND nth_of_day < daily_cap
            AND next_due_at + %(shown_for)s > %(now)s
        ) AS is_ordinary
    FROM reminders_breakrule
    WHERE enabled AND next_due_at <= %(now)s
    ORDER BY next_due_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), rule AS (
    UPDATE reminders_breakrule AS moved
    SET counts_from = next_due_at, next_due_at = following, nth_of_day = nth_of_day + 1, step = step + 1
    FROM held
    WHERE moved.id = held.id AND held.is_ordinary
    RETURNING moved.id, clinic_id, patient_id, step - 1 AS step, counts_from AS due_at, due_on,
        by_push
), made AS (
    INSERT INTO reminders_prompt
        (id, clinic_id, patient_id, rule_id, step, due_at, due_on, show_at, expires_at, nth)
    SELECT gen_random_uuid(), clinic_id, patient_id, id, step, due_at, due_on, due_at,
        due_at + %(shown_for)s, 1
    FROM rule
    RETURNING id, rule_id, due_at, expires_at
), prompt AS (
    SELECT made.id, clinic_id, patient_id AS recipient_id, made.due_at, expires_at, by_push
    FROM made JOIN rule ON rule.id = made.rule_id
), {QUEUE_PROMPTS}
SELECT count(*), count(*) FILTER (WHERE is_ordinary), array_agg(id) FILTER (WHERE NOT is_ordinary) FROM held
"""  # noqa: S608 - made of constants


def prompt_in_stretch(now: datetime, shown_for: timedelta, limit: int) -> tuple[int, int, list[UUID]]:
    """Hold the `limit` rules that have been due longest and that nobody else holds, and prompt for those that
    are ordinary. Returns how many are held, how many prompts were made, and the rules for the calendar, which
    stay held until the transaction ends.
    """
    values: dict[str, Any] = {"now": now, "shown_for": shown_for, "limit": limit, **queue_prompts_values(now)}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, values)
        held, made, others = cursor.fetchone()
    return held, made, others or []
