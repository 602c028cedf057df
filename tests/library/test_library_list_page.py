"""The list of exercises, its filters and its search."""

from __future__ import annotations

import re
from typing import Any

import pytest

from programs.library.models import Category, Program
from tests import makers, pages
from tests.library.rows import LIBRARY, own_content, program

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]
NO_PROGRAM = "01a1fe2f-5fd3-70ee-a643-45a41d914d67"


def names_in(answer: Any) -> list[str]:
    """The exercises listed, in their order."""
    return re.findall(r'<h3><a href="/library/exercises/[^"]+">([^<]+)</a></h3>', answer.content.decode())


def chosen(answer: Any) -> list[str]:
    """What is chosen in the lists of the form, but for "any"."""
    return re.findall(r'<option value="([^"]+)" selected>', answer.content.decode())


# --- the list and its filters ---


def test_every_exercise_is_listed_kind_by_kind_with_its_facts(page, alice):
    answer = page(alice).get(LIBRARY)

    assert len(names_in(answer)) == 32
    headings = re.findall(r'<h2 id="[a-z_]+-title">([^<]+)</h2>', answer.content.decode())
    assert headings == Category.labels
    words = pages.words(answer)
    assert "32 exercises in all." in words
    assert "Standing calf stretch Upper calf Standing · A wall" in words
    assert "Clear it all" not in words


def test_a_patient_finds_the_exercises_of_their_plan_first(page, alice, bob):
    assert "In your plan" not in pages.words(page(alice).get(LIBRARY))
    plan = makers.plan(alice, bob)
    planned = makers.version(plan).stage(1).exercises

    answer = page(alice).get(LIBRARY)

    start, rest = answer.content.decode().split('id="your-plan-title"')[1].split("</section>", maxsplit=1)
    for each in planned:
        assert f"/library/exercises/{each.exercise_id}/" in start
        assert each.name in start
    assert start.count('class="entry pictured"') == len(planned)
    assert "32 exercises in all." in rest
    assert "In your plan" not in pages.words(page(alice).get(LIBRARY, {"q": "calf"}))
    assert "In your plan" not in pages.words(page(bob).get(LIBRARY))


def test_the_number_found_is_told_to_a_screen_reader(page, alice):
    body = page(alice).get(LIBRARY, {"q": "bridge"}).content.decode()

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
    answer = page(alice).get(LIBRARY, wish)

    assert names_in(answer) == expected
    assert chosen(answer) == [value for name, value in wish.items() if name != "q"]
    assert "with your filter." in pages.words(answer)
    assert '<details class="filter" open>' in answer.content.decode()
    assert f'<a class="tap" href="{LIBRARY}">Clear it all</a>' in answer.content.decode()


def test_the_filter_is_folded_until_a_patient_uses_it(page, alice, bob):
    for path in (LIBRARY, f"{LIBRARY}?q=calf"):
        assert '<details class="filter">' in page(alice).get(path).content.decode()
        assert '<details class="filter" open>' in page(bob).get(path).content.decode()


def test_a_stage_shows_what_is_given_in_it(page, alice):
    calf = program("calf-tightness-and-cramps")
    stage = calf.stages.get(number=2)

    answer = page(alice).get(LIBRARY, {"stage": f"{calf.pk}.2"})

    assert set(names_in(answer)) == {each.exercise.name for each in stage.prescriptions.all()}
    assert chosen(answer) == [f"{calf.pk}.2"]


def test_the_stages_to_choose_from_stand_under_their_programs(page, alice):
    body = page(alice).get(LIBRARY).content.decode()

    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', body, re.DOTALL)
    assert [name for name, _ in groups] == [each.name for each in Program.objects.staged()]
    stages = dict(groups)["Sciatica with calf symptoms"]
    assert re.findall(r">([^<]+)</option>", stages)[:2] == ["1 Settle and move", "2 Get moving"]


@pytest.mark.parametrize("field", ["category", "position", "equipment", "stage"])
@pytest.mark.parametrize("value", ["x", "\0", "standing' OR 1=1", "1", f"{NO_PROGRAM}.1", "🦵"])
def test_a_wrong_filter_is_named_and_leaves_nothing_out(page, alice, field, value):
    answer = page(alice).get(LIBRARY, {field: value})

    assert answer.status_code == 200
    assert len(names_in(answer)) == 32
    body = answer.content.decode()
    assert f'<p class="field-error" id="id_{field}_error">' in body
    assert body.count("Choose one from the list.") == 2  # in the summary, and at the field
    assert "<title>Error: Library" in body


