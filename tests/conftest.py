"""The cast: alice is a patient, bob her therapist, charlie a therapist in another clinic."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from programs.accounts.models import Clinic, User
from programs.care.models import Plan
from tests import makers
from tests.tracker import Tracker, prepare, running_tracker

# How long one example takes says more about the machine than about the code.
hypothesis.settings.register_profile("any_machine", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("any_machine")


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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start leaves it, made once for all processes of this run.

    `make check` names a place for it in PREPARED_DIR, so that its later lanes find it made.
    """
    mine = tmp_path_factory.getbasetemp()
    of_all = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    shared = Path(os.environ.get("PREPARED_DIR", of_all))
    folder = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = shared / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            prepare(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="module")
def tracker(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    """The whole product, running, with what its first start leaves."""
    var_dir = tmp_path_factory.mktemp("tracker")
    shutil.copytree(prepared, var_dir, dirs_exist_ok=True)
    with running_tracker(var_dir) as tracker:
        yield tracker
