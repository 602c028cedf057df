"""From a patient's reports to findings: which conditions are met on which day, and when they are said.

Nothing here remembers anything. What is said on a day depends only on the reports of the `LOOKBACK_DAYS` up
to it: not on the order in which they came, on older ones, or on what was said before. So a stored report is
judged from a bounded window, a corrected one by judging again, and a replay gives what the live rules gave.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from programs.monitoring.rules.findings import CHECK_IN, EMERGENCY, Finding, severity
from programs.monitoring.rules.pain import PainSeries, Signal, can_judge_pain, is_above_usual, judge_pain
from programs.monitoring.rules.parameters import DEFAULT, Parameters
from programs.monitoring.rules.reports import Report, one_per_day
from programs.monitoring.rules.signs import judge_bother, judge_change, judge_distal, judge_weakness

LOOKBACK_DAYS = 180
"""Findings of a day depend on no report older than this: 97 days of usual level, 20 since a new start, and 42
(three of the longest cooldown) in which a lasting condition may have been said before; rounded up."""

HIGH_DAY, NORMAL, NOT_ENOUGH_DATA = "high_day", "normal", "not_enough_data"
"""What `current_state` says below the levels of findings."""

_ORDER = ("W2", "W2e", "W3", "W4", "W5", "W6", "W1", "W1e")
_FAMILY = {"W2e": "W2", "W1e": "W1"}
"""The early rules stand in for their elders: one voice for both."""


def find_worsening(
    reports: Iterable[Report], parameters: Parameters = DEFAULT, since: date = date.min
) -> list[Finding]:
    """All findings in a patient's reports on `since` or later, oldest first.

    Only the set of reports matters, not their order; of several on one day the worst of each value counts;
    what was not reported is left out, never a zero. A finding depends on no later report. A condition that
    lasts is said when it begins and then once in every second cooldown, on days fixed by the calendar; an
    emergency and the patient's own word are said each time. A rule says one thing a day (W3 one for each
    side), the most severe.
    """
    by_day = one_per_day(reports)
    quiet = int(max(parameters.cooldown_days, parameters.distal_cooldown_days))
    first = since.toordinal() - 3 * quiet
    findings: dict[tuple[str, str, date], Finding] = {}
    for (rule, side, level), signals in _signals(by_day, first, parameters).items():
        days = [day for day, _ in signals]
        for place in _said(days, _cooldown(rule, level, parameters)):
            day, signal = signals[place]
            if day < since.toordinal():
                continue
            finding = Finding(signal.rule, level, date.fromordinal(day), side, signal.evidence())
            same = findings.get((rule, side, finding.found_on))
            if same is None or severity(same.level) < severity(level):
                findings[rule, side, finding.found_on] = finding
    return sorted(findings.values(), key=lambda each: (each.found_on, _ORDER.index(each.rule), each.side))


def is_judged(reports: Iterable[Report], parameters: Parameters = DEFAULT) -> bool:
    """Whether W2 or W2e can speak about the newest leg pain. Where neither can, no finding says nothing."""
    series = _pain_series(one_per_day(reports))
    return bool(series.days) and can_judge_pain(series, len(series.days) - 1, parameters)


def current_state(reports: Iterable[Report], today: date, parameters: Parameters = DEFAULT) -> str:
    """Where a patient stands on `today`: the most severe level of a condition that was met in the last week.

    In the order of `LEVELS`; below them, where the newest score could be judged, "high_day" if it lies above
    what is usual and "normal" if not. Otherwise "not_enough_data", which is never shown as normal.
    """
    by_day = [report for report in one_per_day(reports) if report.recorded_on <= today]
    week_ago = today - timedelta(days=7)
    levels = [
        level
        for (_, _, level), signals in _signals(by_day, week_ago.toordinal() + 1, parameters).items()
        if signals
    ]
    if levels:
        return max(levels, key=severity)
    has_news = any(report.worst_leg_pain is not None and report.recorded_on > week_ago for report in by_day)
    if not has_news or not is_judged(by_day, parameters):
        return NOT_ENOUGH_DATA
    series = _pain_series(by_day)
    return HIGH_DAY if is_above_usual(series, len(series.days) - 1, parameters) else NORMAL


def family(rule: str) -> str:
    """The rule that an early one stands in for; itself otherwise."""
    return _FAMILY.get(rule, rule)


Signals = dict[tuple[str, str, str], list[tuple[int, Signal]]]


def _signals(by_day: Sequence[Report], first: int, parameters: Parameters) -> Signals:
    """The days (ordinals, from `first` on) on which each rule's condition is met, by family, side and level.

    Whoever meets a condition at a level meets it at every lower one the rule knows: W5's flag is a W5
    check-in too, so that what was asked before does not keep the flag from being said.
    """
    found: Signals = {}
    for side, day, signal in _each_signal(by_day, first, parameters):
        found.setdefault((family(signal.rule), side, signal.level), []).append((day, signal))
        if signal.rule == "W5" and signal.level != CHECK_IN:
            found.setdefault(("W5", side, CHECK_IN), []).append((day, signal))
    return found


def _each_signal(
    by_day: Sequence[Report], first: int, parameters: Parameters
) -> Iterator[tuple[str, int, Signal]]:
    series = _pain_series(by_day)
    for index, day in enumerate(series.days):
        if day >= first:
            for met in judge_pain(series, index, parameters):
                yield "", day, met
    for side in ("left", "right"):
        days, ranks = _values(by_day, f"distal_rank_{side}")
        for index, day in enumerate(days):
            if day >= first and (signal := judge_distal(days, ranks, index, parameters)):
                yield side, day, signal
    days, bothers = _values(by_day, "numb_bother")
    for index, day in enumerate(days):
        if day >= first and (signal := judge_bother(days, bothers, index, parameters)):
            yield "", day, signal
    for report in by_day:
        day = report.recorded_on.toordinal()
        if day >= first:
            for own_word in (
                judge_weakness(report.recorded_on, report.weakness),
                judge_change(report.recorded_on, report.groc),
            ):
                if own_word:
                    yield "", day, own_word


def _pain_series(by_day: Sequence[Report]) -> PainSeries:
    days, scores = _values(by_day, "worst_leg_pain")
    return PainSeries(days, scores)


def _values(by_day: Sequence[Report], name: str) -> tuple[list[int], list[int]]:
    """The days (ordinals) on which something was reported, and what."""
    said = [
        (report.recorded_on.toordinal(), value)
        for report in by_day
        if (value := getattr(report, name)) is not None
    ]
    return [day for day, _ in said], [value for _, value in said]


def _cooldown(rule: str, level: str, parameters: Parameters) -> int:
    """Days; none for an emergency and for the patient's own word, which is never said in vain."""
    if level == EMERGENCY or rule == "W6":
        return 0
    return int(parameters.distal_cooldown_days if rule == "W3" else parameters.cooldown_days)


def _said(days: Sequence[int], cooldown: int) -> list[int]:
    """On which of the ascending `days`, by place, a condition met on all of them is said.

    When it begins: nothing in the cooldown before. While it lasts: on the first such day of every block of
    two cooldowns, counted from a fixed day of the calendar, if it lies in the block's first half and the
    beginning is a cooldown away. Two sayings are so a cooldown apart at least, and whether a day is one can
    be told from the two cooldowns before it. Without a cooldown it is said each time.
    """
    if not cooldown:
        return list(range(len(days)))
    said: list[int] = []
    begun = block = -1
    for place, day in enumerate(days):
        is_first_of_block = day // (2 * cooldown) != block
        block, day_of_block = divmod(day, 2 * cooldown)
        if place == 0 or day - days[place - 1] >= cooldown:
            begun = day
            said.append(place)
        elif is_first_of_block and day_of_block < cooldown and day - begun >= cooldown:
            said.append(place)
    return said
