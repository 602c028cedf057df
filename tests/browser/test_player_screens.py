"""What is seen of a guided session: the screens in Chromium, drawn from states that session.js works out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import faults_by_axe
from tests.browser.conftest import PHONE, sign_in
from tests.browser.phone import press
from tests.tracker import Tracker, wait_until

pytestmark = pytest.mark.browser

Json = dict[str, Any]
Happened = list[tuple[int, str, Json]]

SMALL = {"width": 320, "height": 568}
ON_ITS_SIDE = {"width": 844, "height": 390}
SIZES = [PHONE, SMALL, ON_ITS_SIDE]
# Least height of what is tapped on the stage, in CSS pixels: lower where there is little room.
LEAST = {PHONE["height"]: 64, SMALL["height"]: 56, ON_ITS_SIDE["height"]: 52}

SECOND = 1000
FIGURES = Path(__file__).resolve().parents[2] / "programs/library/content/figures"
SLOW = {"up": 2, "hold": 3, "down": 2, "pause": 0}

# --- a small session ---


def step(number: str, kind: str, **more: object) -> Json:
    exercise = number.partition(".")[0]
    lasts = {"ready": 10, "rest": 30, "switch": 8, "ask": 12, "hold": 30, "self": 600}.get(kind)
    return {
        "id": number,
        "kind": kind,
        "exercise": exercise,
        "set": 1,
        "of_sets": 1,
        "side": "both",
        "first": None,
        "dur_ms": lasts and lasts * SECOND,
        "reps": None,
        "tempo": None,
        "position": {"glute-bridge": "lying"}.get(exercise, "standing"),
        **more,
    }


def block(key: str, name: str, steps: list[Json], **more: object) -> Json:
    exercise = key.partition("~")[-1] or key
    figure = json.loads((FIGURES / f"{exercise}.json").read_text("utf-8"))
    return {
        "key": key,
        "exercise": exercise,
        "planned": key.partition("~")[0],
        "instead_of": None,
        "name": name,
        "share": 100,
        "reason": "",
        "dose_in_words": "2 sets of 8, hold 3 seconds each",
        "note": "",
        "position": steps[0]["position"] if steps else "lying",
        "category": "strength",
        "is_nerve_glide": False,
        "is_checked": False,
        "sides": ["both"],
        "has_sides": False,
        "cues": ["Squeeze your buttocks.", "Keep breathing."],
        "steps_in_words": ["Lie on your back.", "Lift your hips."],
        "pictures": [f"/static/img/exercises/{exercise}-{number}.svg" for number in (1, 2)],
        "descriptions": ["Lying on the back.", "The hips are lifted."],
        "figure": figure,
        "steps": steps,
        "gentle_steps": steps,
        "alternatives": [],
        **more,
    }


BRIDGE = [
    step("glute-bridge.1", "ready", of_sets=2),
    step("glute-bridge.2", "reps", of_sets=2, reps=8, tempo=SLOW),
    step("glute-bridge.3", "rest", of_sets=2),
    step("glute-bridge.4", "reps", set=2, of_sets=2, reps=8, tempo=SLOW),
    step("glute-bridge.5", "ask", set=2, of_sets=2),
]
STRETCH = [
    step("standing-calf-stretch.1", "ready", side="right"),
    step("standing-calf-stretch.2", "hold", side="right"),
    step("standing-calf-stretch.3", "switch", side="left"),
    step("standing-calf-stretch.4", "hold", side="left"),
    step("standing-calf-stretch.5", "ask", side="left"),
]
WALK = [step("walking.1", "ready"), step("walking.2", "self")]
TWO_SIDES = {"sides": ["right", "left"], "has_sides": True, "is_nerve_glide": True}
BLOCKS = [
    block("glute-bridge", "Bridge", BRIDGE, alternatives=["glute-bridge~pelvic-tilt"]),
    block("standing-calf-stretch", "Standing calf stretch", STRETCH, category="mobility", **TWO_SIDES),
    block("walking", "Walking", WALK, category="aerobic"),
]
KIT = {
    "side": "right",
    "limit": 5,
    "clinic": {"name": "Stride clinic", "phone": "", "emergency_number": "112"},
    "lines": [{"id": "S1", "text": "New numbness between your legs"}, {"id": "S2", "text": "New weakness"}],
    "hold": {"kind": "ask_first", "address": "/safety/", "words": "Please ask first."},
    "words": "",
    "blocks": {each["key"]: each for each in [*BLOCKS, block("glute-bridge~pelvic-tilt", "Pelvic tilt", [])]},
}
STARTED = {
    "blocks": [
        {name: each[name] for name in ("key", "exercise", "planned", "sides", "share", "is_nerve_glide")}
        for each in BLOCKS
    ],
    "steps": [*BRIDGE, *STRETCH, *WALK],
    "settings": {"speed": "normal", "auto_advance": True},
}


def after_steps(count: int) -> Happened:
    """So many steps are over, one each second."""
    return [(number * SECOND, "advanced", {"by": "tap"}) for number in range(1, count + 1)]


PAUSED: Happened = [(90_000, "paused", {"reason": "user"})]
BY_TAP: Happened = [(0, "auto_advance", {"is_on": False})]
# What happened after the pain before was asked, and the moment that is looked at.
STAGE: dict[str, tuple[Happened, int]] = {
    "getting ready": ([], 2000),
    "ready, and waiting": (BY_TAP, 60_000),
    "work": (after_steps(1), 4500),
    "work, at its end": ([*BY_TAP, *after_steps(1)], 200_000),
    "paused": ([*after_steps(1), (5000, "paused", {"reason": "hidden"})], 6000),
    "three, two, one": (
        [*after_steps(1), (5000, "paused", {"reason": "user"}), (6000, "resumed", {})],
        7000,
    ),
    "rest": (after_steps(2), 4000),
    "rest, paused": ([*after_steps(2), (5000, "paused", {"reason": "user"})], 6000),
    "rest, and waiting": ([*BY_TAP, *after_steps(2)], 90_000),
    "the question after it": (after_steps(4), 6000),
    "a hold on the right": (after_steps(6), 10_000),
    "the other side": (after_steps(7), 9000),
    "a hold on the left": (after_steps(8), 12_000),
    "at one's own pace": (after_steps(11), 20_000),
}
SHEETS = {
    "stop": ([*after_steps(1), (5000, "stopped", {})], 6000),
    "skip": ([*after_steps(1), (5000, "skip_asked", {})], 6000),
}
LAST: Happened = [*after_steps(7), (9000, "stopped", {}), (9500, "ended", {}), (9500, "saved", {})]
ANSWERED = ["pain_peak", "pain_after", "spread", "tingling", "effort"]


def answers(count: int, **values: object) -> Happened:
    """The session is over, and so many of its questions are answered."""
    given: Happened = [*LAST]
    for question in ANSWERED[:count]:
        glide = {"exercise": "standing-calf-stretch"} if question == "tingling" else {}
        given.append((9600, "answered", {"question": question, "value": values.get(question), **glide}))
    return given


QUESTIONS = {question: (answers(count), 10_000) for count, question in enumerate(ANSWERED)}
DONE = {"done": (answers(5, pain_peak=7, pain_after=3, spread="closer"), 10_000)}
LEFT = {"parked": ([*after_steps(1), (5000, "parked", {})], 6000)}
PAGES = ["nothing", "old_kit", "no_kit", "no_page", "hold", "elsewhere", "urgent", "done_today", "asks_first"]

OPEN = """async (kit) => {
  const names = ["session", "cues", "screen"];
  const all = await Promise.all(names.map((name) => import(`/static/js/player/${name}.js`)));
  const {screens, phrases, reduceAll, stepOf, reduce, NOTHING, view} = Object.assign({}, ...all);
  const wishes = {profile: "voice", speed: "normal", isAutomatic: true, hasKeys: true};
  window.sent = [];
  const send = (wish, data) => window.sent.push([wish, data]);
  const ui = screens(document.querySelector("[data-player]"), {send, words: phrases(document), wishes});
  ui.use(kit);
  ui.left({startedAt: Date.now() - 3600000, canCarryOn: true});
  window.ui = ui;
  window.wishes = wishes;
  window.shown = ({started, happened, mono}) => {
    let seq = 0;
    let state = NOTHING;
    for (const [at, type, data] of [[0, "started", started], ...happened]) {
      const step = stepOf(state)?.id ?? null;
      const next = reduce(state, {id: String(seq), seq: ++seq, type, mono: at, step, data});
      if (next === state) throw new Error(`${type} fits nothing on ${state.screen}`);
      state = next;
    }
    const seen = view(state, mono);
    ui.show(seen, state);
    return seen.screen;
  };
}"""


@pytest.fixture(scope="module")
def signed_in(tracker: Tracker, window: Callable[..., Page]) -> Json:
    """What a browser keeps of a patient's sign-in."""
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    return page.context.storage_state()  # type: ignore[return-value]


