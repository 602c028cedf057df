"""The main job in a browser, against broker, web, worker and beat as `make run` starts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, answer_safety_questions, sign_in
from tests.tracker import stays_false, wait_until

pytestmark = pytest.mark.browser

SILENT_FOR = 40  # seconds in which a stopped worker must prompt and notify nobody
NAME, EMAIL, PASSWORD = "Maria Lindqvist", "maria@example.org", "a heron on a red gate"
RISING = (2, 2, 2, 2, 2, 6, 6, 7)


def test_the_main_job_in_a_browser(tracker, window):
    tracker.stop_worker()  # before the demonstration patient's first prompt falls due
    resting = window(PHONE)
    sign_in(resting, tracker, "patient")
    therapist = window(DESK)
    sign_in(therapist, tracker, "therapist")
    # One letter is for all that waits for a therapist, so it need not name Maria's page.
    letter = f"To: {tracker.sign_in_of('therapist')[0]}"
    letters = tracker.said(letter)

    code = invite(therapist)
    maria = window(PHONE, service_workers="allow")
    join(maria, code)
    expect(maria.get_by_role("heading", level=1)).to_contain_text("Your plan is not here yet")

    marias_page = assign(therapist)
    maria.goto("/")
    expect(maria.get_by_role("heading", level=1)).to_contain_text("exercises: about")
    expect(maria.get_by_text("Not yet checked by a clinician").first).to_be_visible()

    change_a_dose(therapist)
    maria.reload()
    expect(maria.get_by_text("I have changed your plan")).to_be_visible()
    expect(maria.get_by_text("Only one set this week, Maria.")).to_be_visible()

    earlier_checks_from_a_phone_without_signal(maria)
    answer_daily_check(maria, leg=7)
    work_through_session(maria)
    look_at_history(maria)

    # The flag and the notice in the app stood in the transaction of the eighth check; the e-mail waits for
    # the worker.
    therapist.goto("/caseload/")
    row = therapist.get_by_role("listitem").filter(has_text=NAME)
    expect(row).to_contain_text("Worse")
    expect(row).to_contain_text("Worst leg pain was 2, 6, 6 and 7")
    expect(notices_of(therapist, marias_page)).to_be_visible()
    stays_false(
        lambda: has_prompt(resting) or tracker.said(letter) > letters,
        SILENT_FOR,
        "a stopped worker prompted somebody or sent an e-mail",
    )

    tracker.start_worker()
    # A page whose prompt is late asks once a minute; the worker takes some seconds to come up before that.
    expect(resting.get_by_role("heading", name="Time to change position")).to_be_visible(timeout=90_000)
    wait_until(lambda: tracker.said(letter) > letters, 60, "the therapist gets an e-mail")

    snooze_then_nothing_shows(resting)
    take_the_flag_on(therapist)


def invite(therapist: Page) -> str:
    therapist.get_by_role("link", name="Invite a patient").click()
    therapist.get_by_label("Patient's name").fill(NAME)
    therapist.get_by_label("Patient's e-mail address").fill(EMAIL)
    therapist.get_by_label("Patient's year of birth").fill("1954")
    therapist.get_by_role("button", name="Make the invitation").click()
    assert "/join/" in therapist.locator("#link").inner_text()
    return therapist.locator("#code").inner_text()


def join(maria: Page, code: str) -> None:
    maria.goto("/account/login/")
    maria.get_by_role("link", name="I have a code from my clinic").click()
    maria.get_by_label("What is your code?").fill(code.lower().replace("-", " "))
    maria.get_by_label("What year were you born?").fill("1945")
    maria.get_by_role("button", name="Continue").click()
    expect(maria.get_by_role("alert")).to_contain_text("do not go together")
    maria.get_by_label("What year were you born?").fill("1954")
    maria.get_by_role("button", name="Continue").click()
    maria.get_by_label("Choose a password").fill(PASSWORD)
    maria.get_by_role("button", name="Join").click()
    maria.wait_for_url("**/")


def assign(therapist: Page) -> str:
    """Give Maria a plan; returns the path of her page."""
    therapist.goto("/caseload/")
    therapist.get_by_role("link", name=NAME).click()
    therapist.wait_for_url("**/patients/*/")
    marias_page = urlsplit(therapist.url).path
    therapist.get_by_role("link", name="Choose a plan").click()
    therapist.get_by_role("link", name="Sciatica with calf symptoms").click()
    therapist.get_by_label("Right leg").check()
    give = therapist.get_by_role("button", name="Give this plan to")
    give.click()
    expect(therapist.locator("#id_has_checked_error")).to_contain_text("Nobody has checked these exercises")
    therapist.get_by_label("I have read and checked these exercises").check()
    give.click()
    expect(therapist.get_by_role("heading", level=1)).to_have_text(NAME)
    return marias_page


def change_a_dose(therapist: Page) -> None:
    therapist.get_by_role("link", name="Change the plan").click()
    sets = therapist.get_by_label("Sets of Ankle pumps")
    sets.fill("0")
    therapist.get_by_role("button", name="Save and tell").click()
    expect(therapist.locator("#id_ankle-pumps-sets_error")).to_be_visible()
    sets.fill("1")
    therapist.get_by_label("Note to the patient").fill("Only one set this week, Maria.")
    therapist.get_by_role("button", name="Save and tell").click()
    expect(therapist.get_by_text("Version 2 is in force")).to_be_visible()


def earlier_checks_from_a_phone_without_signal(maria: Page) -> None:
    """Eight days of checks, kept on the phone and sent late through REST by the same signed-in browser."""
    token = next(each["value"] for each in maria.context.cookies() if each["name"] == "csrftoken")
    for back, leg in zip(range(len(RISING), 0, -1), RISING, strict=True):
        answer = maria.request.post(
            "/api/v1/daily-checks/",
            headers={"X-CSRFToken": token},
            data={
                "id": str(uuid4()),
                "recorded_on": (datetime.now(UTC) - timedelta(days=back)).date().isoformat(),
                "worst_leg_pain": leg,
                "worst_back_pain": 2,
                "reach_right": 4,
            },
        )
        assert answer.status == 201, answer.text()


def answer_daily_check(maria: Page, leg: int) -> None:
    maria.goto("/")
    maria.get_by_role("link", name="Daily check").click()
    maria.get_by_role("button", name=str(leg), exact=True).click()
    maria.get_by_role("button", name="2", exact=True).click()
    maria.get_by_role("button", name="Calf").click()
    maria.get_by_label("Right leg: Foot or toes").check()
    maria.get_by_role("button", name="Continue").click()
    expect(maria.get_by_text("Your daily check is saved.")).to_be_visible()
    expect(maria.get_by_role("link", name="Daily check")).to_have_count(0)


def work_through_session(maria: Page) -> None:
    maria.goto("/")
    maria.get_by_role("link", name="Start session").click()
    expect(maria.get_by_role("heading", level=1)).to_contain_text("between your legs")
    answer_safety_questions(maria)
    maria.goto("/session/")  # the forms, as they are without scripts
    maria.get_by_role("button", name="4", exact=True).click()
    outcomes = ["I did part of it", "I left it out"]
    while "/session/exercise/" in maria.url:
        before = maria.url
        maria.get_by_role("button", name=outcomes.pop() if outcomes else "I did it").click()
        maria.wait_for_url(lambda address, before=before: address != before)
    maria.get_by_role("button", name="5", exact=True).click()
    maria.get_by_role("button", name="3", exact=True).click()
    maria.get_by_role("button", name="No, it stayed where it was").click()
    expect(maria.get_by_role("heading", level=1)).to_have_text("Pain 4 before, 3 after. That is one lower.")


def look_at_history(maria: Page) -> None:
    maria.get_by_role("link", name="Back to Today").click()
    maria.get_by_role("link", name="Progress").click()
    maria.get_by_role("link", name="Every day in your history").click()
    expect(maria.get_by_role("heading", level=1)).to_contain_text("1 session")
    maria.get_by_text("Session at").click()
    expect(maria.get_by_text("Left out").first).to_be_visible()


def has_prompt(page: Page) -> bool:
    return page.get_by_role("heading", name="Time to change position").count() > 0


def notices_of(page: Page, path: str) -> Locator:
    return page.locator(f'.notices a[href="{path}"]', has_text="A patient needs a look")


def snooze_then_nothing_shows(resting: Page) -> None:
    resting.get_by_text("More", exact=True).click()
    resting.get_by_role("button", name="Snooze 5 min").click()
    expect(resting.get_by_role("heading", name="Time to change position")).to_have_count(0)


def take_the_flag_on(therapist: Page) -> None:
    therapist.get_by_role("link", name=NAME).click()
    therapist.get_by_role("button", name="I look after this").click()
    expect(therapist.get_by_text("You look after this now.")).to_be_visible()
