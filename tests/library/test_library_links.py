"""The links that lead from other rooms to the library."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from programs.library.models import Article
from tests import makers, pages
from tests.library.rows import BREAKS, LIBRARY, address

pytestmark = pytest.mark.usefixtures("at_noon", "db")


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
    assert f'href="{LIBRARY}"' in answer.content.decode().split("<main")[1].split("</main>")[0]


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


def test_the_break_page_leads_to_ideas_and_a_prompt_to_a_move(page, alice):
    prompt = makers.prompt(makers.break_rule(alice))

    with time_machine.travel(prompt.due_at + timedelta(seconds=1), tick=False):
        before_main, main = page(alice).get("/breaks/").content.decode().split("<main")

    assert f'href="{BREAKS}"' in main
    assert "Time to change position" in before_main
    assert 'href="/breaks/now/"' in before_main


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
