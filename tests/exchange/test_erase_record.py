"""Deleting an account leaves nothing of a person in any table, and what others own stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client

from programs.accounts.actions import join_clinic
from programs.accounts.models import Erasure, Invitation, Role, User
from programs.delivery.actions import deliver_due
from programs.delivery.models import Delivery, Heartbeat, Lane
from programs.exchange.actions import ASKED_FIRST, STILL_OPEN, WORKED_HERE, WORKS_HERE, erase_record
from programs.monitoring.actions import acknowledge_flag, escalate_due
from programs.monitoring.models import Flag, FlagState, RuleSetting
from programs.safety.actions import request_screening
from programs.safety.models import SafetyLock, ScreeningRequest
from tests import makers
from tests.exchange.whole_record import whole_record
from tests.monitoring.reviews import reports, review

NOON = makers.NOON
LATER = NOON + timedelta(days=1)

# Tables that hold nothing of a patient, though they know of people or clinics.
NOT_A_PATIENTS = {
    "accounts.Clinic",
    "accounts.EscalationPolicy",
    "accounts.Erasure",
    "accounts.User_user_permissions",  # nobody has any: there is no page for it
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
    Heartbeat._meta.label,
    RuleSetting._meta.label,
}
# Rows of allauth that the product never writes: an account has its one address in its own row.
NEVER_WRITTEN = {"account.EmailAddress", "account.EmailConfirmation"}


def every_table() -> list[type[models.Model]]:
    return [each for each in apps.get_models(include_auto_created=True) if each._meta.managed]


def is_a_patients(model: type[models.Model]) -> bool:
    """Whether a chain of foreign keys leads from here to a person."""
    waiting, seen = [model], set[type[models.Model]]()
    while waiting:
        here = waiting.pop()
        seen.add(here)
        waiting += [
            field.related_model
            for field in here._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model not in seen
        ]
    return User in seen


def everything() -> dict[str, set[tuple[str, ...]]]:
    """Every row of every table, as text."""
    found = {}
    for model in every_table():
        columns = [field.column for field in model._meta.concrete_fields]
        with connection.cursor() as cursor:
            names = ", ".join(map(connection.ops.quote_name, columns))
            cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows = cursor.fetchall()
        found[model._meta.label] = {
            tuple(str(value).replace("-", "").lower() for value in row) for row in rows
        }
    return found


@pytest.mark.usefixtures("at_noon")
def test_nothing_of_theirs_is_left_in_any_table(page, alice, bob, dora, charlie):
    makers.session(makers.plan(dora, charlie))
    page(bob), page(dora)
    before = everything()
    whole_record(alice, bob)
    ScreeningRequest.objects.update(met_at=NOON)
    page(alice)
    filled = everything()
    own = [model._meta.label for model in every_table() if is_a_patients(model)]
    empty = [label for label in own if filled[label] == before[label]]
    assert set(empty) <= NOT_A_PATIENTS | NEVER_WRITTEN | LIBRARY | AT_FIRST

    gone_id, gone_email = alice.pk.hex, alice.email
    erase_record(patient=alice, now=LATER)

    after = everything()
    erased = {label: rows - before[label] for label, rows in after.items()}
    assert len(erased.pop("accounts.Erasure")) == 1
    left = {label: rows for label, rows in erased.items() if rows and label not in KEPT}
    assert left == {}
    text = str({label: rows for label, rows in after.items() if label != "accounts.Erasure"})
    assert gone_id not in text
    assert gone_email not in text
    # and of the others nothing is missing but what was alice's before
    missing = {label: before[label] - rows for label, rows in after.items()}
    assert {label for label, rows in missing.items() if rows} == AT_FIRST
    assert all(len(rows) <= 1 for rows in missing.values())


LIBRARY = {
    "library.Article",
    "library.Exercise",
    "library.Program",
    "library.Stage",
    "library.Prescription",
    "library.BreakMovement",
}
AT_FIRST = {"accounts.User", "accounts.Membership", "accounts.CareTeam"}  # what alice has from the start
KEPT = {"auth.Group"}  # made by the test, and nobody's


def test_what_stays_names_nobody(alice, clinic):
    erase_record(patient=alice, now=NOON)

    assert list(Erasure.objects.values_list("patient_id", "clinic", "erased_at")) == [
        (alice.pk, clinic.pk, NOON)
    ]


def test_a_second_time_nothing_happens(alice):
    again = User.objects.get(pk=alice.pk)
    erase_record(patient=alice, now=NOON)
    erase_record(patient=again, now=LATER)

    assert Erasure.objects.get().erased_at == NOON


def test_an_invitation_of_theirs_elsewhere_goes_and_one_of_somebody_else_stays(alice, clinic, bob):
    shared = {"clinic": clinic, "invited_by": bob, "year_of_birth": 1954, "expires_at": LATER}
    for name in ("alice", "anna"):
        Invitation.objects.create(
            name=name, email=f"{name}@example.org", token_hash=name, code_hash=name, **shared
        )

    erase_record(patient=alice, now=NOON)

    assert [each.name for each in Invitation.objects.all()] == ["anna"]


@pytest.mark.parametrize("level", ["RF13", "RF01"])
def test_while_a_lock_is_open_nothing_is_deleted(alice, bob, level):
    makers.answered(alice, **{level: "yes"})
    for flag in Flag.objects.filter(state=FlagState.OPEN):
        acknowledge_flag(flag=flag, by=bob, now=NOON)
    assert SafetyLock.objects.open().count() == 1

    with pytest.raises(ValidationError, match=STILL_OPEN):
        erase_record(patient=alice, now=NOON)

    assert User.objects.filter(pk=alice.pk).exists()
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("level", ["urgent", "emergency"])
def test_while_nobody_has_taken_on_what_cannot_wait_nothing_is_deleted(alice, bob, level):
    (flag,) = review(alice, reports(makers.RISING))
    Flag.objects.update(level=level)
    with pytest.raises(ValidationError, match=STILL_OPEN):
        erase_record(patient=alice, now=NOON)

    acknowledge_flag(flag=flag, by=bob, now=NOON)
    erase_record(patient=alice, now=NOON)

    assert not User.objects.filter(pk=alice.pk).exists()


def test_what_asks_for_a_visit_soon_keeps_the_account_until_somebody_has_taken_it_on(alice, bob):
    makers.screened(alice, NOON - timedelta(days=2))
    makers.answered(alice, at=NOON, RF18="yes", RF18a="no")
    flag = Flag.objects.get()
    assert (flag.kind, flag.level) == ("safety", "flag")
    with pytest.raises(ValidationError, match=STILL_OPEN):
        erase_record(patient=alice, now=NOON)

    acknowledge_flag(flag=flag, by=bob, now=NOON)
    erase_record(patient=alice, now=NOON)

    assert not User.objects.filter(pk=alice.pk).exists()


def test_while_all_safety_questions_are_asked_for_nothing_is_deleted(alice, clinic):
    makers.screened(alice, NOON - timedelta(days=2))
    request_screening(clinic=clinic, patient=alice, reason="weakness", now=NOON)
    with pytest.raises(ValidationError, match=ASKED_FIRST):
        erase_record(patient=alice, now=NOON)

    makers.answered(alice, at=NOON)
    erase_record(patient=alice, now=NOON)

    assert not User.objects.filter(pk=alice.pk).exists()


def test_what_can_wait_keeps_nobody(alice):
    review(alice, reports(makers.RISING))

    erase_record(patient=alice, now=NOON)

    assert not Flag.objects.exists()


def test_what_a_clinic_she_has_left_never_took_on_keeps_nobody(alice, other_clinic):
    review(alice, reports(makers.RISING))
    Flag.objects.update(level="urgent")
    alice.memberships.update(ended_at=NOON)
    moved = User.objects.get(pk=alice.pk)
    join_clinic(user=moved, clinic=other_clinic, role=Role.PATIENT, now=NOON)

    erase_record(patient=moved, now=NOON)

    assert Erasure.objects.get().clinic == other_clinic


def test_somebody_who_works_for_a_clinic_keeps_the_account(alice, other_clinic):
    """The plans they assigned are other people's records."""
    membership = join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    with pytest.raises(ValidationError, match=WORKS_HERE):
        erase_record(patient=alice, now=NOON)

    membership.ended_at = NOON
    membership.save()
    with pytest.raises(ValidationError, match=WORKED_HERE):
        erase_record(patient=alice, now=NOON)


