"""A forgotten password: the page says the same to everybody, and only an account gets a mail."""

import pytest

from tests import pages

pytestmark = pytest.mark.django_db

URL = "/account/password/reset/"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, alice, mailoutbox):
    known = client.post(URL, {"email": alice.email}, follow=True)
    assert [message.to for message in mailoutbox] == [[alice.email]]

    unknown = client.post(URL, {"email": "nobody@example.org"}, follow=True)

    assert unknown.status_code == known.status_code == 200
    assert pages.words(unknown) == pages.words(known)
    assert len(mailoutbox) == 1
