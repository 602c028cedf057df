"""The pages of the library, for patients, therapists and administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Clinic, Role, User
from programs.library.actions import apply_content
from programs.library.models import (
    Article,
    BreakMovement,
    Category,
    Contraindication,
    DirectionCheck,
    Exercise,
    Program,
    Shipped,
)
from programs.library.rules import LibraryFiles, describe, describe_frequency
from tests import makers, pages
from tests.library.shipped import shipped
from tests.patient_words import page_passages, too_hard
from tests.test_readability import TERMS

pytestmark = pytest.mark.usefixtures("at_noon", "library")

URL = "/library/"
PROGRAMS = "/library/programs/"
ARTICLES = "/library/articles/"
BREAKS = "/library/breaks/"
CHECK = "/library/direction-check/"
LISTS = (URL, PROGRAMS, ARTICLES, BREAKS, CHECK)


@pytest.fixture
def library(db) -> None:
    makers.library()


@pytest.fixture
def adam(clinic: Clinic) -> User:
    """The administrator of the clinic."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return user


def address(row: Shipped) -> str:
    kind = {Exercise: "exercises", Program: "programs", Article: "articles"}[type(row)]
    return f"/library/{kind}/{row.pk}/"


def exercise(slug: str) -> Exercise:
    return Exercise.objects.get(slug=slug)


def program(slug: str) -> Program:
    return Program.objects.get(slug=slug)


def one_of_each() -> list[str]:
    return [
        address(exercise("standing-calf-stretch")),
        address(program("sciatica-with-calf-symptoms")),
        address(program("flare-plan")),
        address(Article.objects.get(slug="flare-ups")),
    ]


def own_content(clinic: Clinic, count: int = 1) -> None:
    """A clinic's own exercises, programs and articles, under names of their own."""
    files = shipped()
    (stretch,) = (each for each in files.exercises if each.slug == "towel-calf-stretch")
    (calf,) = (each for each in files.programs if each.slug == "calf-strength")
    numbers = range(count)
    apply_content(
        files=LibraryFiles(
            exercises=[
                replace(stretch, slug=f"own-{number}", name=f"Own stretch {number}", code=f"OW{number:02}")
                for number in numbers
            ],
            programs=[replace(calf, slug=f"own-{number}", name=f"Own plan {number}") for number in numbers],
            articles=[
                replace(files.articles[0], slug=f"own-{number}", name=f"Own words {number}")
                for number in numbers
            ],
        ),
        clinic=clinic,
        now=makers.NOON,
    )


def names_in(answer: Any) -> list[str]:
    """The exercises listed, in their order."""
    return re.findall(r'<h3><a href="/library/exercises/[^"]+">([^<]+)</a></h3>', answer.content.decode())


def chosen(answer: Any) -> list[str]:
    """What is chosen in the lists of the form, but for "any"."""
    return re.findall(r'<option value="([^"]+)" selected>', answer.content.decode())


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


@pytest.mark.parametrize(("who", "nav"), [("alice", "bottom-nav"), ("bob", "top-bar"), ("adam", "top-bar")])
def test_it_is_one_tap_from_everywhere_and_says_where_one_is(page, request, who, nav):
    browser = page(request.getfixturevalue(who))

    assert f'href="{URL}"' in browser.get("/me/").content.decode().split(f'class="{nav}"')[1]
    link = f'<a href="{URL}" aria-current='
    assert f'{link}"page">Library</a>' in browser.get(URL).content.decode()
    for path in [*LISTS[1:], *one_of_each()]:
        assert f'{link}"true">Library</a>' in browser.get(path).content.decode(), path


def test_the_parts_of_the_library_lead_to_each_other(page, alice):
    for path in (URL, PROGRAMS, ARTICLES, BREAKS):
        body = page(alice).get(path).content.decode()
        for other in (URL, PROGRAMS, ARTICLES, BREAKS):
            assert f'href="{other}"' in body
        assert f'href="{path}" aria-current="page"' in body


def test_no_address_tells_what_somebody_suffers_from(page, alice):
    slugs = {
        slug
        for model in (Exercise, Program, Article, BreakMovement)
        for slug in model.objects.values_list("slug", flat=True)
    }
    for path in [*LISTS, f"{URL}?q=calf", *one_of_each()]:
        for link in re.findall(r'href="([^"]+)"', page(alice).get(path).content.decode()):
            assert not any(slug in link for slug in slugs), link


