"""Choosing a plan for a patient."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from uuid_utils.compat import uuid7

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role, User
from programs.care.actions import TICK
from programs.care.models import Plan, Side
from programs.conversations.models import Message
from programs.library.models import Exercise, Prescription, Program, Stage
from tests import makers

NOON = makers.NOON


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def program(db) -> Program:
    return makers.library()


def path(patient: User) -> str:
    return reverse("care:assign", args=[patient.pk])


def form(**more) -> dict[str, object]:
    values = {"plan_id": str(uuid7()), "side": "right", "pain_limit": "5", "has_checked": "on"}
    return values | more


def own_program(clinic, program: Program, name: str = "Calf only") -> Program:
    """A program of a clinic's own, with one stage and one exercise."""
    own = Program.objects.create(clinic=clinic, slug=name.lower().replace(" ", "-"), name=name, summary="S.")
    stage = Stage.objects.create(
        program=own,
        number=1,
        name="Only",
        goal="Goal.",
        minimum_days=7,
        pain_ceiling=5,
        break_interval_minutes=30,
        test="Test.",
    )
    exercise = Exercise.objects.get(slug="ankle-pumps")
    Prescription.objects.create(
        stage=stage, position=1, exercise=exercise, dose_values=exercise.dose_defaults
    )
    return own


def test_the_page_shows_every_stage_with_its_doses_and_that_nobody_checked_them(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice)).text)
    assert "Choose a plan for Alice" in html
    assert "Sciatica with calf symptoms" in html
    for stage in program.stages.all():
        assert f"Stage {stage.number}: {stage.name}" in html
    assert "2 sets of 8 on each side, rest 30 seconds, twice a day, every day" in html
    prescriptions = Prescription.objects.filter(stage__program=program)
    assert html.count("not yet checked by a clinician") == prescriptions.count()
    assert html.count('name="chosen_options"') == prescriptions.filter(optional=True).count()
    assert "I have read and checked these exercises for this patient" in html


def test_an_exercise_somebody_checked_carries_no_warning(page, bob, alice, program):
    Exercise.objects.update(checked_by="A. Physio")
    assert "not yet checked" not in page(bob).get(path(alice)).text


def test_how_an_exercise_is_done_can_be_read_before_ticking(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice)).text)
    pumps = Exercise.objects.get(slug="ankle-pumps")
    for step in [*pumps.steps, *pumps.avoid]:
        assert step in html


def test_sending_it_begins_the_plan_and_leads_to_the_patient(page, bob, alice, program):
    chosen = Prescription.objects.filter(stage__program=program, stage__number=1, optional=True)[0]
    browser = page(bob)
    answer = browser.post(path(alice), form(side="left", pain_limit="3", chosen_options=[str(chosen.pk)]))
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{alice.pk}/")
    plan = Plan.objects.get()
    assert (plan.patient, plan.side, plan.pain_limit, plan.assigned_by) == (alice, Side.LEFT, 3, bob)
    assert makers.version(plan).stage(1).exercise(chosen.exercise.slug)
    assert "Alice has the plan “Sciatica with calf symptoms”" in browser.get(answer["Location"]).text


def test_sending_it_twice_makes_one_plan(page, bob, alice, program):
    browser, same = page(bob), form()
    for _ in range(2):
        assert browser.post(path(alice), same).status_code == 302
    assert Plan.objects.count() == 1
    assert Message.objects.count() == 1


def test_every_page_comes_with_an_id_of_its_own(page, bob, alice, program):
    browser = page(bob)
    ids = {browser.get(path(alice)).context["form"]["plan_id"].value() for _ in range(2)}
    assert len(ids) == 2


