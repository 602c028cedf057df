"""The pages that somebody meets when something went wrong: each says what to do next, and where help is."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from tests.readability import grade

pytestmark = pytest.mark.pure

HELP = '<a class="tap" href="/help/">Help and warning signs</a>'
PAGES = ["403", "403_csrf", "404", "413", "429", "500"]


@pytest.mark.parametrize("name", PAGES)
def test_every_one_has_help_one_heading_and_a_way_on(name):
    html = render_to_string(f"{name}.html")
    assert HELP in html.split("<main")[0]
    assert "Not for real patients yet" in html.split("<main")[0]
    main = html.split("<main")[1]
    assert main.count("<h1>") == 1
    assert main.count('<a class="button" href="/') == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_one_is_plain(name):
    sentences = re.findall(
        r"<(?:h1|p)[^>]*>(.*?)</(?:h1|p)>", render_to_string(f"{name}.html").split("<main")[1]
    )
    said = " ".join(re.sub("<[^>]+>", "", each).rstrip(".") + "." for each in sentences if each)
    assert grade(said) <= 6


def test_the_page_of_a_fault_of_ours_needs_nothing_that_may_be_broken():
    """No database (this test has none), no request, no session, no other template and no script."""
    source = render_to_string("500.html")
    assert "csrf" not in source
    assert "<script" not in source
    assert "It is not your fault." in source
    assert "Call your clinic or the emergency number." in source
