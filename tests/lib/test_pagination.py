"""Lists over REST, page by page."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from tests import makers
from tests.rest import wrong_fields

LISTS = ["/api/v1/sessions/", "/api/v1/daily-checks/", "/api/v1/exercises/", "/api/v1/plans/"]
MOMENTS = "/api/v1/sessions/"


def cursor(**tokens: str) -> str:
    return b64encode(urlencode(tokens).encode()).decode()


def refused(answer) -> bool:
    assert answer.status_code == 400
    return wrong_fields(answer)["cursor"].startswith("This is not a cursor of this list.")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("tokens", [{"p": "\0"}, {"p": "2026-11-20\0"}, {"o": "x"}, {"o": "-1"}, {"r": "x"}])
def test_a_cursor_that_no_page_gave_out_is_refused(api, alice, plan, address, tokens):
    assert refused(api(alice).get(address, {"cursor": cursor(**tokens)}))


@pytest.mark.parametrize("text", ["é", "abc"])
def test_text_that_is_no_cursor_is_refused(api, alice, text):
    assert refused(api(alice).get(MOMENTS, {"cursor": text}))


@pytest.mark.parametrize(
    "position",
    [
        "9999-12-31 23:59:59+23:00",
        "9999-12-31 23:59:59-23:00",
        "0001-01-01 00:00:00+23:00",
        "2026-11-20 12:00:00+23:00",
        "2026-11-20 12:00:00",
        "2026-11-20",
        "2026-13-20 12:00:00+00:00",
        "yesterday",
        "",
    ],
)
@pytest.mark.parametrize("reverse", ["0", "1"])
def test_a_position_that_is_no_moment_in_utc_is_refused(api, alice, plan, position, reverse):
    makers.session(plan)

    assert refused(api(alice).get(MOMENTS, {"cursor": cursor(p=position, r=reverse)}))


@pytest.mark.parametrize("position", ["0001-01-01 00:00:00+00:00", "9999-12-31 23:59:59+00:00"])
def test_the_first_and_the_last_moment_there_are_can_be_asked_for(api, alice, plan, position):
    makers.session(plan)

    assert api(alice).get(MOMENTS, {"cursor": cursor(p=position)}).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_the_pages_lead_through_the_whole_list_and_back(api, alice, plan, address):
    for _ in range(5):
        makers.session(plan)
    makers.daily_checks(alice, makers.STEADY[:5])
    client = api(alice)
    whole = client.get(address, {"page_size": 100}).json()["results"][:5]

    first = client.get(address, {"page_size": 2}).json()
    rows, page = list(first["results"]), first
    while page["next"] and len(rows) < 5:
        page = client.get(page["next"]).json()
        rows += page["results"]

    assert rows[: len(whole)] == whole
    if page["previous"]:
        assert client.get(page["previous"]).status_code == 200
