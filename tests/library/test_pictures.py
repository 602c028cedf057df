"""The pictures of exercises, wherever they are shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from programs.accounts.models import User
from programs.care.models import Side
from programs.library.models import BreakMovement, Exercise
from programs.library.queries import WAYS_TO_REST, named_figures, shipped_figures
from tests import makers, pages
from tests.care.plans import in_stage
from tests.library.images import images, thumbnails
from tests.library.rows import BREAKS, CHECK, LIBRARY, address, exercise, own_content, program

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon", "db")]

SHEET = "/styleguide/figures/"


def without_figures() -> None:
    Exercise.objects.update(figure=None)


# --- the page of an exercise ---


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_exercise_has_two_numbered_pictures_that_say_what_they_show(page, request, who):
    stretch = exercise("standing-calf-stretch")

    answer = page(request.getfixturevalue(who)).get(address(stretch))

    first, second = (each for each in images(answer) if each.alt)
    assert (first.file, second.file) == ("standing-calf-stretch-1.svg", "standing-calf-stretch-2.svg")
    assert [first.alt, second.alt] == [pose["text"] for pose in stretch.figure["poses"]]
    assert first.size == second.size == (190, 190)
    assert not any(each.is_mirrored or each.is_lazy for each in (first, second))
    body = answer.content.decode()
    for number in (1, 2):
        assert f'<span class="visually-hidden">Picture </span>{number}</figcaption>' in body


def test_the_stripes_of_the_second_picture_are_explained_where_it_has_some(page, alice):
    felt, unfelt = exercise("clamshell"), exercise("walking")

    said = "Where to feel it The stripes in picture 2 show where you may feel it work."
    assert said in pages.words(page(alice).get(address(felt)))
    words = pages.words(page(alice).get(address(unfelt)))
    assert "Works on Whole body" in words
    assert "feel it" not in words
    assert "stripes" not in words


def test_nobody_is_told_to_look_for_a_feeling_in_a_nerve(page, alice):
    glides = Exercise.objects.filter(category="nerve_glide")

    for glide in glides:
        words = pages.words(page(alice).get(address(glide)))
        assert "The stripes in picture 2 show where a light pull may start. Stop there." in words
        assert "feel it work" not in words
        assert f"Works on {glide.target}" in words
    assert len(glides) == 5


@pytest.mark.parametrize("slug", ["standing-calf-stretch", "bird-dog"])
def test_what_is_done_on_one_side_can_be_turned_round(page, alice, slug):
    one = exercise(slug)

    right = page(alice).get(address(one))
    left = page(alice).get(f"{address(one)}?side=left")

    assert "Shown for the right leg. Show the left leg" in pages.words(right)
    assert '<a class="tap no-print" href="?side=left">' in right.content.decode()
    assert {each.is_mirrored for each in images(right)} == {False}
    assert "Shown for the left leg. Show the right leg" in pages.words(left)
    assert '<a class="tap no-print" href="?side=right">' in left.content.decode()
    assert {each.is_mirrored for each in images(left)} == {True}


def test_a_plank_has_sides_and_not_legs(page, alice):
    words = pages.words(page(alice).get(address(exercise("side-plank-knees"))))
    assert "Shown for the right side. Show the left side" in words


def test_what_looks_alike_on_both_sides_is_never_turned_round(page, alice):
    answer = page(alice).get(f"{address(exercise('glute-bridge'))}?side=left")

    assert "Shown for" not in pages.words(answer)
    assert {each.is_mirrored for each in images(answer)} == {False}


@pytest.mark.parametrize("side", ["", "both", "LEFT", "%00", "left&side=right"])
def test_an_unknown_side_is_the_right_one(page, alice, side):
    answer = page(alice).get(f"{address(exercise('clamshell'))}?side={side}")

    assert answer.status_code == 200
    assert "Shown for the right leg." in pages.words(answer)


def test_neighbours_are_shown_for_the_same_side(page, alice):
    stretch = address(exercise("standing-calf-stretch"))
    easier = address(exercise("bent-knee-calf-stretch"))

    assert f'href="{easier}"' in page(alice).get(stretch).content.decode()
    assert f'href="{easier}?side=left"' in page(alice).get(f"{stretch}?side=left").content.decode()


def test_the_page_hands_the_moving_picture_its_poses_and_its_speed(page, alice):
    bridge = exercise("glute-bridge")

    body = page(alice).get(address(bridge)).content.decode()

    found = re.search(r'<script id="figure" type="application/json">(.*?)</script>', body)
    assert found
    assert json.loads(found[1]) == bridge.figure
    assert 'data-up="2" data-hold="3" data-down="2"' in body
    assert 'data-still="/static/img/exercises/glute-bridge-2.svg"' in body
    assert "From 1 to 2 in 2 seconds. Hold for 3 seconds. Back in 2 seconds." in body


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_exercise_without_a_figure_still_tells_everything(page, request, who):
    without_figures()
    bridge = exercise("glute-bridge")

    answer = page(request.getfixturevalue(who)).get(address(bridge))

    assert images(answer) == []
    words = pages.words(answer)
    assert f"Works on {bridge.target}" in words
    for absent in ("Where to feel it", "stripes", "See it move", "Shown for"):
        assert absent not in words
    assert "exercise-figure.js" not in answer.content.decode()
    assert all(step in words for step in bridge.steps)


def test_a_figure_is_text_and_never_markup(page, alice):
    bridge = exercise("glute-bridge")
    bridge.figure["poses"][0]["text"] = '</script><b>"lying"</b>'
    bridge.save(update_fields=["figure"])

    body = page(alice).get(address(bridge)).content.decode()

    assert "<b>" not in body
    assert "&lt;b&gt;&quot;lying&quot;&lt;/b&gt;" in body


# --- thumbnails in the library ---


def is_a_thumbnail(each: Any) -> bool:
    """Small, late and silent: its name stands beside it."""
    return each.alt == "" and each.is_lazy and each.file.endswith("-2.svg")


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize("query", ["", "?q=calf"])
def test_every_exercise_in_the_list_has_its_thumbnail(page, request, who, query):
    answer = page(request.getfixturevalue(who)).get(f"{LIBRARY}{query}")

    found = images(answer)
    assert len(found) == answer.content.decode().count("/library/exercises/") > 5
    assert all(is_a_thumbnail(each) and not each.is_mirrored for each in found)


def test_a_list_without_figures_has_no_empty_frames(page, alice):
    without_figures()
    for path in (LIBRARY, BREAKS, CHECK, address(program("calf-strength"))):
        body = page(alice).get(path).content.decode()
        assert "figure-small" not in body
        assert "<img" not in body.partition("<main")[2].partition("</main>")[0]


def test_a_clinics_own_exercise_shows_the_figure_it_names(page, alice, clinic):
    own_content(clinic)
    Exercise.objects.exclude(slug="own-0").update(retired_at=makers.NOON)

    assert list(thumbnails(page(alice).get(LIBRARY))) == ["towel-calf-stretch"]


def test_the_stages_of_a_program_show_their_exercises(page, alice):
    strength = program("calf-strength")

    found = images(page(alice).get(address(strength)))

    given = [
        each.exercise.slug
        for stage in strength.stages.order_by("number")
        for each in stage.prescriptions.order_by("position").select_related("exercise")
    ]
    assert [each.file.removesuffix("-2.svg") for each in found] == given
    assert all(map(is_a_thumbnail, found))


def test_an_idea_for_a_break_shows_the_exercise_it_comes_from(page, alice):
    taken_from = BreakMovement.objects.exclude(exercise=None).order_by("position", "slug")

    found = images(page(alice).get(BREAKS))

    shown = [each.file.removesuffix("-2.svg") for each in found]
    assert shown == list(taken_from.values_list("exercise__slug", flat=True))
    assert all(map(is_a_thumbnail, found))


def test_the_direction_check_shows_its_moves(page, alice):
    assert list(thumbnails(page(alice).get(CHECK))) == ["prone-press-up", "single-knee-to-chest"]


# --- thumbnails in a plan, for its side ---


def test_today_shows_each_exercise_of_the_session_and_leads_to_it(page, alice, plan):
    answer = page(alice).get("/")

    planned = makers.version(plan).stage(1).planned_on(makers.NOON.date())
    assert list(thumbnails(answer)) == [each.slug for each in planned]
    hero, *others = images(answer)
    assert not hero.is_lazy  # above Start, seen at once
    assert all(each.is_lazy for each in others)
    assert not any(each.is_mirrored for each in images(answer))
    assert "?side=" not in answer.content.decode()


def test_both_pictures_are_among_the_steps_on_today(page, alice, plan):
    answer = page(alice).get("/")

    slider = exercise("supine-sciatic-slider")
    assert [each.alt for each in images(answer) if each.alt and each.file.startswith(slider.slug)] == [
        pose["text"] for pose in slider.figure["poses"]
    ]


def test_a_plan_for_the_left_leg_shows_the_left_one(page, alice, bob):
    makers.plan(alice, bob, side=Side.LEFT)

    answer = page(alice).get("/")

    turned_round = {name for name, each in thumbnails(answer).items() if each.is_mirrored}
    sided = set(Exercise.objects.exclude(sides="together").values_list("slug", flat=True))
    assert turned_round == thumbnails(answer).keys() & sided != set()
    for slug in thumbnails(answer):
        query = "?side=left" if slug in sided else ""
        assert f'href="{address(exercise(slug))}{query}"' in answer.content.decode()


def test_a_plan_for_both_legs_shows_the_right_one_first(page, alice, bob):
    makers.plan(alice, bob, side=Side.BOTH)

    assert not any(each.is_mirrored for each in images(page(alice).get("/")))


def begin_session(browser: Any, alice: User) -> None:
    makers.screened(alice)
    record_id = pages.hidden(browser.get("/session/"), "record_id")
    browser.post("/session/", {"record_id": record_id, "pain_before": "4"})


@pytest.mark.parametrize(("side", "is_mirrored"), [(Side.RIGHT, False), (Side.LEFT, True)])
def test_the_session_shows_both_pictures_above_the_steps(page, alice, bob, side, is_mirrored):
    makers.plan(alice, bob, side=side)
    browser = page(alice)
    begin_session(browser, alice)
    slider = exercise("supine-sciatic-slider")

    answer = browser.get("/session/exercise/3/")

    assert [each.alt for each in images(answer)] == [pose["text"] for pose in slider.figure["poses"]]
    assert {each.is_mirrored for each in images(answer)} == {is_mirrored}
    body = answer.content.decode()
    assert body.index("figure-pair") < body.index('<ol class="steps">')


def test_a_session_without_figures_shows_its_steps(page, alice, plan):
    without_figures()
    browser = page(alice)
    begin_session(browser, alice)

    answer = browser.get("/session/exercise/3/")

    assert images(answer) == []
    assert exercise("supine-sciatic-slider").steps[0] in pages.words(answer)


def test_who_stopped_for_pain_sees_four_ways_to_rest_and_the_way_to_the_warning_signs(page, alice, plan):
    browser = page(alice)
    begin_session(browser, alice)

    answer = browser.get("/session/pause/")

    found = images(answer)
    assert [each.file for each in found] == [f"{slug}-2.svg" for slug in WAYS_TO_REST]
    assert all(each.alt == "" and each.is_lazy for each in found), "the words stand beside it"
    words = pages.words(answer)
    assert words.index("End session and save") < words.index("Ways to rest") < words.index("Call 112")
    assert "Ways to rest Not yet checked by a clinician Legs on a chair" in words
    assert '<p class="not-checked">Not yet checked by a clinician</p>' in answer.content.decode()
    for slug, name in WAYS_TO_REST.items():
        assert f"{name} {shipped_figures()[slug]['poses'][1]['text']}" in words
    assert 'href="#emergency-title"' in answer.content.decode()


@pytest.mark.parametrize(("side", "turned_round"), [(Side.RIGHT, set()), (Side.LEFT, {"clamshell"})])
def test_a_therapist_sees_the_pictures_of_a_plan(page, alice, bob, side, turned_round):
    plan = makers.plan(alice, bob, side=side)
    in_stage(plan, 2)

    answer = page(bob).get(f"/patients/{alice.pk}/")

    given = [each.slug for each in makers.version(plan).stage(2).exercises]
    found = thumbnails(answer)
    assert list(found) == given
    assert all(each.is_lazy for each in found.values())
    assert {"clamshell", "glute-bridge"} & {
        n for n, each in found.items() if each.is_mirrored
    } == turned_round
    query = "?side=left" if turned_round else ""
    assert f'href="{address(exercise("clamshell"))}{query}"' in answer.content.decode()


def test_a_therapist_sees_the_pictures_while_choosing_a_plan(page, alice, bob):
    strength = program("calf-strength")

    answer = page(bob).get(f"/patients/{alice.pk}/plan/?program={strength.pk}")

    stages = [*strength.stages.all(), *program("flare-plan").stages.all()]
    offered = {each.exercise.slug for stage in stages for each in stage.prescriptions.all()}
    assert thumbnails(answer).keys() == offered
    assert all(map(is_a_thumbnail, images(answer)))


@pytest.mark.parametrize("stage", [1, 3])
def test_the_pictures_of_a_plan_cost_one_query_however_many_they_are(
    page, alice, bob, plan, stage, django_assert_num_queries
):
    in_stage(plan, stage)
    browser = page(bob)
    browser.get(f"/patients/{alice.pk}/")

    with django_assert_num_queries(30):
        browser.get(f"/patients/{alice.pk}/")


# --- all figures on one page ---


@pytest.mark.parametrize("who", ["bob", "adam"])
def test_whoever_works_in_a_clinic_sees_every_figure_in_every_size(page, request, who):
    answer = page(request.getfixturevalue(who)).get(SHEET)

    assert pages.heading(answer) == f"{len(shipped_figures())} figures"
    body = answer.content.decode()
    words = pages.words(answer)
    for slug, figure in shipped_figures().items():
        assert f'<a class="tap" href="#{slug}">' in body
        assert f'id="{slug}"' in body
        for pose in figure["poses"]:
            assert pose["text"] in words
    found = images(answer)
    assert all(each.is_lazy and each.alt == "" for each in found)
    for number in (1, 2):
        shown = [each.is_mirrored for each in found if each.file == f"clamshell-{number}.svg"]
        # a thumbnail, a card and a large one, on light and on dark
        assert shown.count(False) == shown.count(True) == 6
    assert body.count("figure-ground-dark") == len(shipped_figures())


def test_each_figure_has_the_name_of_what_it_shows(page, bob):
    names = {each.slug: each.name for each in named_figures()}

    assert names["glute-bridge"] == "Bridge"
    assert names["rest-on-side"] == "On your side"
    assert sorted(names.values()) == [each.name for each in named_figures()]


def test_no_figure_has_the_name_that_another_clinic_gave_its_own_exercise(page, bob):
    own_content(makers.clinic("Other clinic"))
    assert exercise("own-0").figure["slug"] == "towel-calf-stretch"

    words = pages.words(page(bob).get(SHEET))

    assert "Own stretch" not in words
    assert exercise("towel-calf-stretch").name in words


def test_the_page_of_all_figures_needs_no_script_and_few_queries(page, bob, django_assert_num_queries):
    browser = page(bob)
    with django_assert_num_queries(4):  # session, person, roles with the clinic, names
        answer = browser.get(SHEET)
    assert "exercise-figure" not in answer.content.decode()


def test_the_page_of_all_figures_is_for_the_staff_of_clinics(page, client, alice):
    assert page(alice).get(SHEET).status_code == 403
    assert client.get(SHEET).url.startswith("/account/login/")


def test_nobody_writes_to_the_page_of_all_figures(page, bob):
    assert page(bob).post(SHEET).status_code == 405
