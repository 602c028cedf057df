"""Joining by a code that a person types, and what both ways in have in common."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programs.accounts.actions import (
    WRONG_CODE_OR_YEAR,
    Invited,
    enter_with_code,
    invite_patient,
    join_clinic,
    revoke_invitation,
)
from programs.accounts.models import Invitation, Role, User
from tests import makers, pages
from tests.readability import grade
from tests.threads import at_once, somebody_waits_for_this_transaction, wait_until

JOIN = "/join/"
PASSWORD_PAGE = "/join/password/"
FORM = {"time_zone": "Europe/Madrid", "password": "a heron on a red gate"}
NOT_A_CODE = "ZZZZZ-ZZZZZ"
NOON = makers.NOON


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def invite(clinic, by) -> Invited:
    return invite_patient(
        clinic=clinic,
        invited_by=by,
        name="Maria Lindqvist",
        email="maria@example.org",
        year_of_birth=1954,
        now=NOON,
    )


@pytest.fixture
def invited(clinic, bob) -> Invited:
    return invite(clinic, bob)


@pytest.fixture(params=["code", "link"])
def come_in(request, invited):
    """Both ways in, called with a browser and a year."""

    def by_code(browser: Client, year: str = "1954"):
        return browser.post(JOIN, {"code": invited.code, "year_of_birth": year})

    def by_link(browser: Client, year: str = "1954"):
        return browser.post(f"/join/{invited.token}/", {"year_of_birth": year})

    return {"code": by_code, "link": by_link}[request.param]


def tries() -> int:
    return Invitation.objects.get().tries


# --- the page ---


def test_the_sign_in_page_leads_to_a_form_that_a_phone_can_fill_in(db, client):
    assert 'href="/join/">I have a code from my clinic</a>' in client.get("/account/login/").text
    answer = client.get(JOIN)
    assert pages.heading(answer) == "Join with the code from your clinic"
    assert "no-store" in answer["Cache-Control"]
    field = answer.text.split('name="code"')[1].split(">")[0]
    for attribute in (
        'autocomplete="one-time-code"',
        'autocapitalize="characters"',
        'spellcheck="false"',
    ):
        assert attribute in field


def test_a_code_typed_in_any_way_leads_to_the_password_and_then_in(client, invited, bob, clinic):
    typed = f" {invited.code[:3].lower()} {invited.code[3:5]}–{invited.code[5:].lower()} "
    entered = client.post(JOIN, {"code": typed, "year_of_birth": "1954"})
    assert (entered.status_code, entered["Location"]) == (302, PASSWORD_PAGE)
    assert invited.code not in str(entered.headers)

    second = client.get(PASSWORD_PAGE)
    assert "Bob invites you to Stride clinic" in pages.words(second)
    assert "maria@example.org" in pages.words(second)
    assert "year" not in pages.words(second)
    assert "no-store" in second["Cache-Control"]

    joined = client.post(PASSWORD_PAGE, FORM)
    assert (joined.status_code, joined["Location"]) == (302, "/")
    maria = User.objects.get(email="maria@example.org")
    assert client.session["_auth_user_id"] == str(maria.pk)
    assert (maria.year_of_birth, maria.time_zone) == (1954, "Europe/Madrid")
    assert maria.care_team.get().therapist == bob
    assert maria.memberships.get().clinic == clinic
    assert tries() == 0


def test_a_wrong_code_and_a_wrong_year_get_the_same_page(invited):
    wrong_code = Client().post(JOIN, {"code": NOT_A_CODE, "year_of_birth": "1954"})
    wrong_year = Client().post(JOIN, {"code": invited.code, "year_of_birth": "1955"})

    assert wrong_code.status_code == wrong_year.status_code == 422
    assert pages.words(wrong_code) == pages.words(wrong_year)
    assert WRONG_CODE_OR_YEAR in pages.words(wrong_code)
    assert "<title>Error: " in wrong_code.text


CLOSED = {
    "open": lambda: None,
    "used": lambda: Invitation.objects.update(accepted_at=NOON),
    "taken back": lambda: Invitation.objects.update(revoked_at=NOON),
    "too old": lambda: Invitation.objects.update(expires_at=NOON),
    "without tries": lambda: Invitation.objects.update(tries=Invitation.MOST_TRIES),
}


def every_byte(code: str, year: str) -> tuple[object, ...]:
    """What somebody learns who types this: the page, its headers and how many queries it took."""
    cache.clear()
    browser = Client()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(JOIN, {"code": code, "year_of_birth": year})
    text = answer.text.replace(code, "the code")
    text = re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    said = [each["sql"].split()[0] for each in queries]
    return answer.status_code, text, headers, sorted(browser.cookies), said


@pytest.mark.parametrize("state", CLOSED)
def test_a_wrong_year_tells_nothing_of_a_code_whatever_became_of_it(invited, state):
    CLOSED[state]()
    assert every_byte(invited.code, "1955") == every_byte(NOT_A_CODE, "1955")


def test_six_wrong_years_in_a_row_are_answered_as_for_a_code_that_never_was(invited):
    unknown = every_byte(NOT_A_CODE, "1955")
    assert [every_byte(invited.code, "1955") for _ in range(6)] == [unknown] * 6
    assert every_byte(invited.code, "1954") == every_byte(NOT_A_CODE, "1954")
    assert tries() == Invitation.MOST_TRIES


@pytest.mark.parametrize("state", CLOSED)
def test_a_slip_that_was_thrown_away_does_not_give_away_the_year_of_birth(invited, state):
    CLOSED[state]()
    for year in range(1949, 1954):
        every_byte(invited.code, str(year))
    assert every_byte(invited.code, "1954") == every_byte(NOT_A_CODE, "1954")


@pytest.mark.parametrize("state", ["used", "taken back", "too old"])
def test_with_the_right_year_an_old_slip_says_that_it_is_closed(client, invited, state):
    CLOSED[state]()
    answer = client.post(JOIN, {"code": invited.code, "year_of_birth": "1954"})
    assert answer.status_code == 410
    assert "Please call your clinic" in pages.words(answer)


def test_who_has_tried_a_few_times_reads_what_to_do(client, invited):
    answer = client.post(JOIN, {"code": NOT_A_CODE, "year_of_birth": "1954"})
    assert "If you have tried a few times, ask your clinic for a new slip." in pages.words(answer)


def test_what_was_typed_stays_on_the_page(client, invited):
    answer = client.post(JOIN, {"code": "abcde 12345", "year_of_birth": "1955"})
    assert 'value="abcde 12345"' in answer.text
    assert 'value="1955"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("code", "", "Enter the code from your clinic."),
        ("code", "ABCDE-1234", "A code has 10 letters and digits"),
        ("code", "ABCDE-12345-6", "A code has 10 letters and digits"),
        ("code", "ABCDE-1234U", "A code has 10 letters and digits"),
        ("code", "A" * 61, "A code has 10 letters and digits"),
        ("code", "ABCDE\x0012345", "A code has 10 letters and digits"),
        ("year_of_birth", "", "Enter the year you were born."),
        ("year_of_birth", "x", "Enter a year, such as 1954."),
        ("year_of_birth", "54", "Enter a year between 1900 and 2008."),
        ("year_of_birth", "2024", "Enter a year between 1900 and 2008."),
    ],
)
def test_what_cannot_be_right_gets_its_sentence_and_is_no_try(client, invited, field, typed, sentence):
    answer = client.post(JOIN, {"code": invited.code, "year_of_birth": "1955"} | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    assert f'id="id_{field}_error"' in answer.text
    assert tries() == 0


# --- both ways ---


def test_five_wrong_years_close_an_invitation_and_it_stays_closed(come_in):
    for number in range(1, 5):
        assert come_in(Client(), "1955").status_code == 422
        assert tries() == number
    for year in ("1955", "1955", "1954"):
        closed = come_in(Client(), year)
        assert closed.status_code in (422, 410)
        assert "your clinic" in pages.words(closed)
        assert tries() == 5


def test_a_link_says_at_once_that_it_is_closed(invited):
    link = f"/join/{invited.token}/"
    answers = [Client().post(link, {"year_of_birth": "1955"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [410] * 2
    assert "Please call your clinic" in pages.words(answers[4])
    assert pages.words(answers[4]) == pages.words(Client().get("/join/made-up/"))


def test_a_right_year_uses_up_no_try_and_forgives_none(come_in):
    come_in(Client(), "1955")
    for _ in range(6):
        assert come_in(Client())["Location"] == PASSWORD_PAGE
    assert tries() == 1


def test_tries_by_code_and_by_link_count_together(invited):
    for _ in range(2):
        Client().post(JOIN, {"code": invited.code, "year_of_birth": "1955"})
        Client().post(f"/join/{invited.token}/", {"year_of_birth": "1955"})
    Client().post(JOIN, {"code": invited.code, "year_of_birth": "1955"})
    assert tries() == 5
    assert Client().get(f"/join/{invited.token}/").status_code == 410


def test_an_invitation_is_open_for_72_hours(come_in, clock):
    clock.move_to(NOON + timedelta(hours=72) - timedelta(seconds=1))
    assert come_in(Client()).status_code == 302
    clock.move_to(NOON + timedelta(hours=72))
    assert come_in(Client()).status_code == 410


def test_one_that_was_used_or_taken_back_is_closed(come_in):
    browser = Client()
    come_in(browser)
    revoke_invitation(invitation=Invitation.objects.get(), now=NOON)
    assert browser.get(PASSWORD_PAGE).status_code == 410
    assert browser.post(PASSWORD_PAGE, FORM).status_code == 410
    assert come_in(Client()).status_code == 410
    Invitation.objects.update(revoked_at=None)

    come_in(browser)
    assert browser.post(PASSWORD_PAGE, FORM)["Location"] == "/"
    assert come_in(Client()).status_code == 410
    assert User.objects.filter(email="maria@example.org").count() == 1


def test_two_who_have_come_in_make_one_patient(come_in):
    first, second = Client(), Client()
    come_in(first)
    come_in(second)
    assert first.post(PASSWORD_PAGE, FORM).status_code == 302
    assert second.post(PASSWORD_PAGE, FORM).status_code == 410
    assert User.objects.filter(email="maria@example.org").count() == 1


def test_nobody_joins_a_therapist_who_has_left(come_in, bob):
    bob.memberships.update(ended_at=NOON)
    assert come_in(Client()).status_code == 410
    assert tries() == 0


def test_one_comes_into_the_clinic_that_invited_whatever_else_is_typed(come_in, clinic):
    other = makers.clinic("Elsewhere")
    browser = Client()
    come_in(browser)
    browser.post(PASSWORD_PAGE, FORM | {"clinic": str(other.pk), "invitation": "x", "year_of_birth": "1990"})
    maria = User.objects.get(email="maria@example.org")
    assert maria.memberships.get().clinic == clinic
    assert maria.year_of_birth == 1954


def test_looking_is_no_try_and_changes_nothing(client, invited):
    for _ in range(25):
        assert client.get(JOIN).status_code == 200
        assert client.get(JOIN, {"code": invited.code, "year_of_birth": "1954"}).status_code == 200
    assert client.get(PASSWORD_PAGE)["Location"] == JOIN
    assert tries() == 0


def test_an_address_has_20_tries_an_hour_over_both_ways(come_in, invited, clock):
    for _ in range(10):
        assert Client().post(JOIN, {"code": NOT_A_CODE, "year_of_birth": "1954"}).status_code == 422
        assert Client().get("/join/made-up/").status_code == 410
    refused = come_in(Client())
    assert refused.status_code == 429
    assert "Too many tries" in refused.text
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(JOIN, {"code": NOT_A_CODE, "year_of_birth": "1954"}).status_code == 422
    clock.shift(timedelta(hours=1, seconds=1))
    assert come_in(Client()).status_code == 302


# --- from the one page to the other ---


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_password_page_is_for_those_who_have_come_in(client, invited, method):
    answer = getattr(client, method)(PASSWORD_PAGE, FORM)
    assert (answer.status_code, answer["Location"]) == (302, JOIN)
    assert not User.objects.filter(email="maria@example.org").exists()


def test_one_has_an_hour_to_choose_a_password(client, come_in, clock):
    come_in(client)
    clock.shift(timedelta(minutes=59))
    assert client.get(PASSWORD_PAGE).status_code == 200
    clock.shift(timedelta(minutes=2))
    assert client.post(PASSWORD_PAGE, FORM)["Location"] == JOIN
    assert not User.objects.filter(email="maria@example.org").exists()


def test_coming_in_makes_a_new_session_and_joining_another(client, come_in):
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies["sessionid"] = set_by_another = session.session_key
    come_in(client)
    come_in_with = client.session.session_key
    client.post(PASSWORD_PAGE, FORM)
    assert len({set_by_another, come_in_with, client.session.session_key}) == 3
    assert "entered_invitation" not in client.session

    other = Client()
    other.cookies["sessionid"] = set_by_another
    assert other.get(PASSWORD_PAGE)["Location"] == JOIN


@pytest.mark.parametrize("path", [JOIN, PASSWORD_PAGE])
def test_somebody_signed_in_is_asked_to_sign_out_first(page, bob, invited, path):
    browser = page(bob)
    for answer in (browser.get(path), browser.post(path, {"code": invited.code, "year_of_birth": "1955"})):
        assert answer.status_code == 200
        assert "You are signed in as <strong>bob@example.org</strong>" in answer.text
    assert tries() == 0


def test_neither_the_code_nor_the_year_is_logged(client, invited, caplog):
    with caplog.at_level("DEBUG"):
        for year in ("1955", "1954"):
            client.post(JOIN, {"code": invited.code, "year_of_birth": year})
    said = " ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert invited.code not in said


@pytest.mark.parametrize("path", [JOIN, "link", PASSWORD_PAGE])
def test_the_words_are_plain(client, invited, path):
    client.post(JOIN, {"code": invited.code, "year_of_birth": "1954"})
    answer = client.get(f"/join/{invited.token}/" if path == "link" else path)
    assert answer.status_code == 200
    assert grade(pages.prose(answer)) <= 6


# --- many at once ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_many_wrong_years_at_once_five_are_compared():
    clinic = makers.clinic()
    code = invite(clinic, makers.therapist(clinic)).code

    def enter(year: int) -> str:
        try:
            enter_with_code(code=code, year_of_birth=year, now=NOON)
        except ValidationError as error:
            return str(error.message)
        return "in"

    years = [1955, 1956, 1957, 1958, 1959, 1960, 1961, 1962]
    answers = at_once(*[partial(enter, year) for year in years])

    assert set(answers) == {WRONG_CODE_OR_YEAR}
    assert tries() == Invitation.MOST_TRIES
    assert enter(1954) == WRONG_CODE_OR_YEAR


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_the_right_year_waits_for_the_wrong_one_that_is_being_counted():
    clinic = makers.clinic()
    code = invite(clinic, makers.therapist(clinic)).code
    is_locked = Event()

    def last_wrong_year() -> None:
        with transaction.atomic():
            Invitation.objects.update(tries=Invitation.MOST_TRIES)
            is_locked.set()
            wait_until(somebody_waits_for_this_transaction)

    def right_year() -> None:
        assert is_locked.wait(timeout=30)
        with pytest.raises(ValidationError, match="do not go together"):
            enter_with_code(code=code, year_of_birth=1954, now=NOON)

    at_once(last_wrong_year, right_year)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_two_at_once_never_give_more_tries_than_there_are():
    clinic = makers.clinic()
    therapist = makers.person("thea")
    join_clinic(user=therapist, clinic=clinic, role=Role.THERAPIST, now=NOON)
    code = invite(clinic, therapist).code
    Invitation.objects.update(tries=Invitation.MOST_TRIES - 1)

    def enter() -> str:
        with pytest.raises(ValidationError) as refused:
            enter_with_code(code=code, year_of_birth=1955, now=NOON)
        return str(refused.value.message)

    assert at_once(enter, enter) == [WRONG_CODE_OR_YEAR, WRONG_CODE_OR_YEAR]
    assert tries() == Invitation.MOST_TRIES
