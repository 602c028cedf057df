"""What is asked before a session starts or goes on, when it changed while a phone looked away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, answer_safety_questions, change_data, sign_in
from tests.browser.phone import Phone, press, without_server
from tests.browser.test_accessibility import say
from tests.tracker import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("early_in_the_day")]

ASK = """
from django.db import transaction
from django.utils import timezone
from programs.accounts.models import Clinic, User
from programs.safety.actions import request_screening

patient = User.objects.get(name="{who}")
with transaction.atomic():
    request_screening(clinic=Clinic.objects.get(), patient=patient, reason="weakness", now=timezone.now())
"""
ASKS_ALL = "tracker.fact('kit').then((kit) => kit.safety?.kind === 'full')"


@pytest.fixture
def phone_of(tracker, window):
    """Somebody's phone, with all questions answered up to now and the player open."""

    def opened(who: str) -> Phone:
        page = window(PHONE, service_workers="allow")
        sign_in(page, tracker, who)
        phone = Phone(page)
        phone.open()
        phone.see("safety", "before")
        if phone.screen == "safety":
            press(page.get_by_role("button", name="None of these today"))
            phone.see("before")
        wait_until(phone.is_sent, 20, "the server has the answers")
        return phone

    return opened


def wait_for_the_questions(phone: Phone) -> None:
    wait_until(lambda: phone.pass_time(0.1) or phone.path == "/safety/", 20, "all questions are asked")


def test_what_is_due_beyond_the_lines_of_a_day_is_due_the_next_day_too(tracker, phone_of):
    phone = phone_of("Daniel Osei")
    change_data(tracker, ASK.format(who="Daniel Osei"))
    phone.page.goto("/")
    wait_until(lambda: phone.pass_time(0.5) or phone.page.evaluate(ASKS_ALL), 30, "the kit is renewed")

    with without_server(tracker):
        phone.page.clock.fast_forward("24:00:00")
        phone.page.goto("/player/")
        phone.see("safety")
        expect(phone.page.get_by_text("pins and needles between your legs")).to_be_visible()


def test_whoever_answered_all_here_is_asked_again_when_there_is_something_new(tracker, phone_of):
    phone = phone_of("Yuki Tanabe")
    today = "new Intl.DateTimeFormat('sv-SE', {timeZone: 'Europe/London'}).format()"
    name = "'cleared:' + document.documentElement.dataset.patient"
    phone.page.evaluate(f"tracker.setFact({name}, {today} + ' full')")
    change_data(tracker, ASK.format(who="Yuki Tanabe"))

    phone.page.goto("/player/")

    wait_for_the_questions(phone)


def test_a_page_that_waited_for_half_an_hour_looks_again_before_the_first_move(tracker, phone_of):
    phone = phone_of("George Whitfield")
    change_data(tracker, ASK.format(who="George Whitfield"))

    phone.page.clock.fast_forward("00:31:00")
    phone.tap("pain_before", score="3")

    wait_for_the_questions(phone)


def test_a_stop_counts_however_late_it_is(phone_of):
    phone = phone_of("Margaret Ellis")
    phone.begin()

    phone.page.clock.fast_forward("13:00:00")
    phone.tap("stopped")

    phone.see("stop")


def test_what_has_to_be_asked_is_asked_before_a_session_goes_on(tracker, phone_of):
    phone = phone_of("Priya Raman")
    phone.begin()
    phone.tap("toggled")
    wait_until(phone.is_sent, 20, "the server knows of the session")
    change_data(tracker, ASK.format(who="Priya Raman"))

    phone.page.goto("/player/")
    wait_for_the_questions(phone)
    answer_safety_questions(phone.page)

    phone.see("parked")
    expect(phone.page.get_by_role("button", name="Carry on")).to_be_visible()


def test_a_session_does_not_go_on_with_what_is_ruled_out_by_now(phone_of):
    phone = phone_of("Carlos Medina")
    phone.begin()
    phone.tap("toggled")
    wait_until(phone.is_sent, 20, "the server knows of the session")
    say(phone.page, "full", {"RF21": "yes"})

    phone.page.goto("/player/")

    phone.see("parked")
    expect(phone.page.get_by_role("button", name="Carry on")).to_be_hidden()
    phone.tap("saved")
    phone.see("done")
