"""A telephone, the server, and all that can happen between them: nothing is lost, nothing is there twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from programs.accounts.models import User
from programs.care.actions import change_doses
from programs.care.models import Plan
from programs.exchange.actions import close_left_sessions, take_in
from programs.exchange.models import ClientEvent
from programs.exchange.rules import DISCARDED, ENDED, SessionEvent, Summary, summarise
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.safety.models import ScreeningAnswer, ScreeningRequest
from tests import makers
from tests.exchange.telephone import Event, Session, screening

TABLES = (ClientEvent, GuidedSession, ExerciseResult, ScreeningAnswer, ScreeningRequest)
TAPS = st.sampled_from(
    [
        ("stopped", {}),
        ("gone_on", {}),
        ("paused", {"reason": "user"}),
        ("resumed", {}),
        ("back", {}),
        ("skip_asked", {}),
        ("skipped", {"reason": "pain"}),
        ("skipped", {"reason": ""}),
        ("glance", {"answer": "much"}),
        ("symptom", {"what": "numbness"}),
        ("cleared", {}),
        ("parked", {}),
        ("carried_on", {}),
        ("ended", {}),
        ("saved", {}),
        ("saved", {}),
        ("locked", {}),
        ("discarded", {}),
        ("answered", {"question": "pain_peak", "value": 7}),
        ("answered", {"question": "pain_peak", "value": None}),
        ("answered", {"question": "spread", "value": "stayed"}),
        ("answered", {"question": "effort", "value": "hard"}),
        ("answered", {"question": "note", "value": "It pulled."}),
    ]
)
FATES = st.sampled_from(["heard", "heard", "heard", "dropped on the way", "dropped after the commit"])


class TelephoneAndServer(RuleBasedStateMachine):
    """events: all that was ever written down. waiting: what the telephone was not told to be stored."""

    def __init__(self, plan: Plan, therapist: User) -> None:
        super().__init__()
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.plan, self.patient, self.now = plan, plan.patient, makers.NOON
        self.therapist = therapist
        self.wrong_by = timedelta()
        self.sessions: list[Session] = []
        self.waiting: list[Event] = []
        self.events: dict[str, Event] = {}

    def teardown(self) -> None:
        try:
            self.everything_arrives()
        finally:
            transaction.set_rollback(True)
            self.all_of_it.__exit__(None, None, None)

    # --- what the patient does ---

    @precondition(lambda self: len(self.sessions) < 3)
    @rule()
    def begin(self) -> None:
        self.sessions.append(Session(self.plan, at=self.now + self.wrong_by, exercises=2))
        self.write_down()

    @precondition(lambda self: self.sessions)
    @rule(steps=st.integers(1, 4))
    def go(self, steps: int) -> None:
        self.sessions[-1].go(steps)
        self.write_down()

    @precondition(lambda self: self.sessions)
    @rule(tap=TAPS, number=st.integers(0, 2))
    def tap(self, tap: tuple[str, dict[str, Any]], number: int) -> None:
        self.sessions[number % len(self.sessions)].write(*tap)
        self.write_down()

    @precondition(lambda self: self.sessions)
    @rule(is_sent_before_the_questions=st.booleans())
    def finish(self, is_sent_before_the_questions: bool) -> None:
        self.sessions[-1].done()
        self.write_down()
        if is_sent_before_the_questions:
            self.take_in(self.waiting)
            self.waiting = []
        self.sessions[-1].answered()
        self.write_down()

    @rule()
    def answer_safety_questions(self) -> None:
        self.keep(screening(at=self.now + self.wrong_by, RF01="no"))

    @rule(hours=st.integers(-48, 48))
    def clock_jumps(self, hours: int) -> None:
        self.wrong_by = timedelta(hours=hours)
        for session in self.sessions:
            session.at += self.wrong_by

    @rule()
    def the_plan_changes_meanwhile(self) -> None:
        version = makers.version(self.plan)
        first = version.stage(1).exercises[0]
        more = first.dose.with_changes({"repetitions": (first.dose.repetitions or 0) % 20 + 1})
        change_doses(
            plan=self.plan,
            stage_number=1,
            doses={first.slug: more},
            based_on=version.number,
            by=self.therapist,
            note="",
            now=self.now,
        )

    @rule(hours=st.integers(1, 14))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        close_left_sessions(self.now)

    def write_down(self) -> None:
        for session in self.sessions:
            for event in session.events:
                if event["id"] not in self.events:
                    self.keep(event)

    def keep(self, event: Event) -> None:
        self.events[event["id"]] = event
        self.waiting.append(event)

    # --- what the network does ---

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), fate=FATES, is_doubled=st.booleans())
    def send(self, data: st.DataObject, fate: str, is_doubled: bool) -> None:
        order = data.draw(st.permutations(range(len(self.waiting))))
        picked = order[: data.draw(st.integers(1, len(order)))]
        batch = [self.waiting[number] for number in picked]
        if fate == "dropped on the way":
            return
        sent = batch * 2 if is_doubled else batch
        results = self.take_in(sent)
        assert set(results) <= {"stored", "duplicate"}
        if is_doubled:
            assert set(results[len(batch) :]) == {"duplicate"}
        if fate == "heard":
            told = {event["id"] for event in batch}
            self.waiting = [event for event in self.waiting if event["id"] not in told]

    @rule(data=st.data())
    def send_again_what_was_told_to_be_stored(self, data: st.DataObject) -> None:
        there = {str(pk) for pk in ClientEvent.objects.values_list("pk", flat=True)}
        known = [event for event in self.events.values() if event["id"] in there]
        if known:
            before = everything()
            again = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=5))
            assert set(self.take_in(again)) == {"duplicate"}
            assert everything() == before

    def take_in(self, events: list[Event]) -> list[str]:
        call = partial(take_in, patient=self.patient, device_id=None, now=self.now)
        sent_at: datetime = self.now + self.wrong_by
        return [each.result for each in call(sent_at=sent_at, events=events)]

    # --- what has to come of it ---

    def everything_arrives(self) -> None:
        self.take_in(self.waiting)
        before = everything()

        assert set(self.take_in(list(self.events.values()))) <= {"duplicate"}
        assert everything() == before
        assert {str(event["id"]) for event in before[0]} == set(self.events)
        for session in self.sessions:
            self.is_as_it_was(session)
        assert GuidedSession.objects.count() <= len(self.sessions)

    def is_as_it_was(self, session: Session) -> None:
        stored = GuidedSession.objects.filter(pk=session.id).first()
        summary = summary_of(session, is_left=stored is not None)
        assert stored is not None or summary.ending not in ENDED
        if stored is None or summary.ending == DISCARDED:
            return
        assert str(stored.plan_version_id) == session.start["plan_version"]
        for field in ("pain_before", "pain_peak", "pain_after", "spread", "effort", "note"):
            assert getattr(stored, field) == getattr(summary, field)
        results = stored.results.values_list("exercise__slug", "side", "outcome", "advised_share")
        assert set(results) == {
            (each.exercise, each.side, each.outcome, each.advised_share) for each in summary.results
        }
        assert stored.started_at <= stored.finished_at <= self.now


def summary_of(session: Session, *, is_left: bool) -> Summary:
    summary = summarise(
        [
            SessionEvent(
                str(UUID(event["id"])),
                event["seq"],
                event["type"],
                event["mono"],
                event["step"],
                event["data"],
            )
            for event in session.events
        ],
        is_left=is_left,
    )
    assert summary is not None
    return summary


def everything() -> list[list[dict[str, Any]]]:
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


@pytest.mark.once
def test_whatever_happens_nothing_is_lost_and_nothing_is_there_twice(plan, bob, at_noon):
    run_state_machine_as_test(
        lambda: TelephoneAndServer(plan, bob),
        settings=settings(max_examples=25, stateful_step_count=20, deadline=None),
    )
