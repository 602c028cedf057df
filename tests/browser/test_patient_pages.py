"""The patient's pages as they are used: with a thumb, with large words, by keyboard, without JavaScript.

Every page is opened once, at the size of a phone, and looked at in every way from there.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_by_axe, see_all
from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_accessibility import PATIENT, READING, follow

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 568}
# A window 1280 px wide at 400 %.
ENLARGED = {"width": 320, "height": 256}
PAGES = list(dict.fromkeys([*PATIENT, "/progress/", "/session/paper/", "/me/delete/", "/styleguide/"]))
FEWEST_PX = 44
MOST_BYTES = 120 * 1024
# No sentence: the name of what the page is about.
NAMED = {"/library/articles/": "an article: its title, as its list and every link to it have it"}
MORE_THAN_ONE_HEADING = {"/styleguide/": "shows questions, each with its heading"}

# What can be tapped and is smaller than a finger. A link within a sentence may be as high as its line; a
# control is as large as its label, and a link as large as the row it fills.
SMALL_TARGETS = """fewest => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(each => {
    if (!each.checkVisibility({visibilityProperty: true})) return false;
    if (each.matches(".skip-link, .visually-hidden, [tabindex='-1']")) return false;
    const others = [...each.parentElement.childNodes].filter(other => other !== each);
    const inSentence = each.matches("a:not(.tap, .button)")
      && getComputedStyle(each).display.startsWith("inline")
      && others.some(other => other.textContent.trim().length > 1);
    const after = getComputedStyle(each, "::after");
    const fills = after.position === "absolute" && after.content !== "none" && each.matches("a");
    const label = each.matches("input[type=radio], input[type=checkbox]") && each.closest("label");
    const place = label || (fills ? each.offsetParent : each);
    const box = place.getBoundingClientRect();
    return !inSentence && (box.width < fewest - .5 || box.height < fewest - .5);
  }).map(each => `${each.outerHTML.slice(0, 90)} ${each.clientWidth} x ${each.clientHeight}`)"""

# Words that are cut off, or that run out of their box.
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, nav *")].filter(each => {
    if (!each.checkVisibility() || each.closest(".visually-hidden, svg, select, textarea, .table-scroll"))
      return false;
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) return false;
    const style = getComputedStyle(each);
    if (style.display === "inline") return false;
    const tooWide = each.scrollWidth > each.clientWidth + 3;
    const tooHigh = style.overflowY !== "visible" && each.scrollHeight > each.clientHeight + 3;
    return tooWide || tooHigh;
  }).map(each => `${each.outerHTML.slice(0, 90)}`)"""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# WCAG 2.2, 1.4.12
SPACED = """() => {
  const spaced = new CSSStyleSheet();
  spaced.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    + " word-spacing: .16em !important; } p { margin-block-end: 2em !important; }");
  document.adoptedStyleSheets = [spaced];
}"""

# Letters that are read from right to left, as many as there were.
RIGHT_TO_LEFT = """() => {
  document.documentElement.dir = "rtl";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const letters = "אבגדהוזחטיכלמנסעפצקרשת";
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.parentElement.closest("script, style"))
      node.textContent = node.textContent.replace(/[a-z]/gi, each => letters[each.charCodeAt(0) % 22]);
  }
}"""
TURNED_ROUND = (
    """[...document.querySelectorAll(".figure img")].map(each => getComputedStyle(each).transform)"""
)

Findings = dict[str, list[str]]


@pytest.fixture(scope="module")
def found(tracker, window) -> Findings:
    """What is wrong on any page, by kind."""
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    wrong: Findings = defaultdict(list)
    help_at: dict[str, str] = {}
    for path in PAGES:
        look_at(page, path, wrong, help_at)
    for path, name in READING:
        page.goto(path)
        link = page.get_by_role("link", name=name, exact=True).first
        look_at(page, str(link.get_attribute("href")), wrong, help_at)
    usual = help_at["/"]
    wrong["help"] += [f"{path}: {place}, not {usual}" for path, place in help_at.items() if place != usual]
    return wrong


