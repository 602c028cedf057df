"""GET /api/v1/exercises/."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from jsonschema import validate

from programs.library.models import Exercise
from programs.library.queries import shipped_figures

URL = "/api/v1/exercises/"


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


def test_pages_hold_every_exercise_once(api, alice):
    seen: list[str] = []
    page = f"{URL}?page_size=7"
    while page:
        answer = api(alice).get(page).json()
        seen += [row["slug"] for row in answer["results"]]
        page = answer["next"]

    assert sorted(seen) == sorted(Exercise.objects.values_list("slug", flat=True))


# --- figures ---


@pytest.fixture(scope="module")
def figure_schema() -> dict[str, Any]:
    """What the OpenAPI document says of a figure, as a schema of its own."""
    output = StringIO()
    call_command("spectacular", format="openapi-json", stdout=output)
    document = json.loads(output.getvalue())
    return {**document["components"]["schemas"]["FigureOutput"], "components": document["components"]}


def test_a_figure_comes_whole_with_its_stills_and_their_words(api, alice):
    stored = Exercise.objects.get(slug="clamshell")

    figure = api(alice).get(f"{URL}{stored.pk}/").json()["figure"]

    assert figure.pop("stills") == [f"/static/img/exercises/clamshell-{number}.svg" for number in (1, 2)]
    assert figure.pop("alternative_texts") == [pose["text"] for pose in stored.figure["poses"]]
    assert figure == stored.figure


def test_no_figure_loses_anything_on_the_way(api, alice):
    rows = api(alice).get(URL, {"page_size": 100}).json()["results"]

    assert len(rows) == 32
    for row in rows:
        shown = {name: each for name, each in row["figure"].items() if name in shipped_figures()[row["slug"]]}
        assert shown == shipped_figures()[row["slug"]], row["slug"]


def test_every_figure_is_as_the_document_tells_it(api, alice, figure_schema):
    for row in api(alice).get(URL, {"page_size": 100}).json()["results"]:
        validate(row["figure"], figure_schema)
        told = figure_schema["components"]["schemas"]["FigurePoseOutput"]["properties"].keys()
        assert row["figure"].keys() <= figure_schema["properties"].keys()
        assert all(pose.keys() <= told for pose in row["figure"]["poses"])


def test_an_exercise_without_a_figure_says_null(api, alice):
    Exercise.objects.filter(slug="clamshell").update(figure=None)
    stored = Exercise.objects.get(slug="clamshell")

    assert api(alice).get(f"{URL}{stored.pk}/").json()["figure"] is None


def test_the_stills_are_there_at_addresses_that_stay(api, alice, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    for row in api(alice).get(URL, {"page_size": 100}).json()["results"]:
        for number, address in enumerate(row["figure"]["stills"], start=1):
            assert address == f"/static/img/exercises/{row['slug']}-{number}.svg"
            assert finders.find(address.removeprefix("/static/")), address


def test_a_copy_of_the_library_with_all_figures_is_small(api, alice):
    """What a mobile client loads once, and then only what changed."""
    whole = api(alice).get(URL, {"page_size": 100}).content

    assert len(whole) <= 128 * 1024
    assert len(gzip.compress(whole)) <= 24 * 1024
