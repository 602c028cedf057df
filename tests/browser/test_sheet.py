"""The sheet of exercises as it comes out of a printer: three exercises fit one page of A4."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, answer_safety_questions, sign_in

pytestmark = pytest.mark.browser

WHO = "Amara Okafor"
A4 = {"width": 794, "height": 1123}
FEWER = (
    """most => [...document.querySelectorAll(".sheet-exercise")].slice(most).forEach(each => each.remove())"""
)
MANY = """() => { const all = document.querySelector(".sheet-exercises");
    while (all.children.length < 4) all.append(all.firstElementChild.cloneNode(true)); }"""


def opened(page: Page, tracker, path: str = "/sheet/") -> Page:
    sign_in(page, tracker, WHO)
    page.goto("/safety/")
    answer_safety_questions(page)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("These are your exercises.")
    return page


def printed_pages(page: Page) -> int:
    # /Type /Pages is the tree that holds them.
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


def test_three_exercises_and_the_warning_signs_fit_one_page(tracker, window):
    page = opened(window(PHONE), tracker)
    assert page.locator(".sheet-exercise").count() >= 3

    page.evaluate(FEWER, 3)

    assert page.locator(".sheet-exercise").count() == 3
    assert printed_pages(page) == 1
    page.emulate_media(media="print")
    letters = page.locator(".sheet-help li").first.evaluate(
        "each => parseFloat(getComputedStyle(each).fontSize)"
    )
    assert letters >= 9 * 96 / 72, "9 points"


def test_up_to_four_exercises_stand_on_a_page(tracker, window):
    page = opened(window(PHONE), tracker)
    page.evaluate(MANY)
    page.evaluate(FEWER, 4)
    page.evaluate("document.querySelector('.sheet-help').remove()")

    assert page.locator(".sheet-exercise").count() == 4
    assert printed_pages(page) == 1


def test_only_the_sheet_itself_is_on_paper(tracker, window):
    page = opened(window(A4), tracker)
    page.evaluate(FEWER, 3)
    page.emulate_media(media="print")

    for words in ("Pain rule", "Pain after", "Mon", "Get help now", "Speak to a doctor or nurse today"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.locator(".sheet-exercise ol").first).to_be_visible()
    for gone in ("Use big print", "Help and warning signs", "Progress", "Did you do it on paper?"):
        expect(page.get_by_text(gone, exact=True).first).to_be_hidden()
    expect(page.locator(".sheet-print")).to_be_hidden()


def test_big_print_is_bigger_and_takes_more_paper(tracker, window):
    page = opened(window(A4), tracker)
    page.emulate_media(media="print")
    size = "() => parseFloat(getComputedStyle(document.querySelector('.sheet-words li')).fontSize)"
    normal, pages = page.evaluate(size), printed_pages(page)

    page.goto("/sheet/?size=big")

    assert page.evaluate(size) >= normal * 1.4
    assert printed_pages(page) > pages


def test_the_button_prints_and_without_javascript_a_sentence_says_how(tracker, window):
    page = window(PHONE)
    page.add_init_script("window.print = () => { window.hasPrinted = true; }")
    opened(page, tracker)
    page.get_by_role("button", name="Print", exact=True).click()
    assert page.evaluate("window.hasPrinted")

    plain = window(PHONE, java_script_enabled=False)
    sign_in(plain, tracker, WHO)
    plain.goto("/sheet/")
    expect(plain.get_by_role("button", name="Print", exact=True)).to_be_hidden()
    expect(plain.get_by_text("open the menu of your browser")).to_be_visible()
