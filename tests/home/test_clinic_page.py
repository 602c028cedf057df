"""The administrator's page: people and invitations, nothing of anybody's health."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from programs.accounts.actions import invite_patient, join_clinic
from programs.accounts.models import (
    AuditEvent,
    CareTeam,
    Erasure,
    EscalationPolicy,
    Invitation,
    Membership,
    Role,
    User,
)
from programs.accounts.queries import unreachable_patients
from programs.exchange.actions import erase_record
from programs.home.queries.clinic import clinic_overview
from programs.monitoring.actions import acknowledge_flag, escalate_due, raise_concerns
from programs.monitoring.models import Flag
from programs.monitoring.rules import Evidence, Finding, Reading
from tests import makers, pages

pytestmark = pytest.mark.once

NOON = makers.NOON
CLINIC = "/clinic/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=NOON)
    return user


def warning_sign(patient: User, level: str = "urgent", sign: str = "RF13") -> None:
    now = timezone.now()
    evidence = Evidence("warning_sign", (Reading(now.date(), f"{sign} yes"),), None, None)
    finding = Finding(sign, level, now.date(), "", evidence)
    clinic = patient.memberships.get().clinic
    raise_concerns(clinic=clinic, patient=patient, findings=[finding], rule_version="1", now=now)


def test_staff_are_listed_with_their_roles_and_number_of_patients(clinic, adam, bob, alice):
    makers.patient(clinic, "anna", cared_for_by=bob)
    join_clinic(user=bob, clinic=clinic, role=Role.ADMIN, now=NOON + timedelta(seconds=1))
    staff = clinic_overview(clinic, NOON).staff
    assert [(each.user.name, each.roles, each.patients) for each in staff] == [
        ("Adam", ("Administrator",), None),
        ("Bob", ("Therapist", "Administrator"), 2),
    ]


def test_patients_are_listed_with_who_cares_for_them(clinic, bob, alice):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=carl, started_at=NOON)
    makers.patient(clinic, "anna")
    overview = clinic_overview(clinic, NOON)
    assert [(each.user.name, each.therapists) for each in overview.patients] == [
        ("Alice", ("Bob", "Carl")),
        ("Anna", ()),
    ]
    assert overview.uncared_for == 1


def test_a_patient_whose_therapist_left_stands_out(page, clinic, adam, bob, alice):
    Membership.objects.filter(user=bob).update(ended_at=NOON)
    html = page(adam).get(CLINIC).text
    assert "1 patient without a therapist." in html
    assert "Nobody now" in html


def test_open_invitations_are_listed_until_they_close(page, clinic, adam, bob):
    for name, at in (("Maria", NOON), ("Joan", NOON - timedelta(hours=73))):
        email = f"{name}@x.org"
        invite_patient(clinic=clinic, invited_by=bob, name=name, email=email, year_of_birth=1954, now=at)
    html = page(adam).get(CLINIC).text
    assert "Maria" in html
    assert "23 November, 12:00" in html
    assert "Joan" not in html


def test_nothing_about_anybodys_health_is_shown(page, adam, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    html = unescape(page(adam).get(CLINIC).text)
    assert "Alice" in html
    for words in (Flag.objects.get().sentence, "Pain", "Sciatica", "leg", "stage"):
        assert words not in html.split("<main")[1]
    assert not AuditEvent.objects.exists()


def test_who_waits_is_named_once_the_administrators_were_told_of_it_but_not_why(
    page, clinic, adam, alice, plan
):
    makers.therapist(clinic, "ruth")
    makers.daily_checks(alice, makers.RISING)
    flag = Flag.objects.get()
    for hours in (4, 24):
        assert "nobody has taken it on" not in pages.words(page(adam).get(CLINIC))
        escalate_due(now=NOON + timedelta(hours=hours))

    answer = page(adam).get(CLINIC)

    assert "1 patient needs a look, and nobody has taken it on" in pages.words(answer)
    assert "Alice, since 19 November, 12:00." in pages.words(answer)
    assert flag.sentence not in unescape(answer.text)
    assert list(AuditEvent.objects.values_list("actor", "patient", "door")) == [
        (adam.pk, alice.pk, "home:clinic")
    ]


def test_who_waits_is_named_at_once_where_an_administrator_is_on_duty(page, clinic, adam, bob, alice, plan):
    EscalationPolicy.objects.create(clinic=clinic, duty_contact=adam)
    makers.daily_checks(alice, [*makers.RISING])
    assert "nobody has taken it on" not in pages.words(page(adam).get(CLINIC))  # they were told of nothing
    warning_sign(alice)

    answer = page(adam).get(CLINIC)

    assert "1 patient needs a look, and nobody has taken it on" in pages.words(answer)
    assert "Alice, since" in pages.words(answer)
    flag = Flag.objects.get(kind="safety")
    assert flag.step == 0
    assert flag.sentence not in unescape(answer.text)
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    assert "nobody has taken it on" not in pages.words(page(adam).get(CLINIC))


def test_who_was_told_of_the_time_before_reads_nothing_of_it_after_it_was_opened_again(
    page, clinic, adam, bob, alice
):
    policy = EscalationPolicy.objects.create(clinic=clinic, duty_contact=adam)
    warning_sign(alice)
    policy.delete()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        warning_sign(alice, "emergency", "RF08")
        assert "nobody has taken it on" not in pages.words(page(adam).get(CLINIC))


def test_a_patient_who_has_left_does_not_wait(page, clinic, adam, alice):
    Membership.objects.filter(role=Role.THERAPIST).update(ended_at=NOON)
    warning_sign(alice)
    assert "Alice, since" in pages.words(page(adam).get(CLINIC))
    Membership.objects.filter(user=alice).update(ended_at=NOON)
    assert "Alice" not in pages.words(page(adam).get(CLINIC))


def test_a_therapist_who_cannot_sign_in_counts_as_nobody(page, clinic, adam, bob, alice):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert [each.name for each in unreachable_patients(clinic)] == ["Alice"]
    assert "1 patient without a therapist." in page(adam).get(CLINIC).text


def test_an_invitation_that_wrong_years_have_closed_says_so_and_who_can_make_a_new_one(
    page, clinic, adam, bob
):
    invite_patient(clinic=clinic, invited_by=bob, name="Maria", email="m@x.org", year_of_birth=1954, now=NOON)
    assert "23 November, 12:00" in pages.words(page(adam).get(CLINIC))

    Invitation.objects.update(tries=Invitation.MOST_TRIES)

    told = pages.words(page(adam).get(CLINIC))
    assert "Closed: a wrong year of birth was typed 5 times. Bob can make a new slip." in told
    assert "23 November, 12:00" not in told
    assert "1954" not in told


def test_another_clinic_stays_out_of_sight(page, adam, bob, charlie, dora, other_clinic):
    invite_patient(
        clinic=other_clinic, invited_by=charlie, name="Maria", email="m@x.org", year_of_birth=1954, now=NOON
    )
    html = page(adam).get(CLINIC).text
    for name in ("Charlie", "Dora", "Maria", "Harbour"):
        assert name not in html


def test_a_clinic_without_anybody_says_so(page, adam):
    html = page(adam).get(CLINIC).text
    assert "Stride clinic has 1 staff and 0 patients." in html
    assert "No patients yet." in html
    assert "No invitation is waiting." in html


@pytest.mark.parametrize("role", [Role.PATIENT, Role.THERAPIST])
def test_other_roles_do_not_open_it(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=NOON)
    assert page(eve).get(CLINIC).status_code == 403


def test_an_administrator_no_more_does_not_open_it(page, adam):
    Membership.objects.filter(user=adam).update(ended_at=NOON)
    assert page(adam).get(CLINIC).status_code == 403


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get(CLINIC)["Location"] == "/account/login/?next=/clinic/"


def test_it_only_shows(page, adam):
    assert page(adam).post(CLINIC).status_code == 405


def test_the_door_leads_an_administrator_here_and_offers_no_therapists_pages(page, adam):
    browser = page(adam)
    assert browser.get("/")["Location"] == CLINIC
    html = browser.get(CLINIC).text
    assert 'href="/caseload/"' not in html
    assert 'href="/invite/"' not in html


def test_more_people_cost_no_more_queries(page, clinic, adam, bob, django_assert_num_queries):
    browser = page(adam)

    def fill(numbers) -> None:
        for number in numbers:
            makers.patient(clinic, f"p{number}", cared_for_by=bob)
            email = f"m{number}@x.org"
            invite_patient(clinic=clinic, invited_by=bob, name="M", email=email, year_of_birth=1954, now=NOON)

    for numbers in (range(2), range(2, 25)):
        fill(numbers)
        for number in numbers:
            Erasure.objects.create(patient_id=uuid4(), clinic=clinic, erased_at=NOON - timedelta(days=number))
        with django_assert_num_queries(8):
            browser.get(CLINIC)


def test_it_counts_the_accounts_that_were_deleted_and_names_nobody(page, adam, clinic, other_clinic, alice):
    html = page(adam).get(CLINIC).text
    assert "deleted by" not in html
    for days, of in ((0, clinic), (1, clinic), (1, clinic), (91, clinic), (2, other_clinic)):
        Erasure.objects.create(patient_id=uuid4(), clinic=of, erased_at=NOON - timedelta(days=days))
    erase_record(patient=alice, now=NOON)

    answer = page(adam).get(CLINIC)

    told = pages.words(answer)
    assert "2 accounts were deleted by their owners on 20 November." in told
    assert "2 accounts were deleted by their owners on 19 November." in told
    assert told.count("deleted by") == 2
    assert "Alice" not in told
