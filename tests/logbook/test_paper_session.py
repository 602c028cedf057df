"""A session done on paper, written down in three taps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.actions import begin_flare
from programs.care.models import Plan
from programs.care.queries import followed_on
from programs.logbook.actions import NOT_A_PAIN_SCORE, NOT_AN_ANSWER
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.models import GuidedSession
from programs.logbook.rules import exercises_for
from programs.monitoring.models import Flag, FlagEvent, Kind
from programs.reminders.models import BreakRule, MovementBreak, Prompt
from programs.safety.models import ScreeningRequest
from tests import makers, pages
from tests.care.plans import in_stage
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

WHICH, HURT, PAIN = "/session/paper/", "/session/paper/which/", "/session/paper/pain/"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
QUERIES = 5


@pytest.fixture
def plan(alice, bob):
    """Begun some days ago, so that there is a yesterday."""
    return makers.plan(alice, bob, at=makers.NOON - 5 * DAY)


def choose(browser, which):
    record_id = pages.hidden(browser.get(WHICH), "record_id")
    assert browser.post(WHICH, {"record_id": record_id, "which": which}).url == PAIN
    return record_id


def log(browser, which, pain="3"):
    record_id = choose(browser, which)
    return browser.post(PAIN, {"record_id": record_id, "pain_after": pain})


def outcomes(session):
    return {result.outcome for result in session.results.exclude(advised_share=0)}


@pytest.mark.parametrize(
    ("which", "outcome", "at"),
    [
        ("all_today", "done", makers.NOON),
        ("part_today", "partly", makers.NOON),
        ("all_yesterday", "done", makers.NOON - DAY),
        ("part_yesterday", "partly", makers.NOON - DAY),
    ],
)
def test_three_taps_store_the_session(page, alice, plan, which, outcome, at):
    browser = page(alice)

    answer = log(browser, which)

    session = GuidedSession.objects.get()
    assert answer.url == f"/session/{session.pk}/done/"
    assert (session.kind, session.started_at, session.finished_at) == ("paper", at, at)
    assert session.performed_on == at.date()
    assert (session.pain_before, session.pain_peak, session.pain_after) == (None, None, 3)
    assert outcomes(session) == {outcome}
    assert session.plan_version == makers.version(plan)
    done = browser.get(answer.url)
    assert pages.heading(done) == "Your session is saved. Pain 3 after."
    assert "Done on paper" in pages.words(done)


def test_the_questions_say_which_day_they_are_about(page, alice, plan):
    browser = page(alice)

    assert pages.heading(browser.get(WHICH)) == "Which day, and how did it go?"
    choose(browser, "all_today")
    assert pages.heading(browser.get(PAIN)) == "How bad is the pain in your right leg now?"
    choose(browser, "all_yesterday")
    assert pages.heading(browser.get(PAIN)) == "How bad was the pain in your right leg after it?"


def test_nobody_has_to_say_how_bad_it_was(page, alice, plan):
    browser = page(alice)
    record_id = choose(browser, "all_today")

    browser.post(PAIN, {"record_id": record_id, "declined": "1"})

    assert GuidedSession.objects.get().pain_after is None


def test_on_the_first_day_of_a_plan_there_is_no_yesterday(page, alice, bob):
    makers.plan(alice, bob)
    browser = page(alice)
    asked = browser.get(WHICH)

    sent = browser.post(WHICH, {"record_id": pages.hidden(asked, "record_id"), "which": "all_yesterday"})

    assert "yesterday" not in pages.words(asked)
    assert sent.status_code == 422
    assert sent.context["form"].errors == {"which": [NOT_AN_ANSWER]}


def test_it_asks_for_no_safety_questions_and_is_stored_during_a_lock(page, alice, plan):
    makers.screened(alice, makers.NOON - DAY)
    makers.answered(alice, at=makers.NOON - timedelta(hours=2), RF01="yes")

    log(page(alice), "all_today")

    assert GuidedSession.objects.count() == 1
    assert "LOCKED" in {event.rule for event in Flag.objects.get(kind=Kind.SAFETY).events.all()}


@pytest.mark.parametrize("which", ["all_today", "all_yesterday"])
def test_what_is_said_later_takes_nothing_out_of_what_was_done(page, alice, plan, which):
    makers.screened(alice)
    makers.answered(alice, at=makers.NOON, RF18="yes", RF18a="no")  # only walk and breathe

    log(page(alice), which)

    session = GuidedSession.objects.get()
    planned = exercises_for(makers.version(plan).stage(session.stage_number), session.performed_on)
    rows = session.results.select_related("exercise")
    assert {row.exercise.slug for row in rows} == {each.slug for each in planned}
    assert {(row.outcome, row.advised_share) for row in rows} == {("done", 100)}


@pytest.mark.parametrize("which", ["all_today", "all_yesterday"])
def test_at_the_hour_it_is_written_down_nobody_took_a_break(page, alice, plan, which):
    rule = makers.break_rule(alice, now=makers.NOON - 25 * MINUTE)
    prompt = makers.prompt(rule)
    due_at = BreakRule.objects.get().next_due_at

    log(page(alice), which)

    assert GuidedSession.objects.exists()
    assert not MovementBreak.objects.exists()
    assert BreakRule.objects.get().next_due_at == due_at
    assert Prompt.objects.unanswered().get() == prompt


def test_who_looks_back_reads_that_it_was_on_paper_and_no_hour(page, alice, bob, plan):
    log(page(alice), "all_today")

    history = pages.words(page(alice).get("/history/"))
    therapists = pages.words(page(bob).get(f"/patients/{alice.pk}/"))
    assert "Session on paper" in history
    assert "Session at" not in history
    assert "on paper, all 5 done" in therapists
    assert " min, all" not in therapists


@pytest.mark.parametrize(
    ("which", "locked_at"),
    [("all_yesterday", makers.NOON - 20 * HOUR), ("all_today", makers.NOON - HOUR)],
    ids=["opened after noon yesterday", "opened this morning"],
)
def test_on_a_day_with_a_lock_the_flag_says_that_the_hour_is_not_known(page, alice, plan, which, locked_at):
    makers.screened(alice, makers.NOON - 2 * DAY)
    makers.answered(alice, at=locked_at, RF01="yes")

    log(page(alice), which)

    event = FlagEvent.objects.get(rule="LOCKED")
    assert event.evidence["measure"] == "paper_on_hold"
    assert "the hour is not known" in event.note
    assert "began" not in event.note


def test_a_lock_of_today_says_nothing_of_yesterdays_paper(page, alice, plan):
    makers.screened(alice, makers.NOON - 2 * DAY)
    makers.answered(alice, at=makers.NOON - HOUR, RF01="yes")

    log(page(alice), "all_yesterday")

    assert not FlagEvent.objects.filter(rule="LOCKED").exists()


def stop(browser, which, hurt=None):
    """Stopped on paper: which one hurt (None takes the first of the plan), then the pain."""
    record_id = pages.hidden(browser.get(WHICH), "record_id")
    assert browser.post(WHICH, {"record_id": record_id, "which": which}).url == HURT
    hurt = hurt or browser.get(HURT).context["form"].fields["hurt"].choices[0][0]
    assert browser.post(HURT, {"record_id": record_id, "hurt": hurt}).url == PAIN
    return hurt, browser.post(PAIN, {"record_id": record_id, "pain_after": "7"}).url


@pytest.mark.parametrize("which", ["stopped_today", "stopped_yesterday"])
def test_what_hurt_is_stored_as_stopped_and_asks_the_safety_questions(page, alice, plan, which):
    browser = page(alice)

    hurt, done = stop(browser, which)

    rows = GuidedSession.objects.get().results.select_related("exercise")
    assert {row.exercise.slug for row in rows if row.outcome == "stopped"} == {hurt}
    assert {row.outcome for row in rows if row.exercise.slug != hurt} == {"partly"}
    assert ScreeningRequest.objects.get().reason == "stopped"
    assert "See the warning signs" in pages.words(browser.get(done))


def test_whoever_is_not_sure_which_one_hurt_is_asked_too(page, alice, plan):
    stop(page(alice), "stopped_today", "not_sure")

    assert outcomes(GuidedSession.objects.get()) == {"partly"}
    assert ScreeningRequest.objects.get().reason == "stopped"


def test_a_part_of_it_asks_no_safety_questions(page, alice, plan):
    log(page(alice), "part_today")

    assert not ScreeningRequest.objects.exists()


def test_what_hurt_is_one_of_the_day(page, alice, plan):
    browser = page(alice)
    assert browser.get(HURT).url == WHICH
    record_id = pages.hidden(browser.get(WHICH), "record_id")
    browser.post(WHICH, {"record_id": record_id, "which": "stopped_today"})
    assert grade(pages.prose(browser.get(HURT))) <= 6

    assert browser.post(HURT, {"record_id": record_id, "hurt": "x"}).status_code == 422
    assert browser.post(HURT, {"record_id": str(uuid4()), "hurt": "not_sure"}).url == WHICH


def test_yesterday_is_stored_with_the_stage_of_yesterday(page, alice, plan):
    in_stage(plan, 2, since=makers.NOON - timedelta(hours=2))

    log(page(alice), "all_yesterday")

    session = GuidedSession.objects.get()
    assert session.stage_number == 1
    slugs = {row.exercise.slug for row in session.results.select_related("exercise")}
    assert slugs <= {each.slug for each in makers.version(plan).stage(1).exercises}


def test_of_a_flare_plan_that_began_today_yesterday_knows_nothing(page, alice, plan):
    begin_flare(plan=plan, usual=4, by=None, reason="A bad night.", now=makers.NOON - timedelta(hours=1))
    browser = page(alice)

    log(browser, "all_yesterday")
    log(browser, "all_today")

    stages = GuidedSession.objects.order_by("started_at").values_list("stage_number", flat=True)
    assert list(stages) == [1, 0]
    assert followed_on(Plan.objects.get(), makers.NOON.date())[1] == 0


def test_noon_is_that_of_the_patient(page, clinic, bob):
    tane = makers.patient(clinic, "tane", cared_for_by=bob, time_zone="Pacific/Auckland")
    makers.plan(tane, bob, at=makers.NOON - 5 * DAY)

    log(page(tane), "all_yesterday")  # it is the 21st there already

    session = GuidedSession.objects.get()
    assert session.started_at == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert session.performed_on.isoformat() == "2026-11-20"


def test_sent_twice_it_is_stored_once(page, alice, plan):
    browser = page(alice)
    record_id = choose(browser, "all_today")
    first = browser.post(PAIN, {"record_id": record_id, "pain_after": "3"})

    second = browser.post(PAIN, {"record_id": record_id, "pain_after": "9"})
    back = browser.post(WHICH, {"record_id": record_id, "which": "all_today"})

    assert first.url == second.url == back.url
    assert GuidedSession.objects.get().pain_after == 3


def test_the_answer_of_an_old_page_is_not_put_into_a_new_session(page, alice, plan):
    browser = page(alice)
    choose(browser, "all_today")

    assert browser.post(PAIN, {"record_id": str(uuid4()), "pain_after": "3"}).url == WHICH
    assert not GuidedSession.objects.exists()


def test_a_plan_replaced_meanwhile_asks_anew(page, alice, bob, plan):
    browser = page(alice)
    record_id = choose(browser, "all_yesterday")
    makers.plan(alice, bob)

    assert browser.post(PAIN, {"record_id": record_id, "pain_after": "3"}).url == WHICH


@pytest.mark.parametrize(
    ("address", "values", "errors"),
    [
        (WHICH, {"which": "all_week"}, {"which": [NOT_AN_ANSWER]}),
        (WHICH, {}, {"which": [NOT_AN_ANSWER]}),
        (WHICH, {"which": "all_today", "record_id": "x"}, {"record_id": [OUT_OF_DATE]}),
        (PAIN, {"pain_after": "11"}, {"pain_after": [NOT_A_PAIN_SCORE]}),
        (PAIN, {}, {"pain_after": [NOT_A_PAIN_SCORE]}),
    ],
)
def test_what_cannot_be_gets_one_sentence_and_stores_nothing(page, alice, plan, address, values, errors):
    browser = page(alice)
    record_id = choose(browser, "all_today")

    answer = browser.post(address, {"record_id": record_id} | values)

    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert not GuidedSession.objects.exists()


def test_without_a_plan_there_is_nothing_to_write_down(page, alice):
    assert page(alice).get(WHICH).url == "/"


@pytest.mark.parametrize("address", [WHICH, HURT, PAIN])
def test_the_pages_are_for_patients_who_are_signed_in(page, client, bob, address):
    assert client.get(address).url.startswith("/account/login/")
    assert page(bob).get(address).status_code == 403


def test_without_a_choice_the_pain_is_not_asked(page, alice, plan):
    assert page(alice).get(PAIN).url == WHICH


def test_each_look_is_written_down(page, alice, plan):
    browser = page(alice)
    choose(browser, "all_today")
    browser.get(PAIN)

    doors = AuditEvent.objects.filter(patient=alice).order_by("id").values_list("door", flat=True)
    assert list(doors) == ["logbook:paper_session", "logbook:paper_pain"]


def test_past_midnight_the_day_stays_the_one_that_was_chosen(page, alice, plan):
    browser = page(alice)
    record_id = choose(browser, "all_today")

    with time_machine.travel(makers.NOON + timedelta(hours=13), tick=False):
        assert pages.heading(browser.get(PAIN)).endswith("after it?")
        browser.post(PAIN, {"record_id": record_id, "pain_after": "3"})

    assert GuidedSession.objects.get().performed_on == makers.NOON.date()


def test_after_yesterdays_session_today_has_exercises_too(page, alice, plan):
    browser = page(alice)
    makers.screened(alice)
    done = log(browser, "all_yesterday").url

    assert "Today has exercises too." in pages.words(browser.get(done))
    assert "Your next exercises" not in pages.words(browser.get(done))
    assert "Start session" in pages.words(browser.get("/"))

    for _ in range(3):  # ankle pumps are for three times a day
        log(browser, "all_today")
    with time_machine.travel(makers.NOON + timedelta(hours=1), tick=False):
        words = pages.words(browser.get(done))
    assert "Today has exercises too." not in words
    assert "Your next exercises come tomorrow, Saturday." in words


def test_after_yesterdays_session_a_day_of_rest_stays_one(page, alice, plan):
    version = makers.version(plan)
    values = version.content_values
    for each in values["stages"][0]["exercises"]:
        each["dose"]["days_a_week"] = 2  # and today, a Friday, is none of the days
    type(version).objects.filter(pk=version.pk).update(content_values=values)
    browser = page(alice)
    makers.screened(alice)
    done = log(browser, "all_yesterday").url

    for address in (done, "/"):
        words = pages.words(browser.get(address))
        assert "Today has exercises too." not in words
        assert "Your next exercises come on Monday." in words


def test_the_pages_are_easy_to_read_and_no_address_carries_a_score(page, alice, plan):
    browser = page(alice)
    assert grade(pages.prose(browser.get(WHICH))) <= 6
    choose(browser, "all_today")
    assert grade(pages.prose(browser.get(PAIN))) <= 6
    assert "9" not in log(browser, "all_today", "9").url.split("/")


def test_the_pages_ask_for_the_same_rows_however_long_the_record(
    page, alice, plan, django_assert_num_queries
):
    browser = page(alice)
    choose(browser, "all_today")
    for days in (range(1), range(1, 6)):
        for back in days:
            makers.session(plan, at=makers.NOON - back * DAY)
        for address in (WHICH, PAIN):
            with django_assert_num_queries(QUERIES):
                browser.get(address)


@pytest.mark.parametrize(("sent", "is_told"), [("3", False), ("9", True)])
def test_another_answer_to_what_is_saved_is_not_dropped_in_silence(page, alice, plan, sent, is_told):
    browser = page(alice)
    log(browser, "all_today", "3")
    session = GuidedSession.objects.get()

    answer = browser.post(PAIN, {"record_id": str(session.pk), "pain_after": sent}, follow=True)

    assert ("saved before, with another answer" in pages.words(answer)) == is_told
    session.refresh_from_db()
    assert session.pain_after == 3


@pytest.mark.parametrize(("which", "is_told"), [("all_today", False), ("all_yesterday", True)])
def test_another_day_for_what_is_saved_is_not_dropped_in_silence(page, alice, plan, which, is_told):
    browser = page(alice)
    log(browser, "all_today", "3")
    session = GuidedSession.objects.get()

    answer = browser.post(WHICH, {"record_id": str(session.pk), "which": which}, follow=True)

    assert ("saved before, with another answer" in pages.words(answer)) == is_told
    assert GuidedSession.objects.get().performed_on == session.performed_on