# --- whose content ---


@pytest.mark.parametrize("model", [Exercise, Program, Article])
def test_a_clinics_own_content_is_for_its_people_alone(page, clinic, alice, bob, dora, model):
    own_content(clinic)
    own = model.objects.get(clinic=clinic)
    path = {Exercise: URL, Program: PROGRAMS, Article: ARTICLES}[model]

    for person in (alice, bob):
        assert own.name in pages.words(page(person).get(path))
        assert pages.heading(page(person).get(address(own))) == own.name
    assert own.name not in pages.words(page(dora).get(path))
    assert page(dora).get(address(own)).status_code == 404
    assert "We found nothing" in pages.words(page(dora).get(URL, {"q": own.name}))


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

    for path in (URL, f"{URL}?q={row.name}", PROGRAMS, ARTICLES):
        assert address(row) not in page(alice).get(path).content.decode()
    for person in (alice, bob):
        answer = page(person).get(address(row))
        assert pages.heading(answer) == row.name
        assert sentence in pages.words(answer)


def test_a_library_without_anything_says_so(page, alice):
    for model in (Exercise, Program, Article, BreakMovement, DirectionCheck):
        model.objects.update(retired_at=makers.NOON)

    assert "No exercises in all." in pages.words(page(alice).get(URL))
    assert "There are no programs yet." in pages.words(page(alice).get(PROGRAMS))
    assert "There are no articles yet." in pages.words(page(alice).get(ARTICLES))
    assert "There are no ideas yet." in pages.words(page(alice).get(BREAKS))
    assert page(alice).get(CHECK).status_code == 404


# --- the list, its filters and its search ---


def test_every_exercise_is_listed_kind_by_kind_with_its_facts(page, alice):
    answer = page(alice).get(URL)

    assert len(names_in(answer)) == 32
    headings = re.findall(r'<h2 id="[a-z_]+-title">([^<]+)</h2>', answer.content.decode())
    assert headings == Category.labels
    words = pages.words(answer)
    assert "32 exercises in all." in words
    assert "Standing calf stretch Upper calf Standing · A wall" in words
    assert "Clear it all" not in words


def test_the_number_found_is_told_to_a_screen_reader(page, alice):
    body = page(alice).get(URL, {"q": "bridge"}).content.decode()

    (status,) = re.findall(r'<p role="status">(.*?)</p>', body, re.DOTALL)
    assert " ".join(status.split()) == "1 exercise for “bridge”."


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"category": "relaxation"}, ["Belly breathing"]),
        ({"position": "side_lying"}, ["Clamshell", "Side plank on knees", "Full side plank"]),
        ({"equipment": "step"}, ["Slow heel drop"]),
        ({"category": "strength", "position": "sitting"}, ["Seated calf raise", "Sit to stand"]),
        ({"q": "calf strech", "equipment": "towel"}, ["Towel calf stretch"]),
    ],
)
def test_filters_narrow_the_exercises_down_and_stay_chosen(page, alice, wish, expected):
    answer = page(alice).get(URL, wish)

    assert names_in(answer) == expected
    assert chosen(answer) == [value for name, value in wish.items() if name != "q"]
    assert "with your filter." in pages.words(answer)
    assert '<details class="filter" open>' in answer.content.decode()
    assert f'<a class="tap" href="{URL}">Clear it all</a>' in answer.content.decode()


def test_the_filter_is_folded_until_a_patient_uses_it(page, alice, bob):
    for path in (URL, f"{URL}?q=calf"):
        assert '<details class="filter">' in page(alice).get(path).content.decode()
        assert '<details class="filter" open>' in page(bob).get(path).content.decode()


def test_a_stage_shows_what_is_given_in_it(page, alice):
    calf = program("calf-tightness-and-cramps")
    stage = calf.stages.get(number=2)

    answer = page(alice).get(URL, {"stage": f"{calf.pk}.2"})

    assert set(names_in(answer)) == {each.exercise.name for each in stage.prescriptions.all()}
    assert chosen(answer) == [f"{calf.pk}.2"]


