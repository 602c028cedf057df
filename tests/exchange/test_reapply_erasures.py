"""`manage.py reapply_erasures`: who had deleted their account stays deleted after a backup was restored."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Erasure, Role, User
from programs.delivery.models import Delivery
from programs.exchange.actions import erase_record
from programs.monitoring.models import Flag
from programs.safety.models import SafetyLock
from tests import makers
from tests.exchange.whole_record import whole_record

NOON = makers.NOON


@pytest.fixture
def kept_list(tmp_path) -> Path:
    return tmp_path / "erasures.json"


def keep(path: Path) -> None:
    """As docs/operations.md says."""
    call_command("dumpdata", "accounts.Erasure", output=str(path), verbosity=0)


def reapply(path: Path) -> str:
    said = StringIO()
    call_command("reapply_erasures", str(path), stdout=said)
    return said.getvalue()


def listed(path: Path, *people: User, clinic: Clinic) -> None:
    """A list of a later database, from which `people` had deleted themselves."""
    Erasure.objects.bulk_create(
        Erasure(patient_id=person.pk, clinic=clinic, erased_at=NOON) for person in people
    )
    keep(path)
    Erasure.objects.all().delete()


@pytest.mark.usefixtures("at_noon")
def test_who_came_back_with_the_backup_is_deleted_again_with_all_they_had(
    page, alice, bob, clinic, kept_list
):
    whole_record(alice, bob)
    page(alice)
    listed(kept_list, alice, clinic=clinic)

    assert reapply(kept_list) == "1 on the list: 1 deleted again, 0 gone already.\n"

    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Flag.objects.exists()
    assert not Delivery.objects.filter(recipient=bob).exists()
    erasure = Erasure.objects.get()
    assert (erasure.patient_id, erasure.clinic, erasure.erased_at) == (alice.pk, clinic, NOON)


def test_the_list_is_of_those_who_deleted_their_account(alice, kept_list):
    erase_record(patient=alice, now=NOON)
    keep(kept_list)

    (kept,) = json.loads(kept_list.read_text())
    assert set(kept["fields"]) == {"patient_id", "clinic", "erased_at"}
    assert reapply(kept_list) == "1 on the list: 0 deleted again, 1 gone already.\n"
    assert Erasure.objects.get().erased_at == NOON


def test_a_second_run_changes_nothing(alice, clinic, kept_list):
    listed(kept_list, alice, clinic=clinic)
    reapply(kept_list)
    before = list(Erasure.objects.values())

    assert reapply(kept_list) == "1 on the list: 0 deleted again, 1 gone already.\n"
    assert list(Erasure.objects.values()) == before


def test_who_is_not_on_the_list_stays(alice, bob, clinic, kept_list):
    makers.patient(clinic, "anna", cared_for_by=bob)
    listed(kept_list, alice, clinic=clinic)

    reapply(kept_list)

    assert set(User.objects.values_list("name", flat=True)) == {"Anna", "Bob"}


def test_what_was_open_on_the_day_of_the_backup_keeps_nobody(alice, clinic, kept_list):
    makers.answered(alice, RF01="yes")
    assert SafetyLock.objects.open().exists()
    listed(kept_list, alice, clinic=clinic)

    reapply(kept_list)

    assert not User.objects.filter(pk=alice.pk).exists()
    assert not SafetyLock.objects.exists()


def test_who_moved_to_a_clinic_that_the_backup_does_not_know_is_deleted_too(alice, other_clinic, kept_list):
    listed(kept_list, alice, clinic=other_clinic)
    other_clinic.delete()

    assert reapply(kept_list) == "1 on the list: 1 deleted again, 0 gone already.\n"
    assert not User.objects.filter(pk=alice.pk).exists()


def test_who_worked_for_a_clinic_is_left_and_the_others_are_deleted(alice, bob, clinic, kept_list):
    join_clinic(user=bob, clinic=clinic, role=Role.ADMIN, now=NOON + timedelta(days=1))
    listed(kept_list, bob, alice, clinic=clinic)

    with pytest.raises(CommandError) as refused:
        reapply(kept_list)

    said = "2 on the list: 1 deleted again, 0 gone already, 1 left because they work or worked for a clinic."
    assert str(refused.value) == said
    assert list(User.objects.all()) == [bob]
    assert [each.patient_id for each in Erasure.objects.all()] == [alice.pk]


def test_a_list_cut_short_or_of_something_else_deletes_nobody(alice, clinic, kept_list, tmp_path):
    listed(kept_list, alice, clinic=clinic)
    whole = kept_list.read_text()
    people = tmp_path / "people.json"
    call_command("dumpdata", "accounts.User", output=str(people), verbosity=0)
    User.objects.filter(pk=alice.pk).update(name="As it is now")
    broken = (
        whole[: len(whole) // 2],
        people.read_text(),
        json.dumps(json.loads(whole) + json.loads(people.read_text())),
        json.dumps([json.loads(whole)[0] | {"fields": {"patient_id": "alice"}}]),
        "",
        "\x00",
    )
    for text in broken:
        kept_list.write_text(text)
        with pytest.raises(CommandError, match=r"Nothing was deleted\."):
            reapply(kept_list)
    with pytest.raises(CommandError, match=r"Nothing was deleted\."):
        reapply(tmp_path / "nowhere.json")

    assert User.objects.get(pk=alice.pk).name == "As it is now"
    assert not Erasure.objects.exists()


def test_a_list_of_nobody_is_a_list(db, kept_list):
    keep(kept_list)
    assert reapply(kept_list) == "0 on the list: 0 deleted again, 0 gone already.\n"


def test_it_names_nobody(alice, clinic, kept_list, caplog):
    listed(kept_list, alice, clinic=clinic)
    with caplog.at_level("DEBUG"):
        said = reapply(kept_list)
    logged = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    for secret in (str(alice.pk), alice.email, alice.name):
        assert secret not in said + " ".join(logged)
