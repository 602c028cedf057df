"""The doors of safety under /api/v1/safety/."""

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.monitoring.models import Flag
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningAnswer, ScreeningRequest
from programs.safety.queries import open_lock
from programs.safety.rules import QUESTIONS, questions_of
from tests import makers
from tests.rest import wrong_fields

NOON = makers.NOON
HOUR = timedelta(hours=1)
BASE = "/api/v1/safety/"
SCREENINGS, LOCKS, CONDITIONS = f"{BASE}screenings/", f"{BASE}locks/", f"{BASE}conditions/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def body(**changes) -> dict:
    return {
        "id": str(uuid4()),
        "kind": "session",
        "answered_at": "2026-11-20T11:59:00Z",
        "answers": dict.fromkeys(questions_of("session"), "no"),
    } | changes


def send(client, sent):
    return client.post(SCREENINGS, sent, format="json")


# --- the catalogue, the card and the status ---


def test_the_catalogue_is_all_a_client_needs_without_a_connection(api, alice):
    answer = api(alice).get(f"{BASE}questions/")

    assert answer.status_code == 200
    found = answer.json()
    assert (found["version"], found["is_bilateral_known"]) == ("safety-1", False)
    assert [each["id"] for each in found["questions"]] == list(QUESTIONS)
    both_legs = next(each for each in found["questions"] if each["id"] == "RF07")
    assert both_legs == {
        "id": "RF07",
        "text": "Do you now have pain, numbness or weakness down both legs?",
        "level": "emergency",
        "group": "legs",
        "answers": ["no", "yes", "not_sure"],
        "follow_ups": ["RF07a", "RF07b"],
        "details": [],
    }
    sets = {each["kind"]: each["questions"] for each in found["sets"]}
    assert sets == {kind: list(questions_of(kind)) for kind in ("first", "session", "weekly", "full")}
    assert {"slug", "level", "question", "advice"} == set(found["conditions"][0])
    assert {each["level"] for each in found["messages"]} == {"emergency", "urgent", "soon", "monitor"}


def test_who_is_known_to_have_both_legs_gets_the_other_question(api, alice):
    makers.answered(alice, RF07="yes", RF07a="yes", RF07b="yes")
    found = api(alice).get(f"{BASE}questions/").json()
    assert found["is_bilateral_known"] is True
    text = next(each["text"] for each in found["questions"] if each["id"] == "RF07")
    assert text.startswith("Are both legs worse than your usual")


def test_the_card_names_the_clinics_number_and_that_nobody_watches(api, alice, bob, clinic):
    clinic.emergency_number, clinic.phone = "999", "020 7946 0000"
    clinic.save()
    for user in (alice, bob):
        card = api(user).get(f"{BASE}card/").json()
        assert (card["emergency_number"], card["clinic_phone"]) == ("999", "020 7946 0000")
        assert (
            card["emergency"]["heading"] == "Get help now. Call 999 or go to the emergency department now if"
        )
        assert [len(group["items"]) for group in card["emergency"]["groups"]] == [6, 5, 3]
        assert len(card["urgent"]["groups"][0]["items"]) == 5
        assert card["notice"] == "Nobody watches this live. In an emergency, call 999 at once."


def test_the_status_says_what_is_due(api, alice):
    found = api(alice).get(f"{BASE}status/").json()
    assert (found["may_start"], found["due"]["kind"], found["due"]["asks_conditions"]) == (
        False,
        "first",
        True,
    )
    assert found["lock"] is None
    makers.screened(alice)
    found = api(alice).get(f"{BASE}status/").json()
    assert (found["may_start"], found["due"], found["open_items"]) == (True, None, [])
    assert found["message"]["level"] == "monitor"
    assert AuditEvent.objects.filter(patient=alice, door="api:safety-status").exists()


def test_the_status_says_what_is_on_hold_and_what_to_do(api, alice):
    makers.screened(alice, NOON - HOUR)
    makers.answered(alice, S3="not_sure", RF13="not_sure", kind="again")
    found = api(alice).get(f"{BASE}status/").json()
    assert (found["may_start"], found["lock"]["level"]) == (False, "urgent")
    assert {each["question"] for each in found["open_items"]} == {"S3", "RF13"}
    assert found["message"]["first_line"] == "You are not sure, so it is best to have it checked."
    assert found["message"]["sentences"][-1].startswith("Do not rub, stretch or exercise this leg")
    assert found["emergency_number"] == "112"
    assert "Nobody watches this live." in found["notice"]


def test_what_rules_out_all_exercises_is_named(api, alice):
    makers.answered(alice, kind="first", conditions={"under-18": "yes"})
    found = api(alice).get(f"{BASE}status/").json()
    assert found["may_start"] is False
    assert [each["slug"] for each in found["blocks"]] == ["under-18"]
    assert found["blocks"][0]["advice"].startswith("These plans are for adults.")


