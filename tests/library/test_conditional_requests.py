"""How a client keeps its copy of the library fresh: ETag and `?updated_since=`."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework import serializers

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Role
from programs.library.actions import apply_content
from programs.library.api import ArticleOutput, ArticleViewSet
from programs.library.models import Program
from programs.library.rules import LibraryFiles
from tests import makers
from tests.library.shipped import CONTENT, shipped
from tests.rest import wrong_fields

KINDS = ["exercises", "programs", "articles"]
LONG_AGO = "2000-01-01T00:00:00Z"
SHIPPED = {"exercises": "ankle-pumps", "programs": "calf-strength", "articles": "heat-and-cold"}
OWN = {"exercises": "own-stretch", "programs": "own-plan", "articles": "own-words"}

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def address(kind: str) -> str:
    return f"/api/v1/{kind}/"


def load(folder: Path, **options: object) -> None:
    call_command("load_library", str(folder), verbosity=0, stdout=StringIO(), **options)


def rewrite(folder: Path, path: str, **values: object) -> None:
    """Other values for some fields of one file."""
    content = yaml.safe_load((folder / path).read_text())
    assert {field: content[field] for field in values} != values
    (folder / path).write_text(yaml.safe_dump(content | values, sort_keys=False))


def rows(client: Any, kind: str, **query: object) -> dict[str, dict[str, Any]]:
    """Every row of a list, by its slug."""
    answer = client.get(address(kind), {"page_size": 100} | query)
    assert answer.status_code == 200, answer.content
    assert answer.json()["next"] is None
    return {row["slug"]: row for row in answer.json()["results"]}


def newest(of: dict[str, dict[str, Any]]) -> str:
    """What a client sends as `updated_since`."""
    return max(row["updated_at"] for row in of.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content to write in."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def own(tmp_path: Path, clinic: Clinic) -> Path:
    """The folder of a clinic's own content, one of each kind and one article more; it is loaded."""
    own = tmp_path / "own"
    for kind, slug in {**OWN, "articles/more": "own-more"}.items():
        kind = kind.removesuffix("/more")
        content = yaml.safe_load((CONTENT / kind / f"{SHIPPED[kind]}.yaml").read_text())
        content |= {"slug": slug, "name": slug.replace("-", " ").capitalize()}
        if kind == "exercises":
            content["code"] = "WS01"
        if kind == "programs":
            content["stages"][0]["prescriptions"][0] |= {"exercise": "own-stretch", "dose": {}}
        (own / kind).mkdir(parents=True, exist_ok=True)
        (own / kind / f"{slug}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    load(own, clinic=clinic.name)
    return own


# --- ETag ---


@pytest.mark.parametrize("kind", KINDS)
def test_what_would_be_the_same_again_is_a_304_without_a_body(api, alice, kind):
    client = api(alice)
    one = rows(client, kind)[SHIPPED[kind]]["id"]

    for where in (address(kind), f"{address(kind)}?updated_since={LONG_AGO}", f"{address(kind)}{one}/"):
        first = client.get(where)
        again = client.get(where, headers={"If-None-Match": first["ETag"]})

        assert first.status_code == 200
        assert again.status_code == 304
        assert again.content == b""
        assert "Content-Length" not in again
        assert again["ETag"] == first["ETag"]
        assert client.get(where, headers={"If-None-Match": '"another"'}).json() == first.json()


def test_a_copy_is_the_callers_alone_and_is_asked_after_each_time(api, alice):
    first = api(alice).get(address("articles"))
    again = api(alice).get(address("articles"), headers={"If-None-Match": first["ETag"]})

    for answer in (first, again):
        assert answer["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "X-Session-Token"} <= set(answer["Vary"].split(", "))


def test_an_etag_that_a_proxy_made_weak_by_packing_the_answer_counts(api, alice):
    first = api(alice).get(address("articles"))

    again = api(alice).get(address("articles"), headers={"If-None-Match": f"W/{first['ETag']}"})

    assert again.status_code == 304


def test_every_other_answer_has_another_etag(api, alice):
    client = api(alice)
    first = client.get(address("exercises"), {"page_size": 5}).json()
    places = [
        first["next"],
        address("exercises"),
        address("programs"),
        address("articles"),
        f"{address('exercises')}?page_size=5",
        f"{address('exercises')}?page_size=6",
        f"{address('exercises')}?updated_since={LONG_AGO}&page_size=5",
        f"{address('exercises')}?updated_since=2100-01-01T00:00:00Z",
        *(f"{address('exercises')}{row['id']}/" for row in first["results"]),
    ]

    assert len({client.get(place)["ETag"] for place in places}) == len(places)


@pytest.mark.parametrize("kind", KINDS)
def test_changed_content_has_another_etag_and_is_found_by_its_time(api, alice, folder, kind):
    client = api(alice)
    load(folder)
    kept = rows(client, kind)
    one = f"{address(kind)}{kept[SHIPPED[kind]]['id']}/"
    etags = {where: client.get(where)["ETag"] for where in (address(kind), one)}

    rewrite(folder, f"{kind}/{SHIPPED[kind]}.yaml", name="Another name")
    load(folder)

    for where, etag in etags.items():
        answer = client.get(where, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert answer["ETag"] != etag
    later = rows(client, kind, updated_since=newest(kept))
    assert later[SHIPPED[kind]]["name"] == "Another name"
    assert set(rows(client, kind, updated_since=newest(later))) == {SHIPPED[kind]}


def test_a_release_that_shows_more_has_other_etags(api, alice, monkeypatch):
    class LongerOutput(ArticleOutput):
        language = serializers.CharField(default="en")

    before = api(alice).get(address("articles"))
    monkeypatch.setattr(ArticleViewSet, "serializer_class", LongerOutput)

    answer = api(alice).get(address("articles"), headers={"If-None-Match": before["ETag"]})

    assert answer.status_code == 200
    assert answer["ETag"] != before["ETag"]


def test_where_a_person_lives_makes_no_difference(page, clinic, alice):
    eve = makers.patient(clinic, "eve", time_zone="Asia/Kolkata")

    for kind in KINDS:
        assert page(alice).get(address(kind))["ETag"] == page(eve).get(address(kind))["ETag"]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("kind", KINDS)
def test_the_etag_of_a_person_who_sees_more_is_no_use_to_others(api, alice, dora, clinic, kind):
    whole = f"{address(kind)}?page_size=100"
    hers = api(alice).get(whole)
    own = rows(api(alice), kind)[OWN[kind]]["id"]
    one = api(alice).get(f"{address(kind)}{own}/")
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    def asked(client: Any, where: str, etag: str) -> Any:
        return client.get(where, headers={"If-None-Match": etag})

    assert asked(api(dora), whole, hers["ETag"]).status_code == 200
    assert asked(api(dora), f"{address(kind)}{own}/", one["ETag"]).status_code == 404
    assert asked(api(dora), f"{address(kind)}{own}/", "*").status_code == 404
    assert asked(api(admin), whole, hers["ETag"]).status_code == 403
    assert asked(Client(), whole, hers["ETag"]).status_code == 401


def test_a_session_token_that_has_ended_opens_no_kept_copy(alice):
    signed_in = Client().post(
        "/api/v1/auth/app/v1/auth/login",
        {"email": alice.email, "password": makers.PASSWORD},
        content_type="application/json",
    )
    token = {"X-Session-Token": signed_in.json()["meta"]["session_token"]}
    first = Client().get(address("programs"), headers=token)
    kept = token | {"If-None-Match": first["ETag"]}
    assert Client().get(address("programs"), headers=kept).status_code == 304

    Client().delete("/api/v1/auth/app/v1/auth/session", headers=token)

    assert Client().get(address("programs"), headers=kept).status_code == 401


def test_errors_are_kept_by_nobody(api, alice, clinic):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    answers = {
        400: api(alice).get(address("articles"), {"updated_since": "yesterday"}),
        401: Client().get(address("articles")),
        403: api(admin).get(address("articles")),
        404: api(alice).get(f"{address('articles')}{alice.pk}/"),
        405: api(alice).put(address("articles"), {}),
        406: api(alice).get(address("articles"), headers={"Accept": "text/html"}),
    }

    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer


def test_everything_else_that_is_somebodys_own_is_still_kept_by_nobody(api, page, alice, plan):
    for answer in (
        api(alice).get("/api/v1/plans/"),
        api(alice).get(f"/api/v1/plans/{plan.pk}/"),
        api(alice).get("/api/v1/today/"),
        api(alice).get("/api/v1/schema/"),
        page(alice).get("/"),
        page(alice).get("/account/login/"),
    ):
        assert "no-store" in answer["Cache-Control"]
        assert "ETag" not in answer


# --- updated_since ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_found_from_its_very_moment_on_whatever_the_zone(api, alice, kind):
    moment = datetime.fromisoformat(newest(rows(api(alice), kind)))
    in_kolkata = moment.astimezone(timezone.get_fixed_timezone(330))

    assert rows(api(alice), kind, updated_since=moment.isoformat())
    assert rows(api(alice), kind, updated_since=in_kolkata.isoformat())
    assert not rows(api(alice), kind, updated_since=(moment + timedelta(microseconds=1)).isoformat())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_retired_is_told_so_that_a_client_drops_it(api, alice, own, clinic, kind):
    client = api(alice)
    kept = rows(client, kind)
    whole = f"{address(kind)}?page_size=100"
    etag = client.get(whole)["ETag"]
    for each, slug in OWN.items():
        (own / each / f"{slug}.yaml").unlink()
    load(own, clinic=clinic.name)

    assert set(kept) - set(rows(client, kind)) == {OWN[kind]}
    assert client.get(whole, headers={"If-None-Match": etag}).status_code == 200
    told = rows(client, kind, updated_since=newest(kept))[OWN[kind]]
    assert told["retired_at"] == told["updated_at"] > kept[OWN[kind]]["updated_at"]
    assert kept[OWN[kind]]["retired_at"] is None
    assert client.get(f"{address(kind)}{told['id']}/").json() == told


def test_what_comes_back_is_told_too(api, alice, folder):
    client = api(alice)
    gone = folder / "programs/desk-worker-breaks.yaml"
    text = gone.read_text()
    load(folder)
    gone.unlink()
    load(folder)
    retired = rows(client, "programs", updated_since=LONG_AGO)
    assert retired["desk-worker-breaks"]["retired_at"] is not None

    gone.write_text(text)
    load(folder)

    back = rows(client, "programs", updated_since=newest(retired))["desk-worker-breaks"]
    assert back["retired_at"] is None
    assert back == rows(client, "programs")["desk-worker-breaks"]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("kind", KINDS)
def test_a_clinics_own_content_is_told_to_its_people_only(api, alice, bob, charlie, dora, kind):
    for insider in (alice, bob):
        told = rows(api(insider), kind, updated_since=LONG_AGO)
        assert told[OWN[kind]]["is_own_clinics"] is True
        assert told[SHIPPED[kind]]["is_own_clinics"] is False
    for stranger in (charlie, dora):
        told = rows(api(stranger), kind, updated_since=LONG_AGO)
        assert SHIPPED[kind] in told
        assert OWN[kind] not in told


def changed_content(folder: Path) -> None:
    """One change of every sort that a folder can see."""
    rewrite(folder, "exercises/ankle-pumps.yaml", name="Foot pumps", sides="alternate", easier="walking")
    dose = yaml.safe_load((folder / "exercises/walking.yaml").read_text())["dose"]
    rewrite(folder, "exercises/walking.yaml", dose=dose | {"rest_seconds": 7, "sets": 3}, tags=["calm"])
    rewrite(folder, "articles/heat-and-cold.yaml", name="Warm and cool")
    rewrite(folder, "programs/calf-strength.yaml", direction_check="flexion_first")
    stages = yaml.safe_load((folder / "programs/stenosis-friendly.yaml").read_text())["stages"]
    stages[1]["prescriptions"][0]["note"] = "Another note."
    rewrite(folder, "programs/stenosis-friendly.yaml", stages=stages)
    for path in ("breaks/movements.yaml", "contraindications.yaml"):
        content = yaml.safe_load((folder / path).read_text())
        for each in content:
            each["name"] = each["name"][:60] + " now"
        (folder / path).write_text(yaml.safe_dump(content, sort_keys=False))


def test_no_row_reads_differently_without_being_told(api, alice, folder, own):
    client = api(alice)

    def everything() -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (kind, slug): {field: value for field, value in row.items() if field != "updated_at"}
            for kind in KINDS
            for slug, row in rows(client, kind, updated_since=LONG_AGO).items()
        }

    before, moment = everything(), timezone.now()
    changed_content(folder)
    load(folder)

    after = everything()
    told = {(kind, slug) for kind in KINDS for slug in rows(client, kind, updated_since=moment.isoformat())}
    differing = {key for key, row in after.items() if before.get(key) != row}
    assert differing == told
    assert {
        ("exercises", "ankle-pumps"),
        ("exercises", "walking"),
        ("articles", "heat-and-cold"),
        ("programs", "calf-strength"),
        ("programs", "stenosis-friendly"),
    } <= told
    assert len(told) < len(after) / 2
    # a clinic's own program keeps its doses until the clinic loads it again
    assert ("programs", "own-plan") not in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", [{}, {"updated_since": LONG_AGO}])
def test_pages_hold_every_row_once_also_where_names_are_the_same(api, bob, clinic, charlie, kind, query):
    (content,) = (each for each in getattr(shipped(), kind) if each.slug == SHIPPED[kind])
    alike = [replace(content, slug=f"own-{number}") for number in range(5)]
    join_clinic(user=bob, clinic=charlie.memberships.get().clinic, role=Role.THERAPIST, now=makers.NOON)
    for membership in bob.memberships.all():
        apply_content(files=LibraryFiles(**{kind: alike}), clinic=membership.clinic, now=datetime.now(tz=UTC))
    whole = api(bob).get(address(kind), {"page_size": 100} | query).json()["results"]

    seen: list[dict[str, Any]] = []
    page = api(bob).get(address(kind), {"page_size": 2} | query).json()
    while True:
        seen += page["results"]
        if page["next"] is None:
            break
        page = api(bob).get(page["next"]).json()

    assert len({row["id"] for row in seen}) == len(seen) == len(getattr(shipped(), kind)) + 10
    assert sorted(row["id"] for row in seen) == sorted(row["id"] for row in whole)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        " ",
        "\0",
        "2026-11-20T12:00:00Z\0",
        "2026-11-20T12:00:00Z\0 and more",
        "2026-11-20T12:00:00\0Z",
        "2026-11-20T12:00:00Z\n",
        "yesterday",
        "2026-11-20",
        "2026-11-20T12:00:00",
        "2026-11-20T12:00:00 01:00",  # what becomes of a + that nobody quoted
        "2026-13-20T12:00:00Z",
        "2026-W47-5T12:00:00Z",
        "2026-11-20T12:00:00+24:00",
        "٢026-11-20T12:00:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "1763640000",
    ],
)
def test_what_is_no_moment_with_its_zone_is_refused_in_one_sentence(api, alice, nonsense):
    for kind in KINDS:
        answer = api(alice).get(address(kind), {"updated_since": nonsense})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {
            "updated_since": "Give a time with its time zone, such as 2026-11-20T12:00:00Z."
        }


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "2026-11-20t12:00:00.123456789-03:30",
        "2026-11-20t12:00:00z",
    ],
)
def test_every_moment_that_rfc_3339_can_write_can_be_asked_for(api, alice, moment):
    for kind in KINDS:
        assert api(alice).get(address(kind), {"updated_since": moment}).status_code == 200


def test_one_row_is_read_whenever_it_changed(api, alice):
    program = Program.objects.get(slug="calf-strength")

    answer = api(alice).get(f"{address('programs')}{program.pk}/", {"updated_since": "2100-01-01T00:00:00Z"})

    assert answer.status_code == 200
