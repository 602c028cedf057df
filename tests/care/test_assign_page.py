"""Choosing a plan for a patient."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import UUID

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
from tests import makers, pages

pytestmark = pytest.mark.once

NOON = makers.NOON


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def program(db) -> Program:
    return makers.library()


def path(patient: User, program: Program | None = None) -> str:
    """The list of programs, or the page of one of them."""
    chosen = f"?program={program.pk}" if program else ""
    return reverse("care:assign", args=[patient.pk]) + chosen


def form(of: Program | None = None, **more) -> dict[str, object]:
    """What the page of a program sends; without one, that of the sciatica program."""
    shown = of or Program.objects.filter(slug="sciatica-with-calf-symptoms").first()
    values = {"plan_id": str(uuid7()), "side": "right", "pain_limit": "5", "has_checked": "on"}
    return values | ({"based_on": shown.updated_at.isoformat()} if shown else {}) | more


def own_program(clinic, name: str = "Calf only", **stage_values: object) -> Program:
    """A program of a clinic's own, with one stage and one exercise."""
    own = Program.objects.create(
        clinic=clinic,
        slug=name.lower().replace(" ", "-"),
        name=name,
        kind=Program.Kind.STAGED,
        summary="S.",
        direction_check=Program.DirectionFirst.NONE,
        evidence_grade="D",
        evidence_note="We found no trial.",
        updated_at=NOON,
    )
    values: dict[str, object] = {
        "minimum_days": 7,
        "pain_ceiling": 5,
        "pain_measure": "worst_leg",
        "test": "Test.",
    }
    stage = Stage.objects.create(
        program=own,
        number=1,
        name="Only",
        goal="Goal.",
        break_interval_minutes=30,
        **(values | stage_values),
    )
    exercise = Exercise.objects.get(slug="ankle-pumps")
    Prescription.objects.create(
        stage=stage, position=1, exercise=exercise, dose_values=exercise.dose_defaults
    )
    return own


def test_first_comes_a_list_of_what_can_be_given_with_when_it_fits_and_whom_not(page, bob, alice, program):
    answer = page(bob).get(path(alice))
    staged = Program.objects.staged()
    assert staged.count() == 5
    html = unescape(answer.text)
    for each in staged:
        assert f'<a href="?program={each.pk}">{each.name}</a>' in html
        for words in (each.summary, *each.begin_when, *each.not_for):
            assert words in html
    assert "Give this plan to" not in html


def test_the_program_they_follow_now_is_marked_in_the_list(page, bob, alice, plan):
    html = page(bob).get(path(alice)).text
    assert html.count("followed now") == 1
    assert html.index(plan.program.name) < html.index("followed now")
    assert "followed now" in html.split(f"?program={plan.program_id}")[1].split("</h2>")[0]


def test_the_page_of_one_program_says_when_it_fits_and_leads_to_the_others(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice, program)).text)
    for words in (*program.begin_when, *program.not_for):
        assert words in html
    for each in Program.objects.staged():
        assert f'href="?program={each.pk}"' in html


def test_a_flare_plan_is_never_offered(page, bob, alice, program):
    flare = Program.objects.get(kind=Program.Kind.FLARE)
    browser = page(bob)
    for url in (path(alice), path(alice, program)):
        html = unescape(browser.get(url).text)
        assert str(flare.pk) not in html
    assert browser.get(path(alice, flare)).status_code == 404
    assert browser.post(path(alice, flare), form()).status_code == 404
    assert not Plan.objects.exists()


def test_a_program_that_is_given_no_longer_is_not_offered(page, bob, alice, program):
    Program.objects.filter(pk=program.pk).update(retired_at=NOON)
    browser = page(bob)
    assert str(program.pk) not in browser.get(path(alice)).text
    assert browser.get(path(alice, program)).status_code == 404


def test_a_single_program_needs_no_list(page, bob, alice, program):
    Program.objects.exclude(pk=program.pk).update(retired_at=NOON)
    browser = page(bob)
    html = browser.get(path(alice)).text
    assert "Give this plan to" in html
    assert 'aria-label="Programs"' not in html
    assert browser.post(path(alice), form()).status_code == 302
    assert Plan.objects.get().program == program


def test_sending_the_form_without_a_program_gives_none(page, bob, alice, program):
    answer = page(bob).post(path(alice), form())
    assert "Give this plan to" not in answer.text
    assert not Plan.objects.exists()


def test_each_stage_says_what_ends_it_and_what_to_look_out_for(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice, program)).text)
    assert "To leave stage 2: 10 days or more in it; worst leg pain, middle of 7 days: 4 or less." in html
    for stage in program.stages.all():
        for words in (stage.test, *stage.cautions):
            assert words in html


@pytest.mark.parametrize(
    ("stage_values", "sentence"),
    [
        ({"pain_ceiling": None}, "To leave stage 1: 7 days or more in it."),
        (
            {"pain_measure": "during", "pain_ceiling": 3},
            "To leave stage 1: 7 days or more in it; worst pain while you do the exercises: 3 or less.",
        ),
        (
            {"minimum_days": None, "pain_ceiling": None, "test": ""},
            "Stage 1 has no end: it goes on for as long as it helps.",
        ),
        (
            {"minimum_days": None, "pain_measure": "calf", "test": ""},
            "Stage 1 has no end: it goes on for as long as it helps. "
            "Look for calf pain between cramps: 5 or less.",
        ),
    ],
)
def test_what_a_stage_does_not_ask_is_not_said(page, bob, alice, clinic, program, stage_values, sentence):
    own = own_program(clinic, **stage_values)
    html = unescape(page(bob).get(path(alice, own)).text)
    assert f"<p>{sentence}</p>" in html
    assert "None" not in html
    assert ("<blockquote" in html) == ("test" not in stage_values)


