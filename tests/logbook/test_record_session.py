"""record_session: stored once, whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from programs.care.actions import change_doses
from programs.library.models import Exercise
from programs.logbook.actions import ResultInput, record_session
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.monitoring.models import Flag
from programs.reminders.models import MovementBreak, Outcome
from tests import makers
from tests.care.plans import in_stage, of_program
from tests.threads import at_once


def arguments(plan) -> dict[str, Any]:
    return {
        "plan": plan,
        "session_id": uuid4(),
        "plan_version": makers.version(plan),
        "stage_number": 1,
        "started_at": makers.NOON - timedelta(minutes=15),
        "finished_at": makers.NOON,
        "pain_before": 4,
        "pain_peak": 6,
        "pain_after": 3,
        "results": makers.results(plan),
        "note": "",
        "now": makers.NOON,
    }


def record(plan, **changes) -> tuple[GuidedSession, bool]:
    return record_session(**arguments(plan) | changes)


def wrong_fields(plan, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record(plan, **changes)
    assert not GuidedSession.objects.exists()
    assert not ExerciseResult.objects.exists()
    return refused.value.message_dict


def test_a_session_keeps_each_result_in_the_order_of_the_plan(plan):
    results = makers.results(plan)

    session, is_new = record(plan, results=list(reversed(results)))

    assert is_new
    stage = makers.version(plan).stage(1)
    positions = {each.slug: number for number, each in enumerate(stage.exercises, start=1)}
    stored = [(row.position, row.exercise.slug) for row in session.results.all()]
    assert stored == sorted((positions[each.exercise], each.exercise) for each in results)


def test_a_session_is_new_once(plan):
    session_id = uuid4()

    first, first_is_new = record(plan, session_id=session_id)
    again, again_is_new = record(plan, session_id=session_id, pain_after=9, results=[])

    assert (first_is_new, again_is_new) == (True, False)
    assert again == first
    stored = GuidedSession.objects.get()
    assert stored.pain_after == 3
    assert stored.results.count() == len(makers.results(plan))


def test_an_id_that_is_somebody_elses_is_refused(plan, charlie, dora):
    theirs = makers.session(makers.plan(dora, charlie))

    with pytest.raises(ValidationError) as refused:
        record(plan, session_id=theirs.pk)

    assert refused.value.message_dict == {"id": ["This id is already in use."]}


@pytest.mark.django_db(transaction=True)
def test_the_same_session_sent_four_times_at_once_is_stored_once(plan):
    session_id = uuid4()

    answers = at_once(*[partial(record, plan, session_id=session_id)] * 4)

    assert sorted(is_new for _, is_new in answers) == [False, False, False, True]
    assert GuidedSession.objects.get().results.count() == len(makers.results(plan))


def test_what_was_not_asked_is_not_zero(plan):
    session, _ = record(plan, pain_before=None, pain_peak=None, pain_after=0)

    session.refresh_from_db()
    assert (session.pain_before, session.pain_peak, session.pain_after) == (None, None, 0)


def test_a_session_can_be_part_of_the_plan_only(plan):
    first = makers.results(plan)[0]

    session, _ = record(plan, results=[replace(first, outcome="stopped")])

    assert [row.outcome for row in session.results.all()] == ["stopped"]


@pytest.mark.parametrize("field", ["pain_before", "pain_peak", "pain_after"])
@pytest.mark.parametrize("pain", [-1, 11])
def test_pain_outside_the_scale_is_refused(plan, field, pain):
    assert wrong_fields(plan, **{field: pain}) == {field: ["Choose a whole number from 0 to 10."]}


@pytest.mark.parametrize(
    ("started", "finished", "problem"),
    [
        (6, 7, {"started_at": "This time has not come yet.", "finished_at": "This time has not come yet."}),
        (-15, 6, {"finished_at": "This time has not come yet."}),
        (0, -1, {"finished_at": "The end must be after the start."}),
        (-13 * 60, 0, {"finished_at": "A session takes 12 hours at most."}),
        (-61 * 24 * 60, -61 * 24 * 60 + 15, {"started_at": "This is more than 60 days ago."}),
    ],
)
def test_a_time_that_cannot_be_right_is_refused(plan, started, finished, problem):
    at = {
        "started_at": makers.NOON + timedelta(minutes=started),
        "finished_at": makers.NOON + timedelta(minutes=finished),
    }
    assert wrong_fields(plan, **at) == {field: [sentence] for field, sentence in problem.items()}


def test_a_clock_that_runs_some_minutes_ahead_is_forgiven(plan):
    record(plan, finished_at=makers.NOON + timedelta(minutes=4))

    assert GuidedSession.objects.exists()


def test_the_day_is_the_patients_own(clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")

    session, _ = record(makers.plan(eve, bob))

    assert session.performed_on.day == 21


def test_a_stage_the_plan_does_not_have_is_refused(plan):
    assert wrong_fields(plan, stage_number=5) == {"stage_number": ["The plan has no such stage."]}


@pytest.mark.parametrize(
    ("result", "field", "sentence"),
    [
        (
            ResultInput("juggling", "both", "done"),
            "exercise",
            "This exercise is not in this stage of the plan.",
        ),
        (ResultInput("ankle-pumps", "left", "done"), "side", "Choose both."),
        (
            ResultInput("ankle-pumps", "both", "perfect"),
            "outcome",
            "Choose done, partly, skipped or stopped.",
        ),
    ],
)
def test_a_wrong_result_is_named_by_its_place(plan, result, field, sentence):
    right = [each for each in makers.results(plan) if each.exercise != "ankle-pumps"]

    problem = wrong_fields(plan, results=[*right, result])

    assert problem == {f"results.{len(right)}.{field}": [sentence]}


def test_the_same_side_twice_is_refused(plan):
    results = makers.results(plan)

    problem = wrong_fields(plan, results=[*results, results[0]])

    assert problem == {f"results.{len(results)}.side": ["This side of this exercise is already in the list."]}


def test_what_was_felt_in_an_exercise_is_kept_with_it(plan):
    results = [
        replace(each, pain_peak=4, tingling="under_1", spread="settled")
        if each.exercise == "supine-sciatic-slider"
        else each
        for each in makers.results(plan)
    ]

    session, _ = record(plan, results=results, spread="closer")

    felt = {
        row.exercise.slug: (row.pain_peak, row.tingling, row.spread)
        for row in session.results.select_related("exercise")
    }
    assert session.spread == "closer"
    assert felt["supine-sciatic-slider"] == (4, "under_1", "settled")
    assert felt["ankle-pumps"] == (None, "", "")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"pain_peak": 11}, "Choose a whole number from 0 to 10."),
        ({"tingling": "a bit"}, "Choose none, under_1, 1_to_10, over_10 or nothing."),
        ({"spread": "up"}, "Choose closer, same, settled, stayed or nothing."),
        ({"advised_share": 101}, "Choose a whole number from 0 to 100."),
        ({"advised_share": -1}, "Choose a whole number from 0 to 100."),
        ({"instead_of": "juggling"}, "This exercise is not in this stage of the plan."),
    ],
)
def test_what_cannot_have_been_felt_or_advised_is_named_by_its_place(plan, said, sentence):
    first, *rest = makers.results(plan)

    problem = wrong_fields(plan, results=[replace(first, **said), *rest])

    assert problem == {f"results.0.{next(iter(said))}": [sentence]}


def test_a_session_cannot_have_spread_in_a_way_nobody_knows(plan):
    assert wrong_fields(plan, spread="up") == {"spread": ["Choose closer, same, settled, stayed or nothing."]}


def test_what_the_client_was_shown_is_kept_as_advised(plan):
    first, second, *_ = makers.results(plan)
    results = [replace(first, advised_share=0, outcome="skipped"), replace(second, advised_share=70)]

    session, _ = record(plan, results=results)

    assert [row.advised_share for row in session.results.all()] == [0, 70]


def test_what_was_advised_is_worked_out_where_the_client_does_not_say(plan):
    pumps = next(each for each in makers.results(plan) if each.exercise == "ankle-pumps")
    tilt = next(each for each in makers.results(plan) if each.exercise == "pelvic-tilt")
    for hours in (48, 24):
        at = makers.NOON - timedelta(hours=hours)
        red = [replace(pumps, pain_peak=9), replace(tilt, pain_peak=9 if hours == 24 else 1)]
        record(plan, started_at=at - timedelta(minutes=9), finished_at=at, pain_before=2, results=red)

    session, _ = record(plan, results=[pumps, tilt])

    shares = {row.exercise.slug: row.advised_share for row in session.results.select_related("exercise")}
    assert shares == {"ankle-pumps": 0, "pelvic-tilt": 50}


def test_on_paper_stands_the_whole_dose_and_no_hour_for_a_break(plan):
    pumps = next(each for each in makers.results(plan) if each.exercise == "ankle-pumps")
    at = makers.NOON - timedelta(hours=24)
    red = [replace(pumps, pain_peak=9)]
    record(plan, started_at=at - timedelta(minutes=9), finished_at=at, pain_before=2, results=red)
    breaks = MovementBreak.objects.count()

    on_paper, _ = record(plan, results=[pumps], kind="paper")
    with_the_guide, _ = record(plan, results=[pumps])

    assert [row.advised_share for row in on_paper.results.all()] == [100]
    assert [row.advised_share for row in with_the_guide.results.all()] == [50]
    assert MovementBreak.objects.count() == breaks + 1


def test_what_an_easier_one_takes_the_place_of_was_not_advised(alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    slider = ResultInput("seated-sciatic-slider", "right", "done", pain_peak=9)
    for hours in (48, 24):
        at = makers.NOON - timedelta(hours=hours)
        record(plan, stage_number=2, started_at=at, finished_at=at, pain_before=2, results=[slider])
    easier = ResultInput("supine-sciatic-slider", "right", "done", instead_of="seated-sciatic-slider")

    session, _ = record(plan, stage_number=2, results=[slider, easier])

    shares = {row.exercise.slug: row.advised_share for row in session.results.select_related("exercise")}
    assert shares == {"seated-sciatic-slider": 0, "supine-sciatic-slider": 50}


def test_of_a_session_that_followed_an_older_version_everything_was_advised(plan, bob):
    older = makers.version(plan)
    pumps = older.stage(1).exercise("ankle-pumps")
    change_doses(
        plan=plan,
        stage_number=1,
        doses={"ankle-pumps": pumps.dose.with_changes({"repetitions": 8})},
        based_on=1,
        by=bob,
        note="",
        now=makers.NOON,
    )

    session, _ = record(plan, plan_version=older)

    assert {row.advised_share for row in session.results.all()} == {100}


def test_an_easier_exercise_may_stand_in_for_one_of_the_stage(alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    result = ResultInput("supine-sciatic-slider", "right", "done", instead_of="seated-sciatic-slider")

    session, _ = record(plan, stage_number=2, results=[result])

    (row,) = session.results.select_related("exercise", "instead_of")
    positions = [each.slug for each in makers.version(plan).stage(2).exercises]
    assert (row.exercise.slug, row.instead_of.slug) == ("supine-sciatic-slider", "seated-sciatic-slider")
    assert row.position == positions.index("seated-sciatic-slider") + 1


def test_what_the_library_does_not_know_stands_in_for_nothing(alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    result = ResultInput("juggling", "right", "done", instead_of="seated-sciatic-slider")

    problem = wrong_fields(plan, stage_number=2, results=[result])

    assert problem == {"results.0.exercise": ["Your library has no such exercise."]}


@pytest.mark.parametrize(
    ("slug", "change"),
    [("supine-sciatic-slider", {"retired_at": makers.NOON}), ("seated-sciatic-slider", {"easier": None})],
    ids=["retired", "no longer the easier one"],
)
def test_a_session_is_stored_though_the_library_has_changed_since_it_was_shown(alice, bob, slug, change):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    easier, planned = "supine-sciatic-slider", "seated-sciatic-slider"
    Exercise.objects.filter(slug=slug).update(**change)
    result = ResultInput(easier, "right", "stopped", pain_peak=9, instead_of=planned)

    session, _ = record(plan, stage_number=2, results=[result])

    assert [row.exercise.slug for row in session.results.all()] == [easier]


def test_a_session_of_the_flare_plan_is_stored_as_one(plan):
    slugs = [each.slug for each in makers.version(plan).stage(0).exercises]

    session, _ = record(plan, stage_number=0, results=[ResultInput(slugs[0], "both", "done")])

    assert session.stage_number == 0


def test_pain_of_a_session_never_opens_a_flag(plan):
    """Only the Daily check feeds the worsening rules."""
    for back in range(20, -1, -1):
        makers.session(
            plan, at=makers.NOON - timedelta(days=back), pain=(9, 10, 10) if back < 5 else (1, 1, 1)
        )

    assert not Flag.objects.exists()


def test_a_session_is_a_movement_break(alice, plan):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25))
    prompt = makers.prompt(rule)

    record(plan)

    prompt.refresh_from_db()
    rule.refresh_from_db()
    assert prompt.outcome == Outcome.DONE
    assert rule.next_due_at == makers.NOON + timedelta(minutes=20)


def test_a_session_sent_late_puts_no_prompt_off(alice, plan):
    rule = makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25))
    prompt = makers.prompt(rule)
    rule.refresh_from_db()
    due_before = rule.next_due_at

    record(plan, started_at=makers.NOON - timedelta(hours=3), finished_at=makers.NOON - timedelta(hours=2))

    prompt.refresh_from_db()
    rule.refresh_from_db()
    assert (prompt.outcome, rule.next_due_at) == (None, due_before)


@pytest.mark.parametrize("sessions", [3, 30])
def test_a_session_takes_the_same_few_queries_however_long_the_history(
    plan, sessions, django_assert_num_queries
):
    for back in range(1, sessions + 1):
        makers.session(plan, at=makers.NOON - timedelta(days=back))
    given = arguments(plan)
    # 17 to store it: turn, lookup, session, results, reminder and 2 for its memory, break rule, 6 for the
    # break that it is, 3 for savepoints; the rest is what was advised
    with django_assert_num_queries(28):
        record_session(**given)
    shown = [replace(each, advised_share=100) for each in given["results"]]
    with django_assert_num_queries(19):  # the session before was the same break
        record_session(**given | {"session_id": uuid4(), "results": shown})
