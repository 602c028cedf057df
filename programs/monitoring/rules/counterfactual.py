"""What would have had to be different: the smallest lowering of one report that removes a finding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from programs.monitoring.rules.findings import DISTAL_RANK, LEG_PAIN, NUMB_BOTHER, Finding
from programs.monitoring.rules.parameters import DEFAULT, Parameters
from programs.monitoring.rules.reports import Report, one_per_day
from programs.monitoring.rules.words import PLACES
from programs.monitoring.rules.worsening import family, find_worsening

NO_SINGLE_REPORT = "No single report decides this."


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One report, lowered by as little as removes the finding."""

    measure: str
    recorded_on: date
    was: int
    would_be: int


def counterfactual(
    reports: Iterable[Report], finding: Finding, parameters: Parameters = DEFAULT
) -> Counterfactual | None:
    """The smallest lowering of one deciding report without which `finding` would not be there.

    Found by running the rules again over the changed reports. Of equal lowerings the one of the newest report
    is taken. None where no single report decides, and for the patient's own word, which is not a number. The
    deciding reports are those of the evidence: lowering an older one lowers the usual level as well.
    """
    if finding.evidence.measure not in (LEG_PAIN, DISTAL_RANK, NUMB_BOTHER):
        return None
    name = finding.evidence.measure + (f"_{finding.side}" if finding.side else "")
    known = [report for report in one_per_day(reports) if report.recorded_on <= finding.found_on]
    deciding = {reading.recorded_on for reading in finding.evidence.readings}
    places = [place for place, report in enumerate(known) if report.recorded_on in deciding]
    candidates = [
        place
        for place in reversed(places)
        if not _is_found(_lowered(known, place, name, 0), finding, parameters)
    ]
    for points in range(1, 11):
        for place in candidates:
            was = getattr(known[place], name)
            if points <= was and not _is_found(
                _lowered(known, place, name, was - points), finding, parameters
            ):
                return Counterfactual(finding.evidence.measure, known[place].recorded_on, was, was - points)
    return None


def explain_counterfactual(found: Counterfactual | None) -> str:
    """In a sentence: "Had 12 November been 5 instead of 8, this would not have come up."."""
    if found is None:
        return NO_SINGLE_REPORT
    was, would_be = (
        (PLACES[value] if found.measure == DISTAL_RANK else str(value))
        for value in (found.was, found.would_be)
    )
    day = f"{found.recorded_on.day} {found.recorded_on:%B}"
    return f"Had {day} been {would_be} instead of {was}, this would not have come up."


def _lowered(reports: Sequence[Report], place: int, name: str, value: int) -> list[Report]:
    changed: dict[str, Any] = {name: value}
    return [replace(report, **changed) if each == place else report for each, report in enumerate(reports)]


def _is_found(reports: Sequence[Report], finding: Finding, parameters: Parameters) -> bool:
    """Whether the rule, or the early one that stands in for it, still says it on that day and side."""
    return any(
        (family(each.rule), each.side, each.level) == (family(finding.rule), finding.side, finding.level)
        for each in find_worsening(reports, parameters, since=finding.found_on)
        if each.found_on == finding.found_on
    )
