"""GET and PUT /api/v1/break-rule/."""

from datetime import timedelta

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.actions.review import ARE_YOU_SURE
from programs.reminders.models import BreakRule
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/break-rule/"
BODY = {
    "enabled": True,
    "interval_minutes": 25,
    "weekdays": [0, 1, 2, 3, 4],
    "windows": [{"start": "09:00:00", "end": "12:30:00"}, {"start": "14:00:00", "end": "17:30:00"}],
    "quiet_start": "13:00:00",
    "quiet_end": "14:00:00",
    "time_zone": "Europe/Berlin",
    "daily_cap": 12,
    "by_push": False,
}

AS_NEW = {"paused_until": None, "review_due": False, "is_longer": False, "offers_return": False}

ONE_TO_FOUR = "Give 1 to 4 pairs of times."
NO_TIME = "Give a time of day, such as 09:30."


def window(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def test_the_rule_is_written_down_and_read_again(api, alice):
    answer = api(alice).put(URL, BODY)

    # Noon in London is 13:00 in Berlin, where it is quiet until 14:00.
    assert answer.status_code == 200
    assert answer.json() == BODY | AS_NEW | {
        "id": str(BreakRule.objects.get().pk),
        "wished_minutes": 25,
        "next_due_at": "2026-11-20T13:00:00Z",
    }
    assert api(alice).get(URL).json() == answer.json()


def test_more_often_while_a_flag_is_open_takes_a_second_word(api, alice):
    makers.break_rule(alice, interval_minutes=60)
    makers.daily_checks(alice, makers.RISING)

    refused = api(alice).put(URL, BODY)

    assert (refused.status_code, wrong_fields(refused)) == (400, {"confirmed": ARE_YOU_SURE})
    assert BreakRule.objects.get().interval_minutes == 60
    assert api(alice).post(f"{URL}preview/", BODY).status_code == 200
    assert api(alice).put(URL, BODY | {"confirmed": True}).json()["interval_minutes"] == 25


@pytest.mark.parametrize("minutes", [30, 40])
def test_as_often_or_less_takes_no_second_word(api, alice, minutes):
    makers.break_rule(alice, interval_minutes=30)
    makers.daily_checks(alice, makers.RISING)

    assert api(alice).put(URL, BODY | {"interval_minutes": minutes}).status_code == 200


def test_more_often_than_prompts_come_for_now_takes_it_too(api, alice):
    makers.break_rule(alice, interval_minutes=20)
    BreakRule.objects.update(interval_minutes=40)
    makers.daily_checks(alice, makers.RISING)

    assert api(alice).put(URL, BODY | {"interval_minutes": 30}).status_code == 400
    kept = api(alice).put(URL, BODY | {"interval_minutes": 20})
    assert (kept.status_code, kept.json()["interval_minutes"]) == (200, 40)


def test_what_is_left_out_is_every_half_hour_sixteen_times_a_day_by_push(api, alice):
    required = ("enabled", "weekdays", "windows", "time_zone")

    answer = api(alice).put(URL, {name: BODY[name] for name in required})

    assert answer.status_code == 200
    assert answer.json() == BODY | {
        "interval_minutes": 30,
        "quiet_start": None,
        "quiet_end": None,
        "daily_cap": 16,
        "by_push": True,
        **AS_NEW,
        "id": str(BreakRule.objects.get().pk),
        "wished_minutes": 30,
        "next_due_at": "2026-11-20T13:00:00Z",
    }


def test_windows_may_touch_and_come_back_in_the_order_of_the_day(api, alice):
    windows = [window("15:00", "18:00"), window("08:00", "10:00"), window("10:00", "11:15")]

    answer = api(alice).put(URL, BODY | {"windows": windows})

    assert answer.status_code == 200
    assert [each["start"] for each in answer.json()["windows"]] == ["08:00:00", "10:00:00", "15:00:00"]


def test_the_rule_of_a_patient_is_changed_and_never_doubled(api, alice):
    makers.break_rule(alice)

    answer = api(alice).put(URL, BODY | {"interval_minutes": 60})

    assert answer.status_code == 200
    assert BreakRule.objects.get().interval_minutes == 60


def test_switched_off_it_is_kept_but_never_due(api, alice):
    api(alice).put(URL, BODY | {"enabled": False})

    assert not BreakRule.objects.due(makers.NOON + timedelta(days=30)).exists()
    assert api(alice).get(URL).json()["enabled"] is False


def test_without_a_rule_there_is_nothing_to_read(api, alice, dora):
    makers.break_rule(dora)

    answer = api(alice).get(URL)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"interval_minutes": 19}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"interval_minutes": 61}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"interval_minutes": 25.5}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"weekdays": []}, {"weekdays": "Choose at least one day."}),
        ({"weekdays": [0, 7]}, {"weekdays.1": "Choose a whole number from 0 to 6."}),
        ({"windows": []}, {"windows": ONE_TO_FOUR}),
        ({"windows": [window(f"0{hour}:00", f"0{hour}:30") for hour in range(5)]}, {"windows": ONE_TO_FOUR}),
        (
            {"windows": [window("09:00", "09:00")]},
            {"windows.0.end": "The last hour must be later than the first."},
        ),
        (
            {"windows": [window("13:00", "17:00"), window("11:00", "10:00")]},
            {"windows.1.end": "The last hour must be later than the first."},
        ),
        (
            {"windows": [window("13:00", "17:00"), window("09:00", "12:00"), window("11:59", "12:30")]},
            {"windows.2.start": "These hours must not begin before the other ones end."},
        ),
        (
            {"windows": [window("09:00", "17:00"), window("09:00", "17:00")]},
            {"windows.1.start": "These hours must not begin before the other ones end."},
        ),
        (
            {"windows": [window("09:00", "12:00"), {"start": "13:00"}]},
            {"windows.1.end": "This field is required."},
        ),
        ({"windows": [window("09:00", "12:00"), window("13:00", "25:00")]}, {"windows.1.end": NO_TIME}),
        ({"windows": [window("09:00", "12:00") | {"day": 1}]}, {"windows.0.day": "There is no such field."}),
        ({"window_start": "09:00"}, {"window_start": "There is no such field."}),
        ({"daily_cap": 0}, {"daily_cap": "Choose a whole number from 1 to 16."}),
        ({"daily_cap": 17}, {"daily_cap": "Choose a whole number from 1 to 16."}),
        (
            {"quiet_end": None},
            {"quiet_end": "Give both the start and the end of the quiet time, or neither."},
        ),
        (
            {"quiet_start": "08:00", "quiet_end": "18:00"},
            {"quiet_end": "With this quiet time there would never be a prompt."},
        ),
        ({"time_zone": "Berlin"}, {"time_zone": "Choose a time zone from the list."}),
        ({"step": 4}, {"step": "There is no such field."}),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, changes, fields):
    answer = api(alice).put(URL, BODY | changes)

    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    assert not BreakRule.objects.exists()


