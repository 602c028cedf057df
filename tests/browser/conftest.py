"""Headless Chromium, the machine's own, on the product as `make run` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.tracker import Tracker
from tools.chromium import find_chromium

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
TAKES_LONGEST = "test_accessibility.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: at the end the other processes would wait for it."""
    items.sort(key=lambda item: item.path.name != TAKES_LONGEST)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("There is no Chromium here: install the package chromium, then run this again.")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[*sandbox, "--disable-quic", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser: Browser, tracker: Tracker) -> Iterator[Callable[..., Page]]:
    """A private window of its own for each person; fails when a page breaks its content security policy.

    Without the service worker, which would fetch all that a session needs for each window anew:
    the tests of what it keeps say `service_workers="allow"`.
    """
    contexts = []
    complaints: list[str] = []

    def opened(size: dict[str, int], **options: object) -> Page:
        options = {"service_workers": "block", **options}
        context = browser.new_context(viewport=size, base_url=tracker.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


NOTHING_TODAY = """
from django.utils import timezone
from programs.logbook.models import GuidedSession
from programs.safety.models import Screening

today = timezone.localdate()
GuidedSession.objects.filter(performed_on=today).delete()
Screening.objects.filter(kind="session", completed_at__date=today).delete()
"""


def change_data(tracker: Tracker, script: str) -> None:
    """Run this in the running product's own shell."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", script],
        cwd=ROOT,
        env={**environment, "VAR_DIR": str(tracker.var_dir)},
        check=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def early_in_the_day(tracker: Tracker) -> None:
    """Nobody has done anything today, whatever the hour; the demonstration has sessions up to now."""
    change_data(tracker, NOTHING_TODAY)


def complaint(message: ConsoleMessage) -> list[str]:
    """An error of the page's own. That the server refused something is what a test asked for."""
    refused = "the server responded with a status of 4" in message.text
    return [message.text] if message.type == "error" and not refused else []


def sign_in(page: Page, tracker: Tracker, who: str) -> None:
    """`who` is a role or a name of the demonstration."""
    email, password = tracker.sign_in_of(who)
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "login" not in address)


def answer_safety_questions(page: Page) -> None:
    """Answer whatever stands before a session with "no", by tapping, until the session can begin."""
    while urlsplit(page.url).path == "/safety/":
        none = page.get_by_role("button", name="None of these today")
        if none.count() == 0:
            page.get_by_text("No", exact=True).evaluate_all("all => all.forEach(each => each.click())")
        with page.expect_navigation():
            (none if none.count() else page.get_by_role("button", name="Continue")).click()
