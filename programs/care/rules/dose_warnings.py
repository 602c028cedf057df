"""What to think over before doses are raised: sentences for a therapist, who decides.

Of sets, repeats, hold and load only one at a time is raised, by about 10 to 20 %, and a session has its
limits (clinical fact base, 6.1). These are a proposal, not yet checked by a clinician, and nothing is refused
because of them. A dose has no load here; how often a day and on how many days of the week is not among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from programs.care.rules.content import PlanStage, PrescribedExercise
from programs.care.rules.session import DEFAULT_SESSION, SessionParameters
from programs.library.rules import Dose, describe_length, seconds_needed

_SETS, _REPEATS, _HOLD, _TIME = "sets", "repeats", "seconds of hold", "seconds"

_A_WEEK = [date.fromordinal(day) for day in range(1, 8)]
"""Seven days in a row: what is planned follows the day of the week."""


def dose_warnings(
    before: PlanStage,
    after: PlanStage,
    walks: Collection[str],
    parameters: SessionParameters = DEFAULT_SESSION,
) -> list[str]:
    """What is steeper than advised in a change of doses, a sentence each; empty where nothing is.

    before, after: the same stage with its old and its new doses. walks: the slugs of its walks, whose minutes
    belong to no session. A day that was too full before and grows no fuller is not said.
    """
    pairs = list(zip(before.exercises, after.exercises, strict=True))
    warnings = [sentence for old, new in pairs for sentence in _too_steep(old, new, parameters)]
    warnings += [
        f"{new.name}: it takes {describe_length(_seconds(new))} now. More than {parameters.most_minutes} "
        "minutes fit into no session, so it is left out."
        for old, new in pairs
        if _fits(old, walks, parameters) and not _fits(new, walks, parameters)
    ]
    fitting = {each.slug for each in after.exercises if _fits(each, walks, parameters)}
    week = list(zip(_sessions(before, fitting), _sessions(after, fitting), strict=True))
    fuller = [len(new) for old, new in week if len(new) > max(parameters.most_exercises, len(old))]
    if fuller:
        warnings.append(
            f"{_days_of_the_week(len(fuller))} up to {max(fuller)} exercises now. More than "
            f"{parameters.most_exercises} do not fit into one session: they take turns."
        )
    minutes = [(_minutes(old, walks), _minutes(new, walks)) for old, new in week]
    longer = [new for old, new in minutes if new > max(parameters.most_minutes, old)]
    if longer:
        warnings.append(
            f"{_days_of_the_week(len(longer))} up to {max(longer)} minutes now, without walks. More than "
            f"{parameters.most_minutes} do not fit into one session: the exercises take turns."
        )
    return warnings


def _too_steep(
    old: PrescribedExercise, new: PrescribedExercise, parameters: SessionParameters
) -> Iterator[str]:
    if (old.dose.duration_seconds is None) != (new.dose.duration_seconds is None):
        # Repeats cannot be held against a time: what counts is how long it takes.
        if _is_steep(_seconds(old), _seconds(new), parameters):
            yield (
                f"{new.name}: it goes up from {describe_length(_seconds(old))} to "
                f"{describe_length(_seconds(new))}. {_STEP.format(parameters.most_rise)}"
            )
        return
    amounts_before = _amounts(old.dose)
    raised = [
        (what, amounts_before[what], amount)
        for what, amount in _amounts(new.dose).items()
        if amount > amounts_before[what]
    ]
    if len(raised) > 1:
        yield f"{new.name}: {_together([what for what, _, _ in raised])} go up. Raise only one at a time."
    for what, less, more in raised:
        if _is_steep(less, more, parameters):
            yield f"{new.name}: {what} go up from {less} to {more}. {_STEP.format(parameters.most_rise)}"


_STEP = "Raise by about 10 to {} % at a time."


def _amounts(dose: Dose) -> dict[str, int]:
    """What makes a dose more: what is done for a time is neither counted nor held."""
    if dose.duration_seconds is not None:
        return {_SETS: dose.sets, _TIME: dose.duration_seconds}
    return {_SETS: dose.sets, _REPEATS: dose.repetitions, _HOLD: dose.hold_seconds}


def _is_steep(less: int, more: int, parameters: SessionParameters) -> bool:
    """Whether it is more than one step. Of small whole numbers one more is always one step."""
    return more > less + 1 and more * 100 > less * (100 + parameters.most_rise)


def _together(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _seconds(exercise: PrescribedExercise) -> int:
    return seconds_needed(exercise.dose, exercise.sides)


def _fits(exercise: PrescribedExercise, walks: Collection[str], parameters: SessionParameters) -> bool:
    """Whether an exercise by itself is short enough for a session."""
    return exercise.slug in walks or _seconds(exercise) <= parameters.most_minutes * 60


def _sessions(stage: PlanStage, slugs: Collection[str]) -> list[list[PrescribedExercise]]:
    """What of these exercises is planned on each day of a week."""
    return [[each for each in stage.planned_on(day) if each.slug in slugs] for day in _A_WEEK]


def _days_of_the_week(count: int) -> str:
    return "1 day of the week has" if count == 1 else f"{count} days of the week have"


def _minutes(exercises: Sequence[PrescribedExercise], walks: Collection[str]) -> int:
    """Whole minutes, rounded up, without the walks."""
    return -(-sum(_seconds(each) for each in exercises if each.slug not in walks) // 60)
