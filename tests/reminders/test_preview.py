"""The prompts to come: of a rule, of wishes that are not saved, and what a calendar leaves out of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.actions import draft_break_rule, pause_breaks, set_busy
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.queries import preview
from tests import makers
from tests.rest import wrong_fields

NOON = makers.NOON
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
HOUR = timedelta(hours=1)
URL = "/api/v1/break-rules/{}/preview/"
UNSAVED = "/api/v1/break-rule/preview/"
BODY = {
    "enabled": True,
    "interval_minutes": 60,
    "weekdays": [4],
    "windows": [{"start": "09:00", "end": "15:00"}],
    "time_zone": "Europe/London",
}
NOT_SOON = "Choose a day in the next 60 days."

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every hour from 9:00 to 15:00, four times a day; the first prompt is due at 13:00."""
    return makers.break_rule(alice, interval_minutes=60, window_end=time(15), daily_cap=4)


def shown(rule: BreakRule, start: date = FRIDAY, days: int = 2) -> str:
    rule.refresh_from_db()
    return " ".join(f"{slot.due_at:%a-%H:%M}" for slot in preview(rule, start, days))


def test_it_goes_from_the_next_prompt_on_to_the_most_of_each_day(rule):
    assert shown(rule) == "Fri-13:00 Fri-14:00 Sat-09:00 Sat-10:00 Sat-11:00 Sat-12:00"
    assert shown(rule, SATURDAY, 1) == "Sat-09:00 Sat-10:00 Sat-11:00 Sat-12:00"
    assert shown(rule, FRIDAY - timedelta(days=3), 3) == ""


def test_what_the_day_has_had_counts(rule):
    BreakRule.objects.update(daily_cap=1)
    makers.prompt(BreakRule.objects.get())

    assert shown(rule) == "Sat-09:00"


def test_a_pause_and_what_is_busy_are_left_out(alice, rule):
    pause_breaks(patient=alice, until=NOON + 2 * HOUR, now=NOON)
    assert shown(rule, days=1) == "Fri-14:00"

    set_busy(rule=rule, busy=[(NOON + 21 * HOUR, NOON + 23 * HOUR)], now=NOON)

    assert shown(rule) == "Fri-14:00 Sat-11:00 Sat-12:00 Sat-13:00 Sat-14:00"


def test_switched_off_there_is_nothing_to_come(rule):
    BreakRule.objects.update(enabled=False)

    assert shown(rule) == ""


def test_what_runs_past_midnight_counts_for_the_day_it_began(alice):
    rule = makers.break_rule(alice, interval_minutes=60, now=NOON)
    BreakRule.objects.update(windows=[["22:00:00", "02:00:00"]], daily_cap=16, next_due_at=NOON + 10 * HOUR,
                             open_until=NOON + 14 * HOUR)  # fmt: skip

    assert shown(rule, days=1) == "Fri-22:00 Fri-23:00 Sat-00:00 Sat-01:00"


def test_it_is_what_the_sweep_will_do(rule):
    expected = [slot.due_at for slot in preview(rule, FRIDAY, 3)]

    for _ in expected:
        prompt = makers.prompt(BreakRule.objects.get())
        makers.not_now(prompt.due_at)

    assert list(Prompt.objects.order_by("due_at").values_list("due_at", flat=True)) == expected


def test_over_rest_it_tells_when_and_for_which_day(api, alice, rule):
    answer = api(alice).get(URL.format(rule.pk) + "?from=2026-11-21&days=1")

    assert answer.status_code == 200
    assert answer.json()["prompts"][0] == {"due_at": "2026-11-21T09:00:00Z", "day": "2026-11-21", "nth": 1}
    assert len(answer.json()["prompts"]) == 4
    assert list(AuditEvent.objects.values_list("door", flat=True)) == ["api:break-rule-preview"]


def test_unless_told_it_is_a_week_from_today(api, alice, rule):
    days = [each["day"] for each in api(alice).get(URL.format(rule.pk)).json()["prompts"]]

    assert (days[0], days[-1], len(days)) == ("2026-11-20", "2026-11-26", 2 + 6 * 4)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=tomorrow", {"from": "Give a day, such as 2026-11-20."}),
        ("from=2026-11-31", {"from": "Give a day, such as 2026-11-20."}),
        ("from=9999-12-31", {"from": NOT_SOON}),
        ("from=2026-11-18", {"from": NOT_SOON}),
        ("from=2027-01-20", {"from": NOT_SOON}),
        ("from=%00", {"from": "Give a day, such as 2026-11-20."}),
        ("days=0", {"days": "Choose a whole number from 1 to 14."}),
        ("days=15", {"days": "Choose a whole number from 1 to 14."}),
        ("days=many", {"days": "Choose a whole number from 1 to 14."}),
        ("days=" + "9" * 2000, {"days": "Choose a whole number from 1 to 14."}),
        ("days=%00", {"days": "Choose a whole number from 1 to 14."}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, alice, rule, query, errors):
    answer = api(alice).get(f"{URL.format(rule.pk)}?{query}")

    assert (answer.status_code, wrong_fields(answer)) == (400, errors)


