"""E-mails as plain text and as a page that says the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as some

from programs.delivery.models import Notice
from programs.lib.letters import in_two_parts
from tests.delivery.outbox import alert, prompt, send_alerts, send_prompts

ADDRESS = re.compile(r"https?://\S+")
HEALTH = {"pain", "leg", "calf", "sciatica", "exercise", "exercises", "worse", "flag", "score", "therapist"}


class Page(HTMLParser):
    """Collects the words of a page's body and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self._is_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self._is_body = self._is_body or tag == "body"
        if tag == "a":
            self.links.append(values["href"] or "")
        self.fetched += [str(values[name]) for name in ("src", "background", "srcset") if name in values]

    def handle_data(self, data: str) -> None:
        if self._is_body:
            self.words += f"{data} "


def page_of(message) -> Page:
    ((content, kind),) = message.alternatives
    assert kind == "text/html"
    page = Page()
    page.feed(content)
    return page


def plain_words(body: str) -> str:
    """A text's words without its addresses, and without the colons that lead to them."""
    without = re.sub(r":\s*(https?://\S+)", " ", body)
    return " ".join(ADDRESS.sub(" ", without).split())


def check_that_both_say_the_same(message) -> None:
    page = page_of(message)
    assert " ".join(page.words.split()) == plain_words(message.body)
    assert page.links == ADDRESS.findall(message.body)


def check_that_nothing_is_fetched(message) -> None:
    page = page_of(message)
    assert not page.tags & {"img", "script", "link", "iframe", "form", "svg", "video", "object"}
    assert page.fetched == []
    assert "url(" not in message.alternatives[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize("notice", [Notice.TIME_TO_MOVE, Notice.REMINDER, Notice.DIGEST, Notice.TEST])
def test_a_reminder_says_the_same_in_both_parts(clinic, alice, mailoutbox, notice):
    prompt(alice, clinic=clinic, by_push=False, notice=notice)
    send_prompts()

    (message,) = mailoutbox
    check_that_both_say_the_same(message)
    check_that_nothing_is_fetched(message)
    assert len(page_of(message).links) == 2  # where it leads, and the way out
    assert message.extra_headers["List-Unsubscribe"] == f"<{page_of(message).links[1]}>"
    assert not set(page_of(message).words.lower().replace(".", " ").split()) & HEALTH


@pytest.mark.django_db
def test_a_notice_to_a_therapist_says_the_same_in_both_parts_and_nothing_about_health(
    clinic, bob, mailoutbox
):
    alert(bob, clinic=clinic)
    send_alerts()

    (message,) = mailoutbox
    check_that_both_say_the_same(message)
    check_that_nothing_is_fetched(message)
    assert not set(page_of(message).words.lower().replace(".", " ").split()) & HEALTH


@pytest.mark.django_db
def test_a_forgotten_password_says_the_same_in_both_parts(client, alice, mailoutbox):
    client.post("/account/password/reset/", {"email": alice.email})

    (message,) = mailoutbox
    check_that_both_say_the_same(message)
    check_that_nothing_is_fetched(message)
    content = message.alternatives[0][0]
    assert ">Choose a new password</a>" in content
    (link,) = page_of(message).links
    assert client.get(link).status_code in (200, 302)


@pytest.mark.pure
def test_names_are_words_in_a_page_and_never_marks_of_it():
    hostile = '<b>"Stride" & Sons</b>'
    message = in_two_parts(
        EmailMessage(
            subject=hostile, body=f"Hello from {hostile}.\n\n{hostile}:\nhttps://x.example/?a=1&b='2\n"
        )
    )
    assert message.body.startswith(f"Hello from {hostile}.")
    content = message.alternatives[0][0]
    assert "<b>" not in content
    assert "<title>&lt;b&gt;" in content
    check_that_both_say_the_same(message)


@pytest.mark.pure
def test_the_first_link_is_the_button_and_text_is_never_small():
    message = in_two_parts(
        EmailMessage(
            subject="x",
            body="It is time. Open it:\nhttps://x.example/1\n\nNo more? Stop them:\n\nhttps://x.example/2\n",
        )
    )
    content = message.alternatives[0][0]
    assert content.count('class="letter-button"') == content.count('class="letter-link"') == 1
    assert '"letter-button" href="https://x.example/1"' in content
    assert all(int(size) >= 16 for size in re.findall(r"font-size:(\d+)px", content))


@pytest.mark.pure
@given(
    some.lists(
        some.tuples(
            some.text("ab<>&\"'.?! ", min_size=1, max_size=12).filter(lambda text: text.strip()),
            some.sampled_from(
                ["", ":\nhttps://x.example/1", ":\n\nhttps://x.example/2", "\nhttps://x.example/3"]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_a_text_says_its_page_says_too(parts):
    body = "\n\n".join(f"{words.strip()}{address}" for words, address in parts)
    message = in_two_parts(EmailMessage(subject="x", body=body))
    page = page_of(message)
    assert message.body == body
    assert page.links == ADDRESS.findall(body)
    letters = re.sub(r"[\s:]", "", ADDRESS.sub("", body))
    assert re.sub(r"[\s:]", "", ADDRESS.sub("", page.words)) == letters
