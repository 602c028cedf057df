"""The direction check: the leg before and after one small move, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.care.models import Plan
from programs.library.models import Program
from programs.logbook.models import DirectionTry
from programs.logbook.views.direction import NO_CHECK, NOT_DONE_SENTENCE
from tests import makers, pages

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/direction/"
EASED = ("4", "5", "done", "3", "4")
SPREAD = ("4", "5", "done", "5", "4")
NAMES = ("reach_before", "pain_before", "move", "reach_after", "pain_after")


@pytest.fixture(autouse=True)
def answered_before(alice):
    """No safety question is due."""
    makers.screened(alice)


def try_move(browser, answers=EASED):
    record_id = pages.hidden(browser.get(f"{URL}?question=1"), "record_id")
    sent = None
    for number, (name, given) in enumerate(zip(NAMES, answers, strict=False), start=1):
        sent = browser.post(f"{URL}?question={number}", {"record_id": record_id, name: given})
    return sent


def plan_of(alice) -> Plan:
    return Plan.objects.get(patient=alice, ended_at=None)


def test_it_says_what_to_do_before_it_begins(page, alice, plan):
    answer = page(alice).get(URL)
    assert pages.heading(answer) == "Which way eases your leg?"
    words = pages.words(answer)
    assert "Face-down press-up" in words
    assert "Stop at once if it goes further down your leg." in words
    assert "not yet checked by a clinician" in words


def test_a_move_that_eases_the_leg_is_written_down_to_the_plan(page, alice, plan):
    browser = page(alice)
    last = try_move(browser)
    stored = DirectionTry.objects.get()
    assert (stored.direction, stored.effect, stored.exercise.slug) == (
        "extension",
        "better",
        "prone-press-up",
    )
    assert (plan_of(alice).direction, plan_of(alice).direction_on) == ("extension", makers.NOON.date())
    assert pages.heading(browser.get(last.url)) == "Arching your back may ease your leg."


def test_a_move_that_spreads_is_left_out_and_the_other_waits_for_another_day(page, alice, plan):
    browser = page(alice)
    last = try_move(browser, SPREAD)
    current = plan_of(alice)
    returns = makers.NOON.date() + timedelta(days=14)
    assert (current.direction, current.directions_excluded) == ("", {"extension": returns.isoformat()})
    answer = browser.get(last.url)
    assert pages.heading(answer) == "The next move is for another day."
    assert "Leave out moves that arch your back." in pages.words(answer)
    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        makers.screened(alice, makers.NOON + timedelta(days=1))
        assert pages.heading(browser.get(URL)) == "Which way eases your leg?"
        try_move(browser)
    assert plan_of(alice).direction == "flexion"
    assert list(plan_of(alice).directions_excluded) == ["extension"]


def test_the_gentler_move_counts_too(page, alice, plan):
    try_move(page(alice), ("4", "5", "gentler", "4", "4"))
    assert DirectionTry.objects.get().exercise.slug == "prone-on-elbows"


def test_a_move_that_was_not_done_stores_nothing(page, alice, plan):
    browser = page(alice)
    answer = try_move(browser, ("4", "5", "not_done"))
    assert answer.url == URL
    assert NOT_DONE_SENTENCE in pages.words(browser.get(URL))
    assert not DirectionTry.objects.exists()


def test_a_second_try_on_the_same_day_is_not_taken(page, alice, plan):
    browser = page(alice)
    record_id = pages.hidden(browser.get(f"{URL}?question=1"), "record_id")
    try_move(browser, ("4", "5", "done", "4", "5"))
    browser.post(f"{URL}?question=1", {"record_id": record_id, "reach_before": "4"})
    assert DirectionTry.objects.count() == 1


def test_a_program_for_legs_that_bend_forward_tries_no_arching(page, clinic, bob):
    nora = makers.patient(clinic, "nora", cared_for_by=bob)
    makers.plan(nora, bob, program=Program.objects.get(slug="stenosis-friendly"))
    makers.screened(nora)
    browser = page(nora)
    assert "arch" not in pages.words(browser.get(URL)).split("How to do it")[0].lower()
    try_move(browser)
    assert DirectionTry.objects.get().direction == "flexion"


def test_a_program_without_the_check_says_so(page, clinic, bob):
    nora = makers.patient(clinic, "nora", cared_for_by=bob)
    makers.plan(nora, bob, program=Program.objects.get(slug="calf-strength"))
    browser = page(nora)
    assert browser.get(URL).url == "/"
    assert NO_CHECK in pages.words(browser.get("/"))


@pytest.mark.parametrize("given", ["", "6", "x"])
def test_what_is_no_place_gets_a_sentence(page, alice, plan, given):
    answer = try_move(page(alice), (given,))
    assert answer.status_code == 422
    assert "Choose one of the places." in pages.words(answer)


def test_another_move_is_named_only_where_there_is_one(page, alice, clinic, bob, plan):
    nora = makers.patient(clinic, "nora", cared_for_by=bob)
    makers.plan(nora, bob, program=Program.objects.get(slug="stenosis-friendly"))
    makers.screened(nora)

    two, one = (pages.words(page(each).get(URL)) for each in (alice, nora))

    assert "try the other move on another day" in two
    assert "How to do it" in one
    assert "other move" not in one
