"""Whoever signs out of a browser takes no notifications there any more."""

from __future__ import annotations

import pytest
from django.test import Client

from programs.delivery.models import PushSubscription
from tests import makers
from tests.delivery.outbox import NOON

SUBSCRIPTIONS = "/api/v1/push/subscriptions/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def subscribe(client: Client, push_service, number: int) -> None:
    body = {"endpoint": push_service.endpoint(number), "keys": push_service.keys(number)}
    assert client.post(SUBSCRIPTIONS, body, content_type="application/json").status_code == 201


def live() -> set[str]:
    return set(PushSubscription.objects.live().values_list("endpoint", flat=True))


def test_signing_out_ends_what_was_begun_in_this_session_and_nothing_else(page, alice, push_service):
    here = page(alice)
    push_service.subscribe(alice, NOON, 2)
    subscribe(here, push_service, 1)

    here.post("/account/logout/")

    assert live() == {push_service.endpoint(2)}


def test_signing_out_without_one_ends_none(page, alice, push_service):
    push_service.subscribe(alice, NOON)

    page(alice).post("/account/logout/")

    assert live() == {push_service.endpoint(1)}


def test_a_browser_that_is_somebody_elses_by_now_stays_theirs(page, alice, bob, push_service):
    here = page(alice)
    subscribe(here, push_service, 1)
    push_service.subscribe(bob, NOON, 1)

    here.post("/account/logout/")

    assert live() == {push_service.endpoint(1)}


def test_an_app_that_subscribes_gets_no_session(api, alice, push_service):
    client = api(alice)
    answer = client.post(SUBSCRIPTIONS, {"endpoint": push_service.endpoint(1), "keys": push_service.keys(1)})

    assert answer.status_code == 201
    assert not answer.cookies


def test_signing_out_by_the_token_still_works(alice):
    alice.set_password(makers.PASSWORD)
    alice.save()
    client = Client()
    typed = {"email": alice.email, "password": makers.PASSWORD}
    signed_in = client.post("/api/v1/auth/app/v1/auth/login", typed, content_type="application/json")
    token = {"X-Session-Token": signed_in.json()["meta"]["session_token"]}

    client.delete("/api/v1/auth/app/v1/auth/session", headers=token)

    assert client.get(SUBSCRIPTIONS, headers=token).status_code == 401