def test_the_page_shows_every_stage_with_its_doses_and_that_nobody_checked_them(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice, program)).text)
    assert "Choose a plan for Alice" in html
    assert "Sciatica with calf symptoms" in html
    for stage in program.stages.all():
        assert f"Stage {stage.number}: {stage.name}" in html
    assert "2 sets of 8 on each side, rest 30 seconds, twice a day, every day" in html
    assert "Flare plan: Calm it down" in html
    prescriptions = Prescription.objects.filter(stage__program=program)
    of_flare = Prescription.objects.filter(stage__program__slug="flare-plan")
    assert html.count("not yet checked by a clinician") == prescriptions.count() + of_flare.count()
    assert html.count('name="chosen_options"') == prescriptions.filter(optional=True).count()
    assert "I have read and checked these exercises for this patient" in html


def test_an_exercise_somebody_checked_carries_no_warning(page, bob, alice, program):
    Exercise.objects.update(checked_by="A. Physio")
    assert "not yet checked" not in page(bob).get(path(alice, program)).text


def test_how_an_exercise_is_done_can_be_read_before_ticking(page, bob, alice, program):
    html = unescape(page(bob).get(path(alice, program)).text)
    pumps = Exercise.objects.get(slug="ankle-pumps")
    for step in [*pumps.steps, *pumps.avoid]:
        assert step in html


def test_sending_it_begins_the_plan_and_leads_to_the_patient(page, bob, alice, program):
    chosen = Prescription.objects.filter(stage__program=program, stage__number=1, optional=True)[0]
    browser = page(bob)
    answer = browser.post(
        path(alice, program), form(side="left", pain_limit="3", chosen_options=[str(chosen.pk)])
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{alice.pk}/")
    plan = Plan.objects.get()
    assert (plan.patient, plan.side, plan.pain_limit, plan.assigned_by) == (alice, Side.LEFT, 3, bob)
    assert makers.version(plan).stage(1).exercise(chosen.exercise.slug)
    assert "Alice has the plan “Sciatica with calf symptoms”" in browser.get(answer["Location"]).text


def test_sending_it_twice_makes_one_plan(page, bob, alice, program):
    browser, same = page(bob), form()
    for _ in range(2):
        assert browser.post(path(alice, program), same).status_code == 302
    assert Plan.objects.count() == 1
    assert Message.objects.count() == 1


def test_every_page_comes_with_an_id_of_its_own(page, bob, alice, program):
    browser = page(bob)
    ids = {browser.get(path(alice, program)).context["form"]["plan_id"].value() for _ in range(2)}
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
    answer = page(bob).post(path(alice, program), form(**{field: typed}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert f'id="id_{field}_error"' in answer.text
    assert sentence in answer.text
    assert not Plan.objects.exists()


def test_what_was_ticked_stays_ticked_after_a_mistake(page, bob, alice, program):
    chosen, left = Prescription.objects.filter(stage__program=program, optional=True)[:2]
    answer = page(bob).post(
        path(alice, program), form(chosen_options=[str(chosen.pk)], pain_limit="11", side="left")
    )
    assert f'value="{chosen.pk}" checked' in answer.text
    assert f'value="{left.pk}" checked' not in answer.text
    assert answer.context["form"]["side"].value() == "left"
    assert 'value="11"' in answer.text


@pytest.mark.parametrize("option", ["x", str(UUID(int=1))])
def test_an_exercise_of_another_program_is_refused(page, bob, alice, program, option):
    answer = page(bob).post(path(alice, program), form(chosen_options=[option]))
    assert answer.status_code == 422
    assert "Choose exercises of this program only." in answer.text
    assert not Plan.objects.exists()


def test_a_clinics_own_program_can_be_chosen(page, bob, alice, clinic, program):
    own = own_program(clinic)
    browser = page(bob)
    assert f'href="?program={own.pk}"' in browser.get(path(alice)).text
    answer = browser.post(path(alice, own), form(own))
    assert answer.status_code == 302
    assert Plan.objects.get().program == own


def test_another_clinics_program_is_not_there(page, bob, alice, other_clinic, program):
    theirs = own_program(other_clinic, "Harbour only")
    browser = page(bob)
    assert "Harbour only" not in browser.get(path(alice)).text
    for program_id in (theirs.pk, "x"):
        assert browser.post(f"{path(alice)}?program={program_id}", form()).status_code == 404
    assert not Plan.objects.exists()


def test_a_program_of_a_therapists_other_clinic_is_not_for_this_patient(
    page, bob, alice, other_clinic, program
):
    join_clinic(user=bob, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    theirs = own_program(other_clinic)
    assert page(bob).get(path(alice, theirs)).status_code == 404


@pytest.mark.usefixtures("no_library")
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
            own_program(clinic, f"Program {count} {number}")
        with django_assert_num_queries(7):
            browser.get(path(alice))
        with django_assert_num_queries(14):
            browser.get(path(alice, program))


def test_a_program_that_changed_since_the_page_was_opened_is_read_again_first(page, alice, bob, program):
    read = form()
    exercise = program.stages.first().prescriptions.first().exercise
    Exercise.objects.filter(pk=exercise.pk).update(name="Not this one")
    Program.objects.filter(pk=program.pk).update(updated_at=NOON + timedelta(hours=1))

    answer = page(bob).post(path(alice, program), read)

    assert answer.status_code == 422
    assert "This program has changed since you opened it." in pages.words(answer)
    assert not answer.context["form"]["has_checked"].value()
    assert not Plan.objects.exists()

    again = {**read, "based_on": pages.hidden(answer, "based_on")}
    assert page(bob).post(path(alice, program), again).status_code == 302
    assert Plan.objects.get().program == program