def test_the_stages_to_choose_from_stand_under_their_programs(page, alice):
    body = page(alice).get(URL).content.decode()

    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', body, re.DOTALL)
    assert [name for name, _ in groups] == [each.name for each in Program.objects.staged()]
    stages = dict(groups)["Sciatica with calf symptoms"]
    assert re.findall(r">([^<]+)</option>", stages)[:2] == ["1 Settle and move", "2 Get moving"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("brige", "Bridge"), ("slidder", "Lying nerve slider"), ("piriformis", "Figure-four stretch")],
)
def test_the_search_forgives_a_typing_error(page, alice, query, expected):
    answer = page(alice).get(URL, {"q": query})

    assert expected in names_in(answer)
    assert f'value="{query}"' in answer.content.decode()


def test_the_search_puts_the_best_first(page, alice):
    assert names_in(page(alice).get(URL, {"q": "towel"}))[0] == "Towel calf stretch"
    assert names_in(page(alice).get(URL, {"q": "calf strech"}))[:3] == [
        "Bent-knee calf stretch",
        "Standing calf stretch",
        "Towel calf stretch",
    ]


def test_programs_articles_and_break_ideas_are_found_by_words_too(page, alice):
    assert "Articles Cramps" not in pages.words(page(alice).get(URL))

    words = pages.words(page(alice).get(URL, {"q": "cramps"}))

    assert "No exercises for “cramps”." in words
    assert "Programs Calf tightness and cramps" in words
    assert "Articles Cramps and spasms" in words
    assert "Ideas for a break Shoulder rolls" in pages.words(page(alice).get(URL, {"q": "sholder"}))


def test_an_empty_result_says_what_to_try(page, alice):
    words = pages.words(page(alice).get(URL, {"q": "xyzzy"}))
    assert "We found nothing for “xyzzy”." in words
    assert "Try one short word, such as calf, nerve or walk." in words
    assert "take out a filter" not in words

    words = pages.words(page(alice).get(URL, {"q": "xyzzy", "position": "standing"}))
    assert "We found nothing for “xyzzy” with your filter." in words
    assert "Or take out a filter." in words

    words = pages.words(page(alice).get(URL, {"category": "relaxation", "position": "standing"}))
    assert "No exercises with your filter. Clear it all Take out a filter, or search by word." in words


@pytest.mark.parametrize("field", ["category", "position", "equipment", "stage"])
@pytest.mark.parametrize("value", ["x", "\0", "standing' OR 1=1", "1", f"{uuid4()}.1", "🦵"])
def test_a_wrong_filter_is_named_and_leaves_nothing_out(page, alice, field, value):
    answer = page(alice).get(URL, {field: value})

    assert answer.status_code == 200
    assert len(names_in(answer)) == 32
    body = answer.content.decode()
    assert f'<p class="field-error" id="id_{field}_error">' in body
    assert body.count("Choose one from the list.") == 2  # in the summary, and at the field
    assert "<title>Error: Library" in body


def test_beside_a_wrong_filter_the_right_ones_still_count(page, alice):
    answer = page(alice).get(URL, {"category": "x", "equipment": "step"})

    assert names_in(answer) == ["Slow heel drop"]


def test_a_stage_of_a_program_that_is_gone_or_of_another_clinic_is_no_stage(page, dora, clinic):
    own_content(clinic)
    own = Program.objects.get(clinic=clinic)
    gone = program("calf-strength")
    Program.objects.filter(pk=gone.pk).update(retired_at=makers.NOON)

    for each in (own, gone, program("flare-plan")):
        answer = page(dora).get(URL, {"stage": f"{each.pk}.1"})
        assert "Choose one from the list." in pages.words(answer)
        assert each.name not in answer.content.decode().split("<optgroup", 1)[1].split("</select>")[0]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("calf " * 30, "Use fewer words: 100 letters at most."),
        ("\0", "Type a word, such as calf."),
        ("calf\0", "Type a word, such as calf."),
        (" ", "Type a word, such as calf."),
        ("\t \n", "Type a word, such as calf."),
        ("?!", "Type a word, such as calf."),
        ("🦵", "Type a word, such as calf."),
    ],
)
def test_what_cannot_be_looked_for_gets_a_sentence(page, alice, query, sentence):
    answer = page(alice).get(URL, {"q": query})

    assert answer.status_code == 200
    assert f"Search by word: {sentence}" in pages.words(answer)
    assert len(names_in(answer)) == 32


def test_nothing_typed_is_no_mistake(page, alice):
    answer = page(alice).get(URL, {"q": "", "category": "", "position": "", "equipment": "", "stage": ""})

    assert len(names_in(answer)) == 32
    assert "There is a problem" not in pages.words(answer)