@pytest.fixture(scope="module")
def player(signed_in: Json, window: Callable[..., Page]) -> Callable[..., Page]:
    """The page of the player with its screens as `window.ui`, and nobody behind them to run a session."""

    def opened(**special: object) -> Page:
        page = window(PHONE, storage_state=signed_in, **special)
        nobody = {"body": "", "content_type": "text/javascript"}
        page.route("**/js/built/player*.js", lambda route: route.fulfill(**nobody))
        open_player(page)
        return page

    return opened


@pytest.fixture(scope="module")
def usual(player: Callable[..., Page]) -> Page:
    return player()


@pytest.fixture
def page(usual: Page) -> Page:
    """That page, as it comes."""
    usual.set_viewport_size(PHONE)
    open_player(usual)
    return usual


def open_player(page: Page) -> None:
    page.goto("/player/")
    page.evaluate(OPEN, KIT)


def given_of(happened: Happened, mono: int, before: int | None, asks_safety: bool) -> Json:
    first: Happened = [] if asks_safety else [(0, "pain_before", {"value": before})]
    return {
        "started": {**STARTED, "asks_safety": asks_safety},
        "happened": [*first, *happened],
        "mono": mono,
    }


def show(
    page: Page, happened: Happened, mono: int, *, before: int | None = 4, asks_safety: bool = False
) -> str:
    """Draw what there is to see after all this; gives the screen."""
    given = given_of(happened, mono, before, asks_safety)
    screen: str = page.evaluate("(given) => window.shown(given)", given)
    return screen


