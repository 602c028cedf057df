"""The pages of the library are plain to read and take few queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from programs.library.models import Article, Exercise, Program
from tests import makers
from tests.library.rows import (
    ARTICLES,
    BREAKS,
    CHECK,
    LIBRARY,
    LISTS,
    PROGRAMS,
    address,
    article,
    exercise,
    own_content,
    program,
)
from tests.patient_words import page_passages, too_hard
from tests.test_readability import TERMS

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.mark.parametrize(
    "path",
    [
        *LISTS,
        f"{LIBRARY}?q=calf+strech",
        f"{LIBRARY}?q=xyzzy&position=standing",
        f"{LIBRARY}?q=%00&stage=x&category=x",
        f"{LIBRARY}?category=relaxation&position=standing",
    ],
)
def test_what_a_patient_reads_there_is_plain(page, alice, path):
    names = {*Article.objects.values_list("name", flat=True)}  # too short for a grade of their own
    said = page_passages(path, page(alice).get(path).content.decode())

    problems = [too_hard(passage, TERMS) for passage in said if passage.text not in names]
    assert [problem for each in problems for problem in each] == []


# A patient's page takes one look for the prompt and the reminder that shows.
LIST_QUERIES = {
    LIBRARY: 8,  # session, person, roles, programs, stages, exercises, the plan, that look
    f"{LIBRARY}?q=calf": 9,  # and articles, break ideas
    f"{LIBRARY}?category=strength&position=standing&equipment=counter": 7,
    PROGRAMS: 7,  # session, person, roles, programs, stages, direction check, that look
    ARTICLES: 5,
    BREAKS: 6,  # session, person, roles, ideas with exercises, articles, that look
    CHECK: 6,  # session, person, roles, check, its exercises, that look
}


def queries_of(browser: Client, path: str, count: int, asserting: Callable[[int], Any]) -> None:
    with asserting(count):
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("rows", [3, 60])
def test_lists_take_the_same_queries_however_long_they_are(
    page, clinic, alice, bob, rows, django_assert_num_queries
):
    for model in (Exercise, Program, Article):
        kept = model.objects.values("pk")[:3]
        model.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).update(retired_at=makers.NOON)
    if rows > 3:
        own_content(clinic, rows - 3)
    assert Exercise.objects.current().count() == rows

    for path, count in LIST_QUERIES.items():
        queries_of(page(alice), path, count, django_assert_num_queries)
        for_patients = 2 if path == LIBRARY else 1  # that look, and on the list their plan
        queries_of(page(bob), path, count - for_patients, django_assert_num_queries)


def test_a_plan_takes_one_more_query_however_long_its_stage(page, alice, bob, django_assert_num_queries):
    plan = makers.plan(alice, bob)
    patient = page(alice)
    queries_of(patient, LIBRARY, LIST_QUERIES[LIBRARY] + 1, django_assert_num_queries)  # its figures

    version = makers.version(plan)
    values = version.content_values
    values["stages"][0]["exercises"] = values["stages"][0]["exercises"][:1]
    type(version).objects.filter(pk=version.pk).update(content_values=values)

    queries_of(patient, LIBRARY, LIST_QUERIES[LIBRARY] + 1, django_assert_num_queries)


def test_a_stage_as_a_filter_costs_no_query(page, alice, django_assert_num_queries):
    path = f"{LIBRARY}?stage={program('calf-strength').pk}.1"

    queries_of(
        page(alice),
        path,
        LIST_QUERIES[f"{LIBRARY}?category=strength&position=standing&equipment=counter"],
        django_assert_num_queries,
    )


@pytest.mark.parametrize("more", [0, 20])
def test_a_page_takes_the_same_queries_however_much_it_shows(
    page, clinic, alice, bob, more, django_assert_num_queries
):
    own_content(clinic, more)
    stretch, flares = exercise("towel-calf-stretch"), article("flare-ups")
    patient, therapist = page(alice), page(bob)

    # session, person, roles, the exercise with its neighbours, articles, prompt and reminder
    queries_of(patient, address(stretch), 6, django_assert_num_queries)
    # no prompt; contraindications, prescriptions, break ideas
    queries_of(therapist, address(stretch), 8, django_assert_num_queries)
    queries_of(patient, address(flares), 5, django_assert_num_queries)
    queries_of(therapist, address(flares), 4, django_assert_num_queries)
    for slug in ("sciatica-with-calf-symptoms", "flare-plan"):
        # session, person, roles, prompt and reminder; program, stages, prescriptions, exclusions, articles,
        # break ideas, questions
        queries_of(patient, address(program(slug)), 11, django_assert_num_queries)
        queries_of(therapist, address(program(slug)), 10, django_assert_num_queries)
