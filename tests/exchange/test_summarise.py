"""The server's own reading of a session's events. tests/browser/test_session_cases.py runs the same table."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.exchange.rules import CHOICES, TYPES, SessionEvent, is_readable, summarise
from programs.exchange.rules.reading import KINDS, SIDES
from programs.logbook.models import Effort, ExerciseResult, GuidedSession, Spread, Tingling

TABLE = json.loads((Path(__file__).parent.parent / "session_cases.json").read_text())
CASES = [case for case in TABLE["cases"] if "summary" in case]
A_NOTE = "x" * 1500


def events_of(case: dict[str, Any]) -> list[SessionEvent]:
    return [
        SessionEvent(
            id=f"event {number}",
            seq=number,
            type=kind,
            mono=mono,
            step=rest[1] if len(rest) > 1 else None,
            data=TABLE["sessions"][case["session"]] if kind == "started" else rest[0] if rest else {},
        )
        for number, (mono, kind, *rest) in enumerate(case["events"], 1)
    ]


def of(session: str, *events: list[Any]) -> list[SessionEvent]:
    return events_of({"session": session, "events": [[0, "started"], *events]})


def outcomes(events: list[SessionEvent], *, is_left: bool = False) -> list[tuple[str, str, str]]:
    summary = summarise(events, is_left=is_left)
    assert summary is not None
    return [(each.exercise, each.side, each.outcome) for each in summary.results]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_session_comes_to(case: dict[str, Any]) -> None:
    summary = summarise(events_of(case))
    assert summary is not None
    found = json.loads(json.dumps(asdict(summary), default=str))
    assert {name: found[name] for name in case["summary"]} == case["summary"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_order_they_come_in_and_how_often_changes_nothing(case: dict[str, Any]) -> None:
    events = events_of(case)
    assert summarise([*reversed(events), *events]) == summarise(events)


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["name"] for case in TABLE["cases"]])
def test_all_that_the_player_sends_can_be_read(case: dict[str, Any]) -> None:
    assert all(is_readable(each.type, each.data) or each.type not in TYPES for each in events_of(case))


def test_without_its_beginning_there_is_no_session() -> None:
    assert summarise(of("raises", [1000, "pain_before", {"value": 4}])[1:]) is None


def test_what_the_first_of_an_id_says_counts() -> None:
    first, pain = of("raises", [1000, "pain_before", {"value": 4}])
    summary = summarise([first, pain, SessionEvent(pain.id, 3, "pain_before", 1000, None, {"value": 9})])
    assert summary is not None
    assert summary.pain_before == 4


def test_a_stop_that_nobody_came_back_to_was_one() -> None:
    events = of(
        "raises",
        [1000, "pain_before", {"value": 4}],
        [11000, "advanced", {"by": "time"}, "a.1"],
        [20000, "stopped"],
    )
    assert outcomes(events, is_left=True) == [("calf-raise", "both", "stopped")]
    assert outcomes(events) == [("calf-raise", "both", "partly")]


def test_of_what_is_missing_for_good_the_rest_counts() -> None:
    events = of(
        "two",
        *[[11000 + number * 9000, "advanced", {}, f"a.{number}"] for number in range(1, 6)],
        [90000, "advanced", {}, "b.2"],
        [99000, "stopped"],
        [130000, "advanced", {}, "b.4"],
        [140000, "saved"],
        [140500, "advanced", {}, "b.2"],
        [141000, "answered", {"question": "pain_peak", "value": 6}],
    )
    summary = summarise(events, is_left=True)
    assert summary is not None
    assert (summary.ending, summary.pain_peak, summary.mono_end) == ("saved", 6, 140000)
    assert outcomes(events, is_left=True) == [
        ("calf-raise", "both", "done"),
        ("bridge", "right", "stopped"),
        ("bridge", "left", "stopped"),
    ]
    summary = summarise(events)
    assert summary is not None
    assert (summary.ending, summary.is_begun) == ("open", False)


def test_a_stop_of_which_the_rest_is_missing_for_good_is_one_beside_any_later_one() -> None:
    events = of(
        "two",
        [1000, "pain_before", {"value": 4}],
        [11000, "advanced", {}, "a.1"],
        [20000, "stopped"],
        [40000, "advanced", {}, "b.2"],
        [45000, "stopped"],
        [46000, "skipped", {"reason": "pain"}],
        [46000, "saved"],
    )
    assert outcomes(events, is_left=True) == [
        ("calf-raise", "both", "stopped"),
        ("bridge", "right", "stopped"),
        ("bridge", "left", "skipped"),
    ]


def test_saved_out_of_a_parked_stop_was_a_stop() -> None:
    events = of(
        "raises",
        [1000, "pain_before", {"value": 4}],
        [11000, "advanced", {"by": "time"}, "a.1"],
        [20000, "stopped"],
        [21000, "parked"],
        [22000, "saved"],
    )
    assert outcomes(events) == [("calf-raise", "both", "stopped")]


def test_much_more_that_was_a_slip_was_no_stop() -> None:
    events = of(
        "bridge",
        [1000, "pain_before", {"value": 4}],
        [21000, "advanced", {}, "b.1"],
        [51000, "advanced", {}, "b.2"],
        [59000, "advanced", {}, "b.3"],
        [89000, "advanced", {}, "b.4"],
        [90000, "glance", {"answer": "much"}],
    )
    slip = of(
        "bridge",
        *[[each.mono, each.type, each.data, each.step] for each in events[1:]],
        [92000, "gone_on"],
        [93000, "resumed"],
        [99000, "advanced", {}, "b.5"],
        [99000, "saved"],
    )
    assert outcomes(events) == [("bridge", "right", "stopped"), ("bridge", "left", "stopped")]
    assert outcomes(slip) == [("bridge", "right", "done"), ("bridge", "left", "done")]


@pytest.mark.parametrize(("lasted", "outcome"), [(4999, "skipped"), (5000, "partly")])
def test_five_seconds_of_a_set_are_a_part_of_it(lasted: int, outcome: str) -> None:
    events = of(
        "raises",
        [1000, "pain_before", {"value": 4}],
        [11000, "advanced", {}, "a.1"],
        [11000 + lasted, "skipped", {"reason": ""}],
    )
    assert outcomes(events) == [("calf-raise", "both", outcome)]


def test_three_two_one_is_no_work() -> None:
    events = of(
        "raises",
        [1000, "pain_before", {"value": 4}],
        [11000, "advanced", {}, "a.1"],
        [13000, "paused", {"reason": "user"}],
        [60000, "resumed"],
        [64000, "skipped", {"reason": ""}],
    )
    assert outcomes(events) == [("calf-raise", "both", "skipped")]


def test_what_stood_in_and_is_in_the_plan_too_is_there_once() -> None:
    block = TABLE["sessions"]["raises"]["blocks"][0]
    steps = TABLE["sessions"]["raises"]["steps"]
    swap = {
        "block": block | {"key": "z", "planned": "bridge", "instead_of": "bridge"},
        "steps": [step | {"id": step["id"].replace("a.", "z.")} for step in steps],
    }
    events = of(
        "two",
        [1000, "pain_before", {"value": 4}],
        [11000, "skipped", {"reason": "no_time"}],
        [12000, "swapped", swap],
        *[[13000 + number, "advanced", {}, f"z.{number}"] for number in range(1, 6)],
    )
    assert outcomes(events) == [
        ("calf-raise", "both", "done"),
        ("bridge", "right", "skipped"),
        ("bridge", "left", "skipped"),
    ]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("started", {}),
        ("started", TABLE["sessions"]["raises"] | {"plan_version": "mine"}),
        ("started", TABLE["sessions"]["raises"] | {"stage_number": True}),
        ("started", TABLE["sessions"]["raises"] | {"kind": "paper"}),
        ("started", TABLE["sessions"]["raises"] | {"blocks": [{"exercise": "bridge"}]}),
        ("started", TABLE["sessions"]["raises"] | {"steps": [{"id": "a.1", "kind": "jump", "side": "both"}]}),
        ("started", TABLE["sessions"]["raises"] | {"left_out": [7]}),
        ("pain_before", {"value": 11}),
        ("pain_before", {"value": True}),
        ("answered", {"question": "pain_peak", "value": "4"}),
        ("answered", {"question": "spread", "value": "up"}),
        ("answered", {"question": ["spread"], "value": "same"}),
        ("answered", {"question": "note", "value": A_NOTE}),
        ("answered", {"question": "mood", "value": None}),
        ("symptom", {"what": "hunger"}),
        ("swapped", {"block": None, "steps": []}),
        ("gentle", {"choice": "gentle"}),
        ("advanced", []),
    ],
)
def test_what_cannot_be_read(kind: str, data: Any) -> None:
    assert not is_readable(kind, data)


def test_the_words_are_those_of_a_stored_session() -> None:
    assert {"spread": (*Spread,), "effort": (*Effort,), "tingling": (*Tingling,)} == CHOICES
    assert set(SIDES) == set(ExerciseResult.Side.values)
    assert set(KINDS) < set(GuidedSession.Kind.values)


KEYS = st.sampled_from(["value", "steps", "block", "question", "id", "what"])
ATOM = (
    st.none() | st.booleans() | st.integers(-5, 20) | st.sampled_from(["a.1", "a.2", "b.2", "pain", "much"])
)
FLAT = ATOM | st.lists(ATOM, max_size=3) | st.dictionaries(KEYS, ATOM)
JSON = FLAT | st.lists(FLAT, max_size=3) | st.dictionaries(KEYS, FLAT)
ANYTHING = st.builds(
    SessionEvent,
    id=st.sampled_from([f"{number}" for number in range(40)]),
    seq=st.integers(2, 60),
    type=st.sampled_from(TYPES),
    mono=st.integers(0, 2_000_000),
    step=st.sampled_from(["a.1", "a.2", "a.3", "a.4", "a.5", "b.1", "b.2", "b.3", "b.4", "b.5", None]),
    data=JSON,
)


@given(st.lists(ANYTHING, max_size=60))
def test_no_event_at_all_makes_it_fall_over(events: list[SessionEvent]) -> None:
    summary = summarise([*of("two"), *events])
    assert summary is not None
    assert len({(each.exercise, each.side) for each in summary.results}) == len(summary.results) == 3
    assert summary.mono_end >= 0
    left = summarise([*of("two"), *events], is_left=True)
    assert left is not None
    assert left.ending == summary.ending or summary.ending == "open"
