"""The session that is stored out of the events of a telephone, and how later events bring it up to date."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError

from programs.care.actions import change_doses
from programs.exchange.actions import close_left_sessions, take_in
from programs.exchange.actions.sessions import follow
from programs.exchange.models import ClientEvent
from programs.logbook.actions import add_to_session, mark_of_note
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.queries import done_sessions
from programs.monitoring.models import FlagEvent
from programs.reminders.models import MovementBreak
from programs.safety.models import ScreeningRequest
from tests import makers
from tests.exchange.telephone import BEGUN_AT, URL, Session, body, screening, send

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

HOUR = timedelta(hours=1)


@pytest.fixture
def phone(api, alice):
    return api(alice)


def outcomes() -> list[tuple[str, str, str]]:
    results = ExerciseResult.objects.order_by("pk")
    return list(results.values_list("exercise__slug", "side", "outcome"))


def reasons() -> set[str]:
    return set(ScreeningRequest.objects.open().values_list("reason", flat=True))


def test_a_session_is_stored_when_it_is_over(phone, alice, plan):
    session = Session(plan).go(99)
    send(phone, alice, session.events)
    assert not GuidedSession.objects.exists()
    over = session.write("saved")

    send(phone, alice, [over])

    stored = GuidedSession.objects.get()
    assert (str(stored.pk), stored.patient, stored.clinic) == (session.id, alice, plan.clinic)
    assert (stored.plan_version, stored.stage_number) == (makers.version(plan), 1)
    assert (stored.kind, stored.pain_before, stored.pain_peak) == ("guided", 4, None)
    assert stored.started_at == BEGUN_AT
    assert stored.finished_at == BEGUN_AT + timedelta(milliseconds=over["mono"])
    mine = [block["exercise"] for block in session.start["blocks"]]
    assert {outcome for slug, _, outcome in outcomes() if slug in mine} == {"done"}
    assert {outcome for slug, _, outcome in outcomes() if slug not in mine} == {"skipped"}
    assert stored.client_events.get().type == "started"


def test_the_answers_after_it_are_brought_in(phone, alice, plan):
    session = Session(plan).done()
    send(phone, alice, session.events)
    for event in session.answered().events[-4:]:
        send(phone, alice, [event])

    stored = GuidedSession.objects.get()
    assert (stored.pain_peak, stored.pain_after, stored.spread, stored.effort) == (5, 3, "same", "right")


def test_what_came_of_it_does_not_hang_on_the_order_it_comes_in(phone, alice, plan):
    session = Session(plan).done().answered()
    for event in reversed(session.events):
        assert send(phone, alice, [event]) == ["stored"]

    stored = GuidedSession.objects.get()
    assert (stored.pain_before, stored.pain_peak, stored.effort) == (4, 5, "right")
    assert outcomes()[0][2] == "done"


def test_what_was_put_right_since_stays_when_more_comes(phone, alice, plan):
    session = Session(plan).done().answered()
    session.answer("note", "It pulled.")
    send(phone, alice, session.events)
    stored = GuidedSession.objects.get()
    changed = add_to_session(
        session=stored, effort="hard", note="It hurt.", now=makers.NOON, seen=mark_of_note(stored.note)
    )

    send(phone, alice, [session.answer("pain_after", 6)])

    stored.refresh_from_db()
    assert (stored.effort, stored.note, stored.pain_after) == (changed.effort, "It hurt.", 6)


def test_the_same_again_stores_nothing_anew(phone, alice, plan):
    session = Session(plan).done().answered()
    send(phone, alice, session.events)
    before = list(GuidedSession.objects.values()), list(ExerciseResult.objects.values())

    send(phone, alice, session.events)
    assert (list(GuidedSession.objects.values()), list(ExerciseResult.objects.values())) == before


def test_a_stop_has_the_safety_questions_asked_anew(phone, alice, plan):
    session = Session(plan).go(1)
    session.mono += 9000
    session.write("stopped")
    session.write("ended")
    session.write("saved")

    send(phone, alice, session.events)

    assert outcomes()[0][2] == "stopped"
    assert reasons() == {"stopped"}


def test_a_stop_that_comes_late_has_them_asked_anew_once(phone, alice, plan):
    session = Session(plan).go(2)
    stop = session.write("stopped")
    session.write("ended")
    session.write("saved")
    send(phone, alice, [event for event in session.events if event is not stop])
    assert (GuidedSession.objects.count(), reasons()) == (1, set())

    send(phone, alice, [stop])

    assert (outcomes()[0][2], reasons()) == ("stopped", {"stopped"})
    ScreeningRequest.objects.update(met_at=makers.NOON)
    send(phone, alice, [session.answer("effort", "hard")])
    assert reasons() == set()


def test_a_second_stop_that_comes_late_has_them_asked_anew_too(phone, alice, plan):
    session = Session(plan).go(2)
    session.write("stopped")
    session.write("skipped", {"reason": "pain"})
    second = next(step for step in session.steps if not step.startswith(session.start["blocks"][0]["key"]))
    session.write("advanced", {}, second)
    stop = session.write("stopped")
    session.write("ended")
    session.write("saved")
    send(phone, alice, [event for event in session.events if event is not stop])
    assert reasons() == {"stopped"}
    ScreeningRequest.objects.update(met_at=makers.NOON)

    send(phone, alice, [stop])

    assert {slug for slug, _, outcome in outcomes() if outcome == "stopped"} == {
        block["exercise"] for block in session.start["blocks"]
    }
    assert reasons() == {"stopped"}


def test_what_stood_in_is_taken_out_when_it_turns_out_never_to_have_been_on(phone, alice, plan):
    session = Session(plan).go(1)
    locked = session.write("locked")
    first = session.start["blocks"][0]
    other = makers.version(plan).stage(1).exercises[-1].slug
    session.start["set_aside"] = []
    block = first | {"key": "easier", "exercise": other, "instead_of": first["planned"]}
    steps = [{"id": "easier.1", "kind": "hold", "side": first["sides"][0]}]
    session.write("swapped", {"block": block, "steps": steps})
    session.write("ended")
    session.write("saved")
    send(phone, alice, [event for event in session.events if event is not locked])
    assert other in {slug for slug, *_ in outcomes()}

    send(phone, alice, [locked])

    assert other not in {slug for slug, *_ in outcomes()}


def test_a_day_that_was_not_one_is_stored_with_its_pain(phone, alice, plan):
    session = Session(plan)
    session.write("pain_before", {"value": 8, "offers_gentle": True})
    session.write("gentle", {"choice": "not_today"})
    session.write("saved")

    send(phone, alice, session.events)

    assert GuidedSession.objects.get().pain_before == 8
    assert {outcome for *_, outcome in outcomes()} == {"skipped"}


def test_a_session_that_was_thrown_away_is_none(phone, alice, plan):
    session = Session(plan).go(2)
    session.write("discarded")

    send(phone, alice, session.events)
    close_left_sessions(makers.NOON + 14 * HOUR)

    assert not GuidedSession.objects.exists()


def test_that_it_was_stopped_for_pain_before_it_was_thrown_away_is_known(phone, alice, plan):
    session = Session(plan).go(2)
    for each in ("stopped", "parked", "discarded"):
        session.write(each)

    send(phone, alice, session.events)

    assert not GuidedSession.objects.exists()
    assert reasons() == {"stopped"}


def test_a_session_of_long_ago_is_stored(phone, alice, plan):
    send(phone, alice, Session(plan, at=makers.NOON - timedelta(days=70)).done().events)

    assert GuidedSession.objects.get().started_at == makers.NOON - timedelta(days=70)


def test_a_session_during_a_lock_is_stored_and_told_of(phone, alice, plan):
    send(phone, alice, [screening(at=BEGUN_AT - HOUR, RF01="yes")])

    send(phone, alice, Session(plan).done().events)

    assert GuidedSession.objects.count() == 1
    assert FlagEvent.objects.filter(flag__patient=alice, rule="LOCKED").count() == 1


def test_a_session_of_the_plan_as_it_was_is_stored_with_that(phone, alice, bob, plan):
    old = makers.version(plan)
    session = Session(plan).done()
    first = old.stage(1).exercises[0]
    other = first.dose.with_changes({"repetitions": (first.dose.repetitions or 0) + 1})
    change_doses(
        plan=plan, stage_number=1, doses={first.slug: other}, based_on=1, by=bob, note="", now=makers.NOON
    )

    send(phone, alice, session.events)

    assert GuidedSession.objects.get().plan_version == old


def test_a_session_takes_twelve_hours_at_most_and_ends_by_now(phone, alice, plan):
    long = Session(plan, at=makers.NOON - 20 * HOUR).go(99)
    long.mono += 15 * 3_600_000
    long.write("saved")
    soon = Session(plan, at=makers.NOON - HOUR).go(99)
    soon.mono += 3 * 3_600_000
    soon.write("saved")
    send(phone, alice, [*long.events, *soon.events])

    assert GuidedSession.objects.get(pk=long.id).finished_at == makers.NOON - 8 * HOUR
    assert GuidedSession.objects.get(pk=soon.id).finished_at == makers.NOON
    later = soon.answer("effort", "hard")
    take_in(patient=alice, device_id=None, sent_at=None, events=[later], now=makers.NOON + HOUR)
    assert GuidedSession.objects.get(pk=soon.id).finished_at == makers.NOON


@pytest.mark.parametrize("whose", ["nobody's", "another patient's"])
def test_a_session_of_a_plan_that_is_not_theirs_is_kept_as_it_came(phone, alice, plan, dora, charlie, whose):
    session = Session(plan).done()
    theirs = makers.version(makers.plan(dora, charlie)).pk if whose != "nobody's" else uuid4()
    session.start["plan_version"] = str(theirs)

    assert set(send(phone, alice, session.events)) == {"quarantined"}
    assert set(ClientEvent.objects.values_list("status", flat=True)) == {"quarantined"}
    assert not GuidedSession.objects.exists()


def test_a_stage_that_the_plan_has_not_is_kept_as_it_came_and_its_stop_is_known(phone, alice, plan):
    session = Session(plan).go(1)
    session.start["stage_number"] = 99
    session.write("stopped")
    session.write("ended")
    session.write("saved")

    assert set(send(phone, alice, session.events)) == {"quarantined"}
    assert reasons() == {"stopped"}


def test_an_exercise_that_nobody_knows_costs_none_of_the_others(phone, alice, plan):
    session = Session(plan)
    session.start["set_aside"][0]["exercise"] = "juggling"
    session.done()

    assert set(send(phone, alice, session.events)) == {"stored"}
    assert "juggling" not in {slug for slug, *_ in outcomes()}
    assert len(outcomes()) > 0
    assert ClientEvent.objects.get(type="started").status == "quarantined"
    send(phone, alice, [session.answer("effort", "hard")])
    assert GuidedSession.objects.get().effort == "hard"


def test_a_session_that_came_by_another_door_is_left_as_it_is(phone, alice, plan):
    stored = makers.session(plan)
    session = Session(plan).done()
    events = [event | {"session": str(stored.pk)} for event in session.events]

    send(phone, alice, events)
    send(phone, alice, [session.answer("effort", "hard") | {"session": str(stored.pk)}])

    assert GuidedSession.objects.get().effort == ""
    assert ClientEvent.objects.get(type="started").told_of is None


# --- left ---


def test_what_was_left_is_stored_as_it_stands_after_thirteen_hours(phone, alice, plan):
    session = Session(plan).go(2)
    send(phone, alice, session.events)

    assert close_left_sessions(makers.NOON + 13 * HOUR - timedelta(seconds=1)) == 0
    assert close_left_sessions(makers.NOON + 13 * HOUR + timedelta(seconds=1)) == 1
    assert close_left_sessions(makers.NOON + 15 * HOUR) == 0

    stored = GuidedSession.objects.get()
    assert stored.pk == UUID(session.id)
    assert stored.finished_at == BEGUN_AT + timedelta(milliseconds=session.events[-1]["mono"])
    assert {outcome for *_, outcome in outcomes()} <= {"done", "partly", "skipped"}
    assert reasons() == set()


def test_what_is_still_heard_of_is_not_left(phone, alice, plan):
    session = Session(plan).go(2)
    send(phone, alice, session.events)
    sign = session.write("paused", {"reason": "user"})
    heard_at = makers.NOON + 12 * HOUR
    take_in(patient=alice, device_id=None, sent_at=None, events=[sign], now=heard_at)

    assert close_left_sessions(heard_at + 12 * HOUR) == 0
    assert close_left_sessions(heard_at + 14 * HOUR) == 1


def test_where_nothing_was_done_there_is_nothing_to_store(phone, alice, plan):
    send(phone, alice, Session(plan).go(1).events)

    assert close_left_sessions(makers.NOON + 14 * HOUR) == 0
    assert not GuidedSession.objects.exists()


def test_what_was_begun_in_earnest_is_stored_though_no_set_was_finished(phone, alice, plan):
    session = Session(plan).go(1)
    session.mono += 6000
    session.write("parked")
    send(phone, alice, session.events)

    assert close_left_sessions(makers.NOON + 14 * HOUR) == 1
    assert outcomes()[0][2] == "partly"


@pytest.mark.parametrize("more", [[], ["ended"]], ids=["and left", "and ended"])
def test_a_stop_in_the_first_set_is_known_though_the_phone_died(phone, alice, plan, more):
    session = Session(plan).go(1)
    for type_ in ["stopped", *more]:
        session.write(type_)
    send(phone, alice, session.events)

    assert close_left_sessions(makers.NOON + 14 * HOUR) == 1
    assert GuidedSession.objects.exists()
    assert reasons() == {"stopped"}


@pytest.mark.parametrize(
    "stop", [("stopped", {}), ("skipped", {"reason": "pain"}), ("glance", {"answer": "much"})]
)
def test_a_stop_of_which_nobody_knows_how_the_session_began_is_asked_about_once(phone, alice, plan, stop):
    session = Session(plan).go(2)
    session.write(*stop)
    session.start["stage_number"] = "1"
    assert send(phone, alice, session.events)[0] == "quarantined"
    assert close_left_sessions(makers.NOON + 12 * HOUR) == 0
    assert reasons() == set()

    close_left_sessions(makers.NOON + 14 * HOUR)
    assert reasons() == {"stopped"}
    ScreeningRequest.objects.update(met_at=makers.NOON + 15 * HOUR)
    close_left_sessions(makers.NOON + 16 * HOUR)
    assert reasons() == set()


def test_a_fault_of_the_server_costs_no_session_and_no_stop(phone, alice, plan, monkeypatch, caplog):
    def broken(**given):
        raise RuntimeError

    session = Session(plan).go(2)
    session.write("skipped", {"reason": "pain"})
    session.write("ended")
    session.write("saved")
    with monkeypatch.context() as broken_one:
        broken_one.setattr("programs.exchange.actions.sessions.record_session", broken)
        send(phone, alice, session.events)
        assert reasons() == {"stopped"}
        ScreeningRequest.objects.update(met_at=makers.NOON)
        close_left_sessions(makers.NOON + 14 * HOUR)
        assert reasons() == set()  # asked and answered; not each hour anew
    assert session.id in caplog.text

    assert close_left_sessions(makers.NOON + 15 * HOUR) == 1
    assert GuidedSession.objects.get().pk == UUID(session.id)


def test_a_stop_that_comes_after_it_was_thrown_away_is_asked_about(phone, alice, plan):
    session = Session(plan).go(2)
    session.write("skipped", {"reason": "pain"})
    thrown_away = session.write("discarded")
    late = session.events[-2]
    send(phone, alice, [event for event in session.events if event is not late])
    assert thrown_away["seq"] > late["seq"]
    assert reasons() == set()

    send(phone, alice, [late])
    assert reasons() == {"stopped"}


def test_of_two_events_with_one_number_both_count(phone, alice, plan):
    session = Session(plan).go(2)
    stop = session.write("stopped")
    pace = session.write("speed", {"speed": "slower"})
    pace["seq"] = stop["seq"]
    stop["id"], pace["id"] = sorted((stop["id"], pace["id"]), reverse=True)
    session.write("ended")
    session.write("saved")
    send(phone, alice, session.events)

    assert reasons() == {"stopped"}


def test_a_session_of_which_no_exercise_is_known_counts_as_nothing_done(phone, alice, plan):
    session = Session(plan)
    for block in (*session.start["blocks"], *session.start["set_aside"]):
        block["exercise"] = f"no-{block['exercise']}"
    send(phone, alice, session.done().events)

    stored = GuidedSession.objects.get()
    (done,) = done_sessions(alice, None, stored.performed_on, since=stored.performed_on)
    assert (outcomes(), done.is_whole, done.was_tried) == ([], False, False)
    assert not MovementBreak.objects.exists()


def test_what_no_plan_can_hold_is_kept_as_it_came_and_costs_no_time(phone, alice, plan):
    session = Session(plan)
    session.start["steps"] = session.start["steps"][:1] * 2001
    assert send(phone, alice, session.events) == ["quarantined"]


def test_a_number_without_end_costs_nothing_that_was_sent_with_it(phone, alice, plan):
    session = Session(plan).done()
    text = json.dumps(body(alice, session.events)).replace('"seq": 1,', f'"odd": {"9" * 5000}, "seq": 1,', 1)
    answer = phone.post(URL, text, content_type="application/json")

    assert answer.status_code == 200
    assert {each["result"] for each in answer.json()["results"]} == {"stored"}


def test_a_stop_that_nobody_came_back_to_has_the_safety_questions_asked_anew(phone, alice, plan):
    session = Session(plan).go(2)
    session.write("stopped")
    send(phone, alice, session.events)

    close_left_sessions(makers.NOON + 14 * HOUR)

    assert reasons() == {"stopped"}


@pytest.mark.parametrize("lost", ["pain_before", "advanced", "resumed"])
def test_a_session_of_which_something_was_lost_is_stored_all_the_same(phone, alice, plan, lost):
    session = Session(plan).go(2)
    session.write("paused", {"reason": "user"})
    session.write("resumed")
    session.done().answered()
    hole = next(event for event in session.events if event["type"] == lost)
    send(phone, alice, [event for event in session.events if event is not hole])
    assert not GuidedSession.objects.exists()

    assert close_left_sessions(makers.NOON + 14 * HOUR) == 1

    stored = GuidedSession.objects.get()
    assert (stored.pain_peak, stored.effort) == (5, "right")
    mine = [block["exercise"] for block in session.start["blocks"]]
    assert {outcome for slug, _, outcome in outcomes() if slug in mine} == {"done"}
    send(phone, alice, [hole])
    stored.refresh_from_db()
    assert stored.pain_before == 4


def test_one_session_that_cannot_be_closed_keeps_no_other_from_it(phone, alice, plan, monkeypatch, caplog):
    sessions = [Session(plan).go(2), Session(plan).go(2)]
    for session in sessions:
        send(phone, alice, session.events)

    def down_once(patient, session, *args, **more):
        if session == UUID(sessions[0].id):
            raise OperationalError
        return follow(patient, session, *args, **more)

    monkeypatch.setattr("programs.exchange.actions.sessions.follow", down_once)
    assert close_left_sessions(makers.NOON + 14 * HOUR) == 1
    assert sessions[0].id in caplog.text
    monkeypatch.undo()
    assert close_left_sessions(makers.NOON + 15 * HOUR) == 1


def test_what_was_stored_because_it_was_left_stays_when_it_is_thrown_away_after_all(phone, alice, plan):
    session = Session(plan).go(2)
    send(phone, alice, session.events)
    close_left_sessions(makers.NOON + 14 * HOUR)
    before = list(GuidedSession.objects.values()), outcomes()

    session.go(2)
    session.write("discarded")
    assert set(send(phone, alice, session.events[-3:])) == {"stored"}
    assert (list(GuidedSession.objects.values()), outcomes()) == before


def test_what_comes_after_all_is_brought_in(phone, alice, plan):
    session = Session(plan).go(2)
    send(phone, alice, session.events)
    close_left_sessions(makers.NOON + 14 * HOUR)
    late = session.go(99).events[4:]
    session.write("saved")
    session.answered()

    send(phone, alice, late)
    send(phone, alice, session.events)

    stored = GuidedSession.objects.get()
    assert (stored.effort, stored.pain_peak) == ("right", 5)
    mine = [block["exercise"] for block in session.start["blocks"]]
    assert {outcome for slug, _, outcome in outcomes() if slug in mine} == {"done"}
