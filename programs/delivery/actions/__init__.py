"""Queueing notices in the caller's transaction, sending what is due, and where people take Web Push."""

from programs.delivery.actions.opt_out import opt_in_to_email, opt_out_of_email
from programs.delivery.actions.outbox import (
    QUEUE_PROMPTS,
    PromptNotice,
    beat,
    clear_finished,
    mark_read,
    prompt_path,
    queue,
    queue_prompts,
    queue_prompts_values,
    withdraw,
)
from programs.delivery.actions.push import record_receipt, subscribe_push, unsubscribe_push
from programs.delivery.actions.sending import LONGEST_RETRY, deliver_due
from programs.delivery.actions.trial import MOST_TESTS, send_test

__all__ = [
    "LONGEST_RETRY",
    "MOST_TESTS",
    "QUEUE_PROMPTS",
    "PromptNotice",
    "beat",
    "clear_finished",
    "deliver_due",
    "mark_read",
    "opt_in_to_email",
    "opt_out_of_email",
    "prompt_path",
    "queue",
    "queue_prompts",
    "queue_prompts_values",
    "record_receipt",
    "send_test",
    "subscribe_push",
    "unsubscribe_push",
    "withdraw",
]
