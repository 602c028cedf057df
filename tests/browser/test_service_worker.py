"""Notifications as they come to a device: shown, answered, kept without a network; and the pages kept there.

Chromium brings no push of its own here, so the tests hand one to the worker as the browser would. What is in
it is what the product sends: the token of a real delivery of a real prompt.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page, Worker, expect

from tests.browser.conftest import PHONE, sign_in
from tests.tracker import ROOT, Tracker, wait_until

pytestmark = pytest.mark.browser

# In a process of its own, with the tracker's data folder: what is in its database, and how it stands now.
_ASIDE = """
import json, sys
from datetime import timedelta
from uuid import uuid4
import django
django.setup()
from programs.accounts.models import User
from programs.delivery.models import *
from programs.delivery.queries import RECEIPT_SIGNER
from programs.lib.times import database_now
from programs.reminders.models import BreakRule, MovementBreak, Prompt
from programs.reminders.actions import set_break_rule
asked = json.loads(sys.argv[1])
now = database_now()
answer = None
"""
_PROMPT = """
from datetime import time
patient = User.objects.get(email=asked["email"])
Prompt.objects.filter(patient=patient).delete()
MovementBreak.objects.filter(patient=patient).delete()
clinic = patient.memberships.get().clinic
rule = set_break_rule(
    clinic=clinic, patient=patient, enabled=True, interval_minutes=60, weekdays=list(range(7)),
    windows=[(time(0), time(23, 59))], quiet_start=None, quiet_end=None, time_zone=asked["zone"],
    daily_cap=16, by_push=True, now=now,
)
prompt = Prompt.objects.create(
    clinic=clinic, patient=patient, rule=rule, step=rule.step, due_at=now, due_on=rule.due_on, show_at=now,
    expires_at=now + timedelta(minutes=10),
)
BreakRule.objects.filter(pk=rule.pk).update(step=rule.step + 1)
target, _ = PushSubscription.objects.get_or_create(
    endpoint_hash="worker",
    defaults=dict(
        user=patient, endpoint="https://fcm.googleapis.com/x", p256dh="x", auth="x", created_at=now
    ),
)
delivery = Delivery.objects.create(
    clinic=clinic, recipient=patient, channel="web_push", target=str(target.pk), notice="time_to_move",
    lane="prompt", crash_policy="retry", source_kind="prompt", source_id=prompt.pk,
    path=f"/breaks/prompt/{prompt.pk}/", state="sent", created_at=now, next_attempt_at=now, sent_at=now,
    expires_at=prompt.expires_at,
)
token = RECEIPT_SIGNER.sign(str(delivery.pk))
answer = {"v": 1, "id": str(prompt.pk), "kind": "prompt", "n": 1, "token": token}
"""
_STATE = """
prompt = Prompt.objects.get(pk=asked["id"])
receipts = DeliveryReceipt.objects.filter(delivery__source_id=prompt.pk).values_list("kind", flat=True)
answer = {
    "outcome": prompt.outcome,
    "nth": prompt.nth,
    "answered_at": prompt.answered_at and prompt.answered_at.timestamp(),
    "receipts": sorted(receipts),
}
"""
_SHOWN = """async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    const names = (actions) => actions.map((each) => each.action);
    return shown.map(({title, body, tag, actions}) => ({title, body, tag, actions: names(actions)}));
}"""
_CLOSE = """async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    for (const each of shown) each.close();
    return shown.length;
}"""
_IS_SHOWN = """async (id) =>
    (await self.registration.getNotifications()).some((each) => each.data?.id === id)
