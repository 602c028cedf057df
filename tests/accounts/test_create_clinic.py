"""`manage.py create_clinic`: how a production installation begins."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from programs.accounts.models import Clinic, Membership, Role, User


def create_clinic(name: str = "Stride clinic", email: str = "Amira@Example.org") -> str:
    said = StringIO()
    call_command("create_clinic", name, email=email, name="Amira Shah", stdout=said)
    return said.getvalue()


def password_in(said: str) -> str:
    return next(line.strip() for line in said.splitlines() if line.startswith("    "))


def test_it_makes_a_clinic_and_its_first_person(db):
    create_clinic()
    amira = User.objects.get()
    assert (amira.email, amira.name) == ("amira@example.org", "Amira Shah")
    assert {(each.clinic.name, each.role) for each in Membership.objects.select_related("clinic")} == {
        ("Stride clinic", Role.THERAPIST),
        ("Stride clinic", Role.ADMIN),
    }


def test_the_printed_password_opens_the_caseload(db):
    password = password_in(create_clinic())
    assert len(password) >= 15
    browser = Client()
    browser.post("/account/login/", {"login": "amira@example.org", "password": password})
    assert browser.get("/caseload/").status_code == 200
    assert browser.get("/clinic/").status_code == 200


def test_every_password_is_another_one(db):
    first = password_in(create_clinic())
    second = password_in(create_clinic(email="bo@example.org"))
    assert first != second


def test_a_second_run_for_the_same_person_makes_nothing(db):
    create_clinic()
    with pytest.raises(CommandError, match=r"already has an account\. Nothing was made\."):
        create_clinic(name="Another clinic", email="amira@EXAMPLE.org")
    assert Clinic.objects.count() == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "email"), [("Stride clinic", "amira"), ("", "amira@example.org"), ("S" * 121, "a@example.org")]
)
def test_what_cannot_be_is_refused_in_a_sentence(db, name, email):
    with pytest.raises(CommandError, match=r"Nothing was made\."):
        create_clinic(name=name, email=email)
    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def test_it_takes_the_emergency_number_of_the_country(db):
    create_clinic()
    call_command(
        *("create_clinic", "Harbour clinic", "--email", "bo@example.org", "--name", "Bo"),
        *("--emergency-number", "999"),
        stdout=StringIO(),
    )
    assert [clinic.emergency_number for clinic in Clinic.objects.order_by("name")] == ["999", "112"]


def test_a_number_nobody_can_dial_makes_no_clinic(db):
    with pytest.raises(CommandError, match=r"2 to 6 digits, and nothing else\. Nothing was made\."):
        call_command(
            *("create_clinic", "Harbour clinic", "--email", "bo@example.org", "--name", "Bo"),
            *("--emergency-number", "nine"),
            stdout=StringIO(),
        )
    assert not Clinic.objects.exists()