@pytest.mark.parametrize("stops", ["nothing", "lock", "questions", "block"])
def test_today_says_whether_a_session_may_start(api, alice, plan, stops):
    if stops != "questions":
        makers.screened(alice)
    if stops == "lock":
        makers.answered(alice, RF13="yes")
    if stops == "block":
        makers.answered(alice, kind="first", conditions={"under-18": "yes"})
    assert api(alice).get("/api/v1/today/").json()["may_start"] is (stops == "nothing")
    assert api(alice).get(f"{BASE}status/").json()["may_start"] is (stops == "nothing")


def test_status_is_for_patients_and_all_of_it_for_the_signed_in(api, bob, client):
    assert api(bob).get(f"{BASE}status/").status_code == 403
    assert api(bob).get(f"{BASE}questions/").status_code == 200
    for path in ("questions/", "card/", "status/", "screenings/", "locks/", "conditions/"):
        assert client.get(f"{BASE}{path}").status_code == 401


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("questions/", 3),  # memberships, both legs, what rules exercises out
        ("card/", 1),
        ("status/", 6),
    ],
)
def test_they_take_few_queries(api, alice, path, queries, django_assert_num_queries):
    makers.screened(alice)
    client = api(alice)
    with django_assert_num_queries(queries):
        client.get(f"{BASE}{path}")


# --- answers ---


def test_answers_are_stored_and_said_what_they_ask_for(api, alice):
    answer = send(api(alice), body())

    assert answer.status_code == 201
    found = answer.json()
    assert (found["level"], found["lock"], found["asks"], found["unreadable"]) == ("monitor", None, [], [])
    assert found["screening"]["completed_at"] == "2026-11-20T11:59:00Z"
    assert {each["question"]: each["answer"] for each in found["screening"]["answers"]} == body()["answers"]
    assert "safe" not in " ".join(found["message"]["sentences"]).lower().replace("safety", "")


def test_an_emergency_answers_with_lock_and_message(api, alice):
    found = send(api(alice), body(answers={"S1": "yes"})).json()

    assert (found["level"], found["lock"]["level"], found["is_unsure"]) == ("emergency", "emergency", False)
    assert found["message"]["heading"] == "Get medical help now."
    assert "Call 112 or go to the emergency department." in found["message"]["sentences"]
    assert Flag.objects.get().level == "emergency"


def test_the_same_set_again_answers_200_and_says_the_same(api, alice):
    sent = body(answers={"S1": "yes"})
    once, again = send(api(alice), sent), send(api(alice), sent)

    assert (once.status_code, again.status_code) == (201, 200)
    assert once.json() == again.json()
    assert ScreeningAnswer.objects.count() == 1


def test_what_is_asked_on_top_is_named(api, alice):
    found = send(api(alice), body(answers={"S3": "yes"})).json()
    assert (found["level"], found["asks"]) == ("urgent", ["RF09", "RF13"])
    first = found["message"]["sentences"][0]
    assert first == "Please answer the next questions now. If you cannot, call 112."


def test_conditions_come_with_the_first_set(api, alice):
    sent = body(kind="first", conditions={"pregnancy": "yes"}, answers={}, bilateral_since="2019")
    assert send(api(alice), sent).status_code == 201
    assert Condition.objects.get().slug == "pregnancy"


@pytest.mark.parametrize(
    "sent",
    [
        {"answers": {"RF08": "perhaps"}},
        {"answers": {"RF08": {"yes": True}}},
        {"answers": "none"},
        {"answers": None, "conditions": 7},
        {"id": "not an id", "answers": {"RF01": "no"}},
        {"id": 7, "answers": {"RF01": "no"}},
        {"kind": "yearly", "answers": {"RF01": "no"}},
        {"kind": ["first"], "answers": {"RF01": "no"}},
        {"answered_at": "yesterday", "answers": {"RF01": "no"}},
        {"answered_at": "0001-01-01T00:00:00Z", "answers": {"RF01": "no"}},
        {"answered_at": "9999-12-31T23:59:59Z", "answers": {"RF01": "no"}},
        {"answered_at": None, "answers": {"RF01": "no"}},
        {"answers": {"RF01": "no"}, "mood": "fine"},
        {"answers": {"RF01": "no"}, "bilateral_since": ["2019"]},
    ],
    ids=str,
)
def test_nothing_that_was_sent_is_refused(api, alice, sent):
    client = api(alice)
    once, again = send(client, sent), send(client, sent)

    assert (once.status_code, again.status_code) == (201, 200)
    assert Screening.objects.count() == 1
    odd = ScreeningAnswer.objects.filter(answer="unreadable")
    assert len(once.json()["unreadable"]) == odd.count()
    assert Flag.objects.filter(level="urgent", rule="UNREADABLE").exists() == odd.exists()


