"""Changing the doses of the stage a patient is in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Role
from programs.care.actions import CONFLICT, UNCHANGED
from programs.care.models import Plan
from programs.conversations.models import Message
from tests import makers
from tests.care import plans

pytestmark = pytest.mark.once

NOON = makers.NOON


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def path(plan: Plan) -> str:
    return reverse("care:change_doses", args=[plan.pk])


def form(plan: Plan, **more: object) -> dict[str, object]:
    """The page's form as it stands, with some of it changed: `form(plan, **{"walking-sets": 2})`."""
    version = makers.version(plan)
    stage = version.stage(Plan.objects.get(pk=plan.pk).stage_number)
    values: dict[str, object] = {"based_on": version.number, "stage_number": stage.number, "note": ""}
    for exercise in stage.exercises:
        for field, value in exercise.dose.to_mapping().items():
            values[f"{exercise.slug}-{field}"] = "" if value is None else value
    return values | more


# Doses ----------------------------------------------------------------------------------------------


def test_the_page_shows_the_doses_of_the_current_stage(page, bob, plan):
    html = unescape(page(bob).get(path(plan)).text)
    assert "Change doses in stage 1 of 4: Settle and move" in html
    assert 'name="ankle-pumps-sets" value="2"' in html
    assert 'name="walking-duration_seconds" value="300"' in html
    assert "seated-sciatic-slider" not in html


def test_saving_the_page_as_it_is_changes_nothing(page, bob, plan):
    answer = page(bob).post(path(plan), form(plan))
    assert answer.status_code == 422
    assert UNCHANGED in answer.text
    assert plan.versions.count() == 1


def test_a_change_is_a_new_version_and_the_page_after_says_what_changed(page, bob, plan):
    browser = page(bob)
    answer = browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 3}, note="More pumps."))
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{plan.patient_id}/")
    version = makers.version(plan)
    assert (version.number, version.created_by, version.note) == (2, bob, "More pumps.")
    assert version.stage(1).exercise("ankle-pumps").dose.sets == 3
    html = unescape(browser.get(answer["Location"]).text)
    assert "Version 2 is in force, and Alice knows." in html
    assert (
        "Ankle pumps: 3 sets of 20, rest 20 seconds, 3 times a day, every day. "
        "It was: 2 sets of 20, rest 20 seconds, 3 times a day, every day."
    ) in html


def test_an_empty_time_means_counting(page, bob, plan):
    page(bob).post(path(plan), form(plan, **{"walking-duration_seconds": ""}))
    assert makers.version(plan).stage(1).exercise("walking").dose.duration_seconds is None


def test_sending_it_twice_makes_one_version_and_shows_it(page, bob, plan):
    browser, same = page(bob), form(plan, **{"ankle-pumps-sets": 3})
    assert browser.post(path(plan), same).status_code == 302
    answer = browser.post(path(plan), same)
    assert answer.status_code == 422
    assert "Ankle pumps: 3 sets of 20" in answer.text
    assert plan.versions.count() == 2
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("sets", "0", "Sets must be a whole number from 1 to 10."),
        ("sets", "11", "Sets must be a whole number from 1 to 10."),
        ("sets", "x", "Sets must be a whole number from 1 to 10."),
        ("sets", "", "Sets must be a whole number from 1 to 10."),
        ("sets", "2.5", "Sets must be a whole number from 1 to 10."),
        ("sets", "9" * 5000, "Sets must be a whole number from 1 to 10."),
        ("repetitions", "-1", "Repetitions must be a whole number from 1 to 50."),
        ("hold_seconds", "121", "Hold must be a whole number of seconds from 0 to 120."),
        ("duration_seconds", "9", "Duration must be empty or a whole number of seconds from 10 to 3600."),
        ("rest_seconds", "301", "Rest must be a whole number of seconds from 0 to 300."),
        ("times_a_day", "7", "Times a day must be a whole number from 1 to 6."),
        ("days_a_week", "8", "Days a week must be a whole number from 1 to 7."),
        ("tempo", "fast", "Tempo must be empty or seconds for up, pause and down, such as 2-1-3."),
    ],
)
def test_a_wrong_number_gets_its_sentence_at_the_field_and_nothing_is_stored(
    page, bob, plan, field, typed, sentence
):
    answer = page(bob).post(path(plan), form(plan, **{f"ankle-pumps-{field}": typed}, note="Kept."))
    assert answer.status_code == 422
    at_the_field = answer.text.split(f'id="id_ankle-pumps-{field}_error"')[1].split("</p>")[0]
    assert sentence in unescape(at_the_field)
    assert f'href="#id_ankle-pumps-{field}"' in answer.text
    assert f"Ankle pumps: {sentence}" in unescape(answer.text)
    assert "<title>Error: " in answer.text
    assert "Kept." in answer.text
    assert plan.versions.count() == 1


