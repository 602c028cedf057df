"""A hold goes with the patient: whoever cares for them now knows of it, and can end it."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Role
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningAnswer
from programs.safety.queries import open_lock
from programs.safety.rules import text_of
from tests import makers, pages

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def lock(alice, plan, other_clinic, charlie) -> SafetyLock:
    """Alice was told to get help at once, and book a visit; then she moved to charlie's clinic."""
    makers.screened(alice)
    makers.answered(alice, RF01="yes", RF20="yes", RF20a="no")
    alice.memberships.update(ended_at=makers.NOON)
    CareTeam.objects.filter(patient=alice).update(ended_at=makers.NOON)
    join_clinic(user=alice, clinic=other_clinic, role=Role.PATIENT, now=makers.NOON)
    CareTeam.objects.create(clinic=other_clinic, patient=alice, therapist=charlie, started_at=makers.NOON)
    return open_lock(alice)


def hold(lock) -> str:
    return f"/safety/holds/{lock.pk}/"


def test_the_new_care_team_sees_the_hold_but_not_the_answers(page, alice, charlie, lock):
    words = pages.words(page(charlie).get(f"/patients/{alice.pk}/"))

    assert "On hold: told to get help at once" in words
    assert "Told to book a visit" not in words
    assert "Something stands open that was answered at another clinic" in words
    assert not any(text_of(question) in words for question in ("RF01", "RF20"))
    assert "The answers were given to another clinic" in pages.words(page(charlie).get(hold(lock)))


def test_what_they_told_the_old_clinic_and_rules_exercise_out_is_said_to_be_there(page, alice, charlie, lock):
    SafetyLock.objects.all().delete()
    ScreeningAnswer.objects.all().delete()
    assert "Something stands open" not in pages.words(page(charlie).get(f"/patients/{alice.pk}/"))
    told = Screening.objects.filter(patient=alice)[0]
    Condition.objects.create(
        clinic=told.clinic, patient=alice, slug="under-18", screening=told, said_at=makers.NOON
    )

    assert "Something stands open" in pages.words(page(charlie).get(f"/patients/{alice.pk}/"))


def test_it_stands_on_their_list(page, charlie, lock):
    assert "Locked" in pages.words(page(charlie).get("/caseload/"))


def test_they_can_end_it(page, alice, charlie, lock):
    given = {"checked_on": makers.NOON.date().isoformat(), "checked_where": "City hospital"}

    page(charlie).post(hold(lock), given)

    assert open_lock(alice) is None


def test_they_can_end_it_over_the_api(api, alice, charlie, lock):
    found = api(charlie).get("/api/v1/safety/locks/").json()["results"]
    assert [each["id"] for each in found] == [str(lock.pk)]
    given = {"checked_on": makers.NOON.date().isoformat(), "checked_where": "City hospital"}

    assert api(charlie).post(f"/api/v1/safety/locks/{lock.pk}/end/", given).status_code == 200

    assert open_lock(alice) is None


def test_who_cares_for_them_no_longer_does_not_see_it(page, bob, lock):
    assert page(bob).get(hold(lock)).status_code == 404


def test_without_a_hold_nothing_says_that_all_is_quiet_while_something_is_open(page, alice, charlie, lock):
    SafetyLock.objects.update(
        ended_at=makers.NOON, ending="checked", checked_on=makers.NOON.date(), checked_where="City hospital"
    )

    words = pages.words(page(charlie).get(f"/patients/{alice.pk}/"))

    assert "Nothing answered stands open" not in words