def resize_text(page: Page, percent: int) -> None:
    page.evaluate("(size) => document.documentElement.style.setProperty('font-size', size)", f"{percent}%")


def stop_of(page: Page) -> Locator:
    return page.get_by_role("button", name="It hurts more: stop")


def wishes_sent(page: Page) -> list[tuple[str, Json]]:
    """What was sent since it was asked last."""
    sent: list[tuple[str, Json]] = page.evaluate("window.sent.splice(0)")
    return [(wish, data) for wish, data in sent]


# --- Stop, and all that is tapped lying on the floor ---

WHAT_LIES_THERE = """(button) => {
  const {left, right, top, bottom} = button.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const places = [[x, y], [left + 12, y], [right - 12, y]];
  const isOnTop = places.every(([a, b]) => button.contains(document.elementFromPoint(a, b)));
  const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  return {isInside, isOnTop, isWhole: button.scrollWidth <= button.clientWidth};
}"""


@pytest.mark.parametrize("text", [100, 200])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} by {size['height']}")
def test_stop_lies_wholly_on_the_screen_whatever_is_on(page, size, text):
    page.set_viewport_size(size)
    resize_text(page, text)

    for name, seen in STAGE.items():
        show(page, *seen)
        found = stop_of(page).evaluate(WHAT_LIES_THERE)
        assert found == {"isInside": True, "isOnTop": True, "isWhole": True}, name
    resize_text(page, 100)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} by {size['height']}")
def test_what_is_tapped_on_the_floor_is_big(page, size):
    page.set_viewport_size(size)
    least = LEAST[size["height"]]

    for name, seen in STAGE.items():
        show(page, *seen)
        for button in page.locator("section[data-screen=stage] button:visible").all():
            box = button.bounding_box()
            words = f"{name}: {button.inner_text()}"
            is_link = "stage-link" in (button.get_attribute("class") or "")
            assert box is not None, words
            assert box["height"] >= (min(least, 56) if is_link else least), words
            assert box["width"] >= 64, words


BESIDE_THE_SCREEN = """() => [...document.querySelectorAll("[data-screen=stage] :is(button, h1, p, span)")]
  .filter((each) => each.checkVisibility())
  .filter((each) => {
    const {left, right} = each.getBoundingClientRect();
    return left < 0 || right > innerWidth + 0.5;
  })
  .map((each) => each.textContent)"""


@pytest.mark.parametrize("text", [100, 200])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} by {size['height']}")
def test_no_words_of_the_stage_are_cut_off_at_its_sides(page, size, text):
    page.set_viewport_size(size)
    resize_text(page, text)

    for name, seen in STAGE.items():
        show(page, *seen)
        wide = page.evaluate(BESIDE_THE_SCREEN)
        assert wide == [], name
    resize_text(page, 100)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} by {size['height']}")
def test_the_count_is_in_sight_at_the_usual_size_of_text(page, size):
    page.set_viewport_size(size)

    for name in ("getting ready", "work", "three, two, one", "rest", "a hold on the left"):
        show(page, *STAGE[name])
        found = page.get_by_role("timer").evaluate(WHAT_LIES_THERE)
        assert (found["isInside"], found["isOnTop"]) == (True, True), name


# --- what is on ---


