"""What GET /api/v1/exercises/, /api/v1/programs/ and /api/v1/articles/ have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from programs.library.models import Article, Exercise, Program, Shipped
from tests import makers
from tests.library.rows import own_content
from tests.library.shipped import shipped


class Endpoint(NamedTuple):
    """A list, what it is sorted by, and one row of it that is shipped; both take the same queries."""

    kind: str
    model: type[Shipped]
    sorted_by: str
    at_least: int
    slug: str
    queries: int

    @property
    def url(self) -> str:
        return f"/api/v1/{self.kind}/"

    @property
    def row(self) -> Shipped:
        return self.model.objects.get(slug=self.slug)

    def address(self, row: Shipped) -> str:
        return f"{self.url}{row.pk}/"

    def listed(self, client: Any) -> list[dict[str, Any]]:
        """All rows of the list."""
        return client.get(self.url, {"page_size": 100}).json()["results"]


ENDPOINTS = [
    # role, exercises with their neighbours
    Endpoint("exercises", Exercise, "code", at_least=26, slug="ankle-pumps", queries=2),
    # role, programs, stages, prescriptions with their exercises
    Endpoint("programs", Program, "name", at_least=6, slug="calf-strength", queries=4),
    # role, articles
    Endpoint("articles", Article, "name", at_least=12, slug="heat-and-cold", queries=2),
]

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.parametrize("endpoint", ENDPOINTS, ids=[each.kind for each in ENDPOINTS]),
]


def test_patients_and_therapists_read_them_all_in_their_order(api, alice, bob, endpoint):
    for reader in (alice, bob):
        rows = endpoint.listed(api(reader))
        assert len(rows) == len(getattr(shipped(), endpoint.kind)) >= endpoint.at_least
        places = [row[endpoint.sorted_by] for row in rows]
        assert places == sorted(places)


def test_a_clinics_own_are_for_its_people_only(api, alice, clinic, charlie, dora, endpoint):
    own_content(clinic)
    own = endpoint.model.objects.get(clinic=clinic)

    assert api(alice).get(endpoint.address(own)).json()["is_own_clinics"] is True
    for stranger in (charlie, dora):
        assert api(stranger).get(endpoint.address(own)).status_code == 404
        assert own.slug not in {row["slug"] for row in endpoint.listed(api(stranger))}


def test_what_is_retired_leaves_the_list_but_can_still_be_read(api, alice, endpoint):
    endpoint.model.objects.filter(slug=endpoint.slug).update(retired_at=makers.NOON)

    slugs = {row["slug"] for row in endpoint.listed(api(alice))}

    assert slugs
    assert endpoint.slug not in slugs
    answer = api(alice).get(endpoint.address(endpoint.row))
    assert answer.json()["retired_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_through_this_door(api, bob, endpoint, method):
    for address in (endpoint.url, endpoint.address(endpoint.row)):
        assert getattr(api(bob), method)(address, {"slug": "juggling"}).status_code == 405


def test_an_administrator_alone_gets_403(api, adam, endpoint):
    assert api(adam).get(endpoint.url).status_code == 403


def test_signed_out_gets_401_as_a_problem(client, endpoint):
    answer = client.get(endpoint.url)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("query", ["", "&updated_since=2000-01-01T00:00:00Z"])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, clinic, endpoint, rows, query, django_assert_num_queries
):
    own_content(clinic, 30)
    client = api(alice)
    with django_assert_num_queries(endpoint.queries):
        answer = client.get(f"{endpoint.url}?page_size={rows}{query}")
    assert len(answer.json()["results"]) == rows


def test_one_takes_the_same_few_queries(api, alice, endpoint, django_assert_num_queries):
    client, one = api(alice), endpoint.address(endpoint.row)
    with django_assert_num_queries(endpoint.queries):
        assert client.get(one).status_code == 200