def look_at(page: Page, path: str, wrong: Findings, help_at: dict[str, str]) -> None:
    """Opens a page, and does everything to it that nothing may break."""

    def look(kind: str, these: list[str]) -> None:
        wrong[kind] += [f"{path}: {each}" for each in these]

    def sideways(kind: str) -> None:
        too_wide = page.evaluate(SIDEWAYS)
        look(kind, [f"wider by {too_wide} px"] if too_wide > 0 else [])

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    answer = page.goto(path)
    assert answer is not None
    look("policy", [] if is_strict(answer.headers["content-security-policy"]) else ["lets others in"])
    help_link = page.locator("header").get_by_role("link", name="Help and warning signs")
    help_at[path] = str(help_link.bounding_box())
    look("headings", page.evaluate("[...document.querySelectorAll('h1')].map(each => each.textContent)"))
    page.locator("details:not([open])").evaluate_all("all => all.forEach(each => each.open = true)")

    see_all(page, PHONE["width"])
    look("axe", faults_by_axe(page))  # dark colours are the same at any width: test_accessibility has them
    look("targets", page.evaluate(SMALL_TARGETS, FEWEST_PX))

    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    look("targets", page.evaluate(SMALL_TARGETS, FEWEST_PX))
    sideways("narrow")
    page.set_viewport_size(ENLARGED)  # type: ignore[arg-type]
    sideways("enlarged")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.evaluate("document.documentElement.dataset.textSize = '130'")
    sideways("large words")
    look("large words", page.evaluate(CUT_OFF))
    page.evaluate("delete document.documentElement.dataset.textSize")
    page.evaluate(SPACED)
    sideways("spaced words")
    look("spaced words", page.evaluate(CUT_OFF))
    page.evaluate("document.adoptedStyleSheets = []")

    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    moving = page.evaluate("document.getAnimations().filter(each => each.playState === 'running').length")
    look("motion", [f"{moving} things move"] if moving else [])
    help_link = page.locator("header a").last  # its words change below
    look("forced colours", [] if help_link.is_visible() else ["no way to help"])
    picture_of(page, path, "forced")
    page.emulate_media(reduced_motion="no-preference", forced_colors="none")

    turned = page.evaluate(TURNED_ROUND)
    page.evaluate(RIGHT_TO_LEFT)
    sideways("right to left")
    look("right to left", [] if help_link.is_visible() else ["no way to help"])
    look("right to left", [] if page.evaluate(TURNED_ROUND) == turned else ["a drawing has turned round"])
    picture_of(page, path, "rtl")


def is_strict(policy: str) -> bool:
    parts = [each.strip() for each in policy.split(";")]
    return "script-src 'self'" in parts and "style-src 'self'" in parts and "unsafe" not in policy


def picture_of(page: Page, path: str, kind: str) -> None:
    """Kept only where somebody names a folder to look at."""
    if folder := os.environ.get("PICTURES"):
        name = path.strip("/").replace("/", "-").replace("?", "-").replace("%", "") or "today"
        page.screenshot(path=Path(folder) / f"{name[:40]}_{kind}.png")


