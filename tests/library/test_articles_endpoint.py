"""GET /api/v1/articles/."""

from __future__ import annotations

from programs.library.models import Article

URL = "/api/v1/articles/"


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
