"""What the care team wrote, as its patient reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from programs.accounts.models import AuditEvent, Clinic
from programs.conversations.actions import post_message
from programs.conversations.models import Message
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/messages/"


def write(patient, author, body="Well done.", ago=timedelta(0)):
    return post_message(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        author=author,
        body=body,
        now=makers.NOON - ago,
    )


def write_many(patient, author, count):
    """One a day, the newest today, each numbered by how many days ago it was."""
    return [write(patient, author, f"Note {back}.", timedelta(days=back)) for back in range(count)]


def test_messages_stand_newest_first_with_author_and_date(page, alice, bob):
    write(alice, bob, "Please rest today.", timedelta(days=2))
    write(alice, bob, "You can go on now.")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Your care team wrote 2 messages."
    assert (
        "Bob Friday 20 November 2026, 12:00 You can go on now. "
        "Bob Wednesday 18 November 2026, 12:00 Please rest today."
    ) in pages.words(answer)


def test_one_message_is_one_message_and_what_the_patient_wrote_is_theirs(page, alice, bob):
    write(alice, bob, "How is it going?", timedelta(hours=2))
    write(alice, alice, "Better, thank you.")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Your care team wrote 1 message."
    assert "You Friday 20 November 2026, 12:00 Better, thank you. Bob" in pages.words(answer)


def test_the_date_is_that_of_the_patients_own_clock(page, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")
    write(eve, bob)

    assert "Saturday 21 November 2026, 01:00" in pages.words(page(eve).get(URL))


def test_without_any_it_says_so_and_how_to_reach_the_care_team(page, alice, clinic):
    Clinic.objects.filter(pk=clinic.pk).update(phone="01632 960123", emergency_number="112")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "There are no messages yet."
    words, body = pages.words(answer), answer.content.decode()
    assert "Nobody reads messages live. In an emergency, call 112 at once." in words
    assert 'href="tel:112"' in body
    assert "You cannot write here yet. Please call Stride clinic in their opening hours." in words
    assert 'href="tel:01632960123"' in body
    assert "<form" not in body.split("<main", 1)[1].split("</main>")[0]


def test_a_clinic_without_a_telephone_gets_no_dead_button(page, alice):
    answer = page(alice).get(URL)

    assert "Please ask Stride clinic in their opening hours." in pages.words(answer)
    assert 'href="tel:"' not in answer.content.decode()


def test_words_of_a_message_are_shown_as_they_were_written(page, alice, bob):
    write(alice, bob, "<script>alert(1)</script>\n\nSecond part.")

    body = page(alice).get(URL).content.decode()

    assert "&lt;script&gt;alert(1)" in body
    assert "<p>Second part.</p>" in body


@pytest.mark.parametrize(("count", "first_page", "has_older"), [(20, 20, False), (21, 20, True)])
def test_a_page_has_20_messages(page, alice, bob, count, first_page, has_older):
    write_many(alice, bob, count)

    answer = page(alice).get(URL)

    assert len(answer.context["conversation"].messages) == first_page
    assert ("Older messages" in pages.words(answer)) is has_older
    assert "Newest messages" not in pages.words(answer)


def test_older_messages_follow_without_a_gap_or_a_repeat(page, alice, bob):
    write_many(alice, bob, 30)
    for _ in range(15):  # of one moment
        write(alice, bob, "At once.", timedelta(days=40))
    browser, url, read = page(alice), URL, []
    while True:
        shown = browser.get(url).context["conversation"]
        assert shown.from_care_team == 45
        read += [message.pk for message in shown.messages]
        if shown.older is None:
            break
        url = f"{URL}?before={shown.older.pk}"

    assert read == list(Message.objects.values_list("pk", flat=True))
    assert "Newest messages" in pages.words(browser.get(url))


@pytest.mark.parametrize("before", ["", "x", "7", "\x00", "0192d0a4-6d9b-7c3e-8f21-5b1f6a0c9d7e"])
def test_a_message_that_does_not_exist_is_not_found(page, alice, bob, before):
    write(alice, bob)

    assert page(alice).get(URL, {"before": before}).status_code == 404


def test_a_message_to_somebody_else_is_neither_shown_nor_found(page, alice, bob, dora, charlie):
    theirs = write(dora, charlie, "A word for Dora.")

    assert "A word for Dora." not in pages.words(page(alice).get(URL))
    assert page(alice).get(URL, {"before": str(theirs.pk)}).status_code == 404


def test_the_page_is_for_patients_who_are_signed_in_and_only_shows(page, client, alice, bob):
    assert client.get(URL).url == f"/account/login/?next={URL}"
    assert page(bob).get(URL).status_code == 403
    assert page(alice).post(URL).status_code == 405


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "conversations:messages")


def test_more_messages_take_no_more_queries(page, alice, bob, django_assert_num_queries):
    browser = page(alice)
    write_many(alice, bob, 1)
    with django_assert_num_queries(7):
        browser.get(URL)
    write_many(alice, bob, 30)
    with django_assert_num_queries(7):
        browser.get(URL)


def test_the_page_is_easy_to_read(page, alice):
    assert grade(pages.prose(page(alice).get(URL))) <= 6
