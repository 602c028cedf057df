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
    assert row["cues"] == stored.cues
    assert row["dose"] == stored.dose.to_mapping()
    assert (row["easier"], row["harder"]) == (None, stored.harder.slug)
    assert (row["easier_how"], row["harder_how"]) == (stored.easier_how, stored.harder_how)
    assert row["easier_how"] != row["harder_how"]
    assert row["articles"] == stored.articles
    assert (row["checked_by"], row["is_own_clinics"]) == ("", False)
    assert row["updated_at"] == stored.updated_at.isoformat().replace("+00:00", "Z")
    assert row["retired_at"] is None


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

    assert api(alice).get(f"{URL}{own.pk}/").json()["is_own_clinics"] is True
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{own.pk}/").status_code == 404
        slugs = {row["slug"] for row in api(stranger).get(f"{URL}?page_size=100").json()["results"]}
        assert "own-stretch" not in slugs


def test_a_retired_exercise_leaves_the_list_but_can_still_be_read(api, alice):
    Exercise.objects.filter(slug="bird-dog").update(retired_at=makers.NOON)
    retired = Exercise.objects.get(slug="bird-dog")

    slugs = {row["slug"] for row in api(alice).get(f"{URL}?page_size=100").json()["results"]}

    assert "bird-dog" not in slugs
    assert api(alice).get(f"{URL}{retired.pk}/").json()["retired_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_an_exercise_through_this_door(api, bob, method):
    one = f"{URL}{Exercise.objects.get(slug='ankle-pumps').pk}/"

    assert getattr(api(bob), method)(URL, {"slug": "juggling"}).status_code == 405
    assert getattr(api(bob), method)(one, {"slug": "juggling"}).status_code == 405


def test_an_administrator_alone_gets_403(api, clinic):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert api(admin).get(URL).status_code == 403


def test_signed_out_gets_401_as_a_problem(client):
    answer = client.get(URL)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("query", ["", "&updated_since=2000-01-01T00:00:00Z"])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, rows, query, django_assert_num_queries
):
    client = api(alice)
    with django_assert_num_queries(2):  # role, exercises with their neighbours
        answer = client.get(f"{URL}?page_size={rows}{query}")
    assert len(answer.json()["results"]) == rows


def test_one_exercise_takes_two_queries(api, alice, django_assert_num_queries):
    client, one = api(alice), f"{URL}{Exercise.objects.get(slug='ankle-pumps').pk}/"
    with django_assert_num_queries(2):  # role, the exercise with its neighbours
        assert client.get(one).status_code == 200
