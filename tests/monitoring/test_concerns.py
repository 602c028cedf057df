"""The one flag about a patient's safety answers: opened, added to, raised, taken back, and explained."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programs.accounts.models import CareTeam
from programs.delivery.models import Delivery
from programs.monitoring.actions import (
    acknowledge_flag,
    raise_concerns,
    resolve_flag,
    snooze_flag,
    take_back_concerns,
)
from programs.monitoring.models import Flag
from programs.monitoring.queries import rule_precision
from programs.monitoring.rules import Evidence, Finding, Reading
from programs.monitoring.rules.for_patients import explain_to_patient, heading_for_patient, looks_for
from programs.monitoring.rules.shown import show
from programs.monitoring.rules.warning_signs import SIGNS, sign_in_words
from programs.safety.rules import QUESTIONS
from tests import pages
from tests.makers import NOON
from tests.readability import grade

HOUR = timedelta(hours=1)
TODAY = NOON.date()


def sign(rule: str, level: str, day=TODAY, answer: str = "yes") -> Finding:
    evidence = Evidence("warning_sign", (Reading(day, f"{rule} {answer}"),), None, None)
    return Finding(rule, level, day, "", evidence)


def told(patient, *findings: Finding, now=NOON) -> Flag:
    flag = raise_concerns(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        findings=findings,
        rule_version="safety-1",
        now=now,
    )
    assert flag is not None
    return Flag.objects.get(pk=flag.pk)


def kinds(flag: Flag) -> list[tuple[str, str]]:
    return [(event.kind, event.rule) for event in flag.events.order_by("pk")]


def notices() -> int:
    return Delivery.objects.filter(channel="in_app").count()


def test_the_most_severe_of_several_opens_it_and_the_others_are_in_it(alice, plan):
    flag = told(alice, sign("RF18", "flag"), sign("RF08", "emergency"), sign("RF13", "urgent"))
    assert (flag.kind, flag.rule, flag.level, flag.plan) == ("safety", "RF08", "emergency", plan)
    assert kinds(flag) == [("opened", "RF08"), ("found_again", "RF13"), ("found_again", "RF18")]
    assert flag.next_escalation_at == NOON + timedelta(minutes=15)
    assert notices() == 1


def test_the_same_again_changes_nothing(alice):
    flag = told(alice, sign("RF08", "emergency"))
    told(alice, sign("RF08", "emergency"), now=NOON + HOUR)
    assert kinds(flag) == [("opened", "RF08")]


def test_nothing_said_opens_nothing(alice):
    clinic = alice.memberships.get().clinic
    raised = raise_concerns(clinic=clinic, patient=alice, findings=[], rule_version="safety-1", now=NOON)
    assert raised is None
    assert not Flag.objects.exists()


def test_something_more_severe_raises_it_and_tells_again(alice, bob):
    flag = told(alice, sign("RF18", "flag"))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    flag = told(alice, sign("RF13", "urgent"), now=NOON + HOUR)
    assert (flag.level, flag.rule, flag.state, flag.owner) == ("urgent", "RF13", "open", None)
    assert kinds(flag)[-2:] == [("found_again", "RF13"), ("raised", "RF13")]


def test_the_same_sign_may_become_more_severe_on_its_day(alice):
    told(alice, sign("RF08", "emergency"), sign("RF14", "urgent"))
    flag = told(alice, sign("RF14", "emergency"))
    assert kinds(flag)[-1] == ("raised", "RF14")
    assert flag.rule == "RF08"


def test_an_emergency_said_anew_is_everybodys_again(alice, bob):
    flag = told(alice, sign("RF08", "emergency"))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    flag = told(alice, sign("RF09", "emergency"), now=NOON + HOUR)
    assert (flag.state, flag.owner, flag.rule) == ("open", None, "RF09")


def test_something_urgent_more_leaves_it_with_whoever_took_it_on(alice, bob):
    flag = told(alice, sign("RF13", "urgent"))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    flag = told(alice, sign("RF16", "urgent"), now=NOON + HOUR)
    assert (flag.state, flag.owner) == ("acknowledged", bob)


def test_what_was_put_off_opens_again_with_anything_new(alice, bob):
    flag = told(alice, sign("RF18", "flag"))
    snooze_flag(flag=flag, by=bob, until=TODAY + timedelta(days=3), now=NOON)
    flag = told(alice, sign("RF20", "flag"), now=NOON + HOUR)
    assert (flag.state, flag.rule) == ("open", "RF20")
    assert kinds(flag)[-1] == ("reopened", "")


def test_a_therapist_who_left_owns_nothing_new(alice, bob):
    flag = told(alice, sign("RF13", "urgent"))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    CareTeam.objects.update(ended_at=NOON)
    flag = told(alice, sign("RF16", "urgent"), now=NOON + HOUR)
    assert (flag.state, flag.owner) == ("open", None)


def test_after_a_flag_is_closed_the_next_sign_opens_another(alice, bob):
    flag = told(alice, sign("RF13", "urgent"))
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=NOON)
    assert told(alice, sign("RF13", "urgent"), now=NOON + HOUR).pk != flag.pk


def take_back(patient, *rules: str) -> Flag:
    clinic = patient.memberships.get().clinic
    take_back_concerns(clinic=clinic, patient=patient, rules=rules, because="It is less.", now=NOON)
    return Flag.objects.get()


def test_what_turned_out_to_be_nothing_closes_the_flag(alice):
    told(alice, sign("S1", "urgent"), sign("S2", "urgent"))
    flag = take_back(alice, "S1", "S2")
    assert (flag.state, flag.outcome, flag.events.order_by("pk").last().note) == (
        "resolved",
        "cleared",
        "It is less.",
    )


def test_what_holds_something_else_stays_open(alice):
    told(alice, sign("S1", "urgent"), sign("RF13", "urgent"))
    flag = take_back(alice, "S1")
    assert flag.state == "open"
    assert ("superseded", "S1") in kinds(flag)
    flag = told(alice, sign("S1", "urgent"), now=NOON + HOUR)
    assert ("restored", "S1") in kinds(flag)


def test_taking_back_without_a_flag_does_nothing(alice):
    clinic = alice.memberships.get().clinic
    take_back_concerns(clinic=clinic, patient=alice, rules=["S1"], because="It is less.", now=NOON)
    assert not Flag.objects.exists()


def test_thresholds_are_not_judged_by_warning_signs(alice, clinic):
    told(alice, sign("RF08", "emergency"))
    assert rule_precision(clinic, NOON - HOUR) == []


# --- in words ---


def test_every_question_has_a_name_and_no_other():
    assert set(SIGNS) == set(QUESTIONS)
    assert sign_in_words("RF18 not_sure") == "lost weight without trying: not sure"
    assert sign_in_words("unreadable") == "unreadable"


SEEN = [
    ("RF08", "warning_sign", ["RF08 yes"]),
    ("RF14", "warning_sign", ["RF14 yes", "RF14a not_sure"]),
    ("LOCKED", "session_on_hold", ["emergency"]),
    ("UNREADABLE", "unreadable", ["RF08 unreadable", "unreadable"]),
]


@pytest.mark.parametrize(("rule", "measure", "values"), SEEN, ids=[each[0] for each in SEEN])
def test_it_explains_itself_to_the_therapist_and_to_the_patient(
    api, page, alice, bob, plan, rule, measure, values
):
    readings = tuple(Reading(TODAY, each) for each in values)
    evidence = Evidence(measure, readings, None, None)
    flag = told(alice, Finding(rule, "urgent", TODAY, "", evidence))

    assert "20 November" in flag.sentence
    assert flag.evidence["readings"][0]["value"] == values[0]
    assert Evidence.from_dict(flag.evidence) == evidence
    shown = show(rule, evidence)
    assert [each.recorded_on for each in shown.readings] == [TODAY] * len(values)
    assert shown.measure
    texts = [
        *explain_to_patient("", evidence),
        heading_for_patient(rule, "", evidence),
        looks_for(rule, measure),
    ]
    assert grade(" ".join(texts)) <= 6, texts
    assert not [text for text in texts if "_" in text or "{" in text]

    why = page(alice).get(reverse("monitoring:why", args=[flag.pk]))
    assert why.status_code == 200
    assert "Nobody watches this live." in pages.words(why)
    shown_to_bob = page(bob).get(reverse("home:patient", args=[alice.pk]))
    assert flag.sentence in pages.words(shown_to_bob).replace("&#x27;", "'")
    assert api(bob).get(f"/api/v1/flags/{flag.pk}/").json()["evidence"] == flag.evidence
    (mine,) = api(alice).get("/api/v1/my-flags/").json()["results"]
    assert "_" not in mine["sentence"]
    assert page(bob).get(reverse("home:caseload")).status_code == 200
    assert page(alice).get(reverse("logbook:history")).status_code == 200
