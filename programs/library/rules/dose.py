"""The dose of an exercise: its limits, how long it takes, and how it is said in plain words.

`sides` is one of "together" (both legs at once), "each" (all sets on one side, then the other)
and "alternate" (left and right in turn within a set).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

# Smallest and largest value of each number; the seconds are wide enough for every published dose in use.
DOSE_LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "sets": (1, 10),
    "repetitions": (1, 50),
    "hold_seconds": (0, 120),
    "duration_seconds": (10, 3600),
    "rest_seconds": (0, 300),
    "times_a_day": (1, 6),
    "days_a_week": (1, 7),
}
GETTING_INTO_POSITION_SECONDS: Final = 15
UNTIMED_REPETITION_SECONDS: Final = 3

_TEMPO = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of one exercise to do.

    `repetitions` are counted for each side, also where the sides alternate. `duration_seconds`, where
    given, replaces counting: one set lasts that long. `tempo` is "up-pause-down" in seconds, or empty.
    """

    sets: int
    repetitions: int
    hold_seconds: int
    duration_seconds: int | None
    rest_seconds: int
    times_a_day: int
    days_a_week: int
    tempo: str = ""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """The dose kept in a JSON object; ValueError names everything that is wrong with it."""
        if errors := dose_errors(mapping):
            raise ValueError(" ".join(errors.values()))
        return cls(**mapping)

    def to_mapping(self) -> dict[str, Any]:
        """The dose as a JSON object; `from_mapping` gives the same dose back."""
        return asdict(self)

    def with_changes(self, changes: Mapping[str, Any]) -> Self:
        """This dose with the named fields replaced: a prescription states only what differs."""
        return self.from_mapping({**self.to_mapping(), **changes})


def dose_errors(mapping: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with a dose: field -> one plain sentence. Empty when it can become a `Dose`."""
    errors = {}
    for field, (low, high) in DOSE_LIMITS.items():
        value = mapping.get(field)
        if field == "duration_seconds" and field in mapping and value is None:
            continue
        # bool is a kind of int, and True sets would read as one set
        if type(value) is not int or not low <= value <= high:
            number = "a whole number of seconds" if field.endswith("_seconds") else "a whole number"
            empty = "empty or " if field == "duration_seconds" else ""
            errors[field] = f"{_label(field)} must be {empty}{number} from {low} to {high}."
    if not _is_tempo(mapping.get("tempo", "")):
        errors["tempo"] = "Tempo must be empty or seconds for up, pause and down, such as 2-1-3."
    known = {field.name for field in fields(Dose)}
    return errors | {field: f"A dose has no field {field}." for field in mapping if field not in known}


def seconds_needed(dose: Dose, sides: str) -> int:
    """Seconds for one go at this exercise: getting into position, every set, and the rests between sets.

    "each" doubles sets and rests; "alternate" doubles the counted movements but not the rests.
    """
    one_set = dose.duration_seconds or dose.repetitions * _repetition_seconds(dose)
    if sides == "alternate" and dose.duration_seconds is None:
        one_set *= 2
    one_round = dose.sets * one_set + (dose.sets - 1) * dose.rest_seconds
    return GETTING_INTO_POSITION_SECONDS + one_round * (2 if sides == "each" else 1)


def describe(dose: Dose, sides: str) -> str:
    """The amount in plain words: "3 sets of 10, rest 45 seconds", "Hold 30 seconds, 3 times on each side"."""
    counted_per_side = "" if sides == "together" else " on each side"
    if dose.duration_seconds is not None:
        length = describe_length(dose.duration_seconds) + (" on each side" if sides == "each" else "")
        return _with_rest(length if dose.sets == 1 else f"{dose.sets} sets of {length}", dose)
    if dose.repetitions == 1 and dose.hold_seconds:
        return f"Hold {describe_length(dose.hold_seconds)}, {_times(dose.sets)}{counted_per_side}"
    amount = _times(dose.repetitions) if dose.sets == 1 else f"{dose.sets} sets of {dose.repetitions}"
    hold = f", hold {describe_length(dose.hold_seconds)} each" if dose.hold_seconds else ""
    return _with_rest(f"{amount.capitalize()}{counted_per_side}{hold}", dose)


def describe_frequency(dose: Dose) -> str:
    """How often in plain words: "twice a day, every day"; "once a day, 4 days a week"."""
    days = {1: "1 day a week", 7: "every day"}.get(dose.days_a_week, f"{dose.days_a_week} days a week")
    return f"{_times(dose.times_a_day)} a day, {days}"


def describe_length(seconds: int) -> str:
    """So many seconds in plain words: "90 seconds", "2 minutes 30 seconds"."""
    minutes, rest = divmod(seconds, 60)
    if seconds < 120 and rest:
        minutes, rest = 0, seconds
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((minutes, "minute"), (rest, "second")) if n]
    return " ".join(parts)


def _repetition_seconds(dose: Dose) -> int:
    if tempo := _TEMPO.fullmatch(dose.tempo):
        up, pause, down = map(int, tempo.groups())
        # a hold longer than the pause of the tempo is done in the place of that pause
        return up + max(pause, dose.hold_seconds) + down
    return dose.hold_seconds or UNTIMED_REPETITION_SECONDS


def _is_tempo(value: object) -> bool:
    if not isinstance(value, str):
        return False
    if value == "":
        return True
    tempo = _TEMPO.fullmatch(value)
    return tempo is not None and any(int(seconds) for seconds in tempo.groups())


def _label(field: str) -> str:
    return field.removesuffix("_seconds").replace("_", " ").capitalize()


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _with_rest(amount: str, dose: Dose) -> str:
    return (
        f"{amount}, rest {describe_length(dose.rest_seconds)}"
        if dose.sets > 1 and dose.rest_seconds
        else amount
    )