"""
_KEPT = "async () => (await store('kept', 'readonly', (kept) => kept.getAll())).length"
_NO_WINDOW = """() => {
    self.opened = [];
    self.clients.matchAll = async () => [];
    self.clients.openWindow = async (address) => { self.opened.push(new URL(address).pathname); };
}"""
# A session that runs, as other pages and the worker see it.
_HOLD = """(isHeld) => new Promise((held) => {
    window.letGo = () => {};
    if (!isHeld) return held();
    navigator.locks.request("session", () => new Promise((letGo) => { window.letGo = letGo; held(); }));
})"""
_ODD = ["", "not JSON", "null", "7", "[]", '{"kind": "constructor", "id": 7, "token": {}}']


class Device:
    """One browser with our worker in it, and the patient's record behind it."""

    def __init__(self, tracker: Tracker, page: Page) -> None:
        self.tracker = tracker
        self.page = page
        self.context: BrowserContext = page.context
        self.context.grant_permissions(["notifications"], origin=tracker.address)
        sign_in(page, tracker, "patient")
        page.evaluate(
            "async () => { await navigator.serviceWorker.register('/service-worker.js');"
            " await navigator.serviceWorker.ready; }"
        )
        page.reload()
        wait_until(lambda: self.context.service_workers, 10, "the worker runs")
        self.worker: Worker = self.context.service_workers[0]
        self._cdp: CDPSession = self.context.new_cdp_session(page)
        self._registrations: list[str] = []
        self._cdp.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: self._registrations.extend(
                each["registrationId"] for each in event["registrations"] if not each["isDeleted"]
            ),
        )
        self._cdp.send("ServiceWorker.enable")
        for _ in range(40):
            if self._registrations:
                break
            page.wait_for_timeout(100)

    def aside(self, script: str, **asked: object) -> Any:
        """Ask the tracker's database, past its doors."""
        left_out = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG"}
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        environment |= {
            "VAR_DIR": str(self.tracker.var_dir),
            "DJANGO_SETTINGS_MODULE": "exercise_tracker.settings",
        }
        command = [sys.executable, "-c", f"{_ASIDE}{script}\nprint(json.dumps(answer))", json.dumps(asked)]
        answer = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    def prompt(self) -> dict[str, Any]:
        """A prompt that shows now, as a push says it."""
        email, _ = self.tracker.sign_in_of("patient")
        # Any hour of the day is one in the middle of some zone's day.
        away = (12 - time.gmtime().tm_hour + 12) % 24 - 12
        zone = "Etc/GMT" if away == 0 else f"Etc/GMT{-away:+d}"
        return dict(self.aside(_PROMPT, email=email, zone=zone))

    def state(self, message: dict[str, Any]) -> dict[str, Any]:
        return dict(self.aside(_STATE, id=message["id"]))

    def push(self, message: dict[str, Any] | str) -> None:
        """What the browser does when a push has come and is decrypted."""
        self.pushed = message["id"] if isinstance(message, dict) and "id" in message else ""
        self._cdp.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.tracker.address,
                "registrationId": self._registrations[-1],
                "data": message if isinstance(message, str) else json.dumps(message),
            },
        )

    def shown(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate(_SHOWN))

    def wait_until_shown(self) -> None:
        """Until a notification of what was pushed last shows; one of an earlier push may show beside it."""
        self.wait_for(lambda: self.worker.evaluate(_IS_SHOWN, self.pushed), "the notification shows")

    def wait_for(self, condition: Callable[[], object], what: str, seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
            self.page.wait_for_timeout(200)

    def tap(self, action: str = "") -> None:
        """On the notification of what was pushed last, or on one of its buttons."""
        self.worker.evaluate(
            """async ({action, id}) => {
                const all = await self.registration.getNotifications();
                const notification = all.find((each) => each.data?.id === id);
                self.dispatchEvent(new NotificationEvent("notificationclick", {notification, action}));
            }""",
            {"action": action, "id": self.pushed},
        )

    def kept(self) -> int:
        return int(self.worker.evaluate(_KEPT))

    def clear(self) -> None:
        # Until none is left: a close that comes late would close what is shown next under the same tag.
        self.wait_for(lambda: self.page.evaluate(_CLOSE) == 0, "nothing shows any more")


@pytest.fixture(scope="module")
def first_device(tracker: Tracker, window: Callable[..., Page]) -> Device:
    return Device(tracker, window(PHONE, service_workers="allow"))


@pytest.fixture
def device(first_device: Device) -> Iterator[Device]:
    yield first_device
    first_device.context.unroute("**/*")
    first_device.context.set_offline(False)
    first_device.clear()


def test_a_push_is_shown_with_the_words_of_the_library_and_the_server_hears_of_it(device: Device) -> None:
    message = device.prompt()
    device.push(message)

    device.wait_until_shown()
    (notification,) = device.shown()
    assert notification["title"] == "Time for a short break"
    assert notification["body"] not in ("", "Get up and move a little, if you can.")
    assert notification["tag"] == f"prompt-{message['id']}"
    assert set(notification["actions"]) == {"done", "snooze"}
    device.wait_for(lambda: device.state(message)["receipts"] == ["shown"], "the receipt arrives")


def test_a_repeat_replaces_what_is_shown(device: Device) -> None:
    message = device.prompt()
    for _ in range(2):
        # Its receipt comes after it has been shown.
        with device.context.expect_event("response", lambda response: "/push/receipts/" in response.url):
            device.push(message)

    assert len(device.shown()) == 1


def test_of_two_prompts_the_newer_one_stays(device: Device) -> None:
    device.push(device.prompt())
    device.wait_until_shown()
    newer = device.prompt()
    device.push(newer)

    tags = {f"prompt-{newer['id']}"}
    device.wait_for(lambda: {each["tag"] for each in device.shown()} == tags, "the newer one alone shows")


@pytest.mark.parametrize("odd", _ODD)
def test_whatever_comes_something_is_shown(device: Device, odd: str) -> None:
    device.push(odd)

    # A prompt that was pushed just before may show beside it.
    device.wait_for(
        lambda: "Exercise Tracker" in [each["title"] for each in device.shown()], "a notification shows"
    )


def test_done_on_the_notification_is_done_on_the_server(device: Device) -> None:
    message = device.prompt()
    device.push(message)
    device.wait_until_shown()
    device.tap("done")

    device.wait_for(lambda: device.state(message)["outcome"] == "done", "the server knows")
    device.wait_for(lambda: device.state(message)["receipts"] == ["shown", "tapped"], "and of the tap")
    assert device.shown() == []


def test_in_ten_minutes_puts_it_off(device: Device) -> None:
    message = device.prompt()
    device.push(message)
    device.wait_until_shown()
    device.tap("snooze")

    device.wait_for(lambda: device.state(message)["nth"] == 2, "the server knows")
    assert device.state(message)["outcome"] is None


def test_without_a_network_it_shows_and_a_done_is_sent_later_with_its_time(device: Device) -> None:
    message = device.prompt()
    device.context.route("**/api/v1/push/**", lambda route: route.abort())
    device.push(message)
    device.wait_until_shown()
    assert [each["body"] for each in device.shown()] == ["Get up and move a little, if you can."]
    before = time.time()
    device.tap("done")
    device.wait_for(lambda: device.kept() == 3, "the receipts and the answer are kept")
    after = time.time()
    device.page.wait_for_timeout(2000)  # so that a time of its own can be told from that of the sending
    assert device.state(message)["outcome"] is None

    device.context.unroute("**/api/v1/push/**")
    device.page.goto("/me/")

    device.wait_for(lambda: device.kept() == 0, "what was kept is sent at the next visit")
    state = device.state(message)
    assert (state["outcome"], state["receipts"]) == ("done", ["shown", "tapped"])
    assert before - 1 <= state["answered_at"] <= after + 1


def test_what_was_kept_goes_out_with_the_next_push(device: Device) -> None:
    message = device.prompt()
    device.context.route("**/api/v1/push/**", lambda route: route.abort())
    device.push(message)
    device.wait_for(lambda: device.kept() == 1, "the receipt is kept")
    device.context.unroute("**/api/v1/push/**")

    device.push("")

    device.wait_for(lambda: device.state(message)["receipts"] == ["shown"], "it is sent")


def test_a_server_that_is_unwell_is_asked_again(device: Device) -> None:
    message = device.prompt()
    device.context.route("**/api/v1/push/**", lambda route: route.fulfill(status=503))
    device.push(message)
    device.wait_for(lambda: device.kept() == 1, "the receipt is kept")
    assert device.shown()
    device.context.unroute("**/api/v1/push/**")

    device.push("")

    device.wait_for(lambda: device.kept() == 0, "it is sent")


def test_what_the_server_never_takes_is_not_kept(device: Device) -> None:
    message = device.prompt() | {"token": "made-up"}
    device.push(message)
    device.wait_until_shown()

    device.wait_for(lambda: device.kept() == 0, "it is let go")
    assert device.state(message)["receipts"] == []


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("prompt", "/breaks/prompt/{id}/"),
        ("reminder", "/reminders/open/"),
        ("flag", "/"),
        ("test", "/push/tests/{id}/"),
    ],
)
def test_a_tap_opens_its_page(device: Device, kind: str, address: str) -> None:
    message = device.prompt() | {"kind": kind}
    device.push(message)
    device.wait_until_shown()
    # A browser opens a window after a real tap only; this one is told to the worker.
    device.worker.evaluate(_NO_WINDOW)
    device.tap()

    device.wait_for(lambda: device.worker.evaluate("self.opened"), "a window is opened")
    assert device.worker.evaluate("self.opened") == [address.format(id=message["id"])]


