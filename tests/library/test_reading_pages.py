"""What there is to read: articles, ideas for a break, and the direction check."""

from __future__ import annotations

import pytest

from programs.library.models import Article, BreakMovement, DirectionCheck, Exercise, Program
from tests import makers, pages
from tests.library.rows import ARTICLES, BREAKS, CHECK, LIBRARY, address, article, exercise, program

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

# --- articles ---


def test_articles_are_listed_by_name_with_what_they_say(page, alice):
    words = pages.words(page(alice).get(ARTICLES))

    places = [words.index(f"{each.name} {each.summary}") for each in Article.objects.all()]
    assert len(places) == 12
    assert places == sorted(places)


def test_an_article_shows_its_sections_and_its_sources(page, alice):
    causes = article("other-causes-of-calf-pain")

    answer = page(alice).get(address(causes))

    assert pages.heading(answer) == causes.name
    words = pages.words(answer)
    for section in causes.sections:
        for text in (section["heading"], *section["paragraphs"], *section["points"]):
            assert " ".join(text.split()) in words
    for source in causes.sources:
        assert source in words.split("Where this comes from")[1]


def test_articles_about_urgent_signs_lead_to_help_at_once(page, alice):
    for each in Article.objects.all():
        words = pages.words(page(alice).get(address(each)))
        is_urgent = each.slug in ("other-causes-of-calf-pain", "when-to-get-help")
        assert ("Open Help and warning signs" in words) == is_urgent, each.slug


# --- ideas for a break ---


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

    assert f'href="{BREAKS}#idea-{idea.pk}"' in page(alice).get(LIBRARY, {"q": "shoulder"}).content.decode()
    assert f' id="idea-{idea.pk}">' in page(alice).get(BREAKS).content.decode()


# --- the direction check ---


@pytest.mark.parametrize(
    ("slug", "moves"),
    [
        ("sciatica-with-calf-symptoms", ["Face-down press-up", "Knee to chest"]),
        ("stenosis-friendly", ["Knee to chest"]),
    ],
)
def test_the_direction_check_of_a_program_leaves_out_what_the_program_leaves_out(page, alice, slug, moves):
    stored = program(slug)
    link = f"{CHECK}?program={stored.pk}"
    assert link in page(alice).get(address(stored)).content.decode()

    shown = page(alice).get(link).context["page"].tries

    assert [each.exercise.name for each in shown] == moves
    words = pages.words(page(alice).get(link))
    said = "leaves the other move out" in words
    assert ("try the other move" in words) != said
    assert said == (len(moves) == 1)


@pytest.mark.parametrize("first", ["extension_first", "flexion_first"])
def test_the_direction_check_of_a_program_begins_as_the_program_says(page, alice, first):
    Program.objects.filter(slug="sciatica-with-calf-symptoms").update(direction_check=first)
    stored = program("sciatica-with-calf-symptoms")

    shown = page(alice).get(f"{CHECK}?program={stored.pk}").context["page"].tries

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
