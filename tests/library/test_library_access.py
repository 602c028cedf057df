"""Who may come into the library, whose content they meet there, and who has checked it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.library.models import Article, BreakMovement, DirectionCheck, Exercise, Program
from tests import makers, pages
from tests.library.rows import (
    ARTICLES,
    BREAKS,
    CHECK,
    LIBRARY,
    LISTS,
    PROGRAMS,
    address,
    exercise,
    one_of_each,
    own_content,
)

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon", "db")]


# --- who may come in ---


@pytest.mark.parametrize("who", ["alice", "bob", "adam"])
def test_everybody_of_a_clinic_may_read_all_of_it(page, request, who):
    browser = page(request.getfixturevalue(who))

    for path in [*LISTS, *one_of_each()]:
        assert browser.get(path).status_code == 200, path


def test_it_is_for_people_who_are_signed_in_and_belong_to_a_clinic(page, client):
    eve = page(makers.person("eve"))

    for path in [*LISTS, *one_of_each()]:
        assert client.get(path).url.startswith("/account/login/"), path
        assert eve.get(path).status_code == 403, path


def test_nothing_can_be_sent_to_it(page, alice):
    for path in [*LISTS, *one_of_each()]:
        assert page(alice).post(path).status_code == 405, path


def test_a_patient_stays_in_the_patients_frame_and_a_clinician_in_theirs(page, alice, bob, adam):
    for path in [*LISTS, *one_of_each()]:
        assert 'class="bottom-nav"' in page(alice).get(path).content.decode(), path
        for clinician in (bob, adam):
            body = page(clinician).get(path).content.decode()
            assert 'class="top-bar"' in body, path
            assert "Stride clinic" in body, path


def test_who_is_treated_and_works_in_a_clinic_gets_the_clinicians_pages(page, clinic, alice):
    join_clinic(user=alice, clinic=clinic, role=Role.THERAPIST, now=makers.NOON)

    assert "For clinicians" in pages.words(page(alice).get(address(exercise("walking"))))


def test_a_look_at_the_library_is_no_look_at_anybody(page, alice, bob):
    for path in [*LISTS, *one_of_each()]:
        page(alice).get(path)
        page(bob).get(path)

    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("who", "nav", "name"),
    [("alice", "bottom-nav", "Learn"), ("bob", "top-bar", "Library"), ("adam", "top-bar", "Library")],
)
def test_it_is_one_tap_from_everywhere_and_says_where_one_is(page, request, who, nav, name):
    browser = page(request.getfixturevalue(who))

    assert f'href="{LIBRARY}"' in browser.get("/me/").content.decode().split(f'class="{nav}"')[1]
    link = f'<a href="{LIBRARY}" aria-current='
    assert f'{link}"page">{name}</a>' in browser.get(LIBRARY).content.decode()
    for path in [*LISTS[1:], *one_of_each()]:
        assert f'{link}"true">{name}</a>' in browser.get(path).content.decode(), path


def test_the_parts_of_the_library_lead_to_each_other(page, alice):
    for path in (LIBRARY, PROGRAMS, ARTICLES, BREAKS):
        body = page(alice).get(path).content.decode()
        for other in (LIBRARY, PROGRAMS, ARTICLES, BREAKS):
            assert f'href="{other}"' in body
        assert f'href="{path}" aria-current="page"' in body


def test_no_address_tells_what_somebody_suffers_from(page, alice):
    slugs = {
        slug
        for model in (Exercise, Program, Article, BreakMovement)
        for slug in model.objects.values_list("slug", flat=True)
    }
    for path in [*LISTS, f"{LIBRARY}?q=calf", *one_of_each()]:
        for link in re.findall(r'href="([^"]+)"', page(alice).get(path).content.decode()):
            assert not any(slug in link for slug in slugs), link


# --- whose content ---


@pytest.mark.parametrize("model", [Exercise, Program, Article])
def test_a_clinics_own_content_is_for_its_people_alone(page, clinic, alice, bob, dora, model):
    own_content(clinic)
    own = model.objects.get(clinic=clinic)
    path = {Exercise: LIBRARY, Program: PROGRAMS, Article: ARTICLES}[model]

    for person in (alice, bob):
        assert own.name in pages.words(page(person).get(path))
        assert own.name in pages.heading(page(person).get(address(own)))
    assert own.name not in pages.words(page(dora).get(path))
    assert page(dora).get(address(own)).status_code == 404
    assert "We found nothing" in pages.words(page(dora).get(LIBRARY, {"q": own.name}))


@pytest.mark.parametrize("kind", ["exercises", "programs", "articles"])
def test_what_is_not_there_is_not_found(page, alice, bob, kind):
    for person in (alice, bob):
        assert page(person).get(f"/library/{kind}/{uuid4()}/").status_code == 404
        assert page(person).get(f"/library/{kind}/walking/").status_code == 404


@pytest.mark.parametrize(
    ("model", "slug", "sentence"),
    [
        (Exercise, "walking", "This exercise is no longer given."),
        (Program, "calf-strength", "This program is no longer given."),
        (Article, "flare-ups", "This article is no longer given."),
    ],
)
def test_what_is_retired_is_not_listed_but_opens_and_says_so(page, alice, bob, model, slug, sentence):
    row = model.objects.get(slug=slug)
    assert sentence not in pages.words(page(alice).get(address(row)))

    model.objects.filter(pk=row.pk).update(retired_at=makers.NOON)

    for path in (LIBRARY, f"{LIBRARY}?q={row.name}", PROGRAMS, ARTICLES):
        assert address(row) not in page(alice).get(path).content.decode()
    for person in (alice, bob):
        answer = page(person).get(address(row))
        assert row.name in pages.heading(answer)
        assert sentence in pages.words(answer)


def test_a_library_without_anything_says_so(page, alice):
    for model in (Exercise, Program, Article, BreakMovement, DirectionCheck):
        model.objects.update(retired_at=makers.NOON)

    assert "No exercises in all." in pages.words(page(alice).get(LIBRARY))
    assert "There are no programs yet." in pages.words(page(alice).get(PROGRAMS))
    assert "There are no articles yet." in pages.words(page(alice).get(ARTICLES))
    assert "There are no ideas yet." in pages.words(page(alice).get(BREAKS))
    assert page(alice).get(CHECK).status_code == 404


# --- checked by a clinician or not ---


def test_the_list_says_once_that_nothing_is_checked_else_of_each(page, alice):
    words = pages.words(page(alice).get(LIBRARY))
    assert words.count("not yet checked by a clinician") == 1

    Exercise.objects.filter(slug="walking").update(checked_by="Priya Nair, physiotherapist")

    words = pages.words(page(alice).get(LIBRARY))
    assert "These are" not in words
    assert words.count("Not yet checked by a clinician") == 31


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_each_page_says_whether_it_is_checked(page, request, who):
    browser = page(request.getfixturevalue(who))
    for path in (*one_of_each(), CHECK):
        assert "Not yet checked by a clinician" in pages.words(browser.get(path)), path

    for model in (Exercise, Program, Article, DirectionCheck):
        model.objects.update(checked_by="Priya Nair")

    for path in (*one_of_each(), CHECK):
        words = pages.words(browser.get(path))
        assert "Checked by Priya Nair" in words, path
        assert "Not yet checked" not in words, path