def test_nobody_sees_when_somebody_else_is_prompted(api, client, rule, bob, dora):
    assert api(dora).get(URL.format(rule.pk)).status_code == 404
    assert api(dora).get(URL.format(uuid4())).status_code == 404
    assert api(dora).get(URL.format("7")).status_code == 404
    assert api(bob).get(URL.format(rule.pk)).status_code == 403
    assert client.get(URL.format(rule.pk)).status_code == 401
    assert client.post(UNSAVED, BODY, content_type="application/json").status_code == 401
    assert api(bob).post(UNSAVED, BODY).status_code == 403


def test_wishes_that_are_not_saved_show_what_they_would_bring(api, alice):
    answer = api(alice).post(UNSAVED, BODY)

    assert answer.status_code == 200
    assert [each["due_at"] for each in answer.json()["prompts"]] == [
        "2026-11-20T13:00:00Z",
        "2026-11-20T14:00:00Z",
    ]
    assert not BreakRule.objects.exists()


def test_other_wishes_are_only_looked_at(api, alice):
    rule = makers.break_rule(alice, now=NOON - timedelta(minutes=25))
    prompt = makers.prompt(rule)
    before = BreakRule.objects.values().get()

    answer = api(alice).post(UNSAVED, BODY | {"enabled": False})

    assert answer.json() == {"prompts": []}
    assert BreakRule.objects.values().get() == before
    prompt.refresh_from_db()
    assert prompt.outcome is None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"interval_minutes": 19}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"windows": []}, {"windows": "Give 1 to 4 pairs of times."}),
        ({"time_zone": "a\x00b"}, None),
        ({"time_zone": "Berlin"}, {"time_zone": "Choose a time zone from the list."}),
    ],
)
def test_wishes_that_cannot_be_right_are_refused_as_on_saving(api, alice, changes, fields):
    answer = api(alice).post(UNSAVED, BODY | changes)

    assert answer.status_code == 400
    assert fields is None or wrong_fields(answer) == fields


def test_a_draft_is_what_is_saved_then(alice):
    rule = makers.break_rule(alice, now=NOON - timedelta(minutes=25))
    makers.prompt(rule)
    set_busy(rule=rule, busy=[(NOON + HOUR, NOON + 2 * HOUR)], now=NOON)
    pause_breaks(patient=alice, until=NOON + HOUR / 2, now=NOON)
    wishes = {
        "clinic": rule.clinic,
        "patient": alice,
        "enabled": True,
        "interval_minutes": 45,
        "weekdays": [4, 5],
        "windows": [(time(9), time(18))],
        "quiet_start": None,
        "quiet_end": None,
        "time_zone": "Europe/London",
        "daily_cap": 5,
        "by_push": False,
        "now": NOON,
    }

    draft = draft_break_rule(**wishes)
    saved = makers.break_rule(
        alice,
        interval_minutes=45,
        weekdays=[4, 5],
        window_end=time(18),
        daily_cap=5,
        by_push=False,
    )

    assert draft.slot == saved.slot
    assert draft.schedule == saved.schedule
    assert preview(draft, FRIDAY, 2) == preview(saved, FRIDAY, 2)


# What a calendar says ---------------------------------------------------------------------------------
def minutes(*pairs: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    return [(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end)) for start, end in pairs]


def test_busy_stretches_are_kept_in_order_and_apart_without_what_is_over(rule):
    given = minutes((120, 150), (30, 60), (60, 70), (65, 66), (90, 90), (-60, -30), (-10, 5))

    assert set_busy(rule=rule, busy=given, now=NOON).schedule.busy == tuple(
        minutes((-10, 5), (30, 70), (120, 150))
    )


def test_the_interval_goes_on_and_the_same_again_changes_nothing(rule):
    for _ in range(2):
        changed = set_busy(rule=rule, busy=minutes((50, 80)), now=NOON + HOUR / 2)
        assert changed.next_due_at == NOON + timedelta(minutes=80)

    freed = set_busy(rule=rule, busy=[], now=NOON + HOUR / 2)
    assert (freed.next_due_at, freed.counts_from) == (NOON + HOUR, NOON)


def test_a_meeting_does_not_end_a_pause(alice, rule):
    pause_breaks(patient=alice, until=NOON + 2 * HOUR, now=NOON)

    assert set_busy(rule=rule, busy=minutes((10, 20)), now=NOON).next_due_at == NOON + 2 * HOUR


def test_an_open_prompt_goes_away_where_a_meeting_begins(alice, rule):
    makers.push_subscription(alice)
    prompt = makers.prompt(rule)

    set_busy(rule=rule, busy=minutes((65, 90)), now=prompt.due_at)

    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.WITHDRAWN
    assert makers.states_of(prompt) == [(1, "withdrawn")]


def test_what_is_off_stays_off(alice):
    rule = makers.break_rule(alice, enabled=False)

    assert set_busy(rule=rule, busy=minutes((10, 20)), now=NOON).enabled is False


def test_other_wishes_leave_the_busy_times_as_they_are(alice, rule):
    set_busy(rule=rule, busy=[(NOON + HOUR / 2, NOON + 2 * HOUR)], now=NOON)

    changed = makers.break_rule(alice, interval_minutes=40, window_end=time(17))

    assert changed.next_due_at == NOON + 2 * HOUR
