"""A check and a session on their way through the pages, what the answers add up to, and the sentences that
sum them up.

Nothing here is stored as a record: a draft lives in the browser's session on the server until its last page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any
from uuid import UUID

from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.session import SessionExercise, TodaysSession

CARRY_ON_FOR = timedelta(hours=12)
"""A session left for longer can still be saved, but not taken up again: it takes 12 hours at most."""

CHECK_KEY, WEEKLY_KEY, SESSION_KEY = "daily_check", "weekly_check", "guided_session"
STAGE_TEST_KEY, DIRECTION_KEY = "stage_test", "direction_check"
MORNING_KEY = "morning_check"
PAPER_KEY, SHORT_KEY = "paper_session", "short_session"
INTAKE_KEY = "about_your_pain"
"""Where the browser's session keeps each draft."""

SKIPPED, STOPPED = "skipped", "stopped"

REGIONS = ("low_back", "buttock", "thigh", "calf", "foot")
"""Where symptoms along the sciatic nerve are felt, from the back down one leg. The place of a region in this
row, from 1, is its rank; rank 0 is nowhere."""

BILATERAL_FROM = REGIONS.index("thigh") + 1
"""The rank from which symptoms are in the leg itself, and not only in the back or round the hip."""

BILATERAL_IS_NEW_AFTER = timedelta(days=14)
"""For how long checks have to name one leg at most until both legs are news again: as long as a pause after
which every safety question is asked anew."""

SIDES = ("left", "right")

WEEK = timedelta(days=7)

HIGHEST_BOTHER = 6
"""How much a symptom bothers: from 0, not at all, to 6, extremely."""

UNDER_10, FROM_10_TO_60, OVER_60 = SETTLES_WITHIN = ("under_10", "10_to_60", "over_60")
"""Minutes until a leg that was stirred up calms down."""

_, FROM_10_TO_30, OVER_30 = SITTING_BEFORE_PAIN = ("under_10", "10_to_30", "over_30")
"""Minutes of sitting before it hurts; over 30 is where sitting that long is fine."""

BROKEN_SLEEP_FROM = 3
"""Nights of the last 7, broken by leg pain, from which irritability is high."""

LOW, MEDIUM, HIGH = IRRITABILITY = ("low", "medium", "high")

