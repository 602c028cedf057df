"""Who may move a plan between its stages, and when: decisions with their reasons, and nothing that remembers.

Moving on takes a person's tap, always. The rules by themselves only make a guided plan easier: they lay the
flare plan over it and take it off, and step back after a flare that did not settle and after a long pause.
Nothing moves more than one stage, and nothing moves on, on a day with much pain or under a warning sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from programs.care.rules.criteria import Readiness

READY = "ready"
"""The patient's own tap."""

ADVANCE, STEP_BACK, HOLD, RELEASE, BEGIN_FLARE, END_FLARE = THERAPIST_VERBS = (
    "advance",
    "step_back",
    "hold",
    "release",
    "begin_flare",
    "end_flare",
)
VERBS = (READY, *THERAPIST_VERBS)

ABSENT_AFTER_DAYS = 14
"""After more days than this without a session a plan goes on one stage lower. Default of the clinical fact
base, not yet checked by a clinician."""

LAST_STAGE = "There is no stage to move on to."
FIRST_STAGE = "This is the first stage already."
IN_FLARE = "The flare plan goes first. End it, then move on."
IS_HELD = "This plan is held in its stage. Release it first."
SAY_WHY = "Write why."
NOT_A_VERB = "Choose one of the things that can be done."
OVERRIDE = "Not everything is met. Write why you move on all the same."

IN_FLARE_FOR_PATIENT = "Your flare plan goes first. You can move up once it has ended."
HELD_FOR_PATIENT = "Your care team keeps you in this stage for now."
DIARY_FOR_PATIENT = "Nobody watches your scores now. Talk with your care team before you move up."
NOT_YET_FOR_PATIENT = "Not all is done yet. Look at what is left."
NOT_TODAY_FOR_PATIENT = "Today is not a day to move up. You can try again on another day."


@dataclass(frozen=True, slots=True)
class StageStanding:
    """Where a plan stands. next_stage: the number of the stage after this one, None where nothing comes."""

    stage: int
    next_stage: int | None
    is_held: bool
    in_flare: bool
    is_guided: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether what was asked for may be done; why not, in sentences for whoever asked.

    to_stage: where it leads, the same stage where nothing moves.
    """

    to_stage: int
    refusals: tuple[str, ...] = ()
    needs_reason: str = ""
    """That a reason is missing, in a sentence; empty where one was given or none is needed."""

    @property
    def is_allowed(self) -> bool:
        return not self.refusals and not self.needs_reason


def decide_ready(standing: StageStanding, readiness: Readiness) -> Decision:
    """Whether the patient's own tap moves them on: only where everything is met."""
    refusals = []
    if standing.next_stage is None:
        refusals.append(LAST_STAGE)
    if standing.in_flare:
        refusals.append(IN_FLARE_FOR_PATIENT)
    if standing.is_held:
        refusals.append(HELD_FOR_PATIENT)
    if not standing.is_guided:
        refusals.append(DIARY_FOR_PATIENT)
    if readiness.never:
        refusals.append(NOT_TODAY_FOR_PATIENT)
    elif not readiness.is_ready:
        refusals.append(NOT_YET_FOR_PATIENT)
    return Decision(standing.next_stage or standing.stage, tuple(refusals))


def decide_advance(standing: StageStanding, readiness: Readiness, reason: str) -> Decision:
    """Whether a therapist moves a plan on: though criteria are open, with a reason; but what forbids it to
    everybody, no reason overrides."""
    refusals = list(readiness.never)
    if standing.next_stage is None:
        refusals.append(LAST_STAGE)
    if standing.in_flare:
        refusals.append(IN_FLARE)
    if standing.is_held:
        refusals.append(IS_HELD)
    why = SAY_WHY if readiness.is_ready else OVERRIDE
    return Decision(standing.next_stage or standing.stage, tuple(refusals), "" if reason.strip() else why)


def may_advance(standing: StageStanding, readiness: Readiness) -> bool:
    """Whether a therapist can move a plan on, be it with a reason."""
    return not decide_advance(standing, readiness, "").refusals


def decide_step_back(standing: StageStanding, reason: str) -> Decision:
    """Whether a therapist makes a plan easier by one stage: always, where there is one, with a reason."""
    refusals = (FIRST_STAGE,) if standing.stage <= 1 else ()
    return Decision(max(1, standing.stage - 1), refusals, "" if reason.strip() else SAY_WHY)


def steps_back_after_absence(
    *,
    last_session_on: date | None,
    stage_began_on: date,
    withheld_until: date | None,
    stepped_back_on: date | None,
    today: date,
) -> bool:
    """Whether a plan goes on one stage lower, because of more than 14 days without a session in it.

    Days up to `withheld_until`, on which sessions were on hold or ruled out, are nobody's absence. One step
    for each pause: not again after the rules have stepped back since the last session.
    """
    last = max(day for day in (last_session_on, stage_began_on, withheld_until) if day is not None)
    if (today - last).days <= ABSENT_AFTER_DAYS:
        return False
    if stepped_back_on is None:
        return True
    return last_session_on is not None and stepped_back_on < last_session_on
