"""Text goes compressed over the wire, except where somebody else could choose words in it."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from programs.lib.middleware import CompressionMiddleware

pytestmark = pytest.mark.pure

LONG = "The same words. " * 100


def answer(content_type: str = "text/html; charset=utf-8", path: str = "/", **headers: str) -> HttpResponse:
    asked = RequestFactory().get(path, headers={"Accept-Encoding": "gzip, br"})

    def said(_: HttpRequest) -> HttpResponse:
        return HttpResponse(LONG, content_type, headers=headers)

    return CompressionMiddleware(said)(asked)  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/css", "image/svg+xml"])
def test_text_goes_compressed(kind):
    sent = answer(kind)

    assert sent["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent.content).decode() == LONG
    assert len(sent.content) < len(LONG) / 3
    assert "Accept-Encoding" in sent["Vary"]


@pytest.mark.parametrize("kind", ["font/woff2", "image/png", "application/octet-stream"])
def test_what_is_small_already_goes_as_it_is(kind):
    assert "Content-Encoding" not in answer(kind)


def test_a_page_in_which_the_address_chooses_words_goes_as_it_is():
    assert "Content-Encoding" not in answer(path="/library/?q=calf")


def test_a_part_of_a_file_goes_as_it_is():
    assert "Content-Encoding" not in answer("image/svg+xml", **{"Content-Range": "bytes 0-9/1600"})
