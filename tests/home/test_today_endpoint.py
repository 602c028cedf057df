"""GET /api/v1/today/."""

from datetime import time, timedelta

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.actions import change_doses
from tests import makers

URL = "/api/v1/today/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def test_today_holds_all_that_a_player_needs_to_start(api, alice, plan):
    answer = api(alice).get(URL)

    assert answer.status_code == 200
    today = answer.json()
    assert today["day"] == "2026-11-20"
    assert today["plan"] == {
        "id": str(plan.pk),
        "program": "sciatica-with-calf-symptoms",
        "program_name": plan.program.name,
        "side": "right",
        "pain_limit": 5,
        "mode": "guided",
    }
    assert today["version"] == {
        "id": str(makers.version(plan).pk),
        "number": 1,
        "created_at": "2026-11-20T12:00:00Z",
    }
    assert today["stage"]["number"] == 1
    assert today["minutes"] > 0
    first = today["exercises"][0]
    prescribed = makers.version(plan).stage(1).exercise(first["slug"])
    assert first["dose"] == prescribed.dose.to_mapping()
    assert (first["dose_in_words"], first["frequency_in_words"]) == (
        prescribed.dose_in_words,
        prescribed.frequency_in_words,
    )
    assert first["steps"]
    assert first["is_checked"] is False


def test_what_today_names_is_what_a_session_takes(api, alice, plan):
    today = api(alice).get(URL).json()

    answer = api(alice).post(
        "/api/v1/sessions/",
        {
            "id": "6f7f2f6e-4ac7-4f0a-9f3f-0d0b4f1c2a11",
            "plan_version": today["version"]["id"],
            "stage_number": today["stage"]["number"],
            "started_at": "2026-11-20T11:40:00Z",
            "finished_at": "2026-11-20T11:55:00Z",
            "results": [
                {"exercise": exercise["slug"], "side": side, "outcome": "done"}
                for exercise in today["exercises"]
                for side in exercise["sides_to_record"]
            ],
        },
    )

    assert answer.status_code == 201, answer.json()
    assert api(alice).get(URL).json()["sessions_today"] == 1


def test_what_is_done_already_shows(api, alice, plan):
    before = api(alice).get(URL).json()
    makers.session(plan)
    makers.daily_check(alice, leg=3)

    after = api(alice).get(URL).json()

    assert (before["sessions_today"], before["daily_check_answered"]) == (0, False)
    assert (after["sessions_today"], after["daily_check_answered"]) == (1, True)


def test_the_weekly_check_is_due_a_week_into_the_plan_and_a_week_after_the_last_one(api, alice, bob):
    def is_due():
        return api(alice).get(URL).json()["weekly_check_due"]

    assert is_due() is False  # without a plan
    makers.plan(alice, bob, at=makers.NOON - timedelta(days=6))
    assert is_due() is False
    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        assert is_due() is True
        makers.weekly_check(alice, now=makers.NOON)
    with time_machine.travel(makers.NOON + timedelta(days=6), tick=False):
        assert is_due() is False
    with time_machine.travel(makers.NOON + timedelta(days=7), tick=False):
        assert is_due() is True


def test_a_changed_dose_shows_at_once(api, alice, bob, plan):
    exercise = makers.version(plan).stage(1).exercises[0]
    change_doses(
        plan=plan,
        stage_number=1,
        doses={exercise.slug: exercise.dose.with_changes({"sets": exercise.dose.sets + 1})},
        based_on=1,
        by=bob,
        note="",
        now=makers.NOON,
    )

    today = api(alice).get(URL).json()

    assert today["version"]["number"] == 2
    shown = {each["slug"]: each["dose"]["sets"] for each in today["exercises"]}
    assert shown[exercise.slug] == exercise.dose.sets + 1


def test_the_open_prompt_and_the_next_one_show(api, alice, plan):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25))
    prompt = makers.prompt(rule)

    today = api(alice).get(URL).json()

    assert today["open_prompt"] == {
        "id": str(prompt.pk),
        "due_at": "2026-11-20T11:55:00Z",
        "expires_at": "2026-11-20T12:05:00Z",
        "nth": 1,
    }
    assert today["next_due_at"] == "2026-11-20T12:15:00Z"


def test_without_breaks_there_is_no_prompt_and_no_next_one(api, alice, plan):
    makers.break_rule(alice, enabled=False, window_start=time(9))

    today = api(alice).get(URL).json()

    assert (today["open_prompt"], today["next_due_at"]) == (None, None)


def test_a_patient_without_a_plan_gets_an_empty_day(api, alice):
    today = api(alice).get(URL).json()

    assert (today["plan"], today["version"], today["stage"], today["minutes"]) == (None, None, None, None)
    assert today["exercises"] == []


def test_the_day_is_the_patients_own(api, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")

    assert api(eve).get(URL).json()["day"] == "2026-11-21"


def test_nobody_elses_day_shows(api, alice, plan, dora):
    makers.session(plan)
    makers.daily_check(alice, leg=3)
    makers.prompt(makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25)))

    today = api(dora).get(URL).json()

    assert (today["plan"], today["sessions_today"], today["daily_check_answered"]) == (None, 0, False)
    assert (today["open_prompt"], today["next_due_at"]) == (None, None)


def test_only_patients_have_a_today(api, bob):
    assert api(bob).get(URL).status_code == 403


def test_signed_out_gets_401_as_a_problem(client, db):
    answer = client.get(URL)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_the_look_is_written_down(api, alice, plan):
    api(alice).get(URL)

    looks = AuditEvent.objects.values_list("actor", "patient", "clinic", "door")
    assert list(looks) == [(alice.pk, alice.pk, plan.clinic_id, "api:today")]


@pytest.mark.parametrize("days", [3, 30])
def test_it_takes_the_same_few_queries_however_long_the_history(
    api, alice, plan, days, django_assert_num_queries
):
    makers.daily_checks(alice, [3] * days)
    for back in range(days):
        makers.session(plan, at=makers.NOON - timedelta(days=back))
    makers.prompt(makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25)))
    client = api(alice)
    with django_assert_num_queries(9):
        client.get(URL)


def test_about_your_pain_is_due_until_it_was_answered_once(api, alice, plan):
    assert api(alice).get(URL).json()["intake_due"] is True

    makers.intake(alice)

    assert api(alice).get(URL).json()["intake_due"] is False


@pytest.mark.parametrize(
    "said",
    [{"RF01": "yes"}, {"RF13": "yes"}, {"conditions": {"told-not-to-exercise": "yes"}}],
    ids=["emergency", "urgent", "blocked"],
)
def test_while_an_answer_lets_no_session_start_there_are_no_exercises(api, alice, plan, said):
    makers.screened(alice)
    assert api(alice).get(URL).json()["exercises"]

    makers.answered(alice, **said)

    found = api(alice).get(URL).json()
    assert (found["may_start"], found["exercises"], found["left_out"], found["minutes"]) == (False, [], [], 0)
    assert found["plan"]["id"] == str(plan.pk)