def test_the_longest_search_that_is_allowed_is_answered(page, alice):
    answer = page(alice).get(URL, {"q": "calf " + "x" * 95})

    assert "We found nothing" in pages.words(answer)


def test_what_is_typed_is_shown_as_text(page, alice):
    body = page(alice).get(URL, {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


# --- checked by a clinician or not ---


def test_the_list_says_once_that_nothing_is_checked_else_of_each(page, alice):
    words = pages.words(page(alice).get(URL))
    assert words.count("not yet checked by a clinician") == 1

    Exercise.objects.filter(slug="walking").update(checked_by="Priya Nair, physiotherapist")

    words = pages.words(page(alice).get(URL))
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


# --- an exercise ---


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_exercise_tells_everything_in_an_order_that_helps(page, request, who):
    stretch = exercise("standing-calf-stretch")

    answer = page(request.getfixturevalue(who)).get(address(stretch))

    assert pages.heading(answer) == "Standing calf stretch"
    words = pages.words(answer)
    said = [
        describe(stretch.dose, stretch.sides),
        describe_frequency(stretch.dose).capitalize(),
        "Works on Upper calf",
        "Position Standing",
        "You need A wall",
        "Kind Stretch",
        "Sides All on one side, then the other",
        "When to leave it out or stop",
        *stretch.avoid,
        "How to do it",
        *stretch.steps,
        "While you do it",
        *stretch.cues,
        f"Watch out for this {stretch.mistakes[0]}",
        *stretch.mistakes[1:],
        "Too much?",
        stretch.easier_how,
        "An easier one: Bent-knee calf stretch",
        "Too easy?",
        stretch.harder_how,
        "How well is it studied?",
        "Studied in people without this problem.",
        stretch.evidence_note,
        "Read more",
        "A tight calf or a nerve?",
    ]
    place = 0
    for sentence in said:
        assert sentence in words[place:], sentence
        place = words.index(sentence, place)


def test_neighbours_and_articles_are_a_tap_away(page, alice):
    stretch = exercise("standing-calf-stretch")

    body = page(alice).get(address(stretch)).content.decode()

    assert f'href="{address(exercise("bent-knee-calf-stretch"))}"' in body
    for slug in stretch.articles:
        assert f'href="{address(Article.objects.get(slug=slug))}"' in body
    assert "A harder one" not in body


def test_neighbours_and_articles_that_are_no_longer_given_are_left_out(page, alice):
    stretch = exercise("standing-calf-stretch")
    Exercise.objects.filter(slug="bent-knee-calf-stretch").update(retired_at=makers.NOON)
    Article.objects.update(retired_at=makers.NOON)

    words = pages.words(page(alice).get(address(stretch)))

    assert "An easier one" not in words
    assert stretch.easier_how in words
    assert "Read more" not in words


def test_a_patient_is_told_to_ask_before_adding_exercises(page, alice):
    answer = page(alice).get(address(exercise("walking")))

    words = pages.words(answer)
    assert "Your plan holds what fits you now. Ask your care team before you add others." in words
    assert '<a class="tap" href="/">Back to Today</a>' in answer.content.decode()


def test_what_is_for_clinicians_is_not_shown_to_patients(page, alice, bob, adam):
    tensioner = exercise("sciatic-tensioner")
    for word in (
        "For clinicians",
        tensioner.code,
        "Irritability",
        "Grade",
        "What rules it out",
        "Where it is given",
    ):
        assert word not in pages.words(page(alice).get(address(tensioner))), word
        for clinician in (bob, adam):
            assert word in pages.words(page(clinician).get(address(tensioner))), word


def test_a_clinician_sees_what_rules_an_exercise_out(page, bob):
    words = pages.words(page(bob).get(address(exercise("prone-press-up"))))
    ruled_out = words.split("What rules it out")[1].split("Where it is given")[0]

    assert "Pregnancy Ask a clinician first" in ruled_out
    assert "High irritability Leave some exercises out" in ruled_out
    assert "Blood thinner" not in ruled_out
    assert "And what rules out every exercise: " in ruled_out
    assert "foot drop or leg giving way" in ruled_out


def test_a_contraindication_that_is_no_longer_asked_rules_nothing_out(page, bob):
    Contraindication.objects.update(retired_at=makers.NOON)

    words = pages.words(page(bob).get(address(exercise("prone-press-up"))))

    assert "Nothing in particular." in words
    assert "rules out every exercise" not in words


def test_a_clinician_sees_where_an_exercise_is_given(page, bob):
    press_up = exercise("prone-press-up")

    words = pages.words(page(bob).get(address(press_up)))
    given = words.split("Where it is given")[1]
    for each in press_up.prescriptions.select_related("stage__program"):
        assert each.stage.program.name in given
        assert f"Stage {each.stage.number}: {each.stage.name}" in given
    assert "(optional)" in given
    stretch = exercise("standing-calf-stretch")
    (idea,) = stretch.break_movements.all()
    assert f"As a break: {idea.name}" in pages.words(page(bob).get(address(stretch)))

    Program.objects.update(retired_at=makers.NOON)
    assert "In no program now." in pages.words(page(bob).get(address(press_up)))


@pytest.mark.parametrize(
    ("slug", "ceiling"),
    [
        ("walking", "At any irritability"),
        ("standing-calf-stretch", "Up to medium"),
        ("sciatic-tensioner", "Only when low"),
    ],
)
def test_the_irritability_ceiling_is_said_in_words(page, bob, slug, ceiling):
    assert f"Irritability {ceiling}" in pages.words(page(bob).get(address(exercise(slug))))


def test_a_clinics_own_exercise_is_marked_for_its_clinicians(page, bob, clinic):
    own_content(clinic)

    assert "Your clinic's own content" in pages.words(page(bob).get(address(exercise("own-0"))))
    assert "own content" not in pages.words(page(bob).get(address(exercise("walking"))))


# --- programs ---


def test_programs_and_the_flare_plan_are_listed_apart(page, alice):
    words = pages.words(page(alice).get(PROGRAMS))

    programs, flare = words.split("For days when it hurts more")
    for each in Program.objects.staged():
        assert f"{each.name} {each.summary} {each.stages.count()} stages" in programs
    assert "Flare plan" in flare
    assert "Flare plan" not in programs
    assert "Which way eases your leg?" in flare


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_program_tells_whom_it_fits_and_every_stage(page, request, who):
    sciatica = program("sciatica-with-calf-symptoms")

    answer = page(request.getfixturevalue(who)).get(address(sciatica))

    assert pages.heading(answer) == sciatica.name
    words = pages.words(answer)
    for sentence in (sciatica.summary, *sciatica.begin_when, *sciatica.not_for, sciatica.evidence_note):
        assert sentence in words
    for stage in sciatica.stages.all():
        start = words.index(f"Stage {stage.number} {stage.name}")
        told = words[start:]
        assert stage.goal in told
        assert f"Stay in it for {stage.minimum_days} days or more." in told
        assert f"take a break each {stage.break_interval_minutes} minutes." in told
        for sentence in (*stage.cautions, stage.test):
            assert sentence in told
        for given in stage.prescriptions.select_related("exercise"):
            dose = f"{describe(given.dose, given.exercise.sides)}, {describe_frequency(given.dose)}."
            mark = " if it suits you" if given.optional else ""
            assert f"{given.exercise.name}{mark} {dose} {given.note}".strip() in told
            assert f'href="{address(given.exercise)}"' in answer.content.decode()
    assert "Your worst leg pain is 6 or less on most days of a week." in words
    assert "Stage 5" not in words


def test_what_a_stage_leaves_out_is_said_in_names_and_words(page, alice):
    sciatica = program("sciatica-with-calf-symptoms")
    stage = sciatica.stages.get(number=1)
    sciatica.stages.filter(number=1).update(
        excluded_exercises=["walking", "clamshell"], excluded_tags=["tensioner", "nerve_load"]
    )
    assert stage.articles

    words = pages.words(page(alice).get(address(sciatica)))

    left_out = words.split("What is left out in stage 1")[1].split("Read more")[0]
    said = ("The nerve tensioner", "Stretches that pull on the nerve", "Walking", "Clamshell")
    assert left_out.strip() == " ".join(said)


def test_a_stage_without_an_end_says_so_and_has_nothing_to_work_towards(page, alice):
    words = pages.words(page(alice).get(address(program("calf-tightness-and-cramps"))))

    last = words[words.index("Stage 3 Keep") :]
    assert "Stay in it for as long as it helps." in last
    assert "None" not in words
    assert "What you work towards" not in last


def test_every_question_for_a_clinician_is_there(page, alice):
    words = pages.words(page(alice).get(address(program("calf-strength"))))

    ask = words.split("Ask a clinician first if one of these is true")[1]
    for each in Contraindication.objects.filter(level="clinician_first"):
        assert f"{each.question} {each.advice}" in ask
    assert "Are you under 18?" not in ask


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("sciatica-with-calf-symptoms", "Here you try to arch your back first."),
        ("stenosis-friendly", "Here you try to bend forward first."),
        ("calf-strength", None),
    ],
)
def test_a_program_leads_to_the_direction_check_where_it_has_one(page, alice, slug, sentence):
    answer = page(alice).get(address(program(slug)))

    assert (f'href="{CHECK}?program=' in answer.content.decode()) == (sentence is not None)
    if sentence:
        assert sentence in pages.words(answer)


