"""Names that rooms above share with the outbox."""

PROMPTS = "prompts"
DELIVERIES = "deliveries"
ESCALATIONS = "escalations"
STANDBY = "standby"
"""The heartbeats: of Celery's sweeps, and of the standby."""

PROMPT_SOURCE = "prompt"
"""What a delivery of a prompt has as its `source_kind`."""
