"""A break to take right now: which small move, for whom, and that it is written down once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.library.models import BreakMovement, Program
from programs.reminders.actions import record_movement
from programs.reminders.models import MovementBreak, Outcome
from programs.reminders.queries import break_now
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/breaks/now/"
REST = "/api/v1/breaks/now/"
GENTLE = {"stand-and-shift", "walk-for-water", "short-walk", "ankle-pumps", "belly-breaths", "shoulder-rolls"}


def moves_for(patient):
    """The slugs of all moves in the order in which they are offered."""
    clinic, found = patient.memberships.get().clinic, []
    after = ""
    while (move := break_now(patient, clinic, makers.NOON, after=after).move) is not None:
        if move.movement.slug in found:
            break
        after = move.movement.slug
        found.append(after)
    return found


def exercise_of(slug):
    return BreakMovement.objects.select_related("exercise").get(slug=slug).exercise


def take(patient, slug, at):
    clinic = patient.memberships.get().clinic
    record_movement(clinic=clinic, patient=patient, source="own", moved_at=at, now=at, movement=slug)


def desk_plan(of, by):
    """A plan that needs breaks to get on, with many moves for them."""
    return makers.plan(of, by, program=Program.objects.get(slug="desk-worker-breaks"))


def irritable(plan, level="high"):
    plan.irritability = level
    plan.save(update_fields=["irritability"])


def test_without_a_plan_there_is_what_suits_everybody(alice):
    slugs = moves_for(alice)

    assert slugs
    assert all(exercise_of(slug) is None for slug in slugs)


def test_with_a_plan_there_is_what_its_stage_names(alice, plan):
    named = plan.versions.get().content.stage(1).break_movements

    assert set(moves_for(alice)) == set(named)


def test_a_leg_that_is_easily_stirred_up_gets_gentle_moves_alone(alice, bob):
    plan = desk_plan(alice, bob)
    plan.stage_number = 3
    plan.save(update_fields=["stage_number"])
    assert {"nerve-slider", "take-the-stairs"} <= set(moves_for(alice))
    irritable(plan)

    slugs = moves_for(alice)

    assert slugs
    assert set(slugs) <= GENTLE
    assert all(exercise_of(slug) is None or "calm" in exercise_of(slug).tags for slug in slugs)


def test_the_one_not_done_for_longest_comes_first(alice, plan):
    first, second, *_, last = moves_for(alice)
    for hours, slug in enumerate((first, second), start=1):
        take(alice, slug, makers.NOON + timedelta(hours=hours))

    slugs = moves_for(alice)

    assert slugs[-2:] == [first, second]
    assert last in slugs[:-2]


def test_show_me_another_goes_round(page, alice, plan):
    slugs = moves_for(alice)
    browser = page(alice)

    seen = [browser.get(URL, {"after": slug}).context["page"].movement.slug for slug in slugs]

    assert seen == [*slugs[1:], slugs[0]]
    for nonsense in ("no-such-move", "\x00", "x" * 500):
        assert browser.get(URL, {"after": nonsense}).context["page"].movement.slug == slugs[0]


def test_what_an_answer_rules_out_is_not_offered(alice, bob):
    desk_plan(alice, bob)
    assert {"back-bend", "heel-toe-rocks"} <= set(moves_for(alice))

    makers.answered(alice, conditions={"stenosis": "yes"})
    assert "back-bend" not in moves_for(alice)

    makers.answered(alice, conditions={"leg-clot": "yes"})
    assert "heel-toe-rocks" not in moves_for(alice)


def test_what_asks_for_a_visit_leaves_walking_and_breathing(alice, plan):
    makers.answered(alice, RF18="yes", RF18a="no")

    slugs = moves_for(alice)

    assert slugs
    assert {exercise_of(slug).category for slug in slugs} <= {"aerobic", "relaxation"}


def test_a_direction_that_made_it_worse_is_left_out(alice, bob):
    plan = desk_plan(alice, bob)
    plan.directions_excluded = {"extension": "2026-12-01"}
    plan.save(update_fields=["directions_excluded"])

    assert "back-bend" not in moves_for(alice)


def test_while_an_emergency_stands_there_is_no_exercise_but_the_way_to_help(page, alice, plan):
    makers.answered(alice, RF01="yes")

    answer = page(alice).get(URL)

    words = pages.words(answer)
    assert pages.heading(answer) == "No exercises just now."
    assert "Your exercises are on hold." in words
    assert f"Call {alice.memberships.get().clinic.emergency_number}" in words
    assert b"timer" not in answer.content
    assert "Show me another" not in words


def test_who_was_told_not_to_exercise_is_asked_to_ask_first(page, alice, plan):
    makers.answered(alice, conditions={"told-not-to-exercise": "yes"})

    assert "Please ask first." in pages.words(page(alice).get(URL))


def test_the_page_says_how_and_for_how_long_without_javascript(page, alice, plan):
    answer = page(alice).get(URL)

    move = answer.context["page"].movement
    words = pages.words(answer)
    assert pages.heading(answer) == f"Try this now: {move.name.lower()}."
    assert "About" in words
    assert all(step in words for step in answer.context["page"].steps)
    assert "Done" in words


def test_done_is_written_down_once_and_answers_the_open_prompt(page, alice, plan):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=20))
    prompt = makers.prompt(rule)
    browser = page(alice)
    sent = {"break_id": str(uuid4()), "movement": browser.get(URL).context["page"].movement.slug}

    for _ in range(2):
        answer = browser.post(URL, sent)

    assert answer.url == "/breaks/"
    taken = MovementBreak.objects.get()
    assert (str(taken.pk), taken.source, taken.movement) == (sent["break_id"], "own", sent["movement"])
    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.DONE
    assert "Well done." in pages.words(browser.get(answer.url))


def test_it_is_said_where_it_counts_to_the_plan(page, alice, bob):
    assert "It counts to your plan." not in pages.words(page(alice).get(URL))

    desk_plan(alice, bob)

    assert "It counts to your plan." in pages.words(page(alice).get(URL))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"break_id": "x"},
        {"break_id": "\x00"},
        {"break_id": str(uuid4()), "movement": "no-such-move"},
        {"break_id": str(uuid4()), "movement": "\x00"},
        {"break_id": str(uuid4()), "movement": "x" * 500},
    ],
)
def test_what_cannot_be_read_gets_one_sentence_and_nothing_is_stored(page, alice, sent):
    answer = page(alice).post(URL, sent)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not MovementBreak.objects.exists()


def test_somebody_elses_id_tells_nothing(page, alice, dora):
    theirs = uuid4()
    page(dora).post(URL, {"break_id": theirs})

    answer = page(alice).post(URL, {"break_id": theirs})

    assert answer.status_code == 422
    assert MovementBreak.objects.get().patient == dora


def test_it_is_for_patients_who_are_signed_in(page, client, bob):
    assert client.get(URL).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    assert AuditEvent.objects.get().door == "reminders:now"


def test_the_page_is_easy_to_read(page, alice, plan):
    assert grade(pages.prose(page(alice).get(URL))) <= 6


def test_it_asks_for_the_same_rows_however_many_breaks_there_were(
    page, alice, plan, django_assert_max_num_queries
):
    browser = page(alice)
    browser.get(URL)
    for hours in range(1, 6):
        take(alice, "stand-and-shift", makers.NOON + timedelta(hours=hours))
    with django_assert_max_num_queries(14):
        browser.get(URL)


# --- over REST ---


def test_a_client_gets_the_same_move(api, alice, plan):
    answer = api(alice).get(REST)

    assert answer.status_code == 200
    first = moves_for(alice)[0]
    assert (answer.data["is_stopped"], answer.data["move"]["slug"]) == (False, first)
    assert answer.data["others"] == len(moves_for(alice)) - 1
    another = api(alice).get(REST, {"after": first}).data["move"]
    assert another["slug"] == moves_for(alice)[1]
    assert all(isinstance(step, str) for step in another["steps"])


def test_a_client_of_somebody_on_hold_gets_no_move(api, alice, plan):
    makers.answered(alice, RF01="yes")

    data = api(alice).get(REST).data

    assert (data["is_stopped"], data["move"]) == (True, None)


def test_a_wrong_wish_is_a_problem(api, alice):
    answer = api(alice).get(REST, {"after": "not a slug"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_over_rest_it_is_for_patients_alone(api, client, bob):
    assert api(bob).get(REST).status_code == 403
    assert client.get(REST).status_code == 401
