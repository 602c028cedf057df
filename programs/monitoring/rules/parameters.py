"""The numbers behind the worsening rules, as named, versioned data that a clinic can change within bounds."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

RULES_VERSION = "worsening-2"
"""Stored with every finding. Raise it with every change of a rule or a default."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Pain in points of the 0-10 scale, time in local days, windows as ages of reports, ends included.

    All are defaults from simulated patients (`make evaluate`). No clinician has checked any of them.
    """

    minimum_score: float = 3
    """A lower worst leg pain never makes a finding on its day: 2 is mild even where the usual level is 0."""
    cooldown_days: float = 7
    """A rule is quiet for so long after a finding. What lasts is said again after one to three of them."""

    # The usual level: long, so that swings of weeks even out; 14 days late, so that a rise cannot hide.
    baseline_ages: tuple[int, int] = (14, 97)
    fallback_ages: tuple[int, int] = (7, 69)
    """Used while the first window holds too few reports."""
    minimum_baseline_reports: int = 7
    held_within: float = 3.0
    """A report further than this from the middle one counts as this far: one bad day moves nothing much."""
    assumed_spread: float = 1.0
    assumed_reports: int = 8
    """The spread is estimated as if so many reports with the assumed spread had been seen before."""
    restart_after_days: int = 97
    """After so long without a report a patient starts anew: nothing older is comparable."""

    # W2, the sum of what lies above the usual level.
    sum_days: int = 21
    """The sum reaches back so far at most."""
    allowance: float = 0.7
    """Points above the usual level that a report has for free ..."""
    allowance_for_doubt: float = 1.9
    """... and so many standard errors of the usual level, which few reports leave in doubt."""
    allowance_share_of_room: float = 0.38
    """The allowance takes at most this share of the room above the usual level: a 9 can only rise to 10."""
    counted_above: float = 3.4
    """A single report counts at most so many points above the usual level."""
    sum_limit: float = 2.5
    """The limit of the sum, in points ..."""
    sum_limit_for_spread: float = 1.6
    """... and so many points more per squared point of spread: who varies more has to rise more."""
    sum_limit_for_doubt: float = 10.0
    """The limit is larger by this factor divided by the number of reports behind the usual level."""
    sparse_below: float = 0.70
    """Who reported on less than this share of the last 28 days would be found too late, and so ..."""
    sparse_limit_share: float = 0.7
    """... needs this share of the limit only."""
    completeness_days: int = 28
    needed: int = 3
    of_last: int = 4
    """Rules want `needed` of the last `of_last` reports to be high, so that a single bad day does nothing."""
    spread_bounds: tuple[float, float] = (0.7, 3.0)
    """Outside these, the spread is taken as the nearer end."""

    # W1, the check-in; early rules; severe pain.
    check_in_rise: float = 2.0
    early_flag_rise: float = 3.0
    rise_share: float = 0.3
    """A report is high from the usual level plus the larger of the rise and this share of the level."""
    high_within_days: int = 7
    """W1: the last four reports were made within so many days."""
    early_days: tuple[int, int] = (5, 20)
    """W1e and W2e judge reports made this many days after the first one."""
    early_baseline_reports: int = 5
    severe_score: float = 8
    """W5: a worst leg pain from here on is severe."""
    severe_rise: float = 2.0
    severe_needed: int = 2
    severe_of_last: int = 3
    severe_share_of_limit: float = 1.0
    """W5 is a flag where W2's sum stands above this share of its limit, else a check-in."""

    # W3, further down the leg; W4, tingling or numbness bothers more.
    distal_baseline_ages: tuple[int, int] = (7, 42)
    distal_baseline_reports: int = 14
    distal_minimum_reports: int = 5
    distal_within_days: int = 14
    distal_cooldown_days: float = 14
    bother_rise: float = 2
    bother_baseline_ages: tuple[int, int] = (7, 70)
    bother_baseline_reports: int = 8
    bother_minimum_reports: int = 2
    bother_within_days: int = 35

    # Clearing, silence and no response.
    clear_days: int = 7
    clear_reports: int = 4
    clear_margin: float = 1.0
    """A flag clears when the middle of the last week is within this of the usual level it was opened on."""
    silent_after_days: float = 7
    response_days: int = 28
    response_points: float = 2.0
    response_reports: int = 4

    @property
    def changed(self) -> dict[str, float]:
        """What differs from the defaults, by name."""
        default = asdict(DEFAULT)
        return {name: value for name, value in asdict(self).items() if value != default[name]}

    @property
    def version(self) -> str:
        """`RULES_VERSION`, and behind a plus sign what tells these values from all others."""
        if not self.changed:
            return RULES_VERSION
        # 4 and 4.0 are the same setting.
        values = {
            name: float(value) if isinstance(value, int) else value for name, value in self.changed.items()
        }
        text = json.dumps(values, sort_keys=True)
        return f"{RULES_VERSION}+{hashlib.sha256(text.encode()).hexdigest()[:8]}"