def test_what_was_typed_is_kept(page, bob, plan):
    html = page(bob).post(path(plan), form(plan, **{"ankle-pumps-sets": "99", "walking-sets": "3"})).text
    assert 'name="ankle-pumps-sets" value="99"' in html
    assert 'name="walking-sets" value="3"' in html


def test_a_form_without_its_fields_stores_nothing(page, bob, plan):
    assert page(bob).post(path(plan), {}).status_code == 422
    assert plan.versions.count() == 1


def test_too_long_a_note_is_refused_at_the_field(page, bob, plan):
    answer = page(bob).post(path(plan), form(plan, **{"ankle-pumps-sets": 3}, note="x" * 1001))
    assert answer.status_code == 422
    assert 'id="id_note_error"' in answer.text
    assert plan.versions.count() == 1


def test_somebody_elses_change_is_shown_and_not_written_over(page, bob, plan, clinic, clock):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=plan.patient, therapist=carl, started_at=NOON)
    mine = form(plan, **{"ankle-pumps-sets": 3, "walking-sets": 2})
    clock.shift(timedelta(minutes=5))
    page(carl).post(path(plan), form(plan, **{"ankle-pumps-sets": 1}))
    answer = page(bob).post(path(plan), mine)
    html = unescape(answer.text)
    assert answer.status_code == 422
    assert CONFLICT in html
    assert "Version 2, by Carl, 20 November, 12:05" in html
    assert "Ankle pumps: 20 times, 3 times a day, every day. It was: 2 sets of 20" in html
    assert 'name="walking-sets" value="2"' in html
    assert "Start again from version 2" in html
    assert makers.version(plan).number == 2


def test_numbers_typed_for_a_stage_that_was_left_are_not_carried_over(page, bob, plan):
    mine = form(plan, **{"walking-duration_seconds": 900})
    plans.move(plan, bob, 2)
    answer = page(bob).post(path(plan), mine)
    assert answer.status_code == 422
    assert CONFLICT in answer.text
    assert "Change doses in stage 2 of 4" in answer.text
    assert 'name="walking-duration_seconds" value="600"' in answer.text
    assert plan.versions.count() == 1


# Steep changes --------------------------------------------------------------------------------------


def warned(answer) -> str:
    """The warnings that the page asks to send back."""
    return unescape(re.search(r'name="warned" value="([^"]*)"', answer.text)[1])


def test_a_steep_change_is_asked_about_once_and_can_be_saved_all_the_same(page, bob, plan):
    browser = page(bob)
    steep = form(plan, **{"ankle-pumps-sets": 5, "ankle-pumps-repetitions": 21}, note="We spoke.")

    asked = browser.post(path(plan), steep)

    html = unescape(asked.text)
    assert asked.status_code == 422
    assert "<title>Not saved yet: " in html
    assert "Ankle pumps: sets and repeats go up. Raise only one at a time." in html
    assert "Ankle pumps: sets go up from 2 to 5. Raise by about 10 to 20 % at a time." in html
    assert "These limits are not yet checked by a clinician." in html
    assert 'name="ankle-pumps-sets" value="5"' in html
    assert "We spoke." in html
    assert "Save all the same and tell Alice" in html
    assert (plan.versions.count(), Message.objects.count()) == (1, 1)

    again = browser.post(path(plan), steep | {"warned": warned(asked)})

    assert again.status_code == 302
    version = makers.version(plan)
    assert (version.number, version.note) == (2, "We spoke.")
    assert version.stage(1).exercise("ankle-pumps").dose.sets == 5
    assert "Raise" not in str(version.content_values) + Message.objects.latest("sent_at").body


def test_what_gets_steeper_after_the_warning_is_asked_about_again(page, bob, plan):
    browser = page(bob)
    asked = browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 5}))

    steeper = browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 6}, warned=warned(asked)))

    assert steeper.status_code == 422
    assert "sets go up from 2 to 6" in steeper.text
    milder = browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 3}, warned=warned(steeper)))
    assert milder.status_code == 302


def test_a_wrong_number_after_the_warning_does_not_make_it_asked_about_twice(page, bob, plan):
    browser = page(bob)
    asked = browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 5}))
    wrong = browser.post(
        path(plan), form(plan, **{"ankle-pumps-sets": 5, "walking-sets": "x"}, warned=warned(asked))
    )
    assert wrong.status_code == 422
    assert "Is this meant?" not in wrong.text

    assert (
        browser.post(path(plan), form(plan, **{"ankle-pumps-sets": 5}, warned=warned(wrong))).status_code
        == 302
    )


