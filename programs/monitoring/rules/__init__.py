"""The worsening rules: a patient's reports in, findings with their evidence out.

`reports` is what goes in, `findings` what comes out, `parameters` every number in between. `pain` (W1, W2,
W5) and `signs` (W3, W4, W6) say which condition a report meets, `worsening` what is said on which day. Every
default comes from simulated patients; no clinician has checked any.
"""

from programs.monitoring.rules.absence import find_no_response, find_silence
from programs.monitoring.rules.clearing import clearing
from programs.monitoring.rules.counterfactual import Counterfactual, counterfactual, explain_counterfactual
from programs.monitoring.rules.escalation import (
    EscalationSchedule,
    Step,
    WorkingTime,
    is_severe,
    next_step,
    next_step_at,
)
from programs.monitoring.rules.findings import LEVELS, Baseline, Evidence, Finding, Reading, severity
from programs.monitoring.rules.parameters import (
    ADJUSTABLE,
    DEFAULT,
    RULES_VERSION,
    Bounds,
    ParameterError,
    Parameters,
    adjusted,
)
from programs.monitoring.rules.reports import GROC_PHRASES, WEAKNESS, Report, one_per_day
from programs.monitoring.rules.words import explain
from programs.monitoring.rules.worsening import LOOKBACK_DAYS, current_state, find_worsening, is_judged

__all__ = [
    "ADJUSTABLE",
    "DEFAULT",
    "GROC_PHRASES",
    "LEVELS",
    "LOOKBACK_DAYS",
    "RULES_VERSION",
    "WEAKNESS",
    "Baseline",
    "Bounds",
    "Counterfactual",
    "EscalationSchedule",
    "Evidence",
    "Finding",
    "ParameterError",
    "Parameters",
    "Reading",
    "Report",
    "Step",
    "WorkingTime",
    "adjusted",
    "clearing",
    "counterfactual",
    "current_state",
    "explain",
    "explain_counterfactual",
    "find_no_response",
    "find_silence",
    "find_worsening",
    "is_judged",
    "is_severe",
    "next_step",
    "next_step_at",
    "one_per_day",
    "severity",
]
