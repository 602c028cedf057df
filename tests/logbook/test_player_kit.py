"""The kit of the guided player: all that a phone needs for seven days of sessions without signal."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from programs.accounts.models import AuditEvent
from programs.care.models import Plan, PlanVersion
from programs.care.queries import current_plan
from programs.care.rules import PrescribedExercise
from programs.care.rules.session import HALF_AFTER_RED, shortened
from programs.library.models import Exercise
from programs.logbook.queries import todays_session
from programs.safety.rules import questions_of
from tests import makers
from tests.logbook.test_responses import session

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

KIT = "/api/v1/player/kit/"
TODAY = makers.NOON.date()
DAY = timedelta(days=1)
LARGEST = 60 * 1024

SIX = {
    "standing-calf-stretch": {},
    "eccentric-heel-drop": {},
    "bird-dog": {"sets": 1},
    "glute-bridge": {},
    "seated-sciatic-slider": {"sets": 1},
    "walking": {},
}
"""Held and counted, on both sides and on each, in turn, with easier ones below, and a walk; 20 minutes."""


@pytest.fixture
def client(api, alice, plan):
    makers.screened(alice)
    return api(alice)


def kit_of(client):
    answer = client.get(KIT)
    assert answer.status_code == 200, answer.content
    return answer.json()


def with_exercises(plan: Plan, exercises=SIX, **dose) -> Plan:
    """The plan with these in its stage, every day."""
    version = makers.version(plan)
    rows = {each.slug: each for each in Exercise.objects.filter(slug__in=exercises, clinic=None)}
    prescribed = tuple(
        PrescribedExercise(
            exercise_id=str(rows[slug].pk),
            slug=slug,
            name=rows[slug].name,
            sides=rows[slug].sides,
            dose=rows[slug].dose.with_changes({"days_a_week": 7} | changes | dose),
        )
        for slug, changes in exercises.items()
    )
    content = version.content
    stages = tuple(
        replace(each, exercises=prescribed) if each.number == plan.stage_number else each
        for each in content.stages
    )
    PlanVersion.objects.filter(pk=version.pk).update(content_values=replace(content, stages=stages).to_json())
    return plan


def exercises_in(kit, keys):
    return [kit["blocks"][key]["exercise"] for key in keys]


def names_in(steps):
    return {step["id"].rpartition(".")[0] for step in steps}


# --- what there is to do ---


def test_there_are_seven_days_with_what_a_session_of_each_would_be(client, alice, plan):
    kit = kit_of(client)

    assert [each["on"] for each in kit["days"]] == [f"2026-11-{day}" for day in range(20, 27)]
    for ahead, day in enumerate(kit["days"]):
        found = todays_session(current_plan(alice), TODAY + ahead * DAY, makers.NOON)
        blocks = [kit["blocks"][key] for key in day["blocks"]]
        assert [each["exercise"] for each in blocks] == [each.prescribed.slug for each in found.exercises]
        assert [each["dose_in_words"] for each in blocks] == [
            each.prescribed.dose_in_words for each in found.exercises
        ]
        assert [each["planned"] for each in day["left_out"]] == [
            each.prescribed.slug for each in found.left_out
        ]
        assert (day["minutes"], day["is_done"]) == (found.minutes, found.is_done)


def test_it_says_whose_it_is_and_how_sessions_are_to_be(client, alice, plan, clinic):
    kit = kit_of(client)

    assert {
        name: kit[name] for name in ("patient", "plan_version", "stage_number", "side", "limit", "gate")
    } == {
        "patient": str(alice.pk),
        "plan_version": str(makers.version(plan).pk),
        "stage_number": 1,
        "side": "right",
        "limit": 5,
        "gate": 7,
    }
    assert kit["clinic"] == {"name": clinic.name, "phone": "", "emergency_number": clinic.emergency_number}
    assert kit["settings"] == {"voice": True, "speed": "normal", "less_motion": False, "text_size": 100}
    assert (kit["hold"], kit["safety"], kit["words"]) == (None, None, "")


def test_a_block_has_all_that_is_shown_of_an_exercise(client, plan):
    with_exercises(plan)

    block = kit_of(client)["blocks"]["eccentric-heel-drop"]

    row = Exercise.objects.get(slug="eccentric-heel-drop", clinic=None)
    assert (block["name"], block["position"], block["category"]) == (row.name, row.position, row.category)
    assert (block["cues"], block["steps_in_words"]) == (row.cues, row.steps)
    assert (block["figure"], block["descriptions"]) == (
        row.figure,
        [each["text"] for each in row.figure["poses"]],
    )
    assert block["pictures"] == [
        f"/static/img/exercises/eccentric-heel-drop-{number}.svg" for number in (1, 2)
    ]
    assert (block["sides"], block["has_sides"]) == (["right", "left"], True)
    assert (block["share"], block["reason"], block["instead_of"]) == (100, "", None)
    assert (block["is_checked"], block["is_nerve_glide"]) == (False, False)


def test_no_two_steps_of_the_kit_have_the_same_name(client, plan):
    with_exercises(plan)

    blocks = kit_of(client)["blocks"]

    for key, block in blocks.items():
        assert names_in(block["steps"]) == names_in(block["gentle_steps"]) == {block["key"]} == {key}
    steps = [step["id"] for block in blocks.values() for step in block["steps"] + block["gentle_steps"]]
    assert len(set(steps)) == len(steps)


def test_the_gentle_steps_are_half_of_the_others(client, plan):
    with_exercises(plan)

    block = kit_of(client)["blocks"]["glute-bridge"]

    whole, half = (
        [step["reps"] for step in block[name] if step["kind"] == "reps"] for name in ("steps", "gentle_steps")
    )
    assert (whole, half) == ([10, 10], [5, 5])
    assert block["gentle_steps"][0]["id"] == "glute-bridge.g1"


def test_what_is_cut_already_is_not_halved_once_more(client, plan):
    """Half as much as the plan has is what the session says it was."""
    with_exercises(plan)
    makers.session(plan, at=makers.NOON - timedelta(hours=1))
    session(plan, at=makers.NOON - timedelta(minutes=10), bird_dog={"pain_peak": 8})

    blocks = kit_of(client)["blocks"]

    def doses(key):
        return [
            {step["reps"] for step in blocks[key][steps] if step["kind"] == "reps"}
            for steps in ("steps", "gentle_steps")
        ]

    assert (blocks["bird-dog"]["share"], doses("bird-dog")) == (50, [{8}, {8}])
    assert (blocks["glute-bridge~2"]["share"], doses("glute-bridge~2")) == (70, [{7}, {5}])
    assert (blocks["glute-bridge"]["share"], doses("glute-bridge")) == (100, [{10}, {5}])


def test_for_little_time_there_are_two_moves_and_the_rest_is_set_aside(client, alice, plan):
    kit = kit_of(client)

    short = kit["days"][0]["short"]

    expected = shortened(todays_session(current_plan(alice), TODAY, makers.NOON))
    assert exercises_in(kit, short["blocks"]) == [each.prescribed.slug for each in expected.exercises]
    assert exercises_in(kit, short["set_aside"]) == [each.prescribed.slug for each in expected.set_aside]
    assert short["minutes"] == expected.minutes


def test_where_two_moves_are_all_there_is_nothing_shorter(client, plan):
    with_exercises(plan, {"glute-bridge": {}, "walking": {}})

    assert kit_of(client)["days"][0]["short"] is None


def test_on_a_rest_day_there_is_the_whole_stage_for_who_wants_to(client, plan):
    with_exercises(plan, days_a_week=3)

    days = kit_of(client)["days"]

    assert [each["on"] for each in days if each["is_rest_day"]] == [
        f"2026-11-{day}" for day in (21, 22, 24, 26)
    ]
    assert all(len(each["blocks"]) == len(SIX) for each in days)


def test_what_was_too_much_is_halved_and_says_why(client, plan):
    session(plan, ankle_pumps={"pain_peak": 6})

    kit = kit_of(client)

    block = kit["blocks"]["ankle-pumps"]
    assert (block["share"], block["reason"]) == (50, HALF_AFTER_RED)


def test_the_same_exercise_with_another_dose_on_another_day_is_another_block(client, plan):
    """Who was away for three planned days by then begins with less."""
    with_exercises(plan)
    makers.session(plan, at=makers.NOON - DAY)

    kit = kit_of(client)

    first, last = kit["days"][0]["blocks"], kit["days"][-1]["blocks"]
    assert exercises_in(kit, first) == exercises_in(kit, last) == list(SIX)
    assert kit["days"][-1]["factor"]["percent"] == 70
    assert (first[3], last[3]) == ("glute-bridge", "glute-bridge~2")
    assert [kit["blocks"][key]["share"] for key in (first[3], last[3])] == [100, 70]


def test_what_is_done_today_is_told(client, plan):
    makers.session(plan, at=makers.NOON - timedelta(hours=1))

    today, tomorrow, *_ = kit_of(client)["days"]

    assert (today["is_done"], tomorrow["is_done"]) == (False, False)  # the glides come twice a day
    makers.session(plan, at=makers.NOON - timedelta(minutes=20))
    makers.session(plan, at=makers.NOON - timedelta(minutes=10))
    assert kit_of(client)["days"][0]["is_done"]


@pytest.mark.parametrize(("worst", "is_too_much"), [(9, True), (3, False)])
def test_a_session_that_hurt_too_much_to_do_anything_is_enough_for_the_day(client, plan, worst, is_too_much):
    makers.session(plan, at=makers.NOON - timedelta(hours=1), pain=(2, worst, 2), outcome="skipped")

    today, tomorrow, *_ = kit_of(client)["days"]

    assert (today["is_done"], today["was_too_much"]) == (is_too_much, is_too_much)
    assert (tomorrow["is_done"], tomorrow["was_too_much"]) == (False, False)
    assert {kit["factor"]["percent"] for kit in (today, tomorrow)} == {100}


# --- what may stand in ---


def test_easier_ones_stand_by_the_easiest_last(client, plan):
    with_exercises(plan)

    blocks = kit_of(client)["blocks"]

    drop = blocks["eccentric-heel-drop"]
    assert drop["alternatives"] == [
        "eccentric-heel-drop~double-leg-calf-raise",
        "eccentric-heel-drop~seated-calf-raise",
    ]
    first, second = (blocks[key] for key in drop["alternatives"])
    assert (first["exercise"], first["planned"], first["instead_of"]) == (
        "double-leg-calf-raise",
        "eccentric-heel-drop",
        "eccentric-heel-drop",
    )
    # From there it can still get easier.
    assert (first["alternatives"], second["alternatives"]) == ([second["key"]], [])
    assert blocks["walking"]["alternatives"] == []


def test_two_exercises_have_each_a_stand_in_of_their_own(client, plan):
    with_exercises(plan)

    blocks = kit_of(client)["blocks"]

    assert blocks["bird-dog"]["alternatives"] == ["bird-dog~pelvic-tilt"]
    assert blocks["glute-bridge"]["alternatives"] == ["glute-bridge~pelvic-tilt"]


def test_what_is_part_of_the_day_anyway_stands_in_for_nothing(client, plan):
    with_exercises(plan, {"bird-dog": {}, "pelvic-tilt": {}})

    assert kit_of(client)["blocks"]["bird-dog"]["alternatives"] == []


def test_what_the_safety_answers_rule_out_stands_in_for_nothing(api, alice, plan):
    with_exercises(plan, {"standing-calf-stretch": {}})
    makers.answered(alice, kind="first")
    assert kit_of(api(alice))["blocks"]["standing-calf-stretch"]["alternatives"] == [
        "standing-calf-stretch~bent-knee-calf-stretch",
        "standing-calf-stretch~ankle-pumps",
    ]
    # What has to do with clots rules out what works the calf.
    Exercise.objects.filter(slug="standing-calf-stretch", clinic=None).update(tags=[])
    makers.answered(alice, kind="first", conditions={"leg-clot": "yes"})

    assert kit_of(api(alice))["blocks"]["standing-calf-stretch"]["alternatives"] == []


@pytest.mark.parametrize(
    "excluded", [{"excluded_exercises": ("pelvic-tilt",)}, {"excluded_tags": ("trunk",)}], ids=str
)
def test_what_the_stage_rules_out_stands_in_for_nothing(client, plan, excluded):
    with_exercises(plan)
    version = makers.version(plan)
    first, *others = version.content.stages
    content = replace(version.content, stages=(replace(first, **excluded), *others))
    PlanVersion.objects.filter(pk=version.pk).update(content_values=content.to_json())

    assert kit_of(client)["blocks"]["bird-dog"]["alternatives"] == []


def test_what_is_given_no_more_stands_in_for_nothing(client, plan):
    with_exercises(plan)
    Exercise.objects.filter(slug="pelvic-tilt").update(retired_at=timezone.now())

    assert kit_of(client)["blocks"]["bird-dog"]["alternatives"] == []


def test_what_stands_in_is_cut_as_the_other_is(client, plan):
    with_exercises(plan)
    session(plan, bird_dog={"pain_peak": 8})

    blocks = kit_of(client)["blocks"]

    tilt = blocks["bird-dog~pelvic-tilt"]
    assert (blocks["bird-dog"]["share"], tilt["share"], tilt["dose_in_words"]) == (
        50,
        50,
        "2 sets of 5, hold 3 seconds each, rest 30 seconds",
    )
    assert blocks["glute-bridge~pelvic-tilt"]["share"] == 100


def test_for_a_leg_that_is_easily_stirred_up_it_is_smaller_still(client, plan):
    Exercise.objects.filter(slug="ankle-pumps").update(
        easier=Exercise.objects.get(slug="supine-sciatic-slider")
    )
    with_exercises(plan, {"ankle-pumps": {}})
    Plan.objects.update(irritability="high")

    blocks = kit_of(client)["blocks"]

    assert (blocks["ankle-pumps"]["share"], blocks["ankle-pumps~supine-sciatic-slider"]["share"]) == (100, 50)


def test_what_a_leg_is_too_easily_stirred_up_for_stands_in_for_nothing(client, plan):
    Exercise.objects.filter(slug="ankle-pumps").update(
        easier=Exercise.objects.get(slug="double-leg-calf-raise")
    )
    with_exercises(plan, {"ankle-pumps": {}})
    assert "ankle-pumps~double-leg-calf-raise" in kit_of(client)["blocks"]

    Plan.objects.update(irritability="high")

    assert "ankle-pumps~double-leg-calf-raise" not in kit_of(client)["blocks"]


def test_what_was_too_much_today_stands_in_for_nothing(client, plan):
    with_exercises(plan, {"pelvic-tilt": {}})
    session(plan, at=makers.NOON - timedelta(hours=1), pelvic_tilt={"pain_peak": 8})
    with_exercises(plan, {"bird-dog": {}})

    assert kit_of(client)["blocks"]["bird-dog"]["alternatives"] == []


# --- what comes first ---


def test_the_questions_that_are_due_come_as_they_are_put_to_the_patient(api, alice, plan):
    first = kit_of(api(alice))["safety"]
    assert (first["kind"], first["asks_conditions"]) == ("first", True)
    assert [each["id"] for each in first["questions"]] == list(questions_of("first"))
    makers.screened(alice, at=makers.NOON - DAY)

    kit = kit_of(api(alice))

    assert kit["safety"] == {
        "kind": "session",
        "reason": "Before the first session of each day, we ask about new warning signs.",
        "asks_conditions": False,
        "questions": kit["lines"],
    }
    assert [each["id"] for each in kit["lines"]] == ["S1", "S2", "S3", "S4"]
    assert {each["level"] for each in kit["lines"]} <= {"emergency", "urgent", "soon"}
    assert kit["days"][0]["blocks"]


@pytest.mark.parametrize(
    ("said", "kind", "address", "words"),
    [
        (
            {"RF01": "yes"},
            "emergency",
            "/safety/help-now/",
            "Get medical help now. Your exercises are on hold until you have been checked.",
        ),
        (
            {"RF13": "yes"},
            "urgent",
            "/safety/see-someone/",
            "Please speak to a doctor or nurse today. Your exercises are on hold. "
            "Please speak to a doctor or nurse first.",
        ),
    ],
    ids=["emergency", "urgent"],
)
def test_while_an_answer_lets_no_session_start_there_is_nothing_to_do(
    client, alice, said, kind, address, words
):
    makers.answered(alice, **said)

    kit = kit_of(client)

    assert kit["hold"] == {"kind": kind, "address": address, "words": words}
    assert [each["blocks"] for each in kit["days"]] == [[]] * 7
    assert kit["blocks"] == {}


def test_what_rules_all_exercises_out_holds_them_too(api, alice, plan):
    makers.answered(alice, kind="first", conditions={"told-not-to-exercise": "yes"})

    kit = kit_of(api(alice))

    assert (kit["hold"]["kind"], kit["hold"]["address"]) == ("ask_first", "/safety/ask-first/")
    assert kit["hold"]["words"].startswith("Please ask first.")
    assert kit["blocks"] == {}


def test_the_page_and_the_kit_hold_for_the_same_reason(client, page, alice):
    makers.answered(alice, RF01="yes")

    assert page(alice).get("/session/").url == kit_of(client)["hold"]["address"]


def test_while_a_visit_is_to_be_booked_there_is_only_walking_and_breathing(client, alice):
    makers.answered(alice, RF18="yes", RF18a="no")

    kit = kit_of(client)

    assert exercises_in(kit, kit["days"][0]["blocks"]) == ["belly-breathing", "walking"]
    assert kit["hold"] is None


def test_the_safety_card_is_the_one_of_its_own_address(client):
    assert kit_of(client)["card"] == client.get("/api/v1/safety/card/").json()


def test_without_a_plan_it_says_what_today_says(api, page, alice):
    kit = kit_of(api(alice))

    assert (kit["days"], kit["blocks"], kit["plan_version"], kit["side"], kit["limit"]) == (
        [],
        {},
        None,
        None,
        None,
    )
    for sentence in re.findall(r"[^.]+\.", kit["words"]):
        assert sentence.strip() in page(alice).get("/").content.decode()


# --- who may have it, and what it costs ---


def test_it_is_for_patients_alone_and_each_gets_their_own(api, client, alice, bob, dora, charlie):
    assert api(bob).get(KIT).status_code == 403
    makers.plan(dora, charlie)

    assert kit_of(api(dora))["patient"] == str(dora.pk)
    assert kit_of(client)["patient"] == str(alice.pk)


def test_whoever_is_not_signed_in_gets_none(db):
    assert Client().get(KIT).status_code == 401


def test_the_look_is_written_down(client, alice):
    kit_of(client)

    look = AuditEvent.objects.get(door="api:player-kit")
    assert (look.actor, look.patient) == (alice, alice)


def test_the_same_kit_again_is_a_304_all_day_long(client, plan):
    first = client.get(KIT)
    with time_machine.travel(makers.NOON + timedelta(hours=5), tick=False):
        again = client.get(KIT, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "no-store"
    with_exercises(plan)
    assert client.get(KIT, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("sessions", [0, 3, 30])
def test_it_takes_the_same_few_queries_however_long_the_history(
    client, plan, sessions, django_assert_num_queries
):
    with_exercises(plan)
    for back in range(sessions):
        makers.session(plan, at=makers.NOON - (back + 1) * DAY)

    # The clinic, safety, plan, sessions with their results, exercises, one for each day, and the look.
    with django_assert_num_queries(14 if sessions else 13):
        kit_of(client)


def test_six_exercises_are_small_enough_for_a_slow_line(client, plan):
    with_exercises(plan)

    answer = client.get(KIT)

    assert len(answer.json()["days"][0]["blocks"]) == 6
    assert len(gzip.compress(answer.content)) <= LARGEST


def test_it_is_sent_compressed(client):
    assert client.get(KIT, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
