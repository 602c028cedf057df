"""POST and GET /api/v1/sessions/."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.logbook.models import ExerciseResult, GuidedSession
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/sessions/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def body(plan) -> dict[str, Any]:
    """What a mobile client sends after a session of the whole stage."""
    return {
        "id": str(uuid4()),
        "plan_version": str(makers.version(plan).pk),
        "stage_number": 1,
        "kind": "guided",
        "started_at": "2026-11-20T11:40:00Z",
        "finished_at": "2026-11-20T11:55:00Z",
        "pain_before": 4,
        "pain_peak": 6,
        "pain_after": 3,
        "spread": "same",
        "effort": "right",
        "results": [
            {
                "exercise": each.exercise,
                "side": each.side,
                "outcome": each.outcome,
                "pain_peak": 3,
                "tingling": "",
                "spread": "",
                "advised_share": 100,
                "instead_of": None,
            }
            for each in makers.results(plan)
        ],
        "note": "Slow today.",
    }


def test_a_session_is_stored_with_its_results_and_answered_with_the_row(api, alice, plan, body):
    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    assert answer.json() == body | {
        "patient": str(alice.pk),
        "performed_on": "2026-11-20",
        "colour": "amber",
        "words": "A bit much",
        "reasons": ["At its worst, your pain went up by 2, from 4 to 6."],
        "is_final": False,
        "received_at": "2026-11-20T12:00:00Z",
    }
    stored = GuidedSession.objects.get()
    assert str(stored.pk) == body["id"]
    assert (stored.patient, stored.clinic, stored.pain_peak) == (alice, plan.clinic, 6)
    assert stored.results.count() == len(body["results"]) > 0


def test_the_light_is_final_once_the_morning_is_known(api, alice, body, plan):
    session = makers.session(plan, at=makers.NOON - timedelta(days=1), pain=(3, 2, 2))
    url = f"{URL}{session.pk}/"
    before = api(alice).get(url).json()
    morning = {"id": str(uuid4()), "about_on": "2026-11-19", "pain": 5}

    assert api(alice).post("/api/v1/morning-checks/", morning).status_code == 201

    after = api(alice).get(url).json()
    assert (before["colour"], before["is_final"]) == ("green", False)
    assert (after["colour"], after["is_final"]) == ("red", True)
    assert after["reasons"] == ["Your pain was 3 before, and 5 the next morning."]


def test_a_therapist_reads_the_reasons_with_their_numbers(api, bob, plan):
    session = makers.session(plan, pain=(4, 6, 4))

    answer = api(bob).get(f"{URL}{session.pk}/").json()

    assert answer["reasons"] == ["Pain 4 before, 6 at worst: 2 higher."]


def test_of_a_session_left_out_as_a_whole_nothing_is_known(api, alice, body):
    for result in body["results"]:
        result["outcome"] = "skipped"

    answer = api(alice).post(URL, body).json()

    assert (answer["colour"], answer["reasons"], answer["is_final"]) == ("unknown", [], False)


def test_what_a_client_need_not_say_is_filled_in(api, alice, body):
    del body["spread"]
    body["results"] = [{"exercise": "ankle-pumps", "side": "both", "outcome": "done"}]

    answer = api(alice).post(URL, body)

    assert answer.json()["results"] == [
        {
            "exercise": "ankle-pumps",
            "side": "both",
            "outcome": "done",
            "pain_peak": None,
            "tingling": "",
            "spread": "",
            "advised_share": 100,
            "instead_of": None,
        }
    ]


def test_the_same_id_again_answers_200_with_the_stored_row_and_changes_nothing(api, alice, body):
    first = api(alice).post(URL, body)
    again = api(alice).post(URL, body | {"pain_after": 9, "note": "Other words."})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert GuidedSession.objects.get().pain_after == 3


def test_the_id_of_somebody_elses_session_is_refused_and_shows_nothing_of_it(api, alice, body, charlie, dora):
    theirs = makers.session(makers.plan(dora, charlie))

    answer = api(alice).post(URL, body | {"id": str(theirs.pk)})

    assert answer.status_code == 400
    assert wrong_fields(answer) == {"id": "This id is already in use."}
    assert not alice.guidedsessions.exists()


def test_pain_that_was_not_asked_stays_unknown_and_is_not_zero(api, alice, body):
    del body["pain_before"]

    answer = api(alice).post(URL, body | {"pain_peak": None, "pain_after": 0})

    assert answer.status_code == 201
    stored = GuidedSession.objects.get()
    assert (stored.pain_before, stored.pain_peak, stored.pain_after) == (None, None, 0)


def test_times_come_in_with_any_zone_and_go_out_in_utc(api, alice, body):
    """Also for a caller whose own zone the middleware has set."""
    alice.time_zone = "Asia/Kolkata"
    alice.save(update_fields=["time_zone"])
    client = api(alice)
    client.force_authenticate(None)
    client.force_login(alice)

    times = {"started_at": "2026-11-20T17:10:00+05:30", "finished_at": "2026-11-20T17:25:00+05:30"}
    answer = client.post(URL, body | times)

    assert answer.status_code == 201
    assert answer.json()["started_at"] == "2026-11-20T11:40:00Z"
    assert client.get(URL).json()["results"][0]["finished_at"] == "2026-11-20T11:55:00Z"


@pytest.mark.parametrize("field", ["pain_before", "pain_peak", "pain_after"])
def test_pain_must_be_a_whole_number_from_0_to_10(api, alice, body, field):
    for pain in (11, -1, 3.5, 3.0, "3", "x", "", True, [], 10**30):
        answer = api(alice).post(URL, body | {field: pain})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {field: "Choose a whole number from 0 to 10."}
    assert_nothing_is_stored()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"started_at": "2026-11-21T12:00:00Z", "finished_at": "2026-11-21T12:10:00Z"},
            "started_at",
            "This time has not come yet.",
        ),
        ({"finished_at": "2026-11-20T12:30:00Z"}, "finished_at", "This time has not come yet."),
        ({"finished_at": "2026-11-20T11:39:00Z"}, "finished_at", "The end must be after the start."),
        (
            {"started_at": "2026-09-01T11:40:00Z", "finished_at": "2026-09-01T11:50:00Z"},
            "started_at",
            "This is more than 60 days ago.",
        ),
        ({"started_at": "2026-11-19T11:00:00Z"}, "finished_at", "A session takes 12 hours at most."),
        (
            {"started_at": "2026-11-20T11:40:00"},
            "started_at",
            "Give a time with its time zone, such as 2026-11-20T12:00:00Z.",
        ),
        (
            {"started_at": "yesterday"},
            "started_at",
            "Give a time with its time zone, such as 2026-11-20T12:00:00Z.",
        ),
        ({"stage_number": 9}, "stage_number", "The plan has no such stage."),
        ({"stage_number": "1"}, "stage_number", "Choose a whole number from 0 to 20."),
        ({"note": "x" * 1001}, "note", "Ensure this field has no more than 1000 characters."),
        ({"painn_after": 3}, "painn_after", "There is no such field."),
        ({"id": "seventeen"}, "id", "Must be a valid UUID."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, changes, field, sentence):
    answer = api(alice).post(URL, body | changes)

    assert answer.status_code == 400
    assert wrong_fields(answer)[field] == sentence
    assert_nothing_is_stored()


def test_everything_that_is_wrong_is_told_at_once(api, alice, body):
    answer = api(alice).post(URL, body | {"pain_peak": 11, "stage_number": "x", "colour": "red"})

    assert set(wrong_fields(answer)) == {"pain_peak", "stage_number", "colour"}


def test_somebody_elses_plan_is_refused_like_one_that_does_not_exist(api, alice, body, charlie, dora):
    theirs = makers.version(makers.plan(dora, charlie))

    answers = [api(alice).post(URL, body | {"plan_version": str(pk)}) for pk in (theirs.pk, uuid4())]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [wrong_fields(answer) for answer in answers] == [
        {"plan_version": "There is no such plan of yours."}
    ] * 2
    assert_nothing_is_stored()


def test_a_therapist_who_is_a_patient_elsewhere_reports_nothing_for_his_patients(
    api, bob, other_clinic, body
):
    join_clinic(user=bob, clinic=other_clinic, role=Role.PATIENT, now=makers.NOON)

    answer = api(bob).post(URL, body)

    assert wrong_fields(answer) == {"plan_version": "There is no such plan of yours."}
    assert_nothing_is_stored()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"exercise": "juggling"},
            "results.1.exercise",
            "This exercise is not in this stage of the plan.",
        ),
        (
            # of the library, but not of this stage
            {"exercise": "single-leg-calf-raise"},
            "results.1.exercise",
            "This exercise is not in this stage of the plan.",
        ),
        ({"outcome": "perfect"}, "results.1.outcome", '"perfect" is not a valid choice.'),
        ({"pain_peak": 11}, "results.1.pain_peak", "Choose a whole number from 0 to 10."),
        ({"tingling": "much"}, "results.1.tingling", '"much" is not a valid choice.'),
        ({"spread": "up"}, "results.1.spread", '"up" is not a valid choice.'),
        ({"advised_share": 101}, "results.1.advised_share", "Choose a whole number from 0 to 100."),
        ({"advised_share": True}, "results.1.advised_share", "Choose a whole number from 0 to 100."),
        (
            {"instead_of": "juggling"},
            "results.1.instead_of",
            "This exercise is not in this stage of the plan.",
        ),
        (
            {"exercise": "juggling", "instead_of": "walking"},
            "results.1.exercise",
            "Your library has no such exercise.",
        ),
        ({"colour": "red"}, "results.1.colour", "There is no such field."),
    ],
)
def test_a_wrong_result_is_refused_at_its_place_in_the_list(api, alice, body, change, field, sentence):
    body["results"][1] |= change

    answer = api(alice).post(URL, body)

    assert answer.status_code == 400
    assert wrong_fields(answer) == {field: sentence}
    assert_nothing_is_stored()


def test_an_exercise_done_twice_on_one_side_is_refused(api, alice, body):
    body["results"].append(body["results"][0])

    answer = api(alice).post(URL, body)

    assert wrong_fields(answer) == {
        f"results.{len(body['results']) - 1}.side": "This side of this exercise is already in the list."
    }
    assert_nothing_is_stored()


def test_a_body_of_ten_megabytes_is_refused_unread(api, alice, body):
    answer = api(alice).post(URL, body | {"note": "x" * 10_000_000})

    assert answer.status_code == 413
    assert set(wrong_fields(answer)) == {"body"}
    assert_nothing_is_stored()


def test_only_patients_report_sessions(api, bob, body):
    assert api(bob).post(URL, body).status_code == 403
    assert_nothing_is_stored()


def test_signed_out_gets_401_as_a_problem(api, client, body):
    for answer in (client.post(URL, body, content_type="application/json"), client.get(URL)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "X-Session-Token"
    assert_nothing_is_stored()


def test_an_administrator_sees_no_sessions(api, clinic, plan):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    session = makers.session(plan)

    assert api(admin).get(URL).status_code == 403
    assert api(admin).get(f"{URL}{session.pk}/").status_code == 403


def test_the_patient_and_her_therapist_read_it_and_strangers_get_404(api, alice, bob, charlie, dora, plan):
    session = makers.session(plan)

    for reader in (alice, bob):
        answer = api(reader).get(f"{URL}{session.pk}/")
        assert answer.status_code == 200
        assert answer.json()["id"] == str(session.pk)
        assert answer.json()["results"]
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{session.pk}/").status_code == 404
        assert api(stranger).get(URL).json()["results"] == []


def test_the_list_is_newest_first_though_the_ids_say_nothing_about_time(api, alice, plan):
    days = [3, 1, 4, 0, 2]
    stored = {day: makers.session(plan, at=makers.NOON - timedelta(days=day)) for day in days}

    shown = [row["id"] for row in api(alice).get(URL).json()["results"]]

    assert shown == [str(stored[day].pk) for day in sorted(days)]


def test_pages_hold_every_session_once(api, alice, plan):
    stored = {str(makers.session(plan, at=makers.NOON - timedelta(days=day % 5)).pk) for day in range(13)}

    seen: list[str] = []
    page = f"{URL}?page_size=3"
    while page:
        answer = api(alice).get(page).json()
        seen += [row["id"] for row in answer["results"]]
        page = answer["next"]

    assert len(seen) == 13
    assert set(seen) == stored


def test_a_therapist_can_ask_for_one_patient(api, clinic, bob, plan):
    other = makers.plan(makers.patient(clinic, "eve", cared_for_by=bob), bob)
    makers.session(plan)
    wanted = makers.session(other)

    answer = api(bob).get(f"{URL}?patient={other.patient_id}")

    assert [row["id"] for row in answer.json()["results"]] == [str(wanted.pk)]
    assert len(api(bob).get(URL).json()["results"]) == 2
    wrong = api(bob).get(f"{URL}?patient=eve")
    assert (wrong.status_code, wrong_fields(wrong)) == (400, {"patient": "This is not the id of a patient."})


def test_every_look_is_written_down_once_for_each_patient_shown(api, clinic, alice, bob, plan):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    session = makers.session(plan)
    makers.session(plan, at=makers.NOON - timedelta(days=1))
    makers.session(makers.plan(eve, bob))

    api(bob).get(URL)
    api(alice).get(f"{URL}{session.pk}/")

    looks = AuditEvent.objects.values_list("actor__name", "patient__name", "door")
    assert sorted(looks) == [
        ("Alice", "Alice", "api:session-detail"),
        ("Bob", "Alice", "api:session-list"),
        ("Bob", "Eve", "api:session-list"),
    ]


def test_storing_one_is_written_down_too(api, alice, body):
    api(alice).post(URL, body)

    assert list(AuditEvent.objects.values_list("actor", "patient")) == [(alice.pk, alice.pk)]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, bob, plan, rows, django_assert_num_queries
):
    for day in range(rows):
        makers.session(plan, at=makers.NOON - timedelta(days=day))
    client = api(bob)
    with django_assert_num_queries(5):  # role, sessions, results with their exercises, mornings, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows


def assert_nothing_is_stored() -> None:
    assert not GuidedSession.objects.exists()
    assert not ExerciseResult.objects.exists()


def test_a_session_on_paper_and_a_short_one_say_what_they_are(api, alice, body):
    for kind in ("paper", "short"):
        sent = body | {"id": str(uuid4()), "kind": kind, "effort": "hard"}
        answer = api(alice).post(URL, sent).json()
        assert (answer["kind"], answer["effort"]) == (kind, "hard")


def test_kind_and_effort_may_be_left_out(api, alice, body):
    del body["kind"], body["effort"]

    answer = api(alice).post(URL, body).json()

    assert (answer["kind"], answer["effort"]) == ("guided", "")


@pytest.mark.parametrize(("field", "value"), [("kind", "dream"), ("kind", ""), ("effort", "awful")])
def test_another_kind_or_effort_is_refused(api, alice, body, field, value):
    answer = api(alice).post(URL, body | {field: value})

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {field}
    assert not GuidedSession.objects.exists()
