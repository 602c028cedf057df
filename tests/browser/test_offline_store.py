"""What a phone keeps until the clinic has it, and lets go of on an answer only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.conftest import PHONE, complaint, sign_in
from tests.tracker import Tracker, wait_until

pytestmark = pytest.mark.browser

UPLOAD = "**/api/v1/sync/events/"
MOST, LARGEST = 100, 256 * 1024
DAY = 24 * 60 * 60 * 1000  # milliseconds
PATIENT = "document.documentElement.dataset.patient"
KEEP = "async (all) => { for (const event of all) await tracker.keep(event); }"
STANDING = f"tracker.standing({PATIENT})"
WAITING = f"tracker.waiting({PATIENT}).then((all) => all.map(({{id}}) => id))"
FLUSH = f"tracker.flush({PATIENT})"
STORE = 'import("/static/js/offline/store.js")'
NO_ROOM = """() => {
  IDBObjectStore.prototype.add = () => { throw new DOMException("There is no room.", "QuotaExceededError"); };
}"""
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {value: undefined});"
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"
CUT_OFF = "Failed to load resource: "


class Device:
    """A browser of somebody's, in which nothing is sent unless a test lets it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.context: BrowserContext = page.context
        self.session = str(uuid4())
        self.seq = 0
        self.sent: list[dict[str, Any]] = []
        self.answer: Callable[[Route], object] | None = None
        self.context.on("request", self._hear)
        self.cut()
        self.look()
        self.patient = str(page.evaluate(PATIENT))

    def _hear(self, request: Request) -> None:
        if request.url.endswith("/sync/events/"):
            self.sent.append(json.loads(request.post_data or "{}"))

    def cut(self, answer: Callable[[Route], object] = lambda route: route.abort()) -> None:
        # The new one first: the page sends by itself, and would get through a gap between the two.
        self.context.route(UPLOAD, answer)
        if self.answer:
            self.context.unroute(UPLOAD, self.answer)
        self.answer = answer

    def connect(self) -> None:
        self.context.unroute(UPLOAD)
        self.answer = None

    def look(self, page: Page | None = None) -> Page:
        """Open a page, and wait until it can be asked."""
        page = page or self.page
        page.goto("/me/")
        page.wait_for_function("globalThis.tracker")
        return page

    def event(self, type_: str = "advanced", **given: Any) -> dict[str, Any]:
        self.seq += 1
        return {
            "id": str(uuid4()),
            "patient": getattr(self, "patient", ""),
            "kind": "session",
            "session": self.session,
            "seq": self.seq,
            "type": type_,
            "at": int(time.time() * 1000),
            "offset": 0,
            "mono": self.seq * 1000,
            "step": None,
            "data": {"by": "tap"},
        } | given

    def screening(self) -> dict[str, Any]:
        """Answers that no server can read, so that they change nothing about this patient."""
        return self.event("answered", kind="screening", session=None, seq=1, data={"kind": "odd"})

    def keep(self, *events: dict[str, Any], page: Page | None = None) -> list[str]:
        (page or self.page).evaluate(KEEP, list(events))
        return [each["id"] for each in events]

    def waiting(self) -> list[str]:
        return list(self.page.evaluate(WAITING))

    def flush(self) -> str:
        return str(self.page.evaluate(FLUSH))

    def note(self, words: str) -> None:
        expect(self.page.locator("[data-waiting]").get_by_text(words)).to_be_visible()


@pytest.fixture(scope="module")
def signed_in(tracker: Tracker, window: Callable[..., Page]) -> Any:
    """What a browser keeps of Daniel's sign-in."""
    page = window(PHONE)
    sign_in(page, tracker, "Daniel Osei")
    return page.context.storage_state()


@pytest.fixture
def device_of(tracker: Tracker, browser: Browser, signed_in: Any) -> Iterator[Callable[..., Device]]:
    """As `window`, where being cut off is what a test asked for."""
    contexts = []
    complaints: list[str] = []

    def opened(who: str = "", script: str = "") -> Device:
        state = {} if who else {"storage_state": signed_in}
        context = browser.new_context(viewport=PHONE, base_url=tracker.address, **state)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who:
            sign_in(page, tracker, who)
        return Device(page)

    yield opened
    for context in contexts:
        context.close()
    assert [each for each in complaints if CUT_OFF not in each] == []


