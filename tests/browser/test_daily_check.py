"""The Daily check by keyboard, by touch and without JavaScript; its drawings, narrow and with large text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import faults
from tests.browser.conftest import DESK, PHONE, sign_in

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
REGIONS = [
    "Low back",
    "Buttock or back of the hip",
    "Back or side of the thigh",
    "Calf, shin or ankle",
    "Foot or toes",
]
PLACES = [f"{side} leg: {region.lower()}" for side in ("Left", "Right") for region in REGIONS]
MAP = "Where did it tingle or go numb?"
SAVED = "Thank you. Your daily check is saved."
# Where the places lie on the drawing: from its middle and top, in parts of its width.
ON_THE_DRAWING = dict(
    zip(REGIONS, [(0.12, 0.55), (0.13, 0.88), (0.14, 1.2), (0.14, 1.68), (0.14, 2.1)], strict=True)
)


@pytest.fixture
def patient(tracker, window):
    """Opens a window of the demonstration patient, whose right leg is the affected one."""

    def opened(size: dict[str, int] = PHONE, **options: object) -> Page:
        page: Page = window(size, **options)
        sign_in(page, tracker, "patient")
        return page

    return opened


def answer_scores(page: Page) -> None:
    page.goto("/check/?again=1")
    page.get_by_role("button", name="4", exact=True).click()
    page.get_by_role("button", name="2", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How far down your right leg did it go?")
    wait_for_its_looks(page)


def wait_for_its_looks(page: Page) -> None:
    """The heading can be read before the style sheets are there, and then every box is another."""
    page.wait_for_load_state("load")


def go_to_the_map(page: Page) -> None:
    answer_scores(page)
    page.get_by_role("button", name="Calf, shin or ankle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MAP)
    wait_for_its_looks(page)


def wait_until_it_takes_taps(page: Page) -> None:
    """For a moment a new page takes none, against double taps."""
    page.locator(".places-question").evaluate(
        "each => Promise.all(each.getAnimations().map(one => one.finished))"
    )


def place(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def point_on_the_drawing(page: Page, name: str) -> tuple[float, float]:
    """Where a place is drawn, in the window."""
    side, _, region = name.partition(" leg: ")
    drawing = page.locator(".body-back")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    across, down = ON_THE_DRAWING[region.capitalize()]
    middle = box["x"] + box["width"] / 2
    return middle + (across if side == "Right" else -across) * box["width"], box["y"] + down * box["width"]


def stored(page: Page) -> dict[str, object]:
    """The check that was stored last, as REST shows it."""
    expect(page.get_by_text(SAVED)).to_be_visible()
    newest: dict[str, object] = page.request.get("/api/v1/daily-checks/").json()["results"][0]
    return newest


# --- the whole of it, in each way ---


def focus_by_tab(page: Page, target: Locator) -> None:
    """Tab forward until the target has the focus, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached by the Tab key")


