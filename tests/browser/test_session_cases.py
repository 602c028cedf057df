"""The player's reducer, in the browser that runs it: one table of cases, and walks at random.

The server reads the same table with its own small reader: tests/exchange/test_summarise.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from programs.exchange.rules import SessionEvent, summarise
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

TABLE = json.loads((Path(__file__).parent.parent / "session_cases.json").read_text())
NAMES = [case["name"] for case in TABLE["cases"]]

SEEN = """async ({sessions, given}) => {
  const {reduceAll, view} = await import("/static/js/player/session.js");
  const events = given.events.map(([mono, type, data, step], i) => ({
    id: `event ${i}`, seq: i + 1, type, mono, step: step ?? null,
    data: type === "started" ? sessions[given.session] : data ?? {},
  }));
  const picked = (seen, wanted) => Object.fromEntries(Object.keys(wanted).map((key) => [key, seen[key]]));
  const views = given.views.map(([mono, wanted]) =>
    [mono, picked(view(reduceAll(events.filter((each) => each.mono <= mono)), mono), wanted)]);
  const inOrder = JSON.stringify(reduceAll(events));
  return {views, isSame: JSON.stringify(reduceAll([...events, ...events].reverse())) === inOrder};
}"""

# Whatever is tapped in whatever order: there is always something to see, and always a way to the end.
# Gives what went wrong, what happened, and what the player makes of it.
WALK = """async ({started, seed}) => {
  const {NOTHING, due, dueIn, reduce, stepOf, view} = await import("/static/js/player/session.js");
  let random = seed;
  const chance = () => (random = (random * 48271) % 2147483647) / 2147483647;
  const one = (list) => list[Math.floor(chance() * list.length)];
  const taps = () => one([
    ["more_time"], ["back"], ["paused", {reason: "user"}], ["resumed"], ["stopped"], ["gone_on"],
    ["skip_asked"], ["skipped", {reason: one(["no_time", "pain"])}],
    ["glance", {answer: one(["same", "bit", "much"])}],
    ["parked"], ["carried_on"],
    ["speed", {speed: one(["normal", "slower", "slowest"])}], ["auto_advance", {is_on: chance() < 0.7}],
    ["symptom", {what: one(["numbness", "weakness"])}], ["cleared"],
    ["advanced", {by: "tap"}], ["advanced", {by: "tap"}],
  ]);
  let state = NOTHING, mono = 0;
  const events = [];
  const write = (type, data = {}, at = mono) => {
    const before = state;
    const seq = events.length + 1;
    events.push({id: `${seq}`, seq, type, mono: at, step: stepOf(state)?.id ?? null, data});
    state = reduce(state, events.at(-1));
    return state !== before;
  };
  const came = (fault) => {
    const {isStopped, symptoms, screen} = state;
    return {fault, events, isStopped, symptoms: [...new Set(symptoms)], isThrownAway: screen === "discarded"};
  };
  write("started", started);
  write("pain_before", {value: 3});
  for (let i = 0; i < 4 + (seed % 61) && !state.isSaved; i++) {
    const forward = chance() < 0.5 ? dueIn(state, mono) ?? 1000 : chance() * 9000;
    mono += Math.max(0, Math.round(Math.min(forward, 700000)));
    const event = due(state, mono);
    if (event) {
      const {type, data, mono: at} = event;
      if (at > mono || at < mono - 1500) return came(`an event at ${at}, asked at ${mono}`);
      if (!write(type, data, at)) return came(`${type} came by itself, and does not fit`);
    }
    if (chance() < 0.4) write(...taps());
    const seen = view(state, mono);
    if (!seen.screen) return came("nothing to see");
    if (seen.seconds !== null && !(seen.seconds >= 0)) return came(`a count of ${seen.seconds}`);
    const isPart = (number) => number >= 0 && number <= 1;
    const isInside = seen.segments.every(({share, done}) => isPart(share) && isPart(done));
    if (!isInside) return came("a bar out of its box");
  }
  if (!state.isSaved && seed % 5 === 0) {
    write("stopped");
    write("discarded");
    return came("");
  }
  if (!state.isSaved) {
    if (state.screen === "safety") write("cleared");
    if (state.screen !== "parked") write("ended");
    write("saved");
  }
  return came(state.isSaved ? "" : `no way to the end from ${state.screen}`);
}"""


@pytest.fixture(scope="module")
def page(tracker, window) -> Iterator[Page]:
    page = window(PHONE)
    page.goto("/account/login/")
    return page


@pytest.mark.parametrize("case", TABLE["cases"], ids=NAMES)
def test_the_player_follows_the_table(page: Page, case: dict[str, Any]) -> None:
    found = page.evaluate(SEEN, {"sessions": TABLE["sessions"], "given": case})

    assert found["views"] == case["views"]
    assert found["isSame"], "in another order, and twice, the same events came to something else"


@pytest.mark.parametrize("session", ["raises", "two", "in turn", "walk", "no rest", "at my own pace"])
def test_whatever_is_tapped_there_is_a_way_to_the_end_and_the_server_reads_the_same(
    page: Page, session: str
) -> None:
    for seed in range(1, 60):
        came = page.evaluate(WALK, {"started": TABLE["sessions"][session], "seed": seed * 7919})
        assert came["fault"] == "", f"seed {seed}"

        summary = summarise(SessionEvent(**event) for event in came["events"])

        assert summary is not None
        assert summary.ending == ("discarded" if came["isThrownAway"] else "saved"), f"seed {seed}"
        assert summary.is_stopped == came["isStopped"], f"seed {seed}"
        assert list(summary.symptoms) == came["symptoms"], f"seed {seed}"


# The time until it goes on by itself after "skip", and what happens there.
SKIPPED = """async ({started, isAutomatic}) => {
  const {due, dueIn, NOTHING, reduce} = await import("/static/js/player/session.js");
  const given = [
    ["started", started], ["pain_before", {value: 3}], ["auto_advance", {is_on: isAutomatic}],
    ["skip_asked", {}],
  ];
  const events = given.map(([type, data], i) => ({id: `${i}`, seq: i + 1, type, mono: 0, step: null, data}));
  const state = events.reduce(reduce, NOTHING);
  return [dueIn(state, 0), due(state, 6000)?.type ?? null];
}"""


def test_a_skip_goes_on_by_itself_unless_somebody_goes_at_their_own_pace(page: Page) -> None:
    started = TABLE["sessions"]["raises"]
    assert page.evaluate(SKIPPED, {"started": started, "isAutomatic": True}) == [6000, "skipped"]
    assert page.evaluate(SKIPPED, {"started": started, "isAutomatic": False}) == [None, None]


# The time that is left to get ready, before and after somebody wishes for a slower pace.
SLOWED = """async ({started}) => {
  const {dueIn, NOTHING, reduce} = await import("/static/js/player/session.js");
  const given = [
    ["started", started, 0], ["pain_before", {value: 3}, 0], ["more_time", {}, 1000], ["more_time", {}, 2000],
    ["speed", {speed: "slower"}, 15000],
  ];
  const event = ([type, data, mono], i) => ({id: `${i}`, seq: i + 1, type, mono, step: null, data});
  const events = given.map(event);
  const before = events.slice(0, -1).reduce(reduce, NOTHING);
  return [before, events.reduce(reduce, NOTHING)].map((state) => dueIn(state, 15000));
}"""


def test_a_slower_pace_takes_no_time_away(page: Page) -> None:
    before, after = page.evaluate(SLOWED, {"started": TABLE["sessions"]["raises"]})
    assert after >= before > 0


# Two tabs may give out one number: neither is lost, and the order is that of the server.
TWO = """async ({started}) => {
  const {reduceAll} = await import("/static/js/player/session.js");
  const given = [
    ["a", 1, "started", started], ["b", 2, "pain_before", {value: 3}],
    ["d", 3, "stopped", {}], ["c", 3, "speed", {speed: "slower"}],
  ];
  const events = given.map(([id, seq, type, data]) => ({id, seq, type, mono: 0, step: null, data}));
  const {screen, speed} = reduceAll(events);
  return [screen, speed];
}"""


def test_two_events_with_one_number_both_count(page: Page) -> None:
    assert page.evaluate(TWO, {"started": TABLE["sessions"]["raises"]}) == ["stop", "slower"]


def test_no_two_cases_share_a_name() -> None:
    assert len(NAMES) == len(set(NAMES))
