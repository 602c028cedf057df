"""Where a patient stands with the safety questions: for Today, and for the therapist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import User
from programs.library.models import Contraindication
from programs.safety.models import (
    ActionLevel,
    Condition,
    SafetyLock,
    Screening,
    ScreeningAnswer,
    ScreeningRequest,
)
from programs.safety.queries import (
    AnswerLine,
    Holds,
    OpenItem,
    SafetySigns,
    answers_behind,
    holds_of,
    items_of,
    what_is_due,
)
from programs.safety.rules import AGAIN, FIRST, FULL, SESSION, Due

_NEWEST = 5


@dataclass(frozen=True, slots=True)
class SafetyToday:
    """What Today says about safety. A session can be started while nothing is on hold and nothing blocks."""

    holds: Holds
    due: Due

    @property
    def is_emergency(self) -> bool:
        return self.holds.lock is not None and self.holds.lock.level == ActionLevel.EMERGENCY

    @property
    def is_urgent(self) -> bool:
        return self.holds.lock is not None and self.holds.lock.level == ActionLevel.URGENT

    @property
    def may_start(self) -> bool:
        """Whether a session may be started: nothing is on hold, ruled out or to be asked first."""
        return not self.holds.is_stopped and not self.due

    @property
    def lets_speak(self) -> bool:
        """Whether the worsening rules may say their part: beside an emergency nothing else stands."""
        return not self.is_emergency

    @property
    def is_first(self) -> bool:
        return self.due.kind == FIRST

    @property
    def asks_again(self) -> bool:
        """How what stands open is now."""
        return self.due.kind == AGAIN

    @property
    def asks(self) -> bool:
        """Whether questions are due by themselves. The lines before a session wait until one is started."""
        return bool(self.due) and self.due.kind not in (SESSION, AGAIN)

    @property
    def asks_all_anew(self) -> bool:
        """Whether something that was said, or a long time away, has all of them asked again."""
        return self.due.kind == FULL


def safety_today(patient: User, now: datetime, signs: SafetySigns) -> SafetyToday:
    """Ask only for a patient the caller may see."""
    items = items_of(patient, signs=signs)
    return SafetyToday(holds_of(patient, items, signs), what_is_due(patient, now, items, signs))


@dataclass(frozen=True, slots=True)
class ConditionStory:
    """Something the patient has said that rules exercises out; `about` is None for both legs, long known."""

    condition: Condition
    about: Contraindication | None

    @property
    def name(self) -> str:
        return self.about.name if self.about else "Symptoms in both legs, known for long"

    @property
    def effect(self) -> str:
        """What it does to the plan."""
        if self.about is None:
            return "The question about both legs asks whether they are worse than usual."
        return self.about.get_level_display()


@dataclass(frozen=True, slots=True)
class SafetyStory:
    """What a therapist reads: what is on hold and why, what rules exercises out, and when was asked last."""

    lock: SafetyLock | None
    answers: tuple[AnswerLine, ...]
    """Behind the lock."""
    items: tuple[OpenItem, ...]
    has_unseen: bool
    """Something stands open that was said to another clinic."""
    conditions: tuple[ConditionStory, ...]
    ended: tuple[SafetyLock, ...]
    """The newest holds that are over, newest first."""
    last: Screening | None
    """The newest set, answered to its end or not."""
    requests: tuple[ScreeningRequest, ...]
    """Why all questions are asked at the next visit."""

    @property
    def is_quiet(self) -> bool:
        """Nothing stands open. That does not mean that all is well."""
        return self.lock is None and not self.items and not self.has_unseen


def safety_story(patient: User, therapist: User, holds: Holds) -> SafetyStory:
    """`holds` is what the patient's safety answers hold back. Rows of clinics in which `therapist` does not
    care for the patient are left out, but for the locks: a lock keeps the patient from exercising wherever
    they are cared for.
    """
    locks = SafetyLock.objects.visible_to(therapist).filter(patient=patient).select_related("ended_by")
    lock = locks.open().select_related("screening", "patient").first()
    conditions = list(Condition.objects.visible_to(therapist).current().filter(patient=patient))
    slugs = [each.slug for each in conditions]
    about = {row.slug: row for row in Contraindication.objects.filter(slug__in=slugs)} if slugs else {}
    own = Screening.objects.visible_to(therapist).filter(patient=patient)
    items = holds.items
    here = ScreeningAnswer.objects.filter(screening__in=own, question__in=[item.question for item in items])
    seen = set(here.values_list("question", "answered_at")) if items else set()
    items_seen = tuple(item for item in items if (item.question, item.answered_at) in seen)
    return SafetyStory(
        lock=lock,
        answers=tuple(answers_behind(lock, therapist)) if lock else (),
        items=items_seen,
        has_unseen=len(items_seen) < len(items)
        or any(each.slug not in slugs for each in holds.exclusions.blocks),
        conditions=tuple(ConditionStory(each, about.get(each.slug)) for each in conditions),
        ended=tuple(locks.exclude(ended_at=None)[:_NEWEST]),
        last=own.first(),
        requests=tuple(ScreeningRequest.objects.visible_to(therapist).open().filter(patient=patient)),
    )
