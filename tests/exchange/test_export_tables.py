"""The record as tables for a spreadsheet, with words for every column."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from programs.accounts.models import AuditEvent
from programs.exchange.render import tables_of
from programs.exchange.render.codebook import TABLES, words_for
from tests import makers
from tests.exchange.whole_record import whole_record

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def archive(answer) -> dict[str, str]:
    with ZipFile(BytesIO(answer.content)) as packed:
        return {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}


def test_a_patient_downloads_everything_as_tables_and_the_look_is_recorded(page, alice, plan, dora, charlie):
    makers.session(plan)
    makers.daily_checks(alice, makers.RISING)
    makers.session(makers.plan(dora, charlie))

    answer = page(alice).get("/me/record.zip")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="my-exercise-record.zip"'
    files = archive(answer)
    checks = list(csv.DictReader(StringIO(files["daily_checks.csv"], newline="")))
    assert [int(check["worst_leg_pain"]) for check in checks] == list(makers.RISING)
    assert len(list(csv.DictReader(StringIO(files["sessions.csv"], newline="")))) == 1
    assert AuditEvent.objects.filter(patient=alice, actor=alice, door="exchange:export_tables").count() == 1


def test_the_readme_has_words_for_every_file_and_every_column(page, alice, bob):
    whole_record(alice, bob)
    browser = page(alice)
    record = browser.get("/me/record.json").json()
    files = archive(browser.get("/me/record.zip"))

    tables = tables_of(record)

    assert {f"{table.name}.csv" for table in tables} == files.keys() - {"README.txt"}
    assert [table.name for table in tables if table.name not in TABLES] == []
    unexplained = {
        f"{table.name}: {column}" for table in tables for column in table.columns if not words_for(column)
    }
    assert unexplained == set()
    for table in tables:
        assert f"{table.name}.csv: {TABLES[table.name]}" in files["README.txt"]


def test_it_asks_the_database_no_more_than_the_other_file(page, alice, plan, django_assert_num_queries):
    makers.session(plan)
    browser = page(alice)
    browser.get("/me/record.json")
    with django_assert_num_queries(32) as other:
        browser.get("/me/record.json")

    with django_assert_num_queries(len(other)):
        browser.get("/me/record.zip")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "POST"])
def test_only_reading_answers_with_the_record(page, alice, method):
    assert page(alice).generic(method, "/me/record.zip").status_code == 405
    assert not AuditEvent.objects.exists()


def test_a_therapist_has_no_such_page_and_a_stranger_is_asked_to_sign_in(page, client, bob, alice):
    assert page(bob).get("/me/record.zip").status_code == 403
    assert client.get("/me/record.zip").status_code == 302
