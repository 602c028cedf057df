"""POST /api/v1/sync/events/: what a telephone kept while it had no connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from django.db import IntegrityError, OperationalError

from programs.exchange.models import ClientEvent
from programs.logbook.models import GuidedSession
from programs.safety.models import SafetyLock, Screening, ScreeningAnswer, ScreeningRequest
from tests import makers
from tests.exchange.telephone import URL, Session, body, screening, send

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def session(plan) -> Session:
    return Session(plan).done().answered()


@pytest.fixture
def phone(api, alice):
    return api(alice)


def reasons() -> set[str]:
    return set(ScreeningRequest.objects.open().values_list("reason", flat=True))


def test_every_event_is_stored_and_said_so_in_its_order(phone, alice, plan, session):
    answer = phone.post(URL, body(alice, session.events))

    assert answer.status_code == 200
    assert answer.json() == {
        "server_time": "2026-11-20T12:00:00Z",
        "results": [{"id": each["id"], "result": "stored"} for each in session.events],
    }
    first = ClientEvent.objects.get(type="started")
    assert (str(first.pk), first.patient, first.clinic) == (session.events[0]["id"], alice, plan.clinic)
    assert (first.seq, first.mono, first.step, first.payload) == (1, 0, "", session.start)
    assert (first.status, first.time_source, first.occurred_raw) == ("accepted", "ok", session.at.isoformat())
    assert ClientEvent.objects.count() == len(session.events)


def test_the_same_again_is_known_and_changes_nothing(phone, alice, session):
    send(phone, alice, session.events)
    before = list(ClientEvent.objects.values()), list(GuidedSession.objects.values())
    older = [each | {"age_ms": 5_000_000} for each in session.events]

    assert set(send(phone, alice, older)) == {"duplicate"}
    assert (list(ClientEvent.objects.values()), list(GuidedSession.objects.values())) == before


def test_an_event_that_is_twice_in_one_request_is_stored_once(phone, alice, session):
    assert send(phone, alice, [session.events[0]] * 2) == ["stored", "duplicate"]


def test_other_contents_under_an_id_that_is_there_are_kept_beside_it(phone, alice, session):
    pain = session.events[1]
    send(phone, alice, session.events)
    other = pain | {"data": {"value": 9}}

    assert send(phone, alice, [other]) == ["conflict"]
    assert send(phone, alice, [other, pain]) == ["conflict", "duplicate"]
    kept = ClientEvent.objects.get(status="conflict")
    assert kept.payload == {"value": 9}
    assert GuidedSession.objects.get().pain_before == 4


def test_what_was_written_down_for_somebody_else_is_not_stored(phone, alice, dora, session):
    for patient in (str(dora.pk), "", None, 7):
        answer = phone.post(URL, body(alice, session.events) | {"patient": patient})
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert not ClientEvent.objects.exists()


def test_an_id_that_is_another_patients_tells_nothing_of_them(phone, api, alice, dora, charlie, session):
    theirs = Session(makers.plan(dora, charlie)).done()
    send(api(dora), dora, theirs.events)
    stolen = [mine | {"id": their["id"]} for mine, their in zip(session.events, theirs.events, strict=False)]

    assert set(send(phone, alice, stolen)) == {"stored"}
    assert set(send(phone, alice, stolen)) == {"duplicate"}
    mine = ClientEvent.objects.get(patient=alice, type="started")
    assert mine.pk == uuid5(UUID(stolen[0]["id"]), str(alice.pk))
    assert set(send(api(dora), dora, theirs.events)) == {"duplicate"}


def test_a_session_id_that_is_another_patients_makes_a_session_of_its_own(
    phone, api, alice, dora, charlie, session
):
    theirs = Session(makers.plan(dora, charlie)).done()
    send(api(dora), dora, theirs.events)
    mine = [each | {"session": theirs.id} for each in session.events]

    assert set(send(phone, alice, mine[:-1])) == {"stored"}
    assert send(phone, alice, mine[-1:]) == ["stored"]
    stored = GuidedSession.objects.get(patient=alice)
    assert (stored.pk, stored.effort) == (uuid5(UUID(theirs.id), str(alice.pk)), "right")
    assert GuidedSession.objects.get(patient=dora).effort == ""


ODD = [
    {"seq": 0},
    {"seq": True},
    {"seq": 2**31},
    {"mono": -1},
    {"mono": 1.5},
    {"session": "mine"},
    {"session": None},
    {"kind": None},
    {"kind": ["session"]},
    {"type": "jumped"},
    {"type": ["started"]},
    {"type": "x" * 500},
    {"at": "yesterday"},
    {"at": "2026-11-20T12:00:00"},
    {"at": None},
    {"step": 7},
    {"step": "x" * 500},
    {"data": None},
    {"data": [1]},
    {"data": {"value": 99}},
    {"data": {"value": "Infinity"}},
    {"id": 7},
    {"id": None},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_cannot_be_read_is_kept_as_it_came(phone, alice, session, odd):
    event = session.events[1] | odd

    assert send(phone, alice, [event]) == ["quarantined"]
    assert send(phone, alice, [event]) == ["duplicate"]
    kept = ClientEvent.objects.get()
    assert kept.status == "quarantined"
    assert kept.payload in (event, event["data"])


@pytest.mark.parametrize("odd", ["text", 7, [1], {"what": "ever"}])
def test_so_is_what_is_no_event(phone, alice, odd):
    assert send(phone, alice, [odd]) == ["quarantined"]
    assert ClientEvent.objects.get().payload == odd


@pytest.mark.parametrize("nothing", [None, {}, [], "", 0])
def test_there_is_nothing_to_keep_of_nothing(phone, alice, nothing):
    results = phone.post(URL, body(alice, [nothing])).json()["results"]

    assert results == [
        {"id": None, "result": "rejected", "code": "empty", "detail": "There is nothing in it."}
    ]
    assert not ClientEvent.objects.exists()


def test_a_kind_that_is_not_known_is_rejected_and_says_why(phone, alice, session):
    odd = session.events[1] | {"kind": "sleep"}
    stored, refused = phone.post(URL, body(alice, [session.events[0], odd])).json()["results"]

    assert stored == {"id": session.events[0]["id"], "result": "stored"}
    assert refused == {
        "id": odd["id"],
        "result": "rejected",
        "code": "unknown_kind",
        "detail": "This kind of event is not known here.",
    }
    assert ClientEvent.objects.get().type == "started"


def test_numbers_and_letters_that_no_database_keeps(phone, alice, session):
    text = '{"patient": "%s", "events": [{"id": "%s", "data": {"a": 1e999, "b": "\\u0000", "c": "\\ud800"}}]}'
    answer = phone.generic("POST", URL, text % (alice.pk, uuid4()), content_type="application/json")

    assert [each["result"] for each in answer.json()["results"]] == ["quarantined"]
    assert ClientEvent.objects.get().payload["data"] == {"a": "inf", "b": "\ufffd", "c": "\ufffd"}


def test_one_that_cannot_be_read_stops_none_of_the_others(phone, alice, session):
    events = [session.events[0], {"odd": 1}, *session.events[1:]]

    assert send(phone, alice, events) == ["stored", "quarantined", *["stored"] * (len(events) - 2)]
    assert GuidedSession.objects.count() == 1


@pytest.mark.parametrize("events", [None, {}, "x", 7])
def test_without_a_list_there_is_nothing_to_store(phone, alice, events):
    assert phone.post(URL, body(alice, []) | {"events": events}).status_code == 400


def test_a_body_that_is_no_json_is_refused(phone):
    assert phone.generic("POST", URL, "{", content_type="application/json").status_code == 400


def test_a_hundred_at_once_and_no_more(phone, alice, plan):
    session = Session(plan)
    for _ in range(100):
        session.write("speed", {"speed": "slower"})

    assert phone.post(URL, body(alice, session.events)).status_code == 413
    assert not ClientEvent.objects.exists()
    assert set(send(phone, alice, session.events[:100])) == {"stored"}


def test_a_body_of_more_than_256_kib_is_refused(phone, alice, session):
    large = session.events[0] | {"data": {"note": "x" * 256 * 1024}}

    assert phone.post(URL, body(alice, [large])).status_code == 413


def test_nothing_to_send_is_nothing(phone, alice):
    assert send(phone, alice, []) == []


def test_a_therapist_has_no_such_door_and_a_stranger_signs_in_first(api, client, alice, bob, session):
    assert api(bob).post(URL, body(bob, session.events)).status_code == 403
    assert client.post(URL, body(alice, []), content_type="application/json").status_code == 401
    assert api(alice).get(URL).status_code == 405


def test_a_clock_that_is_an_hour_slow_is_put_right(phone, alice, plan):
    session = Session(plan, at=makers.NOON - timedelta(hours=2)).done()
    send(phone, alice, session.events, sent_at=makers.NOON - timedelta(hours=1))

    first = ClientEvent.objects.get(type="started")
    assert (first.time_source, first.occurred_at) == ("shifted", session.at + timedelta(hours=1))
    assert first.occurred_raw == session.at.isoformat()


def test_an_age_goes_before_a_clock_that_is_wrong(phone, alice, session):
    wrong = makers.NOON + timedelta(hours=1)
    send(phone, alice, [session.events[0] | {"age_ms": 60_000}], sent_at=wrong)

    first = ClientEvent.objects.get()
    assert (first.time_source, first.occurred_at) == ("shifted", makers.NOON - timedelta(minutes=1))


def test_a_moment_that_cannot_be_is_now(phone, alice, session):
    send(phone, alice, [session.events[0] | {"at": "0001-01-01T00:00:00+14:00"}])

    first = ClientEvent.objects.get()
    assert (first.time_source, first.occurred_at) == ("clamped", makers.NOON)


# --- answers to safety questions ---


def test_answers_to_safety_questions_do_what_they_ask_for_at_once(phone, alice, plan):
    event = screening(RF01="yes")

    assert send(phone, alice, [event]) == ["stored"]
    stored = Screening.objects.get(pk=event["id"])
    assert (stored.patient, stored.kind) == (alice, "full")
    assert SafetyLock.objects.open().filter(patient=alice).exists()
    assert send(phone, alice, [event]) == ["duplicate"]
    assert ScreeningAnswer.objects.filter(screening=stored).count() == 1


def test_they_are_as_old_as_the_telephone_says_by_a_clock_put_right(phone, alice, plan):
    slow = makers.NOON - timedelta(hours=5)
    event = screening(at=slow - timedelta(hours=1), RF01="no")
    send(phone, alice, [event], sent_at=slow)

    assert ScreeningAnswer.objects.get(screening=event["id"]).answered_at == makers.NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    "odd",
    [
        {"data": "none"},
        {"data": {"answers": "none"}},
        {"data": {"answers": {"RF01": "perhaps"}}},
        {"data": {"answers": {"RF01": "no"}, "kind": ["full"]}},
        {"data": {"answers": {"RF01": "no"}, "screening_id": "mine"}},
        {"data": {"answers": {"RF01": "no"}, "answered_at": "today"}},
        {"data": {"answers": {"RF01": "no"}, "bilateral_since": 7}},
        {"data": {"answers": {"RF01": "no"}, "mood": "good"}},
    ],
    ids=str,
)
def test_of_answers_nothing_is_refused_and_what_cannot_be_read_is_asked_again(phone, alice, plan, odd):
    assert send(phone, alice, [screening() | odd])[0] in ("stored", "quarantined")
    assert ScreeningRequest.Reason.UNREADABLE in reasons()


@pytest.mark.parametrize("slow", [timedelta(), timedelta(hours=5)])
@pytest.mark.parametrize(
    "answered_at", ["9999-12-31T23:59:00-14:00", "0001-01-01T00:00:00+14:00", "2036-01-01T00:00:00Z"]
)
def test_a_sign_counts_whatever_moment_is_said_with_it(phone, alice, plan, answered_at, slow):
    event = screening(at=makers.NOON - slow, RF01="yes")
    event["data"]["answered_at"] = answered_at
    send(phone, alice, [event], sent_at=makers.NOON - slow)

    assert SafetyLock.objects.open().filter(patient=alice).exists()
    assert ScreeningAnswer.objects.get(question="RF01").answered_at == makers.NOON
    assert "unreadable" in reasons()


@pytest.mark.parametrize("odd", [{"at": None}, {"id": None}, {"mono": None}, {"type": 7}])
def test_answers_count_whatever_stands_round_them(phone, alice, plan, odd):
    send(phone, alice, [screening(RF01="yes") | odd])

    assert SafetyLock.objects.open().filter(patient=alice).exists()


def test_other_answers_under_the_same_id_count_too(phone, alice, plan):
    event = screening(RF01="no")
    send(phone, alice, [event])
    other = event | {"data": event["data"] | {"answers": {"RF01": "yes"}}}

    assert send(phone, alice, [other]) == ["conflict"]
    assert SafetyLock.objects.open().filter(patient=alice).exists()


# --- a new sign in a session ---


@pytest.mark.parametrize(
    ("what", "reason"),
    [("weakness", "weakness"), ("numbness", "new_place"), ("further_down", "new_place")],
)
def test_a_new_sign_has_the_safety_questions_asked_at_once(phone, alice, plan, what, reason):
    session = Session(plan).go(1)
    session.write("stopped")
    session.write("symptom", {"what": what})

    send(phone, alice, session.events)
    assert reasons() == {reason}
    ScreeningRequest.objects.update(met_at=makers.NOON)
    send(phone, alice, session.events)
    assert reasons() == set()


def test_it_is_asked_even_of_a_sign_that_comes_alone(phone, alice, plan):
    session = Session(plan).go(1)
    send(phone, alice, [session.write("symptom", {"what": "weakness"})])

    assert reasons() == {"weakness"}


@pytest.mark.parametrize("odd", [{"seq": None}, {"at": None}, {"session": 7}, {"id": None}], ids=str)
def test_a_sign_counts_whatever_stands_round_it(phone, alice, plan, odd):
    sign = Session(plan).go(1).write("symptom", {"what": "weakness"})

    assert send(phone, alice, [sign | odd]) == ["quarantined"]
    assert reasons() == {"weakness"}


@pytest.mark.parametrize("data", [None, {}, {"what": "hunger"}, {"what": ["weakness"]}], ids=str)
def test_a_sign_that_cannot_be_read_is_asked_about(phone, alice, plan, data):
    sign = Session(plan).go(1).write("symptom") | {"data": data}

    assert send(phone, alice, [sign]) == ["quarantined"]
    assert reasons() == {"unreadable"}


def test_what_the_telephone_asked_right_after_the_sign_is_not_asked_again(phone, alice, plan):
    session = Session(plan).go(1)
    session.write("stopped")
    session.write("symptom", {"what": "weakness"})
    makers.screened(alice, session.at + timedelta(minutes=1))

    send(phone, alice, session.events)
    assert reasons() == set()


def test_how_often_the_database_is_asked(phone, alice, plan, session, django_assert_num_queries):
    """Three times for each event: a savepoint of its own. Of what is there already, none."""
    longer = Session(plan)
    for _ in range(20):
        longer.write("speed", {"speed": "slower"})

    with django_assert_num_queries(3 * len(session.events) + 32):
        send(phone, alice, session.events)
    with django_assert_num_queries(4):
        send(phone, alice, session.events)
    with django_assert_num_queries(3 * len(longer.events) + 7):
        send(phone, alice, longer.events)


@pytest.mark.parametrize("verb", ["record_session", "update_session"])
def test_a_fault_of_ours_loses_nothing_and_tells_the_log_nothing_of_anybody(
    phone, alice, plan, session, monkeypatch, caplog, verb
):
    failing_row = "(Alice, It pulled.)"

    def broken(**told: object) -> None:
        raise IntegrityError(failing_row)

    events = session.events if verb == "record_session" else session.events[-1:]
    send(phone, alice, session.events[: -len(events)])
    monkeypatch.setattr(f"programs.exchange.actions.sessions.{verb}", broken)

    expected = "stored" if verb == "record_session" else "quarantined"
    assert set(send(phone, alice, events)) == {expected}
    assert ClientEvent.objects.count() == len(session.events)
    assert "IntegrityError" in caplog.text
    assert "pulled" not in caplog.text


def test_answers_that_a_fault_of_ours_cannot_follow_up_are_kept_and_asked_again(
    phone, alice, plan, session, monkeypatch
):
    def broken(**told: object) -> None:
        raise AssertionError

    monkeypatch.setattr("programs.exchange.actions.sync.record_screening", broken)
    event = screening(RF01="yes")

    assert send(phone, alice, [event, *session.events]) == ["quarantined", *["stored"] * len(session.events)]
    assert ClientEvent.objects.get(kind="screening").payload == event["data"]
    assert reasons() == {"unreadable"}


def test_when_the_database_gives_up_nothing_is_said_to_be_stored(phone, alice, plan, monkeypatch):
    def down(**told: object) -> None:
        raise OperationalError

    monkeypatch.setattr("programs.exchange.actions.sync.record_screening", down)
    phone.raise_request_exception = False

    assert phone.post(URL, body(alice, [screening(RF01="yes")])).status_code == 500
    assert not ClientEvent.objects.exists()


def test_years_are_no_trouble(phone, alice, session):
    for year in (1, 9999):
        at = datetime(year, 1, 1, tzinfo=UTC).isoformat()
        assert send(phone, alice, [session.events[0] | {"id": str(uuid4()), "at": at}]) == ["stored"]
