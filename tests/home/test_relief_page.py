"""Heat, ice and ways to rest: what the page says, and when it offers no clock."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser

import pytest
import yaml

from programs.accounts.models import AuditEvent, Clinic
from programs.library.queries import WAYS_TO_REST
from programs.safety.actions import request_screening
from tests import makers, pages
from tests.patient_words import CONTENT

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PATH = "/relief/"
NOON = makers.NOON
QUERIES = 7


class _Cautions(HTMLParser):
    """The points of the list of what to mind."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[str] = []
        self._inside = False
        self._in_point = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or dict(attrs).get("class") == "caution"
        self._in_point = self._inside and (self._in_point or tag == "li")
        if self._in_point and tag == "li":
            self.points.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "section"
        self._in_point = self._in_point and tag != "li"

    def handle_data(self, data: str) -> None:
        if self._in_point:
            self.points[-1] += data


def cautions(answer) -> list[str]:
    reader = _Cautions()
    reader.feed(answer.content.decode())
    return reader.points


def test_there_are_two_clocks_of_twenty_minutes_and_every_way_to_rest(page, alice):
    answer = page(alice).get(PATH)

    html, words = answer.content.decode(), pages.words(answer)
    assert pages.heading(answer) == "What would ease your leg now?"
    assert html.count('data-seconds="1200"') == 2
    assert html.count('role="timer"') == 2
    for name in WAYS_TO_REST.values():
        assert name in words


def test_it_says_nothing_about_heat_and_cold_that_the_article_does_not_say(page, alice):
    article = yaml.safe_load((CONTENT / "articles" / "heat-and-cold.yaml").read_text("utf-8"))
    said = {" ".join(point.split()) for section in article["sections"] for point in section["points"]}

    found = cautions(page(alice).get(PATH))

    assert len(found) == 8
    assert set(found) - said == {"Stop if it burns, stings, goes numb or looks odd."}
    assert "Look at your skin as you go. Stop if it burns, stings, goes numb or looks odd." in said
    assert "Use no heat and no cold where your skin is numb or broken." in found


def test_without_javascript_a_kitchen_clock_will_do(page, alice):
    html = page(alice).get(PATH).content.decode()

    assert "Set a kitchen clock for 20 minutes." in html
    assert html.count(' aria-labelledby="heat-title" hidden>') == 1  # only the module brings the clocks


@pytest.mark.parametrize("sign", ["RF01", "RF13"])
def test_while_a_sign_has_to_be_looked_at_there_is_no_clock(page, alice, plan, sign):
    Clinic.objects.update(emergency_number="999")
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON, **{sign: "yes"})

    answer = page(alice).get(PATH)

    assert pages.heading(answer) == "Please get checked first."
    assert "Use no heat and no ice for now." in pages.words(answer)
    assert 'role="timer"' not in answer.content.decode()


def test_safety_questions_that_are_due_stand_above_the_clocks(page, alice, clinic):
    first = pages.words(page(alice).get(PATH))
    makers.screened(alice, NOON - timedelta(days=1))
    before_a_session = pages.words(page(alice).get(PATH))
    request_screening(clinic=clinic, patient=alice, reason="severe_pain", now=NOON)
    answer = page(alice).get(PATH)

    asked = "Please answer the safety questions first."
    assert asked in first
    assert asked not in before_a_session  # those are asked when a session is started
    html = answer.content.decode()
    assert html.index(asked) < html.index('href="/safety/"') < html.index('role="timer"')


@pytest.mark.parametrize("told", ["soon", "numbness"])
def test_after_numbness_or_what_asks_for_a_visit_numb_skin_comes_first(page, alice, told):
    makers.screened(alice, NOON - timedelta(days=1))
    assert "numb" not in cautions(page(alice).get(PATH))[0]

    if told == "soon":
        makers.answered(alice, at=NOON, RF18="yes", RF18a="no")
    else:
        makers.intake(alice, symptoms=["numbness"])
    answer = page(alice).get(PATH)

    numb = "Use no heat and no cold where your skin is numb or broken."
    assert cautions(answer)[0] == numb
    assert cautions(answer).count(numb) == 1
    assert f"<strong>{numb}</strong>" in answer.content.decode()


def test_the_look_is_written_down(page, alice):
    page(alice).get(PATH)

    assert AuditEvent.objects.filter(actor=alice, patient=alice, door="home:relief").count() == 1


def test_only_patients_may_open_it(client, page, bob):
    assert page(bob).get(PATH).status_code == 403
    answer = client.get(PATH)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={PATH}")


def test_it_takes_few_queries(page, alice, django_assert_num_queries):
    browser = page(alice)
    with django_assert_num_queries(QUERIES):
        browser.get(PATH)
