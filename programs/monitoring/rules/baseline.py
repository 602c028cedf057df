"""A patient's own usual level, which every rise is measured against."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import sqrt

from programs.monitoring.rules.parameters import Parameters


def aged(days: Sequence[int], today: int, ages: tuple[int, int]) -> range:
    """Which of the ascending `days` are so many days old on day `today`, both ends included."""
    youngest, oldest = ages
    return range(bisect_left(days, today - oldest), bisect_right(days, today - youngest))


def usual_reports(days: Sequence[int], today: int, parameters: Parameters) -> range | None:
    """The reports that make the usual level on day `today`, or None while there are too few.

    The window ends 14 days ago, so that a rise of up to two weeks cannot hide itself in it; somebody new is
    measured against what is at least a week old.
    """
    for ages in (parameters.baseline_ages, parameters.fallback_ages):
        window = aged(days, today, ages)
        if len(window) >= parameters.minimum_baseline_reports:
            return window
    return None


def count_high(
    days: Sequence[int], values: Sequence[int], index: int, limit: float, of_last: int, within_days: int
) -> int:
    """How many of the last `of_last` values up to `index`, made within so many days, are `limit` or more."""
    earliest = days[index] - within_days
    high = 0
    for place in range(max(0, index + 1 - of_last), index + 1):
        if values[place] >= limit and days[place] > earliest:
            high += 1
    return high


def centre_and_spread(scores: Sequence[int], parameters: Parameters) -> tuple[float, float]:
    """Usual level and spread, in points, of at least one pain score.

    The level is the mean, with reports far from the middle one held in (a winsorised mean): unlike the median
    it moves in steps smaller than a point, and unlike the plain mean it hardly feels a bad day. The spread is
    the standard deviation of the same values, drawn towards an assumed one while reports are few: within
    one person pain varies by 1.2 on average, 0.3 to 2.9 (Page 2022, J Pain 23:1151; IASP 2024 poster).
    """
    counts = [0] * 11
    for score in scores:
        counts[score] += 1
    low, high = _middle_scores(counts, len(scores))
    middle = (low + high) / 2
    lowest, highest = middle - parameters.held_within, middle + parameters.held_within
    held = [(min(max(score, lowest), highest), count) for score, count in enumerate(counts) if count]
    centre = sum(score * count for score, count in held) / len(scores)
    squares = sum(count * (score - centre) ** 2 for score, count in held)
    assumed = parameters.assumed_reports * parameters.assumed_spread**2
    return centre, sqrt((assumed + squares) / (parameters.assumed_reports + len(scores)))


def _middle_scores(counts: Sequence[int], total: int) -> tuple[int, int]:
    """The two middle scores, the same one twice for an odd number, of so many counted by score."""
    low = high = 0
    seen = 0
    for score, count in enumerate(counts):
        if seen <= (total - 1) // 2 < seen + count:
            low = score
        if seen <= total // 2 < seen + count:
            high = score
        seen += count
    return low, high