@pytest.mark.parametrize("sent", ["{}", ""], ids=["empty object", "nothing"])
def test_an_empty_body_stores_nothing_and_says_so(api, alice, sent):
    answer = api(alice).post(SCREENINGS, sent, content_type="application/json")

    assert answer.status_code == 400
    assert wrong_fields(answer) == {"answers": "Send the answers. Nothing came, so nothing was stored."}
    assert not Screening.objects.exists()


def test_what_could_not_be_read_is_said_and_nobody_is_thanked(api, alice):
    said = send(api(alice), body(answers={"RF08": "perhaps"})).json()["message"]

    assert said["heading"] == "We could not read one of your answers."
    assert said["sentences"][:2] == ["It is kept.", "Please answer all safety questions again."]


@pytest.mark.parametrize(("answers", "is_said"), [({"RF13": "yes"}, True), ({"RF01": "yes"}, False)])
def test_beside_what_cannot_wait_it_is_said_too_but_not_in_an_emergency(api, alice, answers, is_said):
    said = send(api(alice), body(answers=answers | {"RF08": "perhaps"})).json()["message"]

    assert ("We could not read one of your answers." in said["sentences"]) is is_said


def test_an_answer_beside_something_odd_counts(api, alice):
    sent = {"id": "?", "kind": "?", "answered_at": "?", "answers": {"RF08": "yes", "RF01": "?"}}
    found = send(api(alice), sent).json()
    assert (found["level"], len(found["unreadable"])) == ("emergency", 4)


@pytest.mark.parametrize(
    "sent",
    [
        "[]",
        '[{"question": "RF01", "answer": "yes"}]',
        '"RF01 yes"',
        "7",
        '{"answers": {"RF01": "yes"',
        '{"answers": ' + '{"a":' * 5000 + "1" + "}" * 5001,
        '"\\u0000 \\ud83d"',
    ],
    ids=["empty list", "list", "string", "number", "cut off", "bottomless", "only odd characters"],
)
def test_what_is_no_object_is_kept_as_it_came_and_all_is_asked_anew(api, alice, sent):
    answer = api(alice).post(SCREENINGS, sent, content_type="application/json")

    assert answer.status_code == 201
    assert ScreeningAnswer.objects.get().answer == "unreadable"
    assert Flag.objects.get().rule == "UNREADABLE"
    assert ScreeningRequest.objects.get().reason == "unreadable"


@pytest.mark.parametrize(
    "beside",
    [
        '"bilateral_since": "last winter \\ud83d"',
        '"note": "\\u0000"',
        '"\\u0000\\ud83d": "yes"',
        '"note": [[[[[[[[[[[[1]]]]]]]]]]]]',
        '"note": NaN',
        '"note": 1e400',
    ],
    ids=["half a character", "no character", "odd name", "deep", "no number", "no end"],
)
def test_an_emergency_beside_what_cannot_be_stored_counts(api, alice, beside):
    sent = f'{{"kind": "full", "answers": {{"RF01": "yes"}}, {beside}}}'
    answer = api(alice).post(SCREENINGS, sent, content_type="application/json")

    assert (answer.status_code, answer.json()["level"]) == (201, "emergency")
    assert open_lock(alice).level == "emergency"


def test_only_patients_answer(api, bob, client):
    assert send(api(bob), body()).status_code == 403
    assert client.post(SCREENINGS, body(), content_type="application/json").status_code == 401


def test_the_patient_and_their_therapist_read_the_answers(api, alice, bob, charlie, dora):
    screening = makers.screened(alice)
    for user in (alice, bob):
        assert [each["id"] for each in api(user).get(SCREENINGS).json()["results"]] == [str(screening.pk)]
        assert api(user).get(f"{SCREENINGS}{screening.pk}/").status_code == 200
    for user in (charlie, dora):
        assert api(user).get(SCREENINGS).json()["results"] == []
        assert api(user).get(f"{SCREENINGS}{screening.pk}/").status_code == 404
    assert AuditEvent.objects.filter(patient=alice, actor=bob).count() == 2


@pytest.mark.parametrize("rows", [2, 12])
def test_a_list_takes_the_same_few_queries_however_long_it_is(api, alice, rows, django_assert_num_queries):
    for day in range(rows):
        makers.answered(alice, NOON - timedelta(days=day))
    client = api(alice)
    with django_assert_num_queries(4):  # role, sets, their answers, the look
        assert len(client.get(f"{SCREENINGS}?page_size=50").json()["results"]) == rows


