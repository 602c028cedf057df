"""What no client should send is refused with a problem document, and never breaks anything."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests import makers

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

BODIES: list[Any] = [[], {}, None, "x", 7, True, [[]], [{}]]
VALUES: list[Any] = [
    None,
    [],
    {},
    [None],
    {"x": {"y": []}},
    "",
    "x",
    "\x00",
    "x" * 5000,
    -1,
    10**30,
    1.5,
    True,
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
]
RESULT = {"exercise": "ankle-pumps", "side": "both", "outcome": "done"}
SHAPES: dict[str, dict[str, Any]] = {
    "daily-checks": {
        "id": "",
        "recorded_on": "2026-11-20",
        "worst_leg_pain": 3,
        "worst_back_pain": 2,
        "reach_left": 1,
        "reach_right": 1,
        "tingling_numbness_left": [],
        "tingling_numbness_right": ["calf"],
        "calf_pain": 1,
        "cramps": 1,
        "worst_cramp": 1,
        "corrects": None,
    },
    "weekly-checks": {
        "id": "",
        "recorded_on": "2026-11-20",
        "groc": "same",
        "bother_leg_pain": 1,
        "weakness": "no",
        "settles_within": None,
        "nights_broken": 1,
        "sitting_before_pain": None,
    },
    "intakes": {
        "id": "",
        "recorded_on": "2026-11-20",
        "side": "right",
        "places_left": [],
        "places_right": ["calf"],
        "reach": 4,
        "leg_pain": 3,
        "back_pain": None,
        "symptoms": ["tingling"],
        "goal": "Walk.",
    },
    "morning-checks": {"id": "", "about_on": "2026-11-19", "pain": 4, "settles_within": None},
    "sessions": {
        "id": "",
        "plan_version": "",
        "stage_number": 1,
        "started_at": "2026-11-20T11:40:00Z",
        "finished_at": "2026-11-20T11:55:00Z",
        "pain_before": 4,
        "pain_peak": 4,
        "pain_after": 4,
        "spread": "",
        "results": [RESULT],
        "note": "",
    },
    "stage-tests": {
        "id": "",
        "plan_version": "",
        "stage_number": 4,
        "taken_on": "2026-11-20",
        "values": {"one-leg-raises.left": 10},
    },
    "direction-tries": {
        "id": "",
        "exercise": "prone-press-up",
        "tried_on": "2026-11-20",
        "reach_before": 4,
        "pain_before": 5,
        "reach_after": 3,
        "pain_after": 4,
    },
    "stage": {"verb": "ready", "to_stage": 2, "reason": ""},
    "mode": {"mode": "diary"},
}


def address(name: str, plan) -> str:
    return f"/api/v1/plans/{plan.pk}/{name}/" if name in ("stage", "mode") else f"/api/v1/{name}/"


def shape(name: str, plan) -> dict[str, Any]:
    filled = dict(SHAPES[name])
    if "id" in filled:
        filled["id"] = str(uuid4())
    if "plan_version" in filled:
        filled["plan_version"] = str(makers.version(plan).pk)
    return filled


def assert_answered(answer, sent: object) -> None:
    assert answer.status_code < 500, sent
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", sent


@pytest.mark.parametrize("name", SHAPES)
def test_a_body_of_another_shape_is_refused(api, alice, plan, name):
    client = api(alice)
    for body in BODIES:
        answer = client.post(address(name, plan), body, format="json")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), body


@pytest.mark.parametrize("name", SHAPES)
def test_a_value_of_another_kind_breaks_nothing(api, alice, bob, plan, name):
    client = api(alice)
    for field in SHAPES[name]:
        for value in VALUES:
            assert_answered(
                client.post(address(name, plan), shape(name, plan) | {field: value}, format="json"),
                (field, value),
            )


@pytest.mark.parametrize("field", ["exercise", "side", "outcome", "pain_peak", "advised_share", "instead_of"])
def test_a_value_of_another_kind_in_a_result_breaks_nothing(api, alice, plan, field):
    client = api(alice)
    for value in VALUES:
        body = shape("sessions", plan) | {"results": [RESULT | {field: value}]}
        assert_answered(client.post(address("sessions", plan), body, format="json"), (field, value))


@pytest.mark.parametrize("name", ["one-leg-raises.left", "one-leg-raises.pain", "", "x", "\x00"])
def test_an_answer_of_another_kind_in_a_stage_test_breaks_nothing(api, alice, plan, name):
    client = api(alice)
    for value in VALUES:
        body = shape("stage-tests", plan) | {"values": {name: value}}
        assert_answered(client.post(address("stage-tests", plan), body, format="json"), (name, value))
