"""Queueing notices in the caller's transaction, sending what is due, and where people take Web Push."""

from programs.delivery.actions.outbox import (
    QUEUE_PROMPTS,
    PromptNotice,
    beat,
    clear_finished,
    mark_read,
    queue,
    queue_prompts,
    queue_prompts_values,
    withdraw,
)
from programs.delivery.actions.push import record_receipt, subscribe_push, unsubscribe_push
from programs.delivery.actions.sending import LONGEST_RETRY, deliver_due

__all__ = [
    "LONGEST_RETRY",
    "QUEUE_PROMPTS",
    "PromptNotice",
    "beat",
    "clear_finished",
    "deliver_due",
    "mark_read",
    "queue",
    "queue_prompts",
    "queue_prompts_values",
    "record_receipt",
    "subscribe_push",
    "unsubscribe_push",
    "withdraw",
]
