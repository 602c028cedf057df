"""Signing in from a mobile client: e-mail and password in, a session token out."""

from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from tests import makers

SIGN_IN = "/api/v1/auth/app/v1/auth/login"
SIGN_UP = "/api/v1/auth/app/v1/auth/signup"
SESSION = "/api/v1/auth/app/v1/auth/session"
TODAY = "/api/v1/today/"


def sign_in(client: Client, email: str, password: str = makers.PASSWORD, **more: Any) -> Any:
    body = {"email": email, "password": password}
    return client.post(SIGN_IN, body, content_type="application/json", **more)


def token_of(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content
    return {"X-Session-Token": answer.json()["meta"]["session_token"]}


def test_e_mail_and_password_give_a_token_that_opens_the_doors(client, alice):
    token = token_of(sign_in(client, alice.email))

    answer = Client().get(TODAY, headers=token)

    assert answer.status_code == 200
    assert Client().get(TODAY).status_code == 401


def test_a_token_opens_only_its_owners_doors(client, alice, plan, dora):
    token = token_of(sign_in(client, dora.email))

    assert Client().get(f"/api/v1/plans/{plan.pk}/", headers=token).status_code == 404
    assert Client().get("/api/v1/flags/", headers=token).status_code == 403


def test_signing_out_ends_the_token_at_once(client, alice):
    token = token_of(sign_in(client, alice.email))
    other_phone = token_of(sign_in(Client(), alice.email))

    Client().delete(SESSION, headers=token)

    assert Client().get(TODAY, headers=token).status_code == 401
    assert Client().get(TODAY, headers=other_phone).status_code == 200


def test_a_person_who_is_switched_off_is_signed_out_everywhere(client, alice):
    token = token_of(sign_in(client, alice.email))

    alice.is_active = False
    alice.save(update_fields=["is_active"])

    assert Client().get(TODAY, headers=token).status_code == 401
    assert sign_in(Client(), alice.email).status_code != 200


def test_a_changed_password_ends_every_token(client, alice):
    token = token_of(sign_in(client, alice.email))

    alice.set_password("five other words to picture")
    alice.save(update_fields=["password"])

    assert Client().get(TODAY, headers=token).status_code == 401


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(client, alice, email):
    answer = sign_in(client, email, "not the right words")

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["message"] == "The e-mail address or the password is not right."
    assert not Session.objects.exists()


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(alice):
    with time_machine.travel(makers.NOON, tick=False) as clock:
        for _ in range(5):
            assert sign_in(Client(), alice.email, "not the right words").status_code == 400

        refused = sign_in(Client(), alice.email)
        assert refused.status_code == 400
        assert "Too many failed login attempts" in refused.content.decode()

        clock.shift(5 * 60 + 1)
        assert sign_in(Client(), alice.email).status_code == 200


def test_nobody_signs_up_without_an_invitation(client, db):
    answer = client.post(
        SIGN_UP,
        {"email": "eve@example.org", "password": makers.PASSWORD},
        content_type="application/json",
    )

    assert answer.status_code == 404
    assert not Session.objects.exists()


@pytest.mark.parametrize("path", ["account/email", "account/phone", "account/password/change", "auth/signup"])
def test_a_token_alone_cannot_take_an_account_over(client, db, path):
    assert client.get(f"/api/v1/auth/app/v1/{path}").status_code == 404


@pytest.mark.parametrize("path", ["email/", "signup/", "confirm-email/", "password/set/"])
def test_no_page_changes_an_address_or_signs_anybody_up(page, alice, path):
    assert page(alice).get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize(
    ("debug", "host", "comes_in"),
    [
        (True, "localhost", True),
        (True, "127.0.0.1:8000", True),
        (True, "[::1]:8000", True),
        (True, "tracker.example.org", False),
        (False, "localhost", False),
    ],
)
def test_a_demonstration_account_opens_only_on_the_machine_it_was_made_on(
    clinic, client, settings, debug, host, comes_in
):
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["*"]
    demo = makers.patient(clinic, "demo", is_demonstration=True)

    answer = sign_in(client, demo.email, headers={"Host": host})

    assert (answer.status_code == 200) is comes_in
    assert Session.objects.exists() is comes_in
