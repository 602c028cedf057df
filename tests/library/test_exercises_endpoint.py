"""GET /api/v1/exercises/."""

from __future__ import annotations

from programs.library.models import Exercise

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
