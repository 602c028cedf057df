"""The page of the guided player: one for every session, so that a phone can keep it."""

from __future__ import annotations

import gzip
import posixpath
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from programs.accounts.models import AuditEvent
from tests import makers

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/player/"
LARGEST = 35_000  # bytes of all its scripts, compressed: figure, store and sending included
IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*"(\.[^"]+)\"""")


def test_it_is_the_same_with_and_without_a_plan_and_for_little_time(page, alice, bob):
    browser = page(alice)
    before = browser.get(URL)
    makers.plan(alice, bob)

    assert before.status_code == 200
    assert browser.get(URL).content == before.content
    assert browser.get(URL, {"short": "1"}).content == before.content


def test_no_cache_keeps_it(page, alice):
    assert page(alice).get(URL)["Cache-Control"] == "no-store"


def test_it_only_shows(page, alice):
    assert page(alice).post(URL).status_code == 405


def test_it_is_for_patients_alone(page, client, bob):
    assert page(bob).get(URL).status_code == 403
    assert client.get(URL).url.startswith("/account/login/")


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get(door="logbook:player")
    assert (look.actor, look.patient) == (alice, alice)


def test_its_scripts_are_small_enough_for_a_slow_line(page, alice):
    html = page(alice).get(URL).content.decode()
    left = set(re.findall(r'src="/static/([^"]+\.js)"', html))
    scripts: dict[str, bytes] = {}
    while left:
        name = left.pop()
        scripts[name] = Path(str(finders.find(name))).read_bytes()
        for each in IMPORTED.findall(scripts[name].decode()):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), each))
            left |= {other} - scripts.keys()

    assert {"js/built/player.js", "js/built/offline-core.js"} <= scripts.keys()
    assert sum(len(gzip.compress(each, 9)) for each in scripts.values()) <= LARGEST