@pytest.mark.parametrize(
    ("kind", "open_page", "is_session", "outcome"),
    [
        ("flag", "/", False, ["focus"]),
        ("reminder", "/", False, ["focus", "/reminders/open/"]),
        ("reminder", "/check/", False, ["opened"]),
        ("reminder", "/", True, ["opened"]),
        ("reminder", "/player/", True, ["opened"]),
    ],
)
def test_a_tap_comes_to_an_open_window_and_takes_no_half_filled_form_away(
    device: Device, kind: str, open_page: str, is_session: bool, outcome: list[str]
) -> None:
    device.page.evaluate(_HOLD, is_session)
    device.push(device.prompt() | {"kind": kind})
    device.wait_until_shown()
    device.worker.evaluate(
        """(openPage) => {
            self.did = [];
            const page = {
                url: new URL(openPage, self.location.origin).href,
                focus: async () => { self.did.push("focus"); return page; },
                navigate: async (address) => { self.did.push(new URL(address).pathname); },
            };
            self.clients.matchAll = async () => [page];
            self.clients.openWindow = async () => { self.did.push("opened"); };
        }""",
        open_page,
    )
    device.tap()

    device.wait_for(lambda: device.worker.evaluate("self.did.length") == len(outcome), "the tap is followed")
    device.page.evaluate("window.letGo()")
    assert device.worker.evaluate("self.did") == outcome


