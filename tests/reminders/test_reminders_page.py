"""The one page to see and change every reminder, and the reminder in an open page; without JavaScript."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.delivery.actions import opt_out_of_email
from programs.delivery.models import EmailOptOut
from programs.reminders.actions import remind_due
from programs.reminders.models import BreakRule, Kind, Reminder, ReminderSettings
from programs.reminders.queries import showing_reminders
from tests import makers, pages
from tests.readability import grade
from tests.reminders.test_reminders_sweep import moment, reminders

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/reminders/"
WISH = {
    "by_session": "on",
    "session_time_0": "18:00",
    "session_time_1": "10:00",
    "session_time_2": "",
    "session_time_3": "",
    "weekdays": ["0", "2", "4"],
    "by_daily_check": "on",
    "daily_check_at": "19:00",
    "morning_check_at": "09:00",
    "digest_at": "08:00",
    "quiet_start": "21:00",
    "quiet_end": "08:00",
    "time_zone": "Europe/London",
}
STAFF = {
    "by_digest": "on",
    "digest_at": "08:00",
    "quiet_start": "",
    "quiet_end": "",
    "time_zone": "Europe/London",
}


def kinds() -> set[tuple[str, str]]:
    return {(each.kind, f"{each.at:%H:%M}") for each in Reminder.objects.all()}


def test_what_is_chosen_is_stored_and_the_next_is_named(page, alice):
    answer = page(alice).post(URL, WISH, follow=True)

    stored = ReminderSettings.objects.get()
    assert (stored.session_times, stored.weekdays) == (["10:00", "18:00"], [0, 2, 4])
    assert (stored.daily_check_at, stored.morning_check_at, stored.digest_at) == (time(19), None, None)
    assert (stored.quiet_start, stored.quiet_end, stored.by_push) == (time(21), time(8), True)
    assert kinds() == {("session", "10:00"), ("session", "18:00"), ("daily_check", "19:00")}
    assert pages.heading(answer) == "Next: your exercises today at 18:00."
    assert "Your exercises Next: today at 18:00" in pages.words(answer)
    assert "At 10:00 and 18:00, on Mon, Wed, Fri" in pages.words(answer)
    assert "Your Daily check Next: today at 19:00" in pages.words(answer)
    assert "Your morning check Off" in pages.words(answer)
    assert "Movement breaks Off" in pages.words(answer)


def test_nothing_is_on_by_itself_and_one_tap_takes_what_is_suggested(page, alice, plan):
    browser = page(alice)

    assert pages.heading(browser.get(URL)) == "You have no reminders yet."
    assert not ReminderSettings.objects.exists()
    answer = browser.post("/reminders/suggested/", follow=True)

    assert kinds() == {
        *(("session", "10:00"), ("session", "18:00")),
        *(("morning_check", "09:00"), ("daily_check", "19:00")),
    }
    assert pages.heading(answer) == "Next: your exercises today at 18:00."
    browser.post(URL, WISH)
    browser.post("/reminders/suggested/")  # from a page that was open still
    assert ("morning_check", "09:00") not in kinds()


def test_a_form_sent_as_it_stands_changes_nothing(page, alice):
    browser = page(alice)
    browser.post(URL, WISH)
    before = ReminderSettings.objects.values().get()
    form = browser.get(URL).context["form"]
    shown = {name: form[name].value() for name in form.fields}

    sent = {name: value for name, value in shown.items() if value not in (None, False)}
    browser.post(URL, sent)

    assert ReminderSettings.objects.values().get() == before


def test_everything_stops_and_starts_again_in_one_tap(page, alice):
    browser = page(alice)
    browser.post(URL, WISH)
    makers.break_rule(alice)
    before = kinds()

    answer = browser.post("/reminders/stop/", follow=True)

    assert pages.heading(answer) == "All your reminders are stopped."
    assert kinds() == set()
    assert not BreakRule.objects.get().enabled
    browser.post("/reminders/stop/")
    browser.post("/reminders/start/")
    browser.post("/reminders/start/")
    assert kinds() == before
    assert BreakRule.objects.get().enabled


def test_breaks_that_were_off_before_stay_off(page, alice):
    browser = page(alice)
    makers.break_rule(alice, enabled=False)
    browser.post("/reminders/stop/")
    browser.post("/reminders/start/")

    assert not BreakRule.objects.get().enabled


def test_whoever_saves_starts_again(page, alice):
    browser = page(alice)
    browser.post("/reminders/stop/")
    browser.post(URL, WISH)

    assert ReminderSettings.objects.get().stopped_at is None
    assert len(kinds()) == 3


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        pytest.param({"session_time_0": ""}, "session_time_0", "Enter a time, such as 10:00.", id="none"),
        pytest.param({"session_time_0": "soon"}, "session_time_0", "Enter a time", id="no time"),
        pytest.param({"session_time_0": "1\x000:00"}, "session_time_0", "Enter a time", id="NUL"),
        pytest.param({"session_time_3": "11:59"}, "session_time_3", "Leave at least 2 hours", id="close"),
        pytest.param({"session_time_3": "18:00"}, "session_time_3", "Leave at least 2 hours", id="twice"),
        pytest.param({"session_time_2": "07:00"}, "session_time_2", "This is in your quiet time", id="quiet"),
        pytest.param(
            {"daily_check_at": "21:00"}, "daily_check_at", "This is in your quiet time", id="quiet2"
        ),
        pytest.param({"weekdays": []}, "weekdays", "Choose at least one day.", id="no day"),
        pytest.param({"weekdays": ["7"]}, "weekdays", "Choose at least one day.", id="no such day"),
        pytest.param({"weekdays": ["9" * 30]}, "weekdays", "Choose at least one day.", id="huge"),
        pytest.param(
            {"by_morning_check": "on", "morning_check_at": "15:00"},
            "morning_check_at",
            "Choose a time from 4 in the morning to noon.",
            id="no morning",
        ),
        pytest.param({"quiet_end": ""}, "quiet_end", "Give both the start and the end", id="half"),
        pytest.param({"quiet_start": ""}, "quiet_start", "Give both the start and the end", id="half2"),
        pytest.param({"quiet_end": "21:00"}, "quiet_end", "would last all day", id="all day"),
        pytest.param({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone", id="zone"),
        pytest.param({"time_zone": ""}, "time_zone", "Choose a time zone", id="no zone"),
        pytest.param({"time_zone": "a\x00b"}, "time_zone", "Choose a time zone", id="NUL zone"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(page, alice, changes, field, sentence):
    answer = page(alice).post(URL, WISH | changes)

    assert answer.status_code == 422
    (error,) = answer.context["form"].errors[field]
    assert error.startswith(sentence) or sentence in error
    assert not ReminderSettings.objects.exists()


def test_a_time_that_is_off_may_be_anything(page, alice):
    wish = WISH | {"morning_check_at": "", "digest_at": "22:00"}

    assert page(alice).post(URL, wish).status_code == 302


def test_an_e_mail_goes_where_the_page_says_and_can_be_taken_again(page, alice):
    browser = page(alice)
    opt_out_of_email(user=alice, now=makers.NOON)

    answer = browser.get(URL)

    assert "It goes to alice@example.org." in pages.words(answer)
    assert "You have stopped our e-mails" in pages.words(answer)
    answer = browser.post("/reminders/email/", follow=True)
    assert not EmailOptOut.objects.exists()
    assert "You have stopped our e-mails" not in pages.words(answer)


def test_a_therapist_has_a_daily_note_and_nothing_else(page, bob, alice):
    browser = page(bob)
    assert pages.heading(browser.get(URL)) == "You get no daily note."

    answer = browser.post(URL, STAFF | WISH, follow=True)

    stored = ReminderSettings.objects.get()
    assert (stored.session_times, stored.daily_check_at, stored.digest_at) == ([], None, time(8))
    assert kinds() == {("caseload", "08:00")}
    assert pages.heading(answer) == "You get a daily note when somebody needs a look."
    assert "Next: on Monday at 08:00, if somebody needs a look" in pages.words(answer)  # it is Friday noon
    assert browser.post(URL, STAFF | {"digest_at": ""}).status_code == 422


@pytest.mark.parametrize(
    "path", ["", "stop/", "start/", "email/", "suggested/", "open/", "notice/", "not-today/"]
)
def test_who_is_signed_out_signs_in_first(client, db, path):
    for send in (client.get, client.post):
        answer = send(URL + path)
        assert answer.status_code in (302, 405)
        assert answer.status_code == 405 or "login" in answer["Location"]


def test_an_administrator_has_none(page, clinic):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert page(adam).get(URL).status_code == 403
    assert page(adam).post(URL, STAFF).status_code == 403


@pytest.mark.parametrize("path", ["suggested/", "notice/", "not-today/"])
def test_what_is_for_patients_is_not_for_their_therapist(page, bob, path):
    send = page(bob).get if path == "notice/" else page(bob).post
    assert send(URL + path).status_code == 403


def test_starting_again_without_a_choice_is_not_there(page, alice):
    assert page(alice).post("/reminders/start/").status_code == 404


def test_every_look_is_written_down(page, alice):
    page(alice).get(URL)

    assert AuditEvent.objects.get().door == "reminders:reminders"


def showing(kind: str, patient) -> Reminder:
    """What came at noon."""
    reminders(
        patient,
        now=makers.NOON - timedelta(minutes=1),
        daily_check_at=time(12) if kind == "daily_check" else None,
        session_times=[time(12)] if kind == "session" else [],
        morning_check_at=time(12) if kind == "morning_check" else None,
    )
    Reminder.objects.update(wanted_on=[makers.NOON.date().isoformat()])
    remind_due(now=makers.NOON)
    return Reminder.objects.get()


@pytest.mark.parametrize(
    ("kind", "words", "way", "leads_to"),
    [
        ("session", "Time for your exercises", "/player/", "/"),
        ("morning_check", "How is your leg this morning?", "/morning/", "/morning/"),
        ("daily_check", "Time for your Daily check", "/check/", "/check/"),
    ],
)
def test_an_open_page_shows_what_is_due_and_a_notification_leads_to_it(
    page, alice, plan, kind, words, way, leads_to
):
    showing(kind, alice)
    browser = page(alice)

    html = browser.get("/me/").content.decode()

    assert words in html
    assert f'href="{way}"' in html
    assert browser.get("/reminders/open/")["Location"] == leads_to


def test_nothing_due_leads_to_the_first_page(page, alice, bob):
    assert page(alice).get("/reminders/open/")["Location"] == "/"
    assert page(bob).get("/reminders/open/")["Location"] == "/"


@pytest.mark.parametrize("path", ["/help/", "/safety/help-now/", "/check/"])
def test_it_stays_out_of_the_way_of_help_and_of_questions(page, alice, plan, path):
    showing("daily_check", alice)
    makers.answered(alice, RF01="yes")

    assert "Time for your Daily check" not in page(alice).get(path, follow=True).content.decode()


def test_not_today_ends_it(page, alice):
    showing("daily_check", alice)
    browser = page(alice)

    answer = browser.post("/reminders/not-today/", {"kind": "daily_check", "back_to": "/me/"})

    assert answer["Location"] == "/me/"
    assert "Time for your Daily check" not in browser.get("/me/").content.decode()
    assert Reminder.objects.get().show_until is None


def test_not_today_in_place(page, alice):
    showing("daily_check", alice)

    answer = page(alice).post(
        "/reminders/not-today/", {"kind": "daily_check"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert "Daily check" not in answer.content.decode()


@pytest.mark.parametrize("kind", ["", "digest", "x" * 5000, "daily\x00check"])
def test_an_unknown_kind_says_so(page, alice, kind):
    answer = page(alice).post(
        "/reminders/not-today/", {"kind": kind, "back_to": "https://elsewhere.example/"}, follow=True
    )

    assert answer.redirect_chain == [("/", 302)]
    assert "Choose one of your reminders." in pages.words(answer)


def test_another_patients_reminder_stays(page, alice, dora):
    showing("daily_check", dora)

    page(alice).post("/reminders/not-today/", {"kind": "daily_check"})

    assert Reminder.objects.get().show_until is not None
    assert "Time for your Daily check" not in page(alice).get("/me/").content.decode()


def test_an_open_page_asks_again_and_is_told_only_what_is_new(page, alice):
    reminder = showing("daily_check", alice)
    browser = page(alice)

    assert "Time for your Daily check" in browser.get("/reminders/notice/").content.decode()
    assert browser.get("/reminders/notice/", {"reminder": f"{reminder.pk}.1"}).status_code == 204
    assert browser.get("/reminders/notice/", {"reminder": "x\x00"}).status_code == 200
    with time_machine.travel(moment("15:00"), tick=False):
        answer = page(alice).get("/reminders/notice/", {"reminder": f"{reminder.pk}.1"})
    assert "Daily check" not in answer.content.decode()


def test_the_notice_costs_a_page_one_query(alice, django_assert_num_queries):
    showing("daily_check", alice)

    with django_assert_num_queries(1):
        assert [each.kind for each in showing_reminders(alice, makers.NOON)] == [Kind.DAILY_CHECK]


@pytest.mark.parametrize("is_full", [False, True])
def test_the_page_asks_a_fixed_number_of_questions(page, alice, is_full, django_assert_max_num_queries):
    browser = page(alice)
    if is_full:
        browser.post(URL, WISH | {"by_digest": "on", "by_morning_check": "on"})

    with django_assert_max_num_queries(17):
        browser.get(reverse("reminders:reminders"))


def test_the_page_is_easy_to_read(page, alice):
    browser = page(alice)
    assert grade(pages.prose(browser.get(URL))) <= 6
    browser.post(URL, WISH)
    assert grade(pages.prose(browser.get(URL))) <= 6