def test_the_flare_plan_says_when_it_ends_and_calls_its_stage_no_stage(page, alice):
    words = pages.words(page(alice).get(address(program("flare-plan"))))

    assert "It ends once your worst leg pain is no more than 1 above your usual for 2 days in a row." in words
    assert "If it has not settled after 7 days, see your doctor or physio that week." in words
    assert "Stage 1" not in words
    assert "When it ends" not in pages.words(page(alice).get(address(program("calf-strength"))))


def test_a_patient_opens_the_stages_one_by_one_and_a_therapist_sees_all(page, alice, bob):
    sciatica, flare = address(program("sciatica-with-calf-symptoms")), address(program("flare-plan"))

    assert page(alice).get(sciatica).content.decode().count('<details class="stage">') == 4
    assert page(bob).get(sciatica).content.decode().count('<details class="stage" open>') == 4
    assert '<details class="stage" open>' in page(alice).get(flare).content.decode()


def test_a_patient_is_told_not_to_start_a_program_alone(page, alice, bob):
    path = address(program("calf-strength"))

    assert "Do not start a new program by yourself." in pages.words(page(alice).get(path))
    assert "by yourself" not in pages.words(page(bob).get(path))


# --- articles, break ideas, the direction check ---


def test_articles_are_listed_by_name_with_what_they_say(page, alice):
    words = pages.words(page(alice).get(ARTICLES))

    places = [words.index(f"{each.name} {each.summary}") for each in Article.objects.all()]
    assert len(places) == 12
    assert places == sorted(places)


