"""When the flare plan begins, settles and is over: some days of gentle moves that lie over the plan.

Numbers from the clinical fact base (its flare plan), defaults that are not yet checked by a clinician. About
three in four flares of acute back pain are over within a day (Suri et al. 2011, BMC Musculoskelet Disord
12:220), so that one of a week is worth a visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from programs.library.rules import FlareExit

GOES_ON, SETTLED, NOT_SETTLED = STATES = ("goes_on", "settled", "not_settled")

BEGIN_RULES = ("W2", "W2e", "W3", "W4", "W5")
"""The rules whose flags begin the flare plan: pain, place, tingling or numbness. W6 asks for a person."""

OWN_WORDS = ("weakness", "groc")
"""What no easier plan answers: new weakness needs help now, and "much worse" needs a person."""

USUAL = "usual"
"""Under what key the beginning of a flare plan keeps the level that it is measured against."""

UNSETTLED_FOR = 14
"""For so many days the patient reads that a flare has not settled, and to book a visit."""

FLARE = "flare"
"""Under what key the end of a flare plan keeps its state."""

NEWS_FOR = timedelta(days=7)
"""What was found longer ago, in a report that came late, is over or is found again."""


@dataclass(frozen=True, slots=True)
class FlareStanding:
    """Where the flare plan stands. day: of it, its first day being 1. calm_days: how many in a row are calm
    up to the newest check, of `exit.calm_days`. usual: the level it is measured against, if known."""

    state: str
    day: int
    calm_days: int
    usual: float | None
    exit: FlareExit

    @property
    def calm_at_most(self) -> int | None:
        """The highest whole score that still is calm."""
        return None if self.usual is None else int(self.usual + self.exit.calm_margin)

    @property
    def shown_day(self) -> int:
        """The day as it is said: "day 7 of 7" also on the morning after, until it is judged."""
        return min(self.day, self.exit.longest_days)


def begins_flare(rule: str, measure: str, found_on: date, today: date) -> bool:
    """Whether what was found now lays the flare plan over a guided plan."""
    return rule in BEGIN_RULES and measure not in OWN_WORDS and today - found_on < NEWS_FOR


def is_same_flare(given_up_on: date | None, today: date) -> bool:
    """Whether what is added to an open flag belongs to the flare whose plan ended without the leg having
    settled, by the rules or by a therapist: somebody has to look then, and no second plan begins."""
    return given_up_on is not None and (today - given_up_on).days < UNSETTLED_FOR


def flare_standing(
    *,
    began_on: date,
    today: date,
    least_days: int,
    flare_exit: FlareExit,
    usual: float | None,
    leg_pain: Mapping[date, int],
) -> FlareStanding:
    """Judge the days since `began_on` by worst leg pain 0-10 by day.

    Settled after `least_days` whole days, once the newest checks are calm on so many days in a row, the last
    of them today or yesterday: a day without a check is not calm. Not settled after `longest_days` whole
    days. Without a usual level nothing is calm, because nobody knows what would be.
    """
    since = (today - began_on).days
    calm = 0
    if usual is not None:
        calm = _calm_in_a_row(began_on, today, usual + flare_exit.calm_margin, leg_pain)
    if since >= least_days and calm >= flare_exit.calm_days:
        state = SETTLED
    elif since >= flare_exit.longest_days:
        state = NOT_SETTLED
    else:
        state = GOES_ON
    return FlareStanding(state, since + 1, calm, usual, flare_exit)


def _calm_in_a_row(began_on: date, today: date, limit: float, leg_pain: Mapping[date, int]) -> int:
    """Calm days in a row up to today, or up to yesterday while today has no check."""
    day = today if today in leg_pain else today - timedelta(days=1)
    calm = 0
    while day >= began_on and day in leg_pain and leg_pain[day] <= limit:
        calm += 1
        day -= timedelta(days=1)
    return calm