@pytest.fixture
def device(device_of: Callable[..., Device]) -> Device:
    return device_of()


# --- what is kept ---


def test_what_was_kept_is_there_after_a_reload_and_after_the_tab_was_killed(device: Device) -> None:
    kept = device.keep(device.event("started"), device.event(), device.event("answered"))
    device.look()
    assert device.waiting() == kept

    other = device.look(device.context.new_page())
    last = device.event()
    device.keep(last, page=other)
    other.close()  # at once, as a phone does that needs the room
    device.look()

    assert device.waiting() == [*kept, last["id"]]


def test_on_a_full_phone_it_says_so_keeps_it_as_long_as_the_page_lives_and_sends_it(device: Device) -> None:
    event = device.event()
    device.page.evaluate(NO_ROOM)

    failed = device.page.evaluate("(event) => tracker.keep(event).catch((error) => error.name)", event)

    assert failed == "QuotaExceededError"
    assert device.waiting() == [event["id"]]
    assert device.page.evaluate("tracker.isLasting()") is False
    device.connect()
    assert device.flush() == "sent"
    assert device.waiting() == []


def test_without_a_database_it_goes_on_in_memory(device_of: Callable[..., Device]) -> None:
    device = device_of(script=NO_DATABASE)
    event = device.event()

    assert (
        device.page.evaluate("(event) => tracker.keep(event).catch(() => 'not written')", event)
        == "not written"
    )
    device.page.evaluate("tracker.setFact('kit', 7)")
    assert device.page.evaluate("tracker.fact('kit')") == 7
    device.connect()
    assert device.flush() == "sent"


def test_a_database_that_the_browser_closed_is_opened_once_more(device: Device) -> None:
    device.page.evaluate(
        """() => {
          const real = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = function (...given) {
            IDBDatabase.prototype.transaction = real;
            this.close();
            return real.apply(this, given);
          };
        }"""
    )

    kept = device.keep(device.event())

    assert device.waiting() == kept
    assert device.page.evaluate("tracker.isLasting()") is True


@pytest.mark.parametrize(
    ("last", "is_open"), [("advanced", True), ("saved", False), ("discarded", False), ("locked", False)]
)
def test_a_session_is_unfinished_until_it_has_an_end(device: Device, last: str, is_open: bool) -> None:
    # Written in another order than that in which they happened.
    second, first = device.event(seq=2), device.event("started", seq=1)
    device.keep(second, first, device.event(last, seq=3))

    unfinished = device.page.evaluate(f"tracker.unfinished({PATIENT})")

    if is_open:
        assert unfinished["session"] == device.session
        assert [each["seq"] for each in unfinished["events"]] == [1, 2, 3]
    else:
        assert unfinished is None


def test_what_was_sent_is_let_go_of_after_two_weeks_and_not_before(device: Device) -> None:
    now = int(time.time() * 1000)
    old = [device.event(type_, session=str(uuid4()), at=now - 15 * DAY) for type_ in ("saved", "advanced")]
    device.keep(*old)
    assert device.page.evaluate(f"tracker.finishedSessions({PATIENT})") == 1
    device.keep(device.event("saved", at=now - 13 * DAY))

    device.connect()
    assert device.flush() == "sent"

    # As long as it waits it stays, however old.
    assert device.page.evaluate(f"tracker.finishedSessions({PATIENT})") == 1


def test_after_the_first_session_the_browser_is_asked_once_to_let_it_last(device: Device) -> None:
    device.page.evaluate(
        "() => { navigator.storage.persist = async () => { window.asked = (window.asked ?? 0) + 1; }; }"
    )
    device.keep(device.event("started"), device.event())
    assert device.page.evaluate("window.asked") is None

    for _ in range(2):
        device.keep(device.event("saved", session=str(uuid4())))
        device.page.wait_for_timeout(300)
        assert device.page.evaluate("window.asked") == 1


