"""The page of all reminders with a keyboard alone, and a reminder in an open page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in

pytestmark = pytest.mark.browser


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the control with this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const at = document.activeElement;"
            " return (at.labels?.[0]?.textContent ?? at.textContent ?? '').trim(); }"
        )
        if name.startswith(label):
            return
    raise AssertionError(f"Tab never leads to {label}")


def test_everything_can_be_changed_with_the_keyboard(tracker, window):
    page = window(DESK)
    sign_in(page, tracker, "patient")
    page.goto("/reminders/")
    box = page.get_by_role("checkbox", name="One e-mail a day")
    assert not box.is_checked()

    tab_to(page, "One e-mail a day")
    page.keyboard.press("Space")
    tab_to(page, "At 08:00")  # what is on can be unfolded
    page.keyboard.press("Enter")
    tab_to(page, "At")
    page.keyboard.type("0915AM" if "AM" in page.evaluate("new Date().toLocaleTimeString()") else "0915")
    tab_to(page, "Save")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_text("Your reminders are saved.")).to_be_visible()
    expect(page.get_by_text("At 09:15, to")).to_be_visible()
    tab_to(page, "Stop everything")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("All your reminders are stopped.")
    tab_to(page, "Start again")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Your reminders come again.")).to_be_visible()


def test_a_time_shows_only_for_what_is_on(tracker, window):
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    page.goto("/reminders/")
    when = page.locator(".remind", has=page.get_by_role("checkbox", name="Your Daily check")).locator(
        "summary"
    )

    page.get_by_role("checkbox", name="Your Daily check").check()
    expect(when).to_be_visible()
    page.get_by_role("checkbox", name="Your Daily check").uncheck()
    expect(when).to_be_hidden()
