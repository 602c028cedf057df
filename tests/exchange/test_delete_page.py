"""Deleting one's own account: said plainly, with the password, and not while something is open."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Erasure, Role, User
from programs.delivery.channels import web_push
from programs.lib.web_push import new_vapid_key
from programs.monitoring.models import Flag
from programs.reminders.actions.calendars import renew_feed
from programs.safety.actions import request_screening
from tests import makers
from tests.accounts.test_token_sign_in import TODAY, sign_in, token_of
from tests.delivery.outbox import prompt, send_prompts
from tests.delivery.push_service import running
from tests.pages import heading, words

DELETE, GOODBYE = "/me/delete/", "/goodbye/"
SURE = {"password": makers.PASSWORD, "is_sure": "on"}

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def push_service(settings):
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    with running() as service:
        settings.WEB_PUSH_TEST_ORIGINS = [service.origin]
        yield service
        web_push.close_connections()


def test_it_says_what_goes_what_stays_and_offers_the_record_first(page, alice):
    answer = page(alice).get(DELETE)

    assert heading(answer) == "Do you want to delete your account?"
    assert "What goes, at once" in words(answer)
    assert "What stays" in words(answer)
    for way in ("/me/record.zip", "/me/record.json", "/me/"):
        assert f'href="{way}"' in answer.text


def test_with_password_and_tick_it_is_gone_and_a_page_says_goodbye(page, alice):
    browser = page(alice)

    answer = browser.post(DELETE, SURE)

    assert (answer.status_code, answer["Location"]) == (302, GOODBYE)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert heading(browser.get(GOODBYE)) == "Your account is deleted."
    assert not User.objects.filter(pk=alice.pk).exists()
    assert Erasure.objects.get().patient_id == alice.pk
    assert browser.get("/me/").status_code == 302
    assert browser.post(DELETE, SURE)["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"is_sure": "on"}, "password"),
        ({"password": "something else", "is_sure": "on"}, "password"),
        ({"password": makers.PASSWORD}, "is_sure"),
    ],
)
def test_without_either_nothing_is_deleted_and_one_sentence_says_why(page, alice, given, field):
    answer = page(alice).post(DELETE, given)

    assert answer.status_code == 422
    assert answer.text.count(f'id="id_{field}_error"') == 1
    assert makers.PASSWORD not in answer.text
    assert User.objects.filter(pk=alice.pk).exists()


def test_looking_deletes_nothing(page, alice):
    page(alice).get(DELETE, SURE)

    assert User.objects.filter(pk=alice.pk).exists()


def test_it_needs_a_csrf_token(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert browser.post(DELETE, SURE).status_code == 403
    assert User.objects.filter(pk=alice.pk).exists()


def test_while_something_is_open_the_page_says_so_and_whom_to_call(page, alice, clinic):
    Clinic.objects.update(phone="020 7946 0000")
    makers.answered(alice, RF01="yes")

    for answer in (page(alice).get(DELETE), page(alice).post(DELETE, SURE)):
        assert heading(answer) == "Something you told us is still open."
        assert "Your care team looks at it first" in words(answer)
        assert 'href="tel:020 7946 0000"' in answer.text
        assert 'name="password"' not in answer.text
        assert "RF01" not in answer.text
    assert answer.status_code == 422
    assert Flag.objects.exists()
    assert User.objects.filter(pk=alice.pk).exists()


def test_whoever_works_for_a_clinic_asks_there(page, alice, other_clinic):
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=makers.NOON)

    answer = page(alice).get(DELETE)
    assert heading(answer) == "You cannot delete this account yourself."
    assert "You work for a clinic with this account" in words(answer)
    assert page(alice).post(DELETE, SURE).status_code == 422
    assert User.objects.filter(pk=alice.pk).exists()


def test_whoever_once_worked_for_a_clinic_is_not_told_that_they_do(page, alice, other_clinic):
    membership = join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=makers.NOON)
    membership.ended_at = makers.NOON
    membership.save()

    answer = page(alice).get(DELETE)
    assert heading(answer) == "You cannot delete this account yourself."
    assert "You once worked for a clinic with this account." in words(answer)
    assert "You work for a clinic" not in words(answer)
    assert page(alice).post(DELETE, SURE).status_code == 422
    assert User.objects.filter(pk=alice.pk).exists()


def test_safety_questions_that_were_asked_for_come_first(page, alice, clinic):
    makers.screened(alice)
    request_screening(clinic=clinic, patient=alice, reason="weakness", now=makers.NOON)

    for answer in (page(alice).get(DELETE), page(alice).post(DELETE, SURE)):
        assert heading(answer) == "Please answer the safety questions first."
        assert 'class="button" href="/safety/"' in answer.text
        assert 'name="password"' not in answer.text
    assert answer.status_code == 422
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_password_is_not_to_be_guessed_here_and_nobody_else_is_kept_out(page, clinic, bob, alice):
    browser = page(alice)
    for _ in range(10):
        assert browser.post(DELETE, {"password": "guess", "is_sure": "on"}).status_code == 422

    assert browser.post(DELETE, SURE).status_code == 429
    assert User.objects.filter(pk=alice.pk).exists()
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    assert page(anna).post(DELETE, SURE)["Location"] == GOODBYE


def test_a_password_may_end_with_a_blank(page, alice):
    alice.set_password(" a heron on a red gate ")
    alice.save()

    answer = page(alice).post(DELETE, {"password": " a heron on a red gate ", "is_sure": "on"})

    assert answer["Location"] == GOODBYE


def test_a_therapist_has_no_such_page_and_a_stranger_is_asked_to_sign_in(page, client, bob):
    assert page(bob).get(DELETE).status_code == 403
    assert client.get(DELETE)["Location"] == "/account/login/?next=/me/delete/"
    assert client.get(GOODBYE).status_code == 200


def test_the_number_of_queries_does_not_grow(page, alice, django_assert_num_queries):
    browser = page(alice)
    browser.get(DELETE)
    with django_assert_num_queries(8) as first:
        browser.get(DELETE)
    makers.daily_checks(alice, makers.STEADY)

    with django_assert_num_queries(len(first)):
        browser.get(DELETE)


class TestWhatWasLeftOpen:
    """What still points to somebody who is gone answers as if they had never been."""

    def test_a_mobile_client_is_signed_out(self, page, alice):
        token = token_of(sign_in(Client(), alice.email))
        page(alice).post(DELETE, SURE)

        assert APIClient().get(TODAY, headers=token).status_code == 401
        assert sign_in(Client(), alice.email).status_code in (400, 401)

    def test_a_calendar_program_finds_nothing(self, page, client, alice, clinic):
        feed = f"/calendar/{renew_feed(clinic=clinic, patient=alice, now=makers.NOON)}.ics"
        assert client.get(feed).status_code == 200
        page(alice).post(DELETE, SURE)

        assert client.get(feed).status_code == 404

    def test_the_link_of_an_e_mail_finds_nobody(self, page, client, alice, clinic, mailoutbox, settings):
        prompt(alice, clinic=clinic, by_push=False)
        send_prompts()
        address = re.search(r"(\S+/unsubscribe/\S+)", mailoutbox[-1].body)[1]
        link = address.removeprefix(settings.SITE_ADDRESS)
        assert client.get(link).status_code == 200
        page(alice).post(DELETE, SURE)

        assert client.get(link).status_code == 404
        assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 404

    def test_a_push_that_comes_late_counts_for_nothing(self, page, alice, clinic, push_service):
        push_service.subscribe(alice, makers.NOON)
        prompt(alice, clinic=clinic, by_email=False)
        send_prompts()
        token = push_service.read(push_service.pushes[0])["token"]
        page(alice).post(DELETE, SURE)

        for door in ("receipts", "prompts/words", "prompts/done", "prompts/snooze"):
            body = {"token": token} | ({"kind": "shown"} if door == "receipts" else {})
            answer = APIClient().post(f"/api/v1/push/{door}/", body, format="json")
            assert answer.status_code in (204, 400, 404, 410), (door, answer.content)

    def test_their_therapists_old_links_find_nothing(self, page, alice, bob, plan):
        makers.daily_checks(alice, makers.RISING)
        (flag,) = Flag.objects.all()
        gone = f"/patients/{alice.pk}/"
        browser = page(bob)
        assert browser.get(gone).status_code == 200
        Flag.objects.update(level="flag")
        makers.answered(alice)
        page(alice).post(DELETE, SURE)

        assert browser.get(gone).status_code == 404
        assert page(bob).get("/caseload/").status_code == 200
        assert APIClient().get(f"/api/v1/flags/{flag.pk}/").status_code == 401
