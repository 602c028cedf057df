"""The patient's own history."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.logbook.actions import ResultInput, record_daily_check, record_session
from programs.logbook.models import GuidedSession, Reach
from programs.logbook.queries import weekly_checks
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/history/"


def days_ago(days):
    return makers.NOON - timedelta(days=days)


def test_it_begins_with_a_sentence(page, alice, plan):
    makers.session(plan)
    makers.session(plan, at=days_ago(1))
    makers.daily_checks(alice, (2, 6, 4))

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "2 sessions in the last 28 days."
    words = pages.words(answer)
    assert "Checks on 3 of 28 days. Your worst leg pain was 2 to 6. The middle score was 4." in words


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ((), "No daily checks in these 28 days."),
        ((0,), "Checks on 1 of 28 days. Your worst leg pain was 0."),
        ((3, 3), "Checks on 2 of 28 days. Your worst leg pain was 3 each time."),
    ],
)
def test_it_says_no_more_than_was_reported(page, alice, plan, scores, sentence):
    makers.daily_checks(alice, scores)

    assert sentence in pages.words(page(alice).get(URL))


def test_the_newest_day_comes_first(page, alice, plan):
    makers.daily_checks(alice, (2, 6))

    words = pages.words(page(alice).get(URL))

    assert "Friday 20 November Leg pain 6 Back pain 2" in words
    assert words.index("Friday 20 November") < words.index("Thursday 19 November Leg pain 2")


def check(of, **values):
    return record_daily_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=makers.NOON.date(),
        now=makers.NOON,
        **{"worst_leg_pain": 3, "worst_back_pain": 2, "reach_left": None, "reach_right": None} | values,
    )


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({}, []),
        ({"reach_right": Reach.CALF}, ["How far down the right leg: calf, shin or ankle."]),
        ({"reach_left": Reach.NONE}, ["How far down the left leg: nowhere."]),
        (
            {"reach_right": Reach.THIGH, "tingling_numbness_left": [], "tingling_numbness_right": []},
            [
                "How far down the right leg: back or side of the thigh.",
                "Tingling or numbness in the left leg: nowhere.",
                "Tingling or numbness in the right leg: nowhere.",
            ],
        ),
        # of a leg that nobody asked about, nothing is said
        ({"tingling_numbness_right": []}, ["Tingling or numbness in the right leg: nowhere."]),
        # nobody asked how far down the pain went
        ({"tingling_numbness_left": ["foot"]}, ["Tingling or numbness in the left leg: foot or toes."]),
        (
            {
                "reach_right": Reach.THIGH,
                "tingling_numbness_left": ["foot"],
                "tingling_numbness_right": ["thigh", "calf"],
            },
            [
                "How far down the right leg: calf, shin or ankle.",
                "Tingling or numbness in the left leg: foot or toes.",
                "Tingling or numbness in the right leg: back or side of the thigh; calf, shin or ankle.",
            ],
        ),
    ],
)
def test_a_day_shows_how_far_down_it_went_and_where_it_tingled(page, alice, values, lines):
    check(alice, **values)

    day = pages.words(page(alice).get(URL)).partition("Back pain 2 ")[2].partition("Correct these answers")[0]
    assert day.strip() == " ".join(lines)


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({"calf_pain": 3, "cramps": 0}, "Calf pain between cramps: 3. Calf cramps in the night: 0."),
        (
            {"calf_pain": 0, "cramps": 2, "worst_cramp": 7},
            "Calf pain between cramps: 0. Calf cramps in the night: 2. The worst was 7.",
        ),
        ({"cramps": 1}, "Calf cramps in the night: 1."),
    ],
    ids=["no cramp", "two cramps", "cramps alone"],
)
def test_calf_pain_and_cramps_are_shown_where_they_were_asked(page, alice, values, lines):
    check(alice, **values)

    day = pages.words(page(alice).get(URL)).partition("Back pain 2 ")[2].partition("Correct these answers")[0]
    assert day.strip() == lines


def test_of_two_answers_on_a_day_the_worse_calf_counts(page, alice):
    check(alice, calf_pain=1, cramps=3, worst_cramp=2)
    check(alice, calf_pain=4, cramps=1, worst_cramp=6)

    words = pages.words(page(alice).get(URL))

    assert "Calf pain between cramps: 4. Calf cramps in the night: 3. The worst was 6." in words


def test_of_two_answers_on_a_day_the_furthest_place_and_every_region_count(page, alice):
    check(alice, reach_right=Reach.CALF, tingling_numbness_right=["calf"])
    check(alice, reach_right=Reach.BUTTOCK, tingling_numbness_right=["foot"])

    words = pages.words(page(alice).get(URL))

    assert "How far down the right leg: foot or toes." in words
    assert "Tingling or numbness in the right leg: calf, shin or ankle; foot or toes." in words


def test_a_day_without_a_check_is_not_a_zero(page, alice, plan):
    makers.session(plan)

    words = pages.words(page(alice).get(URL))

    assert "Friday 20 November No daily check" in words
    assert "Leg pain" not in words.split("Friday")[1]


def test_a_zero_is_shown_as_one(page, alice, plan):
    makers.daily_check(alice, 0)

    assert "Leg pain 0" in pages.words(page(alice).get(URL))


def test_empty_days_in_between_are_counted(page, alice, plan):
    makers.daily_check(alice, 3, now=days_ago(2))
    makers.daily_check(alice, 3, now=days_ago(5))

    words = pages.words(page(alice).get(URL))

    assert "1 day with nothing written down Wednesday 18 November" in words
    assert "2 days with nothing written down Sunday 15 November" in words


def test_a_session_shows_each_exercise_and_side(page, alice, plan):
    record_session(
        plan=plan,
        session_id="0192f0c0-0000-7000-8000-000000000001",
        plan_version=makers.version(plan),
        stage_number=1,
        started_at=days_ago(0) - timedelta(minutes=20),
        finished_at=days_ago(0),
        pain_before=0,
        pain_peak=None,
        pain_after=3,
        results=[
            ResultInput("ankle-pumps", "both", "partly"),
            ResultInput("supine-sciatic-slider", "right", "stopped"),
            ResultInput("supine-sciatic-slider", "left", "done"),
        ],
        note="",
        now=makers.NOON,
    )

    words = pages.words(page(alice).get(URL))

    assert "Session at 11:40 Too much Lying nerve slider: you stopped because it hurt more. Before 0" in words
    assert "Ankle pumps Part of it" in words
    assert "Lying nerve slider Right leg: stopped, it hurt more. Left leg: done." in words


def test_a_weekly_check_is_shown_in_words_at_its_day(page, alice):
    makers.weekly_check(alice, now=days_ago(2), groc="much_worse", nights_broken=None)
    makers.daily_check(alice, 3, now=days_ago(5))

    words = pages.words(page(alice).get(URL))

    assert (
        "Wednesday 18 November No daily check Weekly check: much worse "
        "Leg since the week before: much worse. "
        "Leg or foot weak: no. "
        "Leg pain bothered: 4 of 6. "
        "Tingling or numbness bothered: 3 of 6. "
        "Weakness bothered: 0 of 6. "
        "Pain when sitting bothered: 2 of 6. "
        "All four together: 9 of 24. "
        "Sitting before the leg hurts: more than 30 minutes. "
        "Time until the leg calms down: less than 10 minutes. "
        "Nights with broken sleep: not said. "
        "2 days with nothing written down Sunday 15 November"
    ) in words


def test_what_bothers_is_added_up_only_where_all_of_it_was_said(page, alice):
    makers.weekly_check(alice, bother_sitting=None, settles_within=None, sitting_before_pain=None)

    words = pages.words(page(alice).get(URL))

    assert "All four together" not in words
    for line in (
        "Pain when sitting bothered: not said.",
        "Sitting before the leg hurts: not said.",
        "Time until the leg calms down: not said.",
    ):
        assert line in words


def test_two_weekly_checks_of_a_day_are_both_shown_in_their_order(page, alice):
    makers.weekly_check(alice, groc="much_worse", now=makers.NOON - timedelta(minutes=9))
    makers.weekly_check(alice, groc="the_same")

    words = pages.words(page(alice).get(URL))

    assert words.index("Weekly check: much worse") < words.index("Weekly check: the same")


def test_the_weekly_check_can_always_be_answered_from_here(page, alice):
    assert (
        '<a class="tap" href="/weekly/">Answer the weekly check</a>' in page(alice).get(URL).content.decode()
    )


def test_a_weekly_check_alone_makes_older_days_worth_a_link(page, alice):
    makers.weekly_check(alice, now=days_ago(40))

    assert "Older days" in pages.words(page(alice).get(URL))


def test_nobody_elses_weekly_check_is_shown(alice, bob, charlie, dora):
    check = makers.weekly_check(alice)
    span = (makers.NOON.date(), makers.NOON.date())

    for viewer in (alice, bob):
        assert weekly_checks(alice, viewer, *span) == [check]
    for stranger in (charlie, dora):
        assert weekly_checks(alice, stranger, *span) == []


def test_older_days_are_one_link_away(page, alice, plan):
    makers.session(plan)
    makers.daily_check(alice, 5, now=days_ago(28))
    browser = page(alice)
    assert f'href="{URL}?until=2026-10-23"' in browser.get(URL).content.decode()

    older = browser.get(URL, {"until": "2026-10-23"})

    assert pages.heading(older) == "No sessions in these 28 days."
    assert "Friday 23 October Leg pain 5" in pages.words(older)
    assert "Older days" not in pages.words(older)
    assert f'href="{URL}?until=2026-11-20"' in older.content.decode()


@pytest.mark.parametrize(
    "until", ["yesterday", "2026-13-45", "2027-01-01", "", "0001-01-05", "1999-12-31", "\0"]
)
def test_a_day_that_makes_no_sense_shows_the_latest_days(page, alice, plan, until):
    makers.session(plan)

    answer = page(alice).get(URL, {"until": until})

    assert answer.status_code == 200
    assert pages.heading(answer) == "1 session in the last 28 days."


def test_an_empty_history_says_so(page, alice):
    answer = page(alice).get(URL)

    assert pages.heading(answer) == "No sessions in the last 28 days."
    assert "Nothing was written down in these days." in pages.words(answer)


def test_nobody_elses_days_are_shown(page, dora, plan):
    makers.session(plan)

    assert pages.heading(page(dora).get(URL)) == "No sessions in the last 28 days."


def test_the_page_is_for_patients_who_are_signed_in(page, client, bob):
    assert client.get(URL).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403


def test_the_look_is_written_down(page, alice, plan):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "logbook:history")


def test_the_page_asks_for_the_same_rows_however_long_the_record(
    page, alice, plan, django_assert_num_queries
):
    browser = page(alice)
    makers.session(plan)
    makers.daily_check(alice, 3)
    with django_assert_num_queries(14):
        browser.get(URL)
    for back in range(8):
        makers.session(plan, at=days_ago(back))
        makers.daily_check(alice, 3, now=days_ago(back))
        makers.weekly_check(alice, now=days_ago(back))
    assert GuidedSession.objects.count() == 9

    with django_assert_num_queries(14):
        browser.get(URL)


def test_the_page_is_easy_to_read(page, alice, plan):
    makers.session(plan)
    makers.daily_checks(alice, makers.STEADY)
    makers.weekly_check(alice)

    assert grade(pages.prose(page(alice).get(URL))) <= 6
