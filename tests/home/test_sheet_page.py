"""The patient's exercises on paper: what the sheet says, and when there is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from programs.accounts.models import AuditEvent, Clinic
from programs.care.models import Plan
from programs.care.rules.session import TOO_EASILY_STIRRED, WRONG_WAY
from programs.safety.rules import emergency_card, urgent_card
from tests import makers, pages
from tests.care.plans import in_stage

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PATH = "/sheet/"
NOON = makers.NOON
QUERIES = 8


@pytest.fixture
def screened(alice, plan):
    Clinic.objects.update(emergency_number="999", phone="020 7946 0000")
    makers.screened(alice, NOON - timedelta(days=1))


def test_every_exercise_of_the_stage_is_on_it_with_its_prescribed_dose(page, alice, plan, screened):
    answer = page(alice).get(PATH)

    words, stage = pages.words(answer), makers.version(plan).stage(1)
    assert pages.heading(answer) == "These are your exercises."
    assert len(stage.exercises) > len(stage.planned_on(NOON.date())) - 1
    for number, each in enumerate(stage.exercises, start=1):
        assert f"{number}. {each.name}" in words
        assert f"{each.dose_in_words}." in words
    assert answer.content.decode().count('class="sheet-log"') == len(stage.exercises)


def test_it_says_whose_it_is_from_when_from_whom_and_whom_to_call(page, alice, plan, screened):
    words = pages.words(page(alice).get(PATH))

    assert (
        f"{alice.name}. Stage 1 of 4: {makers.version(plan).stage(1).name}. "
        f"From {plan.started_at:%-d %B %Y}, with {plan.assigned_by.name}, {plan.clinic.name}, 020 7946 0000."
    ) in words
    assert "Pain rule: Pain should stay at 5 or below, and settle by the next morning." in words
    assert "not yet checked by a clinician" in words


def test_the_warning_signs_are_those_of_the_safety_card(page, alice, screened):
    words = pages.words(page(alice).get(PATH))

    for card in (emergency_card("999"), urgent_card("999")):
        assert card.heading in words
        assert card.closing in words
        for group in card.groups:
            assert all(sign in words for sign in group.items)


def test_big_print_is_one_tap_away_and_back(page, alice, screened):
    normal = page(alice).get(PATH).content.decode()
    big = page(alice).get(f"{PATH}?size=big").content.decode()

    assert "page-sheet-big" not in normal
    assert 'href="/sheet/?size=big">Use big print</a>' in normal
    assert "page-sheet-big" in big
    assert 'href="/sheet/">Use normal print</a>' in big


@pytest.mark.parametrize("answers", [{"RF01": "yes"}, {"RF13": "yes"}])
def test_while_exercises_are_on_hold_nobody_takes_a_sheet_to_bed(page, alice, plan, screened, answers):
    makers.answered(alice, at=NOON, **answers)

    answer = page(alice).get(PATH)

    assert pages.heading(answer) == "There is no sheet just now."
    assert "sheet-exercise" not in answer.content.decode()
    for each in makers.version(plan).stage(1).exercises:
        assert each.name not in pages.words(answer)


def test_before_the_safety_questions_are_answered_there_is_no_sheet(page, alice, plan):
    answer = page(alice).get(PATH)

    assert pages.heading(answer) == "Please answer the safety questions first."
    assert 'href="/safety/"' in answer.content.decode()
    assert "sheet-exercise" not in answer.content.decode()


def test_what_a_safety_answer_rules_out_is_left_out_and_named(page, alice, plan):
    makers.answered(
        alice,
        at=NOON - timedelta(days=1),
        kind="first",
        conditions={"blood-thinner-and-new-calf-pain": "yes"},
    )
    in_stage(plan, 2)

    answer = page(alice).get(PATH)
    sheet, words = answer.context["sheet"], pages.words(answer)

    assert sheet.left_out
    assert len(sheet.exercises) + len(sheet.left_out) == len(makers.version(plan).stage(2).exercises)
    paper, left_out = words.split("Left out for now")
    for each in sheet.left_out:
        assert f". {each.prescribed.name} " not in paper
        assert f"{each.prescribed.name} {each.reason}" in left_out


def test_a_way_of_moving_that_made_it_worse_stays_off_the_paper(page, alice, plan, screened):
    # "slider" stands for a direction here: a plan has the moves of a direction only where they were chosen.
    Plan.objects.update(directions_excluded={"slider": (NOON + timedelta(days=9)).date().isoformat()})

    sheet = page(alice).get(PATH).context["sheet"]

    assert [(each.prescribed.slug, each.reason) for each in sheet.left_out] == [
        ("supine-sciatic-slider", WRONG_WAY)
    ]


def test_a_leg_that_is_easily_stirred_up_gets_only_calm_moves(page, alice, plan, screened):
    Plan.objects.update(irritability="high")
    in_stage(plan, 3)

    sheet = page(alice).get(PATH).context["sheet"]

    assert TOO_EASILY_STIRRED in [each.reason for each in sheet.left_out]
    assert "double-leg-calf-raise" not in [each.prescribed.slug for each in sheet.exercises]


def test_without_a_plan_it_says_so(page, alice):
    answer = page(alice).get(PATH)

    assert answer.status_code == 200
    assert pages.heading(answer) == "Your plan is not here yet."


def test_the_look_is_written_down(page, alice, clinic, screened):
    page(alice).get(PATH)

    assert AuditEvent.objects.filter(actor=alice, patient=alice, door="home:sheet").count() == 1


def test_only_patients_may_open_it(client, page, bob):
    assert page(bob).get(PATH).status_code == 403
    assert page(bob).post(PATH).status_code == 403
    answer = client.get(PATH)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={PATH}")


def test_it_is_only_read(page, alice):
    assert page(alice).post(PATH).status_code == 405


def test_as_many_queries_for_a_long_stage_as_for_a_short_one(
    page, alice, plan, screened, django_assert_num_queries
):
    browser = page(alice)
    with django_assert_num_queries(QUERIES):
        browser.get(PATH)
    in_stage(plan, 2)
    with django_assert_num_queries(QUERIES):
        browser.get(PATH)
