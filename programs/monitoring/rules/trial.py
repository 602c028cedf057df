"""What a setting of the thresholds would have found, and how much work that is: to choose one by looking."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from programs.monitoring.rules import Finding, Parameters, Report, find_worsening
from programs.monitoring.rules.findings import FLAG, severity

DAYS = 90
"""How far a trial looks back."""
EPISODE_DAYS = 7
"""Findings less than so many days apart are one alert: the therapist looks once."""

RULE_NAMES: Mapping[str, str] = {
    "W1": "Some higher days",
    "W1e": "Some higher days, in the first three weeks",
    "W2": "Leg pain up",
    "W2e": "Leg pain up, in the first three weeks",
    "W3": "Further down the leg",
    "W4": "Tingling, numbness or weakness up",
    "W5": "Severe leg pain",
    "W6": "Much worse, in the patient's own words",
    "silent": "No reports",
    "no_response": "No change after four weeks",
}
"""What each rule looks for, for clinicians."""

LEVEL_NAMES: Mapping[str, str] = {
    "check_in": "Asks the patient",
    "flag": "Needs a look",
    "urgent": "Urgent, same day",
    "emergency": "Emergency",
}

Patient = TypeVar("Patient", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Trial(Generic[Patient]):
    """What one setting would have found in a span of days."""

    findings: Mapping[tuple[str, str], int]
    """How many, by rule and level; from mild to severe."""
    alerts_of: Mapping[Patient, int]
    """Episodes that would have called somebody, by patient; those without one are absent. A check-in calls
    nobody."""

    @property
    def alerts(self) -> int:
        return sum(self.alerts_of.values())

    @property
    def weekly_alerts(self) -> float:
        return self.alerts * 7 / DAYS

    def weekly_load(self, therapists_of: Mapping[Patient, int], therapists: int) -> float | None:
        """Alerts a week for each of so many therapists, an alert counting for everybody who is told of it.

        `therapists_of` says how many those are for each patient. None where there is no therapist.
        """
        if not therapists:
            return None
        told = sum(number * therapists_of.get(patient, 0) for patient, number in self.alerts_of.items())
        return told * 7 / DAYS / therapists


def try_settings(
    histories: Iterable[tuple[Patient, Sequence[Report]]], settings: Sequence[Parameters], since: date
) -> list[Trial[Patient]]:
    """For each setting, what it would have found from `since` on in the histories, which are read once.

    Reports before `since` are what the usual level is made of. Equal settings are judged once.
    """
    found: dict[Parameters, dict[Patient, list[Finding]]] = {setting: {} for setting in settings}
    for patient, reports in histories:
        for setting, findings in found.items():
            recent = find_worsening(reports, setting, since)
            if recent:
                findings[patient] = recent
    return [_trial(found[setting]) for setting in settings]


def difference_in_words(more: int, more_a_week: float | None) -> str:
    """How many alerts more (or, below 0, fewer) a trial has than another, in one sentence.

    `more_a_week` is the same for each therapist and week; None where there is no therapist.
    """
    if not more:
        return f"As many alerts in {DAYS} days as now."
    sentence = f"{abs(more)} {_way(more)} alert{'' if abs(more) == 1 else 's'} in {DAYS} days"
    if more_a_week is None:
        return f"{sentence}."
    if abs(more_a_week) < 0.05:
        return f"{sentence}: less than 0.1 a week for each therapist."
    return f"{sentence}: {abs(more_a_week):.1f} {_way(more_a_week)} a week for each therapist."


def _way(more: float) -> str:
    return "more" if more > 0 else "fewer"


def _trial(found: Mapping[Patient, Sequence[Finding]]) -> Trial[Patient]:
    counts = Counter((each.rule, each.level) for findings in found.values() for each in findings)
    episodes = {patient: _episodes(findings) for patient, findings in found.items()}
    return Trial(
        findings={key: counts[key] for key in sorted(counts, key=mildest_first)},
        alerts_of={patient: number for patient, number in episodes.items() if number},
    )


def mildest_first(key: tuple[str, str]) -> tuple[int, str]:
    """Sorts rules with their levels: the mildest level first."""
    rule, level = key
    return severity(level), rule


def _episodes(findings: Iterable[Finding]) -> int:
    days = sorted({each.found_on for each in findings if severity(each.level) >= severity(FLAG)})
    gaps = [(day - before).days for before, day in pairwise(days)]
    return bool(days) + sum(gap >= EPISODE_DAYS for gap in gaps)
