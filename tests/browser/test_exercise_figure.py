"""The page of an exercise in a browser: the moving picture, and reading aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, sign_in
from tests.tracker import Tracker

pytestmark = pytest.mark.browser

BRIDGE, STRETCH = "Bridge", "Standing calf stretch"


@pytest.fixture(scope="module")
def signed_in(tracker: Tracker, window: Callable[..., Page]) -> dict[str, Any]:
    """What a browser keeps of a patient's sign-in."""
    page = window(PHONE)
    sign_in(page, tracker, "patient")
    return page.context.storage_state()  # type: ignore[return-value]


@pytest.fixture
def patient(signed_in: dict[str, Any], window: Callable[..., Page]) -> Callable[..., Page]:
    """A phone of the patient's, with whatever is special about it."""

    def opened(size: dict[str, int] = PHONE, **special: object) -> Page:
        return window(size, storage_state=signed_in, **special)

    return opened


def go_to(page: Page, exercise: str, query: str = "") -> None:
    page.goto("/library/")
    address = page.get_by_role("link", name=exercise, exact=True).last.get_attribute("href")
    page.goto(f"{address}{query}")


def moving(page: Page) -> Locator:
    return page.locator(".moving")


def body(page: Page) -> str:
    """How the body is drawn at this moment."""
    drawn: str = page.locator(".moving-stage svg").inner_html()
    return drawn


def with_a_clock(page: Page, exercise: str, query: str = "") -> None:
    """The page of an exercise on which time passes only in `page.clock.run_for`."""
    page.clock.install()
    go_to(page, exercise, query)
    page.locator(".moving-stage svg").wait_for()
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    moving(page).scroll_into_view_if_needed()


def phases(page: Page, seconds: float, step: int = 250) -> list[str]:
    """What is said while so much time passes, each once."""
    said: list[str] = []
    for _ in range(round(seconds * 1000 / step)):
        page.clock.run_for(step)
        phase = page.locator(".moving-phase").inner_text()
        if said[-1:] != [phase]:
            said.append(phase)
    return said


def press(page: Page, name: str) -> None:
    moving(page).get_by_role("button", name=name, exact=True).click()


# --- the moving picture ---


