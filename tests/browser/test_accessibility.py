"""Every page, narrow and wide, light and dark: no accessibility fault that axe knows, no sideways scroll."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

# Tall, so that nothing lies behind the bar at the foot of the window, where its size cannot be seen.
HEIGHT = 20_000
SIZES = [{"width": 320, "height": HEIGHT}, {"width": 1280, "height": HEIGHT}]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/join/not-an-invitation/", "/help/"]
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
    "/session/",
    "/history/",
    "/breaks/",
    "/help/",
    "/me/",
    *LIBRARY,
]
THERAPIST = ["/caseload/", "/invite/", "/clinic/rules/", "/me/", *LIBRARY]
ADMIN = ["/clinic/", "/clinic/rules/", "/me/", "/library/"]


def faults(page: Page, highest: int = HEIGHT) -> list[str]:
    """What axe finds on the page, and whether it is wider than the window."""
    found = [
        f"{page.url}: {each['id']}: {[node['html'][:120] for node in each['nodes']]}"
        for each in Axe().run(page, options=RULES).response["violations"]
    ]
    assert page.evaluate("document.documentElement.scrollHeight") <= highest
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{page.url} scrolls sideways by {too_wide} px"] if too_wide > 0 else [])


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
        follow(page, page.get_by_role("link", name=name, exact=True))
        if page.locator(".moving").count():
            page.locator(".moving-stage svg").wait_for()  # axe stumbles over what goes while it looks
        page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(each => each.click())")
        found += faults(page)
    return found


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault(tracker, window, size, scheme):
    found = faults_of(window(size, color_scheme=scheme), SIGNED_OUT)

    patient = window(size, color_scheme=scheme)
    sign_in(patient, tracker, "patient")
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

    therapist = window(size, color_scheme=scheme)
    sign_in(therapist, tracker, "therapist")
    found += faults_of(therapist, THERAPIST) + faults_in_reading(therapist)
    therapist.goto("/caseload/")
    follow(therapist, therapist.locator(".caseload a").first)
    found += faults(therapist)
    for link in ("Change the plan", "Choose another plan"):
        follow(therapist, therapist.get_by_role("link", name=link))
        found += faults(therapist)
        therapist.go_back()

    admin = window(size, color_scheme=scheme)
    sign_in(admin, tracker, "admin")
    found += faults_of(admin, ADMIN)  # who reads what the therapist reads, in the same frame

    assert found == []


@pytest.mark.parametrize(
    ("size", "scheme"), [(SIZES[0], "light"), (SIZES[1], "dark")], ids=["narrow", "wide"]
)
def test_the_page_of_all_figures_has_no_fault(tracker, window, size, scheme):
    therapist = window(size, color_scheme=scheme)
    sign_in(therapist, tracker, "therapist")
    therapist.goto("/styleguide/figures/")

    # nothing lies over the foot of this page, so it may be as long as it is
    assert faults(therapist, highest=10 * HEIGHT) == []
