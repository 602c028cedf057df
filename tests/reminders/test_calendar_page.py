"""The page of the patient's own calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from programs.accounts.models import AuditEvent
from programs.lib.public_address import NOT_HTTPS, NOT_PUBLIC
from programs.reminders.actions.calendars import (
    FILE_HORIZON,
    renew_feed,
    set_calendar_address,
    set_calendar_file,
    store_problem,
)
from programs.reminders.models import BusyCalendar, CalendarFeed
from programs.reminders.rules.busy import NOT_A_CALENDAR, TOO_MUCH
from tests import makers, pages
from tests.readability import grade
from tests.reminders.calendars import at, busy_of, calendar, event

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/reminders/calendar/"
# An address in numbers: no resolver is asked, and nobody is called before the task runs.
ADDRESS = "https://93.184.215.14/private-0123456789/basic.ics"
SECRET = "private-0123456789"
LUNCH = calendar(event(at(13), at(14)))


def file_of(text: str | bytes, name: str = "my.ics") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def send_file(browser, text: str | bytes, **more):
    return browser.post(URL, {"give": "file", "file": file_of(text)}, **more)


def test_it_says_first_to_save_movement_breaks(page, alice):
    answer = page(alice).get(URL)

    assert "First save your movement breaks." in pages.words(answer)
    assert 'name="address"' not in answer.content.decode()


def test_an_address_is_saved_and_never_shown_whole(page, alice):
    makers.break_rule(alice)
    browser = page(alice)

    answer = browser.post(URL, {"give": "address", "address": ADDRESS}, follow=True)

    assert BusyCalendar.objects.get().address == ADDRESS
    assert answer.redirect_chain == [(URL, 302)]
    words = pages.words(answer)
    assert "Your calendar is saved. We will read it in a few minutes." in words
    assert "93.184.215.14" in words
    for shown in (answer, browser.get(URL)):
        assert SECRET not in shown.content.decode()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Enter the address of your calendar."),
        ("   ", "Enter the address of your calendar."),
        ("http://93.184.215.14/a.ics", NOT_HTTPS),
        ("my calendar", NOT_HTTPS),
        ("https://10.0.0.1/a.ics", NOT_PUBLIC),
        ("webcal://127.0.0.1/a.ics", NOT_PUBLIC),
        ("https://169.254.169.254/latest/meta-data/", NOT_PUBLIC),
        ("https://[::ffff:10.0.0.1]/", NOT_PUBLIC),
        ("https://localhost/a.ics", NOT_PUBLIC),
        ("https://localhost.localdomain/a.ics", NOT_PUBLIC),
        ("https://93.184.215.14:22/a.ics", NOT_PUBLIC),
        ("https://93.184.215.14/\0", NOT_PUBLIC),
        ("https://93.184.215.14/" + "a" * 1000, "This address is too long for us."),
    ],
)
def test_a_wrong_address_gets_one_sentence_at_its_field_and_nothing_is_stored(page, alice, address, sentence):
    makers.break_rule(alice)

    answer = page(alice).post(URL, {"give": "address", "address": address})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"address": [sentence]}
    assert 'id="id_address_error"' in answer.content.decode()
    assert not BusyCalendar.objects.exists()


def test_without_movement_breaks_an_address_is_refused_in_words(page, alice):
    answer = page(alice).post(URL, {"give": "address", "address": ADDRESS})

    assert answer.status_code == 422
    assert "Save your movement breaks first." in answer.content.decode()


def test_a_file_is_read_at_once(page, alice):
    makers.break_rule(alice)

    answer = send_file(page(alice), LUNCH, follow=True)

    assert busy_of(alice) == ["13:00-14:00"]
    words = pages.words(answer)
    assert "We have read your calendar." in words
    assert "Today we keep quiet from 13:00 to 14:00" in words
    assert "Known until 18 February" in words
    assert BusyCalendar.objects.get().known_until == makers.NOON + FILE_HORIZON


def test_a_file_may_hold_what_is_no_text(page, alice):
    makers.break_rule(alice)

    send_file(page(alice), b"\xef\xbb\xbf" + LUNCH.encode().replace(b"SUMMARY:", b"SUMMARY:\xff\x00"))

    assert busy_of(alice) == ["13:00-14:00"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", NOT_A_CALENDAR),
        (b"hello", NOT_A_CALENDAR),
        (b"\0" * 100, NOT_A_CALENDAR),
        (b"\x89PNG\r\n\x1a\n", NOT_A_CALENDAR),
        (b"a" * 1_000_001, TOO_MUCH),
    ],
    ids=["empty", "words", "nul", "picture", "long"],
)
def test_a_wrong_file_gets_one_sentence_at_its_field(page, alice, text, sentence):
    makers.break_rule(alice)

    answer = send_file(page(alice), text)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": [sentence]}
    assert not BusyCalendar.objects.exists()


def test_no_file_is_one_sentence_too(page, alice):
    makers.break_rule(alice)

    for sent in ({"give": "file"}, {"give": "file", "file": "text"}):
        answer = page(alice).post(URL, sent)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"file": ["Choose the file of your calendar."]}


def test_a_body_far_beyond_a_calendar_is_not_read_at_all(page, alice):
    makers.break_rule(alice)

    answer = send_file(page(alice), b"a" * (1024 * 1024 + 1))

    assert answer.status_code == 413
    assert "Send less than 1024 kB at a time." in pages.words(answer)


def test_no_other_page_takes_a_body_of_that_size(page, alice):
    answer = page(alice).post("/breaks/", {"file": file_of(b"a" * 300_000)})

    assert answer.status_code == 413
    assert "Send less than 256 kB at a time." in pages.words(answer)


def send_raw(browser, body: bytes, boundary: str = "b"):
    """The answer to a form just as it is sent, without another's help to write it well."""
    return browser.generic("POST", URL, body, content_type=f"multipart/form-data; boundary={boundary}")