def test_the_whole_check_by_keyboard(patient):
    page = patient()
    page.goto("/check/?again=1")
    for score in ("3", "1"):
        focus_by_tab(page, page.get_by_role("button", name=score, exact=True))
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("right leg")
    focus_by_tab(page, page.get_by_role("button", name="Back or side of the thigh"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(MAP)
    for name in ("Left leg: foot or toes", "Right leg: calf, shin or ankle"):
        focus_by_tab(page, place(page, name))
        page.keyboard.press("Space")
    focus_by_tab(page, page.get_by_role("button", name="Continue"))
    page.keyboard.press("Enter")

    check = stored(page)
    assert (check["worst_leg_pain"], check["worst_back_pain"], check["reach_right"]) == (3, 1, 3)
    assert (check["tingling_numbness_left"], check["tingling_numbness_right"]) == (["foot"], ["calf"])


def test_the_whole_check_by_touch_on_the_drawing(patient):
    page = patient(has_touch=True, is_mobile=True)
    page.goto("/check/?again=1")
    page.get_by_role("button", name="3", exact=True).tap()
    page.get_by_role("button", name="1", exact=True).tap()
    page.get_by_role("button", name="Back or side of the thigh").tap()
    wait_until_it_takes_taps(page)
    place(page, "Left leg: back or side of the thigh").tap()
    place(page, "Left leg: back or side of the thigh").tap()
    for name in ("Right leg: calf, shin or ankle", "Left leg: low back"):
        page.touchscreen.tap(*point_on_the_drawing(page, name))
    page.get_by_role("button", name="Continue").tap()

    check = stored(page)
    assert (check["tingling_numbness_left"], check["tingling_numbness_right"]) == (["low_back"], ["calf"])


def test_the_whole_check_without_javascript(patient):
    page = patient(java_script_enabled=False)
    go_to_the_map(page)
    place(page, "Right leg: foot or toes").check()
    expect(mark_of(page, "Right leg: foot or toes")).to_have_css("opacity", "1")
    expect(mark_of(page, "Left leg: foot or toes")).to_have_css("opacity", "0")
    page.get_by_role("button", name="Continue").click()

    check = stored(page)
    assert (check["tingling_numbness_left"], check["tingling_numbness_right"]) == ([], ["foot"])


def test_nowhere_takes_one_tap(patient):
    page = patient()
    go_to_the_map(page)
    page.get_by_role("button", name="Nowhere").click()

    check = stored(page)
    assert (check["tingling_numbness_left"], check["tingling_numbness_right"]) == ([], [])


def test_both_legs_lead_to_the_signs_that_need_help_now(patient):
    page = patient()
    go_to_the_map(page)
    place(page, "Left leg: calf").check()
    page.get_by_role("button", name="Continue").click()

    expect(page).to_have_url(re.compile("/help/$"))
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.get_by_text("please get help now")).to_be_in_viewport()


def mark_of(page: Page, name: str) -> Locator:
    """What is drawn over a chosen part of the body."""
    return page.locator(".place").filter(has=place(page, name)).locator(".place-hatch")


# --- the map ---


def test_every_place_is_ticked_by_a_tap_on_the_drawing(patient):
    page = patient(DESK)
    go_to_the_map(page)
    wait_until_it_takes_taps(page)
    for name in PLACES:
        expect(place(page, name)).not_to_be_checked()
        page.mouse.click(*point_on_the_drawing(page, name))
        expect(place(page, name)).to_be_checked()
        expect(mark_of(page, name)).to_have_css("opacity", "1")


def test_the_enter_key_on_a_place_never_answers_nowhere(patient):
    page = patient()
    go_to_the_map(page)
    place(page, "Left leg: back or side of the thigh").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#id_tingling_numbness_error")).to_contain_text("Tap each place")
    place(page, "Left leg: back or side of the thigh").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    assert stored(page)["tingling_numbness_left"] == ["thigh"]


def test_a_place_that_was_ticked_stays_so_when_nowhere_is_pressed_too(patient):
    page = patient()
    go_to_the_map(page)
    place(page, "Left leg: back or side of the thigh").check()
    page.get_by_role("button", name="Nowhere").click()

    expect(page.locator("#id_tingling_numbness_error")).to_contain_text(
        "You chose a place and “Nowhere” too."
    )
    expect(place(page, "Left leg: back or side of the thigh")).to_be_checked()


def test_a_ticked_place_is_seen_in_a_browser_that_cannot_ask_what_a_part_holds(patient):
    """Such a browser passes over every rule with `:has()`."""
    page = patient(NARROW)

    def unknown(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(":has(", ":unknown("))

    page.route("**/daily-check*.css", unknown)
    go_to_the_map(page)
    box = place(page, "Left leg: foot")
    box.check()

    expect(box).to_have_css("opacity", "1")
    size = box.bounding_box()
    assert size is not None
    assert size["width"] == size["height"] == 24
    for side, region in (("Right", "calf"), ("Left", "low back")):
        place(page, f"{side} leg: {region}").check()
        expect(place(page, f"{side} leg: {region}")).to_be_checked()


SIZES_ON_THE_DRAWING = """
() => {
  const box = document.querySelector('.body-back').getBoundingClientRect();
  const sizes = {};
  for (let y = box.top; y < box.bottom + 40; y += 1) {
    for (let x = box.left; x < box.right; x += 1) {
      const label = document.elementFromPoint(x, y)?.closest('.place');
      if (!label) continue;
      const name = label.innerText.replace(/\\s+/g, ' ').trim();
      const size = (sizes[name] ??= { left: x, right: x, top: y, bottom: y });
      size.left = Math.min(size.left, x);
      size.right = Math.max(size.right, x);
      size.top = Math.min(size.top, y);
      size.bottom = Math.max(size.bottom, y);
    }
  }
  return Object.entries(sizes).map(([name, each]) =>
    [name, each.right - each.left + 1, each.bottom - each.top + 1]);
}
"""


def with_large_text(page: Page) -> None:
    page.evaluate("document.documentElement.style.fontSize = '200%'")


@pytest.mark.parametrize("is_large", [False, True], ids=["usual text", "text of 200 %"])
def test_every_place_is_large_enough_for_a_finger_at_320_pixels(patient, is_large):
    page = patient({"width": 320, "height": 3000})
    go_to_the_map(page)
    wait_until_it_takes_taps(page)
    if is_large:
        with_large_text(page)

    drawn = page.evaluate(SIZES_ON_THE_DRAWING)
    assert len(drawn) == len(PLACES)
    assert [each for each in drawn if each[1] < 44 or each[2] < 44] == []
    for name in PLACES:
        box = place(page, name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, (name, box)


# --- the ladder ---


def test_the_drawing_of_the_leg_fills_down_to_the_rung_that_is_pointed_at(patient):
    page = patient(DESK)
    answer_scores(page)
    page.get_by_role("button", name="Back or side of the thigh").hover()

    filled = page.locator(".rung:not(.rung-0)").evaluate_all(
        "all => all.map(each => getComputedStyle(each.querySelector('.rung-felt')).opacity)"
    )
    assert filled == ["1", "1", "1", "0", "0"]


@pytest.mark.parametrize("is_large", [False, True], ids=["usual text", "text of 200 %"])
def test_each_part_of_the_leg_is_level_with_its_rung(patient, is_large):
    page = patient(NARROW)
    answer_scores(page)
    if is_large:
        with_large_text(page)

    parts = page.locator(".rung:not(.rung-0)").evaluate_all(
        "all => all.map(each => [each, each.querySelector('svg'), each.querySelector('span')]"
        ".map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom]))"
    )
    for (top, bottom), (part_top, part_bottom), (words_top, words_bottom) in parts:
        assert abs(part_top - top) <= 1
        assert abs(part_bottom - bottom) <= 1
        assert top <= words_top < words_bottom <= bottom
        assert bottom - top >= 44
    for (_, (_, bottom), _), (_, (top, _), _) in pairwise(parts):
        assert 0 <= bottom - top <= 2, "no gap in the leg"


# --- both ---


def test_the_drawings_have_no_fault_that_axe_knows(patient):
    page = patient(NARROW)
    answer_scores(page)
    found = faults(page)
    page.get_by_role("button", name="Calf, shin or ankle").click()
    place(page, "Left leg: back or side of the thigh").check()
    found += faults(page)
    page.get_by_role("button", name="Nowhere").click()
    expect(page.locator("#id_tingling_numbness_error")).to_be_visible()
    found += faults(page)

    assert found == []


@pytest.mark.parametrize("size", [NARROW, PHONE], ids=["narrow", "phone"])
def test_nothing_scrolls_sideways_with_text_of_200_percent(patient, size):
    for go in (answer_scores, go_to_the_map):
        page = patient(size)
        go(page)
        with_large_text(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, page.url
        cut = page.locator(".rung-text, .place-words").evaluate_all(
            "all => all.filter(each => each.scrollWidth > each.clientWidth + 2).map(each => each.innerText)"
        )
        assert cut == []


def test_the_demonstration_tells_of_tingling_in_the_leg_that_hurts(patient):
    page = patient()
    page.goto("/history/")

    words = "Tingling or numbness in the right leg: calf, shin or ankle"
    expect(page.get_by_text(words).first).to_be_attached()
