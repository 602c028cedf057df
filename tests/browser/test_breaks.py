"""Movement breaks in a browser: the prompt in an open page, the pages by keyboard and on a small phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, sign_in

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 568}
PROMPT = "Time to change position"
# Seconds after its start at which the demonstration prompts its first patient, and air for a slow machine.
FIRST_PROMPT = 40
AIR = 60
OTHER = "Bronwen Pryce"
"""A demonstration patient whose next prompt nobody waits for, so that it may be put off."""


def announced(page: Page) -> None:
    """Keep what is asked of the server, so that a test sees that nothing was loaded again."""
    page.evaluate("window.isStillTheSamePage = true")


def test_a_prompt_comes_into_an_open_page_and_leaves_the_person_alone(tracker, window):
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    page.goto("/me/")
    announced(page)
    field = page.locator("main a, main button, main input").first
    field.focus()

    prompt = page.get_by_role("heading", name=PROMPT)
    expect(prompt).to_be_visible(timeout=(FIRST_PROMPT + AIR) * 1000)

    assert page.evaluate("window.isStillTheSamePage")
    expect(field).to_be_focused()
    # Closed in another window, it goes away here too, as soon as somebody looks.
    elsewhere = page.context.new_page()
    elsewhere.goto("/breaks/")
    elsewhere.get_by_role("button", name="Done", exact=True).click()
    expect(elsewhere.get_by_text("Well done.")).to_be_visible()
    elsewhere.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(prompt).to_have_count(0)
    assert page.evaluate("window.isStillTheSamePage")


def test_what_keeps_somebody_safe_has_nothing_above_it(tracker, window):
    page = window(PHONE)
    sign_in(page, tracker, OTHER)
    for path in ("/help/", "/stage/"):
        page.goto(path)
        expect(page.locator("#break-prompt")).to_have_count(0)


def test_the_page_of_breaks_by_keyboard(tracker, window):
    page = window(PHONE)
    sign_in(page, tracker, OTHER)
    page.goto("/breaks/")

    reach(page, "Remind me to move")
    assert page.locator("#id_enabled").is_checked()
    reach(page, "30")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("40", exact=True)).to_be_checked()
    expect(page.locator("#preview")).to_contain_text("Nothing is saved yet.")
    reach(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your movement breaks are saved.")).to_be_visible()
    expect(page.get_by_label("40", exact=True)).to_be_checked()

    reach(page, "I have just moved")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You took")).to_be_visible()


def reach(page: Page, name: str) -> None:
    """Go on with Tab until what has this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if here.startswith(name):
            return
    raise AssertionError(f"Tab never came to {name}")


def test_the_clock_of_a_break_counts_down_and_says_so(tracker, window):
    page = window(PHONE)
    page.clock.install()
    sign_in(page, tracker, OTHER)
    page.goto("/breaks/now/")
    whole = int(page.locator(".timer").get_attribute("data-seconds") or 0)
    words, count = page.locator(".timer-words"), page.locator(".timer-count")

    page.get_by_role("button", name="Start").click()
    expect(words).to_have_text("The clock is running.")
    page.clock.run_for(3000)
    expect(count).to_have_text(shown(whole - 3))
    # asleep for a while: what counts is the moment at which it ends
    page.clock.fast_forward((whole - 13) * 1000)
    expect(count).to_have_text(shown(10))
    expect(words).to_have_text("10 seconds left.")
    page.clock.run_for(10_000)
    expect(words).to_have_text("Time is up. Well done.")
    page.get_by_role("button", name="Once more").click()
    expect(count).to_have_text(shown(whole))
    page.get_by_role("button", name="Stop").click()
    expect(words).to_have_text("The clock is stopped.")

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Well done.")).to_be_visible()


def shown(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def test_narrow_and_dark_nothing_is_wrong(tracker, window):
    page = window(NARROW)
    sign_in(page, tracker, OTHER)
    found = []
    for path in ("/breaks/", "/breaks/now/", "/breaks/now/?after=walk-for-water"):
        page.goto(path)
        page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(each => each.click())")
        found += faults(page)

    assert found == []


def test_without_javascript_there_is_a_time_and_a_button(tracker, window):
    page = window(NARROW, java_script_enabled=False)
    sign_in(page, tracker, OTHER)
    page.goto("/breaks/now/")

    expect(page.get_by_text("About")).to_be_visible()
    expect(page.locator(".timer-face")).to_be_hidden()
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Well done.")).to_be_visible()


def test_the_buttons_of_a_break_are_big_enough_for_a_thumb(tracker, window):
    page = window(NARROW)
    sign_in(page, tracker, OTHER)
    page.goto("/breaks/now/")

    for name in ("Start", "Done", "Show me another"):
        box = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).bounding_box()
        assert box is not None
        assert box["height"] >= 64, name