def test_each_person_is_asked_and_warned_for_themselves(device: Device, tracker: Tracker) -> None:
    page = device.page
    script = f"async () => {{ const store = await {STORE}; await store.setFact('locked', 1); }}"
    page.evaluate(script)
    page.evaluate(script.replace("locked", "cleared"))

    def known() -> list[Any]:
        return list(
            page.evaluate(
                f"async () => {{ const {{fact}} = await {STORE};"
                " return [await fact('locked'), await fact('cleared')]; }"
            )
        )

    assert known() == [1, 1]
    page.context.clear_cookies()
    sign_in(page, tracker, "Yuki Tanabe")
    device.look()
    assert known() == [None, None]
    page.context.clear_cookies()
    sign_in(page, tracker, "Daniel Osei")
    device.look()
    assert known() == [1, 1]


# --- how it is sent ---


def test_safety_answers_go_alone_and_before_all_else(device: Device) -> None:
    first = device.keep(device.event("started"), device.event())
    answers = device.keep(device.screening())
    device.connect()
    device.sent.clear()

    assert device.flush() == "sent"

    assert [[each["id"] for each in request["events"]] for request in device.sent] == [answers, first]


@pytest.mark.parametrize(
    ("words", "sizes"), [("", [MOST, MOST, 30]), ("ü" * 2000, None)], ids=["many", "large"]
)
def test_much_goes_in_parts_that_the_server_takes(
    device: Device, words: str, sizes: list[int] | None
) -> None:
    kept = device.keep(*[device.event(data={"value": words}) for _ in range(2 * MOST + 30)])
    device.connect()
    device.sent.clear()

    assert device.flush() == "sent"

    assert [each["id"] for request in device.sent for each in request["events"]] == kept
    assert max(len(json.dumps(request, ensure_ascii=False).encode()) for request in device.sent) < LARGEST
    assert max(len(request["events"]) for request in device.sent) <= MOST
    if sizes:
        assert [len(request["events"]) for request in device.sent] == sizes


def test_the_age_goes_with_what_this_very_page_wrote(device: Device) -> None:
    event = device.event(at=1_790_000_000_000, offset=-210)
    device.keep(event)
    device.page.wait_for_timeout(1200)
    device.flush()
    device.look()
    device.flush()

    ages = [request["events"][0]["age_ms"] for request in device.sent]
    assert max(age for age in ages if age is not None) >= 1200
    assert ages[-1] is None
    # As the device's clock showed it, wherever the device is now.
    assert device.sent[-1]["events"][0]["at"] == "2026-09-21T10:43:20.000-03:30"
    assert {request["patient"] for request in device.sent} == {device.patient}


def test_two_tabs_send_everything_once(device: Device) -> None:
    tab = device.look(device.context.new_page())
    kept = device.keep(*[device.event() for _ in range(20)])
    device.connect()
    device.sent.clear()

    for page in (device.page, tab):
        page.evaluate(f"() => {{ {FLUSH}; {FLUSH}; }}")

    wait_until(lambda: device.waiting() == [], 15, "all is sent")
    device.page.wait_for_timeout(1000)
    assert [each["id"] for request in device.sent for each in request["events"]] == kept


def test_without_locks_a_second_tab_leaves_it_to_the_first(device_of: Callable[..., Device]) -> None:
    device = device_of(script=NO_LOCKS)
    device.page.evaluate("localStorage.setItem('outbox-held', String(Date.now()))")
    kept = device.keep(device.event())
    device.connect()

    assert device.flush() == "later"
    assert device.waiting() == kept
    # A page that died while it held it holds it no longer.
    device.page.evaluate("localStorage.setItem('outbox-held', String(Date.now() - 60_000))")
    assert device.flush() == "sent"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "later"),  # somebody's on the way: ours would be problem+json
        (401, "signed_out"),
        (403, "signed_out"),
        (409, "other_person"),
        (429, "later"),
        (500, "later"),
        (503, "later"),
    ],
)
def test_whatever_is_no_answer_about_an_event_leaves_it_waiting(
    device: Device, status: int, outcome: str
) -> None:
    kept = device.keep(device.event("started"), device.event())
    device.cut(lambda route: route.fulfill(status=status, body="<p>Not now.</p>", content_type="text/html"))

    assert device.flush() == outcome
    assert device.waiting() == kept


