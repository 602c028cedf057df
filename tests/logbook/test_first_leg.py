"""Which leg comes first: the sore one, or the one that somebody wishes for under Me."""

from __future__ import annotations

import pytest

from programs.accounts.actions import set_wishes
from programs.care.models import Side
from tests import makers
from tests.logbook.test_session_pages import EACH_SIDE, begin, exercise

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.mark.parametrize(
    ("side", "first_leg", "order"),
    [
        (Side.LEFT, "sore", ["left", "right"]),
        (Side.LEFT, "right", ["right", "left"]),
        (Side.RIGHT, "sore", ["right", "left"]),
        (Side.RIGHT, "left", ["left", "right"]),
        (Side.RIGHT, "right", ["right", "left"]),
    ],
)
def test_today_and_the_session_list_the_legs_in_the_order_that_is_wished(
    page, api, alice, bob, side, first_leg, order
):
    makers.plan(alice, bob, side=side)
    makers.screened(alice)
    set_wishes(user=alice, first_leg=first_leg)

    listed = api(alice).get("/api/v1/today/").json()["exercises"]
    browser = page(alice)
    begin(browser)
    html = browser.get(exercise(EACH_SIDE)).text

    assert next(each["sides_to_record"] for each in listed if each["sides_to_record"] != ["both"]) == order
    first, second = (f"{leg.title()} leg" for leg in order)
    assert html.index(first) < html.index(second)
