"""The cast: alice is a patient, bob her therapist, charlie a therapist in another clinic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from programs.accounts.models import Clinic, User
from programs.care.models import Plan
from tests import makers


@pytest.fixture(autouse=True)
def _quick_and_forgetful(settings) -> None:
    """Cheap password hashes, and a corner of the cache that no other test, and nobody else, uses."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    prefix = f"test-{uuid4()}"
    settings.CACHES = {name: {**cache, "KEY_PREFIX": prefix} for name, cache in settings.CACHES.items()}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The shipped library is there before the first test, as it is in every product that runs."""
    with django_db_blocker.unblock():
        makers.library()


@pytest.fixture
def no_library(db: None) -> None:
    """A database into which no library was loaded yet."""
    makers.empty_the_library()


@pytest.fixture
def clinic(db) -> Clinic:
    return makers.clinic()


@pytest.fixture
def bob(clinic: Clinic) -> User:
    return makers.therapist(clinic, "bob")


@pytest.fixture
def alice(clinic: Clinic, bob: User) -> User:
    return makers.patient(clinic, "alice", cared_for_by=bob)


@pytest.fixture
def other_clinic(db) -> Clinic:
    return makers.clinic("Harbour clinic")


@pytest.fixture
def charlie(other_clinic: Clinic) -> User:
    return makers.therapist(other_clinic, "charlie")


@pytest.fixture
def dora(other_clinic: Clinic, charlie: User) -> User:
    """A patient of charlie's."""
    return makers.patient(other_clinic, "dora", cared_for_by=charlie)


@pytest.fixture
def plan(alice: User, bob: User) -> Plan:
    return makers.plan(alice, bob)


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The clock stands still at noon of 20 November 2026, the moment at which the makers work."""
    with time_machine.travel(makers.NOON, tick=False):
        yield


@pytest.fixture
def page() -> Callable[[User], Client]:
    """A browser in which somebody is signed in, without JavaScript."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def api() -> Callable[[User], APIClient]:
    """A mobile client of somebody."""

    def signed_in(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return signed_in
