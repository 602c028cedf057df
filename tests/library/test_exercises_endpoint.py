"""GET /api/v1/exercises/."""

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from programs.library.models import Exercise
from tests import makers

URL = "/api/v1/exercises/"


@pytest.fixture(autouse=True)
def _library(db) -> None:
    makers.library()


def a_clinics_own(of, slug: str = "own-stretch") -> Exercise:
    shipped = Exercise.objects.get(clinic=None, slug="ankle-pumps")
    values = {
        field.name: getattr(shipped, field.name)
        for field in Exercise._meta.concrete_fields
        if field.name not in {"id", "clinic", "slug", "easier", "harder"}
    }
    return Exercise.objects.create(clinic=of, slug=slug, **values)


def test_an_exercise_tells_how_it_is_done_and_what_is_known_of_it(api, alice):
    stored = Exercise.objects.get(slug="ankle-pumps")

    answer = api(alice).get(f"{URL}{stored.pk}/")

    assert answer.status_code == 200
    row = answer.json()
    assert (row["slug"], row["code"], row["name"]) == ("ankle-pumps", "EX04", "Ankle pumps")
    assert row["steps"] == stored.steps
    assert row["dose"] == stored.dose.to_mapping()
    assert (row["easier"], row["harder"]) == (None, stored.harder.slug)
    assert row["checked_by"] == ""


def test_patients_and_therapists_read_the_whole_library(api, alice, bob):
    for reader in (alice, bob):
        rows = api(reader).get(f"{URL}?page_size=100").json()["results"]
        assert len(rows) == Exercise.objects.count() >= 26
        assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)


def test_pages_hold_every_exercise_once(api, alice):
    seen: list[str] = []
    page = f"{URL}?page_size=7"
    while page:
        answer = api(alice).get(page).json()
        seen += [row["slug"] for row in answer["results"]]
        page = answer["next"]

    assert sorted(seen) == sorted(Exercise.objects.values_list("slug", flat=True))


def test_a_clinics_own_exercise_is_for_its_people_only(api, alice, clinic, charlie, dora):
    own = a_clinics_own(clinic)

    assert api(alice).get(f"{URL}{own.pk}/").status_code == 200
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{own.pk}/").status_code == 404
        slugs = {row["slug"] for row in api(stranger).get(f"{URL}?page_size=100").json()["results"]}
        assert "own-stretch" not in slugs


def test_a_retired_exercise_leaves_the_list_but_can_still_be_read(api, alice):
    Exercise.objects.filter(slug="bird-dog").update(retired_at=makers.NOON)
    retired = Exercise.objects.get(slug="bird-dog")

    slugs = {row["slug"] for row in api(alice).get(f"{URL}?page_size=100").json()["results"]}

    assert "bird-dog" not in slugs
    assert api(alice).get(f"{URL}{retired.pk}/").status_code == 200


def test_nobody_writes_an_exercise_through_this_door(api, bob):
    assert api(bob).post(URL, {"slug": "juggling"}).status_code == 405


def test_an_administrator_alone_gets_403(api, clinic):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert api(admin).get(URL).status_code == 403


def test_signed_out_gets_401_as_a_problem(client):
    answer = client.get(URL)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(api, alice, rows, django_assert_num_queries):
    client = api(alice)
    with django_assert_num_queries(2):  # role, exercises with their neighbours
        answer = client.get(f"{URL}?page_size={rows}")
    assert len(answer.json()["results"]) == rows
