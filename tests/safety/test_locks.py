"""What keeps sessions from starting ends only as it may, and never stops a session from being stored."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.accounts.models import User
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, FlagEvent
from programs.safety.actions import clear_condition, end_lock, record_screening
from programs.safety.models import Condition, SafetyLock, ScreeningAnswer
from programs.safety.queries import exclusions_of, open_items, open_lock, what_is_due
from programs.safety.rules import EMERGENCY, URGENT, severity
from tests import makers, pages
from tests.logbook.good_weeks import READY_AT, lived
from tests.makers import NOON
from tests.threads import at_once

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@pytest.fixture
def lock(alice) -> SafetyLock:
    opened = makers.answered(alice, RF08="yes").lock
    assert opened is not None
    return opened


def end(lock: SafetyLock, **changes) -> SafetyLock:
    given = {"checked_on": NOON.date(), "checked_where": "City hospital", "by": lock.patient}
    return end_lock(**{"lock": lock, "now": NOON + HOUR} | given | changes)


def wrong_fields(lock: SafetyLock, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        end(lock, **changes)
    assert open_lock(lock.patient) == lock
    return refused.value.message_dict


def test_a_check_by_a_clinician_ends_it_with_day_and_place(alice, lock):
    end(lock)

    ended = SafetyLock.objects.get()
    assert (ended.ending, ended.ended_at, ended.ended_by) == ("checked", NOON + HOUR, alice)
    assert (ended.checked_on, ended.checked_where) == (NOON.date(), "City hospital")
    assert open_lock(alice) is None
    assert open_items(alice) == []


def test_the_flag_stays_open_until_a_therapist_owns_it(alice, bob, lock):
    end(lock)
    flag = Flag.objects.get()
    assert flag.state == "open"
    acknowledge_flag(flag=flag, by=bob, now=NOON + HOUR)
    assert flag.owner == bob


def test_the_flag_says_who_said_so_what_and_that_nobody_has_confirmed_it(api, page, alice, bob, lock):
    end(lock)
    end(lock, checked_where="Elsewhere", now=NOON + 2 * HOUR)

    event = Flag.objects.get().events.get(kind="checked")
    assert (event.by, event.at) == (alice, NOON + HOUR)
    said = "Checked on 20 November 2026: City hospital. Said by the patient, not confirmed."
    assert event.note == said
    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))
    assert f"Said to have been checked by a clinician, Alice. {said}" in words
    (flag,) = api(bob).get("/api/v1/flags/").json()["results"]
    assert (flag["events"][-1]["kind"], flag["events"][-1]["note"]) == ("checked", said)


def test_what_a_therapist_says_is_not_called_the_patients_word(bob, lock):
    end(lock, by=bob)
    assert Flag.objects.get().events.get(kind="checked").note == "Checked on 20 November 2026: City hospital."


def test_a_flag_that_is_closed_already_is_left_alone(bob, lock):
    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON)
    end(lock)
    assert not Flag.objects.get().events.filter(kind="checked").exists()


@pytest.mark.parametrize("question", ["RF08", "RF13"])
def test_after_a_check_of_her_own_word_nobody_moves_up_before_the_flag_is_looked_at(
    api, alice, bob, plan, question
):
    lived(plan)
    said_at = READY_AT - 3 * HOUR
    opened = makers.answered(alice, said_at, **{question: "yes"}).lock
    end(opened, checked_on=said_at.date(), now=READY_AT - 2 * HOUR)
    address = f"/api/v1/plans/{plan.pk}/stage/"

    with time_machine.travel(READY_AT, tick=False):
        tapped = api(alice).post(address, {"verb": "ready", "to_stage": 2})
        without_reason = api(bob).post(address, {"verb": "advance", "to_stage": 2})

        assert (tapped.status_code, without_reason.status_code) == (400, 400)
        (flag,) = Flag.objects.unresolved()
        resolve_flag(flag=flag, by=bob, outcome="helpful", note="Seen.", now=READY_AT - HOUR)
        assert api(alice).post(address, {"verb": "ready", "to_stage": 2}).status_code == 200


def test_after_a_check_the_therapist_can_move_the_plan_up_with_a_reason(api, alice, bob, plan):
    lived(plan)
    said_at = READY_AT - 3 * HOUR
    opened = makers.answered(alice, said_at, RF08="yes").lock
    end(opened, checked_on=said_at.date(), now=READY_AT - 2 * HOUR)
    decision = {"verb": "advance", "to_stage": 2, "reason": "Seen today."}
    with time_machine.travel(READY_AT, tick=False):
        assert api(bob).post(f"/api/v1/plans/{plan.pk}/stage/", decision).status_code == 200


def test_the_therapist_can_say_so_too(bob, lock):
    assert end(lock, by=bob).ended_by == bob


def test_the_first_word_stays(bob, lock):
    end(lock)
    again = end(lock, checked_where="Elsewhere", by=bob, now=NOON + 2 * HOUR)
    assert (again.checked_where, again.ended_at) == ("City hospital", NOON + HOUR)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"checked_on": (NOON + DAY).date()}, "checked_on", "This day has not come yet."),
        (
            {"checked_on": (NOON - DAY).date()},
            "checked_on",
            "This day is before your answer. Enter the day of the check after it.",
        ),
        ({"checked_where": "  "}, "checked_where", "Enter where you were checked."),
        ({"checked_where": "x" * 201}, "checked_where", "Write at most 200 letters."),
    ],
    ids=["tomorrow", "the day before", "nowhere", "a long story"],
)
def test_without_a_day_and_a_place_it_stays(lock, changes, field, sentence):
    assert wrong_fields(lock, **changes) == {field: [sentence]}


def test_the_day_is_the_patients(clinic, bob):
    far = makers.patient(clinic, "erin", cared_for_by=bob, time_zone="Pacific/Auckland")
    lock = makers.answered(far, RF08="yes").lock
    assert end(lock, checked_on=(NOON + DAY).date()).ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_so_at_once_one_is_kept(alice, bob, lock):
    ended = at_once(
        partial(end, SafetyLock.objects.get(), checked_where="Here", by=alice),
        partial(end, SafetyLock.objects.get(), checked_where="There", by=bob),
    )
    assert len({(each.checked_where, each.ended_by) for each in ended}) == 1


def test_an_urgent_lock_ends_by_a_check_too(alice):
    lock = makers.answered(alice, RF13="yes").lock
    assert end(lock).ending == "checked"
    assert open_items(alice) == []


def test_what_was_checked_is_not_asked_again(alice, lock):
    end(lock)
    assert what_is_due(alice, NOON + 2 * DAY).kind == "first"
    makers.screened(alice, NOON + 2 * DAY)
    assert not what_is_due(alice, NOON + 2 * DAY)


# --- a session all the same ---


@pytest.mark.parametrize("question", ["RF08", "RF13"])
def test_a_session_under_a_lock_is_stored_and_told_of(alice, plan, question):
    makers.answered(alice, NOON - HOUR, **{question: "yes"})
    stored = makers.session(plan)

    assert stored.pk is not None
    flag = Flag.objects.get()
    event = flag.events.get(rule="LOCKED")
    assert (event.level, event.found_on) == ("urgent", NOON.date())
    assert event.note.startswith("A session began on 20 November")
    assert severity(flag.level) >= severity(URGENT)


def test_a_session_from_before_the_lock_is_none_of_its_business(alice, plan):
    makers.answered(alice, RF08="yes")
    makers.session(plan, at=NOON - HOUR)
    assert not Flag.objects.get().events.filter(rule="LOCKED").exists()


@pytest.mark.parametrize("question", ["RF08", "RF13"])
def test_a_session_after_an_answer_that_came_late_with_it_is_told_of(alice, plan, question):
    given_to_a_telephone(alice, NOON - 3 * HOUR, question)
    makers.session(plan, at=NOON - 2 * HOUR)
    assert Flag.objects.get().events.filter(rule="LOCKED").exists()


def test_a_session_before_an_answer_that_came_late_with_it_is_not_told_of(alice, plan):
    given_to_a_telephone(alice, NOON - 2 * HOUR, "RF08")
    makers.session(plan, at=NOON - 3 * HOUR)
    assert not Flag.objects.get().events.filter(rule="LOCKED").exists()


def test_a_late_answer_given_before_the_one_that_locked_counts_from_when_it_was_given(alice, plan):
    makers.answered(alice, NOON - HOUR, RF08="yes")
    given_to_a_telephone(alice, NOON - 3 * HOUR, "RF09")
    makers.session(plan, at=NOON - 2 * HOUR)
    assert Flag.objects.get().events.filter(rule="LOCKED").exists()


def given_to_a_telephone(patient, at, question, answer="yes") -> None:
    """Answered without a connection; it reaches us at noon."""
    record_screening(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        screening_id=uuid4(),
        kind="again",
        answers={question: answer},
        answered_at=at,
        now=NOON,
    )


@pytest.mark.parametrize("answer", ["no", "what?"], ids=["a no", "what cannot be read"])
def test_a_late_answer_that_locks_nothing_makes_no_lock_begin_earlier(alice, plan, lock, answer):
    given_to_a_telephone(alice, NOON - 3 * HOUR, "RF09", answer)
    makers.session(plan, at=NOON - 2 * HOUR)
    assert not Flag.objects.get().events.filter(rule="LOCKED").exists()


def test_a_late_answer_of_somebody_else_makes_no_lock_begin_earlier(alice, dora, plan, lock):
    given_to_a_telephone(dora, NOON - 3 * HOUR, "RF08")
    makers.session(plan, at=NOON - 2 * HOUR)
    assert not Flag.objects.filter(events__rule="LOCKED").exists()


def test_what_an_earlier_lock_was_about_makes_no_later_one_begin_earlier(alice, plan, lock):
    end(lock)
    makers.answered(alice, NOON + 4 * HOUR, RF08="yes")
    makers.session(plan, at=NOON + 3 * HOUR)
    assert not Flag.objects.get().events.filter(rule="LOCKED").exists()


def test_it_is_told_how_severe_the_answers_before_the_session_were(alice, plan):
    makers.answered(alice, NOON - HOUR, RF08="yes")
    given_to_a_telephone(alice, NOON - 3 * HOUR, "RF13")
    makers.session(plan, at=NOON - 2 * HOUR)
    assert held_at() == "urgent"


def test_in_a_lock_that_had_begun_it_is_told_how_severe_that_was(alice, plan):
    makers.answered(alice, NOON - 2 * HOUR, RF08="yes")
    makers.session(plan)
    assert held_at() == "emergency"


def held_at() -> str:
    (reading,) = FlagEvent.objects.get(rule="LOCKED").evidence["readings"]
    return reading["value"]


def test_a_session_in_a_lock_that_is_over_by_now_is_told_of_when_it_comes(alice, plan, lock):
    end(lock, now=NOON + 3 * HOUR)
    makers.session(plan, at=NOON + 2 * HOUR)
    assert Flag.objects.get().events.filter(rule="LOCKED").exists()


def test_after_the_check_sessions_are_like_any_other(plan, lock):
    end(lock)
    makers.session(plan, at=NOON + 2 * HOUR)
    assert not Flag.objects.get().events.filter(rule="LOCKED").exists()


# --- what rules exercises out ---


def test_a_clinicians_yes_clears_it(alice, bob):
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes", "stenosis": "yes"})
    excluded = exclusions_of(alice)
    assert excluded.exercises == {"prone-on-elbows", "prone-press-up"}
    assert excluded.tags == {"extension"}
    assert excluded.reason_for("prone-press-up", ()).slug == "pregnancy"
    assert excluded.reason_for("bird-dog", ("extension",)).slug == "stenosis"
    assert excluded.reason_for("bird-dog", ("calm",)) is None
    condition = Condition.objects.get(slug="pregnancy")
    clear_condition(condition=condition, note=" Dr Ito, on Monday ", by=bob, now=NOON + HOUR)

    assert [each.slug for each in exclusions_of(alice).reasons] == ["stenosis"]
    condition.refresh_from_db()
    assert (condition.cleared_by, condition.clearance_note) == (bob, "Dr Ito, on Monday")
    clear_condition(condition=condition, note="again", by=alice, now=NOON + 2 * HOUR)
    assert (condition.cleared_at, condition.clearance_note) == (NOON + HOUR, "Dr Ito, on Monday")


@pytest.mark.parametrize(
    ("note", "sentence"),
    [(" ", "Write who said yes, and when."), ("x" * 301, "Write at most 300 letters.")],
    ids=["empty", "long"],
)
def test_a_yes_without_a_name_clears_nothing(alice, bob, note, sentence):
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes"})
    with pytest.raises(ValidationError) as refused:
        clear_condition(condition=Condition.objects.get(), note=note, by=bob, now=NOON)
    assert refused.value.message_dict == {"note": [sentence]}
    assert exclusions_of(alice).reasons


def test_a_later_no_of_the_patient_clears_it(alice):
    makers.answered(alice, kind="first", conditions={"told-not-to-exercise": "yes"})
    assert [each.name for each in exclusions_of(alice).blocks] == ["Told by a clinician not to exercise"]
    makers.answered(alice, NOON + DAY, kind="first", conditions={"told-not-to-exercise": "no"})
    assert exclusions_of(alice).blocks == ()


@pytest.mark.parametrize(
    ("slug", "applies"), [("pregnancy", True), ("told-not-to-exercise", True), ("stenosis", False)]
)
def test_not_sure_asks_a_clinician_and_leaves_nothing_else_out(alice, slug, applies):
    makers.answered(alice, kind="first", conditions={slug: "not_sure"})
    assert Condition.objects.filter(slug=slug).exists() is applies


def test_calm_moves_alone_are_left_where_the_leg_is_easily_stirred_up(alice):
    makers.answered(alice, kind="first", conditions={"high-irritability": "yes"})
    excluded = exclusions_of(alice)
    assert excluded.only_tags == {"calm"}
    assert excluded.reason_for("anything", ("calm",)) is None
    assert excluded.reason_for("anything", ("calf",)).slug == "high-irritability"


# --- what the database itself refuses ---


def refuses(constraint: str, lock: SafetyLock, **values: object) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SafetyLock.objects.filter(pk=lock.pk).update(**values)


def test_an_emergency_lock_cannot_end_unchecked(lock):
    for ending in ("answered_no", "more_severe", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SafetyLock.objects.filter(pk=lock.pk).update(ended_at=NOON, ending=ending)
    refuses("safety_lock_checked_when_and_where", lock, ended_at=NOON, ending="checked")
    refuses(
        "safety_lock_checked_when_and_where", lock, ended_at=NOON, ending="checked", checked_on=NOON.date()
    )
    refuses("safety_lock_level_locks", lock, level="soon")


def test_there_is_one_open_lock_for_each_patient(alice, lock):
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyLock.objects.create(
            clinic=lock.clinic, patient=alice, level="urgent", screening=lock.screening, opened_at=NOON
        )


def test_an_unknown_answer_or_level_is_refused(lock):
    answers = ScreeningAnswer.objects.filter(screening=lock.screening)
    with pytest.raises(IntegrityError, match="screening_answer_known"), transaction.atomic():
        answers.update(answer="maybe")
    with pytest.raises(IntegrityError, match="screening_answer_level_known"), transaction.atomic():
        answers.update(level="dire")


# --- whatever happens, in any order ---

SAY = st.tuples(
    st.just("say"),
    st.sampled_from(["RF08", "RF13", "RF14", "RF18", "S1", "S3"]),
    st.sampled_from(["yes", "no", "not_sure"]),
)
CHECK = st.tuples(st.just("check"), st.sampled_from(["", "A&E"]), st.sampled_from([-1, 0, 1]))
CLOSE = st.tuples(st.just("close"), st.just(""), st.just(""))
SESSION = st.tuples(st.just("session"), st.just(""), st.just(""))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    steps=st.lists(
        st.tuples(st.one_of(SAY, SAY, CHECK, CLOSE, SESSION), st.integers(1, 40)), min_size=1, max_size=8
    )
)
def test_an_emergency_lock_never_vanishes_unchecked_and_nothing_said_is_lost(alice, plan, steps):
    sid = transaction.savepoint()
    try:
        _live_through(alice, plan, steps)
    finally:
        transaction.savepoint_rollback(sid)


def _live_through(alice: User, plan, steps) -> None:
    now, answers, sessions = NOON, 0, 0
    for (verb, what, how), hours in steps:
        now += hours * HOUR
        before = open_lock(alice)
        is_checked = False
        if verb == "say":
            makers.answered(alice, now, kind="again", **{what: how})
            answers += 1
        elif verb == "session":
            makers.session(plan, now)
            sessions += 1
        elif verb == "close":
            Flag.objects.unresolved().filter(kind="safety").update(
                state="resolved", outcome="helpful", next_escalation_at=None
            )
        elif before is not None:
            try:
                checked_on = (now + how * DAY).date()
                end_lock(lock=before, checked_on=checked_on, checked_where=what, by=alice, now=now)
                is_checked = True
            except ValidationError:
                pass
        after = open_lock(alice)
        if before is not None and before.level == EMERGENCY and not is_checked:
            assert after == before
        if verb == "say" and (what, how) in (("RF08", "yes"), ("RF08", "not_sure"), ("S1", "yes")):
            assert after is not None
            assert after.level == EMERGENCY
        if verb == "say" and how == "yes":
            assert Flag.objects.unresolved().filter(kind="safety").exists()
        assert ScreeningAnswer.objects.filter(screening__patient=alice).count() == answers
        assert alice.guidedsessions.count() == sessions
    for ended in SafetyLock.objects.filter(level=EMERGENCY).exclude(ended_at=None):
        assert ended.ending == "checked"
        assert ended.checked_on
        assert ended.checked_where