def test_every_browser_of_theirs_is_signed_out_and_no_other(page, alice, bob):
    for user in (alice, alice, bob):
        page(user)
    assert Session.objects.count() == 3

    erase_record(patient=alice, now=NOON)

    (left,) = Session.objects.all()
    assert left.get_decoded()["_auth_user_id"] == str(bob.pk)


def test_the_sweeps_go_on_without_a_word_about_who_is_gone(alice, bob, caplog):
    """They find the rows that are there; what they had found before is gone when they come to it."""
    makers.prompt(makers.break_rule(alice))
    review(alice, reports(makers.RISING))
    assert Delivery.objects.filter(recipient=bob).exists()

    erase_record(patient=alice, now=NOON)
    escalate_due(now=LATER)
    for lane in Lane:
        deliver_due(lane=lane, now=LATER)

    assert caplog.records == []
    assert not Delivery.objects.exists()


def test_a_page_that_was_left_open_leads_to_the_sign_in(page, alice):
    browser: Client = page(alice)
    erase_record(patient=alice, now=NOON)

    assert browser.get("/")["Location"].startswith("/account/login/")
    assert browser.post("/me/", {"text_size": "130"})["Location"].startswith("/account/login/")
    assert browser.get("/api/v1/today/").status_code in (401, 403)