def test_the_stage_says_what_is_on_in_words(page):
    page.set_viewport_size(PHONE)
    stage = page.locator("section[data-screen=stage]")

    show(page, *STAGE["work"])
    expect(stage.get_by_role("heading", name="Bridge")).to_be_visible()
    for words in ("Exercise 1 of 3", "Set 1 of 2", "1 of 8", "Hold"):
        expect(stage).to_contain_text(words)
    expect(page.get_by_role("timer")).to_have_text("2")

    show(page, *STAGE["a hold on the left"])
    expect(stage).to_contain_text("Left leg")
    show(page, *STAGE["the other side"])
    expect(stage).to_contain_text("left leg")
    show(page, *STAGE["paused"])
    expect(stage).to_contain_text("Paused")
    expect(stage.get_by_role("button", name="Resume")).to_be_visible()
    show(page, *STAGE["rest, and waiting"])
    expect(stage).to_contain_text("Ready when you are")
    show(page, *STAGE["the question after it"])
    expect(stage).to_contain_text("How was the pain?")


def test_the_bar_has_a_piece_for_each_exercise_as_long_as_it_takes(page):
    page.set_viewport_size(PHONE)
    show(page, *STAGE["a hold on the right"])

    widths = page.locator("[data-bar] > *").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().width)"
    )
    assert len(widths) == 3
    assert widths[2] > widths[0] > widths[1] > 10


TAPS = [
    ("work", "Back", "back", None),
    ("work", "Pause", "toggled", None),
    ("paused", "Resume", "toggled", None),
    ("work", "Skip", "skip_asked", None),
    ("work", "It hurts more: stop", "stopped", None),
    ("getting ready", "I am ready", "advanced", {"by": "tap"}),
    ("getting ready", "More time", "more_time", None),
    ("rest", "Skip rest", "advanced", {"by": "tap"}),
    ("rest", "More time", "more_time", None),
    ("at one's own pace", "Done", "advanced", {"by": "tap"}),
    ("the question after it", "Same or less", "glance", {"answer": "same"}),
    ("the question after it", "A bit more", "glance", {"answer": "bit"}),
    ("the question after it", "Much more", "glance", {"answer": "much"}),
]


@pytest.mark.parametrize("tap", TAPS, ids=lambda tap: f"{tap[1]}, {tap[0]}")
def test_a_tap_on_the_stage_sends_one_wish(page, tap):
    state, words, wish, data = tap
    page.set_viewport_size(PHONE)
    show(page, *STAGE[state])
    wishes_sent(page)

    press(page.get_by_role("button", name=words, exact=True))

    [(sent, more)] = wishes_sent(page)
    assert sent == wish
    assert (data or {}).items() <= more.items()


FOLLOWS = """(next) => {
  window.taps = 0;
  document.addEventListener("click", () => window.taps++, {capture: true});
  document.querySelector("[data-player]").addEventListener("click", () => window.shown(next), {once: true});
}"""


def test_a_second_tap_is_not_taken_by_the_question_that_comes_up_beneath_it(player):
    page = player(has_touch=True, is_mobile=True)
    show(page, *QUESTIONS["pain_peak"])
    page.evaluate(FOLLOWS, given_of(*QUESTIONS["pain_after"], before=4, asks_safety=False))
    button = page.get_by_role("button", name="5", exact=True)
    button.tap(trial=True)  # it lies still, and where it can be seen
    box = button.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    page.wait_for_function("window.taps === 2")

    assert wishes_sent(page) == [("answered", {"question": "pain_peak", "value": 5})]


def test_going_back_twice_is_meant(page):
    show(page, *STAGE["work"])
    wishes_sent(page)
    page.get_by_role("button", name="Back").dblclick()
    assert [wish for wish, _ in wishes_sent(page)] == ["back", "back"]


def test_the_keys_work_on_when_what_was_tapped_is_gone(page):
    show(page, *STAGE["getting ready"])
    press(page.get_by_role("button", name="I am ready"))
    show(page, *STAGE["work"])

    assert page.evaluate("document.querySelector('[data-player]').contains(document.activeElement)")