def test_beside_a_wrong_filter_the_right_ones_still_count(page, alice):
    answer = page(alice).get(LIBRARY, {"category": "x", "equipment": "step"})

    assert names_in(answer) == ["Slow heel drop"]


def test_a_stage_of_a_program_that_is_gone_or_of_another_clinic_is_no_stage(page, dora, clinic):
    own_content(clinic)
    own = Program.objects.get(clinic=clinic)
    gone = program("calf-strength")
    Program.objects.filter(pk=gone.pk).update(retired_at=makers.NOON)

    for each in (own, gone, program("flare-plan")):
        answer = page(dora).get(LIBRARY, {"stage": f"{each.pk}.1"})
        assert "Choose one from the list." in pages.words(answer)
        assert each.name not in answer.content.decode().split("<optgroup", 1)[1].split("</select>")[0]


# --- the search ---


@pytest.mark.parametrize(
    ("query", "expected"),
    [("brige", "Bridge"), ("slidder", "Lying nerve slider"), ("piriformis", "Figure-four stretch")],
)
def test_the_search_forgives_a_typing_error(page, alice, query, expected):
    answer = page(alice).get(LIBRARY, {"q": query})

    assert expected in names_in(answer)
    assert f'value="{query}"' in answer.content.decode()


def test_the_search_puts_the_best_first(page, alice):
    assert names_in(page(alice).get(LIBRARY, {"q": "towel"}))[0] == "Towel calf stretch"
    assert names_in(page(alice).get(LIBRARY, {"q": "calf strech"}))[:3] == [
        "Bent-knee calf stretch",
        "Standing calf stretch",
        "Towel calf stretch",
    ]


def test_programs_articles_and_break_ideas_are_found_by_words_too(page, alice):
    assert "Articles Cramps" not in pages.words(page(alice).get(LIBRARY))

    words = pages.words(page(alice).get(LIBRARY, {"q": "cramps"}))

    assert "No exercises for “cramps”." in words
    assert "Programs Calf tightness and cramps" in words
    assert "Articles Cramps and spasms" in words
    assert "Ideas for a break Shoulder rolls" in pages.words(page(alice).get(LIBRARY, {"q": "sholder"}))


def test_an_empty_result_says_what_to_try(page, alice):
    words = pages.words(page(alice).get(LIBRARY, {"q": "xyzzy"}))
    assert "We found nothing for “xyzzy”." in words
    assert "Try one short word, such as calf, nerve or walk." in words
    assert "take out a filter" not in words

    words = pages.words(page(alice).get(LIBRARY, {"q": "xyzzy", "position": "standing"}))
    assert "We found nothing for “xyzzy” with your filter." in words
    assert "Or take out a filter." in words

    words = pages.words(page(alice).get(LIBRARY, {"category": "relaxation", "position": "standing"}))
    assert "No exercises with your filter. Clear it all Take out a filter, or search by word." in words


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
    answer = page(alice).get(LIBRARY, {"q": query})

    assert answer.status_code == 200
    assert f"Search by word: {sentence}" in pages.words(answer)
    assert len(names_in(answer)) == 32


def test_nothing_typed_is_no_mistake(page, alice):
    answer = page(alice).get(LIBRARY, {"q": "", "category": "", "position": "", "equipment": "", "stage": ""})

    assert len(names_in(answer)) == 32
    assert "There is a problem" not in pages.words(answer)


def test_the_longest_search_that_is_allowed_is_answered(page, alice):
    answer = page(alice).get(LIBRARY, {"q": "calf " + "x" * 95})

    assert "We found nothing" in pages.words(answer)


def test_what_is_typed_is_shown_as_text(page, alice):
    body = page(alice).get(LIBRARY, {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


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
    answer = page(alice).get(LIBRARY, {"q": typed})

    words = pages.words(answer)
    assert words.index("It may be a warning sign. Look there first. See the warning signs") < words.index(
        "Search"
    )
    assert not answer.context["found"].break_ideas


@pytest.mark.parametrize("typed", ["numb", "swollen", "clot", "bladder", "pregnant", "cancer"])
def test_what_articles_tell_of_is_found_in_them(page, alice, typed):
    found = page(alice).get(LIBRARY, {"q": typed}).context["found"]
    assert found.articles or found.programs


@pytest.mark.parametrize("typed", ["calf stretch", "walk", "bridge", "heat pack"])
def test_who_looks_for_something_to_do_is_not_frightened(page, alice, typed):
    assert "warning sign. Look" not in pages.words(page(alice).get(LIBRARY, {"q": typed}))
