"""Why something came up, for the patient it is about; and the times it did, in the history."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Clinic, Role
from programs.logbook.actions import find_silent
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag
from tests import makers, pages
from tests.readability import grade

NOON = makers.NOON

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def path(flag: Flag) -> str:
    return reverse("monitoring:why", args=[flag.pk])


@pytest.fixture
def flag(alice, bob) -> Flag:
    makers.daily_checks(alice, makers.RISING)
    return Flag.objects.get()


def words(browser, flag: Flag) -> str:
    answer = browser.get(path(flag))
    assert answer.status_code == 200
    return pages.words(answer)


def test_it_says_what_the_patient_told_and_what_is_usual(page, alice, flag):
    answer = page(alice).get(path(flag))
    said = pages.words(answer)
    assert pages.heading(answer) == "Why did this come up?"
    assert ("On 16, 17, 18 and 19 November your leg pain was 2, 6, 6 and 7. You started at about 2.") in said
    assert "Where you started comes from 5 answers, 12 November to 16 November." in said
    assert "It speaks up when 3 of your last 4 scores are far above your first ones." in said
    assert f"What would have changed it {flag.counterfactual}" in said
    assert "We have told your care team." in said
    assert "Nobody watches this live. In an emergency, call 112 at once." in said
    assert "not yet checked by a clinician" in said


def test_the_picture_and_the_table_show_the_same_answers(page, alice, flag):
    html = page(alice).get(path(flag)).text
    picture = html.split('<svg class="readings"')[1].split("</svg>")[0]
    assert picture.count('class="mark ') == 4
    table = html.split("Your answers</caption>")[1].split("</table>")[0]
    assert [part.split("</strong>")[0] for part in table.split("<strong>")[1:]] == ["2", "6", "6", "7"]


def test_a_long_rise_is_said_as_a_span(page, alice, bob):
    makers.daily_checks(alice, [*[3, 4] * 20, *[5] * 12])
    flag = Flag.objects.get()
    assert flag.rule == "W2"
    assert len(flag.evidence["readings"]) > 4
    said = words(page(alice), flag)
    count = len(flag.evidence["readings"])
    assert f" November your leg pain was 5, in {count} answers." in said
    assert "Your usual is about 3.5." in said
    assert "It adds up how far each score is above your usual." in said


def test_new_weakness_came_up_at_once_and_nothing_would_have_changed_that(page, alice, bob):
    makers.weekly_check(alice, weakness="new_or_worse")
    said = words(page(alice), Flag.objects.get())
    assert "On 20 November you said that your leg or foot is newly weak, or weaker than before." in said
    assert "New weakness needs to be checked fast." in said
    assert "What would have changed it" not in said
    assert "Have you been checked yet? If not, please get help now" in said


def test_much_worse_is_in_the_patients_own_word(page, alice, bob):
    makers.weekly_check(alice, groc="very_much_worse")
    said = words(page(alice), Flag.objects.get())
    assert "On 20 November you said that your leg is very much worse since last week." in said
    assert "You know your leg best." in said


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("open", "We have told your care team."),
        ("acknowledged", "Your care team knows, and somebody looks after it."),
        ("resolved", "Your care team has looked at it, and closed it."),
    ],
)
def test_it_says_what_happens_now(page, alice, bob, flag, step, sentence):
    if step != "open":
        acknowledge_flag(flag=flag, by=bob, now=NOON)
    if step == "resolved":
        resolve_flag(flag=flag, by=bob, outcome="not_helpful", note="She worries a lot.", now=NOON)
    said = words(page(alice), flag)
    assert sentence in said
    assert "worries" not in said
    assert "worth a look" not in said.lower()


def test_a_correction_that_took_it_back_is_said(page, alice, bob):
    checks = makers.daily_checks(alice, makers.RISING)
    for check in checks[-4:]:
        makers.daily_check(alice, 2, on=check.recorded_on, corrects=check.pk)
    assert "With it, this would not come up now." in words(page(alice), Flag.objects.get())


def test_the_clinics_own_emergency_number_stands_on_it(page, alice, flag):
    Clinic.objects.update(emergency_number="999")
    assert "call 999 at once" in words(page(alice), flag)


@pytest.mark.parametrize("answers", [{"weakness": "new_or_worse"}, {"groc": "much_worse"}])
def test_it_is_easy_to_read(page, alice, bob, answers):
    makers.weekly_check(alice, **answers)
    assert grade(pages.prose(page(alice).get(path(Flag.objects.get())))) <= 6


def test_it_is_easy_to_read_with_numbers_too(page, alice, flag):
    assert grade(pages.prose(page(alice).get(path(flag)))) <= 6


def test_the_look_is_written_down(page, alice, flag):
    page(alice).get(path(flag))
    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "monitoring:why")


def test_it_costs_the_same_queries_however_much_was_found(page, alice, flag, django_assert_num_queries):
    browser = page(alice)
    with django_assert_num_queries(7):
        browser.get(path(flag))
    makers.weekly_check(alice, groc="much_worse")
    with django_assert_num_queries(7):
        browser.get(path(flag))


def test_it_is_the_patients_own_and_nobody_elses(page, bob, charlie, dora, flag):
    for person in (bob, charlie, dora):
        assert page(person).get(path(flag)).status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_silence_has_no_such_page(page, alice, plan):
    makers.daily_checks(alice, makers.STEADY, now=NOON - timedelta(days=9))
    type(plan).objects.update(started_at=NOON - timedelta(days=40))
    find_silent(now=NOON)
    assert page(alice).get(path(Flag.objects.get())).status_code == 404


def test_an_administrator_is_refused(page, clinic, flag):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=NOON)
    assert page(adam).get(path(flag)).status_code == 403


def test_an_unknown_flag_is_not_there(page, alice):
    assert page(alice).get(reverse("monitoring:why", args=[uuid4()])).status_code == 404


def test_it_only_shows(page, alice, flag):
    assert page(alice).post(path(flag)).status_code == 405


def test_signed_out_leads_to_the_sign_in_page(client, flag):
    assert client.get(path(flag))["Location"].startswith("/account/login/")


def test_the_history_lists_the_times_the_care_team_was_told(page, alice, flag):
    answer = page(alice).get("/history/")
    assert "Times we told your care team 19 November: leg pain up" in pages.words(answer)
    assert f'href="{path(flag)}"' in answer.text


def test_a_history_without_such_times_says_nothing_of_them(page, alice, bob):
    makers.daily_checks(alice, makers.STEADY)
    assert "Times we told" not in pages.words(page(alice).get("/history/"))
