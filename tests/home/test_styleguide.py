"""The page of all components: the real parts with examples, for all who are signed in."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from tests import makers, pages

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon", "db")]

STYLEGUIDE = "/styleguide/"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_it_shows_every_component_in_its_states(page, request, who):
    answer = page(request.getfixturevalue(who)).get(STYLEGUIDE)

    body, words = answer.content.decode(), pages.words(answer)
    for part in (
        *('class="keypad keypad-10"', 'class="ladder ladder-right"', 'class="body-map"'),
        *('class="error-summary"', 'class="summary"', 'class="parts"', "mark mark-3", "light-red"),
        *('class="figure-pair figure-mirrored"', 'class="segment-current"', 'class="prompt"'),
        *("week-done", "week-part", "week-today", "way-picture", "care care-emergency"),
        *("button button-outline", "button button-stop", "disabled", "note note-warning"),
    ):
        assert part in body, part
    assert "Tuesday: no session" in words
    assert "Friday: still to come" in words
    assert "ink on canvas: 12.3 in light, 14.8 in dark" in words


def test_all_figures_are_linked_for_those_who_may_see_them(page, alice, bob):
    assert "/styleguide/figures/" in page(bob).get(STYLEGUIDE).content.decode()
    assert "/styleguide/figures/" not in page(alice).get(STYLEGUIDE).content.decode()


def test_it_is_for_administrators_too_and_for_nobody_signed_out(page, client, charlie, clinic):
    join_clinic(user=charlie, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert page(charlie).get(STYLEGUIDE).status_code == 200
    assert client.get(STYLEGUIDE).headers["Location"].startswith("/account/login/")
    assert client.post(STYLEGUIDE).status_code == 302


def test_it_can_be_shown_before_the_library_is_loaded(page, alice, no_library):
    assert page(alice).get(STYLEGUIDE).status_code == 200
