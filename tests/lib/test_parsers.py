"""Bodies that no shape could take: refused before anything reads them, with a sentence."""

import pytest

from tests import makers
from tests.rest import wrong_fields

CHECKS = "/api/v1/daily-checks/"
SIGN_IN = "/api/v1/auth/app/v1/auth/login"
WRITING = [
    ("post", CHECKS),
    ("post", "/api/v1/sessions/"),
    ("put", "/api/v1/break-rule/"),
    ("post", SIGN_IN),
    ("delete", "/api/v1/auth/app/v1/auth/session"),
]

DEEP = {
    "lists": "[" * 50_000,
    "objects": '{"a":' * 50_000,
    "closed lists": "[" * 50_000 + "]" * 50_000,
    "under an unknown field": '{"a": ' + "[" * 20 + "]" * 20 + "}",
    "just parsed, too deep to print": '{"reach_left": ' + "[" * 700 + "]" * 700 + "}",
}
NOT_STORABLE = {
    "half a character as a name": r'{"\ud800": 1}',
    "half a character as a value": r'{"side": "\udfff"}',
    "half a character inside": r'{"results": [{"side": "a\ud800b"}]}',
    "half a character alone": r'"\ud800"',
    "NUL as a value": r'{"side": "a\u0000"}',
    "NUL as a name": r'{"\u0000": 1}',
    "sign-in": r'{"email": "alice@example.org", "password": "\ud800"}',
}
NOT_JSON = {
    "a number of 5,000 digits": '{"worst_leg_pain": ' + "9" * 5_000 + "}",
    "no UTF-8": b'{"note": "\xff"}',
    "half a character in UTF-8": b'{"note": "\xed\xa0\x80"}',
    "UTF-16": '{"note": "x"}'.encode("utf-16"),
    "cut off": '{"note": ',
}


def send(client, method, address, body, content_type="application/json"):
    answer = client.generic(method.upper(), address, body, content_type=content_type)
    assert answer.status_code == 400
    return wrong_fields(answer)


@pytest.mark.parametrize(("method", "address"), WRITING)
@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deeply_is_refused(api, alice, method, address, body):
    assert send(api(alice), method, address, body) == {"body": "This is nested too deeply."}


@pytest.mark.parametrize(("method", "address"), WRITING)
@pytest.mark.parametrize("body", NOT_STORABLE.values(), ids=NOT_STORABLE)
def test_text_that_cannot_be_stored_is_refused(api, alice, method, address, body):
    assert send(api(alice), method, address, body) == {
        "body": "The text holds characters that cannot be stored."
    }


@pytest.mark.parametrize(("method", "address"), WRITING)
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(api, alice, method, address, body):
    assert send(api(alice), method, address, body)["body"].startswith("This is not JSON: ")


def test_an_encoding_that_the_sender_names_opens_no_way_around(api, alice):
    body = b'{"side": "+2AA-"}'  # in UTF-7 half a character, in UTF-8 five plain ones

    answer = send(api(alice), "post", CHECKS, body, content_type="application/json; charset=utf-7")

    assert answer["side"] == "There is no such field."


def test_a_whole_character_outside_the_basic_plane_is_fine(api, alice):
    makers.plan(alice, makers.therapist(alice.memberships.get().clinic, "carl"))

    answer = send(api(alice), "post", CHECKS, r'{"note \ud83d\ude00": 1}')

    assert answer["note 😀"] == "There is no such field."