# --- what is kept for when there is no network ---

_KEPT_HERE = """async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("kit-"));
    const paths = [];
    for (const name of names) {
        for (const {url} of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    }
    return {names, paths};
}"""
_UPLOAD = "**/api/v1/sync/events/"
_PATIENT = "document.documentElement.dataset.patient"


class Kept:
    """A browser that has kept what somebody's next days need."""

    def __init__(self, tracker: Tracker, context: BrowserContext) -> None:
        self.tracker = tracker
        self.context = context
        self.page = context.new_page()
        self.sign_in("Margaret Ellis")

    def sign_in(self, who: str) -> None:
        self.context.clear_cookies()
        sign_in(self.page, self.tracker, who)
        self.page.goto("/")
        self.patient = str(self.page.evaluate(_PATIENT))
        mine = [f"kit-{self.patient}"]
        wait_until(lambda: self.here() == mine and "/player/" in self.paths(), 30, "all is kept")
        wait_until(lambda: self.page.evaluate("tracker.fact('kit')"), 10, "the kit too")

    def here(self) -> list[str]:
        return list(self.page.evaluate(_KEPT_HERE)["names"])

    def paths(self) -> list[str]:
        return list(self.page.evaluate(_KEPT_HERE)["paths"])

    def shows_the_player(self) -> None:
        expect(self.page.locator("[data-player] [data-screen]:visible").first).to_be_visible()


@pytest.fixture
def kept(tracker: Tracker, browser: Browser) -> Iterator[Kept]:
    context = browser.new_context(viewport=PHONE, base_url=tracker.address)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield Kept(tracker, context)
    context.close()