def test_an_article_shows_its_sections_and_its_sources(page, alice):
    article = Article.objects.get(slug="other-causes-of-calf-pain")

    answer = page(alice).get(address(article))

    assert pages.heading(answer) == article.name
    words = pages.words(answer)
    for section in article.sections:
        for text in (section["heading"], *section["paragraphs"], *section["points"]):
            assert " ".join(text.split()) in words
    for source in article.sources:
        assert source in words.split("Where this comes from")[1]


def test_articles_about_urgent_signs_lead_to_help_at_once(page, alice):
    for article in Article.objects.all():
        words = pages.words(page(alice).get(address(article)))
        is_urgent = article.slug in ("other-causes-of-calf-pain", "when-to-get-help")
        assert ("Open Help and warning signs" in words) == is_urgent, article.slug


def test_break_ideas_say_how_and_for_how_long(page, alice):
    answer = page(alice).get(BREAKS)

    words = pages.words(answer)
    for idea in BreakMovement.objects.select_related("exercise"):
        assert f"{idea.name} {idea.how} About " in words
        if idea.exercise:
            assert f'href="{address(idea.exercise)}"' in answer.content.decode()
    assert "Stand and shift Stand up" in words
    assert "About 1 minute" in words
    assert "About 40 seconds · See each step: Heel-toe rocks" in words
    assert "Sitting, posture and moving every 20 to 30 minutes" in words.split("Read more")[1]


def test_a_break_idea_can_be_led_to(page, alice):
    idea = BreakMovement.objects.get(slug="shoulder-rolls")

    assert f'href="{BREAKS}#idea-{idea.pk}"' in page(alice).get(URL, {"q": "shoulder"}).content.decode()
    assert f'<li id="idea-{idea.pk}">' in page(alice).get(BREAKS).content.decode()


@pytest.mark.parametrize(
    ("slug", "moves"),
    [
        ("sciatica-with-calf-symptoms", ["Face-down press-up", "Knee to chest"]),
        ("stenosis-friendly", ["Knee to chest"]),
    ],
)
def test_the_direction_check_of_a_program_leaves_out_what_the_program_leaves_out(page, alice, slug, moves):
    program = Program.objects.get(slug=slug)
    link = f"{CHECK}?program={program.pk}"
    assert link in page(alice).get(f"/library/programs/{program.pk}/").content.decode()

    shown = page(alice).get(link).context["page"].tries

    assert [each.exercise.name for each in shown] == moves
    said = "leaves the other move out" in pages.words(page(alice).get(link))
    assert said == (len(moves) == 1)


