"""Going through the safety questions in a browser, as a patient does."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests import pages

URL = "/safety/"


def sent(form: Any, **answers: str) -> dict[str, str]:
    """A page's form with these answers, and with "no" to everything else that it asks."""
    carried = {name: pages.hidden(form, name) for name in ("record_id", "kind", "asked")}
    return carried | dict.fromkeys(carried["asked"].split(), "no") | answers


def asked(form: Any) -> list[str]:
    """What a page asks, by id."""
    return pages.hidden(form, "asked").split()


def answer_page(browser: Client, address: str = URL, **answers: str) -> Any:
    """Answer one page; with what it does not ask left out of `answers`. Returns where that leads."""
    form = browser.get(address)
    named = {name: said for name, said in answers.items() if name in asked(form)}
    return browser.post(address, sent(form, **named))


def answer_all(browser: Client, address: str = URL, **answers: str) -> Any:
    """Answer page after page with "no", but for what is named, until something else comes."""
    reply = answer_page(browser, address, **answers)
    while reply.status_code == 302 and reply.url.startswith(f"{URL}?set="):
        reply = answer_page(browser, reply.url, **answers)
    return reply
