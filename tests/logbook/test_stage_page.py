"""The pages about a stage: what is left of it for the patient, what can be decided for a therapist."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.care.models import Plan, StageChange
from programs.logbook.actions import decide_stage, review_stages
from tests import makers, pages
from tests.care import plans
from tests.logbook.good_weeks import READY_AT, lived

pytestmark = pytest.mark.once

NOON = makers.NOON
DAY = timedelta(days=1)
STAGE, READY, MODE = "/stage/", "/stage/ready/", "/stage/mode/"


@pytest.fixture
def clock():
    with time_machine.travel(READY_AT, tick=False) as clock:
        yield clock


def stage_of(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).stage_number


# --- the patient ---


def test_what_is_left_is_said_in_plain_words_each_with_its_state(clock, page, alice, plan):
    answer = page(alice).get(STAGE)
    assert pages.heading(answer) == "What is left before stage 2."
    html = unescape(answer.text)
    assert "Stage 1 of 4: Settle and move." in html
    assert html.index("We do not know yet") < html.index("You have had the 7 days this stage needs.")
    assert "I feel ready" not in html


def test_the_picture_says_the_same_to_those_who_do_not_see_it(clock, page, alice, plan):
    html = page(alice).get(STAGE).text
    assert 'role="img" aria-label="You are in stage 1 of 4. 2 of 11 things are done. 1 not yet.' in html
    assert html.count('class="criterion-met"') == 4  # in the picture, and beside the words
    assert html.count('class="criterion-not-met"') == 2
    assert html.count('class="criterion-unknown"') == 16


def test_who_is_ready_is_asked_and_moves_on_by_a_tap(clock, page, alice, plan):
    lived(plan)
    browser = page(alice)
    answer = browser.get(STAGE)
    assert pages.heading(answer) == "You can move up to stage 2."
    assert "I feel ready. Move to stage 2" in answer.text
    to_stage = pages.hidden(answer, "to_stage")
    for _ in range(2):
        assert browser.post(READY, {"to_stage": to_stage})["Location"] == STAGE
    assert stage_of(plan) == 2
    html = browser.get(STAGE).text
    assert "you moved up to stage 2" in html
    assert "You are in stage 2 now. Well done." in html


def test_a_tap_from_an_old_page_moves_nothing_and_says_why(clock, page, alice, plan):
    browser = page(alice)
    browser.post(READY, {"to_stage": "2"})
    assert stage_of(plan) == 1
    assert "Not all is done yet. Look at what is left." in browser.get(STAGE).text


@pytest.mark.parametrize("typed", [{}, {"to_stage": "x"}, {"to_stage": "99"}])
def test_a_tap_that_makes_no_sense_moves_nothing(clock, page, alice, plan, typed):
    lived(plan)
    assert page(alice).post(READY, typed).status_code == 302
    assert stage_of(plan) == 1


def test_a_link_alone_moves_nothing(page, alice, plan):
    assert page(alice).get(READY).status_code == 405
    assert page(alice).get(MODE).status_code == 405


def test_on_a_bad_day_it_says_so_and_offers_no_button(clock, page, alice, plan):
    lived(plan, today=7)
    html = page(alice).get(STAGE).text
    assert "Today is not a day to move up." in html
    assert "I feel ready" not in html


def test_who_is_held_reads_it(clock, page, alice, bob, plan):
    lived(plan)
    decide_stage(plan=plan, verb="hold", by=bob, reason="Scan first.", now=READY_AT)
    answer = page(alice).get(STAGE)
    assert pages.heading(answer) == "You stay in stage 1 for now."
    assert "Scan first." not in answer.text
    assert "I feel ready" not in answer.text


def test_the_flare_plan_says_its_day_and_what_ends_it(clock, page, alice, bob, plan):
    lived(plan)
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=READY_AT)
    clock.move_to(READY_AT + DAY)
    answer = page(alice).get(STAGE)
    assert pages.heading(answer) == "Your flare plan: day 2 of 7."
    assert "Your worst leg pain is 4 or less on 2 days in a row. So far: 1." in answer.text
    assert "are done." not in answer.text
    assert "Flare plan: Calm it down. Day 2 of 7." in page(alice).get("/").text


def test_without_a_usual_level_nobody_pretends_to_know_what_ends_it(clock, page, alice, bob, plan):
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=READY_AT)
    assert "We do not know your usual pain yet." in page(alice).get(STAGE).text


def test_a_flare_that_did_not_settle_leads_to_a_visit(clock, page, alice, bob, plan):
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=READY_AT)
    review_stages(now=READY_AT + 7 * DAY)
    clock.move_to(READY_AT + 8 * DAY)
    for path in (STAGE, "/"):
        assert "Please book a visit with your doctor or physio this week." in page(alice).get(path).text
    clock.move_to(READY_AT + 30 * DAY)
    assert "Please book a visit" not in page(alice).get(STAGE).text


def test_a_stage_without_an_end_asks_for_nothing(page, alice, bob):
    plans.in_stage(plans.of_program("desk-worker-breaks", alice, bob), 3)
    answer = page(alice).get(STAGE)
    assert pages.heading(answer) == "Keep going with this stage."
    assert "are done." not in answer.text


def test_the_last_stage_says_so(clock, page, alice, bob, plan):
    plans.in_stage(plan, 4)
    assert pages.heading(page(alice).get(STAGE)) == "This is your last stage."


def test_a_diary_is_a_choice_and_can_be_taken_back(clock, page, alice, plan):
    browser = page(alice)
    browser.post(MODE, {"mode": "diary"})
    assert Plan.objects.get().mode == "diary"
    html = browser.get(STAGE).text
    assert "You keep a diary.</h2>" in html
    assert "Talk with your care team before you move up." in html
    browser.post(MODE, {"mode": "guided"})
    assert Plan.objects.get().mode == "guided"
    assert plan.stage_changes.filter(kind=StageChange.Kind.MODE).count() == 2


@pytest.mark.parametrize("typed", [{}, {"mode": "off"}])
def test_another_mode_changes_nothing(page, alice, plan, typed):
    assert page(alice).post(MODE, typed).status_code == 302
    assert Plan.objects.get().mode == "guided"


@pytest.mark.parametrize(
    "said", [{"RF01": "yes"}, {"RF20": "yes", "RF20a": "no"}, {"conditions": {"told-not-to-exercise": "yes"}}]
)
def test_the_test_is_not_offered_while_an_answer_forbids_to_try_it(clock, page, alice, plan, said):
    makers.screened(alice, at=READY_AT - DAY)
    assert "Take the test" in page(alice).get(STAGE).text
    makers.answered(alice, at=READY_AT, **said)
    assert "Take the test" not in page(alice).get(STAGE).text


def test_the_page_says_once_that_nobody_watches_and_whom_to_call(clock, page, alice, plan):
    browser = page(alice)
    for mode in ("diary", "guided"):
        browser.post(MODE, {"mode": mode})
        html = browser.get(STAGE).text
        assert html.count("Nobody watches this") == 1
        assert "In an emergency, call" in html


def test_today_leads_to_the_page(clock, page, alice, plan):
    html = page(alice).get("/").text
    assert "See what is left before stage 2" in html
    assert f'href="{STAGE}"' in html


def test_without_a_plan_the_page_says_so(page, alice):
    assert pages.heading(page(alice).get(STAGE)) == "Your plan is not here yet."


def test_the_look_is_written_down(page, alice, plan):
    page(alice).get(STAGE)
    assert AuditEvent.objects.get().door == "logbook:stage"


def test_it_is_the_patients_page(client, page, bob, plan):
    assert page(bob).get(STAGE).status_code == 403
    assert client.get(STAGE)["Location"].startswith("/account/login/")


# --- the therapist ---


def path(plan: Plan) -> str:
    return reverse("logbook:plan_stage", args=[plan.pk])


def verbs(html: str) -> list[str]:
    return [part.split('value="')[1].split('"')[0] for part in html.split('name="verb"')[1:]]


def test_every_criterion_stands_there_with_its_numbers(clock, page, bob, plan):
    lived(plan)
    for address in (path(plan), f"/patients/{plan.patient_id}/"):
        html = unescape(page(bob).get(address).text)
        assert "11 of 11 met, as of 4 December, 12:00." in html
        assert "Worst leg pain, middle of 7 days: 3 (5 reports), at most 6." in html
        assert "Ready: the patient can move on" in html


def test_what_can_be_decided_depends_on_where_the_plan_stands(clock, page, bob, plan):
    browser = page(bob)
    assert verbs(browser.get(path(plan)).text) == ["advance", "hold", "begin_flare"]
    plans.move(plan, bob, 2)
    decide_stage(plan=plan, verb="hold", by=bob, reason="Scan.", now=READY_AT)
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=READY_AT)
    assert verbs(browser.get(path(plan)).text) == ["step_back", "release", "end_flare"]


def test_an_override_says_first_what_is_not_met(clock, page, bob, plan):
    html = unescape(page(bob).get(path(plan)).text)
    assert "Not met, or not known: 0 of 6 planned days" in html
    assert "This is kept with your reason." in html


@pytest.mark.parametrize(
    ("verb", "kind"), [("advance", "advance"), ("hold", "hold"), ("begin_flare", "flare")]
)
def test_a_decision_is_stored_with_its_reason_and_leads_to_the_patient(clock, page, bob, plan, verb, kind):
    browser = page(bob)
    typed = {"verb": verb, "to_stage": "2" if verb == "advance" else "", "reason": "Seen today."}
    for _ in range(2):
        answer = browser.post(path(plan), typed)
        assert (answer.status_code, answer["Location"]) == (302, f"/patients/{plan.patient_id}/")
    change = plan.stage_changes.get(kind=kind)
    assert (change.decided_by, change.reason) == (bob, "Seen today.")
    assert plan.patient.name in browser.get(answer["Location"]).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"verb": "advance", "to_stage": "2", "reason": ""}, "Write why."),
        ({"verb": "advance", "to_stage": "2", "reason": "x" * 301}, "Write at most 300 letters."),
        ({"verb": "advance", "to_stage": "3", "reason": "Why."}, "A plan moves one stage at a time."),
        ({"verb": "advance", "to_stage": "x", "reason": "Why."}, "A plan moves one stage at a time."),
        ({"verb": "advance", "to_stage": "", "reason": "Why."}, "Say which stage this is about."),
        ({"verb": "release", "reason": "Why."}, "This plan is not held."),
        ({"verb": "end_flare", "reason": "Why."}, "There is no flare plan to end."),
        ({"verb": "ready", "reason": "Why."}, "Choose one of the things that can be done."),
        ({"reason": "Why."}, "Choose one of the things that can be done."),
    ],
)
def test_what_cannot_be_decided_gets_its_sentence_and_nothing_is_stored(
    clock, page, bob, plan, typed, sentence
):
    answer = page(bob).post(path(plan), typed)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert plan.stage_changes.count() == 1


def test_on_a_day_with_much_pain_it_is_not_offered_and_refused(clock, page, bob, plan):
    lived(plan, today=8)
    browser = page(bob)
    assert "advance" not in verbs(browser.get(path(plan)).text)
    answer = browser.post(path(plan), {"verb": "advance", "to_stage": "2", "reason": "All the same."})
    assert answer.status_code == 422
    assert "Pain was 8 in the last 24 hours: nobody moves on from 6 up." in answer.text
    assert stage_of(plan) == 1


def test_a_therapist_can_stop_the_watching(clock, page, bob, plan):
    answer = page(bob).post(reverse("logbook:plan_mode", args=[plan.pk]), {"mode": "diary"})
    assert answer["Location"] == f"/patients/{plan.patient_id}/"
    assert Plan.objects.get().mode == "diary"
    assert "Diary, not watched" in page(bob).get(path(plan)).text


DOORS = ["plan_stage", "plan_mode"]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_written_down(page, bob, plan, alice, clinic, door):
    page(bob).post(reverse(f"logbook:{door}", args=[plan.pk]), {})
    event = AuditEvent.objects.get()
    assert (event.actor, event.patient, event.clinic, event.door) == (bob, alice, clinic, f"logbook:{door}")


@pytest.mark.parametrize("door", DOORS)
def test_another_clinics_plan_is_not_there(page, charlie, clinic, plan, door):
    address = reverse(f"logbook:{door}", args=[plan.pk])
    assert page(charlie).post(address, {}).status_code == 404
    assert page(makers.therapist(clinic, "carl")).post(address, {}).status_code == 404
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_nobody_decides_about_their_own_plan(client, page, alice, other_clinic, plan, door):
    address = reverse(f"logbook:{door}", args=[plan.pk])
    assert page(alice).post(address, {}).status_code == 403
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    assert page(alice).post(address, {}).status_code == 404
    assert client.post(address)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("door", DOORS)
def test_a_plan_that_has_ended_is_not_decided_about(page, alice, bob, plan, door):
    makers.plan(alice, bob, at=NOON + timedelta(seconds=1))
    assert page(bob).post(reverse(f"logbook:{door}", args=[plan.pk]), {}).status_code == 404


def test_the_panel_shows_only_a_plan_that_the_therapist_may_see(clock, page, bob, other_clinic, plan):
    assert 'id="ready-title"' in page(bob).get(f"/patients/{plan.patient_id}/").text
    Plan.objects.update(clinic=other_clinic)
    assert 'id="ready-title"' not in page(bob).get(f"/patients/{plan.patient_id}/").text


@pytest.mark.parametrize("address", ["stage", "plan"])
def test_a_page_asks_for_no_more_rows_as_the_record_grows(
    clock, page, alice, bob, plan, address, django_assert_max_num_queries
):
    lived(plan)
    browser, where = (page(alice), STAGE) if address == "stage" else (page(bob), path(plan))
    browser.get(where)
    with django_assert_max_num_queries(34):
        browser.get(where)
    lived(plan, until=READY_AT - timedelta(hours=1))
    with django_assert_max_num_queries(34):
        browser.get(where)
