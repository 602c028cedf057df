"""Takes the pictures of the README from the running product: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DESK, PHONE, sign_in
from tests.browser.phone import Phone
from tests.tracker import Tracker, running_tracker
from tools.chromium import find_chromium

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
READY = "Bronwen Pryce"
"""A demonstration patient who is ready for the next stage, or nearly so before breakfast."""
WORSE = "Ingrid Dahl"
"""A demonstration patient with an open flag."""


def main() -> None:
    """One picture a page, of the demonstration clinic as it is today."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_tracker(Path(folder)) as tracker,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        patient = signed_in(browser, tracker, "patient", PHONE)
        take(patient, "/", "today")
        take(patient, "/check/?again=1", "daily_check")
        mark_a_numb_foot(patient)
        patient.screenshot(path=SCREENS / "body_map.png", full_page=True)
        for path, name in (
            ("/history/", "history"),
            ("/progress/", "progress"),
            ("/about-your-pain/", "about_your_pain"),
            ("/messages/", "messages"),
            ("/me/", "me"),
            ("/relief/", "relief"),
            ("/session/paper/", "paper"),
            ("/styleguide/", "styleguide"),
        ):
            take(patient, path, name)
        take_paper(patient, "/sheet/", "sheet")
        patient.emulate_media(color_scheme="dark")
        take(patient, "/", "today_dark")
        take(patient, "/progress/", "progress_dark")
        patient.emulate_media(color_scheme="light")
        take(patient, "/library/?q=calf+strech", "library")
        patient.get_by_role("link", name="Standing calf stretch").first.click()
        patient.wait_for_url("**/exercises/*/")
        take(patient, patient.url, "exercise")
        take(signed_in(browser, tracker, READY, PHONE), "/stage/", "stage")
        play(signed_in(browser, tracker, "patient", PHONE))
        for path, name in (
            ("/breaks/", "breaks"),
            ("/breaks/now/", "break_now"),
            ("/breaks/history/", "break_history"),
            ("/reminders/", "reminders"),
            ("/reminders/calendar/", "calendar"),
        ):
            take(patient, path, name)
        worse = signed_in(browser, tracker, WORSE, PHONE)
        ask_why(worse)
        worse.screenshot(path=SCREENS / "why.png")
        therapist = signed_in(browser, tracker, "therapist", DESK)
        take(therapist, "/caseload/", "caseload")
        therapist.locator(".caseload a").first.click()
        therapist.wait_for_url("**/patients/*/")
        take(therapist, therapist.url, "patient")
        look_at_the_criteria(therapist)
        look_at_a_flag(therapist)
        therapist.screenshot(path=SCREENS / "flag.png")
        therapist.goto("/library/programs/")
        therapist.get_by_role("link", name="Sciatica with calf symptoms").click()
        therapist.wait_for_url("**/programs/*/")
        take(therapist, therapist.url, "program")
        browser.close()


def signed_in(browser: Browser, tracker: Tracker, who: str, size: dict[str, int]) -> Page:
    page = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        base_url=tracker.address,
        device_scale_factor=1.5,
    ).new_page()
    sign_in(page, tracker, who)
    return page


def play(patient: Page) -> None:
    """A session in its first set, and what Stop leads to. A clock of its own makes it the same each time."""
    phone = Phone(patient)
    phone.open()
    phone.begin()
    phone.tap("advanced", by="tap")
    phone.pass_time(7)
    patient.screenshot(path=SCREENS / "player.png")
    phone.tap("stopped")
    phone.see("stop")
    patient.screenshot(path=SCREENS / "player_stop.png")


def mark_a_numb_foot(patient: Page) -> None:
    """From the first question of the Daily check to the last; nothing is sent."""
    for answer in ("3", "2", "Calf, shin or ankle"):
        with patient.expect_navigation():
            patient.get_by_role("button", name=answer, exact=True).click()
    patient.get_by_label("Right leg: Foot or toes").check()


def look_at_the_criteria(therapist: Page) -> None:
    therapist.goto("/caseload/")
    therapist.get_by_role("link", name=READY).click()
    therapist.wait_for_url("**/patients/*/")
    therapist.locator(".panel", has=therapist.locator("form[action$='/stage/']")).screenshot(
        path=SCREENS / "criteria.png"
    )


def look_at_a_flag(therapist: Page) -> None:
    """The page of somebody whose pain went up, down to what the rule saw."""
    therapist.goto("/caseload/")
    therapist.get_by_role("link", name=WORSE, exact=True).first.click()
    therapist.wait_for_url("**/patients/*/")
    therapist.locator(".flag").first.evaluate("flag => flag.scrollIntoView()")


def ask_why(patient: Page) -> None:
    """From Today to what the rule found, in the patient's own answers."""
    patient.get_by_role("link", name="Why do I see this?").click()
    patient.wait_for_url("**/why/*/")
    # As tall as the page, so that the bar at the foot covers nothing.
    height = patient.evaluate("document.documentElement.scrollHeight")
    patient.set_viewport_size({"width": PHONE["width"], "height": height})


def take_paper(page: Page, path: str, name: str) -> None:
    """The first A4 sheet, as it is printed."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    take(page, path, name)
    page.emulate_media(media="screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def take(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.screenshot(path=SCREENS / f"{name}.png")


if __name__ == "__main__":
    main()