@pytest.mark.parametrize(
    ("content_type", "body", "outcome"),
    [
        ("text/html", "<p>Welcome to our hotel.</p>", "offline"),
        ("application/json", '{"results": []}', "later"),
    ],
)
def test_a_yes_that_is_not_from_our_server_is_none(
    device: Device, content_type: str, body: str, outcome: str
) -> None:
    kept = device.keep(device.event())
    device.cut(lambda route: route.fulfill(status=200, body=body, content_type=content_type))

    assert device.flush() == outcome
    assert device.waiting() == kept


def test_what_is_too_much_at_once_goes_in_smaller_parts(device: Device) -> None:
    kept = device.keep(*[device.event() for _ in range(40)])

    def narrow(route: Route) -> None:
        if len(json.loads(route.request.post_data or "")["events"]) > 10:
            route.fulfill(status=413)
        else:
            route.continue_()

    device.cut(narrow)

    assert device.flush() == "sent"
    assert device.waiting() == []
    assert {each["id"] for request in device.sent for each in request["events"]} == set(kept)


def test_what_the_browser_cannot_write_down_as_sent_goes_again(device: Device) -> None:
    kept = device.keep(device.event())
    device.connect()
    device.page.evaluate(
        """() => {
          IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
        }"""
    )

    assert device.flush() == "later"
    assert device.waiting() == kept


# --- what is said about it ---


def test_what_waits_is_said_in_words_and_goes_when_there_is_a_way(device: Device) -> None:
    device.keep(device.event("started"), device.screening())

    wait_until(lambda: device.page.evaluate("tracker.fact('kit')"), 30, "the kit is kept")
    device.look()
    device.note("No signal. You can still exercise. We will send this later (2 waiting).")
    may = device.page.locator("[data-waiting]").get_by_text("You can still exercise.").locator("visible=true")
    expect(may).to_have_count(1)
    device.page.evaluate(f"async () => (await {STORE}).setFact('locked', 1)")
    device.look()
    device.note("We will send this later (2 waiting).")
    expect(may).to_have_count(0)  # it stands above the words that tell somebody to stop
    device.page.evaluate(f"async () => (await {STORE}).setFact('locked', null)")
    look_again = "dispatchEvent(new Event('offline'))"
    device.page.evaluate(look_again)
    expect(may).to_have_count(1)
    # Nor where the plan is on hold, or is not on this device.
    for kit in ("{...await tracker.fact('kit'), hold: {address: '/'}}", "null"):
        device.page.evaluate(f"async () => {{ await tracker.setFact('kit', {kit}); {look_again}; }}")
        expect(may).to_have_count(0)

    device.connect()
    device.page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(lambda: device.waiting() == [], 15, "it is sent")
    device.note("You have a session that is not finished.")
    device.keep(device.event("saved"))
    wait_until(lambda: device.waiting() == [], 15, "that is sent too")
    expect(device.page.locator("[data-waiting]")).to_be_hidden()


def test_what_could_not_be_stored_stays_and_is_shown(device: Device) -> None:
    event = device.event("pain_before", data={"value": 6})
    device.connect()
    device.keep(event)
    wait_until(lambda: device.waiting() == [], 15, "it is sent")

    # The same id with other contents.
    device.keep(event | {"data": {"value": 2}})
    wait_until(
        lambda: device.page.evaluate(STANDING)["refused"] == [device.session], 15, "the server says so"
    )

    device.look()
    device.note("Something you did could not be stored.")
    device.page.get_by_role("button", name="Show what is not sent").click()
    expect(device.page.get_by_text("A session. Pain before: 2.")).to_be_visible()


def test_after_a_week_it_can_be_shown_to_somebody(device: Device) -> None:
    device.keep(
        device.event("pain_before", at=int(time.time() * 1000) - 8 * DAY, data={"value": 4}),
        device.event("answered", data={"question": "pain_after", "value": None}),
        device.screening(),
    )
    device.look()

    show = device.page.get_by_role("button", name="Show what is not sent")
    show.click()

    shown = device.page.get_by_role("dialog", name="Not sent yet. Show this to your therapist.")
    expect(shown.get_by_role("listitem")).to_have_count(2)
    told = shown.locator("p:visible").all_text_contents()
    assert told == [
        "A session. Pain before: 4. Worst: –. Pain after: –.",
        "Your answers about warning signs.",
    ]
    shown.get_by_role("button", name="Close").click()
    expect(shown).to_be_hidden()
    expect(show).to_be_focused()


