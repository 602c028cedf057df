"""Nobody heard from, and nothing gained: what the sweep looks for between reports.

Both are defaults, not yet checked by a clinician. Silence after 7 days is the design's own; a comparable
product asks after 2, 14 and 21. Two points are the smallest change in pain that matters to people with back
pain (Ostelo 2008, Spine), and four weeks are what most trials of exercise wait for a first result.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median

from programs.monitoring.rules.findings import (
    FLAG,
    LEG_PAIN,
    SILENT_DAYS,
    Baseline,
    Evidence,
    Finding,
    Reading,
)
from programs.monitoring.rules.parameters import DEFAULT, Parameters
from programs.monitoring.rules.reports import Report, one_per_day

SILENT, NO_RESPONSE = "silent", "no_response"


def find_silence(
    last_report_on: date | None, watched_since: date, today: date, parameters: Parameters = DEFAULT
) -> Finding | None:
    """That a watched patient has sent no Daily check for a week or more; None while they have.

    last_report_on: the newest day reported, None for never; watched_since: when somebody began to watch.
    Found on the first day of silence, so that the same silence is the same finding on every later day.
    """
    silent_from = max(watched_since, last_report_on or watched_since)
    silent_days = (today - silent_from).days
    after = int(parameters.silent_after_days)
    if silent_days < after:
        return None
    evidence = Evidence(SILENT_DAYS, (Reading(silent_from, silent_days),), None, float(after))
    return Finding(SILENT, FLAG, silent_from + timedelta(days=after), "", evidence)


def find_no_response(
    reports: Iterable[Report], plan_started_on: date, today: date, parameters: Parameters = DEFAULT
) -> Finding | None:
    """That leg pain has not come down by 2 points since the plan began, judged every four weeks.

    Compares the middle score of the plan's first week with that of the week up to the day it is judged on,
    four reports in each at least. Whoever began below 3, or is at 2 or less, has little to gain and is left
    alone; so is whoever is worse, which is other rules' business.
    """
    period = parameters.response_days
    periods = (today - plan_started_on).days // period
    if periods < 1:
        return None
    judged_on = plan_started_on + timedelta(days=periods * period)
    week = timedelta(days=7)
    scores = {
        report.recorded_on: report.worst_leg_pain
        for report in one_per_day(reports)
        if report.worst_leg_pain is not None
    }
    first = [day for day in scores if plan_started_on <= day < plan_started_on + week]
    last = [day for day in scores if judged_on - week < day <= judged_on]
    if min(len(first), len(last)) < parameters.response_reports:
        return None
    start, now = median(scores[day] for day in first), median(scores[day] for day in last)
    if start < parameters.minimum_score or now < parameters.minimum_score:
        return None
    if now > start or start - now >= parameters.response_points:
        return None
    baseline = Baseline(float(start), None, len(first), min(first), max(first))
    evidence = Evidence(LEG_PAIN, (Reading(max(last), now),), baseline, parameters.response_points)
    return Finding(NO_RESPONSE, FLAG, judged_on, "", evidence)
