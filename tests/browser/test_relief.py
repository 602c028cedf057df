"""The clocks of heat and ice in a browser, with time that is travelled and never slept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, sign_in

pytestmark = pytest.mark.browser

WHO = "Bronwen Pryce"
MINUTE = 60_000


def opened(page: Page, tracker) -> Page:
    page.clock.install()
    sign_in(page, tracker, WHO)
    page.goto("/relief/")
    return page


def clock(page: Page, name: str) -> Locator:
    return page.locator(".relief-timer").filter(has=page.get_by_role("heading", name=name))


def test_a_clock_counts_down_says_half_time_and_the_end(tracker, window):
    page = opened(window(PHONE), tracker)
    heat = clock(page, "Heat")
    count, words = heat.get_by_role("timer"), heat.get_by_role("status")
    expect(count).to_have_text("20:00")

    heat.get_by_role("button", name="Start heat").click()
    expect(words).to_have_text("The clock is running.")
    page.clock.run_for(3000)
    expect(count).to_have_text("19:57")
    page.clock.run_for(10 * MINUTE - 3000)
    expect(count).to_have_text("10:00")
    expect(words).to_have_text("Half the time is over. Look at your skin.")
    page.clock.run_for(10 * MINUTE)

    expect(count).to_have_text("0:00")
    expect(words).to_have_text("Time is up. Take the pack off now.")
    expect(clock(page, "Ice").get_by_role("timer")).to_have_text("20:00")
    heat.get_by_role("button", name="Start again").click()
    expect(count).to_have_text("20:00")


def test_a_phone_that_slept_shows_the_right_time_when_it_wakes(tracker, window):
    page = opened(window(PHONE), tracker)
    ice = clock(page, "Ice")
    ice.get_by_role("button", name="Start ice").click()

    page.clock.fast_forward(12 * MINUTE)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ice.get_by_role("timer")).to_have_text("8:00")

    page.clock.fast_forward(13 * MINUTE)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ice.get_by_role("status")).to_have_text("Time was up 5 minutes ago. Take the pack off now.")


def test_a_paused_clock_waits_and_a_stopped_one_is_whole_again(tracker, window):
    page = opened(window(PHONE), tracker)
    heat = clock(page, "Heat")
    count, words = heat.get_by_role("timer"), heat.get_by_role("status")
    heat.get_by_role("button", name="Start").click()
    page.clock.run_for(5 * MINUTE)

    heat.get_by_role("button", name="Pause").click()
    expect(words).to_have_text("The clock is paused.")
    page.clock.run_for(9 * MINUTE)
    expect(count).to_have_text("15:00")
    heat.get_by_role("button", name="Carry on").click()
    page.clock.run_for(MINUTE)
    expect(count).to_have_text("14:00")

    heat.get_by_role("button", name="Stop").click()
    expect(words).to_have_text("The clock is stopped.")
    expect(count).to_have_text("20:00")
    expect(heat.get_by_role("button", name="Start heat")).to_be_focused()


def test_a_page_loaded_again_goes_on_where_it_was(tracker, window):
    page = opened(window(PHONE), tracker)
    clock(page, "Heat").get_by_role("button", name="Start").click()
    page.clock.run_for(4 * MINUTE)

    page.reload()

    expect(clock(page, "Heat").get_by_role("timer")).to_have_text("16:00")
    expect(clock(page, "Heat").get_by_role("button", name="Pause")).to_be_visible()


def test_without_javascript_there_is_no_clock_but_a_kitchen_clock(tracker, window):
    page = window(PHONE, java_script_enabled=False)
    sign_in(page, tracker, WHO)
    page.goto("/relief/")

    expect(page.get_by_text("Set a kitchen clock for 20 minutes.")).to_be_visible()
    expect(page.locator(".relief-timer").first).to_be_hidden()
    expect(page.get_by_text("Make a sound at the end")).to_be_hidden()
    expect(page.get_by_text("Keep this page open.")).to_be_hidden()


def test_running_narrow_and_dark_nothing_is_wrong(tracker, window):
    page = window(PHONE)
    sign_in(page, tracker, WHO)
    page.goto("/relief/")
    page.locator("summary").evaluate_all("all => all.forEach(each => each.click())")
    page.get_by_role("button", name="Start heat").click()

    assert faults(page) == []
