"""The sessions that took place, read once for all that a day asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from programs.accounts.models import User
from programs.care.queries import CurrentPlan
from programs.logbook.models import ExerciseResult, GuidedSession, MorningCheck

# Long enough for every pause after which a plan goes on in the same stage.
_LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DoneSession:
    """A session with what was tried in it, and what pain was said of.

    `is_whole`: all of it was done; what was left out on advice does not make it less. `next_morning` is the
    worst pain that was said of the morning after, None where nothing was.
    """

    session: GuidedSession
    plan_id: UUID
    is_whole: bool
    next_morning: int | None

    @property
    def was_tried(self) -> bool:
        """At least a part of one exercise was done."""
        return any(each.outcome != ExerciseResult.Outcome.SKIPPED for each in self.session.results.all())


def done_sessions(
    patient: User, current: CurrentPlan | None, day: date, since: date | None = None
) -> list[DoneSession]:
    """The sessions of the plan that the doses of `day` depend on, and all of the patient from `since` on;
    oldest first, in two queries. Ask only for a patient the caller may see.

    The doses depend on the latest sessions, and on all of the same stage.
    """
    wanted = Q() if since is None else Q(performed_on__gte=since)
    if current is not None:
        lately = Q(stage_number=current.stage.number) | Q(performed_on__gte=day - _LOOK_BACK)
        wanted |= Q(plan_version__plan=current.plan) & lately
    sessions: Any = (
        GuidedSession.objects.filter(wanted, patient=patient)
        .annotate(
            plan_id=F("plan_version__plan"),
            is_whole=Exists(_ANY) & ~Exists(_NOT_DONE),
            next_morning=_NEXT_MORNING,
        )
        .prefetch_related(Prefetch("results", _TOLD))
        .order_by("started_at", "id")
    )
    return [DoneSession(each, each.plan_id, each.is_whole, each.next_morning) for each in sessions]


_SKIPPED = Q(outcome=ExerciseResult.Outcome.SKIPPED)
_TOLD = (
    ExerciseResult.objects.exclude(_SKIPPED, pain_peak=None)
    .select_related("exercise")
    .only(
        *("session", "position", "outcome", "pain_peak", "tingling", "spread"),
        *("exercise__slug", "exercise__name", "exercise__tags"),
    )
)
_ANY = ExerciseResult.objects.filter(session=OuterRef("pk"))
_NOT_DONE = _ANY.exclude(outcome=ExerciseResult.Outcome.DONE).exclude(_SKIPPED, advised_share=0)
_NEXT_MORNING = Subquery(
    MorningCheck.objects.filter(patient=OuterRef("patient"), about_on=OuterRef("performed_on"))
    .order_by("-pain")
    .values("pain")[:1]
)
