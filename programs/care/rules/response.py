"""How an exercise or a session was borne: green, amber or red, during it and on the next morning.

Two scales are in use. The absolute one calls pain up to 2 safe, up to 5 acceptable and more than that too
much; it comes from people with Achilles pain who kept on running under it (Thomee 1997, Phys Ther 77:1690;
Silbernagel 2007, Am J Sports Med 35:897). Who starts with much pain would be red in every set on it, so that
from a start of 4 on only the rise counts, as it always does where a nerve is moved. That either holds for
nerve pain is by analogy, and not yet checked by a clinician.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RESPONSE_VERSION = "response-1"
"""Raise it with every change of a rule or a default here or in `session`."""

UNKNOWN, GREEN, AMBER, RED = COLOURS = ("unknown", "green", "amber", "red")
"""From the mildest to the most severe. Unknown is not green: nobody said enough."""

# How long tingling lasted after a nerve glide, and whether symptoms moved along the leg.
TINGLING_FROM_1_TO_10, TINGLING_OVER_10 = "1_to_10", "over_10"
SPREAD_STAYED = "stayed"

NERVE_GLIDE_TAG = "nerve"
"""The library's tag of everything that moves the nerve: sliders, tensioners and the other glides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseParameters:
    """Pain in points of the 0-10 scale; `rise` is above the pain before. Defaults of table 2.3."""

    version: str = RESPONSE_VERSION
    relative_from: int = 4
    """A start pain from here on is judged by the rise, as a nerve glide always is."""
    amber_from: int = 3
    red_from: int = 6
    amber_rise: int = 2
    red_rise: int = 3
    unsettled_rise: int = 2
    """The leg has not settled if it hurts so much more on the next morning than before the session."""


DEFAULT_RESPONSE = ResponseParameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What was said of one exercise or one session. None is not known, which is not 0; "" was not said.

    before, peak, next_morning: pain 0 to 10. tingling: how long, after a nerve glide. spread: whether the
    symptoms moved along the leg.
    """

    before: int | None = None
    peak: int | None = None
    next_morning: int | None = None
    tingling: str = ""
    spread: str = ""


IN_WORDS = {
    GREEN: "It went well",
    AMBER: "A bit much",
    RED: "Too much",
    UNKNOWN: "We do not know how it went",
}
"""What patients read of each colour."""


@dataclass(frozen=True, slots=True)
class Light:
    """A colour, and each reason for it in a sentence with its numbers, for a therapist."""

    colour: str
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return IN_WORDS[self.colour]


def is_settled(
    before: int | None, next_morning: int | None, parameters: ResponseParameters = DEFAULT_RESPONSE
) -> bool | None:
    """Whether the leg had calmed down by the next morning; None where one of the two was not said."""
    if before is None or next_morning is None:
        return None
    return next_morning < before + parameters.unsettled_rise


def light(
    felt: Felt, *, is_nerve_glide: bool = False, parameters: ResponseParameters = DEFAULT_RESPONSE
) -> Light:
    """The light of one exercise or session. More pain never gives a milder one.

    Where the pain before is not known the rise is not either: then the absolute scale holds, for a nerve
    glide too, and the next morning says nothing. Green takes a known peak. Tingling counts in nerve glides.
    """
    found = [
        _of_the_peak(felt, is_nerve_glide, parameters),
        _of_the_morning(felt, parameters),
        _of_the_spread(felt),
    ]
    if is_nerve_glide:
        found.append(_of_the_tingling(felt))
    return most_severe(found)


def most_severe(lights: Iterable[Light]) -> Light:
    """The most severe of several lights, with the reasons of all that are as severe; unknown for none."""
    known = list(lights)
    worst = max((each.colour for each in known), key=COLOURS.index, default=UNKNOWN)
    reasons = (reason for each in known if each.colour == worst for reason in each.reasons)
    return Light(worst, tuple(dict.fromkeys(reasons)))


def _of_the_peak(felt: Felt, is_nerve_glide: bool, parameters: ResponseParameters) -> Light:
    if felt.peak is None:
        return Light(UNKNOWN)
    if felt.before is not None and (is_nerve_glide or felt.before >= parameters.relative_from):
        rise = felt.peak - felt.before
        words = f"Pain {felt.before} before, {felt.peak} at worst: {_rise_in_words(rise)}."
        return Light(_graded(rise, parameters.amber_rise, parameters.red_rise), (words,))
    return Light(
        _graded(felt.peak, parameters.amber_from, parameters.red_from), (f"Pain {felt.peak} at worst.",)
    )


def _of_the_morning(felt: Felt, parameters: ResponseParameters) -> Light:
    if is_settled(felt.before, felt.next_morning, parameters) is not False:
        return Light(UNKNOWN)
    return Light(RED, (f"Pain {felt.before} before, {felt.next_morning} the next morning: not settled.",))


def _of_the_spread(felt: Felt) -> Light:
    if felt.spread != SPREAD_STAYED:
        return Light(UNKNOWN)
    return Light(RED, ("Symptoms went further down the leg for more than 10 minutes.",))


def _of_the_tingling(felt: Felt) -> Light:
    if felt.tingling == TINGLING_OVER_10:
        return Light(RED, ("Tingling or numbness for more than 10 minutes after a nerve glide.",))
    if felt.tingling == TINGLING_FROM_1_TO_10:
        return Light(AMBER, ("Tingling or numbness for 1 to 10 minutes after a nerve glide.",))
    return Light(UNKNOWN)


def _graded(points: int, amber_from: int, red_from: int) -> str:
    return RED if points >= red_from else AMBER if points >= amber_from else GREEN


def _rise_in_words(rise: int) -> str:
    if rise == 0:
        return "no rise"
    return f"{rise} higher" if rise > 0 else f"{-rise} lower"
