"""The worsening rules: a patient's daily scores in, findings with their evidence out.

Two rules judge one series, the worst leg pain of the last 24 hours on the 0-10 numeric scale, as the Daily
check records it (one value per local calendar day; pain scores of single sessions do not belong here):

* **W2** compares every report with the patient's own usual level two to six weeks earlier and adds up the
  excess in a one-sided cumulative sum (CUSUM; Page 1954, Biometrika 41:100). Control charts for single
  patients have a record in asthma, hypertension and others (systematic review, Int J Qual Health Care
  2007;19:187). Because the baseline lags by 14 days, a rise is measured against the time before it.
* **W2e** covers the first three weeks, until that baseline exists: three of the last four reports clearly
  above the first five. From about day 14 on W2 works beside it, measuring from reports only a week old.

The size of change that matters comes from low back pain: 2 points and 30 % of the starting level (Ostelo
2008, Spine, consensus; Suzuki 2020, PLOS ONE 15:e0229228, found 1.3-1.8). How much a stable person's pain
moves from day to day: mean within-person SD 1.2 (Page 2022, J Pain 23:1151), range 0.3-2.9 (IASP 2024 poster,
179 adults). Both are stand-ins: no daily-diary figures for sciatica were found.

**Every number in** `Parameters` **is a default from a simulation. No clinician has approved any of them.**

Limits to know: a patient whose first level is above 7 cannot reach the W2e limit, and one whose usual level
is 10 cannot rise at all; severe pain needs a rule of its own. A patient who comes back after a long silence
has no baseline, and so gets no finding, until seven reports are at least a week old.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Self

RULES_VERSION = "worsening-1"
"""Stored with every flag. Raise it with every change of a rule or default, so that a flag can be replayed."""

CUSUM_RULE = "W2"
EARLY_RULE = "W2e"
FLAG_LEVEL = "flag"

SHOWN_REPORTS = 5
"""How many of the newest deciding reports the evidence holds: enough to check by eye, few enough to read."""

HIGHEST_SCORE = 10
"""The end of the pain scale: a limit above it is out of reach."""

MAD_TO_SD = 1.4826
"""Makes the median absolute deviation of normal data equal to its standard deviation."""


@dataclass(frozen=True, slots=True)
class Score:
    """One report, on its local calendar day: the worst leg pain (whole number, 0-10) of the 24 hours before.

    A day without a report has no Score; it is never a Score of 0.
    """

    recorded_on: date
    worst_leg_pain: int


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers behind W2 and W2e; pain in points of the 0-10 scale, time in days.

    All are defaults, chosen by simulation (false flags per patient-year against days until a true rise is
    found) and not yet approved by a clinician. Windows are ages of reports in days, both ends included.
    """

    baseline_ages: tuple[int, int] = (14, 41)
    """The usual level comes from reports this old: a rise of up to two weeks cannot hide itself."""
    fallback_ages: tuple[int, int] = (7, 34)
    """Used when the first window holds too few reports (new or irregular patients)."""
    minimum_baseline_reports: int = 7
    """Fewer than this and W2 says nothing: neither a flag nor reassurance."""
    spread_floor: float = 1.0
    """Least spread in points, so that a patient who always answers 4 is not flagged for a single 5."""

    allowance: float = 0.5
    """CUSUM k, in spreads: the excess that one report may have for free."""
    clamp: float = 3.0
    """One report counts at most this many spreads, so that a single bad day cannot flag."""
    threshold: float = 8.0
    """CUSUM h, in spreads: the sum has to pass it."""
    sparse_threshold: float = 5.0
    """CUSUM h for a patient who reports rarely and would otherwise be found too late."""
    sparse_below: float = 0.70
    """Reporting "rarely": on less than this share of days ..."""
    completeness_days: int = 28
    """... of the last so many (since the first report, where that is more recent)."""
    minimum_score: int = 3
    """A lower report never makes a finding, whatever the sum: 2 is mild even where the usual level is 0."""
    cooldown_days: int = 7
    """After a finding of either rule, the next one is at least this many days later."""

    early_days: tuple[int, int] = (5, 20)
    """W2e judges reports made this many days after the first one, both ends included."""
    early_baseline_reports: int = 5
    """W2e compares with the median of the first so many reports."""
    early_needed: int = 3
    early_of_last: int = 4
    """W2e wants `early_needed` of the last `early_of_last` reports at its limit or above."""
    early_rise: float = 3.0
    early_rise_share: float = 0.3
    """The W2e limit lies above the first level by the larger of so many points and this share of it."""


DEFAULT = Parameters()