def part(headers: str, content: bytes = b"x") -> bytes:
    return b"--b\r\n" + headers.encode() + b"\r\n\r\n" + content + b"\r\n"


GIVE_FILE = part('Content-Disposition: form-data; name="give"', b"file")
FILE = 'Content-Disposition: form-data; name="file"; filename="{}"'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (GIVE_FILE + part(FILE.format("a.ics")) * 101, 400),
        (GIVE_FILE + part('Content-Disposition: form-data; name="x"') * 1_001, 400),
        (GIVE_FILE + part('Content-Disposition: form-data; name="x"', b"x" * 300_000), 400),
        (GIVE_FILE + part(FILE.format("a.ics")) * 3, 422),
        (GIVE_FILE + part(FILE.format("a" * 900)), 422),
        (GIVE_FILE + part(FILE.format("a" * 300_000)), 400),
        (GIVE_FILE + part(FILE.format("../../\0etc/passwd")), 422),
        (GIVE_FILE + part(FILE.format("")), 422),
        (GIVE_FILE + part(FILE.format("a.ics"), b""), 422),
        (GIVE_FILE + part(FILE.format("a.ics"), bytes(range(256)) * 400), 422),
        (GIVE_FILE + part(FILE.format("a.ics") + "\r\nContent-Transfer-Encoding: base64", b"!!!"), 400),
        (GIVE_FILE + part(FILE.format("a.ics") + "\r\nContent-Type: text/x; charset=nonsense"), 422),
        (GIVE_FILE + part("X: y" * 10_000), 400),
        (b"", 422),
        (b"no parts at all", 422),
        (GIVE_FILE.removesuffix(b"\r\n"), 422),
    ],
)
def test_whatever_form_is_sent_is_answered_and_never_stored(page, alice, body, status):
    makers.break_rule(alice)

    answer = send_raw(page(alice), body + b"--b--\r\n")

    assert answer.status_code == status
    assert not BusyCalendar.objects.exists()


@pytest.mark.parametrize("boundary", ["", "\xff", "a" * 300, "other"])
def test_a_form_with_a_strange_boundary_is_answered(page, alice, boundary):
    makers.break_rule(alice)

    answer = send_raw(page(alice), GIVE_FILE + part(FILE.format("a.ics")) + b"--b--\r\n", boundary)

    assert answer.status_code in (400, 422)
    assert not BusyCalendar.objects.exists()


def test_events_that_cannot_be_read_are_told_and_the_others_keep_it_quiet(page, alice):
    makers.break_rule(alice)
    odd = "BEGIN:VEVENT\r\nUID:{}\r\nSUMMARY:x\r\nEND:VEVENT\r\n"

    answer = send_file(
        page(alice), calendar(event(at(13), at(14)), odd.format(1), odd.format(2)), follow=True
    )

    words = pages.words(answer)
    assert "We could not read 2 of your events." in words
    assert "Today we keep quiet from 13:00 to 14:00" in words
    assert busy_of(alice) == ["13:00-14:00"]

    again = send_file(page(alice), LUNCH, follow=True)
    assert "We could not read" not in pages.words(again)