def test_nothing_runs_on_behind_a_sheet(page):
    show(page, *STAGE["work"])
    wishes_sent(page)
    press(page.get_by_role("button", name="Sound"))

    assert wishes_sent(page) == [("paused", {"reason": "user"})]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # A dialog says that it was closed a moment after it is.
    wait_until(lambda: [wish for wish, _ in wishes_sent(page)] == ["resumed"], 5, "it goes on")

    show(page, *STAGE["paused"])
    press(page.get_by_role("button", name="Sound"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert wishes_sent(page) == []  # it stood still before, and does so now


ON_TOP = """(words) => {
  const {left, right, top, bottom} = words.getBoundingClientRect();
  return words.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} by {size['height']}")
def test_that_there_is_no_room_is_said_in_the_middle_of_a_session(page, size):
    page.set_viewport_size(size)
    show(page, *STAGE["work"])
    page.evaluate("window.ui.kept(false)")

    assert page.get_by_text("No room on this phone to keep this").evaluate(ON_TOP)
    assert stop_of(page).evaluate(WHAT_LIES_THERE) == {"isInside": True, "isOnTop": True, "isWhole": True}
    page.evaluate("window.ui.kept(true)")
    expect(page.get_by_text("No room on this phone to keep this")).to_be_hidden()


def test_with_big_numbers_the_count_is_bigger_and_stop_still_there(page):
    for size in SIZES:
        page.set_viewport_size(size)
        show(page, *STAGE["work"])
        usual = page.get_by_role("timer").bounding_box()
        page.evaluate("window.wishes.isFar = true")
        show(page, *STAGE["work"])
        far = page.get_by_role("timer").bounding_box()
        found = [each.evaluate(WHAT_LIES_THERE) for each in (stop_of(page), page.get_by_role("timer"))]
        page.evaluate("window.wishes.isFar = false")

        assert usual is not None
        assert far is not None
        assert far["height"] > 1.3 * usual["height"], size
        assert all(each["isInside"] for each in found), size


# --- the picture ---

DRAWN = """[...document.querySelectorAll("[data-figure] svg path[data-part]")]
  .map((each) => each.getAttribute("d")).join()"""


def test_the_figure_moves_with_the_count(page):
    page.set_viewport_size(PHONE)
    show(page, after_steps(1), 1000)
    page.locator("[data-figure] svg path[data-part]").first.wait_for()
    show(page, after_steps(1), 1000)
    down = page.evaluate(DRAWN)
    show(page, after_steps(1), 4000)

    assert page.evaluate(DRAWN) != down
    show(page, after_steps(1), 8000 + 1)
    assert page.evaluate(DRAWN) == down


MIRRORED = """getComputedStyle(document.querySelector("[data-figure] :is(svg, img)"))
  .transform.startsWith("matrix(-1")"""


def test_the_left_leg_is_the_mirror_image_of_the_right_one(page):
    show(page, *STAGE["a hold on the right"])
    assert page.evaluate(MIRRORED) is False
    show(page, *STAGE["a hold on the left"])
    assert page.evaluate(MIRRORED) is True
    show(page, *STAGE["work"])
    assert page.evaluate(MIRRORED) is False


def test_for_less_motion_two_pictures_stand_beside_each_other_and_the_one_that_is_on_stands_out(player):
    calm = player(reduced_motion="reduce")
    pictures = calm.locator("[data-figure] img")

    show(calm, after_steps(1), 1100)
    expect(pictures).to_have_count(2)
    outlines = """[...document.querySelectorAll("[data-figure] .stage-still")]
      .map((each) => getComputedStyle(each).borderTopColor)"""
    first = calm.evaluate(outlines)
    show(calm, after_steps(1), 4000)
    second = calm.evaluate(outlines)

    assert first[0] != first[1]
    assert first == second[::-1]
    assert calm.locator("[data-figure] svg").count() == 0


# --- sheets ---


def test_stop_leads_to_calm_words_and_each_way_on(page):
    page.set_viewport_size(PHONE)
    show(page, *SHEETS["stop"])
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("nothing is lost")
    expect(sheet).to_contain_text("stay at 5")
    ways = [
        ("Skip the rest of this exercise", ["skipped", {"reason": "pain"}]),
        ("End session and save", ["ended", {}]),
        ("My leg or foot feels weak", ["symptom", {"what": "weakness"}]),
    ]
    for words, sent in ways:
        show(page, *SHEETS["stop"])
        wishes_sent(page)
        press(sheet.get_by_role("button", name=words))
        assert [list(each) for each in wishes_sent(page)] == [sent]

    show(page, *SHEETS["stop"])
    page.keyboard.press("Escape")
    assert [wish for wish, _ in wishes_sent(page)] == ["gone_on"]


def test_it_can_be_swapped_for_an_easier_one_where_there_is_one(page):
    show(page, *SHEETS["stop"])
    press(page.get_by_role("button", name="Swap for an easier one"))
    wishes_sent(page)
    press(page.get_by_role("button", name="Pelvic tilt"))
    assert [list(each) for each in wishes_sent(page)] == [["swapped", {"key": "glute-bridge~pelvic-tilt"}]]

    show(page, [*after_steps(6), (9000, "stopped", {})], 10_000)
    expect(page.get_by_role("button", name="Swap for an easier one")).to_be_hidden()


def test_nothing_is_left_out_while_somebody_chooses_what_to_do_instead(page):
    show(page, *SHEETS["skip"])
    expect(page.get_by_text("Without an answer we go on")).to_be_visible()
    wishes_sent(page)
    press(page.get_by_role("button", name="Swap for an easier one"))
    assert [wish for wish, _ in wishes_sent(page)] == ["gone_on"]

    show(page, [*SHEETS["skip"][0], (7000, "gone_on", {})], 60_000)
    expect(page.get_by_role("button", name="Pelvic tilt")).to_be_visible()
    page.keyboard.press("Escape")


def test_the_keys_work_on_after_a_swap(page):
    show(page, *SHEETS["stop"])
    press(page.get_by_role("button", name="Swap for an easier one"))
    show(page, *STAGE["work"])

    assert page.evaluate("document.querySelector('[data-player]').contains(document.activeElement)")


def test_the_sheets_close_with_what_they_were_about(page):
    show(page, *SHEETS["stop"])
    show(page, [*SHEETS["stop"][0], (6000, "gone_on", {})], 7000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(stop_of(page)).to_be_visible()


def test_while_it_stands_still_there_is_how_to_do_it(page):
    show(page, *STAGE["paused"])
    press(page.get_by_role("button", name="How to do it"))

    sheet = page.get_by_role("dialog", name="Bridge")
    assert sheet.get_by_role("listitem").all_text_contents() == ["Lie on your back.", "Lift your hips."]
    press(sheet.get_by_role("button", name="Back"))
    expect(sheet).to_be_hidden()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()


def test_settings_are_wishes(page):
    show(page, *STAGE["paused"])
    page.evaluate("window.ui.open('settings')")
    wishes_sent(page)
    page.get_by_text("Slower", exact=True).click()
    page.get_by_text("I use a screen reader").click()

    assert [list(each) for each in wishes_sent(page)] == [
        ["wishes", {"speed": "slower"}],
        ["wishes", {"isScreenReader": True}],
    ]
    page.keyboard.press("Escape")


# --- before and after ---


def test_a_score_is_one_tap_and_nobody_has_to_give_it(page):
    page.set_viewport_size(PHONE)
    for words, value in (("0 No pain", 0), ("7", 7), ("10 Worst pain you can imagine", 10)):
        page.evaluate("(given) => window.shown(given)", {"started": STARTED, "happened": [], "mono": 0})
        wishes_sent(page)
        press(page.get_by_role("button", name=words, exact=True))
        assert wishes_sent(page) == [("pain_before", {"value": value})]
    press(page.get_by_role("button", name="I'd rather not say today"))
    assert wishes_sent(page) == [("pain_before", {"value": None})]


def test_each_question_after_it_can_be_answered_and_left_out(page):
    taps = {
        "pain_peak": ("5", 5),
        "pain_after": ("3", 3),
        "spread": ("It drew back up towards my back", "closer"),
        "tingling": ("Gone within a minute", "under_1"),
        "effort": ("About right", "right"),
    }
    for question, (words, value) in taps.items():
        show(page, *QUESTIONS[question])
        wishes_sent(page)
        press(page.get_by_role("button", name=words, exact=True))
        press(page.get_by_role("button", name="I'd rather not say", exact=True))
        glide = {"exercise": "standing-calf-stretch"} if question == "tingling" else {}
        assert wishes_sent(page) == [
            ("answered", {"question": question, "value": value, **glide}),
            ("answered", {"question": question, "value": None, **glide}),
        ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (4, 3, "Pain 4 before, 3 after. That is one lower."),
        (3, 5, "Pain 3 before, 5 after. That is two higher."),
        (3, 3, "Pain 3 before, 3 after. That is the same."),
        (4, None, "Your session is saved. It was right to stop."),
        (None, 3, "Pain 3 after. Your session is saved."),
    ],
)
def test_at_the_end_the_two_scores_are_compared(page, before, after, words):
    show(page, answers(5, pain_after=after), 8000, before=before)
    expect(page.get_by_role("heading", name=words)).to_be_visible()


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ([*after_steps(12), (13_000, "saved", {})], "You are done for now. Well done."),
        ([*after_steps(3), (9000, "ended", {}), (9000, "saved", {})], "Your session is saved."),
        (
            [*after_steps(11), (12_000, "stopped", {}), (12_100, "ended", {}), (12_100, "saved", {})],
            "Your session is saved. It was right to stop.",
        ),
    ],
    ids=["all of it", "a part", "stopped at its end"],
)
def test_nobody_is_told_that_all_is_done_who_ended_before(page, happened, words):
    nothing_said = [(14_000, "answered", each) for each in unsaid_after(happened)]
    show(page, [*happened, *nothing_said], 15_000)
    expect(page.get_by_role("heading", name=words, exact=True)).to_be_visible()


def unsaid_after(happened: Happened) -> list[Json]:
    """Each question after it, left out."""
    is_whole = len(happened) > 10
    glides = (
        [{"question": "tingling", "exercise": "standing-calf-stretch", "value": None}] if is_whole else []
    )
    asked = [{"question": name, "value": None} for name in ("pain_peak", "pain_after", "spread")]
    return [*asked, *glides, {"question": "effort", "value": None}]


def test_what_lasted_is_said_at_the_end(page):
    show(page, answers(5, pain_peak=3, pain_after=3, spread="stayed"), 10_000)
    expect(page.get_by_text("It went further down your leg for more than 10 minutes.")).to_be_visible()
    show(page, answers(5, pain_peak=3, pain_after=3, spread="closer", tingling="over_10"), 10_000)
    expect(page.get_by_text("It tingled or went numb for more than 10 minutes.")).to_be_visible()
    expect(page.get_by_text("That is enough for today.")).to_be_visible()
    expect(page.get_by_text("That is often a good sign.")).to_be_hidden()
    whole = [*after_steps(12), (13_000, "saved", {})]
    show(page, [*whole, *[(14_000, "answered", each) for each in unsaid_after(whole)]], 15_000)
    expect(page.get_by_text("That is enough for today.")).to_be_hidden()


@pytest.mark.parametrize(
    ("happened", "is_too_much"),
    [
        (answers(5, pain_peak=2, pain_after=2, spread="same"), True),  # it was stopped for pain
        ([*LAST[:-3], (9000, "ended", {}), (9000, "saved", {})], False),
        ([*LAST[:-3], (9000, "skipped", {"reason": "pain"})], True),
        ([*LAST[:-3], (9000, "skipped", {"reason": "no_time"})], False),
        ([*LAST[:-3], (9000, "stopped", {}), (9100, "gone_on", {})], False),
        (
            [
                (9000, "ended", {}),
                (9000, "saved", {}),
                (9001, "answered", {"question": "pain_peak", "value": 9}),
            ],
            True,
        ),
        (
            [
                (9000, "ended", {}),
                (9000, "saved", {}),
                (9001, "answered", {"question": "spread", "value": "stayed"}),
            ],
            True,
        ),
        (
            [
                (9000, "ended", {}),
                (9000, "saved", {}),
                (9001, "answered", {"question": "pain_peak", "value": 5}),
            ],
            False,
        ),
        (
            [
                (9000, "stopped", {}),
                (9100, "symptom", {"what": "weakness"}),
                (9200, "cleared", {}),
                (9300, "gone_on", {}),
            ],
            True,
        ),
    ],
)
def test_what_was_too_much_for_that_day_is_known_without_a_signal(page, happened, is_too_much):
    script = """async (given) => {
      const {reduceAll, stepOf, wasTooMuch} = await import("/static/js/player/session.js");
      const all = [[0, "started", given.started], ...given.happened];
      let upTo = [];
      all.forEach(([mono, type, data], seq) => {
        const step = stepOf(reduceAll(upTo))?.id ?? null;
        upTo.push({id: String(seq), seq: seq + 1, type, mono, step, data});
      });
      return wasTooMuch(reduceAll(upTo), 5);
    }"""
    given = given_of(happened, 10_000, 4, asks_safety=False)
    assert page.evaluate(script, given) is is_too_much


def test_what_is_kept_and_what_was_sent_are_told_apart(page):
    show(page, *DONE["done"])
    page.evaluate("window.ui.sent(false, '')")
    expect(page.get_by_text("Saved on this phone")).to_be_visible()
    page.evaluate("window.ui.sent(true, '01a206ca-c28f-77b3-b004-266a7dea41c4')")
    expect(page.get_by_text("sent to your clinic")).to_be_visible()
    expect(page.get_by_text("Saved on this phone")).to_be_hidden()


LINES = {"kind": "session", "reason": "", "questions": KIT["lines"]}
LONGER = {"kind": "full", "reason": "It is time to ask again.", "questions": KIT["lines"]}


def test_none_of_the_lines_is_ticked_and_no_answer_is_guessed(page):
    page.evaluate("(due) => window.ui.ask(due, null)", LINES)
    show(page, [], 0, asks_safety=True)
    wishes_sent(page)
    assert page.locator("[data-screen=safety] input:checked").count() == 0
    press(page.get_by_role("button", name="Yes, these fit me"))
    assert wishes_sent(page) == []

    page.get_by_text("New weakness").click()
    press(page.get_by_role("button", name="I am not sure"))
    assert wishes_sent(page) == [
        ("screened", {"kind": "session", "answers": {"S1": "not_sure", "S2": "yes"}})
    ]
    page.get_by_text("New weakness").click()
    press(page.get_by_role("button", name="None of these today"))
    assert wishes_sent(page) == [("screened", {"kind": "session", "answers": {"S1": "no", "S2": "no"}})]


def test_no_answer_of_before_stands_there_as_if_it_were_said_now(page):
    page.evaluate("(due) => window.ui.ask(due, null)", LONGER)
    show(page, [], 0, asks_safety=True)
    for no in page.get_by_text("No", exact=True).locator("visible=true").all():
        no.click()
    show(page, *STAGE["work"])
    show(page, [*SHEETS["stop"][0], (6000, "symptom", {"what": "numbness"})], 7000)

    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert page.locator("[data-screen=safety] input:checked").count() == 0


def test_each_page_is_announced_by_its_heading(page):
    for seen in (QUESTIONS["pain_peak"], LEFT["parked"]):
        show(page, *seen)
        assert page.evaluate("document.activeElement.tagName") == "H1"
    for name in PAGES:
        page.evaluate("(name) => window.ui.page(name)", name)
        assert page.evaluate("document.activeElement.tagName") == "H1", name


def test_a_longer_set_wants_an_answer_to_each_question(page):
    page.evaluate("(due) => window.ui.ask(due, null)", LONGER)
    show(page, [], 0, asks_safety=True)
    wishes_sent(page)
    page.get_by_text("No", exact=True).first.click()
    press(page.get_by_role("button", name="Continue"))
    assert wishes_sent(page) == []
    page.get_by_text("I am not sure", exact=True).locator("visible=true").last.click()
    press(page.get_by_role("button", name="Continue"))
    assert wishes_sent(page) == [("screened", {"kind": "full", "answers": {"S1": "no", "S2": "not_sure"}})]


def test_a_symptom_told_of_at_the_stop_sheet_has_questions_too(player):
    page = player()
    page.evaluate("window.ui.ask(null, null)")
    show(page, SHEETS["stop"][0], 6000)
    told = [*SHEETS["stop"][0], (6000, "symptom", {"what": "numbness"})]
    show(page, told, 7000)

    expect(page.get_by_role("heading", name="Do any of these fit you now?")).to_be_visible()
    expect(page.get_by_text("New numbness between your legs")).to_be_visible()
    show(page, [*told, (8000, "cleared")], 9000)
    expect(page.get_by_text("It is best to end the session for today.")).to_be_visible()


def test_a_session_is_thrown_away_only_by_two_taps(page):
    show(page, *LEFT["parked"])
    wishes_sent(page)
    press(page.get_by_role("button", name="Throw it away"))
    assert wishes_sent(page) == []
    press(page.get_by_role("dialog").get_by_role("button", name="Throw it away"))
    assert wishes_sent(page) == [("discarded", {})]


def test_a_hold_says_what_it_is_about_and_whom_to_call(page):
    page.evaluate("window.ui.page('hold')")
    expect(page.get_by_text("Please ask first.")).to_be_visible()
    expect(page.get_by_role("link", name="In an emergency, call")).to_be_visible()


def test_pages_stand_in_the_place_of_a_session(page):
    for name in PAGES:
        page.evaluate("(name) => window.ui.page(name, {})", name)
        assert page.locator("section[data-screen]:visible").count() == 1, name
        expect(page.locator(f"section[data-screen={name}]")).to_be_visible()


# --- everybody can use it ---


def everything(page: Page) -> dict[str, Callable[[], object]]:
    """Every screen, page and sheet, each with how it is brought about."""
    seen = STAGE | SHEETS | QUESTIONS | DONE | LEFT
    found: dict[str, Callable[[], object]] = {
        name: lambda given=given: show(page, *given) for name, given in seen.items()
    }
    for name, due in (("lines", LINES), ("longer", LONGER)):
        found[name] = lambda due=due: (
            page.evaluate("(due) => window.ui.ask(due, null)", due),
            show(page, [], 0, asks_safety=True),
        )
    for name in ("end", "settings", "keys", "swap", "how"):
        found[name] = lambda name=name: (
            show(page, *STAGE["paused"]),
            page.evaluate("(name) => window.ui.open(name)", name),
        )
    found["discard"] = lambda: (show(page, *LEFT["parked"]), page.evaluate("window.ui.open('discard')"))
    for name in PAGES:
        found[name] = lambda name=name: page.evaluate("(name) => window.ui.page(name, {})", name)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(player, scheme):
    page = player(color_scheme=scheme)
    rules = {"rules": ["color-contrast"]} if scheme == "dark" else {}
    found = []
    for name, bring_about in everything(page).items():
        bring_about()
        page.wait_for_timeout(200)  # colours fade in
        found += [f"{name}: {each}" for each in faults_by_axe(page, *rules.values())]
        page.evaluate("document.querySelectorAll('dialog[open]').forEach((each) => each.close())")
    assert found == []


TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
  .map((each) => Math.max(0, each.scrollWidth - each.clientWidth))"""


def test_no_screen_is_wider_than_a_small_phone(player):
    page = player()
    page.set_viewport_size(SMALL)
    for name, bring_about in everything(page).items():
        bring_about()
        assert set(page.evaluate(TOO_WIDE)) == {0}, name
        page.evaluate("document.querySelectorAll('dialog[open]').forEach((each) => each.close())")
