"""Turning notifications on and off in a page, and what it says where that is not possible.

The push service of the browser is the one thing that is not here: a stand-in for it gives out subscriptions.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, sign_in
from tests.tracker import Tracker

pytestmark = pytest.mark.browser

# The keys are those of the example in RFC 8291.
PUSH_SERVICE = """
const KEYS = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};
const given = () => {
  const made = JSON.parse(localStorage.getItem("given"));
  return made && {
    endpoint: made.endpoint,
    options: { applicationServerKey: Uint8Array.from(made.key).buffer },
    toJSON: () => ({ endpoint: made.endpoint, keys: KEYS }),
    unsubscribe: async () => localStorage.removeItem("given"),
  };
};
PushManager.prototype.getSubscription = async () => given();
PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  const endpoint = `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`;
  localStorage.setItem("given", JSON.stringify({ endpoint, key: [...applicationServerKey] }));
  return given();
};
"""
NOBODY_ANSWERS = "PushManager.prototype.subscribe = () => Promise.reject(new Error('push service'));"
DENIED = 'Object.defineProperty(Notification, "permission", { get: () => "denied" });'
NO_PUSH = "delete window.PushManager;"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
ON = "Notifications are on in this browser."
TURN_ON = "Turn on notifications here"


@pytest.fixture
def reminders(tracker: Tracker, window: Callable[..., Page]) -> Callable[..., Page]:
    """The page of somebody whose browser has these peculiarities."""

    def opened(*scripts: str, who: str = "patient", **options: object) -> Page:
        page = window(PHONE, service_workers="allow", **options)
        page.context.grant_permissions(["notifications"], origin=tracker.address)
        for script in scripts:
            page.add_init_script(script)
        sign_in(page, tracker, who)
        page.goto("/reminders/")
        return page

    return opened


def turned_on(page: Page) -> None:
    page.get_by_role("button", name=TURN_ON).click()
    expect(page.get_by_text(ON)).to_be_visible()


@pytest.mark.parametrize("who", ["patient", "therapist"])
def test_notifications_are_turned_on_seen_in_the_list_and_turned_off(
    reminders: Callable[..., Page], who: str
) -> None:
    page = reminders(PUSH_SERVICE, who=who)
    turned_on(page)

    expect(page.get_by_text("This browser", exact=True)).to_be_visible()
    page.goto("/reminders/")
    expect(page.get_by_text(ON)).to_be_visible()
    assert faults(page) == []

    page.get_by_role("button", name="Turn off notifications in this browser").click()
    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()
    expect(page.get_by_text("This browser", exact=True)).to_have_count(0)
    assert page.evaluate("localStorage.getItem('given')") is None


def test_a_test_says_in_place_how_it_stands(reminders: Callable[..., Page]) -> None:
    page = reminders(PUSH_SERVICE)
    turned_on(page)
    with page.expect_request("**/push/tests/") as sent:
        page.get_by_role("button", name="Send me a test").click()

    made_here = page.evaluate("JSON.parse(localStorage.getItem('push-subscription')).id")
    assert f"browser={made_here}" in (sent.value.post_data or "")
    expect(page.locator("#push-test")).to_contain_text("Your test is")
    page.get_by_role("button", name="Turn off notifications in this browser").click()
    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()


def test_a_browser_that_was_removed_elsewhere_takes_none_any_more(reminders: Callable[..., Page]) -> None:
    page = reminders(PUSH_SERVICE)
    turned_on(page)
    made_here = page.evaluate("JSON.parse(localStorage.getItem('push-subscription')).id")
    csrf = page.locator("#notifications [name=csrfmiddlewaretoken]").first.input_value()
    address = f"/push/browsers/{made_here}/remove/"
    assert page.request.post(address, headers={"X-CSRFToken": csrf}, form={}, max_redirects=0).status == 302

    page.goto("/reminders/")

    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()
    assert page.evaluate("localStorage.getItem('given')") is None


def test_removing_this_browser_from_the_list_turns_it_off(reminders: Callable[..., Page]) -> None:
    page = reminders(PUSH_SERVICE)
    turned_on(page)
    this = page.locator("[data-push-browser]").filter(has=page.get_by_text("This browser", exact=True))
    this.get_by_role("button", name="Remove").click()

    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()
    assert page.evaluate("localStorage.getItem('given')") is None


def test_an_address_that_the_browser_has_changed_is_told_at_the_next_visit(
    reminders: Callable[..., Page],
) -> None:
    page = reminders(PUSH_SERVICE)
    turned_on(page)
    before = page.evaluate("localStorage.getItem('push-subscription')")
    page.evaluate("localStorage.removeItem('given')")

    page.goto("/reminders/")

    expect(page.get_by_text(ON)).to_be_visible()
    assert page.evaluate("localStorage.getItem('push-subscription')") != before
    expect(page.locator("[data-push-browser]")).to_have_count(1)
    page.get_by_role("button", name="Turn off notifications in this browser").click()
    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()


def test_signing_out_ends_them_in_this_browser(reminders: Callable[..., Page], tracker: Tracker) -> None:
    page = reminders(PUSH_SERVICE)
    turned_on(page)
    page.goto("/me/")
    with page.expect_navigation(url="**/account/login/**"):
        page.get_by_role("button", name="Sign out").click()
    assert (
        page.evaluate("[localStorage.getItem('given'), localStorage.getItem('push-subscription')]")
        == [None] * 2
    )

    sign_in(page, tracker, "patient")
    page.goto("/reminders/")

    expect(page.get_by_role("button", name=TURN_ON)).to_be_visible()
    expect(page.locator("[data-push-browser]")).to_have_count(0)


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ([DENIED], "Your browser does not let us show notifications."),
        ([NO_PUSH], "This browser cannot show them."),
    ],
)
def test_where_it_is_not_possible_the_page_says_why_and_what_else_there_is(
    reminders: Callable[..., Page], scripts: list[str], words: str
) -> None:
    page = reminders(*scripts)

    expect(page.get_by_text(words)).to_be_visible()
    section = page.locator("#notifications")
    expect(
        section.get_by_role("link", name="your reminders in your own calendar").locator("visible=true")
    ).to_be_visible()
    expect(section.get_by_role("button", name=TURN_ON)).to_be_hidden()
    assert faults(page) == []


def test_a_push_service_out_of_reach_can_be_tried_again(reminders: Callable[..., Page]) -> None:
    page = reminders(PUSH_SERVICE, NOBODY_ANSWERS)
    page.get_by_role("button", name=TURN_ON).click()

    expect(page.get_by_text("We could not turn them on.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert faults(page) == []


def test_an_iphone_is_told_the_three_steps(reminders: Callable[..., Page]) -> None:
    page = reminders(NO_PUSH, user_agent=IPHONE)

    for step in (
        "Tap the Share button.",
        "Choose “Add to Home Screen”.",
        "Open Exercise Tracker from your home",
    ):
        expect(page.get_by_text(step)).to_be_visible()
    assert faults(page) == []


def test_without_javascript_the_page_says_what_it_takes(reminders: Callable[..., Page]) -> None:
    page = reminders(java_script_enabled=False)

    expect(page.get_by_text("JavaScript must be on in your browser.")).to_be_visible()
    expect(page.get_by_role("button", name=TURN_ON)).to_be_hidden()
