"""The furthest place of symptoms down the worse leg, day by day.

Places are ranks: 0 nowhere, 1 low back, 2 buttock, 3 thigh, 4 calf, 5 foot or toes. All of it is assumed.
"""

from random import Random

from .reporting import missed_days

USUAL_PLACES = (1, 2, 3, 4)
"""Each as likely. Not the foot: whose symptoms reach it cannot spread further down."""
FURTHER_DOWN, FURTHER_UP = 0.05, 0.10
"""Share of days on which a person names the place below, or above, the right one."""
HIGHEST_RANK = 5


def simulate_furthest_place(
    days: int, rng: Random, *, onset: int | None = None, sticky: float = 0.0, completeness: float = 0.85
) -> list[int | None]:
    """Rank per day, 0-5; None where the person did not report.

    onset: day (from 0) from which symptoms truly reach one place further; None: they never do.
    sticky: chance that a wrong place is named again on the next day, below 1. There are as many wrong places
        as without, but they come in runs.
    completeness: share of days reported in the long run, above 0 and up to 1.
    """
    usual = rng.choice(USUAL_PLACES)
    missed = missed_days(days, rng, 1 - completeness)
    wrong = FURTHER_DOWN + FURTHER_UP
    begins = (1 - sticky) / (1 - sticky * wrong)
    ranks: list[int | None] = []
    error = _error(rng, 1.0)
    for day in range(days):
        if error == 0 or rng.random() >= sticky:
            error = _error(rng, begins)
        place = usual + (onset is not None and day >= onset)
        ranks.append(None if missed[day] else max(0, min(HIGHEST_RANK, place + error)))
    return ranks


def _error(rng: Random, share: float) -> int:
    """How many places too far down a person names: 1, 0 or -1. Both errors are `share` times as likely."""
    chance = rng.random()
    if chance < share * FURTHER_DOWN:
        return 1
    return -1 if chance < share * (FURTHER_DOWN + FURTHER_UP) else 0
