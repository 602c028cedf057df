"""What changes flags and check-ins, each verb in the module of its subject."""

from programs.monitoring.actions.absence import Watched, end_silence, review_absence
from programs.monitoring.actions.check_ins import answer_check_in
from programs.monitoring.actions.concerns import note_check, raise_concerns, take_back_concerns
from programs.monitoring.actions.escalation import escalate_due, take_over, tell_no_more, tell_who_cares
from programs.monitoring.actions.flags import acknowledge_flag, resolve_flag, snooze_flag, wake_snoozed
from programs.monitoring.actions.review import review_pain
from programs.monitoring.actions.settings import save_rule_setting

__all__ = [
    "Watched",
    "acknowledge_flag",
    "answer_check_in",
    "end_silence",
    "escalate_due",
    "note_check",
    "raise_concerns",
    "resolve_flag",
    "review_absence",
    "review_pain",
    "save_rule_setting",
    "snooze_flag",
    "take_back_concerns",
    "take_over",
    "tell_no_more",
    "tell_who_cares",
    "wake_snoozed",
]