def test_nothing_moves_until_it_is_asked_to(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    before = body(page)

    assert phases(page, 3) == [""]
    assert body(page) == before
    expect(moving(page).get_by_role("button", name="Play")).to_be_visible()


def test_it_plays_at_the_speed_of_the_dose_and_says_in_words_what_comes(patient):
    page = patient()
    with_a_clock(page, BRIDGE)  # 2 seconds up, 3 to hold, 2 down
    start = body(page)

    press(page, "Play")

    assert phases(page, 1.75) == ["Go to 2"]
    assert body(page) != start
    page.clock.run_for(500)
    assert phases(page, 2.5) == ["Hold"]
    held = body(page)
    page.clock.run_for(500)
    assert phases(page, 1.5) == ["Back to 1"]
    assert body(page) not in (start, held)
    page.clock.run_for(500)
    assert phases(page, 6) == ["Go to 2", "Hold", "Back to 1"]


def test_it_shows_eighteen_pictures_a_second(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    press(page, "Play")
    page.clock.run_for(250)
    page.evaluate(
        """() => {
            window.pictures = 0;
            const part = document.querySelector(".moving-stage path[data-part]");
            const seen = new MutationObserver((changes) => { window.pictures += changes.length; });
            seen.observe(part, { attributeFilter: ["d"] });
        }"""
    )

    page.clock.run_for(3000)

    assert page.evaluate("window.pictures") == pytest.approx(3 * 18, abs=1)


def test_slow_is_half_as_fast_and_takes_hold_while_it_plays(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    slow = moving(page).get_by_role("button", name="Slow")
    expect(slow).to_have_attribute("aria-pressed", "false")

    press(page, "Slow")
    expect(slow).to_have_attribute("aria-pressed", "true")
    press(page, "Play")

    assert phases(page, 3.5) == ["Go to 2"]
    page.clock.run_for(1000)
    assert phases(page, 5) == ["Hold"]
    press(page, "Slow")
    expect(slow).to_have_attribute("aria-pressed", "false")
    page.clock.run_for(500)
    assert phases(page, 1.5) == ["Back to 1"]


def test_one_press_pauses_at_once_and_the_next_goes_on_from_there(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    press(page, "Play")
    page.clock.run_for(1000)
    assert page.locator(".moving-phase").inner_text() == "Go to 2"

    press(page, "Pause")
    frozen = body(page)

    assert phases(page, 3) == ["Paused"]
    assert body(page) == frozen
    press(page, "Play")
    assert phases(page, 0.75) == ["Go to 2"]
    page.clock.run_for(500)
    assert phases(page, 2.5) == ["Hold"]


def test_it_rests_while_nobody_can_see_it(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    press(page, "Play")
    page.clock.run_for(1000)

    hide(page, True)
    hidden = body(page)
    page.clock.run_for(4000)
    assert body(page) == hidden
    hide(page, False)
    page.clock.run_for(500)
    assert body(page) != hidden
    assert page.locator(".moving-phase").inner_text() == "Go to 2", "no time was lost"

    page.get_by_role("heading", name="Read more").scroll_into_view_if_needed()
    expect(page.locator(".moving-stage")).not_to_be_in_viewport()
    page.evaluate("new Promise((done) => new IntersectionObserver(done).observe(document.body))")
    unseen = body(page)
    page.clock.run_for(4000)
    assert body(page) == unseen
    moving(page).scroll_into_view_if_needed()
    page.evaluate("new Promise((done) => new IntersectionObserver(done).observe(document.body))")
    page.clock.run_for(500)
    assert body(page) != unseen


def hide(page: Page, is_hidden: bool) -> None:
    """Another tab comes to the front, or this one does again."""
    page.evaluate(
        """(isHidden) => {
            Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_a_stall_does_not_make_it_jump(patient):
    page = patient()
    with_a_clock(page, BRIDGE)
    press(page, "Play")
    page.clock.run_for(500)

    page.clock.fast_forward(60_000)

    assert phases(page, 0.75) == ["Go to 2"]


def test_with_less_motion_there_are_two_pictures_and_nothing_to_play(patient):
    page = patient(reduced_motion="reduce")
    go_to(page, BRIDGE)

    expect(page.locator(".figure-pair img")).to_have_count(2)
    expect(moving(page)).to_be_hidden()
    assert page.locator(".moving-stage svg").count() == 0

    page.emulate_media(reduced_motion="no-preference")
    expect(moving(page)).to_be_visible()
    press(page, "Play")
    expect(page.locator(".moving-phase")).to_have_text("Go to 2")

    page.emulate_media(reduced_motion="reduce")
    expect(moving(page)).to_be_hidden()
    # The style sheet hides it at once, the script is told in the frame after.
    wait_two_frames(page)
    still = page.locator(".moving-stage svg").inner_html()
    wait_two_frames(page)
    assert page.locator(".moving-stage svg").inner_html() == still


def wait_two_frames(page: Page) -> None:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_without_javascript_there_are_two_pictures_and_the_other_side_is_a_link(patient):
    page = patient(java_script_enabled=False)
    go_to(page, STRETCH)

    expect(page.locator(".figure-pair img")).to_have_count(2)
    expect(moving(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Read aloud")).to_be_hidden()
    page.get_by_role("link", name="Show the left leg").click()
    expect(page.get_by_text("Shown for the left leg.")).to_be_visible()


@pytest.mark.parametrize(("query", "across"), [("", 1), ("?side=left", -1)])
def test_the_left_side_is_the_mirror_image_and_its_numbers_are_not(patient, query, across):
    page = patient()
    go_to(page, STRETCH, query)
    page.locator(".moving-stage svg").wait_for()

    assert turned(page, ".figure-pair img") == [across, across]
    assert turned(page, ".moving-stage svg") == [across]
    assert turned(page, ".figure-number, .moving-phase") == [1, 1, 1]


def turned(page: Page, selector: str) -> list[int]:
    """-1 for each of these that is turned round, 1 for each that is not."""
    found: list[int] = page.locator(selector).evaluate_all(
        "all => all.map((each) => new DOMMatrix(getComputedStyle(each).transform).a)"
    )
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_the_script_comes_late_or_plays(patient, width):
    page = patient({"width": width, "height": 3000})  # so high that nothing has to be scrolled to
    waiting: list[Route] = []
    for script in ("exercise-figure", "read-aloud"):
        page.route(f"**/{script}.js", lambda route: waiting.append(route))
    page.add_init_script(VOICES)
    page.goto("/library/")
    address = page.get_by_role("link", name=BRIDGE, exact=True).last.get_attribute("href")
    page.goto(str(address), wait_until="commit")
    page.locator("#plan-title").wait_for()
    # Waiting for a function asks again by eval, which the page's own policy forbids.
    page.evaluate(
        """async () => {
            for (const each of document.querySelectorAll('link[rel=stylesheet]'))
                if (!each.sheet) await new Promise((done) => each.addEventListener('load', done));
        }"""
    )
    page.evaluate("document.fonts.ready")
    before = places(page)
    expect(page.get_by_role("heading", name="See it move")).to_be_hidden()
    expect(page.locator(".moving-stage img")).to_be_hidden()
    expect(moving(page).get_by_role("button", name="Play")).to_be_hidden()

    assert len(waiting) == 2
    for route in waiting:
        route.continue_()
    page.locator(".moving-stage svg").wait_for()
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
    assert places(page) == pytest.approx(before, abs=1)

    press(page, "Play")
    expect(page.locator(".moving-phase")).to_have_text("Go to 2")
    assert places(page) == pytest.approx(before, abs=1)
    press(page, "Pause")
    assert places(page) == pytest.approx(before, abs=1)


def places(page: Page) -> list[float]:
    """Where everything is that somebody could be looking at."""
    found: list[float] = page.locator("h1, h2, .figure, .moving-slow, .steps > li").evaluate_all(
        """all => all.flatMap((each) => {
            const { x, y, width, height } = each.getBoundingClientRect();
            return [x, y, width, height];
        })"""
    )
    return found


def answering(page: Page, answer: Callable[[Route], None]) -> None:
    """The script's own request for a picture has this answer; the pictures of the page are there."""
    page.route(
        "**/glute-bridge-2.svg",
        lambda route: answer(route) if route.request.resource_type == "fetch" else route.continue_(),
    )


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {
            "content_type": "text/html",
            "body": "<html xmlns='http://www.w3.org/1999/xhtml'><p>Sign in</p></html>",
        },
    ],
    ids=["none", "a page"],
)
def test_a_picture_that_does_not_come_leaves_the_two_that_are_there(patient, answer):
    page = patient()
    answering(page, lambda route: route.fulfill(**answer))
    with page.expect_response(lambda response: response.request.resource_type == "fetch"):
        go_to(page, BRIDGE)

    expect(moving(page)).to_have_attribute("hidden", "")
    expect(moving(page)).to_be_hidden()
    expect(page.locator(".figure-pair img")).to_have_count(2)
    assert page.locator(".moving-stage > :not(img, .moving-phase)").count() == 0


def test_nothing_can_be_pressed_before_it_can_move_and_a_failure_takes_no_focus(patient):
    page = patient()
    waiting: list[Route] = []
    answering(page, waiting.append)
    with page.expect_request(lambda request: request.resource_type == "fetch"):
        go_to(page, BRIDGE)
    aside = page.get_by_role("link", name="Back to Today")
    aside.focus()

    for button in (".moving-play", ".moving-slow"):
        page.locator(button).evaluate("button => button.focus()")
        expect(page.locator(button)).not_to_be_focused()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)

    (request,) = waiting
    request.fulfill(status=404)
    expect(moving(page)).to_have_attribute("hidden", "")
    expect(aside).to_be_focused()


def test_a_script_that_never_comes_leaves_no_third_picture(patient):
    page = patient()
    page.route("**/exercise-figure.js", lambda route: route.fulfill(status=404))
    go_to(page, BRIDGE)

    expect(page.locator(".figure-pair img")).to_have_count(2)
    expect(page.get_by_role("heading", name="See it move")).to_have_count(0)
    expect(page.locator(".moving-stage img")).to_be_hidden()
    expect(page.locator(".moving-slow")).to_be_hidden()


def test_the_controls_are_easy_to_hit_and_say_nothing_of_their_own_accord(patient):
    page = patient({"width": 320, "height": 640})
    go_to(page, BRIDGE)
    page.locator(".moving-stage svg").wait_for()

    for name in ("Play", "Slow"):
        box = moving(page).get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
    assert page.locator(".moving [aria-live], .moving [role=status], .moving [role=timer]").count() == 0
    expect(page.locator(".moving-stage svg")).to_have_attribute("aria-hidden", "true")
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()


def test_paper_has_both_pictures_and_the_steps_and_nothing_to_press(patient):
    page = patient()
    go_to(page, STRETCH)
    page.emulate_media(media="print")

    expect(page.locator(".figure-pair img").first).to_be_visible()
    expect(page.locator(".figure-pair img").last).to_be_visible()
    expect(page.locator(".steps")).to_be_visible()
    expect(moving(page)).to_be_hidden()
    assert [each for each in page.get_by_role("button").all() if each.is_visible()] == []


# --- reading aloud ---

# What a browser offers, with voices that are there at once or come later; it writes down what it is told.
VOICES = """
sessionStorage.stopped ??= 0;
window.spoken = [];
window.voices = [{ lang: "en-GB", localService: true, name: "Own" }];
window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
};
const speech = new EventTarget();
speech.getVoices = () => window.voices;
speech.speak = (part) => window.spoken.push(part);
speech.cancel = () => { sessionStorage.stopped = Number(sessionStorage.stopped) + 1; };
Object.defineProperty(window, "speechSynthesis", { value: speech });
"""


def listening(patient: Callable[..., Page], exercise: str = STRETCH, voices: str = "window.voices") -> Page:
    page = patient()
    page.add_init_script(f"{VOICES}; window.voices = {voices};")
    go_to(page, exercise)
    return page


def spoken(page: Page) -> list[str]:
    texts: list[str] = page.evaluate("window.spoken.map((part) => part.text)")
    return texts


def test_it_reads_the_name_the_steps_how_much_and_the_warnings(patient):
    page = listening(patient)

    page.get_by_role("button", name="Read aloud").click()

    warnings = page.locator(".caution li").all_inner_texts()
    steps = page.locator(".steps > li").all_inner_texts()
    name, how, *rest = spoken(page)
    assert (name, how) == (f"{STRETCH}: how do I do this?", "Step by step")
    amount = page.locator("#amount-title + p").inner_text()
    assert rest == [*steps, amount, "When to leave it out or stop", *warnings]
    assert page.evaluate("window.spoken.every((part) => part.voice.name === 'Own' && part.lang === 'en-GB')")


def test_a_second_press_stops_and_a_third_begins_again(patient):
    page = listening(patient)
    page.get_by_role("button", name="Read aloud").click()
    stopped = int(page.evaluate("sessionStorage.stopped"))

    page.get_by_role("button", name="Stop reading").click()

    assert int(page.evaluate("sessionStorage.stopped")) == stopped + 1
    page.get_by_role("button", name="Read aloud").click()
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()
    # what a browser tells of the first reading, after it was stopped, does not end the second
    page.evaluate("window.spoken[window.spoken.length / 2 - 1].dispatchEvent(new Event('end'))")
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()


def test_it_says_when_it_has_come_to_the_end(patient):
    page = listening(patient)
    page.get_by_role("button", name="Read aloud").click()

    page.evaluate("window.spoken.at(-1).dispatchEvent(new Event('end'))")

    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()


def test_a_sentence_that_cannot_be_read_ends_the_reading(patient):
    page = listening(patient)
    page.get_by_role("button", name="Read aloud").click()
    stopped = int(page.evaluate("sessionStorage.stopped"))

    page.evaluate("window.spoken[1].dispatchEvent(new Event('error'))")

    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
    assert int(page.evaluate("sessionStorage.stopped")) == stopped + 1, (
        "nothing is read after what is missing"
    )
    # a browser calls it an error, too, that the first reading was broken off
    page.get_by_role("button", name="Read aloud").click()
    page.evaluate("window.spoken[window.spoken.length / 2 - 1].dispatchEvent(new Event('error'))")
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()


def test_it_can_be_stopped_although_the_voice_has_gone(patient):
    page = listening(patient)
    page.get_by_role("button", name="Read aloud").click()

    page.evaluate("window.voices = []; speechSynthesis.dispatchEvent(new Event('voiceschanged'))")

    page.get_by_role("button", name="Stop reading").click()
    expect(page.locator(".read-aloud")).to_be_hidden()


def test_it_stops_when_the_page_is_left(patient):
    page = listening(patient)
    page.get_by_role("button", name="Read aloud").click()
    stopped = int(page.evaluate("sessionStorage.stopped"))

    page.goto("/library/")

    assert int(page.evaluate("sessionStorage.stopped")) > stopped


@pytest.mark.parametrize(
    "voices",
    [
        "[]",
        "[{ lang: 'de-DE', localService: true, name: 'Other language' }]",
        "[{ lang: 'en-GB', localService: false, name: 'Somewhere else' }]",
    ],
    ids=["none", "other language", "over the network"],
)
def test_without_a_voice_of_its_own_it_is_not_offered(patient, voices):
    page = listening(patient, voices=voices)
    page.locator(".moving-stage svg").wait_for()

    expect(page.locator(".read-aloud")).to_be_hidden()


def test_a_voice_that_comes_late_is_used_and_the_countrys_own_comes_first(patient):
    page = listening(patient, voices="[]")
    expect(page.locator(".read-aloud")).to_be_hidden()

    page.evaluate(
        """() => {
            window.voices = ["en_US", "en-GB"].map((lang) => ({ lang, localService: true, name: lang }));
            window.speechSynthesis.dispatchEvent(new Event("voiceschanged"));
        }"""
    )
    page.get_by_role("button", name="Read aloud").click()

    assert page.evaluate("window.spoken[0].voice.name") == "en-GB"


def test_a_browser_that_cannot_speak_offers_nothing(patient):
    page = patient()
    page.add_init_script("delete Window.prototype.speechSynthesis; delete window.speechSynthesis;")
    go_to(page, STRETCH)
    page.locator(".moving-stage svg").wait_for()

    expect(page.locator(".read-aloud")).to_be_hidden()
