"""Beginning a plan from a program."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from uuid_utils.compat import uuid7

from programs.accounts.models import User
from programs.care.actions import NO_PLAN, TICK, assign_program
from programs.care.models import Mode, Plan, PlanVersion, Side, StageChange
from programs.conversations.models import Message
from programs.library.models import Exercise, Prescription, Program
from tests import makers

NOON = makers.NOON


@pytest.fixture
def program(db) -> Program:
    return makers.library()


def assign(alice: User, bob: User, program: Program, at=NOON, **more) -> Plan:
    values = {
        "side": Side.LEFT,
        "pain_limit": 4,
        "chosen_options": (),
        "has_checked": True,
        "plan_id": None,
    }
    return assign_program(
        clinic=alice.memberships.get().clinic,
        patient=alice,
        program=program,
        therapist=bob,
        now=at,
        **(values | more),
    )


def slugs(plan: Plan, stage: int) -> list[str]:
    return [each.slug for each in makers.version(plan).stage(stage).exercises]


def optional(program: Program, stage: int) -> list[UUID]:
    return list(
        Prescription.objects.filter(stage__program=program, stage__number=stage, optional=True).values_list(
            "pk", flat=True
        )
    )


def test_a_plan_starts_at_stage_one_guided_with_what_was_chosen(alice, bob, program):
    plan = assign(alice, bob, program)
    assert (plan.patient, plan.assigned_by, plan.program, plan.clinic) == (
        alice,
        bob,
        program,
        alice.memberships.get().clinic,
    )
    assert (plan.side, plan.pain_limit, plan.mode, plan.stage_number) == (Side.LEFT, 4, Mode.GUIDED, 1)
    start = StageChange.objects.get()
    assert (start.kind, start.to_stage, start.decided_by, start.at) == ("start", 1, bob, NOON)


def test_version_one_holds_every_stage_and_who_checked_it(alice, bob, program):
    version = makers.version(assign(alice, bob, program))
    assert (version.number, version.created_by) == (1, bob)
    assert (version.checked_by, version.checked_at) == (bob, NOON)
    assert [stage.number for stage in version.content.stages] == [1, 2, 3, 4]


def test_a_stage_keeps_its_doses_as_they_were(alice, bob, program):
    plan = assign(alice, bob, program)
    before = makers.version(plan).content
    Prescription.objects.update(dose_values={})
    Exercise.objects.update(name="Renamed")
    assert makers.version(plan).content == before
    assert before.stage(1).exercise("supine-sciatic-slider").dose.repetitions == 8


@pytest.mark.parametrize(
    "slug",
    [
        "sciatica-with-calf-symptoms",
        "calf-tightness-and-cramps",
        "stenosis-friendly",
        "desk-worker-breaks",
        "calf-strength",
    ],
)
def test_every_staged_program_can_be_given_and_kept_as_it_is(alice, bob, program, slug):
    chosen = Program.objects.get(slug=slug)
    kept = makers.version(assign(alice, bob, chosen)).content
    fields = (
        "number",
        "name",
        "goal",
        "minimum_days",
        "pain_ceiling",
        "pain_measure",
        "break_interval_minutes",
        "test",
    )
    for stage, given in zip(chosen.stages.all(), kept.stages, strict=True):
        assert [getattr(given, field) for field in fields] == [getattr(stage, field) for field in fields]
        assert list(given.cautions) == stage.cautions


def test_a_flare_plan_is_never_the_plan_itself(alice, bob, plan):
    flare = Program.objects.get(kind=Program.Kind.FLARE)
    with pytest.raises(ValidationError) as refused:
        assign(alice, bob, flare)
    assert refused.value.messages == [NO_PLAN]
    assert list(Plan.objects.current()) == [plan]


def test_a_program_that_is_no_longer_given_is_refused(alice, bob, program):
    Program.objects.filter(pk=program.pk).update(retired_at=NOON)
    with pytest.raises(ValidationError, match="no longer given"):
        assign(alice, bob, program)


def test_a_program_that_changed_since_it_was_read_is_refused(alice, bob, program):
    Program.objects.filter(pk=program.pk).update(updated_at=NOON)
    with pytest.raises(ValidationError, match="has changed since you opened it"):
        assign(alice, bob, program)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"retired_at": NOON}, "Ankle pumps is no longer in the library."),
        ({"tags": ["tensioner"]}, "Ankle pumps is a nerve tensioner, and comes too early."),
        ({"tags": ["nerve_load"]}, "Ankle pumps is left out in this stage."),
    ],
)
def test_what_may_not_be_given_any_more_is_named(alice, bob, program, changes, sentence):
    Exercise.objects.filter(slug="ankle-pumps").update(**changes)
    with pytest.raises(ValidationError) as refused:
        assign(alice, bob, program)
    assert refused.value.messages == [f"1 Settle and move: {sentence} Ask who looks after your programs."]
    assert not Plan.objects.exists()


def test_a_plan_keeps_what_its_stages_leave_out(alice, bob, db):
    makers.library()
    program = Program.objects.get(slug="stenosis-friendly")
    stage = makers.version(assign(alice, bob, program)).stage(1)
    assert stage.excluded_tags == ("extension", "tensioner")
    assert "forward-bend" in stage.break_movements


def test_optional_exercises_are_left_out_unless_chosen(alice, bob, program):
    first, second = optional(program, 1)
    chosen = Prescription.objects.get(pk=first).exercise.slug
    left_out = Prescription.objects.get(pk=second).exercise.slug
    plan = assign(alice, bob, program, chosen_options=[first])
    assert chosen in slugs(plan, 1)
    assert left_out not in slugs(plan, 1)
    assert chosen not in slugs(plan, 2)


def test_exercises_nobody_checked_need_the_tick(alice, bob, program):
    with pytest.raises(ValidationError) as refused:
        assign(alice, bob, program, has_checked=False)
    assert refused.value.message_dict == {"has_checked": [TICK]}
    assert not Plan.objects.exists()
    assert not PlanVersion.objects.exists()


def test_checked_exercises_need_no_tick(alice, bob, program):
    Exercise.objects.update(checked_by="A. Physio")
    assert assign(alice, bob, program, has_checked=False)


def test_the_patient_is_told(alice, bob, program):
    assign(alice, bob, program)
    message = Message.objects.get()
    assert message.thread.patient == alice
    assert message.body == (
        "Your plan is ready: Sciatica with calf symptoms. It has 4 stages. You start with stage 1."
    )


def test_a_plan_of_one_stage_is_told_in_the_singular(alice, bob, program):
    program.stages.filter(number__gte=2).delete()
    assign(alice, bob, program)
    assert "It has 1 stage. You start with stage 1." in Message.objects.get().body


def test_a_new_plan_ends_the_one_before(alice, bob, program):
    old = assign(alice, bob, program)
    later = NOON + timedelta(days=3)
    new = assign(alice, bob, program, at=later)
    old.refresh_from_db()
    assert old.ended_at == later
    assert list(Plan.objects.current().filter(patient=alice)) == [new]


def test_a_new_plan_leaves_others_alone(alice, bob, clinic, program):
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    theirs = assign(anna, bob, program)
    assign(alice, bob, program)
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_sending_it_twice_makes_one_plan_and_one_message(alice, bob, program):
    plan_id = uuid7()
    first = assign(alice, bob, program, plan_id=plan_id)
    again = assign(alice, bob, program, plan_id=plan_id, at=NOON + timedelta(seconds=1))
    assert first == again == Plan.objects.get()
    assert first.pk == plan_id
    assert first.ended_at is None
    assert Message.objects.count() == 1


def test_an_id_of_somebody_elses_plan_is_refused(alice, bob, dora, charlie, program):
    theirs = assign(dora, charlie, program)
    with pytest.raises(ValidationError) as refused:
        assign(alice, bob, program, plan_id=theirs.pk)
    assert "plan_id" in refused.value.message_dict
    assert not Plan.objects.filter(patient=alice).exists()