def test_after_two_sessions_today_offers_the_home_screen_once(device: Device) -> None:
    hint = device.page.locator("[data-install-hint]")
    device.keep(device.event("saved"))
    device.page.goto("/")
    device.page.wait_for_timeout(1000)
    assert not hint.is_visible()

    device.keep(device.event("saved", session=str(uuid4())))
    device.page.goto("/")
    expect(hint.get_by_role("link", name="Show me how")).to_be_visible()
    hint.get_by_role("button", name="Not now").click()
    expect(hint).to_be_hidden()
    device.page.goto("/")
    device.page.wait_for_timeout(1000)
    assert not hint.is_visible()


# --- signing out ---


def test_signing_out_leaves_what_somebody_else_has_not_sent(device: Device, tracker: Tracker) -> None:
    kept = device.keep(device.event("started"), device.event())
    device.page.evaluate(f"async () => (await {STORE}).setFact('locked', 1)")
    device.context.clear_cookies()
    sign_in(device.page, tracker, "Yuki Tanabe")
    device.look()
    device.page.get_by_role("button", name="Sign out").first.click()
    device.page.wait_for_url("**/account/login/**")
    assert device.page.evaluate("localStorage.length") == 0

    sign_in(device.page, tracker, "Daniel Osei")
    device.look()
    assert device.waiting() == kept
    assert device.page.evaluate(f"async () => (await {STORE}).fact('locked')") == 1


def test_without_a_way_to_the_server_nobody_signs_out_and_nothing_is_lost(device: Device) -> None:
    kept = device.keep(device.event())
    device.context.set_offline(True)
    device.page.get_by_role("button", name="Sign out").first.click()

    expect(device.page.get_by_role("heading", name="There is no signal.")).to_be_visible()
    device.page.get_by_role("button", name="Stay signed in").click()
    assert device.waiting() == kept


def leaving(device: Device, heading: str) -> None:
    """What is asked on the way out, and stays signed in."""
    device.page.get_by_role("button", name="Sign out").first.click()
    expect(device.page.get_by_role("heading", name=heading)).to_be_visible()
    device.page.get_by_role("dialog").get_by_role("button", name="Stay signed in").click()
    expect(device.page.get_by_role("dialog")).to_have_count(0)


def test_whoever_signs_out_hears_of_what_is_only_here(device: Device) -> None:
    (first,) = device.keep(device.event("started"))
    settle = "(all) => tracker.settle(all)"
    device.page.evaluate(settle, [{"id": first, "result": "stored"}])
    leaving(device, "You have a session that is not finished.")

    (odd,) = device.keep(device.event("saved"))
    device.page.evaluate(settle, [{"id": odd, "result": "rejected"}])
    leaving(device, "Something you did could not be stored")


def test_a_session_in_another_tab_ends_with_the_sign_in(device_of: Callable[..., Device]) -> None:
    device = device_of("Amara Okafor")
    device.connect()
    other = device.context.new_page()
    other.goto("/player/")
    expect(
        other.locator("[data-screen=before], [data-screen=safety]").locator("visible=true")
    ).to_be_visible()
    leaving(device, "Your exercises are open in this browser.")
    device.page.get_by_role("button", name="Sign out").first.click()
    device.page.get_by_role("dialog").get_by_role("button", name="Sign out all the same").click()
    device.page.wait_for_url("**/account/login/**")

    expect(other.get_by_role("heading", name="Your exercises are not on this phone yet.")).to_be_visible()
    late = "async (event) => { const {keep, setFact, unsent} = await import('/static/js/offline/store.js');"
    late += " await setFact('kit', 7); const said = await keep(event).catch((error) => error.message);"
    late += " return [said, await tracker.fact('kit'), (await unsent(event.patient)).length]; }"
    assert other.evaluate(late, device.event()) == ["Nobody is signed in.", None, 0]


def test_on_any_page_signing_out_with_something_unsent_leads_to_where_it_warns(device: Device) -> None:
    kept = device.keep(device.event())
    device.page.goto("/account/logout/")
    device.page.get_by_role("button", name="Sign out").click()

    device.page.wait_for_url("**/me/")
    device.page.wait_for_function("globalThis.tracker")
    assert device.waiting() == kept
