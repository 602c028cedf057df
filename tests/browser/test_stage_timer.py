"""The clock of a stage test in a browser, with time that is travelled and never slept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, answer_safety_questions, change_data, sign_in
from tests.browser.test_player_cues import LONG, RECORDER, SHORT
from tests.tracker import Tracker

pytestmark = pytest.mark.browser

# No program that ships asks for seconds, so the plans of the demonstration do here.
ASK_FOR_SECONDS = """
from programs.care.models import PlanVersion

def item(key, unit, at_least, share_of_other=None):
    return {
        "key": key, "kind": "count", "aim": "Stand on one leg for a while",
        "question": f"How many {unit} did you do it?", "exercise": "", "unit": unit,
        "each_side": share_of_other is not None, "at_least": at_least, "share_of_other": share_of_other,
        "most_apart": None, "rise_over_first": None, "pain_at_most": None,
    }

for version in PlanVersion.objects.all():
    for stage in version.content_values["stages"]:
        stage["test_items"] = [
            item("balance", "seconds", 20), item("raises", "times", 5), item("legs", "seconds", None, 90),
        ]
    version.save()
"""


@pytest.fixture(scope="module")
def test_to_take(tracker: Tracker, window: Callable[..., Page]) -> None:
    """The patient's stage asks for seconds, and no safety question is open."""
    change_data(tracker, ASK_FOR_SECONDS)
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    page.goto("/stage/test/")
    answer_safety_questions(page)


@pytest.fixture
def phone(test_to_take: None, tracker: Tracker, window: Callable[..., Page]) -> Callable[..., Page]:
    """The first question of the test, on a phone whose sound and screen are recorded.

    Each has a sign-in of its own, and with it a draft of its own.
    """

    def opened(is_recorded: bool = True, **special: object) -> Page:
        page = window(PHONE, **special)
        sign_in(page, tracker, "patient")
        if is_recorded:
            page.clock.install()
            page.add_init_script(RECORDER)
        page.goto("/stage/test/")
        expect(page.get_by_role("heading", level=1)).to_have_text("How many seconds did you do it?")
        if is_recorded:
            page.clock.pause_at(page.evaluate("Date.now()") + 10_000)
        return page

    return opened


def press(page: Page, name: str) -> None:
    page.locator(".stage-timer").get_by_role("button", name=name, exact=True).click()


def test_it_counts_up_after_three_two_one_and_fills_the_field(phone):
    page = phone()
    count, words = page.get_by_role("timer"), page.locator(".stage-timer").get_by_role("status")
    expect(words).to_have_text("Your aim is 20 seconds.")

    press(page, "Start")
    expect(count).to_have_text("3")
    expect(words).to_have_text("Get ready.")
    page.clock.run_for(1000)
    expect(count).to_have_text("2")
    page.clock.run_for(2000)
    expect(count).to_have_text("0")
    expect(words).to_have_text("Go.")
    page.clock.run_for(12_400)
    expect(count).to_have_text("12")
    press(page, "Stop")

    expect(page.get_by_role("spinbutton")).to_have_value("12")
    expect(words).to_have_text("It is filled in. You can change it.")
    page.clock.run_for(5000)
    expect(count).to_have_text("12")
    press(page, "Start again")
    page.clock.run_for(8000)
    press(page, "Stop")
    expect(page.get_by_role("spinbutton")).to_have_value("5")


def test_the_aim_is_heard_and_said_and_the_clock_goes_on(phone):
    page = phone()
    page.evaluate("window.begun = performance.now()")

    press(page, "Start")
    page.clock.run_for(23_000)
    expect(page.locator(".stage-timer").get_by_role("status")).to_have_text("You did 20 seconds. Well done.")
    heard = page.evaluate("tones.map((one) => [Math.round((one.at - begun) / 1000), one.pitch])")
    assert heard == [
        *[[0, SHORT], [1, SHORT], [2, SHORT], [3, LONG]],
        *[[20, SHORT], [21, SHORT], [22, SHORT], [23, LONG]],
    ]
    assert page.evaluate("buzzed") == [[300]]
    page.clock.run_for(7000)
    press(page, "Stop")
    expect(page.get_by_role("spinbutton")).to_have_value("27")


