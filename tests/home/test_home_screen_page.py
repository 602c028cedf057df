"""How to put the product on a home screen: three steps for each kind of device."""

from __future__ import annotations

import pytest

from tests import pages

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PATH = "/home-screen/"


def test_each_kind_of_device_has_three_steps(page, alice):
    answer = page(alice).get(PATH)

    html = answer.content.decode()
    assert pages.heading(answer) == "How do you put this on your home screen?"
    lists = [each.split("</ol>")[0] for each in html.split('<ol class="steps')[1:]]
    assert [each.count("<li>") for each in lists] == [3, 3, 3]
    for device in ("iPhone or iPad", "Android phone or tablet", "Computer"):
        assert device in pages.words(answer)


def test_only_patients_may_open_it(client, page, bob):
    assert page(bob).get(PATH).status_code == 403
    answer = client.get(PATH)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={PATH}")
