"""A whole session with the guided player, as it runs by itself: by taps, by keys, and without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, sign_in
from tests.browser.phone import Phone, press, without_server
from tests.tracker import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("early_in_the_day")]

SHORT = "/player/?short=1"
NO_ROOM = """
const add = IDBObjectStore.prototype.add;
IDBObjectStore.prototype.add = function (...given) {
  if (window.isFull) throw new DOMException("There is no room.", "QuotaExceededError");
  return add.apply(this, given);
};
"""


@pytest.fixture
def phone_of(tracker, window):
    """The phone of somebody of the demonstration, signed in, with Today open."""

    def opened(who: str, **options: object) -> Phone:
        page = window(PHONE, service_workers="allow", **options)
        sign_in(page, tracker, who)
        return Phone(page)

    return opened


def test_a_session_takes_two_taps_to_the_first_move_and_four_more_to_the_end(tracker, phone_of):
    phone = phone_of("Daniel Osei")
    phone.open()  # longer sets of questions that are due come first
    with_line = phone.screen == "safety"
    phone.page.goto("/")
    before = datetime.now(UTC)

    phone.page.get_by_role("link", name="Start session").click()
    taps = 1 + phone.begin()
    phone.to_the_end()
    more = phone.answer()

    assert (taps, more) == (3 if with_line else 2, 4)
    wait_until(phone.is_sent, 20, "all of it is with the clinic")
    expect(phone.page.get_by_text("Saved, and sent to your clinic.")).to_be_visible()
    (session,) = phone.sessions()
    assert (session["pain_before"], session["pain_peak"], session["pain_after"]) == (3, 4, 2)
    assert (session["spread"], session["effort"], session["kind"]) == ("same", "right", "guided")
    assert {each["outcome"] for each in session["results"] if each["advised_share"]} == {"done"}
    assert abs(datetime.fromisoformat(session["started_at"]) - before) < timedelta(minutes=5)
    phone.open()
    assert phone.screen == "done_today"  # nobody is asked for it twice
    phone.page.get_by_role("link", name="Do it once more").click()
    phone.see("before")
    assert phone.words("today").startswith("Exercises today: ")


def test_a_whole_session_by_keys_alone(tracker, phone_of):
    phone = phone_of("Yuki Tanabe")
    phone.open()
    key = phone.page.keyboard.press

    def to(name: str) -> None:
        for _ in range(40):
            if phone.page.evaluate("document.activeElement.textContent.trim()").startswith(name):
                return
            key("Tab")
        raise AssertionError(f"{name} cannot be reached by Tab")

    if phone.screen == "safety":
        to("None of these today")
        key("Enter")
    phone.see("before")
    to("3")
    key("Enter")
    phone.see("stage")
    key("Space")
    phone.pass_time(0.1)
    assert phone.words("phase") == "Paused"
    for _ in range(5):
        phone.page.keyboard.down("ArrowLeft")  # held, and not pressed five times
    phone.page.keyboard.up("ArrowLeft")
    key("r")  # this set again, not the exercise before
    log = "tracker.unfinished(document.documentElement.dataset.patient)"
    wait_until(
        lambda: [each["type"] for each in phone.page.evaluate(log)["events"]][-1] == "back", 5, "written"
    )
    assert [each["type"] for each in phone.page.evaluate(log)["events"]].count("back") == 1
    key("Space")
    key("Space")
    key("?")
    assert phone.screen == "keys"
    key("Escape")
    key("ArrowRight")
    phone.pass_time(0.1)
    assert phone.screen == "skip"
    key("Escape")
    phone.pass_time(0.1)
    key("s")
    phone.pass_time(0.1)
    assert phone.screen == "stop"
    to("End session and save")
    key("Enter")
    phone.see("pain_peak")
    for name in ("4", "2", "No, it stayed where it was"):
        to(name)
        key("Enter")
        phone.pass_time(0.1)
    while phone.screen == "tingling":
        to("None")
        key("Enter")
        phone.pass_time(0.1)
    to("About right")
    key("Enter")
    phone.see("done")


def test_nothing_is_lost_without_a_server_when_the_tab_is_killed_in_the_middle(tracker, phone_of):
    phone = phone_of("Amara Okafor")
    phone.keep_kit()

    with without_server(tracker):
        phone.open()
        phone.begin(pain=2)
        phone.tap("advanced", by="tap")
        phone.pass_time(7)
        rep = phone.words("rep")
        context = phone.page.context
        phone.page.close()

        again = Phone(context.new_page())
        again.open("/")
        again.see("parked")
        again.tap("carried_on")
        again.see("stage")
        assert again.words("rep") == rep
        again.tap("stopped")
        again.see("stop")
        press(again.page.get_by_role("button", name="Swap for an easier one"))
        press(again.page.locator("[data-swaps] button").first)
        again.see("stage")
        again.to_the_end()
        again.answer()
        expect(again.page.get_by_text("Saved on this phone.")).to_be_visible()
        again.open("/")
        assert again.screen == "done_today"
        expect(again.page.get_by_text("There is no signal. Today comes back with it.")).to_be_visible()
        expect(again.page.locator("main").get_by_role("link", name="Back to Today")).to_be_hidden()

    wait_until(again.is_sent, 60, "all of it is with the clinic")
    (session,) = again.sessions()
    swapped = [each for each in session["results"] if each["instead_of"]]
    assert {each["outcome"] for each in swapped} == {"done"}
    assert "stopped" in {each["outcome"] for each in session["results"]}
    assert session["pain_after"] == 2
    before = again.page.evaluate("tracker.flush(document.documentElement.dataset.patient)")
    assert before == "sent"
    assert again.sessions() == [session]


def test_a_session_of_which_nothing_was_done_can_have_been_too_much_all_the_same(tracker, phone_of):
    phone = phone_of("Bronwen Pryce")
    phone.keep_kit()

    with without_server(tracker):
        phone.open("/player/?again=1")
        phone.begin(pain=2)
        while phone.screen == "stage":
            phone.tap("skip_asked")
            phone.tap("skipped", reason="no_time")
        phone.see("pain_peak")
        phone.tap("answered", question="pain_peak", score="9")
        phone.page.reload()  # as a phone does that was busy with something else
        phone.see("pain_after")
        phone.tap("answered", question="pain_after", score="9")
        phone.tap("answered", question="spread", value="stayed")
        phone.tap("answered", question="effort")
        phone.see("done")
        expect(phone.page.get_by_text("Please do no more exercises.")).to_be_visible()
        phone.open("/player/?again=1")
        enough_for_today(phone)

    wait_until(phone.is_sent, 60, "all of it is with the clinic")
    phone.open("/player/?again=1")
    enough_for_today(phone)
    session = phone.sessions()[0]
    assert (session["pain_peak"], session["pain_after"], session["spread"]) == (9, 9, "stayed")
    phone.page.goto("/")
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("That was enough for today")


def enough_for_today(phone: Phone) -> None:
    assert phone.screen == "done_today"
    expect(phone.page.get_by_role("heading", name="That was enough for today.")).to_be_visible()
    expect(phone.page.get_by_role("link", name="Do it once more")).to_be_hidden()


def test_what_a_page_was_left_open_for_is_asked_anew_the_next_day(tracker, phone_of):
    phone = phone_of("George Whitfield")
    phone.open()
    phone.see("safety", "before")
    if phone.screen == "safety":
        press(phone.page.get_by_role("button", name="None of these today"))
        phone.see("before")

    phone.page.clock.fast_forward("24:00:00")
    phone.tap("pain_before", score="3")

    phone.see("safety")  # the lines of that day, and no session of the day before


def test_a_session_that_stands_still_is_parked_and_nobody_carries_on_with_it_the_next_day(tracker, phone_of):
    phone = phone_of("George Whitfield")
    phone.open()
    phone.begin()
    phone.tap("toggled")
    phone.pass_time(11 * 60)
    phone.see("parked")
    assert ":" in phone.words("began")  # at what time
    expect(phone.page.get_by_role("button", name="Carry on")).to_be_visible()

    phone.page.clock.fast_forward("20:00:00")
    phone.tap("carried_on")

    wait_until(
        lambda: phone.pass_time(1) or not phone.page.get_by_role("button", name="Carry on").is_visible(),
        20,
        "it can be saved, and no more",
    )
    phone.see("parked")
    phone.tap("saved")
    phone.see("done")


def test_after_a_stop_all_is_asked_without_a_signal_too(tracker, phone_of):
    phone = phone_of("Hassan Demir")
    phone.open("/player/?again=1")
    phone.page.goto("/player/?again=1")
    phone.see()
    phone.keep_kit()

    with without_server(tracker):
        phone.open("/player/?again=1")
        phone.begin()
        phone.tap("stopped")
        phone.tap("symptom", what="numbness")
        phone.see("safety")
        press(phone.page.get_by_role("button", name="None of these today"))
        phone.see("stop")
        phone.page.reload()
        phone.see("parked")
        press(phone.page.get_by_role("button", name="Throw it away"))
        press(phone.page.get_by_role("dialog").get_by_role("button", name="Throw it away"))
        phone.see("discarded")
        expect(phone.page.get_by_text("You can start again at any time.")).to_be_hidden()
        phone.open("/player/?again=1")
        enough_for_today(phone)

        phone.page.clock.fast_forward("24:00:00")
        phone.page.goto("/player/")
        phone.see("safety")
        expect(phone.page.get_by_text("You stopped a move for pain.")).to_be_visible()
        expect(phone.page.get_by_text("pins and needles between your legs")).to_be_visible()


def test_whoever_tells_of_a_numb_foot_is_asked_about_it_also_when_the_page_was_gone(tracker, phone_of):
    phone = phone_of("Ingrid Dahl")
    phone.open()
    phone.begin()
    phone.tap("stopped")
    phone.tap("symptom", what="numbness")
    phone.see("safety")
    phone.page.reload()
    phone.see("parked")
    phone.tap("carried_on")

    phone.see("safety")
    expect(phone.page.get_by_role("heading", name="Do any of these fit you now?")).to_be_visible()
    press(phone.page.get_by_role("button", name="None of these today"))
    phone.see("stop")
    expect(phone.page.get_by_text("It is best to end the session for today.")).to_be_visible()
    phone.tap("ended")
    phone.see("pain_peak")
    wait_until(phone.is_sent, 30, "all of it is with the clinic")
    phone.page.goto("/")
    expect(phone.page.get_by_text("Please answer all safety questions now.")).to_be_visible()


def test_an_expired_sign_in_loses_nothing(tracker, phone_of):
    phone = phone_of("Priya Raman")
    phone.open(SHORT)
    phone.begin()
    phone.page.context.clear_cookies()
    phone.to_the_end()
    phone.answer()

    phone.pass_time(5)
    expect(phone.page.get_by_text("Sign in to send it.")).to_be_visible()
    sign_in(phone.page, tracker, "Priya Raman")

    wait_until(phone.is_sent, 30, "all of it is with the clinic")
    assert len(phone.sessions()) == 1


def test_in_a_second_tab_the_session_asks_where_it_is_to_run(tracker, phone_of):
    first = phone_of("Hassan Demir")
    first.open(SHORT)
    first.begin()

    second = Phone(first.page.context.new_page())
    second.open()
    second.see("elsewhere")
    second.tap("take_over")
    second.see("parked")
    first.see("elsewhere")
    second.tap("carried_on")
    second.to_the_end()
    second.answer()

    wait_until(second.is_sent, 30, "all of it is with the clinic")
    assert len(second.sessions()) == 1


def test_without_room_on_the_phone_it_says_so_and_still_sends(tracker, phone_of):
    phone = phone_of("Carlos Medina")
    phone.page.add_init_script(NO_ROOM)
    phone.open(SHORT)
    phone.page.evaluate("window.isFull = true")
    phone.begin()
    expect(phone.page.get_by_text("No room on this phone to keep this")).to_be_visible()
    phone.to_the_end()

    expect(phone.page.get_by_text("There is no room on this phone")).to_be_visible()
    phone.answer()
    wait_until(phone.is_sent, 30, "all of it is with the clinic")
    sent = phone.page.request.get("/api/v1/sessions/").json()["results"][0]
    assert (sent["pain_before"], sent["pain_after"], sent["effort"]) == (3, 2, "right")


def test_a_clock_an_hour_ahead_changes_nothing_about_when_it_was(tracker, phone_of):
    phone = phone_of("Margaret Ellis")
    phone.open(SHORT)
    phone.begin()
    before = datetime.now(UTC)
    phone.page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 3_600_000; })()")
    phone.to_the_end()
    phone.answer()

    wait_until(phone.is_sent, 30, "all of it is with the clinic")
    (session,) = phone.sessions()
    assert abs(datetime.fromisoformat(session["started_at"]) - before) < timedelta(minutes=30)


def test_nobody_looking_pauses_the_session(tracker, phone_of):
    phone = phone_of("George Whitfield")
    phone.open()
    phone.begin()
    phone.tap("advanced", by="tap")
    phone.page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", {get: () => true, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    phone.pass_time(90)

    assert phone.words("phase") == "Paused"
    rep = phone.words("rep")
    phone.tap("toggled")
    assert phone.words("rep") == rep
    phone.page.goto("/")
    phone.pass_time(5)
    press(phone.page.get_by_role("link", name="Carry on, or save it."))  # Today tells of it too
    phone.page.wait_for_url("**/player/")
    phone.see("parked")
