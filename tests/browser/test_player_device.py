"""What stays on a device, and what does not: warning signs, signing out, the next person, a new version."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in
from tests.browser.phone import Phone, without_server
from tests.browser.test_player import NO_ROOM, SHORT
from tests.tracker import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("early_in_the_day")]

LEFT_HERE = """async () => ({
  caches: (await caches.keys()).filter((name) => name.startsWith("kit-")).length,
  databases: (await indexedDB.databases()).filter(({name}) => name === "tracker").length,
  remembered: localStorage.length,
})"""
# As a browser does it that has found other bytes at the worker's address.
NEW_WORKER = """async () => {
  const registration = await navigator.serviceWorker.register("/service-worker.js?new");
  await new Promise((resolve) => {
    const look = () => (registration.waiting ? resolve() : setTimeout(look, 50));
    look();
  });
}"""
WAITING = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration.waiting !== null;
}"""


@pytest.fixture
def phone_of(tracker, window):
    def opened(who: str) -> Phone:
        page = window(PHONE, service_workers="allow")
        sign_in(page, tracker, who)
        return Phone(page)

    return opened


def test_a_sign_told_without_a_signal_shows_help_at_once_and_arrives_after_the_tab_was_killed(
    tracker, phone_of
):
    phone = phone_of("Bronwen Pryce")
    phone.open()
    phone.keep_kit()
    phone.page.goto("/player/")
    phone.see("safety", "before")
    if phone.screen == "before":
        pytest.fail("This patient answered today's lines already: take another one.")

    with without_server(tracker):
        phone.page.locator("[data-lines] input").first.check()
        phone.page.get_by_role("button", name="Yes, these fit me").click()
        phone.see("urgent")
        phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back from another app
        phone.pass_time(0.1)
        assert phone.screen == "urgent"
        expect(phone.page.get_by_role("link", name="Call 112")).to_be_visible()
        context = phone.page.context
        phone.page.close()
        again = Phone(context.new_page())
        again.open("/")
        assert again.screen == "urgent"

    wait_until(again.is_sent, 60, "the answer is with the clinic")
    status = again.page.request.get("/api/v1/safety/status/").json()
    assert (status["may_start"], status["lock"]["level"]) == (False, "emergency")


def test_a_sign_counts_also_where_there_is_no_room_to_keep_it(tracker, phone_of):
    phone = phone_of("Ingrid Dahl")
    phone.page.add_init_script(NO_ROOM)
    phone.open()
    assert phone.screen == "safety", (
        "the lines of the day are asked once: take a patient of their own for this"
    )
    phone.page.evaluate("window.isFull = true")
    phone.page.locator("[data-lines] input").nth(1).check()
    phone.page.get_by_role("button", name="Yes, these fit me").click()
    phone.page.wait_for_url("**/safety/**")

    status = phone.page.request.get("/api/v1/safety/status/").json()
    assert not status["may_start"]


def test_whoever_left_before_the_first_move_begins_anew(tracker, phone_of):
    phone = phone_of("George Whitfield")
    phone.open(SHORT)
    if phone.screen == "safety":
        phone.page.get_by_role("button", name="None of these today").click()
    phone.see("before")
    phone.tap("pain_before", score="8")
    phone.see("gentle_offer")

    phone.open(SHORT)

    assert phone.screen == "before"
    phone.begin()