def test_todays_busy_times_are_those_that_are_not_over_and_end_with_the_day(page, alice):
    makers.break_rule(alice)
    tomorrow = makers.NOON + timedelta(days=1)
    times = [
        (at(9), at(10)),
        (at(11, 30), at(12, 30)),
        (at(23), tomorrow.replace(hour=1)),
        (tomorrow, tomorrow),
    ]
    text = calendar(*(event(start, end + timedelta(minutes=start == end)) for start, end in times))
    set_calendar_file(patient=alice, text=text, now=makers.NOON)

    words = pages.words(page(alice).get(URL))

    assert "Today we keep quiet from 12:00 to 12:30 from 23:00 to 00:00" in words
    assert "from 09:00" not in words


def test_a_day_without_meetings_says_so(page, alice):
    makers.break_rule(alice)
    set_calendar_file(patient=alice, text=calendar(), now=makers.NOON)

    assert "Nothing more in your calendar today." in pages.words(page(alice).get(URL))


def test_a_problem_is_told_in_words(page, alice):
    makers.break_rule(alice)
    stored = set_calendar_address(patient=alice, address=ADDRESS, now=makers.NOON)
    store_problem(calendar=stored, problem=NOT_A_CALENDAR)

    words = pages.words(page(alice).get(URL))

    assert NOT_A_CALENDAR in words
    assert "We will read your calendar in a few minutes." not in words


def test_a_calendar_is_removed_with_one_tap(page, alice):
    makers.break_rule(alice)
    set_calendar_file(patient=alice, text=LUNCH, now=makers.NOON)

    answer = page(alice).post(f"{URL}remove/", follow=True)

    assert "We have removed your calendar and your busy times." in pages.words(answer)
    assert not BusyCalendar.objects.exists()
    assert busy_of(alice) == []


def test_the_feeds_address_is_shown_once_when_it_is_made(page, alice):
    browser = page(alice)

    made = browser.post(f"{URL}feed/")

    address = made.context["address"]
    assert address.startswith("http://testserver/calendar/")
    assert address in pages.words(made)
    assert f'href="webcal://{address.removeprefix("http://")}"' in made.content.decode()
    again = browser.get(URL)
    assert address.rpartition("/")[2] not in again.content.decode()
    assert "On since 20 November" in pages.words(again)
    assert "Last read not yet" in pages.words(again)


def test_a_new_address_and_none_at_all_are_one_tap(page, alice, client):
    browser = page(alice)
    first = browser.post(f"{URL}feed/").context["address"]
    second = browser.post(f"{URL}feed/").context["address"]

    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    answer = browser.post(f"{URL}feed/end/", follow=True)
    assert "The address does not work any more." in pages.words(answer)
    assert client.get(second).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_coming_back_from_signing_in_leads_to_the_page(page, alice):
    assert page(alice).get(f"{URL}feed/").url == URL


@pytest.mark.parametrize("path", ["", "remove/", "feed/", "feed/end/"])
def test_the_page_is_for_patients_who_are_signed_in(page, client, bob, path):
    assert client.post(URL + path).url.startswith("/account/login/")
    assert page(bob).post(URL + path).status_code == 403


def test_nobody_elses_calendar_or_address_is_shown_or_changed(page, alice, dora):
    makers.break_rule(alice)
    set_calendar_file(patient=alice, text=LUNCH, now=makers.NOON)
    renew_feed(clinic=alice.memberships.get().clinic, patient=alice, now=makers.NOON)
    browser = page(dora)

    words = pages.words(browser.get(URL))
    browser.post(f"{URL}remove/")
    browser.post(f"{URL}feed/end/")

    assert "13:00" not in words
    assert "Make my address" in words
    assert busy_of(alice) == ["13:00-14:00"]
    assert CalendarFeed.objects.filter(patient=alice).exists()


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "reminders:calendar")


@pytest.mark.parametrize("stands", ["nothing", "rule", "file", "address", "problem", "feed"])
def test_the_page_is_easy_to_read(page, alice, stands):
    browser = page(alice)
    if stands not in ("nothing", "feed"):
        makers.break_rule(alice)
    if stands == "file":
        send_file(browser, LUNCH)
    if stands in ("address", "problem"):
        browser.post(URL, {"give": "address", "address": ADDRESS})
    if stands == "problem":
        store_problem(calendar=BusyCalendar.objects.get(), problem=NOT_PUBLIC)
    answer = browser.post(f"{URL}feed/") if stands == "feed" else browser.get(URL)

    assert grade(pages.prose(answer)) <= 6
