"""What the stage machine looks at: its numbers, and what is known of a patient on a local day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from programs.care.rules.response import UNKNOWN

WORST_LEG, CALF, DURING = "worst_leg", "calf", "during"
"""What a stage holds its pain ceiling against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageParameters:
    """Pain in points of the 0-10 scale, time in local days, shares from 0 to 1."""

    version: str = "stages-1"
    """Raise it with every change of a rule or a default here, in `machine` or in `flare`."""
    window_days: int = 7
    """Scores and sessions count for a week, today included; what is older says nothing about now."""
    least_reports: int = 4
    """Daily checks in a week, below which its middle is not known."""
    least_sessions: int = 4
    """Days with a session in a week, below which nothing is said of them; a plan with fewer days asks for
    those."""
    followed_share: float = 0.70
    """The share of planned days that were followed. Half of all home exercise is not done (systematic review:
    Argent 2018, JMIR mHealth 6:e47), so that all of it would be asking too much."""
    highest_rise: float = 0.5
    """The middle of this week may lie so far above that of the week before."""
    green_share: float = 0.70
    settled_share: float = 0.80
    usual_place_ages: tuple[int, int] = (7, 42)
    """The usual place of the symptoms comes from checks of this age, both ends included, ..."""
    usual_place_reports: int = 14
    """... the newest so many of them, ..."""
    least_usual_place_reports: int = 5
    """... and from fewer than this it is not known."""
    test_valid_days: int = 14
    break_share: float = 0.50
    """A day counts for the habit of breaks if so many of its chances to take one were taken, ..."""
    break_days: int = 4
    """... and so many days of the week have to count."""
    never_from: int = 6
    """Nobody moves on, on a day with pain from here on or within 24 hours: a red day in the pain-monitoring
    model."""


DEFAULT_STAGES = StageParameters()


@dataclass(frozen=True, slots=True)
class Done:
    """One session in which something was done. colour: its light; is_settled: whether the leg had calmed down
    by the next morning; peak: its worst pain, 0 to 10. None is not known."""

    performed_on: date
    colour: str = UNKNOWN
    is_settled: bool | None = None
    peak: int | None = None


@dataclass(frozen=True, slots=True)
class NewestTest:
    """The newest go at the test of the stage; is_passed is None where an answer is missing."""

    taken_on: date
    is_passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a patient in a stage on a local day. A day that is not in a mapping has no report.

    leg_pain: worst leg pain 0-10 by day. calf_pain: that between cramps, 0-10 by day. reach: for each
    affected side how far down symptoms went, 0-5, by day. planned_on: days with something planned,
    `withheld_on`: days on which sessions were locked or restricted, or a flare plan went first, so that
    leaving them out was following advice. sessions: those of this stage, since it began. breaks: those
    taken and the chances to take one, by day; None where the stage does not ask for breaks.
    pain_today: the worst leg or session pain of today and of the last 24 hours. `stage_began_on` was the
    first day in the stage, `advanced_on` the last day on which the plan moved on. `safety_levels` are those
    of the open safety items, `screened_on` is the last day on which a whole set of safety questions was
    answered to the end; is_screening_asked: a set of all of them is waiting; is_blocked: something was said
    that rules exercise out. is_testable: the test can be taken here.
    """

    today: date
    stage_began_on: date
    minimum_days: int | None
    pain_ceiling: int | None
    pain_measure: str = WORST_LEG
    test: str = ""
    leg_pain: Mapping[date, int] = field(default_factory=dict)
    calf_pain: Mapping[date, int] = field(default_factory=dict)
    reach: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    planned_on: frozenset[date] = frozenset()
    withheld_on: frozenset[date] = frozenset()
    sessions: Sequence[Done] = ()
    advanced_on: date | None = None
    has_flag: bool = False
    is_asked: bool = False
    safety_levels: Sequence[str] = ()
    screened_on: date | None = None
    is_screening_asked: bool = False
    is_blocked: bool = False
    is_testable: bool = True
    tested: NewestTest | None = None
    breaks: Mapping[date, tuple[int, int]] | None = None
    pain_today: int | None = None
    is_watched: bool = True
