"""The page on which a patient says when to be prompted to move."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.actions import snooze_prompt
from programs.reminders.models import BreakRule, MovementBreak
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

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
QUERIES = 13
BOTH_OR_NEITHER = "Enter both times, or leave both empty."


def test_a_wish_is_stored_and_the_next_prompt_is_named(page, alice):
    browser = page(alice)

    answer = browser.post(URL, WISH, follow=True)

    rule = BreakRule.objects.get()
    assert (rule.patient, rule.enabled, rule.interval_minutes) == (alice, True, 25)
    assert (rule.weekdays, rule.windows) == ([0, 2, 4], [["09:00:00", "17:30:00"]])
    assert (rule.daily_cap, rule.by_push) == (16, True)
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
        ({"window_1_start": ""}, "window_1_start", "Enter when prompts may begin."),
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

    assert answer.context["form"]["interval_minutes"].value() == "300"
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
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
    for _ in range(5):
        prompt = makers.prompt(rule)
        makers.not_now(prompt.due_at)
        rule.refresh_from_db()

    with django_assert_num_queries(QUERIES):
        browser.get(URL)


def test_the_page_is_easy_to_read(page, alice):
    assert grade(pages.prose(page(alice).get(URL))) <= 6


def test_push_is_offered_to_whom_it_can_reach(page, alice):
    assert "A message on this phone or computer" not in page(alice).get(URL).content.decode()

    makers.push_subscription(alice)

    assert "A message on this phone or computer" in page(alice).get(URL).content.decode()


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


# --- all that is wrong at once ---


def test_everything_that_is_wrong_is_said_in_one_round(page, alice):
    wrong = {
        "interval_minutes": "300",
        "window_1_end": "08:00",
        "window_2_start": "18:00",
        "quiet_start": "12:00",
        "daily_cap": "0",
    }

    answer = page(alice).post(URL, WISH | wrong)

    assert answer.context["form"].errors == {
        "interval_minutes": ["Choose 20 to 60 minutes."],
        "window_1_end": ["The last hour must be later than the first."],
        "window_2_end": [BOTH_OR_NEITHER],
        "quiet_end": ["Give both the start and the end of the quiet time, or neither."],
        "daily_cap": ["Choose 1 to 16."],
    }


def test_no_two_fields_have_the_same_name(page, alice):
    makers.push_subscription(alice)
    labels = [field.label for field in page(alice).get(URL).context["form"]]

    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("field", WISH)
@pytest.mark.parametrize("nonsense", ["\x00", "9" * 400, "-1", "NaN", "<b>", "٣", ["1", "x"], []])
def test_nonsense_in_any_field_is_never_a_fault_of_ours(page, alice, field, nonsense):
    answer = page(alice).post(URL, WISH | {field: nonsense})

    assert answer.status_code in (302, 422)


# --- the pace ---


def test_the_pace_of_the_plan_is_one_tap_away(page, alice, plan):
    html = page(alice).get(URL).content.decode()

    assert re.search(r'type="radio" name="interval_minutes" value="25"[^>]*checked', html)
    assert "25 <small>your plan</small>" in html


def test_a_pace_that_was_chosen_elsewhere_is_offered_too(page, alice):
    makers.break_rule(alice, interval_minutes=35)

    html = page(alice).get(URL).content.decode()

    assert re.search(r'type="radio" name="interval_minutes" value="35"[^>]*checked', html)


@pytest.fixture
def eased(alice):
    """A rule of alice's that asks less often than she wished."""
    rule = makers.break_rule(alice, interval_minutes=30)
    BreakRule.objects.filter(pk=rule.pk).update(interval_minutes=40)
    rule.refresh_from_db()
    return rule


def test_asking_less_often_is_said_openly_and_can_be_taken_back(page, alice, eased):
    browser = page(alice)
    answer = browser.get(URL)
    assert "So we now ask every 40 minutes instead of 30." in pages.words(answer)
    assert answer.context["form"]["interval_minutes"].value() == 30

    answer = browser.post(f"{URL}wish/", follow=True)

    assert "We ask every 30 minutes again." in pages.words(answer)
    assert "instead of" not in pages.words(answer)
    assert BreakRule.objects.get().interval_minutes == 30


def due_for_review(rule):
    BreakRule.objects.filter(pk=rule.pk).update(review_on=makers.NOON.date())


