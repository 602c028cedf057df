"""What the stage machine is told of a patient: gathered from everything that they reported, did and said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from programs.care.models import Plan
from programs.care.queries import current_plan
from programs.care.rules.criteria import Criterion
from programs.logbook.actions import (
    ResultInput,
    decide_stage,
    record_daily_check,
    record_session,
    review_stages,
)
from programs.logbook.models import GuidedSession, StageTest
from programs.logbook.queries.readiness import facts_of, readiness_of, stage_view, usual_leg_pain
from programs.reminders.actions import answer_prompt, pause_breaks
from programs.safety.actions import record_screening
from programs.safety.models import Screening
from tests import makers
from tests.care import plans
from tests.logbook.good_weeks import READY_AT, a_test, lived, morning

NOON = makers.NOON
DAY = timedelta(days=1)
SIX = "Pain was 6 in the last 24 hours: nobody moves on from 6 up."


def ready(plan: Plan, now=READY_AT):
    return readiness_of(current_plan(plan.patient), now)


def criterion(plan: Plan, key: str, now=READY_AT) -> Criterion:
    (found,) = [each for each in ready(plan, now).criteria if each.key == key]
    return found


def test_two_calm_weeks_make_ready(plan):
    lived(plan)
    found = ready(plan)
    assert [each for each in found.criteria if not each.is_met] == []
    assert found.is_ready


def test_on_the_first_day_nothing_is_known_and_nothing_is_met_by_it(plan):
    states = {each.key: each.state for each in ready(plan, NOON).criteria}
    assert states.pop("days") == "not_met"
    assert states.pop("flags") == "met"
    assert set(states.values()) == {"unknown"}


def test_without_the_daily_check_of_today_nobody_knows_of_today(plan):
    lived(plan, today=None)
    assert [each.key for each in ready(plan).open] == ["today"]


def test_a_session_alone_does_not_tell_of_today_unless_it_hurt(plan):
    lived(plan, today=None)
    makers.session(plan, at=READY_AT, pain=(2, 2, 2))
    assert facts_of(current_plan(plan.patient), READY_AT).pain_today is None
    makers.session(plan, at=READY_AT + timedelta(minutes=30), pain=(2, 6, 2))
    assert facts_of(current_plan(plan.patient), READY_AT + timedelta(hours=1)).pain_today == 6


@pytest.mark.parametrize("pain", [(6, 6, 2), (2, 6, 2), (2, 2, 6)], ids=["before", "worst", "after"])
def test_any_pain_of_a_session_of_today_forbids_moving_on(plan, pain):
    lived(plan)
    makers.session(plan, at=READY_AT, pain=pain)
    assert ready(plan).never == (SIX,)


def test_pain_of_the_last_24_hours_does_too_and_what_is_older_does_not(plan):
    lived(plan)
    makers.session(plan, at=READY_AT - timedelta(hours=25), pain=(2, 6, 2))
    assert ready(plan).never == ()
    makers.session(plan, at=READY_AT - timedelta(hours=13), pain=(2, 6, 2))
    assert ready(plan).never == (SIX,)


def test_pain_of_this_morning_does_too_whatever_the_daily_check_says(plan):
    lived(plan)
    morning(plan, (READY_AT - DAY).date(), now=READY_AT - timedelta(hours=4), pain=6)
    assert ready(plan).never == (SIX,)


def test_a_session_over_midnight_hurts_on_the_day_it_ends_on(plan):
    """It is stored on the day that it began on."""
    after_midnight = READY_AT + timedelta(hours=12, minutes=5)
    makers.session(plan, at=after_midnight, pain=(2, 6, 2))
    assert GuidedSession.objects.get().performed_on == READY_AT.date()
    assert ready(plan, after_midnight + timedelta(minutes=1)).never == (SIX,)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu"])
def test_who_crosses_time_zones_takes_the_pain_along(plan, alice, zone):
    late = READY_AT + timedelta(hours=3)
    makers.daily_check(alice, 6, now=late)
    alice.time_zone = zone
    alice.save()
    now = late + timedelta(hours=2)
    assert ready(plan, now).never == (SIX,)


def test_what_was_asked_again_is_about_one_answer_and_tells_of_no_other(plan, alice):
    lived(plan)
    Screening.objects.all().delete()
    record_screening(
        clinic=plan.clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="again",
        answers={"RF13": "no"},
        answered_at=READY_AT,
        now=READY_AT,
    )
    assert Screening.objects.get().completed_at is not None
    assert criterion(plan, "safety").state == "unknown"


def test_gentle_days_of_the_flare_plan_tell_nothing_of_the_own_stage_and_are_not_held_against_it(plan, bob):
    began, ended = READY_AT - timedelta(days=6, hours=12), READY_AT - timedelta(hours=2)
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=began)
    version = makers.version(plan)
    for back in range(6, 0, -1):
        at = READY_AT - timedelta(days=back)
        record_session(
            plan=plan,
            session_id=uuid4(),
            plan_version=version,
            stage_number=0,
            started_at=at - timedelta(minutes=9),
            finished_at=at,
            pain_before=2,
            pain_peak=2,
            pain_after=2,
            results=[
                ResultInput(exercise=each.slug, side=side, outcome="done")
                for each in version.content.flare.exercises
                for side in each.sides_for(plan.side)
            ],
            note="",
            now=at,
        )
        morning(plan, at.date(), now=at + timedelta(hours=20))
    decide_stage(plan=plan, verb="end_flare", by=bob, reason="Better.", now=ended)
    assert GuidedSession.objects.count() == 6
    states = [criterion(plan, key).state for key in ("followed", "lights", "mornings")]
    assert states == ["unknown"] * 3
    assert criterion(plan, "followed").numbers["sessions"] == 0


def test_a_plan_from_before_tests_could_be_taken_says_who_decides(plan):
    lived(plan)
    StageTest.objects.all().delete()
    version = makers.version(plan)
    values = version.content_values
    for stage in values["stages"]:
        stage.pop("test_items", None)
    type(version).objects.filter(pk=version.pk).update(content_values=values)
    (found,) = ready(plan).open
    assert found.key == "test"
    assert "A therapist has to decide" in found.for_therapist
    assert found.for_patient.startswith("Your care team decides about the test.")


def test_the_patients_own_day_is_what_counts(plan, alice):
    """At 02:00 on the 4th in London it is still the 3rd in New York."""
    lived(plan)
    alice.time_zone = "America/New_York"
    alice.save()
    late = READY_AT + timedelta(hours=14)
    assert ready(plan, late).day == READY_AT.date()


def test_a_red_morning_after_is_a_red_session(plan):
    lived(plan)
    yesterday = (READY_AT - timedelta(days=1)).date()
    morning(plan, yesterday, now=READY_AT, pain=5)
    assert criterion(plan, "lights").state == "not_met"
    assert criterion(plan, "lights").numbers["red"] == 1


def test_an_emergency_answer_forbids_it_and_an_answer_for_a_visit_holds_back(plan, alice):
    lived(plan)
    makers.answered(alice, at=READY_AT, RF18="yes")
    assert criterion(plan, "safety").state == "not_met"
    assert ready(plan).never == ()
    makers.answered(alice, at=READY_AT, RF01="yes")
    assert ready(plan).never == ("A warning sign is open: nobody moves on before it is checked.",)


def test_safety_questions_of_last_week_tell_nothing_of_this_one(plan):
    lived(plan)
    assert criterion(plan, "safety", READY_AT + timedelta(days=8)).state == "unknown"


def test_days_on_hold_count_as_followed(plan, alice):
    held = READY_AT - timedelta(days=4)
    makers.screened(alice, at=held - timedelta(hours=1))
    assert facts_of(current_plan(alice), READY_AT).withheld_on == frozenset()
    makers.answered(alice, at=held, RF13="yes")
    withheld = facts_of(current_plan(alice), READY_AT).withheld_on
    assert {held.date(), READY_AT.date()} <= withheld
    assert held.date() - timedelta(days=1) not in withheld


def test_days_of_walking_only_count_as_followed_too(plan, alice):
    lived(plan)
    makers.answered(alice, at=READY_AT - timedelta(days=2), RF18="yes")
    withheld = facts_of(current_plan(alice), READY_AT).withheld_on
    assert (READY_AT - timedelta(days=2)).date() in withheld


def test_the_newest_test_of_this_stage_counts(plan, alice, bob):
    lived(plan)
    a_test(plan, (READY_AT - timedelta(days=1)).date(), is_passed=False)
    assert criterion(plan, "test").state == "met"
    StageTest.objects.all().delete()
    a_test(plan, (READY_AT - timedelta(days=15)).date())
    assert criterion(plan, "test").state == "unknown"
    plans.move(plan, bob, 2, now=READY_AT)
    plan.refresh_from_db()
    a_test(plan, READY_AT.date())
    assert criterion(plan, "test").state == "met"


def test_a_test_of_another_stage_is_none_of_this_one(plan, bob):
    lived(plan)
    plans.move(plan, bob, 2, now=READY_AT)
    assert criterion(plan, "test").state == "unknown"


def test_a_session_in_which_all_was_left_out_is_none_but_its_pain_is_known(plan):
    record_session(
        plan=plan,
        session_id=uuid4(),
        plan_version=makers.version(plan),
        stage_number=plan.stage_number,
        started_at=NOON - timedelta(minutes=9),
        finished_at=NOON,
        pain_before=2,
        pain_peak=2,
        pain_after=2,
        results=[replace(each, outcome="skipped", pain_peak=7) for each in makers.results(plan)],
        note="",
        now=NOON,
    )

    facts = facts_of(current_plan(plan.patient), NOON)

    assert facts.sessions == ()
    assert facts.pain_today == 7


def test_what_came_after_the_moment_does_not_count(plan):
    lived(plan)
    before = READY_AT - timedelta(days=8)
    facts = facts_of(current_plan(plan.patient), before)
    assert max(facts.leg_pain) <= before.date()
    assert facts.sessions == ()
    assert facts.screened_on is None


def test_each_affected_leg_is_looked_at(alice, bob):
    both = plans.of_program("sciatica-with-calf-symptoms", alice, bob)
    Plan.objects.filter(pk=both.pk).update(side="both")
    assert set(facts_of(current_plan(alice), NOON).reach) == {"left", "right"}


def test_a_program_of_breaks_asks_how_many_were_taken(alice, bob):
    desk = plans.of_program("desk-worker-breaks", alice, bob)
    rule = makers.break_rule(alice, now=NOON)
    for _ in range(3):
        prompt = makers.prompt(rule)
        answer_prompt(prompt=prompt, outcome="done", now=prompt.due_at)
        rule.refresh_from_db()
    found = facts_of(current_plan(alice), NOON + timedelta(hours=4))
    assert found.breaks == {NOON.date(): (3, 3)}
    assert "breaks" in [each.key for each in readiness_of(current_plan(alice), NOON).criteria]
    assert "test" not in [each.key for each in readiness_of(current_plan(alice), NOON).criteria]
    assert desk.stage_number == 1


def test_own_breaks_count_beside_prompts_and_alone_they_are_no_habit(alice, bob):
    plans.of_program("desk-worker-breaks", alice, bob)
    makers.movement(alice, NOON - timedelta(days=1))
    rule = makers.break_rule(alice, now=NOON)
    makers.prompt(rule)  # 12:20, without an answer
    makers.movement(alice, NOON + timedelta(minutes=35))
    rule.refresh_from_db()
    done = makers.prompt(rule)
    answer_prompt(prompt=done, outcome="done", now=done.due_at)
    found = facts_of(current_plan(alice), NOON + timedelta(hours=4))
    assert found.breaks == {NOON.date(): (2, 3)}


def test_a_prompt_that_a_pause_took_back_was_no_chance(alice, bob):
    plans.of_program("desk-worker-breaks", alice, bob)
    rule = makers.break_rule(alice, now=NOON)
    taken_back = makers.prompt(rule)
    pause_breaks(patient=alice, until=NOON + timedelta(minutes=30), now=taken_back.due_at)
    rule.refresh_from_db()
    done = makers.prompt(rule)
    answer_prompt(prompt=done, outcome="done", now=done.due_at)
    found = facts_of(current_plan(alice), NOON + timedelta(hours=4))
    assert found.breaks == {NOON.date(): (1, 1)}


def test_pain_while_exercising_comes_from_the_sessions(alice, bob):
    strength = plans.of_program("calf-strength", alice, bob)
    for back in range(4):
        makers.session(strength, at=NOON + timedelta(days=3 - back), pain=(1, 2, 1))
    found = criterion(strength, "pain", NOON + timedelta(days=4))
    assert (found.state, found.numbers["worst"]) == ("met", 2)


def calf(of, pain, day, corrects=None):
    check, _ = record_daily_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=day.date(),
        worst_leg_pain=8,
        worst_back_pain=0,
        reach_left=None,
        reach_right=4,
        calf_pain=pain,
        corrects=corrects,
        now=day,
    )
    return check


def test_calf_pain_of_the_week_is_known_from_the_daily_checks(alice, bob):
    """Of two answers on a day the larger counts, of a corrected one the right one."""
    cramps = plans.of_program("calf-tightness-and-cramps", alice, bob)
    days = [NOON + timedelta(days=ahead) for ahead in range(4)]
    calf(alice, 2, days[0])
    calf(alice, 5, days[0])
    calf(alice, 4, days[1])
    slip = calf(alice, 10, days[2])
    assert criterion(cramps, "pain", days[3]).state == "unknown"
    calf(alice, 3, days[2], corrects=slip.pk)
    calf(alice, None, days[3])
    assert criterion(cramps, "pain", days[3]).numbers["reports"] == 3
    calf(alice, 3, days[3])

    assert facts_of(current_plan(alice), days[3]).calf_pain == {
        day.date(): pain for day, pain in zip(days, (5, 4, 3, 3), strict=True)
    }
    found = criterion(cramps, "pain", days[3])
    assert (found.state, found.numbers["middle"]) == ("met", 3.5)


def test_two_calm_weeks_of_the_calf_make_ready_for_more_though_it_cramps(alice, bob):
    cramps = plans.of_program("calf-tightness-and-cramps", alice, bob)
    lived(cramps)
    assert [each.key for each in ready(cramps).open] == ["pain"]
    for back in (4, 3, 2, 0):
        calf(alice, 2, READY_AT - timedelta(days=back))
    assert "pain" not in [each.key for each in ready(cramps).open]


def test_a_stage_that_looks_at_the_leg_does_not_read_the_calf(plan, alice):
    calf(alice, 9, READY_AT)
    assert facts_of(current_plan(alice), READY_AT).calf_pain == {}


def test_in_a_diary_no_flag_says_nothing(plan):
    Plan.objects.filter(pk=plan.pk).update(mode="diary")
    assert criterion(plan, "flags", NOON).state == "unknown"


def test_the_usual_level_is_the_rules_own_or_else_the_week_before(plan, alice):
    assert usual_leg_pain(plan, NOON) is None
    for back in (6, 5, 4):
        makers.daily_check(alice, 4, now=NOON + timedelta(days=14 - back))
    assert usual_leg_pain(plan, NOON + timedelta(days=14)) is None
    makers.daily_check(alice, 5, now=NOON + timedelta(days=13))
    assert usual_leg_pain(plan, NOON + timedelta(days=14)) == 4


def test_without_a_plan_there_is_no_stage(alice):
    assert stage_view(alice, NOON) is None


@pytest.mark.parametrize("weeks", [1, 3])
def test_the_stage_takes_the_same_few_queries_however_long_the_history(
    plan, alice, weeks, django_assert_max_num_queries
):
    for back in range(7 * weeks):
        makers.daily_check(alice, 3, now=READY_AT - timedelta(days=back))
    makers.session(plan, at=READY_AT, pain=(2, 2, 2))
    with django_assert_max_num_queries(6):
        stage_view(alice, READY_AT)
    assert review_stages(now=READY_AT) == []