KINDS = (
    *("axe", "targets", "narrow", "enlarged", "large words", "spaced words", "right to left"),
    *("forced colours", "motion", "policy", "help"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_has_anything_wrong(found, kind):
    assert found[kind] == []


def test_every_page_begins_with_one_sentence_or_the_name_of_what_it_is_about(found):
    headings: dict[str, list[str]] = defaultdict(list)
    for each in found["headings"]:
        path, text = each.split(": ", maxsplit=1)
        headings[path].append(" ".join(text.split()))
    many = [path for path in headings if len(headings[path]) > 1 and path not in MORE_THAN_ONE_HEADING]
    unfinished = [
        f"{path}: {text}"
        for path, texts in headings.items()
        for text in texts
        if not text.endswith((".", "?", "Is it:")) and not any(path.startswith(start) for start in NAMED)
    ]
    assert many == []
    assert unfinished == []


# --- over the wire ---


def test_the_first_look_at_today_takes_at_most_120_kilobytes(tracker, window):
    signed_in = window(PHONE)
    sign_in(signed_in, tracker, "patient")
    page = window(PHONE)  # a browser that has nothing yet
    page.context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto("/", wait_until="networkidle")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Amara")
    assert 20_000 < sum(sizes) <= MOST_BYTES


# --- by keyboard alone ---

# Whether what has the focus shows it, and whether some of it can be seen: nothing else lies over all of it.
SHOWS_FOCUS = """() => {
  const it = document.activeElement;
  const label = it.closest("label");
  const near = [it, label, it.nextElementSibling, ...(label || it).children].filter(Boolean);
  const rings = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const shows = near.some(each => rings(getComputedStyle(each)) || rings(getComputedStyle(each, "::after")));
  const box = (label || it).getBoundingClientRect();
  const parts = [.1, .5, .9];
  const points = parts.flatMap(x => parts.map(y => [box.left + box.width * x, box.top + box.height * y]));
  const inSight = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (it.contains(top) || label && label.contains(top)
      || top.contains(it) && !top.matches("html, body, main"));
  });
  return [shows, inSight, it.outerHTML.slice(0, 90)];
}"""


# For a moment a new question takes no taps, and cannot be found by its place.
SETTLED = "Promise.all(document.getAnimations().map(each => each.finished)).then(() => true)"


class Keyboard:
    """Somebody who only has keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def to(self, selector: str) -> None:
        """Tab until what has the focus is this; on the way the focus is always in sight."""
        self.page.evaluate(SETTLED)
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                continue
            shows, in_sight, what = self.page.evaluate(SHOWS_FOCUS)
            if not (shows and in_sight):
                self.unseen.append(f"{urlsplit(self.page.url).path}: {what} {shows=} {in_sight=}")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way by keyboard to {selector} on {self.page.url}")

    def press(self, key: str = "Enter") -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def path(self) -> str:
        return urlsplit(self.page.url).path


def test_a_session_by_keyboard_alone(tracker, window):
    page = window(PHONE)
    keys = Keyboard(page)
    email, password = tracker.sign_in_of("patient")
    page.goto("/account/login/")
    keys.to("#id_login")
    page.keyboard.type(email)
    keys.to("#id_password")
    page.keyboard.type(password)
    keys.press()
    page.goto("/session/")  # the forms, as they are without scripts
    while keys.path() == "/safety/":
        answer_by_keyboard(keys)
    page.goto("/session/")
    keys.to("button[value='4']")  # pain before
    keys.press(" ")
    keys.to("input[name='pain_peak']")
    page.keyboard.press("ArrowDown")
    keys.to("button[name='outcome'][value='done']")
    keys.press(" ")
    keys.to("a[href='/session/after/']")
    keys.press()
    for _ in range(10):
        if keys.path().endswith("/done/"):
            break
        keys.to("main button[type='submit']")
        keys.press()

    assert keys.path().endswith("/done/")
    expect(page.get_by_role("heading", name="What you did")).to_be_visible()
    assert keys.unseen == []


def answer_by_keyboard(keys: Keyboard) -> None:
    """The questions before a session: four lines with one button for "none", or a "no" to each."""
    if keys.page.get_by_role("button", name="None of these today").count():
        keys.to("button[value='none']")
    else:
        names = keys.page.locator("main input[type='radio']").evaluate_all(
            "all => [...new Set(all.map(each => each.name))]"
        )
        for name in names:
            keys.to(f"input[name='{name}']")
            keys.page.keyboard.press(" ")
            while not keys.page.evaluate("document.activeElement.value === 'no'"):
                keys.page.keyboard.press("ArrowRight")
        keys.to("main button[type='submit']")
    keys.press()


# --- without JavaScript ---


def test_everything_but_the_timers_works_without_javascript(tracker, window):
    page = window(PHONE, java_script_enabled=False)
    sign_in(page, tracker, "Bronwen Pryce")

    check_by_taps(page)
    work_without_scripts(page)
    page.goto("/progress/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/breaks/")
    follow(page, page.locator("main form button[type='submit']").first)
    expect(page.locator("main")).to_be_visible()
    page.goto("/me/")
    follow(page, page.get_by_role("button", name="Sign out").first)
    page.goto("/")
    assert "login" in page.url


def check_by_taps(page: Page) -> None:
    """The Daily check, with a place on the body map."""
    page.goto("/check/?again=1")
    for _ in range(12):
        if urlsplit(page.url).path != "/check/":
            break
        place = page.locator("label.place", has=page.locator("input[name='tingling_numbness']")).last
        if place.count():
            place.locator(".place-words").click()
            follow(page, page.get_by_role("button", name="Continue"))
        elif page.locator("main input[type='number']").count():
            page.locator("main input[type='number']").fill("0")
            follow(page, page.get_by_role("button", name="Continue"))
        else:
            follow(page, page.locator("main .key, main .rung, main .answer").first)
    assert urlsplit(page.url).path == "/"


def work_without_scripts(page: Page) -> None:
    """A session with one exercise, to its last page."""
    page.goto("/session/")
    while urlsplit(page.url).path == "/safety/":
        none = page.get_by_role("button", name="None of these today")
        if none.count() == 0:
            for each in page.locator("main .safety-answer-no input, main .choice input[value='no']").all():
                each.check(force=True)
        follow(page, none if none.count() else page.get_by_role("button", name="Continue"))
    follow(page, page.get_by_role("button", name="4", exact=True))
    follow(page, page.get_by_role("button", name="I did it"))
    follow(page, page.get_by_role("link", name="End session and save"))
    for _ in range(10):
        if urlsplit(page.url).path.endswith("/done/"):
            break
        follow(page, page.locator("main button[type='submit']").first)
    expect(page.get_by_role("heading", name="What you did")).to_be_visible()