@pytest.mark.parametrize("path", ["/", "/player/?short=1", "/check/"])
def test_without_a_network_any_page_is_the_player(kept: Kept, path: str) -> None:
    kept.context.set_offline(True)
    kept.page.goto(path)

    kept.shows_the_player()
    assert kept.page.url == f"{kept.tracker.address}{path}"
    expect(kept.page.get_by_text("No signal. You can still exercise.").first).to_be_visible()


def test_what_was_looked_for_is_not_mistaken_for_a_session(kept: Kept) -> None:
    kept.context.set_offline(True)
    kept.page.goto("/check/")

    expect(kept.page.get_by_role("heading", name="There is no signal. This page needs one.")).to_be_visible()
    assert kept.page.get_by_role("link", name="Try again").get_attribute("href") == "/check/"
    kept.page.get_by_role("link", name="Go to your exercises").click()
    kept.page.wait_for_url("**/player/")
    kept.shows_the_player()
    expect(kept.page.get_by_text("This page needs one.")).to_be_hidden()


def test_without_a_network_help_names_whom_to_call(kept: Kept) -> None:
    kept.context.set_offline(True)
    kept.page.goto("/help/")

    expect(kept.page.get_by_role("link", name="Call 112").first).to_be_visible()
    # With its styles, and its fonts.
    assert kept.page.evaluate(
        "document.fonts.ready.then((fonts) => [...fonts].some((font) => font.status === 'loaded'))"
    )


def test_no_answer_of_the_api_and_no_other_page_is_kept(kept: Kept) -> None:
    kept.page.goto("/progress/")
    kept.page.goto("/")

    pages = {path for path in kept.paths() if not path.startswith("/static/")}
    assert pages == {"/player/", "/help/"}
    kept.context.set_offline(True)
    with pytest.raises(Error, match="Failed to fetch"):
        kept.page.evaluate("fetch('/api/v1/player/kit/')")


def test_a_page_that_is_for_everybody_takes_nothing_of_it_away(kept: Kept) -> None:
    kept.page.goto("/account/logout/")
    kept.page.wait_for_timeout(1000)

    assert "/player/" in kept.paths()


def test_a_page_that_failed_says_so_and_only_where_no_server_is_the_player_stands_in(kept: Kept) -> None:
    status = 500
    kept.context.route("**/check/", lambda route: route.fulfill(status=status, body="It broke."))
    kept.page.goto("/check/")
    expect(kept.page.get_by_text("It broke.")).to_be_visible()

    status = 503
    # So that it stays: with a server the player may lead on, to questions.
    kept.context.route("**/api/v1/player/kit/", lambda route: route.abort())
    kept.page.goto("/check/")
    kept.shows_the_player()


def test_the_next_person_within_the_hour_has_their_own_and_nothing_else(kept: Kept) -> None:
    kept.sign_in("Yuki Tanabe")

    assert kept.page.evaluate("tracker.fact('kit').then(({patient}) => patient)") == kept.patient
    kept.context.set_offline(True)
    kept.page.goto("/")
    kept.shows_the_player()


_AGAIN = """async ({patient, hasRoom}) => {
    const real = Cache.prototype.put;
    if (!hasRoom) Cache.prototype.put = function (path, each) {
        if (path === "/player/") throw new DOMException("There is no room.", "QuotaExceededError");
        return real.call(this, path, each);
    };
    await tracker.setFact(`files-kept-at:${patient}`, 0);
    await keepKit().catch(() => {});
    Cache.prototype.put = real;
    return (await caches.keys()).filter((name) => name.includes("kit-"));
}"""
_SCRIPT = "/static/js/built/offline-core.js"
_MARK = f"async (name) => (await caches.open(name)).put('{_SCRIPT}', new Response('old'))"
_IS_OLD = f"async (name) => (await (await caches.match('{_SCRIPT}', {{cacheName: name}})).text()) === 'old'"


