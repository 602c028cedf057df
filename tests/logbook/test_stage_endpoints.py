"""The stage over REST: the criteria, the patient's tap, a therapist's decisions, and the mode."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.models import Plan
from tests import makers
from tests.care import plans
from tests.logbook.good_weeks import READY_AT, lived
from tests.rest import wrong_fields

pytestmark = pytest.mark.once

OWN = "/api/v1/stage/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(READY_AT, tick=False) as clock:
        yield clock


def address(plan: Plan, what: str) -> str:
    return f"/api/v1/plans/{plan.pk}/{what}/"


def stage_of(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).stage_number


def test_the_patient_reads_what_is_left(api, alice, plan):
    lived(plan)
    answer = api(alice).get(OWN).json()
    assert (answer["plan"], answer["stage_number"], answer["next_stage"]) == (str(plan.pk), 1, 2)
    assert (answer["is_ready"], answer["can_move_on"], answer["held"], answer["flare"]) == (
        True,
        True,
        False,
        None,
    )
    assert (answer["never"], answer["rules_version"], answer["as_of"]) == (
        [],
        "stages-1",
        "2026-12-04T12:00:00Z",
    )
    first = answer["criteria"][0]
    assert first == {
        "key": "days",
        "state": "met",
        "numbers": {"days": 14, "least": 7},
        "sentence": "You have had the 7 days this stage needs.",
    }


def test_a_therapist_reads_both_sentences(api, bob, plan):
    answer = api(bob).get(address(plan, "criteria")).json()
    first = answer["criteria"][0]
    assert first["sentence"] == "14 days in this stage, at least 7."
    assert first["sentence_for_patient"] == "You have had the 7 days this stage needs."


def test_a_patient_reads_of_their_own_plan_what_their_stage_says(api, alice, plan):
    assert api(alice).get(address(plan, "criteria")).json() == api(alice).get(OWN).json()


def test_the_tap_moves_once(api, alice, plan):
    lived(plan)
    for _ in range(2):
        answer = api(alice).post(address(plan, "stage"), {"verb": "ready", "to_stage": 2})
        assert answer.status_code == 200
        assert answer.json()["stage_number"] == 2
    assert plan.stage_changes.count() == 2


def test_a_tap_before_all_is_met_is_refused_with_a_sentence(api, alice, plan):
    answer = api(alice).post(address(plan, "stage"), {"verb": "ready", "to_stage": 2})
    assert answer.status_code == 400
    assert list(wrong_fields(answer).values()) == ["Not all is done yet. Look at what is left."]
    assert stage_of(plan) == 1


@pytest.mark.parametrize(
    ("verb", "kind"), [("advance", "advance"), ("hold", "hold"), ("begin_flare", "flare")]
)
def test_a_therapists_decision_is_stored_once(api, bob, plan, verb, kind):
    body = {"verb": verb, "to_stage": 2 if verb == "advance" else None, "reason": "Seen today."}
    for _ in range(2):
        assert api(bob).post(address(plan, "stage"), body).status_code == 200
    assert plan.stage_changes.get(kind=kind).decided_by == bob


def test_what_undoes_a_decision(api, bob, plan):
    client = api(bob)
    for verb in ("hold", "release", "begin_flare", "end_flare"):
        answer = client.post(address(plan, "stage"), {"verb": verb, "reason": "Seen."}).json()
        assert answer["held"] is (verb == "hold")
        assert (answer["flare"] is not None) is (verb == "begin_flare")
    plans.move(plan, bob, 2)
    answer = client.post(address(plan, "stage"), {"verb": "step_back", "to_stage": 1, "reason": "Rest."})
    assert answer.json()["stage_number"] == 1


def test_the_flare_plan_says_how_it_stands(api, alice, bob, plan):
    lived(plan)
    api(bob).post(address(plan, "stage"), {"verb": "begin_flare", "reason": "Call."})
    assert api(alice).get(OWN).json()["flare"] == {
        "state": "goes_on",
        "day": 1,
        "longest_days": 7,
        "calm_days": 1,
        "calm_days_needed": 2,
        "calm_at_most": 4,
    }


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"verb": "advance", "to_stage": 2}, "reason", None),
        ({"verb": "advance", "reason": "Why."}, "to_stage", "Say which stage this is about."),
        ({"verb": "advance", "to_stage": 3, "reason": "Why."}, "to_stage", None),
        ({"verb": "advance", "to_stage": 0, "reason": "Why."}, "to_stage", None),
        ({"verb": "advance", "to_stage": "2", "reason": "Why."}, "to_stage", None),
        ({"verb": "ready", "to_stage": 2}, "verb", "Choose one of the things that can be done."),
        ({"verb": "jump", "reason": "Why."}, "verb", "Choose one of the things that can be done."),
        ({"verb": None}, "verb", "Choose one of the things that can be done."),
        ({"reason": "Why."}, "verb", "Choose one of the things that can be done."),
        ({"verb": "hold", "reason": "x" * 301}, "reason", None),
        ({"verb": "hold", "reason": "Why.", "more": 1}, "more", "There is no such field."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, bob, plan, body, field, sentence):
    answer = api(bob).post(address(plan, "stage"), body)
    assert answer.status_code == 400
    wrong = wrong_fields(answer)
    assert list(wrong) == [field]
    assert sentence in (None, wrong[field])
    assert plan.stage_changes.count() == 1


@pytest.mark.parametrize("verb", ["advance", "hold", "begin_flare", "step_back", "release", "end_flare"])
def test_a_patient_decides_nothing_but_their_own_tap(api, alice, plan, verb):
    answer = api(alice).post(address(plan, "stage"), {"verb": verb, "to_stage": 2, "reason": "I can."})
    assert answer.status_code == 400
    assert list(wrong_fields(answer)) == ["verb"]
    assert plan.stage_changes.count() == 1


def test_the_mode_is_a_choice_of_both(api, alice, bob, plan):
    assert api(alice).post(address(plan, "mode"), {"mode": "diary"}).json()["mode"] == "diary"
    answer = api(alice).post(address(plan, "stage"), {"verb": "ready", "to_stage": 2})
    assert "Nobody watches your scores now" in answer.text
    assert api(bob).post(address(plan, "mode"), {"mode": "guided"}).json()["mode"] == "guided"
    assert list(wrong_fields(api(bob).post(address(plan, "mode"), {"mode": "off"}))) == ["mode"]


@pytest.mark.parametrize("what", ["criteria", "stage", "mode"])
def test_a_strangers_plan_is_not_there(api, charlie, dora, plan, what):
    for stranger in (charlie, dora):
        client = api(stranger)
        answer = (
            client.get(address(plan, what)) if what == "criteria" else client.post(address(plan, what), {})
        )
        assert answer.status_code == 404
    assert not AuditEvent.objects.exists()


def test_an_unknown_plan_and_an_ended_one_are_not_there(api, alice, bob, plan):
    makers.plan(alice, bob, at=makers.NOON + timedelta(seconds=1))
    assert api(bob).get(address(plan, "criteria")).status_code == 404
    assert api(bob).get(f"/api/v1/plans/{uuid4()}/criteria/").status_code == 404


def test_without_a_plan_there_is_no_stage(api, alice):
    assert api(alice).get(OWN).status_code == 404


@pytest.mark.parametrize("what", ["criteria", "stage", "mode"])
def test_signed_out_there_is_nothing(client, plan, what):
    assert client.post(address(plan, what)).status_code == 401
    assert client.get(OWN).status_code == 401


def test_each_look_is_written_down(api, alice, bob, plan):
    api(alice).get(OWN)
    api(bob).get(address(plan, "criteria"))
    assert set(AuditEvent.objects.values_list("door", flat=True)) == {"api:stage", "api:plan-criteria"}


@pytest.mark.parametrize("weeks", [1, 2])
def test_it_takes_the_same_few_queries_however_long_the_record(
    api, alice, plan, weeks, django_assert_max_num_queries
):
    for week in range(weeks):
        lived(plan, until=READY_AT - timedelta(hours=week))
    client = api(alice)
    with django_assert_max_num_queries(8):
        client.get(OWN)
