"""The same telephone sends the same twice in the same moment: a page and its service worker, or a retry."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from programs.exchange.actions import EventResult, close_left_sessions, take_in
from programs.exchange.models import ClientEvent
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.safety.models import ScreeningAnswer
from tests import makers
from tests.exchange.telephone import Session, screening
from tests.threads import at_once


def results(answer: list[EventResult]) -> set[str]:
    return {each.result for each in answer}


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_twice_at_once_has_one_effect(plan, alice):
    events = [screening(RF01="no"), *Session(plan).done().answered().events]
    send = partial(
        take_in, patient=alice, device_id=None, sent_at=makers.NOON, events=events, now=makers.NOON
    )

    answers = at_once(send, send)

    assert sorted(map(results, answers), key=min) == [{"duplicate"}, {"stored"}]
    assert ClientEvent.objects.count() == len(events)
    assert GuidedSession.objects.count() == 1
    assert ScreeningAnswer.objects.filter(screening=events[0]["id"]).count() == 1
    assert ExerciseResult.objects.values("exercise", "side").distinct().count() == (
        ExerciseResult.objects.count()
    )


@pytest.mark.django_db(transaction=True)
def test_two_patients_with_the_same_ids_at_once_have_each_their_own(plan, alice, dora, charlie):
    mine, theirs = Session(plan).done(), Session(makers.plan(dora, charlie)).done()
    same = [
        their | {"id": my["id"], "session": mine.id}
        for my, their in zip(mine.events, theirs.events, strict=False)
    ]
    sends = [
        partial(take_in, patient=who, device_id=None, sent_at=makers.NOON, events=events, now=makers.NOON)
        for who, events in ((alice, mine.events), (dora, same))
    ]

    assert [results(answer) for answer in at_once(*sends)] == [{"stored"}, {"stored"}]
    assert ClientEvent.objects.filter(patient=alice).count() == len(mine.events)
    assert ClientEvent.objects.filter(patient=dora).count() == len(same)
    assert GuidedSession.objects.filter(patient=alice).count() == 1


@pytest.mark.django_db(transaction=True)
def test_closed_twice_at_once_is_stored_once(plan, alice):
    take_in(
        patient=alice,
        device_id=None,
        sent_at=makers.NOON,
        events=Session(plan).go(2).events,
        now=makers.NOON,
    )
    close = partial(close_left_sessions, makers.NOON + timedelta(hours=14))

    at_once(close, close)

    assert GuidedSession.objects.count() == 1
