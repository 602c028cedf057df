"""Today's session as the leg allows it: on Today, over REST, and what a therapist reads of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.care.models import Plan
from programs.care.rules.session import (
    AFTER_RED_SESSIONS,
    HALF_AFTER_RED,
    ONLY_WALK_AND_BREATHE,
    OUT_AFTER_REDS,
)
from programs.logbook.actions import record_morning_check
from tests import makers, pages
from tests.care.plans import in_stage, of_program
from tests.logbook.test_responses import session
from tests.readability import grade

pytestmark = pytest.mark.usefixtures("at_noon")

URL, API = "/", "/api/v1/today/"
YESTERDAY = makers.NOON - timedelta(days=1)


@pytest.fixture
def screened(alice):
    return makers.screened(alice)


def morning(patient, pain, settles_within=None) -> None:
    record_morning_check(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        check_id=uuid4(),
        about_on=YESTERDAY.date(),
        pain=pain,
        settles_within=settles_within,
        now=makers.NOON,
    )


def row_of(words: str, name: str) -> str:
    """What the page says from a name on."""
    return words[words.index(name) :]


def test_today_shows_half_the_repeats_and_why(page, alice, plan, screened):
    session(plan, ankle_pumps={"pain_peak": 9})

    words = pages.words(page(alice).get(URL))

    assert "2 sets of 10, rest 20 seconds." in row_of(words, "Ankle pumps")
    assert HALF_AFTER_RED in row_of(words, "Ankle pumps")


def test_today_shows_what_is_left_out_and_why(page, alice, plan, screened):
    for back in (2, 1):
        session(plan, at=makers.NOON - timedelta(days=back), ankle_pumps={"pain_peak": 9})

    words = pages.words(page(alice).get(URL))

    assert "3 exercises: about" in words
    assert f"Not today Ankle pumps {OUT_AFTER_REDS}" in words


def test_today_shows_the_easier_one_and_what_it_stands_in_for(page, alice, bob, screened):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    for back in (2, 1):
        session(plan, at=makers.NOON - timedelta(days=back), seated_sciatic_slider={"pain_peak": 9})

    words = pages.words(page(alice).get(URL))

    assert "“Seated nerve slider” was too much two times. Try this easier one." in row_of(
        words, "Lying nerve slider"
    )


def test_today_says_once_why_the_whole_session_is_less(page, alice, plan, screened):
    for back in (2, 1):
        session(plan, at=makers.NOON - timedelta(days=back), pain=(2, 8, 2))

    words = pages.words(page(alice).get(URL))

    assert words.count(AFTER_RED_SESSIONS) == 1


def test_where_nothing_is_left_to_do_today_says_so_and_why(page, alice, plan):
    stage = makers.version(plan).content_values["stages"][0]
    stage["exercises"] = [each for each in stage["exercises"] if each["slug"] == "ankle-pumps"]
    values = makers.version(plan).content_values
    values["stages"][0] = stage
    plan.versions.update(content_values=values)
    makers.screened(alice)
    makers.answered(alice, RF18="yes", RF18a="no")

    words = pages.words(page(alice).get(URL))

    assert "There is nothing to do today." in words
    assert "Start session" not in words
    assert ONLY_WALK_AND_BREATHE in words
    assert page(alice).get("/session/").url == URL


def test_a_rest_day_leaves_nothing_out(page, alice, bob, screened):
    plan = in_stage(of_program("calf-strength", alice, bob), 4)
    Plan.objects.filter(pk=plan.pk).update(irritability="high")
    days = [makers.NOON + timedelta(days=ahead) for ahead in range(7)]
    rest = next(day for day in days if not makers.version(plan).stage(4).planned_on(day.date()))

    with time_machine.travel(rest, tick=False):
        words = pages.words(page(alice).get(URL))

    assert "Today is a rest day" in words
    assert "Not today" not in words


def test_the_page_is_easy_to_read_with_all_of_it(page, alice, bob, screened):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    for back in (2, 1):
        at = makers.NOON - timedelta(days=back)
        session(plan, at=at, pain=(2, 8, 2), seated_sciatic_slider={"pain_peak": 9})

    assert grade(pages.prose(page(alice).get(URL))) <= 6


def test_over_rest_each_exercise_has_its_share_and_its_reason(api, alice, plan):
    session(plan, ankle_pumps={"pain_peak": 9})

    today = api(alice).get(API).json()

    pumps = next(each for each in today["exercises"] if each["slug"] == "ankle-pumps")
    slider = next(each for each in today["exercises"] if each["slug"] == "supine-sciatic-slider")
    assert (pumps["share"], pumps["reason"], pumps["instead_of"]) == (50, HALF_AFTER_RED, "")
    assert pumps["dose"]["repetitions"] == 10
    assert (slider["share"], slider["reason"], slider["is_nerve_glide"]) == (100, "", True)
    assert (today["left_out"], today["reason"], today["morning_check_due"]) == ([], "", True)


def test_over_rest_what_is_left_out_is_named_with_its_reason(api, alice, plan):
    for back in (2, 1):
        session(plan, at=makers.NOON - timedelta(days=back), pain=(2, 8, 2), ankle_pumps={"pain_peak": 9})

    today = api(alice).get(API).json()

    assert today["left_out"] == [{"exercise": "ankle-pumps", "name": "Ankle pumps", "reason": OUT_AFTER_REDS}]
    assert today["reason"] == AFTER_RED_SESSIONS
    assert "ankle-pumps" not in [each["slug"] for each in today["exercises"]]


def test_without_a_plan_there_is_nothing_to_adapt(api, alice):
    today = api(alice).get(API).json()

    assert (today["left_out"], today["reason"], today["morning_check_due"]) == ([], "", False)


def test_what_rest_advised_is_taken_back_with_the_session(api, alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    for back in (2, 1):
        session(plan, at=makers.NOON - timedelta(days=back), seated_sciatic_slider={"pain_peak": 9})
    today = api(alice).get(API).json()
    easier = next(each for each in today["exercises"] if each["instead_of"])
    done = [
        {
            "exercise": easier["slug"],
            "side": side,
            "outcome": "done",
            "advised_share": easier["share"],
            "instead_of": easier["instead_of"],
        }
        for side in easier["sides_to_record"]
    ]

    answer = api(alice).post(
        "/api/v1/sessions/",
        {
            "id": str(uuid4()),
            "plan_version": today["version"]["id"],
            "stage_number": today["stage"]["number"],
            "started_at": "2026-11-20T11:40:00Z",
            "finished_at": "2026-11-20T11:55:00Z",
            "results": done,
        },
    )

    assert answer.status_code == 201
    assert {row["instead_of"] for row in answer.json()["results"]} == {"seated-sciatic-slider"}


def test_a_therapist_reads_the_light_as_a_word_with_its_reasons_and_the_morning(page, bob, alice, plan):
    session(plan, pain=(2, 4, 2), ankle_pumps={"pain_peak": 4, "advised_share": 50})
    before = pages.words(page(bob).get(f"/patients/{alice.pk}/"))
    morning(alice, 4, "over_60")
    answer = page(bob).get(f"/patients/{alice.pk}/")
    after = pages.words(answer)

    assert "Thu 19 November amber before 2, most 4, after 2" in before
    assert "Pain 4 at worst. The next morning is not known, so the light may still get worse." in before
    assert "Thu 19 November red before 2, most 4, after 2" in after
    assert "Pain 2 before, 4 the next morning: not settled." in after
    assert "Next morning: pain 4, settled in more than 60 minutes." in after
    assert "Ankle pumps red Done. Worst pain 4. Advised: 50% of the dose." in after
    assert 'class="light-mark light-red"' in answer.content.decode()


def test_a_therapist_reads_what_was_left_out_on_advice_apart(page, bob, alice, plan):
    session(plan, ankle_pumps={"outcome": "skipped", "advised_share": 0})

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "all 4 done" in words
    assert "Ankle pumps Left out on advice" in words


def test_the_history_says_how_each_session_went_in_plain_words(page, alice, plan):
    session(plan, pain=(2, 2, 2), at=makers.NOON - timedelta(days=3))
    session(plan, pain=(2, 4, 2), at=makers.NOON - timedelta(days=2), ankle_pumps={"pain_peak": 4})
    session(plan, pain=(2, 2, 2))
    morning(alice, 6)

    words = pages.words(page(alice).get("/history/"))

    assert "Session at 11:48 It went well Your pain was 2 before, and 2 at worst. Before 2" in words
    assert "Session at 11:48 A bit much At its worst, your pain went up by 2, from 2 to 4." in words
    assert (
        "Session at 11:48 Too much Your pain was 2 before, and 6 the next morning. "
        "Before 2 Worst 2 After 2 Next morning 6"
    ) in words
    assert "Ankle pumps Done. Worst pain 4." in words


def test_the_record_that_is_taken_away_holds_what_was_felt(page, alice, plan):
    session(
        plan,
        spread="settled",
        supine_sciatic_slider={
            "pain_peak": 3,
            "tingling": "under_1",
            "spread": "closer",
            "advised_share": 50,
        },
    )
    morning(alice, 3, "under_10")

    record = page(alice).get("/me/record.json").json()

    stored = record["sessions"][0]
    slider = next(each for each in stored["results"] if each["exercise"] == "Lying nerve slider")
    assert stored["spread"] == "settled"
    assert slider == {
        "exercise": "Lying nerve slider",
        "side": "right",
        "outcome": "done",
        "pain_peak": 3,
        "tingling": "under_1",
        "spread": "closer",
        "advised_share": 50,
        "instead_of": None,
    }
    (check,) = record["morning_checks"]
    assert (check["about_on"], check["pain"], check["settles_within"]) == ("2026-11-19", 3, "under_10")
