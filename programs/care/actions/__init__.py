"""What changes a plan, each verb in the module of its subject."""

from .direction import note_direction
from .irritability import note_irritability
from .plans import (
    CONFLICT,
    NO_PLAN,
    PROGRAM_CHANGED,
    TICK,
    UNCHANGED,
    assign_program,
    change_doses,
)
from .stages import (
    ENDED,
    ONE_STAGE,
    WATCHING_ENDS,
    advance_when_ready,
    begin_flare,
    change_stage,
    end_flare,
    hold_stage,
    release_stage,
    set_mode,
    step_back_by_rules,
)

__all__ = [
    "CONFLICT",
    "ENDED",
    "NO_PLAN",
    "ONE_STAGE",
    "PROGRAM_CHANGED",
    "TICK",
    "UNCHANGED",
    "WATCHING_ENDS",
    "advance_when_ready",
    "assign_program",
    "begin_flare",
    "change_doses",
    "change_stage",
    "end_flare",
    "hold_stage",
    "note_direction",
    "note_irritability",
    "release_stage",
    "set_mode",
    "step_back_by_rules",
]
