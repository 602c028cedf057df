"""GET /api/v1/articles/."""

from dataclasses import replace

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Role
from programs.library.actions import apply_content
from programs.library.models import Article
from programs.library.rules import LibraryFiles
from tests import makers
from tests.library.shipped import shipped

URL = "/api/v1/articles/"


@pytest.fixture(autouse=True)
def _library(db) -> None:
    makers.library()


def load_own(clinic: Clinic, count: int = 1) -> None:
    """Articles of a clinic's own, under other names."""
    (heat,) = (each for each in shipped().articles if each.slug == "heat-and-cold")
    articles = [replace(heat, slug=f"own-{number}", name=f"Own {number}") for number in range(count)]
    apply_content(files=LibraryFiles(articles=articles), clinic=clinic, now=makers.NOON)


def test_an_article_tells_everything_there_is_to_read(api, alice):
    stored = Article.objects.get(slug="how-back-pain-reaches-the-calf")

    answer = api(alice).get(f"{URL}{stored.pk}/")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(stored.pk),
        "slug": "how-back-pain-reaches-the-calf",
        "name": stored.name,
        "is_own_clinics": False,
        "checked_by": "",
        "updated_at": stored.updated_at.isoformat().replace("+00:00", "Z"),
        "retired_at": None,
        "summary": stored.summary,
        "sections": stored.sections,
        "sources": stored.sources,
        "places": stored.places,
    }
    assert set(stored.sections[0]) == {"heading", "paragraphs", "points"}


def test_patients_and_therapists_read_them_all_by_title(api, alice, bob):
    for reader in (alice, bob):
        rows = api(reader).get(f"{URL}?page_size=100").json()["results"]
        assert len(rows) == len(shipped().articles) >= 12
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)


def test_a_clinics_own_article_is_for_its_people_only(api, alice, clinic, charlie, dora):
    load_own(clinic)
    own = Article.objects.get(clinic=clinic)

    assert api(alice).get(f"{URL}{own.pk}/").json()["is_own_clinics"] is True
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{own.pk}/").status_code == 404
        slugs = {row["slug"] for row in api(stranger).get(f"{URL}?page_size=100").json()["results"]}
        assert "own-0" not in slugs


def test_a_retired_article_leaves_the_list_but_can_still_be_read(api, alice):
    Article.objects.filter(slug="heat-and-cold").update(retired_at=makers.NOON)
    retired = Article.objects.get(slug="heat-and-cold")

    slugs = {row["slug"] for row in api(alice).get(f"{URL}?page_size=100").json()["results"]}

    assert "heat-and-cold" not in slugs
    assert api(alice).get(f"{URL}{retired.pk}/").json()["retired_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_an_article_through_this_door(api, bob, method):
    one = f"{URL}{Article.objects.get(slug='heat-and-cold').pk}/"

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
    api, alice, clinic, rows, query, django_assert_num_queries
):
    load_own(clinic, 30)
    client = api(alice)
    with django_assert_num_queries(2):  # role, articles
        answer = client.get(f"{URL}?page_size={rows}{query}")
    assert len(answer.json()["results"]) == rows


def test_one_article_takes_two_queries(api, alice, django_assert_num_queries):
    client, one = api(alice), f"{URL}{Article.objects.get(slug='heat-and-cold').pk}/"
    with django_assert_num_queries(2):  # role, the article
        assert client.get(one).status_code == 200
