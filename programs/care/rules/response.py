"""How an exercise or a session was borne: green, amber or red, during it and on the next morning.

Two scales are in use. The absolute one calls pain up to 2 safe, up to 5 acceptable and more than that too
much; it comes from people with Achilles pain who kept on running under it (Thomee 1997, Phys Ther 77:1690;
Silbernagel 2007, Am J Sports Med 35:897). Who starts with much pain would be red in every set on it, so that
from a start of 4 on only the rise counts, as it always does where a nerve is moved. That either holds for
nerve pain is by analogy, and not yet checked by a clinician.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

RESPONSE_VERSION = "response-2"
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

    before, peak, next_morning: pain 0 to 10. worst: the worst that was said of it at all, where that may be
    more than its peak: it is what a patient reads, and changes no colour. tingling: how long, after a nerve
    glide. spread: whether the symptoms moved along the leg.
    """

    before: int | None = None
    peak: int | None = None
    worst: int | None = None
    next_morning: int | None = None
    tingling: str = ""
    spread: str = ""
    is_stopped: bool = False
    """It was stopped because it hurt more."""


IN_WORDS = {
    GREEN: "It went well",
    AMBER: "A bit much",
    RED: "Too much",
    UNKNOWN: "We do not know how it went",
}
"""What patients read of each colour."""

DID_NOT_RISE, HARDLY_ROSE = "It did not go up", "It did not go up much"
"""Of a green light where the pain was high: nobody with a pain of 8 reads that it went well."""
MORE_AFTER = "It hurt more after"
"""Of a green light where the pain rose once the exercises were over, which no row of the table judges."""
NO_MORE_YET = "No more than this for now"
"""Of an amber light where the pain did not go up: what did nothing was not a bit much."""

_SAID = (
    IN_WORDS[UNKNOWN],
    IN_WORDS[GREEN],
    DID_NOT_RISE,
    HARDLY_ROSE,
    MORE_AFTER,
    NO_MORE_YET,
    IN_WORDS[AMBER],
    IN_WORDS[RED],
)
"""All of these from the mildest to the most severe."""


@dataclass(frozen=True, slots=True)
class Light:
    """A colour, and each reason for it in a sentence with its numbers: `reasons` are for a therapist.

    own_words: what a patient reads of it where it is not what they read of the colour.
    """

    colour: str
    reasons: tuple[str, ...] = ()
    for_patient: tuple[str, ...] = ()
    own_words: str = ""

    @property
    def words(self) -> str:
        """What a patient reads of it, in a few words."""
        return self.own_words or IN_WORDS[self.colour]

    def of(self, name: str) -> Light:
        """The same as part of a session: a patient is told the name of the exercise that it is about."""
        named = tuple(f"{name}: {each[0].lower()}{each[1:]}" for each in self.for_patient)
        return replace(self, for_patient=named)


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
        _of_the_stop(felt),
    ]
    if is_nerve_glide:
        found.append(_of_the_tingling(felt))
    return most_severe(found)


def most_severe(lights: Iterable[Light]) -> Light:
    """The most severe of several lights, with the reasons of all of its colour; unknown for none."""
    known = list(lights)
    worst = max(
        known,
        key=lambda each: (COLOURS.index(each.colour), _SAID.index(each.words)),
        default=Light(UNKNOWN),
    )
    alike = [each for each in known if each.colour == worst.colour]
    return replace(
        worst,
        reasons=tuple(dict.fromkeys(reason for each in alike for reason in each.reasons)),
        for_patient=tuple(dict.fromkeys(reason for each in alike for reason in each.for_patient)),
    )


def above_the_limit(worst: int | None, pain_limit: int) -> str:
    """What a patient reads where pain went above the limit of the plan, whatever the light; else ""."""
    if worst is None or worst <= pain_limit:
        return ""
    return f"Your pain was above {pain_limit}, the limit of your plan. Your care team can see this."


def _of_the_peak(felt: Felt, is_nerve_glide: bool, parameters: ResponseParameters) -> Light:
    before, peak = felt.before, felt.peak
    if peak is None:
        return Light(UNKNOWN)
    worst = max(peak, felt.worst or 0)
    if before is not None and (is_nerve_glide or before >= parameters.relative_from):
        rise = peak - before
        colour = _graded(rise, parameters.amber_rise, parameters.red_rise)
        reason = f"Pain {before} before, {peak} at worst: {_rise_in_words(rise)}."
        own_words = _own_words(colour, before, worst, parameters)
        return Light(colour, (reason,), (_peak_for_patient(before, worst),), own_words)
    colour = _graded(peak, parameters.amber_from, parameters.red_from)
    for_patient = [_peak_for_patient(before, worst)]
    if colour == AMBER:
        for_patient.append(f"With {parameters.amber_from} or more, do the same next time, not more.")
    own_words = _own_words(colour, before, worst, parameters)
    return Light(colour, (f"Pain {peak} at worst.",), (" ".join(for_patient),), own_words)


def _own_words(colour: str, before: int | None, worst: int, parameters: ResponseParameters) -> str:
    """What a patient reads where the words of the colour would say more than was said."""
    if colour == AMBER and before is not None and worst <= before:
        return NO_MORE_YET
    if colour != GREEN or worst < parameters.amber_from:
        return ""
    if before is None or worst >= before + parameters.amber_rise:
        return MORE_AFTER
    return HARDLY_ROSE if worst > before else DID_NOT_RISE


def _of_the_morning(felt: Felt, parameters: ResponseParameters) -> Light:
    if is_settled(felt.before, felt.next_morning, parameters) is not False:
        return Light(UNKNOWN)
    return Light(
        RED,
        (f"Pain {felt.before} before, {felt.next_morning} the next morning: not settled.",),
        (f"Your pain was {felt.before} before, and {felt.next_morning} the next morning.",),
    )


def _of_the_spread(felt: Felt) -> Light:
    if felt.spread != SPREAD_STAYED:
        return Light(UNKNOWN)
    return Light(
        RED,
        ("Symptoms went further down the leg for more than 10 minutes.",),
        ("It went further down your leg for more than 10 minutes.",),
    )


def _of_the_stop(felt: Felt) -> Light:
    """Whoever had to stop has done what red asks for, whatever number was said of it."""
    if not felt.is_stopped:
        return Light(UNKNOWN)
    return Light(RED, ("Stopped because it hurt more.",), ("You stopped because it hurt more.",))


def _of_the_tingling(felt: Felt) -> Light:
    if felt.tingling == TINGLING_OVER_10:
        return Light(
            RED,
            ("Tingling or numbness for more than 10 minutes after a nerve glide.",),
            ("It tingled or went numb for more than 10 minutes.",),
        )
    if felt.tingling == TINGLING_FROM_1_TO_10:
        return Light(
            AMBER,
            ("Tingling or numbness for 1 to 10 minutes after a nerve glide.",),
            ("It tingled or went numb for 1 to 10 minutes.",),
        )
    return Light(UNKNOWN)


def _peak_for_patient(before: int | None, peak: int) -> str:
    if before is None:
        return f"Your pain was {peak} at worst."
    if peak > before:
        return f"At its worst, your pain went up by {peak - before}, from {before} to {peak}."
    return f"Your pain was {before} before, and {peak} at worst."


def _graded(points: int, amber_from: int, red_from: int) -> str:
    return RED if points >= red_from else AMBER if points >= amber_from else GREEN


def _rise_in_words(rise: int) -> str:
    if rise == 0:
        return "no rise"
    return f"{rise} higher" if rise > 0 else f"{-rise} lower"