@pytest.mark.parametrize("first", ["extension_first", "flexion_first"])
def test_the_direction_check_of_a_program_begins_as_the_program_says(page, alice, first):
    Program.objects.filter(slug="sciatica-with-calf-symptoms").update(direction_check=first)
    program = Program.objects.get(slug="sciatica-with-calf-symptoms")

    shown = page(alice).get(f"{CHECK}?program={program.pk}").context["page"].tries

    assert shown[0].direction == first.removesuffix("_first")


@pytest.mark.parametrize("wanted", ["x", "0" * 36, "01a1fe2f-5fd3-70ee-a643-45a41d914d67", "\x00"])
def test_the_direction_check_of_no_program_is_not_found(page, alice, wanted):
    assert page(alice).get(CHECK, {"program": wanted}).status_code == 404


def test_the_direction_check_shows_its_moves_steps_and_outcomes(page, alice):
    check = DirectionCheck.objects.get()

    answer = page(alice).get(CHECK)

    assert pages.heading(answer) == "Which way eases your leg?"
    words = pages.words(answer)
    for sentence in (check.summary, *check.steps, *(each["words"] for each in check.outcomes)):
        assert sentence in words
    assert "Arch your back Face-down press-up" in words
    assert "If it is too much: Face down on elbows" in words
    assert "Bend forward Knee to chest" in words
    for slug in ("prone-press-up", "prone-on-elbows", "single-knee-to-chest"):
        assert f'href="{address(exercise(slug))}"' in answer.content.decode()
    assert 'href="/help/"' in answer.content.decode().split("<main")[1]


def test_a_move_that_is_no_longer_given_is_not_tried(page, alice):
    Exercise.objects.filter(slug__in=("prone-press-up", "prone-on-elbows")).update(retired_at=makers.NOON)

    words = pages.words(page(alice).get(CHECK))

    assert "Arch your back" not in words.split("The move to try")[1].split("How to do it")[0]
    assert "Knee to chest" in words


# --- the links from other rooms ---


@pytest.mark.parametrize(
    "typed",
    [
        "numb",
        "foot numb",
        "pee",
        "bladder",
        "swollen",
        "calf swollen",
        "chest pain",
        "foot drop",
        "fever",
        "clot",
        "weak leg",
    ],
)
def test_who_looks_for_a_warning_sign_is_led_to_them_first(page, alice, typed):
    answer = page(alice).get("/library/", {"q": typed})

    words = pages.words(answer)
    assert words.index("It may be a warning sign. Look there first. See the warning signs") < words.index(
        "Search"
    )
    assert not answer.context["found"].break_ideas


@pytest.mark.parametrize("typed", ["numb", "swollen", "clot", "bladder", "pregnant", "cancer"])
def test_what_articles_tell_of_is_found_in_them(page, alice, typed):
    found = page(alice).get("/library/", {"q": typed}).context["found"]
    assert found.articles or found.programs


@pytest.mark.parametrize("typed", ["calf stretch", "walk", "bridge", "heat pack"])
def test_who_looks_for_something_to_do_is_not_frightened(page, alice, typed):
    assert "warning sign. Look" not in pages.words(page(alice).get("/library/", {"q": typed}))


def test_each_exercise_of_today_leads_to_its_page(page, alice, plan):
    body = page(alice).get("/").content.decode()

    given = makers.version(plan).stage(1).planned_on(makers.NOON.date())
    assert given
    for each in given:
        assert f'<a href="/library/exercises/{each.exercise_id}/">{each.name}</a>' in body
        assert page(alice).get(f"/library/exercises/{each.exercise_id}/").status_code == 200


def test_somebody_without_a_plan_may_look_round(page, alice):
    answer = page(alice).get("/")

    assert "You can look round the library for now." in pages.words(answer)
    assert f'href="{URL}"' in answer.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("path", "place"),
    [("/", "pain_rule"), ("/help/", "help"), ("/breaks/", "breaks"), ("/history/", "history")],
)
def test_pages_lead_to_the_articles_that_belong_to_them(page, alice, plan, path, place):
    def led_to() -> set[str]:
        body = page(alice).get(path).content.decode().split("<main")[1]
        return set(re.findall(r'href="(/library/articles/[^"]+)"', body))

    expected = {address(article) for article in Article.objects.all() if place in article.places}
    assert expected
    assert led_to() == expected

    Article.objects.update(retired_at=makers.NOON)
    assert led_to() == set()


