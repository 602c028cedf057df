"""From any sequence of reports, answers, taps, decisions and days: what the stage machine never does."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from programs.care.models import Plan, StageChange
from programs.logbook.actions import decide_stage, move_on_when_ready, review_stages
from programs.logbook.models import DailyCheck, GuidedSession
from programs.safety.actions import end_lock
from programs.safety.models import SafetyLock, ScreeningRequest
from tests import makers
from tests.care import plans
from tests.logbook.good_weeks import READY_AT, lived

pytestmark = pytest.mark.once

VERBS = ("advance", "step_back", "hold", "release", "begin_flare", "end_flare")

STEPS = st.sampled_from([1, 1, 1, 2, -1, 0])
"""From the stage a plan is in to the one that is asked for."""

events = st.one_of(
    st.tuples(st.just("days"), st.sampled_from([1, 3, 8, 16])),
    st.tuples(st.just("check"), st.sampled_from([2, 3, 5, 6, 8])),
    st.tuples(st.just("session"), st.integers(0, 10)),
    st.tuples(st.just("answer"), st.sampled_from(["RF01", "RF13", "RF18"])),
    st.tuples(st.just("checked"), st.none()),
    st.tuples(st.just("tap"), STEPS),
    st.tuples(st.just("decide"), st.tuples(st.just("advance"), STEPS)),
    st.tuples(st.just("decide"), st.tuples(st.sampled_from(VERBS), STEPS)),
    st.tuples(st.just("good weeks"), st.none()),
    st.tuples(st.just("sweep"), st.none()),
)


def stage_of(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).stage_number


def act(plan: Plan, event: str, value: object, now: datetime) -> None:
    """One thing that happens; what is refused is refused."""
    patient, bob = plan.patient, plan.assigned_by
    with contextlib.suppress(ValidationError), transaction.atomic():
        match event, value:
            case "check", int(leg):
                makers.daily_check(patient, leg, now=now)
            case "session", int(pain):
                makers.session(Plan.objects.get(pk=plan.pk), at=now, pain=(pain, pain, pain))
            case "answer", str(question):
                makers.answered(patient, at=now, **{question: "yes"})
            case "checked", _:
                lock = SafetyLock.objects.open().filter(patient=patient).first()
                if lock is not None:
                    end_lock(lock=lock, checked_on=now.date(), checked_where="Hospital", by=bob, now=now)
            case "tap", int(steps):
                move_on_when_ready(patient=patient, to_stage=stage_of(plan) + steps, now=now)
            case "decide", (str(verb), int(steps)):
                to_stage = stage_of(plan) + steps
                decide_stage(plan=plan, verb=verb, by=bob, reason="Seen.", to_stage=to_stage, now=now)
            case "good weeks", _:
                lived(Plan.objects.get(pk=plan.pk), until=now)
            case "sweep", _:
                review_stages(now=now)


def worst_of_late(plan: Plan, now: datetime) -> int:
    """Of this local day, and of sessions in the last 24 hours."""
    checks = DailyCheck.objects.filter(patient=plan.patient, recorded_on=now.date())
    sessions = GuidedSession.objects.filter(patient=plan.patient, finished_at__gt=now - timedelta(hours=24))
    return max(
        [
            *checks.values_list("worst_leg_pain", flat=True),
            *sessions.values_list("pain_peak", flat=True),
            0,
        ]
    )


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(st.lists(events, min_size=4, max_size=14))
@example([("check", 8), ("decide", ("advance", 1))])
@example([("session", 7), ("decide", ("advance", 1))])
@example([("answer", "RF01"), ("decide", ("advance", 1))])
@example([("answer", "RF13"), ("decide", ("advance", 1))])
@example([("good weeks", None), ("check", 6), ("tap", 1)])
@example([("good weeks", None), ("tap", 1), ("tap", 1)])
@example([("decide", ("advance", 1)), ("decide", ("advance", 1))])
@example([("session", 7), ("days", 1), ("decide", ("advance", 1))])
def test_what_the_machine_never_does(clinic, bob, story):
    with transaction.atomic():
        patient = makers.patient(clinic, f"p{uuid4().hex[:8]}", cared_for_by=bob)
        plan = plans.in_stage(makers.plan(patient, bob), 2, since=makers.NOON)
        now = READY_AT
        for event, value in story:
            now += timedelta(days=value) if event == "days" else timedelta(minutes=10)
            before = stage_of(plan)
            known = set(plan.stage_changes.values_list("pk", flat=True))
            locked = SafetyLock.objects.open().filter(patient=patient).exists()
            stored = GuidedSession.objects.filter(patient=patient).count()
            act(plan, event, value, now)
            after = stage_of(plan)
            new = plan.stage_changes.exclude(pk__in=known)
            assert abs(after - before) <= 1
            assert 1 <= after <= 4
            assert new.filter(kind__in=("advance", "step_back")).count() == abs(after - before)
            if after > before:
                (move,) = new.filter(kind=StageChange.Kind.ADVANCE)
                assert event in ("tap", "decide")
                assert move.decided_by in (patient, bob)
                assert worst_of_late(plan, now) < 6
                assert not ScreeningRequest.objects.open().filter(patient=patient).exists() or (
                    move.decided_by == bob
                )
                of_today = plan.stage_changes.filter(kind=StageChange.Kind.ADVANCE, at__date=now.date())
                assert of_today.count() == 1
                assert not locked
                if move.decided_by == patient:
                    assert {each["state"] for each in move.criteria} == {"met"}
            if event == "session":
                assert GuidedSession.objects.filter(patient=patient).count() == stored + 1
        transaction.set_rollback(True)
