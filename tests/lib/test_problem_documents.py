"""Whatever goes wrong over REST is told as RFC 9457 problem+json."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from rest_framework import exceptions

from programs.lib.errors import problem_response
from tests.rest import wrong_fields

CHECKS = "/api/v1/daily-checks/"


def assert_is_problem(answer: Any, status: int, title: str) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert (document["type"], document["status"], document["title"]) == ("about:blank", status, title)
    assert document["detail"].endswith(".")


def test_an_unknown_address(client, api, alice):
    for caller in (client, api(alice)):
        assert_is_problem(caller.get("/api/v1/nothing/"), 404, "Not Found")


def test_a_row_that_is_not_there(api, alice):
    assert_is_problem(api(alice).get(f"/api/v1/plans/{uuid4()}/"), 404, "Not Found")


def test_not_signed_in(client, db):
    assert_is_problem(client.get("/api/v1/today/"), 401, "Unauthorized")


def test_a_token_that_is_none_of_ours(client, db):
    answer = client.get("/api/v1/today/", headers={"X-Session-Token": "made-up"})

    assert_is_problem(answer, 401, "Unauthorized")


def test_the_wrong_role(api, bob):
    assert_is_problem(api(bob).get("/api/v1/today/"), 403, "Forbidden")


def test_a_method_that_a_door_does_not_have(api, alice):
    answer = api(alice).delete(CHECKS)

    assert_is_problem(answer, 405, "Method Not Allowed")
    assert "POST" in answer["Allow"]


def test_broken_json(api, alice):
    answer = api(alice).post(CHECKS, data='{"id": ', content_type="application/json")

    assert_is_problem(answer, 400, "Bad Request")
    assert "line 1 column 8" in wrong_fields(answer)["body"]
    assert not alice.dailychecks.exists()


def test_numbers_that_json_does_not_have(api, alice):
    answer = api(alice).post(CHECKS, data='{"worst_leg_pain": NaN}', content_type="application/json")

    assert_is_problem(answer, 400, "Bad Request")


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null"])
def test_json_that_is_no_object(api, alice, body):
    answer = api(alice).post(CHECKS, data=body, content_type="application/json")

    assert_is_problem(answer, 400, "Bad Request")
    assert wrong_fields(answer)


def test_a_body_of_another_kind(api, alice):
    answer = api(alice).post(CHECKS, data="worst_leg_pain=3", content_type="text/plain")

    assert_is_problem(answer, 415, "Unsupported Media Type")


def test_a_body_that_is_too_large(api, alice):
    answer = api(alice).post(CHECKS, data="x" * (256 * 1024 + 1), content_type="application/json")

    assert_is_problem(answer, 413, "Request Entity Too Large")
    assert wrong_fields(answer) == {"body": "This is too large to take in. Send less than 256 kB at a time."}


def test_a_body_of_exactly_the_limit_is_read(api, alice):
    answer = api(alice).post(CHECKS, data="x" * (256 * 1024), content_type="application/json")

    assert answer.status_code == 400


def test_too_many_requests(api, alice):
    client = api(alice)
    statuses = [client.get("/api/v1/flags/").status_code for _ in range(3)]
    assert set(statuses) == {403}

    answers = [client.get("/api/v1/break-rule/") for _ in range(241)]

    assert {answer.status_code for answer in answers[:240]} == {404}
    assert_is_problem(answers[240], 429, "Too Many Requests")
    assert 0 < int(answers[240]["Retry-After"]) <= 60


def test_a_form_from_another_site(page, alice):
    """A browser's cookie alone does not write: that takes the CSRF token too."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    answer = client.post(CHECKS, {"worst_leg_pain": 3}, content_type="application/json")

    assert_is_problem(answer, 403, "Forbidden")
    assert not alice.dailychecks.exists()


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (ValidationError("All of it."), {"body": "All of it."}),
        (ValidationError({"name": "Enter a name."}), {"name": "Enter a name."}),
        (ValidationError({"__all__": "Both."}), {"body": "Both."}),
        (exceptions.ValidationError({"plan": "Not yours."}), {"plan": "Not yours."}),
        (exceptions.ValidationError({"results": [{}, {"side": ["Choose."]}]}), {"results.1.side": "Choose."}),
        (exceptions.ValidationError({"results": {1: {"side": ["Choose."]}}}), {"results.1.side": "Choose."}),
        (exceptions.ValidationError([{}, {"side": ["Choose."]}]), {"1.side": "Choose."}),
        (exceptions.ValidationError({"non_field_errors": ["Both."]}), {"body": "Both."}),
    ],
)
def test_each_sentence_stands_at_the_path_of_its_field(error, fields):
    answer = problem_response(error, {})

    assert answer is not None
    assert {each["field"]: each["message"] for each in answer.data["errors"]} == fields


def test_what_nobody_foresaw_is_not_hidden():
    assert problem_response(ZeroDivisionError(), {}) is None