@pytest.mark.parametrize(
    ("answer", "minutes", "said"),
    [
        ("fewer", 40, "From now on we ask every 40 minutes."),
        ("same", 30, "We leave it as it is."),
        ("more", 20, "From now on we ask every 20 minutes."),
    ],
)
def test_once_a_week_it_asks_whether_there_are_too_many(page, alice, answer, minutes, said):
    rule = makers.break_rule(alice, interval_minutes=30)
    browser = page(alice)
    assert "Are there too many prompts?" not in pages.words(browser.get(URL))
    due_for_review(rule)
    assert "Are there too many prompts?" in pages.words(browser.get(URL))

    page_after = browser.post(f"{URL}review/", {"answer": answer}, follow=True)

    assert said in pages.words(page_after)
    assert "Are there too many prompts?" not in pages.words(page_after)
    assert BreakRule.objects.get().interval_minutes == minutes


def test_a_shorter_time_while_the_leg_is_worse_takes_a_second_word_and_loses_nothing(page, alice):
    makers.break_rule(alice, interval_minutes=60)
    makers.daily_checks(alice, makers.RISING)
    browser = page(alice)
    assert "Yes, more often" not in pages.words(browser.get(URL))

    asked = browser.post(URL, WISH)

    assert asked.status_code == 422
    assert "Do you still want prompts more often?" in pages.words(asked)
    assert "Yes, more often" in pages.words(asked)
    assert asked.context["form"]["interval_minutes"].value() == "25"
    assert BreakRule.objects.get().interval_minutes == 60

    browser.post(URL, WISH | {"confirmed": "on"})

    assert BreakRule.objects.get().interval_minutes == 25


def test_only_looking_at_a_shorter_time_asks_nothing(page, alice):
    makers.break_rule(alice, interval_minutes=60)
    makers.daily_checks(alice, makers.RISING)

    shown = page(alice).post(URL, WISH | {"preview": "1"})

    assert (shown.status_code, "Yes, more often" in pages.words(shown)) == (200, False)


def test_more_prompts_while_the_leg_is_worse_take_a_second_word(page, alice, clinic):
    due_for_review(makers.break_rule(alice, interval_minutes=30))
    makers.answered(alice, RF01="yes")  # opens a flag
    browser = page(alice)

    asked = browser.post(f"{URL}review/", {"answer": "more"})

    assert pages.heading(asked).endswith("Do you still want prompts more often?")
    assert BreakRule.objects.get().interval_minutes == 30
    sent = {"answer": pages.hidden(asked, "answer"), "confirmed": "on"}
    browser.post(f"{URL}review/", sent)
    assert BreakRule.objects.get().interval_minutes == 20


def test_going_back_while_the_leg_is_worse_takes_a_second_word(page, alice, eased):
    makers.answered(alice, RF01="yes")
    browser = page(alice)

    asked = browser.post(f"{URL}wish/")

    assert pages.heading(asked).endswith("Do you still want prompts more often?")
    assert BreakRule.objects.get().interval_minutes == 40
    browser.post(f"{URL}wish/", {"confirmed": "on"})
    assert BreakRule.objects.get().interval_minutes == 30


@pytest.mark.parametrize("sent", [{}, {"answer": "x"}, {"answer": "\x00"}, {"answer": "expired"}])
def test_another_answer_to_it_gets_one_sentence(page, alice, sent):
    makers.break_rule(alice)

    answer = page(alice).post(f"{URL}review/", sent, follow=True)

    assert "Choose Fewer, Just right or More." in pages.words(answer)


@pytest.mark.parametrize("path", ["wish/", "review/", "pause/"])
def test_without_a_rule_there_is_nothing_to_change(page, dora, alice, bob, path):
    makers.break_rule(alice)

    assert page(dora).post(f"{URL}{path}", {"answer": "more", "pause": "week"}).status_code == 404
    assert page(bob).post(f"{URL}{path}", {"answer": "more"}).status_code == 403
    assert page(alice).get(f"{URL}{path}").status_code == 405


# --- the day, and having moved ---