_IN_WORDS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """The answers to a check so far, by question, on the local day they are about.

    An answer is a whole number, a choice, the regions that were named on each side, or None for what the
    patient would rather not say; a question not yet answered is absent.
    """

    check_id: UUID
    day: date
    answers: Mapping[str, Any] = field(default_factory=dict)

    def with_answer(self, question: str, answer: Any) -> CheckDraft:
        return replace(self, answers={**self.answers, question: answer})

    def first_open(
        self, questions: Sequence[str], is_asked: Callable[[str, Mapping[str, Any]], bool]
    ) -> int | None:
        """The number, from 1, of the first question that is asked after these answers and has none yet."""
        return next(
            (
                number
                for number, question in enumerate(questions, 1)
                if question not in self.answers and is_asked(question, self.answers)
            ),
            None,
        )

    def to_json(self) -> dict[str, Any]:
        return {"check_id": str(self.check_id), "day": self.day.isoformat(), "answers": dict(self.answers)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> CheckDraft:
        return cls(UUID(values["check_id"]), date.fromisoformat(values["day"]), values["answers"])


def begun_on(draft: Mapping[str, Any] | None, today: date) -> date:
    """The day that a check about a whole week is about: yesterday, if it was begun then and not finished."""
    yesterday = today - timedelta(days=1)
    return yesterday if draft and CheckDraft.from_json(draft).day == yesterday else today


@dataclass(frozen=True, slots=True)
class ResultDraft:
    """How one exercise went, by side, and what was felt in it; None and "" where that was not said."""

    outcomes: Mapping[str, str]
    pain_peak: int | None = None
    tingling: str = ""

    def outcome(self, side: str) -> str:
        return self.outcomes.get(side, SKIPPED)


NOTHING_DONE = ResultDraft({})


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """A session under way, tied to the plan version it began with.

    todays: the session as it was shown when it began: it stays so until its end, but for what a safety answer
    rules out meanwhile. pain: 0-10 by question, None
    where the patient would rather not say; a question not yet asked is absent. results: by exercise.
    `changed_at`: when the last exercise was written down.
    """

    session_id: UUID
    version_id: UUID
    stage_number: int
    started_at: datetime
    changed_at: datetime
    todays: TodaysSession
    pain: Mapping[str, int | None] = field(default_factory=dict)
    results: Mapping[str, ResultDraft] = field(default_factory=dict)

    @property
    def is_short(self) -> bool:
        """Whether the patient had time for a part of it only."""
        return bool(self.todays.set_aside)

    def with_pain(self, question: str, score: int | None) -> SessionDraft:
        return replace(self, pain={**self.pain, question: score})

    def with_result(self, exercise: str, result: ResultDraft, at: datetime) -> SessionDraft:
        return replace(self, results={**self.results, exercise: result}, changed_at=at)

    def without(self, ruled_out: Mapping[str, str]) -> SessionDraft:
        """The same without some exercises that are not done yet, by slug with the sentence that says why."""
        return replace(self, todays=self.todays.without(ruled_out))

    def can_go_on(self, now: datetime) -> bool:
        return now - self.started_at < CARRY_ON_FOR

    @property
    def first_open(self) -> int | None:
        """The number, from 1, of the first exercise that nothing was written down for."""
        slugs = [each.prescribed.slug for each in self.todays.exercises]
        return next((n for n, slug in enumerate(slugs, 1) if slug not in self.results), None)

    def result_of(self, exercise: SessionExercise) -> ResultDraft:
        """How an exercise went; what nothing was written down for was left out."""
        return self.results.get(exercise.prescribed.slug, NOTHING_DONE)

    def to_json(self) -> dict[str, Any]:
        return {
            "session_id": str(self.session_id),
            "version_id": str(self.version_id),
            "stage_number": self.stage_number,
            "started_at": self.started_at.isoformat(),
            "changed_at": self.changed_at.isoformat(),
            "todays": self.todays.to_json(),
            "pain": dict(self.pain),
            "results": {slug: asdict(result) for slug, result in self.results.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> SessionDraft:
        return cls(
            session_id=UUID(values["session_id"]),
            version_id=UUID(values["version_id"]),
            stage_number=values["stage_number"],
            started_at=datetime.fromisoformat(values["started_at"]),
            changed_at=datetime.fromisoformat(values["changed_at"]),
            todays=TodaysSession.from_json(values["todays"]),
            pain=values["pain"],
            results={slug: ResultDraft(**result) for slug, result in values["results"].items()},
        )


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A session done on paper, on a local day, while its pain is asked. is_whole: all of it was done.

    is_stopped: it hurt more and was stopped; hurt: the exercise that did, "" where that is not known.
    """

    session_id: UUID
    day: date
    is_whole: bool
    is_stopped: bool = False
    hurt: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"session_id": str(self.session_id), "day": self.day.isoformat()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> PaperDraft:
        known = {"session_id": UUID(values["session_id"]), "day": date.fromisoformat(values["day"])}
        return cls(**{**values, **known})


def exercises_for(stage: PlanStage, day: date) -> tuple[PrescribedExercise, ...]:
    """What a session on `day` goes through: what is planned, or on a rest day the whole stage."""
    return stage.planned_on(day) or stage.exercises


def distal_rank(reach: int | None, tingling_numbness: Collection[str] | None) -> int | None:
    """The rank, 0 to 5, of the furthest place down one leg that pain, tingling or numbness is known to reach.

    reach: what the ladder was answered, 0 to 5; tingling_numbness: the regions named; None where not asked.
    None where neither tells: without the ladder nobody was asked how far the pain goes, so no tingling is not
    "nowhere". Symptoms of either kind count, because their furthest place drawing back towards the spine goes
    with a better course (Aina et al. 2004, Man Ther 9:134; Albert et al. 2012, Eur Spine J 21:630).
    """
    ranks = [REGIONS.index(region) + 1 for region in tingling_numbness or ()]
    if reach is not None:
        ranks.append(reach)
    return max(ranks, default=None)


def is_bilateral(left: int | None, right: int | None) -> bool:
    """Whether symptoms are known to reach below the hip on both sides, by the distal rank of each.

    None, not known, is never counted as symptoms. In both legs at once, and new, they are a reason to go to
    the emergency department at once: they can come from the nerves to bladder and bowel (NHS 111 Wales,
    Sciatica; NHS Lothian RefHelp, Serious lumbar spine conditions). Whether they are new only the patient
    can tell, who may have been seen about both legs long ago, as many with stenosis have.
    """
    return left is not None and right is not None and min(left, right) >= BILATERAL_FROM


def irritability(
    settles_within: str | None, nights_broken: int | None, sitting_before_pain: str | None
) -> str | None:
    """How easily the leg is stirred up and how long it takes to calm down: low, medium or high.

    settles_within, sitting_before_pain: of `SETTLES_WITHIN` and `SITTING_BEFORE_PAIN`; nights_broken: 0 to 7
    of the last 7 nights. Any one sign is enough for high, and low needs all of them; so where an answer is
    missing, None, what is left can show that it is high and nothing else. That a leg is judged by what stirs
    it up and how long it takes to settle is Maitland's idea (Wilson et al. 2024, J Man Manip Ther 32:400);
    the limits are a proposal, not yet checked by a clinician.
    """
    broken_sleep = nights_broken is not None and nights_broken >= BROKEN_SLEEP_FROM
    if settles_within == OVER_60 or sitting_before_pain == UNDER_10 or broken_sleep:
        return HIGH
    if settles_within is None or nights_broken is None or sitting_before_pain is None:
        return None
    return LOW if (settles_within, sitting_before_pain) == (UNDER_10, OVER_30) else MEDIUM


def bothersomeness(*items: int | None) -> int | None:
    """What four symptoms bother together, 0 to 24; None where one of them, each 0 to 6, was not said.

    The range and the sum are those of the Sciatica Bothersomeness Index (Grovle et al. 2010, Eur Spine J
    19:263); the questions are our own.
    """
    said = [item for item in items if item is not None]
    return sum(said) if len(said) == len(items) else None


def weekly_check_due_on(started_on: date, last_on: date | None) -> date:
    """The local day from which the Weekly check is due: a week after the last one, and the first time a week
    after the plan started. A change of plan does not make anybody wait anew.
    """
    return (last_on or started_on) + WEEK


def pain_change(before: int | None, after: int | None) -> str:
    """What the two scores of a session say, and no more: "Pain 4 before, 3 after. That is one lower."."""
    if before is None and after is None:
        return ""
    if before is None:
        return f"Pain {after} after."
    if after is None:
        return f"Pain {before} before."
    if before == after:
        change = "the same"
    else:
        change = f"{_IN_WORDS[abs(after - before)]} {'lower' if after < before else 'higher'}"
    return f"Pain {before} before, {after} after. That is {change}."


def short_day(done: int, partly: int, planned: int) -> str:
    """How much of a day's exercises a short session was, and that it counts all the same."""
    begun = f", {partly} in part" if partly else ""
    return f"{done} of {planned} done{begun}. A short day counts." if done or partly else ""


def day_in_words(day: date, today: date) -> str:
    """A day of the coming week: "tomorrow, Saturday", "on Monday"."""
    return f"tomorrow, {day:%A}" if day - today == timedelta(days=1) else f"on {day:%A}"


def worst_pain_in_words(scores: Sequence[int], days: int) -> str:
    """Where the worst pain of the days that were reported lay; says nothing of the days that were not."""
    if not scores:
        return f"No daily checks in these {days} days."
    reported = f"Checks on {len(scores)} of {days} days."
    if len(scores) == 1:
        return f"{reported} Your worst leg pain was {scores[0]}."
    low, high = min(scores), max(scores)
    if low == high:
        return f"{reported} Your worst leg pain was {low} each time."
    return f"{reported} Your worst leg pain was {low} to {high}. The middle score was {median_low(scores)}."