def test_the_plan_followed_until_now_is_named(page, bob, alice, plan):
    html = page(bob).get(path(alice)).text
    assert "A new plan ends the one they follow now, since 20 November 2026." in html


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("pain_limit", "11", "Choose a whole number from 0 to 10."),
        ("pain_limit", "-1", "Choose a whole number from 0 to 10."),
        ("pain_limit", "3.5", "Choose a whole number from 0 to 10."),
        ("pain_limit", "x", "Choose a whole number from 0 to 10."),
        ("pain_limit", "", "Choose a whole number from 0 to 10."),
        ("side", "", "Choose a leg."),
        ("side", "middle", "Choose a leg."),
        ("has_checked", "", TICK),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_nothing_is_stored(
    page, bob, alice, program, field, typed, sentence
):
    answer = page(bob).post(path(alice), form(**{field: typed}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert f'id="id_{field}_error"' in answer.text
    assert sentence in answer.text
    assert not Plan.objects.exists()


def test_what_was_ticked_stays_ticked_after_a_mistake(page, bob, alice, program):
    chosen, left = Prescription.objects.filter(stage__program=program, optional=True)[:2]
    answer = page(bob).post(path(alice), form(chosen_options=[str(chosen.pk)], pain_limit="11", side="left"))
    assert f'value="{chosen.pk}" checked' in answer.text
    assert f'value="{left.pk}" checked' not in answer.text
    assert answer.context["form"]["side"].value() == "left"
    assert 'value="11"' in answer.text


@pytest.mark.parametrize("option", ["x", str(uuid4())])
def test_an_exercise_of_another_program_is_refused(page, bob, alice, program, option):
    answer = page(bob).post(path(alice), form(chosen_options=[option]))
    assert answer.status_code == 422
    assert "Choose exercises of this program only." in answer.text
    assert not Plan.objects.exists()


def test_a_clinics_own_program_can_be_chosen(page, bob, alice, clinic, program):
    own = own_program(clinic, program)
    browser = page(bob)
    assert f'href="?program={own.pk}"' in browser.get(path(alice)).text
    answer = browser.post(f"{path(alice)}?program={own.pk}", form())
    assert answer.status_code == 302
    assert Plan.objects.get().program == own


def test_another_clinics_program_is_not_there(page, bob, alice, other_clinic, program):
    theirs = own_program(other_clinic, program, "Harbour only")
    browser = page(bob)
    assert "Harbour only" not in browser.get(path(alice)).text
    for program_id in (theirs.pk, "x"):
        assert browser.post(f"{path(alice)}?program={program_id}", form()).status_code == 404
    assert not Plan.objects.exists()


def test_a_program_of_a_therapists_other_clinic_is_not_for_this_patient(
    page, bob, alice, other_clinic, program
):
    join_clinic(user=bob, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    theirs = own_program(other_clinic, program)
    assert page(bob).get(f"{path(alice)}?program={theirs.pk}").status_code == 404


def test_without_a_library_the_page_says_so(page, bob, alice):
    browser = page(bob)
    for answer in (browser.get(path(alice)), browser.post(path(alice), form())):
        assert "There is no program to choose yet." in answer.text
    assert not Plan.objects.exists()


def test_the_look_and_the_change_are_written_down(page, bob, alice, clinic, program):
    page(bob).get(path(alice))
    event = AuditEvent.objects.get()
    assert (event.actor, event.patient, event.clinic, event.door) == (bob, alice, clinic, "care:assign")


def test_another_clinics_patient_is_not_there(page, charlie, alice, program):
    browser = page(charlie)
    assert browser.get(path(alice)).status_code == 404
    assert browser.post(path(alice), form()).status_code == 404
    assert not Plan.objects.exists()


def test_a_colleague_who_does_not_care_for_the_patient_finds_nobody(page, clinic, alice, program):
    assert page(makers.therapist(clinic, "carl")).post(path(alice), form()).status_code == 404
    assert not Plan.objects.exists()


def test_a_patient_assigns_nothing(page, alice, program):
    assert page(alice).post(path(alice), form()).status_code == 403
    assert not Plan.objects.exists()


def test_signed_out_leads_to_the_sign_in_page(client, alice):
    assert client.get(path(alice))["Location"] == f"/account/login/?next={path(alice)}"


def test_more_programs_cost_no_more_queries(page, bob, alice, clinic, program, django_assert_num_queries):
    browser = page(bob)
    for count in (1, 10):
        for number in range(count):
            own_program(clinic, program, f"Program {count} {number}")
        with django_assert_num_queries(10):
            browser.get(path(alice))
