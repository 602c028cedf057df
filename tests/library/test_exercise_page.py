"""The page of an exercise, for patients and for clinicians."""

from __future__ import annotations

import pytest

from programs.library.models import Article, Contraindication, Exercise, Program
from programs.library.rules import describe, describe_frequency
from tests import makers, pages
from tests.library.rows import address, article, exercise, own_content

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon", "db")]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_exercise_tells_everything_in_an_order_that_helps(page, request, who):
    stretch = exercise("standing-calf-stretch")

    answer = page(request.getfixturevalue(who)).get(address(stretch))

    asks = ": how do I do this?" if who == "alice" else ""
    assert pages.heading(answer) == f"Standing calf stretch{asks}"
    words = pages.words(answer)
    said = [
        "Shown for the right leg. Show the left leg",
        "Step by step",
        *stretch.steps,
        "How much",
        describe(stretch.dose, stretch.sides),
        describe_frequency(stretch.dose).capitalize(),
        "Where to feel it The stripes in picture 2 show where you may feel it work.",
        "When to leave it out or stop",
        *stretch.avoid,
        "While you do it",
        *stretch.cues,
        f"Watch out for this {stretch.mistakes[0]}",
        *stretch.mistakes[1:],
        "Too much?",
        stretch.easier_how,
        "An easier one: Bent-knee calf stretch",
        "Too easy?",
        stretch.harder_how,
        "More about it",
        "Works on Upper calf",
        "Position Standing",
        "You need A wall",
        "Kind Stretch",
        "Sides All on one side, then the other",
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
        assert f'href="{address(article(slug))}"' in body
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