def test_the_screen_stays_on_only_while_it_runs(phone):
    page = phone()
    assert page.evaluate("locks.length") == 0

    press(page, "Start")
    assert page.evaluate("locks.map((lock) => Boolean(lock.isReleased))") == [False]
    page.clock.run_for(9000)
    press(page, "Stop")

    assert page.evaluate("locks.map((lock) => Boolean(lock.isReleased))") == [True]
    assert page.evaluate("tones.filter((one) => one.at > performance.now() && !one.isCut).length") == 0


LOOK = """(isHidden) => {
  Object.defineProperty(document, "hidden", {get: () => isHidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_timers_that_come_late_count_all_of_it(phone):
    page = phone()
    press(page, "Start")
    page.clock.run_for(4000)

    page.evaluate(LOOK, True)
    page.clock.fast_forward(1500)
    page.evaluate(LOOK, False)
    page.clock.fast_forward(58_500)
    page.clock.run_for(1)

    expect(page.get_by_role("timer")).to_have_text("61")


def test_a_clock_that_is_set_forward_counts_nothing(phone):
    page = phone()
    press(page, "Start")
    page.clock.run_for(4000)
    page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 3_600_000; })()")
    page.clock.run_for(1000)

    expect(page.get_by_role("timer")).to_have_text("2")


@pytest.mark.parametrize("ends_by", ["a tap", "itself"])
def test_nothing_is_filled_in_while_nobody_looked(phone, ends_by):
    page = phone()
    press(page, "Start")
    page.clock.run_for(4000)

    page.evaluate(LOOK, True)
    page.clock.run_for(600_000)
    page.evaluate(LOOK, False)
    if ends_by == "a tap":
        press(page, "Start again")
        page.clock.run_for(5000)
        press(page, "Stop")
        expect(page.get_by_role("spinbutton")).to_have_value("2")
        return
    words = "The clock stopped, as the screen was off. Please start again."
    expect(page.locator(".stage-timer").get_by_role("status")).to_have_text(words)
    expect(page.get_by_role("spinbutton")).to_have_value("")


def test_a_start_taken_back_fills_nothing(phone):
    page = phone()
    press(page, "Start")
    page.clock.run_for(1500)
    press(page, "Stop")

    expect(page.get_by_role("spinbutton")).to_have_value("")
    expect(page.locator(".stage-timer").get_by_role("status")).to_have_text("The clock is stopped.")


def test_it_stops_by_itself_where_the_field_takes_no_more(phone):
    page = phone()
    press(page, "Start")
    page.clock.run_for(510_000)

    expect(page.get_by_role("spinbutton")).to_have_value("500")
    expect(page.get_by_role("button", name="Start again")).to_be_visible()


def test_a_clock_stands_only_beside_seconds_and_names_an_aim_only_if_there_is_one(phone):
    page = phone()
    press(page, "Start")
    page.clock.run_for(25_000)
    press(page, "Stop")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("How many times did you do it?")
    expect(page.locator(".stage-timer")).to_have_count(0)
    page.get_by_role("spinbutton").fill("6")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("leg: How many seconds")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.locator(".stage-timer").get_by_role("status")).to_have_text("Tap Start, then get into place.")
    press(page, "Start")
    page.clock.run_for(3500)
    assert page.evaluate("tones.length") == 4


def test_without_javascript_the_field_stays_as_it_was(phone):
    page = phone(is_recorded=False, java_script_enabled=False)

    expect(page.locator(".stage-timer")).to_be_hidden()
    page.get_by_role("spinbutton").fill("14")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How many times did you do it?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_while_it_runs(phone, scheme):
    page = phone(is_recorded=False, color_scheme=scheme)
    press(page, "Start")
    expect(page.locator(".stage-timer").get_by_role("status")).to_have_text("Go.")

    assert faults(page) == []
