"""The session from page to page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent, Clinic
from programs.care.actions import change_doses
from programs.care.models import Side
from programs.logbook.actions import (
    NOT_A_PAIN_SCORE,
    NOT_AN_ANSWER,
    NOTE_CHANGED,
    TOO_LONG_A_NOTE,
    add_to_session,
    record_session,
)
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.forms.sessions import HOW_IT_WENT, NO_SIDE
from programs.logbook.models import GuidedSession
from programs.logbook.queries import done_sessions, movement_by_day
from programs.logbook.rules import SESSION_KEY
from tests import makers, pages
from tests.care.plans import in_stage, of_program
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

START, PAUSE = "/session/", "/session/pause/"
AFTER, NOW, MOVED = "/session/after/", "/session/after/?now=", "/session/after/?moved="
WRONG_SCORES = ["11", "x", "-1", "3.5", "", None]
EACH_SIDE = 3  # the number of the first exercise that is done on each side: the nerve slider


@pytest.fixture(autouse=True)
def _screened(alice):
    """The safety questions of today are answered, so that nothing stands before a session."""
    makers.screened(alice)


def exercise(number):
    return f"/session/exercise/{number}/"


def begin(browser, pain="4"):
    """Answer the pain before; returns the id that every page of this session carries."""
    record_id = pages.hidden(browser.get(START), "record_id")
    answer = browser.post(START, {"record_id": record_id, "pain_before": pain})
    assert answer.url == exercise(1)
    return record_id


def write_down(browser, record_id, number, outcome="done", sides=("right", "left")):
    return browser.post(exercise(number), {"record_id": record_id, "outcome": outcome, "sides": sides})


def finish(browser, record_id, peak="5", after="3", spread="same"):
    assert browser.post(AFTER, {"record_id": record_id, "pain_peak": peak}).url == NOW
    assert browser.post(NOW, {"record_id": record_id, "pain_after": after}).url == MOVED
    return browser.post(MOVED, {"record_id": record_id, "spread": spread})


def planned(plan):
    return makers.version(plan).stage(plan.stage_number).planned_on(makers.NOON.date())


def outcomes(session):
    return {
        (result.exercise.slug, result.side): result.outcome
        for result in session.results.select_related("exercise")
    }


def test_a_session_is_stored_once_all_is_answered(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    for number in range(1, len(planned(plan)) + 1):
        assert not GuidedSession.objects.exists()
        answer = write_down(browser, record_id, number)
    assert answer.url == AFTER

    answer = finish(browser, record_id)

    session = GuidedSession.objects.get()
    assert answer.url == f"/session/{session.pk}/done/"
    assert str(session.pk) == record_id
    assert (session.pain_before, session.pain_peak, session.pain_after) == (4, 5, 3)
    assert session.plan_version == makers.version(plan)
    assert outcomes(session) == {
        (each.slug, side): "done" for each in planned(plan) for side in each.sides_for("right")
    }
    done = browser.get(answer.url)
    assert pages.heading(done) == "Pain 4 before, 3 after. That is one lower."
    assert "Lying nerve slider Done" in pages.words(done)


def test_more_pain_after_is_said_as_it_is(page, alice, plan):
    session = makers.session(plan, pain=(2, 6, 5))

    done = page(alice).get(f"/session/{session.pk}/done/")

    assert pages.heading(done) == "Pain 2 before, 5 after. That is three higher."
    assert "settle by the next morning" in pages.words(done)


def test_a_side_that_is_not_ticked_was_left_out(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)

    write_down(browser, record_id, EACH_SIDE, "partly", sides=("right",))
    finish(browser, record_id)

    stored = outcomes(GuidedSession.objects.get())
    assert stored["supine-sciatic-slider", "right"] == "partly"
    assert stored["supine-sciatic-slider", "left"] == "skipped"


def test_both_sides_are_ticked_to_begin_with_the_affected_one_first(page, alice, bob):
    makers.plan(alice, bob, side=Side.LEFT)
    browser = page(alice)
    begin(browser)

    body = browser.get(exercise(EACH_SIDE)).content.decode()

    assert body.count(" checked>") == 2
    assert body.index("Left leg") < body.index("Right leg")


def test_an_exercise_page_says_what_to_do(page, alice, plan):
    browser = page(alice)
    begin(browser)

    answer = browser.get(exercise(EACH_SIDE))

    words = pages.words(answer)
    assert pages.heading(answer) == "Lying nerve slider"
    assert f"Exercise {EACH_SIDE} of {len(planned(plan))}" in words
    assert "2 sets of 8 on each side, rest 30 seconds." in words
    assert "Small and slow is enough for now." in words
    assert "Stop at the first light pull." in words
    assert "Pain should stay at 5 or below, and settle by the next morning." in words
    assert "Not yet checked by a clinician" in words


def test_going_back_changes_an_answer_and_a_reload_loses_none(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1, "skipped")
    write_down(browser, record_id, 2)

    assert "You have written this one down." in pages.words(browser.get(exercise(1)))
    write_down(browser, record_id, 1)
    browser.get(exercise(2))
    finish(browser, record_id)

    stored = outcomes(GuidedSession.objects.get())
    assert stored["belly-breathing", "both"] == "done"
    assert stored["ankle-pumps", "both"] == "done"


def test_sending_the_last_page_twice_stores_one_session(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    first = finish(browser, record_id)

    second = browser.post(MOVED, {"record_id": record_id, "spread": "stayed"})

    assert first.url == second.url
    assert GuidedSession.objects.get().spread == "same"


@pytest.mark.parametrize(
    ("address", "values"),
    [
        (START, {"pain_before": "9"}),
        ("/session/exercise/1/", {"outcome": "stopped"}),
        (AFTER, {"pain_peak": "9"}),
    ],
)
def test_a_page_of_a_finished_session_leads_to_what_was_stored(page, alice, plan, address, values):
    browser = page(alice)
    record_id = begin(browser)
    done = finish(browser, record_id)

    assert browser.post(address, {"record_id": record_id, **values}).url == done.url
    assert GuidedSession.objects.count() == 1


def test_a_page_of_another_session_writes_nothing_into_this_one(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)

    assert write_down(browser, str(uuid4()), 1, "stopped").url == START
    finish(browser, record_id)

    assert outcomes(GuidedSession.objects.get())["belly-breathing", "both"] == "skipped"


def test_ending_early_leaves_out_the_rest(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    assert f'href="{AFTER}"' in browser.get(exercise(2)).content.decode()

    finish(browser, record_id)

    stored = outcomes(GuidedSession.objects.get())
    assert stored.pop(("belly-breathing", "both")) == "done"
    assert set(stored.values()) == {"skipped"}


def test_stopping_for_pain_leads_to_rest_and_the_warning_signs(page, alice, plan):
    Clinic.objects.update(emergency_number="999")
    browser = page(alice)
    record_id = begin(browser)

    answer = write_down(browser, record_id, EACH_SIDE, "stopped", sides=("left",))

    assert answer.url == PAUSE
    pause = browser.get(PAUSE)
    assert pages.heading(pause) == "You stopped. That was the right thing, and nothing is lost."
    assert 'href="tel:999"' in pause.content.decode()
    assert f'href="{exercise(1)}"' in pause.content.decode()  # the first that nothing is written down for
    finish(browser, record_id)
    stored = outcomes(GuidedSession.objects.get())
    assert stored["supine-sciatic-slider", "left"] == "stopped"
    assert stored["supine-sciatic-slider", "right"] == "skipped"


def test_what_one_would_rather_not_say_is_not_a_zero(page, alice, plan):
    browser = page(alice)
    record_id = pages.hidden(browser.get(START), "record_id")
    for address in (START, AFTER, NOW, MOVED):
        answer = browser.post(address, {"record_id": record_id, "declined": "1"})

    session = GuidedSession.objects.get()
    assert (session.pain_before, session.pain_peak, session.pain_after) == (None, None, None)
    assert pages.heading(browser.get(answer.url)) == "Your session is saved."


def test_a_plan_changed_meanwhile_does_not_change_the_session_under_way(page, alice, bob, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    begun_with = makers.version(plan)
    dose = begun_with.stage(1).exercise("ankle-pumps").dose
    change_doses(
        plan=plan,
        stage_number=1,
        doses={"ankle-pumps": replace(dose, sets=1)},
        based_on=1,
        by=bob,
        note="",
        now=makers.NOON,
    )

    assert "2 sets of 20" in pages.words(browser.get(exercise(2)))
    finish(browser, record_id)

    assert GuidedSession.objects.get().plan_version == begun_with


def test_a_session_left_open_can_be_taken_up_again(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)

    answer = browser.get(START)

    assert pages.heading(answer) == "You have a session that is not finished."
    assert f"wrote down 1 of {len(planned(plan))} exercises" in pages.words(answer)
    assert f'href="{exercise(2)}"' in answer.content.decode()


def test_a_session_left_open_can_be_thrown_away(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)

    browser.post(START, {"start_again": "1"})

    assert pages.hidden(browser.get(START), "record_id") != record_id
    assert not GuidedSession.objects.exists()


def test_a_session_left_for_a_day_can_only_be_saved_as_it_was(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    with time_machine.travel(makers.NOON + timedelta(minutes=10), tick=False):
        write_down(browser, record_id, 1)

    with time_machine.travel(makers.NOON + timedelta(hours=20), tick=False):
        assert "Carry on" not in pages.words(browser.get(START))
        assert browser.get(exercise(2)).url == START
        finish(browser, record_id)

    session = GuidedSession.objects.get()
    assert session.started_at == makers.NOON
    assert session.finished_at == makers.NOON + timedelta(minutes=10)


def test_a_session_begun_before_midnight_keeps_the_exercises_of_its_day(page, alice, bob, plan):
    plan = of_program("calf-strength", alice, bob)
    friday = planned(plan)
    saturday = makers.version(plan).stage(1).planned_on(makers.NOON.date() + timedelta(days=1))
    assert friday != saturday
    browser = page(alice)
    late = makers.NOON + timedelta(hours=11, minutes=55)
    with time_machine.travel(late, tick=False):
        record_id = begin(browser)
    with time_machine.travel(late + timedelta(minutes=10), tick=False):
        makers.answered(alice, at=late + timedelta(minutes=10), kind="session")
        assert f"Exercise 1 of {len(friday)}" in pages.words(browser.get(exercise(1)))
        finish(browser, record_id)

    session = GuidedSession.objects.get()
    assert session.performed_on == makers.NOON.date()
    assert {slug for slug, _ in outcomes(session)} == {each.slug for each in friday}


@pytest.mark.parametrize("score", WRONG_SCORES)
def test_a_wrong_score_before_gets_one_sentence_and_starts_nothing(page, alice, plan, score):
    browser = page(alice)
    values = {"record_id": str(uuid4())} | ({} if score is None else {"pain_before": score})

    answer = browser.post(START, values)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"pain_before": [NOT_A_PAIN_SCORE]}
    assert 'id="id_pain_before_error"' in answer.content.decode()
    assert answer.content.decode().count("<title>Error: ") == 1
    assert browser.get(exercise(1)).url == START


@pytest.mark.parametrize("score", WRONG_SCORES)
@pytest.mark.parametrize(("address", "field"), [(AFTER, "pain_peak"), (NOW, "pain_after")])
def test_a_wrong_score_after_gets_one_sentence_and_stores_nothing(page, alice, plan, address, field, score):
    browser = page(alice)
    record_id = begin(browser)
    if address == NOW:
        browser.post(AFTER, {"record_id": record_id, "pain_peak": "5"})

    answer = browser.post(address, {"record_id": record_id} | ({} if score is None else {field: score}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [NOT_A_PAIN_SCORE]}
    assert not GuidedSession.objects.exists()
    finish(browser, record_id)
    assert GuidedSession.objects.get().pain_after == 3


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"sides": ["right"]}, {"outcome": [HOW_IT_WENT]}),
        ({"sides": ["right"], "outcome": "cured"}, {"outcome": [HOW_IT_WENT]}),
        ({"outcome": "done"}, {"sides": [NO_SIDE]}),
        ({"outcome": "done", "sides": ["both"]}, {"sides": [NO_SIDE]}),
        ({"outcome": "done", "sides": ["right"], "record_id": "x"}, {"record_id": [OUT_OF_DATE]}),
    ],
)
def test_a_wrong_result_gets_one_sentence_and_is_not_kept(page, alice, plan, values, errors):
    browser = page(alice)
    record_id = begin(browser)

    answer = browser.post(exercise(EACH_SIDE), {"record_id": record_id} | values)

    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    finish(browser, record_id)
    assert set(outcomes(GuidedSession.objects.get()).values()) == {"skipped"}


def test_leaving_it_out_needs_no_side(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)

    assert write_down(browser, record_id, EACH_SIDE, "skipped", sides=()).url == exercise(EACH_SIDE + 1)


def test_an_id_that_somebody_else_has_used_stores_nothing(page, alice, dora, charlie, plan):
    theirs = makers.session(makers.plan(dora, charlie))
    browser = page(alice)
    browser.post(START, {"record_id": str(theirs.pk), "pain_before": "4"})

    answer = finish(browser, str(theirs.pk))

    assert answer.status_code == 422
    assert GuidedSession.objects.get() == theirs


def test_without_a_plan_there_is_no_session(page, alice):
    assert page(alice).get(START).url == "/"


def test_there_are_no_more_pages_than_exercises(page, alice, plan):
    browser = page(alice)
    begin(browser)

    assert browser.get(exercise(0)).status_code == 404
    assert browser.get(exercise(len(planned(plan)) + 1)).status_code == 404


@pytest.mark.parametrize("address", ["/session/exercise/1/", PAUSE, AFTER, NOW])
def test_without_a_session_under_way_every_page_leads_to_the_start(page, alice, plan, address):
    assert page(alice).get(address).url == START


def test_the_worst_pain_is_asked_before_the_pain_now(page, alice, plan):
    browser = page(alice)
    begin(browser)

    assert browser.get(NOW).url == AFTER


def test_what_was_done_is_shown_to_nobody_else(page, bob, dora, charlie, plan):
    session = makers.session(plan)
    makers.plan(dora, charlie)

    assert page(dora).get(f"/session/{session.pk}/done/").status_code == 404
    assert page(bob).get(f"/session/{session.pk}/done/").status_code == 403


@pytest.mark.parametrize(
    "address", [START, "/session/exercise/1/", PAUSE, AFTER, f"/session/{UUID(int=1)}/done/"]
)
def test_the_pages_are_for_patients_who_are_signed_in(page, client, bob, address):
    assert client.get(address).url.startswith("/account/login/")
    assert page(bob).get(address).status_code == 403


def test_each_look_is_written_down(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    for address in (exercise(1), AFTER):
        browser.get(address)
    write_down(browser, record_id, 1, "stopped")
    browser.get(PAUSE)
    browser.get(finish(browser, record_id).url)

    doors = (
        AuditEvent.objects.filter(patient=alice, actor=alice).order_by("id").values_list("door", flat=True)
    )
    assert list(doors) == [
        "logbook:session_start",
        "logbook:session_exercise",
        "logbook:session_after",
        "logbook:session_pause",
        "logbook:session_done",
    ]


def test_an_exercise_page_asks_for_the_same_rows_however_long_the_record(
    page, alice, plan, django_assert_num_queries
):
    browser = page(alice)
    begin(browser)
    with django_assert_num_queries(10):
        browser.get(exercise(2))
    for back in range(5):
        makers.session(plan, at=makers.NOON - timedelta(days=back))

    with django_assert_num_queries(10):
        browser.get(exercise(2))


def test_the_done_page_asks_for_the_same_rows_however_many_exercises(
    page, alice, plan, django_assert_num_queries
):
    browser = page(alice)
    session = makers.session(plan)
    with django_assert_num_queries(15):
        browser.get(f"/session/{session.pk}/done/")
    session.results.exclude(position=1).delete()

    with django_assert_num_queries(15):
        browser.get(f"/session/{session.pk}/done/")


def test_what_was_felt_in_an_exercise_is_stored_with_it(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    browser.post(exercise(1), {"record_id": record_id, "outcome": "done", "pain_peak": "5"})
    said = {"outcome": "done", "sides": ["right"], "pain_peak": "2", "tingling": "1_to_10"}
    browser.post(exercise(EACH_SIDE), {"record_id": record_id, **said})

    finish(browser, record_id, spread="settled")

    session = GuidedSession.objects.get()
    rows = session.results.select_related("exercise")
    felt = {(row.exercise.slug, row.side): (row.pain_peak, row.tingling) for row in rows}
    assert session.spread == "settled"
    assert felt["belly-breathing", "both"] == (5, "")
    assert felt["supine-sciatic-slider", "right"] == (2, "1_to_10")
    assert felt["supine-sciatic-slider", "left"] == (None, "")  # left out: nothing was felt


def test_tingling_is_asked_after_a_nerve_glide_alone_and_nothing_is_chosen(page, alice, plan):
    browser = page(alice)
    begin(browser)

    glide, breathing = (browser.get(exercise(number)).content.decode() for number in (EACH_SIDE, 1))

    assert "Did it tingle or go numb after this one?" in glide
    assert "Did it tingle" not in breathing
    for body in (glide, breathing):
        assert "What was your worst pain in this one?" in body
        assert not re.search(r'name="(pain_peak|tingling)"[^>]* checked', body)


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"pain_peak": "11"}, "pain_peak", NOT_A_PAIN_SCORE),
        ({"pain_peak": "x"}, "pain_peak", NOT_A_PAIN_SCORE),
        ({"tingling": "much"}, "tingling", NOT_AN_ANSWER),
    ],
)
def test_what_cannot_have_been_felt_gets_one_sentence(page, alice, plan, said, field, sentence):
    browser = page(alice)
    record_id = begin(browser)
    values = {"record_id": record_id, "outcome": "done", "sides": ["right", "left"]}

    answer = browser.post(exercise(EACH_SIDE), values | said)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}


def test_what_was_felt_is_still_there_on_going_back(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    browser.post(exercise(1), {"record_id": record_id, "outcome": "done", "pain_peak": "5"})

    assert re.search(r'name="pain_peak" value="5"[^>]* checked', browser.get(exercise(1)).content.decode())


@pytest.mark.parametrize("spread", ["up", "", None])
def test_a_wrong_answer_about_the_leg_gets_one_sentence_and_stores_nothing(page, alice, plan, spread):
    browser = page(alice)
    record_id = begin(browser)
    for address, value in ((AFTER, {"pain_peak": "2"}), (NOW, {"pain_after": "2"})):
        browser.post(address, {"record_id": record_id} | value)

    answer = browser.post(MOVED, {"record_id": record_id} | ({} if spread is None else {"spread": spread}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"spread": [NOT_AN_ANSWER]}
    assert not GuidedSession.objects.exists()


def too_much(plan, slug, times):
    """Sessions in which one exercise was red, one a day until yesterday."""
    for back in range(times, 0, -1):
        at = makers.NOON - timedelta(days=back)
        record_session(
            plan=plan,
            session_id=uuid4(),
            plan_version=makers.version(plan),
            stage_number=plan.stage_number,
            started_at=at,
            finished_at=at,
            pain_before=2,
            pain_peak=2,
            pain_after=2,
            results=[
                replace(each, pain_peak=9 if each.exercise == slug else 1) for each in makers.results(plan)
            ],
            note="",
            now=at,
        )


def test_after_too_much_the_dose_is_halved_with_one_reason_and_stored_as_advised(page, alice, plan):
    too_much(plan, "ankle-pumps", 1)
    browser = page(alice)
    record_id = begin(browser)

    words = pages.words(browser.get(exercise(2)))
    write_down(browser, record_id, 2)
    finish(browser, record_id)

    assert "2 sets of 10, rest 20 seconds. This was too much last time. Do half" in words
    rows = GuidedSession.objects.get(pk=record_id).results.select_related("exercise")
    assert {row.exercise.slug: row.advised_share for row in rows}["ankle-pumps"] == 50


def test_what_is_left_out_on_advice_is_no_page_and_is_stored_as_followed(page, alice, plan):
    too_much(plan, "ankle-pumps", 2)
    browser = page(alice)
    record_id = begin(browser)

    count = len(planned(plan)) - 1
    for number in range(1, count + 1):
        write_down(browser, record_id, number)
    assert browser.get(exercise(count + 1)).status_code == 404
    done = browser.get(finish(browser, record_id).url)

    session = GuidedSession.objects.get(pk=record_id)
    pumps = session.results.get(exercise__slug="ankle-pumps")
    assert (pumps.outcome, pumps.advised_share) == ("skipped", 0)
    assert "Ankle pumps Not part of this session" in pages.words(done)
    day = session.performed_on
    assert movement_by_day(done_sessions(alice, None, day, since=day), day, day)[day].is_whole


def test_the_easier_one_stands_in_with_its_own_steps(page, alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    too_much(plan, "seated-sciatic-slider", 2)
    browser = page(alice)
    record_id = begin(browser)

    answer = browser.get(exercise(1))
    write_down(browser, record_id, 1)
    finish(browser, record_id)

    assert pages.heading(answer) == "Lying nerve slider"
    assert "“Seated nerve slider” was too much two times. Try this easier one." in pages.words(answer)
    rows = GuidedSession.objects.get(pk=record_id).results.filter(exercise__slug="supine-sciatic-slider")
    assert {row.instead_of.slug for row in rows} == {"seated-sciatic-slider"}


def test_what_is_learned_meanwhile_does_not_change_the_session_under_way(page, alice, plan):
    browser = page(alice)
    begin(browser)
    before = pages.words(browser.get(exercise(2)))
    too_much(plan, "ankle-pumps", 2)

    assert pages.words(browser.get(exercise(2))) == before


def test_a_session_begun_before_sessions_were_adapted_is_begun_anew(page, alice, plan):
    browser = page(alice)
    begin(browser)
    kept = browser.session
    del kept[SESSION_KEY]["todays"]
    kept.save()

    assert browser.get(exercise(1)).url == START
    assert browser.get(START).status_code == 200


@pytest.mark.parametrize(
    ("pain", "words"),
    [
        ((2, 2, 2), "It went well"),
        ((2, 2, 8), "It hurt more after At its worst, your pain went up by 6, from 2 to 8."),
        ((8, 3, 3), "It did not go up Your pain was 8 before, and 3 at worst."),
        ((2, 4, 2), "A bit much"),
        ((2, 8, 2), "Too much"),
    ],
)
def test_the_end_says_how_it_went_in_words(page, alice, plan, pain, words):
    session = makers.session(plan, pain=pain)

    assert words in pages.words(page(alice).get(f"/session/{session.pk}/done/"))


@pytest.mark.parametrize(
    ("pain", "sentences"),
    [
        ((2, 4, 2), ["A bit much", "At its worst, your pain went up by 2, from 2 to 4."]),
        ((3, 3, 3), ["No more than this for now", "Your pain was 3 before, and 3 at worst."]),
        ((7, 8, 8), ["It did not go up much", "Your pain was above 5, the limit of your plan."]),
    ],
)
def test_the_end_and_the_history_say_why(page, alice, plan, pain, sentences):
    session = makers.session(plan, pain=pain)

    done = pages.words(page(alice).get(f"/session/{session.pk}/done/"))

    assert all(each in done for each in sentences)
    assert sentences[0] in pages.words(page(alice).get("/history/"))


def test_the_end_says_so_too_where_it_was_too_much_to_do_anything(page, alice, plan):
    session = makers.session(plan, pain=(2, 9, 9), outcome="skipped")

    done = pages.words(page(alice).get(f"/session/{session.pk}/done/"))

    assert "Too much At its worst, your pain went up by 7, from 2 to 9." in done
    assert "Is something new, or much worse?" in done
    assert "There is more for you later today." not in done


def test_of_a_session_that_was_left_out_the_end_says_nothing_of_how_it_went(page, alice, plan):
    session = makers.session(plan, pain=(2, 2, 2), outcome="skipped")

    assert "It went well" not in pages.words(page(alice).get(f"/session/{session.pk}/done/"))


@pytest.mark.parametrize("pain", [(2, 6, 2), (2, 2, 6)])
def test_the_limit_of_the_plan_is_said_of_a_session_of_today_only(page, alice, plan, pain):
    sentence = "Your pain was above 5, the limit of your plan. Your care team can see this."
    todays = makers.session(plan, pain=pain)
    older = makers.session(plan, pain=pain, at=makers.NOON - timedelta(days=1))
    browser = page(alice)

    assert sentence in pages.words(browser.get(f"/session/{todays.pk}/done/"))
    assert "the limit of your plan" not in pages.words(browser.get(f"/session/{older.pk}/done/"))


def test_how_did_it_go_is_one_tap_from_the_top_of_an_exercise(page, alice, plan):
    browser = page(alice)
    begin(browser)

    body = browser.get(exercise(1)).content.decode()

    assert 'href="#how-did-it-go"' in body
    assert 'id="how-did-it-go"' in body
    assert f'<form method="post" action="{exercise(1)}"' in body  # or the next page would open down there too


def test_the_pages_are_easy_to_read(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, EACH_SIDE, "stopped")
    for address in (START, exercise(EACH_SIDE), PAUSE, AFTER, MOVED, finish(browser, record_id).url):
        assert grade(pages.prose(browser.get(address, follow=True))) <= 6, address


def test_no_address_carries_a_score(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser, pain="9")
    addresses = [write_down(browser, record_id, 1).url, finish(browser, record_id, "9", "9").url]

    assert not any("9" in address.replace(record_id, "") for address in addresses)


# --- a slip before the first exercise ---


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pain_before": "4"}, "You said 4. Change it"),
        ({"declined": "1"}, "You did not say how bad the pain is."),
    ],
)
def test_what_was_said_before_can_be_put_right_on_the_next_page(page, alice, plan, sent, said):
    browser = page(alice)
    asked = browser.get(START)
    assert "I'd rather not say today" in asked.content.decode().replace("&#x27;", "'")
    record_id = pages.hidden(asked, "record_id")
    browser.post(START, {"record_id": record_id} | sent)

    assert said in pages.words(browser.get(exercise(1)))
    assert said not in pages.words(
        browser.get(f"{START}?change=1")
    )  # no earlier number while somebody answers
    browser.post(START, {"record_id": record_id, "pain_before": "6"})
    finish(browser, record_id)

    assert GuidedSession.objects.get().pain_before == 6


def test_once_an_exercise_is_done_the_pain_before_stays(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)

    for number in (1, 2):
        assert "You said 4" not in pages.words(browser.get(exercise(number)))


# --- what is asked once it is saved ---


def done_page(session):
    return f"/session/{session.pk}/done/"


def send_note(browser, session, words):
    seen = pages.hidden(browser.get(done_page(session)), "seen")
    return browser.post(done_page(session), {"note": words, "seen": seen})


def test_how_hard_it_was_and_a_note_are_asked_once_it_is_saved(page, alice, plan):
    session = makers.session(plan)
    browser = page(alice)
    answer = browser.get(done_page(session))
    assert "How hard was it? You can leave this out." in pages.words(answer)
    assert "Nobody reads this live." in pages.words(answer)
    # Today offers the nerve slider once more.
    assert "There is more for you later today. Today shows what." in pages.words(answer)

    assert browser.post(done_page(session), {"effort": "hard"}).url == done_page(session)
    assert browser.post(done_page(session), {"note": "My foot was cold."}).url == done_page(session)

    session.refresh_from_db()
    assert (session.effort, session.note) == ("hard", "My foot was cold.")
    assert "Thank you." in pages.words(browser.get(done_page(session)))
    shown = pages.words(browser.get("/history/"))
    assert "How hard: hard." in shown
    assert "My foot was cold." in shown


def test_the_care_team_reads_how_hard_it_was(page, alice, bob, plan):
    session = makers.session(plan)
    add_to_session(session=session, effort="right", note=None, now=makers.NOON)

    assert "Effort: about right." in pages.words(page(bob).get(f"/patients/{alice.pk}/"))


def test_on_the_day_itself_a_slip_is_put_right(page, alice, plan):
    session = makers.session(plan)
    browser = page(alice)
    for sent in ({"effort": "hard"}, {"effort": "easy"}):
        browser.post(done_page(session), sent)
    for words in ("One.", "Two."):
        send_note(browser, session, words)

    session.refresh_from_db()
    assert (session.effort, session.note) == ("easy", "Two.")
    send_note(browser, session, " ")
    session.refresh_from_db()
    assert (session.effort, session.note) == ("easy", "")


def test_later_what_was_said_stands_and_what_was_not_can_still_be_said(page, alice, plan):
    session = makers.session(plan)
    browser = page(alice)
    browser.post(done_page(session), {"effort": "hard"})

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        words = pages.words(browser.get(done_page(session)))
        refused = browser.post(done_page(session), {"effort": "easy"})
        browser.post(done_page(session), {"note": "Late."})

    assert "You found it: hard." in words
    assert refused.status_code == 422
    assert "on the day you sent it, and not later" in pages.words(refused)
    session.refresh_from_db()
    assert (session.effort, session.note) == ("hard", "Late.")


def test_the_day_is_the_patients_own_and_that_on_which_it_came_in(page, clinic, bob):
    tane = makers.patient(clinic, "tane", cared_for_by=bob, time_zone="Pacific/Auckland")
    session = makers.session(makers.plan(tane, bob))  # 01:00 of the 21st there
    add_to_session(session=session, effort="hard", note=None, now=makers.NOON)

    still = add_to_session(session=session, effort="easy", note=None, now=makers.NOON + timedelta(hours=22))

    assert still.effort == "easy"
    same = add_to_session(session=session, effort="easy", note=None, now=makers.NOON + timedelta(days=3))
    assert same.effort == "easy"


@pytest.mark.parametrize("before", ["", "Before."])
def test_a_note_of_a_second_window_puts_no_other_out_unseen(page, alice, plan, before):
    session = makers.session(plan)
    browser = page(alice)
    send_note(browser, session, before)
    seen = pages.hidden(browser.get(done_page(session)), "seen")
    send_note(browser, session, "My calf went numb.")

    refused = browser.post(done_page(session), {"note": "All good.", "seen": seen})

    assert refused.status_code == 422
    assert refused.context["form"].errors == {"__all__": [NOTE_CHANGED]}
    assert "My calf went numb." in pages.words(refused)
    assert refused.context["form"]["note"].value() == "All good."
    session.refresh_from_db()
    assert session.note == "My calf went numb."
    again = {"note": "All good.", "seen": pages.hidden(refused, "seen")}
    assert browser.post(done_page(session), again).status_code == 302
    session.refresh_from_db()
    assert session.note == "All good."


def test_the_same_note_from_two_windows_is_no_change(page, alice, plan):
    session = makers.session(plan)
    browser = page(alice)

    for _ in range(2):
        assert browser.post(done_page(session), {"note": "Cold foot.", "seen": ""}).status_code == 302


def test_a_note_that_comes_too_late_is_shown_beside_the_one_that_stands(page, alice, plan):
    session = makers.session(plan)
    browser = page(alice)
    send_note(browser, session, "One.")

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        refused = browser.post(done_page(session), {"note": "Two.", "seen": ""})

    assert refused.status_code == 422
    words = pages.words(refused)
    assert "One." in words
    assert "Two." in words


@pytest.mark.parametrize("sent", ["My foot\r\nwas cold. ", "My foot\nwas cold.", " My foot\rwas cold."])
def test_an_unchanged_note_is_no_change_the_next_day_whatever_its_line_ends(page, alice, plan, sent):
    session = makers.session(plan, note="My foot\r\nwas cold.\r\n")
    assert session.note == "My foot\nwas cold."

    for stored in (session.note, "My foot\r\nwas cold. "):  # as it is stored, and as it once was
        GuidedSession.objects.filter(pk=session.pk).update(note=stored)
        with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
            assert page(alice).post(done_page(session), {"note": sent}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"effort": "awful"}, {"effort": [NOT_AN_ANSWER]}),
        ({}, {"effort": [NOT_AN_ANSWER]}),
        ({"note": "x" * 1001}, {"note": [TOO_LONG_A_NOTE]}),
        ({"note": "x\x00y"}, {"note": ["The note holds a character that cannot be saved."]}),
    ],
)
def test_what_cannot_be_added_gets_one_sentence_and_is_not_kept(page, alice, plan, sent, errors):
    session = makers.session(plan)

    answer = page(alice).post(done_page(session), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert answer.content.decode().count("<title>Error: ") == 1
    session.refresh_from_db()
    assert (session.effort, session.note) == ("", "")


def test_nobody_else_adds_to_a_session(page, alice, bob, dora, charlie, plan):
    session = makers.session(plan)
    makers.plan(dora, charlie)

    assert page(dora).post(done_page(session), {"effort": "hard"}).status_code == 404
    assert page(bob).post(done_page(session), {"effort": "hard"}).status_code == 403
    session.refresh_from_db()
    assert session.effort == ""


def test_while_exercises_are_on_hold_no_day_is_promised(page, alice, plan):
    session = makers.session(plan)
    makers.answered(alice, at=makers.NOON, RF01="yes")

    assert "Your next exercises" not in pages.words(page(alice).get(done_page(session)))


# --- what goes on, and what is still to come today ---


def test_with_only_the_pain_answered_it_goes_on_and_asks_it_no_second_time(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)

    assert browser.get(START).url == exercise(1)
    write_down(browser, record_id, 1)
    finish(browser, record_id)
    assert (GuidedSession.objects.get().pain_before, str(GuidedSession.objects.get().pk)) == (4, record_id)


def test_a_session_left_for_a_day_before_its_first_exercise_is_begun_anew(page, alice, plan):
    browser = page(alice)
    begin(browser)

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        makers.screened(alice, makers.NOON + timedelta(days=1))
        assert browser.get(START).status_code == 200


def test_a_second_session_of_a_day_goes_through_what_is_due_again_and_no_more(page, alice, plan):
    for hours in (4, 2):
        makers.session(plan, at=makers.NOON - timedelta(hours=hours))
    browser = page(alice)
    again = [each for each in planned(plan) if each.dose.times_a_day > 2]
    assert 0 < len(again) < len(planned(plan))

    record_id = begin(browser)
    for number in range(1, len(again) + 1):
        answer = write_down(browser, record_id, number)
    assert answer.url == AFTER
    finish(browser, record_id)

    stored = GuidedSession.objects.get(pk=record_id)
    assert {slug for slug, _ in outcomes(stored)} == {each.slug for each in again}


def test_what_was_ended_early_is_to_come_later_and_the_end_says_so(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    done = browser.get(finish(browser, record_id).url)

    assert "There is more for you later today." in pages.words(done)
    assert "Ankle pumps, Lying nerve slider" in pages.words(browser.get("/"))


def test_when_all_is_done_the_end_names_no_more_for_today(page, alice, plan):
    for hours in (6, 4, 0):
        session = makers.session(plan, at=makers.NOON - timedelta(hours=hours))

    browser = page(alice)
    assert "later today" not in pages.words(browser.get(done_page(session)))
    assert pages.heading(browser.get("/")) == "Done for today, Alice."


def test_after_too_much_the_end_says_where_to_look_and_offers_no_more(page, alice, plan):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    done = pages.words(browser.get(finish(browser, record_id, peak="6", after="4", spread="stayed").url))

    assert "Too much" in done
    assert "See the warning signs" in done
    assert "ways to rest" in done
    assert "later today" not in done


def test_after_a_session_that_went_well_nobody_is_sent_to_the_warning_signs(page, alice, plan):
    session = makers.session(plan, pain=(1, 1, 1))

    assert "ways to rest" not in pages.words(page(alice).get(done_page(session)))


@pytest.mark.parametrize(("sent", "is_told"), [("5", False), ("8", True)])
def test_another_answer_to_a_session_that_is_saved_is_not_dropped_in_silence(
    page, alice, plan, sent, is_told
):
    browser = page(alice)
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    finish(browser, record_id, peak="5")

    answer = browser.post(AFTER, {"record_id": record_id, "pain_peak": sent}, follow=True)

    said = "This session was saved before, with another answer. What was saved first stands."
    assert (said in pages.words(answer)) == is_told
    assert GuidedSession.objects.get().pain_peak == 5
