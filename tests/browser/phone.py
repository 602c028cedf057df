"""Somebody's phone with the player on it: time passes when a test says so."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.conftest import answer_safety_questions
from tests.tracker import Tracker, wait_until

_SCREEN = """() => {
  const open = [...document.querySelectorAll("[data-dialog]")].find((each) => each.open);
  const section = [...document.querySelectorAll("[data-screen]")].find((each) => !each.hidden);
  return (open ?? section)?.dataset[open ? "dialog" : "screen"] ?? "";
}"""
KEPT = (
    2000  # milliseconds of real time in which a browser has kept all that a session needs, at the very least
)
LONGEST_STEP = 130_000  # milliseconds
MOST_STEPS = 200


def press(button: Locator) -> None:
    """Press what a finger could tap, as a key does: of two quick taps the player hears one."""
    button.click(trial=True)
    button.evaluate("button => button.click()")


class Phone:
    """The player in a page whose clock stands still, unless a test lets time pass."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.clock.install()

    @property
    def screen(self) -> str:
        return str(self.page.evaluate(_SCREEN))

    def open(self, address: str = "/player/") -> None:
        """Open the player; it shows something once the kit is read."""
        self.page.goto(address)
        wait_until(lambda: self._at_once() or self.path == "/safety/", 20, "the player, or its questions")
        answer_safety_questions(self.page)
        self.see()

    def see(self, *screens: str) -> None:
        """Wait, with time standing still, until one of these is on; of none named, until anything is."""
        wait_until(
            lambda: self._at_once() in screens if screens else self._at_once(),
            20,
            f"{screens}, not {self.screen}",
        )

    def _at_once(self) -> str:
        try:
            self.page.clock.run_for(20)
            return self.screen
        except Error:  # it is on its way to another page
            return ""

    def tap(self, wish: str, **more: str) -> None:
        """Press what asks for this, as it stands in the page."""
        data = "".join(f"[data-{name}='{value}']" for name, value in more.items())
        press(self.page.locator(f"[data-send='{wish}']{data}:visible").first)
        self.page.clock.run_for(20)

    def words(self, slot: str) -> str:
        return self.page.locator(f"[data-slot='{slot}']").first.text_content() or ""

    def begin(self, pain: int = 3) -> int:
        """From the player's page to the first movement; returns how many taps that took."""
        self.see("safety", "before")
        taps = 1
        if self.screen == "safety":
            press(self.page.get_by_role("button", name="None of these today"))
            self.see("before")
            taps += 1
        self.tap("pain_before", score=str(pain))
        self.see("stage")
        return taps

    def pass_time(self, seconds: float) -> None:
        self.page.clock.run_for(int(seconds * 1000))

    def to_the_end(self) -> None:
        """Nobody touches the phone but to say that a walk is over, until the questions come."""
        for _ in range(MOST_STEPS):
            self.page.clock.fast_forward(LONGEST_STEP)
            self.pass_time(0.05)
            if self.screen != "stage":
                break
            done = self.page.get_by_role("button", name="Done", exact=True)
            if done.is_visible():
                press(done)
        self.see("pain_peak")

    def answer(self, worst: int = 4, now: int = 2) -> int:
        """The questions after it; returns how many taps they took."""
        self.tap("answered", question="pain_peak", score=str(worst))
        self.tap("answered", question="pain_after", score=str(now))
        self.tap("answered", question="spread", value="same")
        taps = 4
        while self.screen == "tingling":
            self.tap("answered", question="tingling", value="none")
            taps += 1
        self.tap("answered", question="effort", value="right")
        self.see("done")
        return taps

    def is_sent(self) -> bool:
        """Lets a little time pass, so that what waits can go out."""
        self.pass_time(1)
        script = "tracker.standing(document.documentElement.dataset.patient)"
        return not self.page.evaluate(script)["waiting"]

    def keep_kit(self) -> None:
        """Have the browser keep all that the next days need, as it does on Today."""
        self.page.goto("/")
        wait_until(self._has_kit, 30, "the kit is kept")

    def _has_kit(self) -> bool:
        self.page.clock.run_for(500)
        return self.page.evaluate("tracker.fact('kit')") is not None

    def sessions(self) -> list[dict[str, Any]]:
        """What the server has of today's sessions through the player, newest first."""
        answer = self.page.request.get("/api/v1/sessions/")
        expect(answer).to_be_ok()
        return [each for each in answer.json()["results"] if each["id"] in self.of_this_device()]

    def of_this_device(self) -> list[str]:
        script = """() => new Promise((resolve) => {
          const opening = indexedDB.open("tracker");
          opening.onsuccess = () => {
            const all = opening.result.transaction("events").objectStore("events").getAll();
            all.onsuccess = () => {
              opening.result.close();
              resolve([...new Set(all.result.map(({session}) => session).filter(Boolean))]);
            };
          };
        })"""
        return list(self.page.evaluate(script))

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path


@contextmanager
def without_server(tracker: Tracker) -> Iterator[None]:
    """The web server does not answer: it is frozen with all its workers, so nobody starts others."""
    pid = tracker.pid("web")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    frozen = [pid, *map(int, children)]
    for each in frozen:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in frozen:
            os.kill(each, signal.SIGCONT)