def test_having_just_moved_is_one_tap_and_counts_once(page, alice):
    makers.break_rule(alice, now=makers.NOON - timedelta(minutes=10))
    browser = page(alice)
    break_id = pages.hidden(browser.get(URL), "break_id")

    for _ in range(2):
        answer = browser.post(f"{URL}moved/", {"break_id": break_id}, follow=True)

    moved = MovementBreak.objects.get()
    assert (str(moved.pk), moved.source) == (break_id, "moved")
    assert pages.heading(answer) == "Your next prompt comes today at 12:20."
    words = pages.words(answer)
    assert "You took 1 break today." in words
    assert "Had just moved: 1" in words
    assert "12:00 Had just moved" in words


@pytest.mark.parametrize("sent", [{}, {"break_id": "x"}, {"break_id": "\x00"}])
def test_having_moved_without_an_id_is_not_stored(page, alice, sent):
    answer = page(alice).post(f"{URL}moved/", sent, follow=True)

    assert "Please open the page again." in pages.words(answer)
    assert not MovementBreak.objects.exists()


def test_the_day_is_a_sentence_a_picture_and_a_list(page, alice):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=50))
    makers.prompt(rule)

    answer = page(alice).get(URL)

    html = answer.content.decode()
    assert 'role="img" aria-label="1 went by today. The next one is a new chance."' in html
    assert "Went by: 1" in pages.words(answer)
    assert "11:30 Went by" in pages.words(answer)
    assert "missed" not in pages.words(answer).lower()


def test_while_breaks_are_off_there_is_no_empty_picture(page, alice):
    assert "day-strip" not in page(alice).get(URL).content.decode()


# --- the prompts to come, before anything is saved ---


def test_the_prompts_to_come_are_shown(page, alice):
    makers.break_rule(alice, interval_minutes=60)

    coming = page(alice).get(URL).context["coming"]

    assert [(day.name, day.times[0], len(day.times)) for day in coming] == [
        ("Today", "13:00", 4),
        ("Tomorrow", "09:00", 8),
        ("Sunday", "09:00", 8),
    ]


def test_a_wish_can_be_looked_at_before_it_is_saved(page, alice):
    answer = page(alice).post(URL, WISH | {"preview": "1"})

    assert answer.status_code == 200
    assert not BreakRule.objects.exists()
    words = pages.words(answer)
    assert "Nothing is saved yet." in words
    assert "Today : 13 prompts" in words.replace("Today:", "Today :")
    assert "12:25" in words
    assert pages.heading(answer) == "Movement breaks are off."
    assert answer.context["form"]["interval_minutes"].value() == "25"


def test_looking_at_a_wish_leaves_what_was_saved_alone(page, alice):
    makers.break_rule(alice, interval_minutes=60)

    answer = page(alice).post(URL, WISH | {"preview": "1"})

    assert BreakRule.objects.get().interval_minutes == 60
    assert pages.heading(answer) == "Your next prompt comes today at 13:00."


def test_htmx_gets_the_panel_alone(page, alice):
    browser, htmx = page(alice), {"HX-Request": "true"}

    answer = browser.post(URL, WISH | {"preview": "1"}, headers=htmx)
    assert answer.content.decode().count('id="preview"') == 1
    assert "<html" not in answer.content.decode()
    assert "12:25" in answer.content.decode()

    wrong = browser.post(URL, WISH | {"preview": "1", "window_1_end": "08:00"}, headers=htmx)
    assert wrong.status_code == 200
    assert "The last hour must be later than the first." in wrong.content.decode()
    off = {name: wish for name, wish in WISH.items() if name != "enabled"} | {"preview": "1"}
    assert "Movement breaks are off" in browser.post(URL, off, headers=htmx).content.decode()
    assert not BreakRule.objects.exists()


def test_a_pause_is_in_the_prompts_to_come(page, alice):
    makers.break_rule(alice, interval_minutes=60)
    browser = page(alice)

    answer = browser.post(f"{URL}pause/", {"pause": "tomorrow", "back_to": URL}, follow=True)

    assert "Your breaks are paused. Your next prompt comes tomorrow at 09:00." in pages.words(answer)
    assert answer.context["coming"][0].name == "Tomorrow"


def test_who_has_to_be_checked_first_reads_that_before_any_move(page, alice):
    makers.break_rule(alice)
    assert 'href="/breaks/now/"' in page(alice).get(URL).content.decode()

    makers.answered(alice, RF01="yes")

    body = page(alice).get(URL).content.decode().partition("<main")[2]
    assert body.index("Your exercises are on hold.") < body.index("I have just moved")
    assert 'href="/breaks/now/"' not in body
