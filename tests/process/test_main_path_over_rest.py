"""The main job over REST, against broker, web, worker and beat as `make run` starts them."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.process.mobile import Mobile
from tests.tracker import Tracker, stays_false, wait_until

pytestmark = pytest.mark.process

SILENT_FOR = 40  # seconds in which a stopped worker must prompt and notify nobody


def test_the_main_job_over_rest(tracker):
    tracker.stop_worker()  # before the demonstration patient's first prompt falls due
    patient, therapist = Mobile(tracker, "patient"), Mobile(tracker, "therapist")
    today = patient.get("today/")

    # A session, sent twice as a phone without signal would, is stored once.
    session = a_session(today)
    assert patient.call("POST", "sessions/", session)[0] == 201
    status, again = patient.call("POST", "sessions/", session)
    assert (status, again["id"]) == (200, session["id"])
    assert again["pain_after"] == 3
    assert [each["id"] for each in patient.get("sessions/")["results"]].count(session["id"]) == 1

    # What is wrong names its field, and nothing is stored.
    status, problem = patient.call("POST", "daily-checks/", a_check(datetime.now(UTC), leg=11))
    assert status == 400
    assert [error["field"] for error in problem["errors"]] == ["worst_leg_pain"]

    # Nine days of far worse pain open one flag in the same transaction, worker or no worker.
    (plan,) = [plan for plan in patient.get("plans/")["results"] if plan["ended_at"] is None]
    before = flags_of(therapist, plan["patient"])
    for back in range(8, -1, -1):
        check = a_check(datetime.now(UTC) - timedelta(days=back), leg=9)
        assert patient.call("POST", "daily-checks/", check)[0] == 201
    known = {each["id"] for each in before}
    (flag,) = [each for each in flags_of(therapist, plan["patient"]) if each["id"] not in known]
    assert flag["state"] == "open"
    assert "9" in flag["sentence"]
    assert {reading["value"] for reading in flag["evidence"]["readings"]} == {9}

    # With the worker stopped nobody is prompted and nobody notified ...
    wait_until(lambda: is_due(today), 90, "the demonstration patient's prompt falls due")
    notice = f"/patients/{plan['patient']}/"  # all that the e-mail says, besides "A patient needs a look"
    stays_false(
        lambda: patient.prompts_showing() or tracker.said(notice),
        SILENT_FOR,
        "a stopped worker prompted or notified somebody",
    )

    # ... and once it goes on, both happen.
    tracker.start_worker()
    wait_until(lambda: patient.prompts_showing(), 30, "the break prompt appears")
    wait_until(lambda: tracker.said(notice), 30, "the therapist is notified by e-mail")
    wait_until(lambda: healthy(tracker), 30, "the engine says that it is well")

    (prompt,) = patient.prompts_showing()
    status, snoozed = patient.call("POST", f"prompts/{prompt['id']}/snooze/", {"minutes": 5})
    assert (status, snoozed["nth"]) == (200, 2)
    assert patient.prompts_showing() == []
    status, done = patient.call("POST", f"prompts/{prompt['id']}/done/")
    assert (status, done["outcome"]) == (200, "done")

    status, owned = therapist.call("POST", f"flags/{flag['id']}/acknowledge/")
    assert (status, owned["state"]) == (200, "acknowledged")
    assert len(therapist.get("exercises/?page_size=100")["results"]) >= 26
    assert patient.call("GET", "flags/")[0] == 403


def a_session(today: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": str(uuid4()),
        "plan_version": today["version"]["id"],
        "stage_number": today["stage"]["number"],
        # Yesterday's session, sent today: only a session of the moment puts the next prompt off.
        "started_at": (now - timedelta(hours=24)).isoformat(),
        "finished_at": (now - timedelta(hours=23, minutes=40)).isoformat(),
        "pain_before": 4,
        "pain_peak": 5,
        "pain_after": 3,
        "results": [
            {"exercise": exercise["slug"], "side": side, "outcome": "done"}
            for exercise in today["exercises"]
            for side in exercise["sides_to_record"]
        ],
    }


def a_check(at: datetime, leg: int) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "recorded_on": at.date().isoformat(),
        "worst_leg_pain": leg,
        "worst_back_pain": 3,
        "reach_right": 4,
    }


def flags_of(therapist: Mobile, patient: str) -> list[Any]:
    flags: list[Any] = therapist.get(f"flags/?patient={patient}")["results"]
    return flags


def is_due(today: Any) -> bool:
    due_at = datetime.fromisoformat(today["next_due_at"])
    return datetime.now(UTC) > due_at


def healthy(tracker: Tracker) -> bool:
    try:
        with urllib.request.urlopen(f"{tracker.address}/healthz/engine", timeout=5):
            return True
    except urllib.error.HTTPError:
        return False