def test_signing_out_with_something_unsent_warns_and_then_leaves_nothing_here(tracker, phone_of):
    phone = phone_of("Priya Raman")
    page = phone.page
    page.add_init_script("delete ServiceWorkerRegistration.prototype.sync")  # else the worker sends it
    phone.open()
    phone.keep_kit()
    page.route("**/api/v1/sync/events/", lambda route: route.fulfill(status=429))
    page.goto("/player/")
    phone.begin()
    page.goto("/me/")

    leave(phone)
    expect(page.get_by_role("heading", name="not sent yet. If you sign out now")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    assert phone.path == "/me/"
    leave(phone)
    page.get_by_role("button", name="Sign out and lose it").click()
    phone.pass_time(3)

    page.wait_for_url("**/account/login/**")
    assert page.evaluate(LEFT_HERE) == {"caches": 0, "databases": 0, "remembered": 0}


def test_without_a_signal_nobody_signs_out(tracker, phone_of):
    phone = phone_of("Yuki Tanabe")
    phone.keep_kit()
    phone.page.goto("/me/")

    with without_server(tracker):
        phone.page.get_by_role("button", name="Sign out").first.click()
        expect(phone.page.get_by_role("heading", name="There is no signal.")).to_be_visible(timeout=15_000)
        phone.page.get_by_role("button", name="Stay signed in").click()

    assert phone.path == "/me/"


def test_the_next_person_on_a_device_sees_and_sends_nothing_of_the_one_before(tracker, phone_of):
    phone = phone_of("Daniel Osei")
    phone.open()
    phone.keep_kit()
    phone.page.goto("/player/?short=1")
    phone.begin()
    phone.page.context.clear_cookies()
    phone.to_the_end()
    phone.answer()

    sign_in(phone.page, tracker, "Yuki Tanabe")
    phone.open()
    assert phone.screen in ("safety", "before")
    names = phone.page.evaluate("caches.keys()")
    patient = phone.page.evaluate("document.documentElement.dataset.patient")
    assert [name for name in names if name.startswith("kit-")] in ([], [f"kit-{patient}"])
    assert phone.page.evaluate("tracker.waiting(document.documentElement.dataset.patient)") == []

    phone.page.context.clear_cookies()
    sign_in(phone.page, tracker, "Daniel Osei")
    wait_until(phone.is_sent, 30, "it waited for its own sign-in")
    assert len(phone.sessions()) == 1


def test_a_therapist_on_a_patients_device_finds_nothing_kept(tracker, phone_of):
    phone = phone_of("George Whitfield")
    phone.open()
    phone.keep_kit()
    phone.page.context.clear_cookies()

    phone.page.set_viewport_size(DESK)
    sign_in(phone.page, tracker, "therapist")
    phone.page.goto("/caseload/")

    wait_until(lambda: phone.page.evaluate(LEFT_HERE)["caches"] == 0, 10, "nothing is kept")


def test_a_new_version_waits_until_the_session_is_over(tracker, phone_of):
    phone = phone_of("Margaret Ellis")
    phone.open()
    phone.keep_kit()
    phone.page.goto("/player/")
    phone.begin()
    phone.page.evaluate(NEW_WORKER)

    other = phone.page.context.new_page()
    other.goto("/")
    other.wait_for_timeout(1500)
    assert other.evaluate(WAITING)

    phone.page.close()
    other.goto("/")
    wait_until(lambda: not other.evaluate(WAITING), 15, "the new version took over")


def test_a_plan_that_changes_meanwhile_changes_nothing_about_the_session_that_runs(tracker, phone_of, window):
    phone = phone_of("Amara Okafor")
    phone.open("/player/?short=1")
    phone.begin()
    of_the_start = phone.page.request.get("/api/v1/player/kit/").json()["plan_version"]

    change_a_dose(window(DESK), tracker, "Amara Okafor")
    phone.to_the_end()
    phone.answer()

    wait_until(phone.is_sent, 30, "all of it is with the clinic")
    assert phone.page.request.get("/api/v1/player/kit/").json()["plan_version"] != of_the_start
    (session,) = phone.sessions()
    assert session["plan_version"] == of_the_start


def leave(phone: Phone) -> None:
    """Press "Sign out", and wait for what it says."""
    phone.page.get_by_role("button", name="Sign out").first.click()
    wait_until(lambda: phone.pass_time(1) or phone.page.locator("dialog[open]").count(), 15, "it warns")


def change_a_dose(therapist: Page, tracker, name: str) -> None:
    sign_in(therapist, tracker, "therapist")
    therapist.goto("/caseload/")
    therapist.get_by_role("link", name=name).first.click()
    therapist.get_by_role("link", name="Change the plan").click()
    field = therapist.get_by_label("Sets of").first
    field.fill("1" if field.input_value() != "1" else "2")
    therapist.get_by_role("button", name="Save and tell").click()
    expect(therapist.get_by_text("is in force")).to_be_visible()
