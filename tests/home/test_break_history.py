"""What breaks came to: the page, and the line on the patient's page of a therapist."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.models import BreakRule
from tests import makers
from tests.reminders.breaks import moved, prompted

NOON = makers.NOON
PATH = "/breaks/history/"
QUERIES = 9

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def read(browser, path: str = PATH) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def rows(html: str) -> list[list[str]]:
    """The table, as text."""
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in body.split("</tr>")[:-1]
    ]


def live(alice, days: int, breaks: int = 5) -> BreakRule:
    """So many breaks, on the half hour from nine on, on each of so many days; yesterday is the last one."""
    rule = makers.break_rule(alice, interval_minutes=30)
    for back in range(1, days + 1):
        nine = NOON - timedelta(days=back, hours=3)
        for half_hours in range(1, 16):
            outcome = "done" if half_hours <= breaks else "expired"
            prompted(rule, nine + timedelta(minutes=30 * half_hours), outcome)
        moved(alice, *(nine + timedelta(minutes=30 * half_hours) for half_hours in range(1, breaks + 1)))
    return rule


# The patient's page ---------------------------------------------------------------------------------


def test_before_anything_is_known_it_leads_to_the_breaks(page, alice):
    html = read(page(alice))
    assert "<h1>Your breaks will show here.</h1>" in html
    assert 'href="/breaks/">Go to your movement breaks</a>' in html
    assert "<svg" not in html.split("<main")[1].split("</main>")[0]
    assert "<table" not in html


def test_a_sentence_comes_first(page, alice):
    live(alice, days=6)
    html = read(page(alice))
    assert (
        "<h1>You took 5 breaks a day this week, on the 6 days we know of.</h1>\n      "
        "<p>The longest you went without one was 5 hours 30 minutes, on Thursday.</p>"
    ) in html


def test_one_day_is_said_as_one_day(page, alice):
    makers.break_rule(alice, interval_minutes=30)
    moved(alice, NOON - timedelta(hours=1))
    html = read(page(alice))
    assert "<h1>You took 1 break in the last 7 days.</h1>" in html
    assert "The longest you went without one was 30 minutes, today." in html
    assert rows(html)[0] == ["Today", "1", "30 min", "not told"]
    assert rows(html)[1] == ["Thu 19 Nov", "not known", "not known", "not told"]


def test_days_without_a_break_are_a_0_only_where_prompts_came(page, alice):
    rule = makers.break_rule(alice)
    prompted(rule, NOON - timedelta(days=1, hours=1), "expired")
    html = read(page(alice))
    assert "<h1>No breaks told in the last 7 days." in html
    assert [row[1] for row in rows(html)[:3]] == ["not known", "0", "not known"]
    assert html.count('class="bar-missed"') == 1


def test_leg_pain_stands_beside_it_and_a_0_is_not_a_gap(page, alice):
    live(alice, days=3)
    makers.daily_check(alice, 0)
    html = read(page(alice))
    assert rows(html)[0][3] == "0"
    assert {row[3] for row in rows(html)[1:]} == {"not told"}
    picture = html.split('<svg class="chart break-chart"')[1].split("</svg>")[0]
    assert picture.count('class="mark mark-0"') == 1
    assert picture.count('class="bar-done"') == 3


def test_the_worst_of_several_checks_counts_and_a_corrected_one_does_not(page, alice):
    live(alice, days=2)
    for pain in (3, 6, 4):
        makers.daily_check(alice, pain)
    assert rows(read(page(alice)))[0][3] == "6"


def test_it_never_says_that_one_leads_to_the_other(page, alice):
    live(alice, days=13, breaks=3)
    html = read(page(alice))
    assert "That does not tell you that one leads to the other." in html
    words = re.sub(r"<[^>]*>", " ", html.split("<main")[1].split("</main>")[0])
    assert not re.search(r"because|cause|help(s|ed)|less pain|more pain|thanks to", words, re.IGNORECASE)


def test_two_weeks_are_shown_and_a_long_history_costs_no_more(page, alice, django_assert_num_queries):
    browser = page(alice)
    browser.get(PATH)
    live(alice, days=1)
    with django_assert_num_queries(QUERIES):
        read(browser)
    BreakRule.objects.all().delete()
    live(alice, days=40, breaks=2)
    makers.daily_checks(alice, [2] * 40)
    with django_assert_num_queries(QUERIES):
        html = read(browser)
    assert len(rows(html)) == 14


def test_an_account_of_more_than_a_year_shows_its_last_two_weeks(page, alice):
    rule = makers.break_rule(alice)
    for back in range(0, 391, 3):
        prompted(rule, NOON - timedelta(days=back, hours=1), "done")
        moved(alice, NOON - timedelta(days=back, hours=1))
    html = read(page(alice))
    assert [row[1] for row in rows(html)] == ["1", "not known", "not known"] * 4 + ["1", "not known"]


def test_the_look_is_written_down(page, alice):
    read(page(alice))
    assert AuditEvent.objects.filter(patient=alice, actor=alice, door="home:break_history").exists()


@pytest.mark.parametrize("path", ["/breaks/", "/history/"])
def test_it_is_linked_from_the_breaks_and_from_the_history(page, alice, path):
    assert f'href="{PATH}"' in read(page(alice), path)


def test_it_only_shows(page, alice):
    assert page(alice).post(PATH).status_code == 405


def test_it_is_for_patients(page, bob, client):
    assert page(bob).get(PATH).status_code == 403
    assert client.get(PATH)["Location"] == f"/account/login/?next={PATH}"


def test_another_patient_sees_nothing_of_it(page, alice, dora):
    live(alice, days=6)
    assert "Your breaks will show here." in read(page(dora))


# The therapist's line -------------------------------------------------------------------------------


def test_the_therapist_reads_one_line(page, bob, alice, plan):
    live(alice, days=6)
    html = read(page(bob), f"/patients/{alice.pk}/")
    assert (
        "Breaks: about 5 a day on 6 of the last 7 days, 1 not known; longest without one 5 h 30 min; "
        "prompts every 30 minutes."
    ) in html


def test_the_line_says_when_breaks_are_off(page, bob, alice):
    assert "Movement breaks are off." in read(page(bob), f"/patients/{alice.pk}/")


def test_the_line_is_for_those_who_care_for_the_patient(page, charlie, alice):
    live(alice, days=1)
    assert page(charlie).get(f"/patients/{alice.pk}/").status_code == 404
