"""The page on which a patient says when to be prompted to move."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.actions import snooze_prompt
from programs.reminders.models import BreakRule
from tests import makers, pages
from tests.readability import grade

pytestmark = pytest.mark.usefixtures("at_noon")

URL = "/breaks/"
WISH = {
    "enabled": "on",
    "interval_minutes": "25",
    "weekdays": ["0", "2", "4"],
    "window_1_start": "09:00",
    "window_1_end": "17:30",
    "quiet_start": "",
    "quiet_end": "",
    "daily_cap": "16",
    "by_push": "on",
    "time_zone": "Europe/London",
}
TWO_MORE = {
    "window_2_start": "18:00",
    "window_2_end": "19:00",
    "window_4_start": "07:00",
    "window_4_end": "08:00",
}
OVERLAP = "These hours must not begin before the other ones end."
BOTH_OR_NEITHER = "Enter both times, or leave both empty."


def test_a_wish_is_stored_and_the_next_prompt_is_named(page, alice):
    browser = page(alice)

    answer = browser.post(URL, WISH, follow=True)

    rule = BreakRule.objects.get()
    assert (rule.patient, rule.enabled, rule.interval_minutes) == (alice, True, 25)
    assert (rule.weekdays, rule.windows) == ([0, 2, 4], [["09:00:00", "17:30:00"]])
    assert (rule.daily_cap, rule.by_push, rule.by_email) == (16, True, False)
    assert rule.next_due_at == makers.NOON + timedelta(minutes=25)
    assert pages.heading(answer) == "Your next prompt comes today at 12:25."
    assert "Your movement breaks are saved." in pages.words(answer)


def test_a_second_wish_replaces_the_first(page, alice):
    browser = page(alice)
    browser.post(URL, WISH)

    browser.post(URL, WISH | {"interval_minutes": "60", "quiet_start": "12:00", "quiet_end": "13:30"})

    rule = BreakRule.objects.get()
    assert (rule.interval_minutes, rule.quiet_start, rule.quiet_end) == (60, time(12), time(13, 30))


def test_a_day_may_have_more_than_one_time(page, alice):
    browser = page(alice)
    browser.post(URL, WISH | TWO_MORE)

    rule = BreakRule.objects.get()
    assert rule.windows == [["07:00:00", "08:00:00"], ["09:00:00", "17:30:00"], ["18:00:00", "19:00:00"]]
    form = browser.get(URL).context["form"]
    assert (form["window_1_start"].value(), form["window_3_end"].value()) == (time(7), time(19))
    assert form["window_4_start"].value() is None


def test_breaks_can_be_switched_off(page, alice):
    makers.break_rule(alice)
    browser = page(alice)

    answer = browser.post(URL, {name: wish for name, wish in WISH.items() if name != "enabled"}, follow=True)

    assert BreakRule.objects.get().enabled is False
    assert pages.heading(answer) == "Movement breaks are off."


def test_it_starts_with_the_pace_of_the_plan_and_switched_off(page, alice, plan):
    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Movement breaks are off."
    assert "Your plan says 25." in pages.words(answer)
    form = answer.context["form"]
    assert (form["interval_minutes"].value(), form["enabled"].value()) == (25, False)
    assert form["time_zone"].value() == "Europe/London"


def test_what_was_saved_is_shown(page, alice):
    makers.break_rule(alice, interval_minutes=40, weekdays=[5], quiet_start=time(13), quiet_end=time(14))

    form = page(alice).get(URL).context["form"]

    assert (form["interval_minutes"].value(), form["weekdays"].value()) == (40, [5])
    assert form["quiet_start"].value() == time(13)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"interval_minutes": "19"}, "interval_minutes", "Choose 20 to 60 minutes."),
        ({"interval_minutes": "61"}, "interval_minutes", "Choose 20 to 60 minutes."),
        ({"interval_minutes": "x"}, "interval_minutes", "Choose 20 to 60 minutes."),
        ({"interval_minutes": "20.5"}, "interval_minutes", "Choose 20 to 60 minutes."),
        ({"interval_minutes": ""}, "interval_minutes", "Choose 20 to 60 minutes."),
        ({"weekdays": []}, "weekdays", "Choose at least one day."),
        ({"weekdays": ["7"]}, "weekdays", "Choose at least one day."),
        ({"window_1_start": ""}, "window_1_start", "Enter the time of the first prompt."),
        ({"window_1_start": "25:00"}, "window_1_start", "Enter a time, such as 09:00."),
        ({"window_1_end": "08:00"}, "window_1_end", "The last hour must be later than the first."),
        ({"window_2_start": "18:00"}, "window_2_end", BOTH_OR_NEITHER),
        ({"window_3_end": "18:00"}, "window_3_start", BOTH_OR_NEITHER),
        ({"window_2_start": "x", "window_2_end": "19:00"}, "window_2_start", "Enter a time, such as 09:00."),
        # the second field is empty: what the action calls windows.1 is the third here
        (
            {"window_3_start": "19:00", "window_3_end": "18:00"},
            "window_3_end",
            "The last hour must be later than the first.",
        ),
        ({"window_3_start": "17:00", "window_3_end": "18:00"}, "window_3_start", OVERLAP),
        ({"window_2_start": "08:00", "window_2_end": "09:01"}, "window_1_start", OVERLAP),
        ({"daily_cap": "0"}, "daily_cap", "Choose 1 to 16."),
        ({"daily_cap": "17"}, "daily_cap", "Choose 1 to 16."),
        ({"daily_cap": ""}, "daily_cap", "Choose 1 to 16."),
        (
            {"quiet_start": "12:00"},
            "quiet_end",
            "Give both the start and the end of the quiet time, or neither.",
        ),
        (
            {"quiet_start": "09:00", "quiet_end": "17:30"},
            "quiet_end",
            "With this quiet time there would never be a prompt.",
        ),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone from the list."),
    ],
)
def test_a_wrong_wish_gets_one_sentence_at_its_field_and_nothing_is_stored(
    page, alice, change, field, sentence
):
    answer = page(alice).post(URL, WISH | change)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not BreakRule.objects.exists()


def test_what_was_typed_is_kept_beside_the_error(page, alice):
    answer = page(alice).post(URL, WISH | {"interval_minutes": "300"})

    assert 'value="300"' in answer.content.decode()
    assert 'value="17:30"' in answer.content.decode()


def test_the_page_is_for_patients_who_are_signed_in(page, client, bob):
    assert client.get(URL).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403
    assert page(bob).post(URL, WISH).status_code == 403


def test_nobody_elses_wish_is_shown(page, dora, alice):
    makers.break_rule(alice)

    assert pages.heading(page(dora).get(URL)) == "Movement breaks are off."


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "reminders:breaks")


def test_the_page_asks_for_the_same_rows_however_many_prompts_there_were(
    page, alice, plan, django_assert_num_queries
):
    rule = makers.break_rule(alice)
    browser = page(alice)
    with django_assert_num_queries(11):
        browser.get(URL)
    for _ in range(5):
        makers.prompt(rule)
        rule.refresh_from_db()

    with django_assert_num_queries(11):
        browser.get(URL)


def test_the_page_is_easy_to_read(page, alice):
    assert grade(pages.prose(page(alice).get(URL))) <= 6


def test_push_is_offered_to_whom_it_can_reach(page, alice):
    assert "A push message" not in page(alice).get(URL).content.decode()

    makers.push_subscription(alice)

    assert "A push message" in page(alice).get(URL).content.decode()


def test_who_cannot_choose_push_keeps_what_was_chosen(page, alice):
    makers.break_rule(alice, by_push=False)

    page(alice).post(URL, WISH)

    assert BreakRule.objects.get().by_push is False


def test_a_zone_with_a_name_that_is_not_on_the_list_stays(page, alice):
    makers.break_rule(alice, time_zone="Japan")

    html = page(alice).get(URL).content.decode()

    assert '<option value="Japan" selected>' in html


def test_the_server_s_own_zone_is_nobody_s(page, alice):
    answer = page(alice).post(URL, WISH | {"time_zone": "localtime"})

    assert answer.status_code == 422
    assert not BreakRule.objects.exists()


def test_the_heading_names_a_prompt_that_was_put_off(page, alice):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=20))
    snooze_prompt(prompt=makers.prompt(rule), minutes=10, now=makers.NOON)

    assert pages.heading(page(alice).get(URL)) == "Your next prompt comes today at 12:10."