@pytest.mark.parametrize(
    "windows", [None, 7, "09:00", {"start": "09:00"}, [None], ["09:00-12:00"], [[]], [["09:00", "12:00"]]]
)
def test_windows_of_another_kind_break_nothing(api, alice, windows):
    answer = api(alice).put(URL, BODY | {"windows": windows})

    assert answer.status_code == 400
    assert all(field.startswith("windows") for field in wrong_fields(answer))


def test_only_patients_have_a_rule(api, alice, bob, charlie):
    makers.break_rule(alice, interval_minutes=20)

    for therapist in (bob, charlie):
        assert api(therapist).get(URL).status_code == 403
        assert api(therapist).put(URL, BODY).status_code == 403
    assert BreakRule.objects.get().interval_minutes == 20


def test_nobody_changes_another_patients_rule(api, alice, dora):
    makers.break_rule(alice, interval_minutes=20)

    api(dora).put(URL, BODY)

    assert BreakRule.objects.get(patient=alice).interval_minutes == 20
    assert BreakRule.objects.get(patient=dora).interval_minutes == 25


def test_signed_out_gets_401_as_a_problem(client, db):
    for answer in (client.get(URL), client.put(URL, BODY, content_type="application/json")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not BreakRule.objects.exists()


def test_every_look_and_change_is_written_down(api, alice):
    api(alice).put(URL, BODY)
    api(alice).get(URL)

    assert list(AuditEvent.objects.values_list("door", flat=True)) == ["api:break-rule"] * 2


def test_a_rule_that_is_off_waits_for_nothing(api, alice):
    makers.break_rule(alice, enabled=False)

    assert api(alice).get(URL).json()["next_due_at"] is None
