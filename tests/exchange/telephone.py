"""A patient's telephone as far as the server can tell: sessions written down event by event, and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from rest_framework.test import APIClient

from programs.accounts.models import User
from programs.care.models import Plan
from tests import makers

URL = "/api/v1/sync/events/"
BEGUN_AT = makers.NOON - timedelta(minutes=40)

Event = dict[str, Any]


def started(plan: Plan, exercises: int = 2) -> dict[str, Any]:
    """The first exercises of the plan's stage, one set each a side; the others are set aside."""
    blocks, steps = [], []
    for each in makers.version(plan).stage(plan.stage_number).exercises:
        sides = list(each.sides_for(plan.side))
        blocks.append(
            {
                "key": each.slug,
                "exercise": each.slug,
                "planned": each.slug,
                "instead_of": None,
                "share": 100,
                "sides": sides,
                "is_nerve_glide": False,
            }
        )
        kinds = [("ready", sides[0]), *(("hold", side) for side in sides), ("ask", sides[-1])]
        steps += [
            {"id": f"{each.slug}.{number}", "kind": kind, "side": side}
            for number, (kind, side) in enumerate(kinds, 1)
        ]
    mine = {block["key"] for block in blocks[:exercises]}
    return {
        "plan_version": str(makers.version(plan).pk),
        "stage_number": plan.stage_number,
        "kind": "guided",
        "side": plan.side,
        "asks_safety": False,
        "blocks": blocks[:exercises],
        "set_aside": blocks[exercises:],
        "left_out": [],
        "steps": [step for step in steps if step["id"].rpartition(".")[0] in mine],
    }


class Session:
    """One session as it is written down. at: when it began, by the telephone's clock."""

    def __init__(self, plan: Plan, at: datetime = BEGUN_AT, exercises: int = 2) -> None:
        self.id, self.at, self.mono = str(uuid4()), at, 0
        self.events: list[Event] = []
        self.start = started(plan, exercises)
        self.steps = [step["id"] for step in self.start["steps"]]
        self.write("started", self.start)

    def write(self, type_: str, data: dict[str, Any] | None = None, step: str | None = None) -> Event:
        event = {
            "id": str(uuid4()),
            "kind": "session",
            "session": self.id,
            "seq": len(self.events) + 1,
            "type": type_,
            "at": (self.at + timedelta(milliseconds=self.mono)).isoformat(),
            "age_ms": None,
            "mono": self.mono,
            "step": step,
            "data": data or {},
        }
        self.events.append(event)
        self.mono += 1000
        return event

    def go(self, steps: int) -> Session:
        """Finish so many more steps, the first of them once the pain is said."""
        if len(self.events) == 1:
            self.write("pain_before", {"value": 4})
        done = sum(event["type"] == "advanced" for event in self.events)
        for step in self.steps[done : done + steps]:
            self.mono += 9000
            self.write("advanced", {"by": "time"}, step)
        return self

    def done(self) -> Session:
        self.go(len(self.steps))
        self.write("saved")
        return self

    def answer(self, question: str, value: Any, **more: Any) -> Event:
        return self.write("answered", {"question": question, "value": value, **more})

    def answered(self) -> Session:
        for question, value in (("pain_peak", 5), ("pain_after", 3), ("spread", "same"), ("effort", "right")):
            self.answer(question, value)
        return self


def screening(kind: str = "full", at: datetime = makers.NOON, **answers: str) -> Event:
    identity = str(uuid4())
    data = {"screening_id": identity, "kind": kind, "answers": answers, "answered_at": at.isoformat()}
    return {
        "id": identity,
        "kind": "screening",
        "session": None,
        "seq": 1,
        "type": "answered",
        "at": at.isoformat(),
        "age_ms": None,
        "mono": 0,
        "step": None,
        "data": data,
    }


def body(
    patient: User, events: Sequence[Any], sent_at: datetime = makers.NOON, **more: Any
) -> dict[str, Any]:
    return {
        "device_id": str(UUID(int=7)),
        "patient": str(patient.pk),
        "sent_at": sent_at.isoformat(),
        "events": list(events),
    } | more


def send(
    client: APIClient, patient: User, events: Sequence[Any], sent_at: datetime = makers.NOON
) -> list[str]:
    """What became of each."""
    answer = client.post(URL, body(patient, events, sent_at))
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert len(results) == len(events)
    return [each["result"] for each in results]