def test_a_longer_walk_is_steep_and_yet_fills_no_session(page, bob, plan):
    asked = page(bob).post(path(plan), form(plan, **{"walking-duration_seconds": 3600}))

    html = unescape(asked.text)
    assert "seconds go up from 300 to 3600" in html
    assert "fit into" not in html


def test_a_change_of_somebody_else_is_said_before_any_warning(page, bob, plan, clinic, clock):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=plan.patient, therapist=carl, started_at=NOON)
    mine = form(plan, **{"ankle-pumps-sets": 6})
    clock.shift(timedelta(minutes=5))
    page(carl).post(path(plan), form(plan, **{"ankle-pumps-sets": 1}))

    answer = page(bob).post(path(plan), mine)

    assert CONFLICT in answer.text
    assert "Is this meant?" not in answer.text


def test_the_page_warns_of_nothing_before_something_is_sent(page, bob, plan):
    html = page(bob).get(path(plan)).text
    assert "Is this meant?" not in html
    assert 'name="warned" value=""' in html


# Stages ---------------------------------------------------------------------------------------------


def test_the_page_leads_to_the_decisions_about_the_stage(page, bob, plan):
    assert f'href="/plans/{plan.pk}/stage/"' in page(bob).get(path(plan)).text


def criteria(html: str) -> str:
    """What the page says of leaving the stage, without marks."""
    section = unescape(html).split('id="stage-title"')[1].split("<p><a")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section.split("</h2>")[1]).split())


def test_the_page_says_what_the_stage_asks_before_it_is_left(page, bob, plan):
    assert criteria(page(bob).get(path(plan)).text) == (
        "To leave stage 1: 7 days or more in it; worst leg pain, middle of 7 days: 6 or less. "
        "You have none of the warning signs, and you can sit for 15 minutes."
    )


def test_each_program_says_it_by_its_own_measure(page, alice, bob):
    browser = page(bob)
    strength = plans.of_program("calf-strength", alice, bob)
    assert "; worst pain while you do the exercises: 2 or less." in criteria(browser.get(path(strength)).text)
    cramps = plans.of_program("calf-tightness-and-cramps", alice, bob, at=NOON + timedelta(hours=1))
    assert "; calf pain between cramps: 4 or less." in criteria(browser.get(path(cramps)).text)
    desk = plans.of_program("desk-worker-breaks", alice, bob, at=NOON + timedelta(hours=2))
    assert criteria(browser.get(path(desk)).text).startswith(
        "To leave stage 1: 7 days or more in it. On 4 of"
    )


def test_a_stage_without_an_end_says_so(page, alice, bob):
    desk = plans.in_stage(plans.of_program("desk-worker-breaks", alice, bob), 3)
    html = page(bob).get(path(desk)).text
    assert criteria(html) == "Stage 3 has no end: it goes on for as long as it helps."
    assert "None" not in html


# Whose ----------------------------------------------------------------------------------------------


def test_each_door_is_written_down(page, bob, plan, alice, clinic):
    page(bob).post(path(plan), {})
    event = AuditEvent.objects.get()
    assert (event.actor, event.patient, event.clinic, event.door) == (bob, alice, clinic, "care:change_doses")


def test_another_clinics_plan_is_not_there(page, charlie, plan):
    assert page(charlie).post(path(plan), form(plan)).status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_colleague_who_does_not_care_for_the_patient_finds_no_plan(page, clinic, plan):
    assert page(makers.therapist(clinic, "carl")).post(path(plan), {}).status_code == 404


def test_a_patient_does_not_change_their_own_plan(page, alice, plan):
    assert page(alice).post(path(plan), form(plan)).status_code == 403


def test_nor_does_a_patient_who_is_a_therapist_elsewhere(page, alice, other_clinic, plan):
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    assert page(alice).post(path(plan), form(plan)).status_code == 404


def test_a_plan_that_has_ended_is_not_changed(page, bob, alice, plan):
    makers.plan(alice, bob, at=NOON + timedelta(seconds=1))
    assert page(bob).post(path(plan), form(plan)).status_code == 404


def test_signed_out_leads_to_the_sign_in_page(client, plan):
    assert client.post(path(plan))["Location"].startswith("/account/login/")


def test_more_versions_cost_no_more_queries(page, bob, plan, django_assert_num_queries):
    browser = page(bob)
    for count in (1, 10):
        for _ in range(count):
            sets = 3 if makers.version(plan).number % 2 else 2
            browser.post(path(plan), form(plan, **{"ankle-pumps-sets": sets}), follow=True)
        assert plan.versions.count() == (2 if count == 1 else 12)
        with django_assert_num_queries(7):
            browser.get(path(plan))