# --- locks ---


@pytest.fixture
def lock(alice) -> SafetyLock:
    opened = makers.answered(alice, RF08="yes").lock
    assert opened is not None
    return opened


CHECKED = {"checked_on": "2026-11-20", "checked_where": "City hospital"}


def test_a_check_ends_a_lock_and_a_repeat_changes_nothing(api, alice, bob, lock):
    path = f"{LOCKS}{lock.pk}/end/"
    once = api(alice).post(path, CHECKED)
    again = api(bob).post(path, CHECKED | {"checked_where": "Elsewhere"})

    assert (once.status_code, again.status_code) == (200, 200)
    assert once.json() == again.json()
    assert (once.json()["ending"], once.json()["checked_where"]) == ("checked", "City hospital")
    assert once.json()["ended_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"checked_on": "2026-11-21"}, "checked_on"),
        ({"checked_on": "2026-11-19"}, "checked_on"),
        ({"checked_on": "today"}, "checked_on"),
        ({"checked_where": ""}, "checked_where"),
        ({"checked_where": "x" * 201}, "checked_where"),
        ({"by": "me"}, "by"),
    ],
    ids=["tomorrow", "before", "word", "nowhere", "long", "unknown"],
)
def test_a_check_without_day_or_place_is_refused(api, alice, lock, changes, field):
    answer = api(alice).post(f"{LOCKS}{lock.pk}/end/", CHECKED | changes)
    assert (answer.status_code, list(wrong_fields(answer))) == (400, [field])
    lock.refresh_from_db()
    assert lock.ended_at is None


def test_nobody_else_sees_or_ends_a_lock(api, alice, bob, charlie, dora, lock, client):
    for user in (alice, bob):
        assert [each["level"] for each in api(user).get(LOCKS).json()["results"]] == ["emergency"]
    for user in (charlie, dora):
        assert api(user).get(LOCKS).json()["results"] == []
        assert api(user).post(f"{LOCKS}{lock.pk}/end/", CHECKED).status_code == 404
    assert client.post(f"{LOCKS}{lock.pk}/end/", CHECKED).status_code == 401


@pytest.mark.parametrize("rows", [1, 9])
def test_a_list_of_locks_takes_the_same_few_queries(api, alice, lock, rows, django_assert_num_queries):
    for _ in range(rows - 1):
        lock.pk, lock.ended_at, lock.ending = uuid4(), NOON, "checked"
        lock.checked_on, lock.checked_where = NOON.date(), "Here"
        lock.save(force_insert=True)
    client = api(alice)
    with django_assert_num_queries(3):  # role, locks, the look
        assert len(client.get(LOCKS).json()["results"]) == rows


# --- conditions ---


@pytest.fixture
def condition(alice) -> Condition:
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes"})
    return Condition.objects.get()


def test_a_therapist_clears_a_condition_with_a_name(api, alice, bob, condition):
    path = f"{CONDITIONS}{condition.pk}/clear/"
    answer = api(bob).post(path, {"note": "Dr Ito, on Monday"})

    assert answer.status_code == 200
    assert (answer.json()["cleared_by"], answer.json()["clearance_note"]) == ("Bob", "Dr Ito, on Monday")
    assert api(bob).post(path, {"note": "Again"}).json() == answer.json()
    (row,) = api(alice).get(CONDITIONS).json()["results"]
    assert (row["slug"], row["cleared_at"]) == ("pregnancy", "2026-11-20T12:00:00Z")


def test_nobody_else_clears_it(api, alice, charlie, dora, condition, client):
    path = f"{CONDITIONS}{condition.pk}/clear/"
    assert api(alice).post(path, {"note": "I say so"}).status_code == 403
    assert api(charlie).post(path, {"note": "I say so"}).status_code == 404
    assert api(dora).get(CONDITIONS).json()["results"] == []
    assert client.post(path, {"note": "x"}).status_code == 401
    condition.refresh_from_db()
    assert condition.cleared_at is None


@pytest.mark.parametrize("sent", [{}, {"note": ""}, {"note": "x" * 301}], ids=["none", "empty", "long"])
def test_it_is_not_cleared_without_a_reason(api, bob, condition, sent):
    answer = api(bob).post(f"{CONDITIONS}{condition.pk}/clear/", sent)
    assert (answer.status_code, list(wrong_fields(answer))) == (400, ["note"])


def test_a_list_of_conditions_takes_few_queries(api, alice, condition, django_assert_num_queries):
    makers.answered(alice, kind="first", conditions={"stenosis": "yes", "leg-clot": "yes"})
    client = api(alice)
    with django_assert_num_queries(3):  # role, conditions, the look
        assert len(client.get(CONDITIONS).json()["results"]) >= 2