DEFAULT = Parameters()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within which a clinic may set a parameter, and its words for people. Both ends are allowed."""

    lowest: float
    highest: float
    step: float
    label: str
    unit: str
    help: str


ADJUSTABLE: Mapping[str, Bounds] = {
    "sum_limit": Bounds(
        1.5,
        5.0,
        0.5,
        "Limit of the sum (W2)",
        "points",
        "How much has to add up, and more for who varies or is new. Lower: sooner, and more false alarms.",
    ),
    "allowance": Bounds(
        0.5,
        1.25,
        0.05,
        "Free points a report (W2)",
        "points",
        "More for who varies or is new. Lower: finds slow rises, and more ups and downs.",
    ),
    "check_in_rise": Bounds(
        1.5, 3.0, 0.5, "Rise that asks the patient (W1)", "points", "Asks the patient only; calls nobody."
    ),
    "early_flag_rise": Bounds(
        2.0, 4.0, 0.5, "Rise in the first three weeks (W2e)", "points", "Before a usual level is known."
    ),
    "severe_score": Bounds(
        7, 9, 1, "Severe pain from (W5)", "of 10", "Asks the patient; a flag if the sum stands high as well."
    ),
    "severe_share_of_limit": Bounds(
        0.5,
        1.0,
        0.1,
        "Severe pain is a flag (W5)",
        "of W2's limit",
        "Lower flags sooner, and is wrong far more often.",
    ),
    "minimum_score": Bounds(
        2,
        4,
        1,
        "Lowest score that counts",
        "of 10",
        "Higher: mild pain is never flagged.",
    ),
    "bother_rise": Bounds(
        1,
        3,
        1,
        "Rise in tingling or numbness (W4)",
        "of 6",
        "Asked weekly: found after two to three weeks.",
    ),
    "cooldown_days": Bounds(
        7,
        14,
        1,
        "Quiet after a finding",
        "days",
        "Longer: what lasts is said again later.",
    ),
    "silent_after_days": Bounds(3, 14, 1, "Silent after", "days", "Without a Daily check."),
}
"""What a clinic can change, and how far: within these bounds no setting makes a rule deaf."""


class ParameterError(ValueError):
    """Values that cannot be used; `errors` holds one sentence for each name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {sentence}" for name, sentence in errors.items()))
        self.errors = dict(errors)


def adjusted(values: Mapping[str, Any]) -> Parameters:
    """The defaults with some values changed; a ParameterError names every one that cannot be used."""
    errors = {name: sentence for name, value in values.items() if (sentence := _wrong(name, value))}
    if errors:
        raise ParameterError(errors)
    on_step: dict[str, Any] = {name: _on_step(value, ADJUSTABLE[name]) for name, value in values.items()}
    return replace(DEFAULT, **on_step)


def _on_step(value: float, bounds: Bounds) -> float:
    """The step that is meant, so that what looks the same is the same version."""
    return round(bounds.lowest + round((value - bounds.lowest) / bounds.step) * bounds.step, 6)


def _wrong(name: str, value: Any) -> str:
    bounds = ADJUSTABLE.get(name)
    if bounds is None:
        return "There is no such threshold."
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "Give a number."
    if not bounds.lowest <= value <= bounds.highest:
        return f"Choose {bounds.lowest:g} to {bounds.highest:g}."
    steps = (value - bounds.lowest) / bounds.step
    if abs(steps - round(steps)) > 1e-6:
        return f"Choose steps of {bounds.step:g}."
    return ""