@dataclass(frozen=True, slots=True)
class Baseline:
    """The patient's own level that a rise was measured against."""

    centre: float
    """Median of the reports, 0-10."""
    spread: float
    """1.4826 x median absolute deviation in points, at least the floor. W2e does not use it."""
    reports: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule saw when it found something: enough for a therapist to check the sum by hand."""

    reports: tuple[Score, ...]
    """W2: the newest reports of the run in which the sum grew; W2e: the last four. Oldest first."""
    baseline: Baseline
    cusum: float | None
    """The sum after the last report, in spreads; None for W2e."""
    threshold: float
    """W2: what the sum had to pass, in spreads. W2e: the pain score that counted as high."""

    def as_dict(self) -> dict[str, Any]:
        """The evidence as JSON-able values, days in ISO form. `from_dict` gives an equal Evidence back."""
        return {
            "reports": [
                {"recorded_on": score.recorded_on.isoformat(), "worst_leg_pain": score.worst_leg_pain}
                for score in self.reports
            ],
            "baseline": {
                "centre": self.baseline.centre,
                "spread": self.baseline.spread,
                "reports": self.baseline.reports,
                "first_on": self.baseline.first_on.isoformat(),
                "last_on": self.baseline.last_on.isoformat(),
            },
            "cusum": self.cusum,
            "threshold": self.threshold,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The Evidence that `as_dict` turned into `data`."""
        baseline = data["baseline"]
        return cls(
            reports=tuple(
                Score(date.fromisoformat(report["recorded_on"]), report["worst_leg_pain"])
                for report in data["reports"]
            ),
            baseline=Baseline(
                centre=baseline["centre"],
                spread=baseline["spread"],
                reports=baseline["reports"],
                first_on=date.fromisoformat(baseline["first_on"]),
                last_on=date.fromisoformat(baseline["last_on"]),
            ),
            cusum=data["cusum"],
            threshold=data["threshold"],
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's statement that the patient's leg pain has worsened, made on the day of the deciding report."""

    rule: str
    """CUSUM_RULE or EARLY_RULE."""
    level: str
    """FLAG_LEVEL: these two rules know no other."""
    found_on: date
    evidence: Evidence


def find_worsening(scores: Sequence[Score], parameters: Parameters = DEFAULT) -> list[Finding]:
    """All W2 and W2e findings in a patient's history, oldest first.

    Only the set of scores matters, not their order; of several on one day the largest counts; a day without a
    score is left out, never a zero. A finding depends on no later report, so judging the same history with
    more at its end only adds findings. A history that is cut short is judged as if the patient had
    started there; given the last 120 days, the findings of the last 14 hardly ever differ from those
    of the whole.
    """
    reports = _one_per_day(scores)
    days = [report.recorded_on.toordinal() for report in reports]
    findings: list[Finding] = []
    cusum = 0.0
    run_start = 0
    quiet_until = 0

    for index, report in enumerate(reports):
        baseline = _usual_level(reports, days, index, parameters)
        evidence = _early_evidence(reports, days, index, parameters)
        if baseline is not None:
            cusum = max(0.0, cusum + _excess(report, baseline, parameters) - parameters.allowance)
            threshold = _threshold(days, index, parameters)
            if cusum > threshold and report.worst_leg_pain >= parameters.minimum_score:
                run = reports[run_start : index + 1]
                evidence = Evidence(tuple(run[-SHOWN_REPORTS:]), baseline, cusum, threshold)
                cusum = 0.0
        if baseline is None or cusum == 0.0:
            cusum, run_start = 0.0, index + 1
        if evidence is not None and days[index] >= quiet_until:
            rule = EARLY_RULE if evidence.cusum is None else CUSUM_RULE
            findings.append(Finding(rule, FLAG_LEVEL, report.recorded_on, evidence))
            quiet_until = days[index] + parameters.cooldown_days
    return findings


def is_judged(scores: Sequence[Score], parameters: Parameters = DEFAULT) -> bool:
    """Whether W2 or W2e can speak about the newest report. Where neither can, no finding says nothing.

    W2 needs its baseline, W2e its days, its first reports and a limit within the scale. Several scores on
    one day count as in `find_worsening`. True is no reassurance: a usual level near 10 leaves no room above.
    """
    reports = _one_per_day(scores)
    if not reports:
        return False
    days = [report.recorded_on.toordinal() for report in reports]
    newest = len(reports) - 1
    if _usual_level(reports, days, newest, parameters) is not None:
        return True
    level = _early_level(reports, days, newest, parameters)
    return level is not None and _early_limit(level, parameters) <= HIGHEST_SCORE


def explain(finding: Finding) -> str:
    """One sentence with the numbers and days behind a finding, for a therapist to check against the chart."""
    evidence, baseline = finding.evidence, finding.evidence.baseline
    days = [score.recorded_on for score in evidence.reports]
    with_year = len({day.year for day in (*days, baseline.first_on, baseline.last_on)}) > 1
    values = _listed([str(score.worst_leg_pain) for score in evidence.reports])
    if finding.rule == CUSUM_RULE:
        level, source = "the usual level is", f"{baseline.reports} reports"
    else:
        level, source = "the level at the start was", f"the first {baseline.reports} reports"
    return (
        f"Worst leg pain was {values} on {_listed_days(days, with_year)}; "
        f"{level} {baseline.centre:g} (middle of {source} "
        f"from {_day(baseline.first_on, with_year)} to {_day(baseline.last_on, with_year)})."
    )


def _one_per_day(scores: Sequence[Score]) -> list[Score]:
    """The largest score of each day, oldest day first."""
    largest: dict[date, int] = {}
    for score in scores:
        largest[score.recorded_on] = max(score.worst_leg_pain, largest.get(score.recorded_on, 0))
    return [Score(day, largest[day]) for day in sorted(largest)]


def _usual_level(
    reports: Sequence[Score], days: Sequence[int], index: int, parameters: Parameters
) -> Baseline | None:
    """The baseline W2 measures the report at `index` against, or None while there are too few reports."""
    for ages in (parameters.baseline_ages, parameters.fallback_ages):
        window = _aged(days, index, ages)
        if len(window) >= parameters.minimum_baseline_reports:
            return _baseline(reports[window.start : window.stop], parameters)
    return None


def _aged(days: Sequence[int], index: int, ages: tuple[int, int]) -> range:
    """Which reports are so many days old, both ends included, when the one at `index` is made."""
    youngest, oldest = ages
    return range(bisect_left(days, days[index] - oldest), bisect_right(days, days[index] - youngest))


def _excess(report: Score, baseline: Baseline, parameters: Parameters) -> float:
    """How far a report lies above the usual level, in spreads, limited both ways."""
    spreads = (report.worst_leg_pain - baseline.centre) / baseline.spread
    return max(-parameters.clamp, min(parameters.clamp, spreads))


def _threshold(days: Sequence[int], index: int, parameters: Parameters) -> float:
    """CUSUM h for the report at `index`: lower where the patient has reported rarely of late."""
    window = min(parameters.completeness_days, days[index] - days[0] + 1)
    reported = index + 1 - bisect_right(days, days[index] - window)
    is_sparse = reported < parameters.sparse_below * window
    return parameters.sparse_threshold if is_sparse else parameters.threshold


def _early_evidence(
    reports: Sequence[Score], days: Sequence[int], index: int, parameters: Parameters
) -> Evidence | None:
    """W2e on the report at `index`, which is never part of the level it is compared with."""
    baseline = _early_level(reports, days, index, parameters)
    if baseline is None:
        return None
    limit = _early_limit(baseline, parameters)
    last = reports[max(0, index + 1 - parameters.early_of_last) : index + 1]
    high = sum(report.worst_leg_pain >= limit for report in last)
    if high < parameters.early_needed or reports[index].worst_leg_pain < parameters.minimum_score:
        return None
    return Evidence(tuple(last), baseline, None, limit)


def _early_level(
    reports: Sequence[Score], days: Sequence[int], index: int, parameters: Parameters
) -> Baseline | None:
    """The first level W2e compares the report at `index` with, or None where W2e does not apply."""
    first_day, last_day = parameters.early_days
    if index < parameters.early_baseline_reports or not first_day <= days[index] - days[0] <= last_day:
        return None
    if len(_aged(days, index, parameters.baseline_ages)) >= parameters.minimum_baseline_reports:
        return None
    return _baseline(reports[: parameters.early_baseline_reports], parameters)


def _early_limit(level: Baseline, parameters: Parameters) -> float:
    """The score that counts as high above this first level."""
    return level.centre + max(parameters.early_rise, parameters.early_rise_share * level.centre)


def _baseline(reports: Sequence[Score], parameters: Parameters) -> Baseline:
    values = [report.worst_leg_pain for report in reports]
    centre = median(values)
    deviation = median([abs(value - centre) for value in values])
    spread = max(parameters.spread_floor, MAD_TO_SD * deviation)
    return Baseline(centre, spread, len(reports), reports[0].recorded_on, reports[-1].recorded_on)


def _listed(words: Sequence[str]) -> str:
    """Words as in a sentence: "6", "6 and 7", "6, 7 and 7"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _listed_days(days: Sequence[date], with_year: bool) -> str:
    """Days as in a sentence: "18, 19 and 20 November"; each with its month where the months differ."""
    if len({(day.year, day.month) for day in days}) > 1:
        return _listed([_day(day, with_year) for day in days])
    return _listed([*(str(day.day) for day in days[:-1]), _day(days[-1], with_year)])


def _day(day: date, with_year: bool) -> str:
    """A day as in a sentence: "6 November" or "6 November 2026"."""
    return f"{day.day} {day:%B %Y}" if with_year else f"{day.day} {day:%B}"