def test_the_files_are_renewed_as_a_whole_or_not_at_all_and_not_under_a_session(kept: Kept) -> None:
    (worker,) = kept.context.service_workers
    mine = f"kit-{kept.patient}"
    kept.page.evaluate(_MARK, mine)

    assert worker.evaluate(_AGAIN, {"patient": kept.patient, "hasRoom": False}) == [mine]
    assert kept.page.evaluate(_IS_OLD, mine)
    kept.page.evaluate(_HOLD, True)
    assert worker.evaluate(_AGAIN, {"patient": kept.patient, "hasRoom": True}) == [mine]
    assert kept.page.evaluate(_IS_OLD, mine)
    kept.page.evaluate("window.letGo()")
    assert worker.evaluate(_AGAIN, {"patient": kept.patient, "hasRoom": True}) == [mine]
    assert not kept.page.evaluate(_IS_OLD, mine)
    kept.context.set_offline(True)
    kept.page.goto("/")
    kept.shows_the_player()


def test_new_files_that_cannot_take_their_place_yet_are_used_where_they_are(kept: Kept) -> None:
    (worker,) = kept.context.service_workers
    mine = f"kit-{kept.patient}"
    # Stopped after all was there, and before the old ones' name was theirs.
    worker.evaluate(
        "async (name) => { await takePlace(name, `next-${name}`); await caches.open(name); }", mine
    )
    assert kept.paths() == []
    kept.context.set_offline(True)
    kept.page.goto("/")
    kept.shows_the_player()
    kept.context.set_offline(False)

    assert worker.evaluate(_AGAIN, {"patient": kept.patient, "hasRoom": True}) == [mine]
    assert "/player/" in kept.paths()


def test_a_plan_on_its_way_is_not_kept_for_somebody_who_signs_out_meanwhile(kept: Kept) -> None:
    (worker,) = kept.context.service_workers
    left = worker.evaluate(
        """async (patient) => {
            const { setFact } = tracker;
            tracker.setFact = async (name, value) => {
                if (name === "kit" && value) await tracker.wipe(patient);
                return setFact(name, value);
            };
            await keepKit();
            tracker.setFact = setFact;
            return [await tracker.fact("kit"), (await caches.keys()).filter((name) => name.includes("kit-"))];
        }""",
        kept.patient,
    )

    assert left == [None, []]


def test_after_signing_out_nothing_opens_without_a_network(kept: Kept) -> None:
    kept.page.goto("/me/")
    kept.page.get_by_role("button", name="Sign out").first.click()
    kept.page.wait_for_url("**/account/login/**")
    assert kept.here() == []

    kept.context.set_offline(True)
    with pytest.raises(Error, match="net::ERR_"):
        kept.page.goto("/")


def test_with_every_page_closed_the_worker_sends_what_waits(kept: Kept) -> None:
    kept.context.route(_UPLOAD, lambda route: route.abort())
    event = {
        "id": "01996f4e-0000-7000-8000-000000000001",
        "patient": kept.patient,
        "kind": "session",
        "session": "01996f4e-0000-7000-8000-000000000002",
        "seq": 1,
        "type": "advanced",
        "at": int(time.time() * 1000),
        "offset": 0,
        "mono": 0,
        "step": None,
        "data": {},
    }
    kept.page.evaluate("(event) => tracker.keep(event)", event)
    cdp = kept.context.new_cdp_session(kept.page)
    registrations: list[dict[str, Any]] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"])
    )
    cdp.send("ServiceWorker.enable")
    (worker,) = kept.context.service_workers
    kept.page.goto("about:blank")
    sent_by: list[bool] = []
    kept.context.on(
        "request",
        lambda request: (
            sent_by.append(request.service_worker is not None)
            if request.url.endswith("/sync/events/")
            else None
        ),
    )
    kept.context.unroute(_UPLOAD)

    told = {"origin": kept.tracker.address, "registrationId": registrations[-1]["registrationId"]}
    cdp.send("ServiceWorker.dispatchSyncEvent", {**told, "tag": "outbox", "lastChance": False})

    left = "(patient) => tracker.waiting(patient).then((all) => all.length)"
    for _ in range(50):
        if worker.evaluate(left, kept.patient) == 0:
            break
        kept.page.wait_for_timeout(200)
    assert worker.evaluate(left, kept.patient) == 0
    assert sent_by == [True]
