"""GET /api/v1/plans/."""

from datetime import timedelta

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.care.actions import change_doses
from programs.care.models import Plan, PlanVersion
from tests import makers
from tests.care import plans

pytestmark = pytest.mark.once

URL = "/api/v1/plans/"


def a_new_version(of: Plan, sets: int) -> PlanVersion:
    latest = makers.version(of)
    exercise = latest.stage(1).exercises[0]
    return change_doses(
        plan=of,
        stage_number=1,
        doses={exercise.slug: exercise.dose.with_changes({"sets": sets})},
        based_on=latest.number,
        by=of.assigned_by,
        note=f"{sets} sets from now on.",
        now=makers.NOON + timedelta(days=1),
    )


def test_the_list_names_each_plan_with_its_versions_newest_first(api, alice, plan):
    second = a_new_version(plan, sets=5)

    (row,) = api(alice).get(URL).json()["results"]

    assert row["id"] == str(plan.pk)
    assert (row["program"], row["side"], row["stage_number"]) == ("sciatica-with-calf-symptoms", "right", 1)
    assert (row["started_at"], row["ended_at"]) == ("2026-11-20T12:00:00Z", None)
    assert [version["number"] for version in row["versions"]] == [2, 1]
    assert row["versions"][0] == {
        "id": str(second.pk),
        "number": 2,
        "note": "5 sets from now on.",
        "created_by": "Bob",
        "created_at": "2026-11-21T12:00:00Z",
        "checked_by": "Bob",
        "checked_at": "2026-11-20T12:00:00Z",
    }


def test_one_plan_tells_what_each_version_says(api, alice, plan):
    a_new_version(plan, sets=5)

    versions = api(alice).get(f"{URL}{plan.pk}/").json()["versions"]

    assert [len(version["stages"]) for version in versions] == [4, 4]
    sets = [version["stages"][0]["exercises"][0]["dose"]["sets"] for version in versions]
    assert sets == [5, PlanVersion.objects.get(plan=plan, number=1).stage(1).exercises[0].dose.sets]
    assert versions[0]["stages"][0]["exercises"][0]["dose_in_words"]


def test_a_stage_tells_what_it_asks_and_what_to_look_out_for(api, alice, bob):
    own = plans.of_program("calf-tightness-and-cramps", alice, bob)

    (version,) = api(alice).get(f"{URL}{own.pk}/").json()["versions"]

    asked = [
        (stage["minimum_days"], stage["pain_ceiling"], stage["pain_measure"]) for stage in version["stages"]
    ]
    assert asked == [(7, 4, "calf"), (21, 3, "calf"), (None, None, "calf")]
    assert [bool(stage["test"]) for stage in version["stages"]] == [True, True, False]
    assert [stage["cautions"] for stage in version["stages"]] == [
        stage.cautions for stage in own.program.stages.all()
    ]


def test_the_plan_followed_before_stays_readable(api, alice, bob, plan):
    newer = makers.plan(alice, bob, at=makers.NOON + timedelta(days=7))

    rows = api(alice).get(URL).json()["results"]

    assert [(row["id"], row["ended_at"]) for row in rows] == [
        (str(newer.pk), None),
        (str(plan.pk), "2026-11-27T12:00:00Z"),
    ]


def test_her_therapist_reads_it_and_strangers_get_404(api, bob, charlie, dora, plan):
    assert api(bob).get(f"{URL}{plan.pk}/").status_code == 200
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{plan.pk}/").status_code == 404
        assert api(stranger).get(URL).json()["results"] == []


def test_an_address_that_is_no_id_is_not_found(api, alice):
    assert api(alice).get(f"{URL}latest/").status_code == 404


def test_nobody_writes_a_plan_through_this_door(api, bob, plan):
    for answer in (
        api(bob).post(URL, {}),
        api(bob).put(f"{URL}{plan.pk}/", {}),
        api(bob).delete(f"{URL}{plan.pk}/"),
    ):
        assert answer.status_code == 405
    assert Plan.objects.count() == 1


def test_an_administrator_sees_no_plans(api, clinic, plan):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert api(admin).get(URL).status_code == 403
    assert api(admin).get(f"{URL}{plan.pk}/").status_code == 403


def test_signed_out_gets_401_as_a_problem(client, plan):
    for answer in (client.get(URL), client.get(f"{URL}{plan.pk}/")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_every_look_is_written_down(api, alice, bob, plan):
    api(bob).get(URL)
    api(alice).get(f"{URL}{plan.pk}/")

    looks = AuditEvent.objects.values_list("actor__name", "patient__name", "door")
    assert sorted(looks) == [("Alice", "Alice", "api:plan-detail"), ("Bob", "Alice", "api:plan-list")]


def test_no_look_is_written_down_where_nothing_was_shown(api, charlie, plan):
    api(charlie).get(URL)
    api(charlie).get(f"{URL}{plan.pk}/")

    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, bob, rows, django_assert_num_queries
):
    for week in range(rows):
        a_new_version(makers.plan(alice, bob, at=makers.NOON + timedelta(weeks=week)), sets=5)
    client = api(bob)
    with django_assert_num_queries(4):  # role, plans, versions, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
