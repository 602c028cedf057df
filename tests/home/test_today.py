"""The Today page, and where the front door leads."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
import time_machine

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Clinic, Role
from programs.care.actions import begin_flare, end_flare, hold_stage
from programs.care.models import Plan
from programs.care.queries import current_plan
from programs.conversations.actions import post_message
from programs.conversations.models import Message
from programs.home.queries.glance import glance_at
from programs.home.queries.standing import standing
from programs.home.queries.today import today
from programs.logbook.actions import decide_stage, find_silent
from programs.logbook.forms.checks import weekly_check_questions
from programs.logbook.models import GuidedSession, StageTest
from programs.logbook.queries.readiness import readiness_of
from programs.monitoring.actions import acknowledge_flag, answer_check_in, resolve_flag, snooze_flag
from programs.monitoring.models import CheckIn, Flag
from programs.reminders.models import Prompt, ReminderSettings
from programs.safety.actions import request_screening
from programs.safety.queries import holds_of
from tests import makers, pages
from tests.care.plans import in_stage, of_program
from tests.logbook.good_weeks import READY_AT, lived, morning
from tests.readability import grade

pytestmark = pytest.mark.usefixtures("at_noon")

URL = "/"
DAILY = "Daily check A few questions on the last 24 hours."
QUERIES = 12
"""Of an ordinary day: session and user, membership, the look written down, the glance, answers that were once
positive, the plan, its sessions, their results, the exercises of the day, those that are known, articles."""


def test_the_heading_says_how_much_there_is_to_do(page, alice, plan):
    stage = makers.version(plan).stage(1)
    planned = stage.planned_on(makers.NOON.date())

    answer = page(alice).get(URL)

    assert answer.status_code == 200
    assert pages.heading(answer) == (
        f"Good afternoon, Alice. {len(planned) - 1} exercises: about 11 minutes, and a walk."
    )
    assert "Start session" in pages.words(answer)


def test_the_day_and_the_greeting_are_the_patients_own(page, clinic, bob):
    dora = makers.patient(clinic, "tane", cared_for_by=bob, time_zone="Pacific/Auckland")
    makers.plan(dora, bob)
    makers.daily_check(dora, 3, on=makers.NOON.date())  # noon in London is 01:00 of the next day there

    answer = page(dora).get(URL)

    assert pages.heading(answer).startswith("Good morning, Tane.")
    assert "Sat 21 Nov" in answer.content.decode()
    assert DAILY in pages.words(answer)


def test_the_stage_and_its_day_are_named(page, alice, plan):
    in_stage(plan, 2, since=makers.NOON - timedelta(days=11))

    words = pages.words(page(alice).get(URL))

    assert "Stage 2 of 4: Get moving. Day 12." in words
    assert "Stage 3 is called “Build strength”." in words


def test_days_that_a_stage_still_needs_are_counted_down(page, alice, plan):
    needed = makers.version(plan).stage(1).minimum_days

    assert f"Stay in this stage for {needed} more days at least." in pages.words(page(alice).get(URL))
    with time_machine.travel(makers.NOON + timedelta(days=needed), tick=False):
        assert "You have had the days this stage needs." in pages.words(page(alice).get(URL))


def test_what_the_stage_asks_is_said_in_words(page, alice, bob, plan):
    words = pages.words(page(alice).get(URL))
    assert (
        "What you work towards now: Your worst leg pain is 6 or less on most days of a week. "
        "You have none of the warning signs, and you can sit for 15 minutes."
    ) in words

    of_program("calf-strength", alice, bob, at=makers.NOON + timedelta(seconds=1))
    words = pages.words(page(alice).get(URL))
    assert "What you work towards now: Pain while you exercise stays at 2 or less." in words

    of_program("desk-worker-breaks", alice, bob, at=makers.NOON + timedelta(seconds=2))
    words = pages.words(page(alice).get(URL))
    assert "What you work towards now: On 4 of 7 days you did at least half of your breaks" in words


def test_the_last_stage_has_nothing_next_but_still_something_to_work_towards(page, alice, plan):
    in_stage(plan, 4)

    words = pages.words(page(alice).get(URL))

    assert "What comes next" not in words
    assert "This is the last stage It goes on for 28 more days at least." in words
    assert "Your worst leg pain is 2 or less on most days of a week." in words
    with time_machine.travel(makers.NOON + timedelta(days=28), tick=False):
        assert "You have had the days this stage needs." in pages.words(page(alice).get(URL))


def test_a_stage_without_an_end_counts_no_days_and_names_no_next_one(page, alice, bob, clinic):
    in_stage(of_program("calf-tightness-and-cramps", alice, bob), 3)

    words = pages.words(page(alice).get(URL))
    seen = glance_at(alice, clinic, makers.NOON)
    plan = today(alice, makers.NOON, seen, holds_of(alice)).plan

    assert "Stage 3 of 3: Keep. Day 1." in words
    assert "Keep going with this stage It has no end: keep it up for as long as it helps you." in words
    assert plan is not None
    assert (plan.days_left, plan.next_stage) == (0, None)
    for wrong in ("None", "more day", "You have had the days", "What comes next", "What you work towards"):
        assert wrong not in words


def test_what_to_look_out_for_stands_before_the_exercises_and_on_a_rest_day(page, alice, bob):
    plan = of_program("calf-strength", alice, bob)
    in_stage(plan, 4)
    cautions = makers.version(plan).stage(4).cautions
    days = [makers.NOON + timedelta(days=ahead) for ahead in range(7)]
    work, rest = (
        next(day for day in days if bool(makers.version(plan).stage(4).planned_on(day.date())) == planned)
        for planned in (True, False)
    )

    with time_machine.travel(work, tick=False):
        words = pages.words(page(alice).get(URL))
        assert words.index(cautions[0]) < words.index("In this session")
    with time_machine.travel(rest, tick=False):
        words = pages.words(page(alice).get(URL))
        assert "Today is a rest day" in words
    assert len(cautions) == 4
    assert all(caution in words for caution in cautions)


def test_a_plan_stored_before_there_were_cautions_shows_none(page, alice, plan):
    version = makers.version(plan)
    old = version.content_values
    for stage in old["stages"]:
        del stage["cautions"], stage["pain_measure"]
    version.plan.versions.update(content_values=old)

    words = pages.words(page(alice).get(URL))

    assert "What to look out for" not in words
    assert "Your worst leg pain is 6 or less on most days of a week." in words


def test_each_exercise_has_its_dose_and_its_steps(page, alice, plan):
    words = pages.words(page(alice).get(URL))

    stage = makers.version(plan).stage(1)
    for exercise in stage.planned_on(makers.NOON.date()):
        assert f"{exercise.name} {exercise.dose_in_words}." in words
    assert "Draw your toes up to your shins." in words
    assert "not yet checked by a clinician" in words


def test_without_a_plan_it_says_so_and_whom_to_call(page, alice, clinic):
    Clinic.objects.update(phone="01632 960 123")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Good afternoon, Alice. Your plan is not here yet."
    assert 'href="tel:01632960123"' in answer.content.decode()
    assert DAILY in pages.words(answer)
    assert "session" not in pages.words(answer)


def test_the_daily_check_is_asked_for_until_it_is_answered(page, alice, plan):
    browser = page(alice)
    assert DAILY in pages.words(browser.get(URL))

    makers.daily_check(alice, 3)

    assert DAILY not in pages.words(browser.get(URL))


def test_one_step_comes_first_and_all_else_that_is_due_in_one_list_below(page, alice, bob):
    plan = makers.plan(alice, bob, at=makers.NOON - timedelta(days=7))
    makers.session(plan, at=makers.NOON - timedelta(days=1))

    answer = page(alice).get(URL)

    words = pages.words(answer)
    below = words[words.index("Start session") :]
    due = [
        "Also today",
        "Safety questions Before your first session.",
        "How is your leg this morning? Two short questions",
        DAILY,
        WEEKLY,
        "This week",
    ]
    assert sorted(due, key=below.index) == due
    assert answer.text.split("<main")[1].count('class="button') == 1


def test_with_nothing_else_due_there_is_no_list(page, alice, plan):
    makers.screened(alice)
    makers.daily_check(alice, 3)
    browser = page(alice)
    assert "Also today About your pain Seven short questions, once only." in pages.words(browser.get(URL))
    makers.intake(alice)

    assert "Also today" not in pages.words(browser.get(URL))


WEEKLY = "Weekly check Nine short questions, about two minutes."


def test_the_weekly_check_is_offered_a_week_into_the_plan_and_not_before(page, alice, bob):
    makers.plan(alice, bob, at=makers.NOON - timedelta(days=6))
    browser = page(alice)
    assert "Weekly check" not in pages.words(browser.get(URL))

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        assert WEEKLY in pages.words(browser.get(URL))


def test_the_weekly_check_is_offered_again_a_week_after_the_last_one(page, alice, plan):
    makers.weekly_check(alice)
    browser = page(alice)

    for days, is_offered in ((0, False), (6, False), (7, True), (13, True)):
        with time_machine.travel(makers.NOON + timedelta(days=days), tick=False):
            assert (WEEKLY in pages.words(browser.get(URL))) is is_offered


def test_the_weekly_check_is_due_by_the_patients_own_calendar(page, clinic, bob):
    """The plan began early on the 14th in Auckland; noon of the 20th in London is the 21st there."""
    tane = makers.patient(clinic, "tane", cared_for_by=bob, time_zone="Pacific/Auckland")
    makers.plan(tane, bob, at=makers.NOON - timedelta(days=7, minutes=30))

    assert WEEKLY in pages.words(page(tane).get(URL))
    with time_machine.travel(makers.NOON - timedelta(hours=2), tick=False):
        assert WEEKLY not in pages.words(page(tane).get(URL))


def test_without_a_plan_no_weekly_check_is_offered(page, alice):
    makers.weekly_check(alice, now=makers.NOON - timedelta(days=20))

    assert "Weekly check" not in pages.words(page(alice).get(URL))


def test_the_row_of_the_weekly_check_says_the_true_count(page, alice, bob):
    assert len(weekly_check_questions()) == 9  # "Nine short questions"


# What the worsening rules have to say ---------------------------------------------------------------


def own_flag(patient) -> Flag:
    return Flag.objects.get(patient=patient, kind="worsening")


def test_a_rise_is_told_calmly_with_a_way_to_see_why(page, alice, plan):
    makers.daily_checks(alice, makers.RISING)

    answer = page(alice).get(URL)
    words = pages.words(answer)

    assert (
        "Your leg pain has been above your first scores for some days. "
        "This can happen in a flare-up, and most flare-ups settle. "
        "We have told your care team. Nobody watches this site live."
    ) in words
    assert f'href="/why/{own_flag(alice).pk}/"' in answer.content.decode()
    assert "Start session" in words
    assert "easier" not in words.split("Start session")[0]


@pytest.mark.parametrize("done_with", ["taken on", "put off"])
def test_the_message_stays_while_the_care_team_has_it(page, alice, bob, plan, done_with):
    makers.daily_checks(alice, makers.RISING)
    flag = own_flag(alice)
    if done_with == "taken on":
        acknowledge_flag(flag=flag, by=bob, now=makers.NOON)
    else:
        snooze_flag(flag=flag, by=bob, until=makers.NOON.date() + timedelta(days=3), now=makers.NOON)

    words = pages.words(page(alice).get(URL))

    assert "above your first scores for some days" in words
    assert "put off" not in words.lower()


def test_the_message_goes_when_the_flag_is_done(page, alice, bob, plan):
    makers.daily_checks(alice, makers.RISING)
    resolve_flag(flag=own_flag(alice), by=bob, outcome="helpful", note="", now=makers.NOON)

    assert "We have told your care team" not in pages.words(page(alice).get(URL))


def test_the_message_goes_when_a_correction_took_it_all_back(page, alice, plan):
    checks = makers.daily_checks(alice, makers.RISING)
    for check in checks[-4:]:
        makers.daily_check(alice, 2, on=check.recorded_on, corrects=check.pk)

    assert "We have told your care team" not in pages.words(page(alice).get(URL))


def test_new_weakness_comes_first_and_leads_to_help(page, alice, clinic, plan):
    Clinic.objects.update(emergency_number="999")
    makers.daily_checks(alice, makers.RISING)
    makers.weekly_check(alice, weakness="new_or_worse")

    answer = page(alice).get(URL)
    words = pages.words(answer)

    assert pages.heading(answer) == "Alice, please get help now."
    assert "You said that your leg or foot is weaker." in words
    assert "Stop your exercises. Call 999 or go to the emergency department." in words
    assert 'href="tel:999"' in answer.content.decode()
    assert "Start session" not in words
    assert "In this session" not in words
    assert "above your usual" not in words


def test_numbness_is_not_said_to_settle(page, alice, plan):
    for weeks, bother in ((6, 1), (5, 1), (4, 1), (2, 4), (1, 4), (0, 5)):
        makers.weekly_check(alice, now=makers.NOON - timedelta(weeks=weeks), bother_tingling_numbness=bother)

    words = pages.words(page(alice).get(URL))

    assert "You said that tingling or numbness bothers you more now." in words
    assert "most flare-ups settle" not in words
    assert "Please look at the warning signs." in words


def test_silence_is_the_care_teams_business_alone(page, alice, plan):
    makers.daily_checks(alice, makers.STEADY, now=makers.NOON - timedelta(days=9))
    Plan.objects.update(started_at=makers.NOON - timedelta(days=40))
    assert find_silent(now=makers.NOON)

    assert "care team. Nobody" not in pages.words(page(alice).get(URL))


A_BIT_HIGHER = [*[4] * 40, 5, 6, 6, 6]
VERY_HIGH = [*[6] * 40, 9, 9]


def test_scores_a_bit_higher_are_asked_about(page, alice, plan):
    makers.daily_checks(alice, A_BIT_HIGHER)

    answer = page(alice).get(URL)

    assert (
        "Your scores look a bit higher than your usual this week. Did something change? "
        "Nobody watches this site live. Tell us" in pages.words(answer)
    )
    assert f'href="/check-in/{CheckIn.objects.get().pk}/"' in answer.content.decode()


def test_very_high_scores_lead_to_the_warning_signs_first(page, alice, plan):
    makers.daily_checks(alice, VERY_HIGH)

    words = pages.words(page(alice).get(URL))

    assert "Your leg pain has been very high. Please look at the warning signs." in words


def test_once_answered_it_is_not_asked_again(page, alice, plan):
    makers.daily_checks(alice, A_BIT_HIGHER)
    answer_check_in(
        check_in=CheckIn.objects.get(),
        answer="changed",
        is_harder_to_cope=None,
        stops_usual_things=None,
        now=makers.NOON,
    )

    assert "a bit higher" not in pages.words(page(alice).get(URL))


def test_a_week_later_it_is_not_asked_any_more(page, alice, plan):
    makers.daily_checks(alice, A_BIT_HIGHER)

    with time_machine.travel(makers.NOON + timedelta(days=7), tick=False):
        assert "a bit higher" not in pages.words(page(alice).get(URL))


LEARNING = "Keep logging. After about two weeks we can learn your usual level."


@pytest.mark.once
@pytest.mark.parametrize(
    ("legs", "said"),
    [
        pytest.param([4, 5, 4, 3] * 10, False, id="judged"),
        pytest.param([4, 5], True, id="two days"),
        pytest.param([], True, id="nothing yet"),
        pytest.param([10] * 40, False, id="no room above"),
    ],
)
def test_it_says_quietly_that_the_usual_level_is_still_to_be_learned(page, alice, plan, legs, said):
    """And never that scores are as usual: the page of the stage may find that the same pain rises."""
    makers.daily_checks(alice, legs)

    words = pages.words(page(alice).get(URL))

    assert (LEARNING in words) is said
    assert "usual." not in words.replace(LEARNING, "")


def test_a_diary_is_told_nothing_about_its_scores(page, alice, plan):
    Plan.objects.update(mode="diary")
    makers.daily_checks(alice, [4, 5])

    assert LEARNING not in pages.words(page(alice).get(URL))


@pytest.mark.once
@pytest.mark.parametrize("legs", [makers.RISING, A_BIT_HIGHER, VERY_HIGH, [4, 5] * 20])
def test_what_it_says_about_scores_is_easy_to_read(page, alice, plan, legs):
    makers.daily_checks(alice, legs)

    assert grade(pages.prose(page(alice).get(URL))) <= 6


# What was done today --------------------------------------------------------------------------------


def test_after_a_session_it_names_what_is_planned_again(page, alice, plan):
    makers.session(plan)

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "1 session done today, Alice. There is more for later."
    assert "Your plan still has these for today: Belly breathing, Ankle pumps," in pages.words(answer)


def test_when_all_is_done_it_says_so(page, alice, plan):
    for _ in range(3):  # ankle pumps are for three times a day
        makers.session(plan)

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Done for today, Alice."
    assert "Rest is part of the plan too." in pages.words(answer)


def test_a_rest_day_is_called_one(page, alice, plan):
    in_stage(plan, 4)
    stage = makers.version(plan).stage(4)
    days = [makers.NOON + timedelta(days=ahead) for ahead in range(7)]
    rest = next(day for day in days if not stage.planned_on(day.date()))

    with time_machine.travel(rest, tick=False):
        answer = page(alice).get(URL)

    assert pages.heading(answer) == "Good afternoon, Alice. Today is a rest day."
    assert "In this session" not in pages.words(answer)


def test_the_week_runs_from_monday_and_shows_what_was_done(page, alice, plan):
    makers.session(plan, at=makers.NOON - timedelta(days=4))  # Monday
    part = makers.session(plan, at=makers.NOON - timedelta(days=2))
    part.results.filter(position=1).update(outcome="skipped")
    nothing = makers.session(plan, at=makers.NOON - timedelta(days=1))
    nothing.results.update(outcome="skipped")
    makers.session(plan, at=makers.NOON - timedelta(days=5))  # the Sunday before

    words = pages.words(page(alice).get(URL))

    assert "This week: 2 of 7 days" in words
    assert "Monday: session done" in words
    assert "Tuesday: no session" in words
    assert "Wednesday: part of a session done" in words
    assert "Thursday: no session" in words
    assert "Friday: today, no session yet" in words
    assert "Saturday: still to come" in words


def test_the_newest_words_of_the_care_team_are_shown_with_their_author(page, alice, bob, clinic, plan):
    for body, author in (("Walk a little more.", bob), ("Thank you!", alice)):
        post_message(clinic=clinic, patient=alice, author=author, body=body, now=makers.NOON)

    words = pages.words(page(alice).get(URL))

    assert "Walk a little more. Bob, 20 November" in words
    assert "Thank you!" not in words


def test_words_of_the_care_team_are_news_for_two_weeks(page, alice, plan):
    """The first message came with the plan."""
    for days, is_news in ((0, True), (13, True), (14, False)):
        with time_machine.travel(makers.NOON + timedelta(days=days), tick=False):
            words = pages.words(page(alice).get(URL))
        assert ("Your plan is ready" in words) is is_news
        assert ("From your care team" in words) is is_news
        assert "Start session" in words


def test_what_the_rules_changed_stands_above_the_words_of_a_person(page, alice, bob, plan):
    begun = makers.NOON - timedelta(days=1)
    Message.objects.update(sent_at=makers.NOON - timedelta(days=3))
    begin_flare(plan=plan, by=None, reason="Flag W2 was found.", usual=3.0, now=begun)
    browser = page(alice)

    words = pages.words(browser.get(URL))

    assert "19 November: your flare plan began. You do less for some days." in words
    assert words.index("your flare plan began") < words.index("Your plan is ready")
    with time_machine.travel(begun + timedelta(days=7), tick=False):
        assert "your flare plan began" not in pages.words(browser.get(URL))
    end_flare(plan=plan, by=bob, reason="Call.", now=makers.NOON)
    words = pages.words(browser.get(URL))
    assert "Your flare plan has ended." in words
    assert "19 November" not in words


# Moving up ------------------------------------------------------------------------------------------

MOVE_UP = "You can move up to stage 2. See stage 2 and decide"


def test_who_can_move_up_reads_it_before_all_else(page, alice, plan):
    lived(plan)
    with time_machine.travel(READY_AT, tick=False):
        answer = page(alice).get(URL)

    words = pages.words(answer)
    assert words.index(MOVE_UP) < words.index("Start session")
    assert 'href="/stage/"' in answer.text
    assert "I feel ready" not in words
    assert grade(pages.prose(answer)) <= 6


@pytest.mark.once
@pytest.mark.parametrize(
    "because", ["no check today", "much pain", "no test", "held", "diary", "flare", "blocked"]
)
def test_who_cannot_move_up_is_not_told_so(page, alice, bob, plan, because):
    today_s_pain = {"no check today": None, "much pain": 7}.get(because, 3)
    lived(plan, today=today_s_pain)
    if because == "no test":
        StageTest.objects.all().delete()
    elif because == "held":
        hold_stage(plan=plan, by=bob, reason="Scan first.", now=READY_AT)
    elif because == "diary":
        Plan.objects.update(mode="diary")
    elif because == "flare":
        begin_flare(plan=plan, by=bob, reason="Call.", usual=3.0, now=READY_AT)
    elif because == "blocked":
        makers.answered(alice, at=READY_AT, conditions={"told-not-to-exercise": "yes"})
    with time_machine.travel(READY_AT, tick=False):
        browser = page(alice)
        assert "Also today" in pages.words(browser.get(URL))
        assert "You can move up" not in pages.words(browser.get(URL))
        assert "You can move up" not in pages.heading(browser.get("/stage/"))


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("held", "Your care team keeps you in this stage for now. They tell you when you can move up."),
        ("diary", "Nobody watches your scores now. Talk with your care team before you move up."),
    ],
)
def test_who_is_not_to_move_up_by_a_tap_is_not_told_to_wait_for_it(page, alice, bob, plan, because, said):
    if because == "held":
        hold_stage(plan=plan, by=bob, reason="Scan first.", now=makers.NOON)
    else:
        Plan.objects.update(mode="diary")

    words = pages.words(page(alice).get(URL))

    assert said in words
    assert "when you feel ready" not in words


@pytest.mark.once
@pytest.mark.parametrize("more_scores", [0, 10], ids=["few scores", "many scores"])
def test_a_stage_that_can_be_moved_up_costs_no_more_than_an_ordinary_day(
    page, alice, plan, more_scores, django_assert_num_queries
):
    lived(plan, today=None)
    for back in range(20, 20 + more_scores):
        makers.daily_check(alice, 3, now=READY_AT - timedelta(days=back))
    with time_machine.travel(READY_AT, tick=False):
        browser = page(alice)
        browser.get(URL)
        ordinary = QUERIES - 1  # no answer was ever positive
        with django_assert_num_queries(ordinary + (0 if more_scores else 1)):
            assert "You can move up" not in pages.words(browser.get(URL))
        makers.daily_check(alice, 3, now=READY_AT)
        with django_assert_num_queries(QUERIES):
            answer = browser.get(URL)
    assert "You can move up" in pages.words(answer)


def nothing_more(plan, bob):
    pass


def was_in_flare(plan, bob):
    began = READY_AT - timedelta(days=3)
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=began)
    decide_stage(plan=plan, verb="end_flare", by=bob, reason="Better.", now=READY_AT - timedelta(hours=2))


def is_on_hold(plan, bob):
    makers.answered(plan.patient, at=READY_AT - timedelta(days=2), RF13="yes")


def may_only_walk(plan, bob):
    makers.answered(plan.patient, at=READY_AT - timedelta(days=2), RF18="yes")


def had_a_bad_morning(plan, bob):
    morning(plan, (READY_AT - timedelta(days=1)).date(), now=READY_AT, pain=7)


def failed_the_test(plan, bob):
    StageTest.objects.update(is_passed=False)


def skipped_what_hurt(plan, bob):
    newest = GuidedSession.objects.order_by("started_at").last()
    newest.results.update(outcome="skipped", pain_peak=8)
    newest.results.filter(position=0).update(outcome="done", pain_peak=1)


def moved_on(plan, bob):
    decide_stage(plan=plan, verb="advance", by=bob, reason="Well.", now=READY_AT, to_stage=2)


@pytest.mark.once
@pytest.mark.parametrize(
    "lately",
    [
        nothing_more,
        was_in_flare,
        is_on_hold,
        may_only_walk,
        had_a_bad_morning,
        failed_the_test,
        skipped_what_hurt,
        moved_on,
    ],
)
def test_today_judges_the_criteria_as_the_page_of_the_stage_does(alice, clinic, bob, plan, lately):
    lived(plan)
    lately(plan, bob)
    current, holds, seen = current_plan(alice), holds_of(alice), glance_at(alice, clinic, READY_AT)
    day = today(alice, READY_AT, seen, holds)
    stands = standing(alice, clinic, READY_AT, seen, is_watched=True)

    cheap = readiness_of(current, READY_AT, holds, seen.stage, day.done, stands.reports)

    assert cheap == readiness_of(current, READY_AT)
    assert cheap.is_ready == (lately is nothing_more)


def test_a_message_is_text_and_never_markup(page, alice, bob, clinic, plan):
    post_message(clinic=clinic, patient=alice, author=bob, body="<b>bold</b>", now=makers.NOON)

    assert b"<b>bold" not in page(alice).get(URL).content


def test_a_session_left_open_is_offered_again(page, alice, plan):
    makers.screened(alice)
    browser = page(alice)
    start = browser.get("/session/")
    browser.post("/session/", {"record_id": pages.hidden(start, "record_id"), "pain_before": "4"})

    assert "Carry on with your session" in pages.words(browser.get(URL))


@pytest.mark.parametrize(
    ("role", "target"), [(Role.THERAPIST, "/caseload/"), (Role.ADMIN, "/clinic/")], ids=["therapist", "admin"]
)
def test_staff_are_sent_to_their_own_first_page(page, clinic, role, target):
    worker = makers.person("wendy")
    join_clinic(user=worker, clinic=clinic, role=role, now=makers.NOON)

    answer = page(worker).get(URL)

    assert (answer.status_code, answer.url) == (302, target)


def test_nobody_gets_in_without_signing_in(client, db):
    answer = client.get(URL)

    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


def test_somebody_without_a_role_is_refused(page, db):
    assert page(makers.person("eve")).get(URL).status_code == 403


def test_the_look_is_written_down(page, alice, plan):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door, look.at) == (alice, alice, "home:start", makers.NOON)


def lived_through(plan, bob, days, legs=None):
    """Ordinary days, counted back from noon; of a visit to be booked the patient is told."""
    for back in days:
        at = makers.NOON - timedelta(days=back)
        makers.session(plan, at=at)
        morning(plan, (at - timedelta(days=1)).date(), now=at)
        makers.weekly_check(plan.patient, now=at)
        makers.answered(plan.patient, at=at, RF20="yes", RF20a="no")
        post_message(clinic=plan.clinic, patient=plan.patient, author=bob, body="Hello.", now=makers.NOON)
        if legs is None:
            makers.daily_check(plan.patient, 3, now=at)


def test_the_page_asks_for_no_more_rows_as_the_record_grows(
    page, alice, bob, plan, django_assert_num_queries
):
    browser = page(alice)
    makers.screened(alice)

    for days in (range(14), range(14, 20)):
        lived_through(plan, bob, days)
        with django_assert_num_queries(QUERIES):
            browser.get(URL)


def test_the_first_two_weeks_cost_one_more_as_the_usual_level_is_still_to_be_learned(
    page, alice, bob, plan, django_assert_num_queries
):
    browser = page(alice)
    makers.screened(alice)

    for days in (range(2), range(2, 5)):
        lived_through(plan, bob, days)
        with django_assert_num_queries(QUERIES + 1):
            answer = browser.get(URL)
        assert LEARNING in pages.words(answer)


def has_flag(plan, bob):
    """And with it the flare plan, and all safety questions anew."""
    makers.daily_checks(plan.patient, [*[2] * 8, *makers.RISING])


def has_check_in(plan, bob):
    makers.daily_checks(plan.patient, A_BIT_HIGHER)


def has_prompt(plan, bob):
    makers.prompt(makers.break_rule(plan.patient, now=makers.NOON - timedelta(minutes=25)))


def has_prompt_put_off(plan, bob):
    has_prompt(plan, bob)
    Prompt.objects.update(show_at=makers.NOON + timedelta(minutes=5))


def has_reminder(plan, bob):
    settings = ReminderSettings.objects.create(clinic=plan.clinic, user=plan.patient, time_zone="UTC")
    settings.reminders.create(
        kind="daily_check",
        at=time(11, 45),
        next_due_at=makers.NOON + timedelta(days=1),
        show_until=makers.NOON + timedelta(minutes=30),
    )


def has_condition(plan, bob):
    makers.answered(plan.patient, RF20="yes", RF20a="no", conditions={"severe-osteoporosis": "yes"})


def is_asked_anew(plan, bob):
    request_screening(clinic=plan.clinic, patient=plan.patient, reason="weakness", now=makers.NOON)


def has_moved(plan, bob):
    hold_stage(plan=plan, by=bob, reason="Scan first.", now=makers.NOON)


def has_new_doses(plan, bob):
    before = makers.version(plan)
    before.pk, before.number = None, 2
    before.save(force_insert=True)


def is_locked(plan, bob):
    makers.answered(plan.patient, RF13="yes")


@pytest.mark.once
@pytest.mark.parametrize(
    ("of", "more"),
    [
        pytest.param(has_flag, 4, id="a flag, with its events, and what follows from it"),
        pytest.param(has_check_in, 1, id="a check-in"),
        pytest.param(has_prompt, 2, id="a prompt, with its words"),
        pytest.param(has_prompt_put_off, 1, id="a prompt that was put off"),
        pytest.param(has_reminder, 1, id="a reminder"),
        pytest.param(has_condition, 1, id="something that rules moves out"),
        pytest.param(is_asked_anew, 1, id="all safety questions anew"),
        pytest.param(has_moved, 1, id="a change of the stage"),
        pytest.param(has_new_doses, 1, id="sessions with other doses"),
        pytest.param(is_locked, -2, id="a hold, and so nothing to do"),
    ],
)
def test_what_is_out_of_the_ordinary_is_asked_for_only_where_it_is_there(
    page, alice, bob, plan, of, more, django_assert_num_queries
):
    browser = page(alice)
    makers.screened(alice, at=makers.NOON - timedelta(days=1))
    is_about_legs = of in (has_flag, has_check_in)
    lived_through(plan, bob, range(3), legs=())
    if not is_about_legs:
        makers.daily_checks(alice, [3] * 14)
    of(plan, bob)

    with django_assert_num_queries(QUERIES + more):
        browser.get(URL)


@pytest.mark.usefixtures("plan")
def test_about_your_pain_is_due_until_it_was_answered_once(alice, clinic):
    def is_due():
        seen = glance_at(alice, clinic, makers.NOON)
        return today(alice, makers.NOON, seen, holds_of(alice)).intake_due

    assert is_due()
    makers.intake(alice, now=makers.NOON - timedelta(days=400))
    assert not is_due()


# The page as a design -------------------------------------------------------------------------------


def test_the_first_exercise_is_seen_above_start_and_its_size_is_known(page, alice, plan):
    body = page(alice).get(URL).content.decode()

    first = body.index('class="figure figure-hero')
    picture = body[first : body.index(">", body.index("<img", first))]
    assert 'width="' in picture
    assert 'height="' in picture
    assert first < body.index("Start session") < body.index("Also today")


def test_two_quiet_ways_stand_below_start(page, alice, plan):
    answer = page(alice).get(URL)

    assert "Start session I did it on paper Short on time: do 2 Also today" in pages.words(answer)
    assert 'href="/session/paper/"' in answer.content.decode()
    assert 'href="/player/?short=1"' in answer.content.decode()


def test_where_two_moves_are_all_there_is_none_is_offered_as_short(page, alice, plan):
    version = makers.version(plan)
    values = version.content_values
    walk = [each for each in values["stages"][0]["exercises"] if each["slug"] == "walking"]
    values["stages"][0]["exercises"] = values["stages"][0]["exercises"][:2] + walk
    type(version).objects.filter(pk=version.pk).update(content_values=values)

    words = pages.words(page(alice).get(URL))

    assert "2 exercises" in words
    assert "Short on time" not in words
    assert "I did it on paper" in words


def test_a_rest_day_is_a_success_and_says_when_it_goes_on(page, alice, bob):
    plan = in_stage(of_program("calf-strength", alice, bob), 4)
    stage = makers.version(plan).stage(4)
    days = [makers.NOON + timedelta(days=ahead) for ahead in range(14)]
    rest = next(day for day in days if not stage.planned_on(day.date()))
    following = next(day for day in days if day > rest and stage.planned_on(day.date()))

    with time_machine.travel(rest, tick=False):
        answer = page(alice).get(URL)

    words = pages.words(answer)
    assert "Rest is part of the plan. A short, easy walk is fine if you feel like it." in words
    assert "Your next exercises come " in words
    assert f"{following:%A}." in words
    assert "note-success" in answer.content.decode()
    assert "Start session" not in words


def test_with_all_done_it_says_when_it_goes_on(page, alice, bob):
    plan = of_program("calf-strength", alice, bob)
    makers.session(plan)

    answer = page(alice).get(URL)

    words = pages.words(answer)
    assert pages.heading(answer) == "Done for today, Alice."
    assert "Rest is part of the plan too. Your next exercises come " in words


def test_while_exercises_are_on_hold_no_way_leads_into_a_session(page, alice, plan):
    makers.screened(alice)
    makers.answered(alice, at=makers.NOON, RF01="yes")

    answer = page(alice).get(URL)

    for way in ("Start session", "I did it on paper", "Short on time", "Carry on"):
        assert way not in pages.words(answer)
    assert "figure-hero" not in answer.content.decode()


def test_the_five_ways_stand_at_the_bottom_and_history_belongs_to_progress(page, alice, plan):
    browser = page(alice)

    def ways(address):
        body = browser.get(address).content.decode().split('<nav class="bottom-nav"')[1]
        return re.findall(r"<a href=\"([^\"]+)\"( aria-current=\"\w+\")?>(\w+)</a></li>", body)

    assert [name for _, _, name in ways(URL)] == ["Today", "Progress", "Breaks", "Learn", "Me"]
    assert [name for _, current, name in ways("/history/") if current] == ["Progress"]
    assert [name for _, current, name in ways("/library/") if current] == ["Learn"]


PROGRAMS = (
    "sciatica-with-calf-symptoms",
    "calf-tightness-and-cramps",
    "stenosis-friendly",
    "desk-worker-breaks",
    "calf-strength",
)


@pytest.mark.once
@pytest.mark.parametrize("slug", PROGRAMS)
def test_the_page_is_easy_to_read_in_every_stage(page, alice, bob, slug):
    plan = of_program(slug, alice, bob)
    browser = page(alice)
    for stage in makers.version(plan).content.stages:
        in_stage(plan, stage.number)
        answer = browser.get(URL)
        assert grade(pages.prose(answer)) <= 6, stage
        assert "None" not in pages.words(answer)