def test_help_leads_to_no_page_that_would_not_open(page, client):
    for browser in (client, page(makers.person("eve"))):
        assert "/library/" not in browser.get("/help/").content.decode()


def test_the_break_page_and_a_prompt_lead_to_ideas(page, alice):
    prompt = makers.prompt(makers.break_rule(alice))

    with time_machine.travel(prompt.due_at + timedelta(seconds=1), tick=False):
        before_main, main = page(alice).get("/breaks/").content.decode().split("<main")

    assert f'href="{BREAKS}"' in main
    assert "Time to change position" in before_main
    assert f'href="{BREAKS}"' in before_main


def test_a_therapist_gets_from_a_plan_to_its_program_and_exercises(page, alice, bob, plan):
    program_link = f'href="/library/programs/{plan.program_id}/"'
    exercises = [
        f'href="/library/exercises/{each.exercise_id}/"' for each in makers.version(plan).stage(1).exercises
    ]

    for path in (f"/patients/{alice.pk}/", f"/plans/{plan.pk}/doses/"):
        body = page(bob).get(path).content.decode()
        assert program_link in body
        assert all(link in body for link in exercises), path
    assert (
        program_link
        in page(bob).get(f"/patients/{alice.pk}/plan/?program={plan.program_id}").content.decode()
    )


# --- words and queries ---


@pytest.mark.parametrize(
    "path",
    [
        *LISTS,
        f"{URL}?q=calf+strech",
        f"{URL}?q=xyzzy&position=standing",
        f"{URL}?q=%00&stage=x&category=x",
        f"{URL}?category=relaxation&position=standing",
    ],
)
def test_what_a_patient_reads_there_is_plain(page, alice, path):
    names = {*Article.objects.values_list("name", flat=True)}  # too short for a grade of their own
    said = page_passages(path, page(alice).get(path).content.decode())

    problems = [too_hard(passage, TERMS) for passage in said if passage.text not in names]
    assert [problem for each in problems for problem in each] == []


# A patient's page asks for the prompt, a therapist's for the clinic.
LIST_QUERIES = {
    URL: 7,  # session, person, roles, programs, stages, exercises, prompt
    f"{URL}?q=calf": 9,  # and articles, break ideas
    f"{URL}?category=strength&position=standing&equipment=counter": 7,
    PROGRAMS: 7,  # session, person, roles, programs, stages, direction check, prompt
    ARTICLES: 5,
    BREAKS: 6,  # session, person, roles, ideas with exercises, articles, prompt
    CHECK: 6,  # session, person, roles, check, its exercises, prompt
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

    for browser in (page(alice), page(bob)):
        for path, count in LIST_QUERIES.items():
            queries_of(browser, path, count, django_assert_num_queries)


def test_a_stage_as_a_filter_costs_no_query(page, alice, django_assert_num_queries):
    path = f"{URL}?stage={program('calf-strength').pk}.1"

    queries_of(page(alice), path, LIST_QUERIES[URL], django_assert_num_queries)


@pytest.mark.parametrize("more", [0, 20])
def test_a_page_takes_the_same_queries_however_much_it_shows(
    page, clinic, alice, bob, more, django_assert_num_queries
):
    own_content(clinic, more)
    stretch, article = exercise("towel-calf-stretch"), Article.objects.get(slug="flare-ups")
    patient, therapist = page(alice), page(bob)

    # session, person, roles, the exercise with its neighbours, articles, prompt
    queries_of(patient, address(stretch), 6, django_assert_num_queries)
    # the clinic in place of the prompt; contraindications, prescriptions, break ideas
    queries_of(therapist, address(stretch), 9, django_assert_num_queries)
    queries_of(patient, address(article), 5, django_assert_num_queries)
    queries_of(therapist, address(article), 5, django_assert_num_queries)
    for slug in ("sciatica-with-calf-symptoms", "flare-plan"):
        # session, person, roles, prompt; program, stages, prescriptions, exclusions, articles, questions
        queries_of(patient, address(program(slug)), 10, django_assert_num_queries)
        queries_of(therapist, address(program(slug)), 10, django_assert_num_queries)
