"""An administrator changes who cares for a patient, and sees nothing of anybody's health."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Role, User
from programs.accounts.queries import therapists_of
from programs.delivery.models import Delivery
from programs.monitoring.models import Flag
from tests import makers, pages


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return user


@pytest.fixture
def ruth(clinic) -> User:
    return makers.therapist(clinic, "ruth")


def url(patient: User) -> str:
    return f"/clinic/patients/{patient.pk}/care/"


def test_the_clinics_page_leads_to_each_patients_therapists(page, adam, alice):
    assert f'href="{url(alice)}"' in page(adam).get("/clinic/").text


def test_it_shows_who_cares_for_the_patient_and_nothing_of_their_health(page, adam, bob, alice, ruth, plan):
    makers.daily_checks(alice, makers.RISING)
    answer = page(adam).get(url(alice))
    assert pages.heading(answer) == "Who cares for Alice?"
    assert "Bob" in pages.words(answer)
    for words in (Flag.objects.get().sentence, "pain", "Sciatica", "leg"):
        assert words not in unescape(answer.text).split("<main")[1]


@pytest.mark.usefixtures("at_noon")
def test_one_more_therapist_cares_and_is_told_of_what_is_open(page, clinic, adam, bob, alice, ruth, plan):
    makers.daily_checks(alice, makers.RISING)
    before = Delivery.objects.filter(recipient=bob).count()

    assert page(adam).post(url(alice), {"therapist": str(ruth.pk)}).url == url(alice)

    assert therapists_of(alice, clinic) == [bob, ruth]
    assert Delivery.objects.visible_to(ruth).unread_in_app().get().path == f"/patients/{alice.pk}/"
    assert Delivery.objects.filter(recipient=bob).count() == before


def test_care_ends_with_a_tap_unless_nobody_would_be_left(page, clinic, adam, bob, alice, ruth):
    browser = page(adam)
    browser.post(url(alice), {"therapist": str(ruth.pk)})
    answer = browser.post(f"{url(alice)}{bob.pk}/end/", follow=True)
    assert "Bob no longer cares for Alice." in answer.text
    answer = browser.post(f"{url(alice)}{ruth.pk}/end/", follow=True)
    assert "Ruth is the only one who cares for Alice. Give Alice another therapist first." in answer.text
    assert therapists_of(alice, clinic) == [ruth]


@pytest.mark.usefixtures("at_noon")
def test_who_cares_no_longer_is_told_no_more_and_everybody_else_is(
    page, clinic, adam, bob, alice, ruth, plan
):
    browser = page(adam)
    browser.post(url(alice), {"therapist": str(ruth.pk)})
    makers.daily_checks(alice, makers.RISING)

    browser.post(f"{url(alice)}{bob.pk}/end/")

    def states(user: User) -> dict[str, str]:
        return dict(Delivery.objects.filter(recipient=user).values_list("channel", "state"))

    assert states(bob) == {"in_app": "withdrawn", "email": "withdrawn"}
    assert states(ruth) == {"in_app": "sent", "email": "pending"}


@pytest.mark.usefixtures("at_noon")
def test_who_is_given_the_patient_back_is_told_again(page, clinic, adam, bob, alice, ruth, plan):
    browser = page(adam)
    browser.post(url(alice), {"therapist": str(ruth.pk)})
    makers.daily_checks(alice, makers.RISING)
    browser.post(f"{url(alice)}{bob.pk}/end/")

    for _ in range(2):  # and only once
        browser.post(url(alice), {"therapist": str(bob.pk)})

    for therapist in (bob, ruth):
        assert Delivery.objects.visible_to(therapist).unread_in_app().count() == 1
        assert Delivery.objects.filter(recipient=therapist, channel="email", state="pending").count() == 1
    assert Flag.objects.get().told == 2


def test_a_patient_without_a_therapist_is_given_one(page, clinic, adam, bob):
    anna = makers.patient(clinic, "anna")
    assert "Nobody sees what Anna reports." in pages.words(page(adam).get(url(anna)))
    page(adam).post(url(anna), {"therapist": str(bob.pk)})
    assert therapists_of(anna, clinic) == [bob]


def test_therapists_of_another_clinic_are_not_offered_nor_taken(page, clinic, adam, alice, ruth, charlie):
    answer = page(adam).post(url(alice), {"therapist": str(charlie.pk)})
    assert answer.status_code == 422
    assert "Choose somebody from the list." in pages.words(answer)
    assert "Charlie" not in answer.text
    assert not CareTeam.objects.filter(therapist=charlie).exists()


def test_patients_of_another_clinic_are_not_found(page, adam, bob, dora, charlie, alice):
    browser = page(adam)
    before = list(CareTeam.objects.order_by("pk").values_list("pk", "ended_at"))
    assert browser.get(url(dora)).status_code == 404
    assert browser.post(url(dora), {"therapist": str(bob.pk)}).status_code == 404
    assert browser.post(f"{url(dora)}{charlie.pk}/end/").status_code == 404
    assert browser.post(f"{url(alice)}{charlie.pk}/end/").status_code == 404
    assert browser.get(f"/clinic/patients/{uuid4()}/care/").status_code == 404
    assert list(CareTeam.objects.order_by("pk").values_list("pk", "ended_at")) == before


def test_only_administrators_open_it(page, client, alice, bob, ruth):
    for user in (alice, bob):
        assert page(user).get(url(alice)).status_code == 403
        assert page(user).post(url(alice), {"therapist": str(ruth.pk)}).status_code == 403
        assert page(user).post(f"{url(alice)}{bob.pk}/end/").status_code == 403
    assert client.get(url(alice)).url == f"/account/login/?next={url(alice)}"
