"""Every page, narrow and wide, light and dark: no accessibility fault that axe knows, no sideways scroll."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, answer_safety_questions, sign_in

pytestmark = pytest.mark.browser

SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/join/", "/join/not-an-invitation/", "/help/"]
LIBRARY = [
    "/library/",
    "/library/?q=calf&position=standing",
    "/library/?q=xyzzy&category=core",
    "/library/?q=%20&stage=x",
    "/library/programs/",
    "/library/articles/",
    "/library/breaks/",
    "/library/direction-check/",
]
READING = [
    ("/library/", "Standing calf stretch"),
    ("/library/programs/", "Sciatica with calf symptoms"),
    ("/library/programs/", "Flare plan"),
    ("/library/articles/", "When and how to get help"),
]
PATIENT = [
    "/",
    "/check/?again=1",
    "/weekly/?again=1",
    "/morning/?again=1",
    "/about-your-pain/?again=1",
    "/messages/",
    "/session/",
    "/stage/",
    "/stage/test/",
    "/direction/",
    "/direction/?question=1",
    "/history/",
    "/progress/",
    "/progress/?show=all",
    "/breaks/",
    "/reminders/calendar/",
    "/reminders/",
    "/breaks/history/",
    "/breaks/now/",
    "/sheet/",
    "/sheet/?size=big",
    "/relief/",
    "/home-screen/",
    "/help/",
    "/me/",
    "/me/delete/",
    *LIBRARY,
]
THERAPIST = ["/caseload/", "/invite/", "/reminders/", "/clinic/rules/", "/me/", *LIBRARY]
ADMIN = [
    "/clinic/",
    "/clinic/emergency-number/",
    "/clinic/engine/",
    "/clinic/escalation/",
    "/clinic/rules/",
    "/me/",
    "/library/",
]


def faults_of(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


def follow(page: Page, link: Locator) -> None:
    """Until the next page is there with its styles: axe would measure it half dressed."""
    with page.expect_navigation():
        link.click()


def faults_in_reading(page: Page) -> list[str]:
    """Those of one page of each kind, with everything on it unfolded."""
    found = []
    for path, name in READING:
        page.goto(path)
        follow(page, page.get_by_role("link", name=name, exact=True).first)
        if page.locator(".moving").count():
            page.locator(".moving-stage svg").wait_for()  # axe stumbles over what goes while it looks
        page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(each => each.click())")
        found += faults(page)
    return found


def say(page: Page, kind: str, answers: dict[str, str], conditions: dict[str, str] | None = None) -> None:
    """Answer safety questions as a phone does that was without signal."""
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    sent = page.request.post(
        "/api/v1/safety/screenings/",
        headers={"X-CSRFToken": token},
        data={"id": str(uuid4()), "kind": kind, "answers": answers, "conditions": conditions or {}},
    )
    assert sent.status == 201, sent.text()


def faults_in_safety(patient: Page) -> list[str]:
    """Those of the questions that are due, of each page an answer leads to, and of their errors."""
    patient.goto("/session/")
    found = []
    while patient.url.split("?")[0].endswith("/safety/"):
        found += faults(patient)
        if patient.get_by_role("button", name="Continue").count():
            follow(patient, patient.get_by_role("button", name="Continue"))
        else:
            follow(patient, patient.get_by_role("button", name="Yes, these fit me"))
        found += faults(patient)
        answer_safety_questions(patient)
    say(patient, "full", {"RF18": "yes", "RF18a": "no"}, {"pregnancy": "yes"})
    found += faults_of(patient, ["/", "/safety/soon/", "/safety/ask-first/"])
    for question, path in (("RF13", "/safety/see-someone/"), ("RF01", "/safety/help-now/")):
        say(patient, "full", {question: "yes"})
        found += faults_of(patient, ["/", path, f"{path}?called=1", "/safety/checked/"])
    follow(patient, patient.get_by_role("button", name="I have been checked"))
    found += faults(patient)
    patient.get_by_label("On which day?").fill(datetime.now(UTC).date().isoformat())
    patient.get_by_label("Where, and by whom?").fill("Ward 3")
    follow(patient, patient.get_by_role("button", name="I have been checked"))
    # What asks for a visit leads away from the test and from moves to try.
    say(patient, "again", {"RF18": "no"})
    return found


def faults_in_holds(therapist: Page) -> list[str]:
    """Those of the forms by which a therapist ends a hold, or clears what rules exercises out."""
    forms = therapist.locator("form[action^='/safety/']")
    return faults_of(therapist, forms.evaluate_all("all => all.map(each => each.getAttribute('action'))"))


def test_no_page_has_a_fault(tracker, window):
    found = faults_of(window(PHONE), SIGNED_OUT)

    patient = window(PHONE)
    sign_in(patient, tracker, "patient")
    found += faults_in_safety(patient)
    found += faults_of(patient, PATIENT) + faults_in_reading(patient)
    patient.goto("/session/")
    if patient.get_by_role("link", name="Carry on").count():
        follow(patient, patient.get_by_role("link", name="Carry on"))
    else:
        follow(patient, patient.get_by_role("button", name="4", exact=True))
    found += faults(patient)
    follow(patient, patient.get_by_role("button", name="I stopped, it hurt more"))
    found += faults(patient)
    for path, way in (("/history/", "a[href^='/why/']"), ("/", "a[href^='/check-in/']")):
        patient.goto(path)
        if patient.locator(way).count():
            follow(patient, patient.locator(way).first)
            found += faults(patient)

    therapist = window(PHONE)
    sign_in(therapist, tracker, "therapist")
    found += faults_of(therapist, THERAPIST) + faults_in_reading(therapist)
    therapist.goto("/caseload/")
    follow(therapist, therapist.locator(".caseload a").first)
    found += faults(therapist)
    for link in ("Change the plan", "Choose another plan"):
        follow(therapist, therapist.get_by_role("link", name=link))
        found += faults(therapist)
        therapist.go_back()
    plan = therapist.locator("form[action$='/stage/']").first.get_attribute("action")
    assert plan is not None
    found += faults_in_holds(therapist) + faults_of(therapist, [plan])

    admin = window(PHONE)
    sign_in(admin, tracker, "admin")
    found += faults_of(admin, ADMIN)  # who reads what the therapist reads, in the same frame
    admin.goto("/clinic/")
    follow(admin, admin.get_by_role("link", name="Change therapists").first)
    found += faults(admin)

    assert found == []


def test_the_page_of_all_figures_has_no_fault(tracker, window):
    therapist = window(PHONE)
    sign_in(therapist, tracker, "therapist")
    therapist.goto("/styleguide/figures/")

    # Where it is narrow: wide, it only has more of them in a row, and looking takes a minute.
    assert faults(therapist, widths=(320,)) == []
