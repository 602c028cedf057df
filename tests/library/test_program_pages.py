"""The list of programs, and the page of a program with its stages."""

from __future__ import annotations

import pytest

from programs.library.models import BreakMovement, Contraindication, Program
from programs.library.rules import describe, describe_frequency
from tests import makers, pages
from tests.library.rows import CHECK, PROGRAMS, address, program

pytestmark = pytest.mark.usefixtures("at_noon", "db")


def test_programs_and_the_flare_plan_are_listed_apart(page, alice):
    words = pages.words(page(alice).get(PROGRAMS))

    programs, flare = words.split("For days when it hurts more")
    for each in Program.objects.staged():
        assert f"{each.name} {each.summary} {each.stages.count()} stages" in programs
    assert "Flare plan" in flare
    assert "Flare plan" not in programs
    assert "Which way eases your leg?" in flare


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_program_tells_whom_it_fits_and_every_stage(page, request, who):
    sciatica = program("sciatica-with-calf-symptoms")

    answer = page(request.getfixturevalue(who)).get(address(sciatica))

    asks = ": what is in this program?" if who == "alice" else ""
    assert pages.heading(answer) == f"{sciatica.name}{asks}"
    words = pages.words(answer)
    for sentence in (sciatica.summary, *sciatica.begin_when, *sciatica.not_for, sciatica.evidence_note):
        assert sentence in words
    for stage in sciatica.stages.all():
        start = words.index(f"Stage {stage.number} {stage.name}")
        told = words[start:]
        assert stage.goal in told
        assert f"Stay in it for {stage.minimum_days} days or more." in told
        assert f"take a break each {stage.break_interval_minutes} minutes." in told
        for sentence in (*stage.cautions, stage.test):
            assert sentence in told
        for given in stage.prescriptions.select_related("exercise"):
            dose = f"{describe(given.dose, given.exercise.sides)}, {describe_frequency(given.dose)}."
            mark = " if it suits you" if given.optional else ""
            assert f"{given.exercise.name}{mark} {dose} {given.note}".strip() in told
            assert f'href="{address(given.exercise)}"' in answer.content.decode()
    assert "Your worst leg pain is 6 or less on most days of a week." in words
    assert "Stage 5" not in words


def test_what_a_stage_leaves_out_is_said_in_names_and_words(page, alice):
    sciatica = program("sciatica-with-calf-symptoms")
    stage = sciatica.stages.get(number=1)
    sciatica.stages.filter(number=1).update(
        excluded_exercises=["walking", "clamshell"], excluded_tags=["tensioner", "nerve_load"]
    )
    assert stage.break_movements

    words = pages.words(page(alice).get(address(sciatica)))

    left_out = words.split("What is left out in stage 1")[1].split("For a break")[0]
    said = ("The nerve tensioner", "Stretches that pull on the nerve", "Walking", "Clamshell")
    assert left_out.strip() == " ".join(said)


def test_a_stage_names_the_break_ideas_that_fit_it_and_are_still_given(page, alice):
    stage = program("sciatica-with-calf-symptoms").stages.get(number=1)
    stage.break_movements = ["ankle-pumps", "short-walk", "belly-breaths"]
    stage.save()
    BreakMovement.objects.filter(slug="short-walk").update(retired_at=makers.NOON)

    words = pages.words(page(alice).get(address(stage.program)))

    ideas = words.split("For a break")[1].split("How to do them")[0]
    assert ideas.strip() == "Ankle pumps, Belly breaths"


def test_a_stage_without_an_end_says_so_and_has_nothing_to_work_towards(page, alice):
    words = pages.words(page(alice).get(address(program("calf-tightness-and-cramps"))))

    last = words[words.index("Stage 3 Keep") :]
    assert "Stay in it for as long as it helps." in last
    assert "None" not in words
    assert "What you work towards" not in last


def test_every_question_for_a_clinician_is_there(page, alice):
    words = pages.words(page(alice).get(address(program("calf-strength"))))

    ask = words.split("Ask a clinician first if one of these is true")[1]
    for each in Contraindication.objects.filter(level="clinician_first"):
        assert f"{each.question} {each.advice}" in ask
    assert "Are you under 18?" not in ask


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("sciatica-with-calf-symptoms", "Here you try to arch your back first."),
        ("stenosis-friendly", "Here you try to bend forward first."),
        ("calf-strength", None),
    ],
)
def test_a_program_leads_to_the_direction_check_where_it_has_one(page, alice, slug, sentence):
    answer = page(alice).get(address(program(slug)))

    assert (f'href="{CHECK}?program=' in answer.content.decode()) == (sentence is not None)
    if sentence:
        assert sentence in pages.words(answer)


def test_the_flare_plan_says_when_it_ends_and_calls_its_stage_no_stage(page, alice):
    words = pages.words(page(alice).get(address(program("flare-plan"))))

    assert "It ends once your worst leg pain is no more than 1 above your usual for 2 days in a row." in words
    assert "If it has not settled after 7 days, see your doctor or physio that week." in words
    assert "Stage 1" not in words
    assert "When it ends" not in pages.words(page(alice).get(address(program("calf-strength"))))


def test_a_patient_opens_the_stages_one_by_one_and_a_therapist_sees_all(page, alice, bob):
    sciatica, flare = address(program("sciatica-with-calf-symptoms")), address(program("flare-plan"))

    assert page(alice).get(sciatica).content.decode().count('<details class="stage">') == 4
    assert page(bob).get(sciatica).content.decode().count('<details class="stage" open>') == 4
    assert '<details class="stage" open>' in page(alice).get(flare).content.decode()


def test_a_patient_is_told_not_to_start_a_program_alone(page, alice, bob):
    path = address(program("calf-strength"))

    assert "Do not start a new program by yourself." in pages.words(page(alice).get(path))
    assert "by yourself" not in pages.words(page(bob).get(path))
