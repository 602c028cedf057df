"""How pain moves from day to day and how people report it, beside the course that the pain takes."""

from dataclasses import dataclass

WORK_DAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the worsening rules have to stand up to. The defaults are the model as it was made."""

    autocorrelation: float = 0.3
    """Of the noise, from one day to the next; from 0 to below 1."""
    noise_median: float = 1.0
    """Half of the people have a noise SD above so many points."""
    degrees_of_freedom: int | None = None
    """Of the noise's Student t distribution, scaled to the same SD: 3 gives heavy tails; None is normal."""
    weekday_rise: float = 0.0
    """Points added on each of `risen_weekdays`."""
    risen_weekdays: tuple[int, ...] = WORK_DAYS
    """Monday is 0, and day 0 of a course is a Monday."""
    held_within: float = 0.0
    """People repeat the number they gave last while their pain lies at most so many points from it."""
    bad_day_gap_odds: float = 1.0
    """A bad day, with pain well above what is usual for the person, has so many times the odds of a gap."""
