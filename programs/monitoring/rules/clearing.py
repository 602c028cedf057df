"""When a flag is over: the last week is back at the usual level that the flag was opened on."""

from collections.abc import Iterable
from datetime import date
from statistics import median_high

from programs.monitoring.rules.findings import DISTAL_RANK, Evidence
from programs.monitoring.rules.parameters import DEFAULT, Parameters
from programs.monitoring.rules.reports import Report, one_per_day
from programs.monitoring.rules.words import PLACES

CLEARING = ("W2", "W2e", "W3", "W5")
"""The rules whose flags the reports themselves can end."""


def clearing(
    evidence: Evidence,
    rule: str,
    side: str,
    reports: Iterable[Report],
    today: date,
    parameters: Parameters = DEFAULT,
) -> str | None:
    """A sentence with the numbers where a flag opened by `rule` on `evidence` is over on `today`, else None.

    Compared with the usual level stored with the flag, because the present one may have risen by what was
    flagged. Only reports made after the deciding one count, four in a week at least. Leg pain has to be back
    within a point, the place where it was. Numbness, weakness and the patient's own word never clear by
    themselves, and nothing clears that was opened without a usual level: a person has to look.
    """
    if evidence.baseline is None or rule not in CLEARING:
        return None
    name = evidence.measure + (f"_{side}" if side else "")
    found_on = evidence.readings[-1].recorded_on
    values = [
        value
        for report in one_per_day(reports)
        if found_on < report.recorded_on <= today
        and (today - report.recorded_on).days < parameters.clear_days
        and (value := getattr(report, name)) is not None
    ]
    margin = 0 if evidence.measure == DISTAL_RANK else parameters.clear_margin
    if len(values) < parameters.clear_reports:
        return None
    middle = median_high(values)
    if middle > evidence.baseline.centre + margin:
        return None
    if evidence.measure == DISTAL_RANK:
        return f"Back to usual: the middle place of the last {len(values)} reports is {PLACES[middle]}."
    return (
        f"Back to usual: the middle of the last {len(values)} reports is {middle}, and the usual level was "
        f"{round(evidence.baseline.centre, 1):g}."
    )
