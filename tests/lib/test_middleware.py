"""What every answer carries, whoever asks."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection

from programs.accounts.models import User
from programs.exchange.actions import erase_record
from programs.lib.middleware import DeletedAccountMiddleware
from programs.logbook.models import Intake
from tests import makers


def test_every_answer_forbids_inline_and_foreign_scripts(client, db):
    policy = client.get("/account/login/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_static_file_carries_the_policy_too(client):
    answer = client.head("/static/css/tokens.css")

    assert answer.status_code == 200
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_and_styles_go_compressed(client, db):
    for address in ("/help/", "/static/css/tokens.css"):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        answer.close()  # the file of a style that nobody reads to its end

        assert answer["Content-Encoding"] == "gzip"


def test_a_view_may_widen_the_policy_for_itself(client, db):
    assert "img-src 'self' data:" in client.get("/api/v1/docs/")["Content-Security-Policy"]
    assert "data:" not in client.get("/api/v1/schema/")["Content-Security-Policy"]


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(page, alice, client):
    assert page(alice).get("/")["Cache-Control"] == "no-store"
    assert "no-store" in client.get("/api/v1/today/")["Cache-Control"]


def test_a_form_of_ten_megabytes_gets_one_sentence_and_stores_nothing(page, alice, plan):
    answer = page(alice).post("/check/", {"worst_leg_pain": "3", "note": "x" * 10_000_000})

    assert answer.status_code == 413
    assert "Send less than 256 kB" in answer.content.decode()
    assert not alice.dailychecks.exists()


def test_a_body_of_ten_megabytes_gets_a_problem_that_names_the_body(api, alice):
    answer = api(alice).post(
        "/api/v1/sessions/", data=b'{"note": "' + b"x" * 10_000_000 + b'"}', content_type="application/json"
    )

    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("length", ["²", "x", "-1", ""])
def test_a_length_that_is_no_number_counts_as_none(client, db, length):
    assert client.get("/account/login/", headers={"Content-Length": length}).status_code == 200


def test_a_form_from_another_site_is_refused(alice, plan):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.post("/check/", {"worst_leg_pain": "3"}).status_code == 403
    assert not alice.dailychecks.exists()


@pytest.mark.parametrize(("zone", "shown"), [("Europe/London", "12:00"), ("Asia/Kolkata", "17:30")])
def test_times_are_shown_in_the_persons_own_zone(clinic, bob, page, rf, zone, shown):
    from django.http import HttpResponse
    from django.template import Context, Template

    from programs.lib.middleware import LocalTimeMiddleware

    request = rf.get("/")
    request.user = makers.patient(clinic, "eve", cared_for_by=bob, time_zone=zone)
    template = Template("{{ at|date:'H:i' }}")

    answer = LocalTimeMiddleware(lambda _: HttpResponse(template.render(Context({"at": makers.NOON}))))(
        request
    )

    assert answer.content.decode() == shown


def test_a_cookie_with_a_nul_gets_a_sentence(client, db):
    client.cookies["sessionid"] = "aaaa\0"

    assert client.get("/").status_code == 400


@contextmanager
def erased_before_it_is_stored(user):
    """The account of `user` goes just before the first thing that is stored in one piece."""
    is_gone = False

    def erase(execute, sql, params, many, context):
        nonlocal is_gone
        if sql.startswith("SAVEPOINT") and not is_gone:
            is_gone = True
            erase_record(patient=user, now=makers.NOON)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(erase):
        yield
    assert is_gone


def test_a_report_of_an_account_that_is_deleted_meanwhile_leads_to_the_sign_in(page, alice, plan, at_noon):
    session = makers.session(plan)
    browser = page(alice)

    with erased_before_it_is_stored(alice):
        answer = browser.post(f"/session/{session.pk}/done/", {"effort": "hard"})

    assert (answer.status_code, answer.url) == (302, "/account/login/")
    assert SESSION_KEY not in browser.session


def test_a_program_of_an_account_that_is_deleted_meanwhile_is_signed_out(api, alice, at_noon):
    body = makers.INTAKE_ANSWERS | {"id": str(uuid4()), "recorded_on": makers.NOON.date()}

    with erased_before_it_is_stored(alice):
        answer = api(alice).post("/api/v1/intakes/", body, format="json")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert not Intake.objects.exists()


def test_another_row_of_an_account_that_is_missing_is_a_fault_of_ours(alice, rf):
    request = rf.get("/")
    request.user = alice

    assert DeletedAccountMiddleware(lambda _: None).process_exception(request, User.DoesNotExist()) is None
