"""The OpenAPI document: complete, valid, and in step with the doors; and the page that shows it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

OPERATIONS = {
    "articles_list": "get /api/v1/articles/",
    "articles_retrieve": "get /api/v1/articles/{id}/",
    "break_rule_pause": "put /api/v1/break-rule/pause/",
    "break_rule_preview_unsaved": "post /api/v1/break-rule/preview/",
    "break_rule_resume": "delete /api/v1/break-rule/pause/",
    "break_rule_retrieve": "get /api/v1/break-rule/",
    "break_rule_return": "post /api/v1/break-rule/return/",
    "break_rule_review": "post /api/v1/break-rule/review/",
    "break_rule_update": "put /api/v1/break-rule/",
    "break_rules_preview": "get /api/v1/break-rules/{id}/preview/",
    "break_statistics_retrieve": "get /api/v1/break-statistics/",
    "breaks_now": "get /api/v1/breaks/now/",
    "busy_calendar_destroy": "delete /api/v1/busy-calendar/",
    "busy_calendar_retrieve": "get /api/v1/busy-calendar/",
    "busy_calendar_update": "put /api/v1/busy-calendar/",
    "calendar_feed_create": "post /api/v1/calendar-feed/",
    "calendar_feed_destroy": "delete /api/v1/calendar-feed/",
    "calendar_feed_retrieve": "get /api/v1/calendar-feed/",
    "check_ins_answer": "post /api/v1/check-ins/{id}/answer/",
    "check_ins_list": "get /api/v1/check-ins/",
    "daily_checks_create": "post /api/v1/daily-checks/",
    "daily_checks_list": "get /api/v1/daily-checks/",
    "direction_check_retrieve": "get /api/v1/direction-check/",
    "direction_tries_create": "post /api/v1/direction-tries/",
    "direction_tries_list": "get /api/v1/direction-tries/",
    "exercises_list": "get /api/v1/exercises/",
    "exercises_retrieve": "get /api/v1/exercises/{id}/",
    "flags_acknowledge": "post /api/v1/flags/{id}/acknowledge/",
    "flags_list": "get /api/v1/flags/",
    "flags_resolve": "post /api/v1/flags/{id}/resolve/",
    "flags_retrieve": "get /api/v1/flags/{id}/",
    "flags_snooze": "post /api/v1/flags/{id}/snooze/",
    "intakes_create": "post /api/v1/intakes/",
    "intakes_list": "get /api/v1/intakes/",
    "me_retrieve": "get /api/v1/me/",
    "me_update": "patch /api/v1/me/",
    "morning_checks_create": "post /api/v1/morning-checks/",
    "morning_checks_list": "get /api/v1/morning-checks/",
    "movement_breaks_create": "post /api/v1/movement-breaks/",
    "movement_breaks_list": "get /api/v1/movement-breaks/",
    "my_flags_list": "get /api/v1/my-flags/",
    "my_flags_retrieve": "get /api/v1/my-flags/{id}/",
    "plans_breaks_retrieve": "get /api/v1/plans/{id}/breaks/",
    "plans_criteria_retrieve": "get /api/v1/plans/{id}/criteria/",
    "plans_list": "get /api/v1/plans/",
    "plans_mode_create": "post /api/v1/plans/{id}/mode/",
    "plans_retrieve": "get /api/v1/plans/{id}/",
    "plans_stage_create": "post /api/v1/plans/{id}/stage/",
    "player_kit_retrieve": "get /api/v1/player/kit/",
    "programs_list": "get /api/v1/programs/",
    "programs_retrieve": "get /api/v1/programs/{id}/",
    "progress_retrieve": "get /api/v1/progress/",
    "prompts_dismiss": "post /api/v1/prompts/{id}/dismiss/",
    "prompts_done": "post /api/v1/prompts/{id}/done/",
    "prompts_list": "get /api/v1/prompts/",
    "prompts_snooze": "post /api/v1/prompts/{id}/snooze/",
    "push_key_retrieve": "get /api/v1/push/key/",
    "push_prompts_done": "post /api/v1/push/prompts/done/",
    "push_prompts_snooze": "post /api/v1/push/prompts/snooze/",
    "push_prompts_words": "post /api/v1/push/prompts/words/",
    "push_receipts_create": "post /api/v1/push/receipts/",
    "push_subscriptions_create": "post /api/v1/push/subscriptions/",
    "push_subscriptions_destroy": "delete /api/v1/push/subscriptions/{id}/",
    "push_subscriptions_list": "get /api/v1/push/subscriptions/",
    "push_tests_create": "post /api/v1/push/tests/",
    "push_tests_retrieve": "get /api/v1/push/tests/{id}/",
    "reminders_retrieve": "get /api/v1/reminders/",
    "reminders_start": "delete /api/v1/reminders/stop/",
    "reminders_stop": "put /api/v1/reminders/stop/",
    "reminders_update": "put /api/v1/reminders/",
    "safety_card_retrieve": "get /api/v1/safety/card/",
    "safety_conditions_clear": "post /api/v1/safety/conditions/{id}/clear/",
    "safety_conditions_list": "get /api/v1/safety/conditions/",
    "safety_locks_end": "post /api/v1/safety/locks/{id}/end/",
    "safety_locks_list": "get /api/v1/safety/locks/",
    "safety_questions_retrieve": "get /api/v1/safety/questions/",
    "safety_screenings_create": "post /api/v1/safety/screenings/",
    "safety_screenings_list": "get /api/v1/safety/screenings/",
    "safety_screenings_retrieve": "get /api/v1/safety/screenings/{id}/",
    "safety_status_retrieve": "get /api/v1/safety/status/",
    "sessions_create": "post /api/v1/sessions/",
    "sessions_list": "get /api/v1/sessions/",
    "sessions_retrieve": "get /api/v1/sessions/{id}/",
    "stage_retrieve": "get /api/v1/stage/",
    "stage_tests_create": "post /api/v1/stage-tests/",
    "stage_tests_list": "get /api/v1/stage-tests/",
    "sync_events_create": "post /api/v1/sync/events/",
    "today_retrieve": "get /api/v1/today/",
    "weekly_checks_create": "post /api/v1/weekly-checks/",
    "weekly_checks_list": "get /api/v1/weekly-checks/",
}


@pytest.fixture(scope="module")
def document():
    """Made as `manage.py spectacular` makes it; a warning fails here."""
    output = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", stdout=output)
    return json.loads(output.getvalue())


@pytest.fixture
def operations(document):
    return {
        operation["operationId"]: (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_operations_are_these_and_no_others(operations):
    assert {name: where for name, (where, _) in operations.items()} == OPERATIONS


def test_every_operation_says_in_words_what_it_does(operations):
    for name, (_, operation) in operations.items():
        assert operation["description"].endswith("."), name


def test_every_error_is_a_problem(operations):
    for name, (_, operation) in operations.items():
        errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        assert {"401", "403", "429"} <= set(errors), name
        for answer in errors.values():
            (body,) = answer["content"].items()
            assert body == ("application/problem+json", {"schema": {"$ref": "#/components/schemas/Problem"}})


def test_what_is_sent_can_be_refused_at_its_field(operations):
    for name, (_, operation) in operations.items():
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= set(operation["responses"]), name


def test_everything_but_what_a_push_lets_do_needs_a_session_token_or_a_signed_in_browser(operations):
    """A service worker has the token of the push itself."""
    for name in ("push_receipts_create", "push_prompts_words", "push_prompts_done", "push_prompts_snooze"):
        _, operation = operations.pop(name)
        assert operation["security"] == [{}], name
    for name, (_, operation) in operations.items():
        assert operation["security"] == [{"sessionToken": []}, {"cookieAuth": []}], name


def test_the_bounds_of_pain_are_told(document):
    pain = document["components"]["schemas"]["DailyCheckInput"]["properties"]["worst_leg_pain"]

    assert (pain["type"], pain["minimum"], pain["maximum"]) == ("integer", 0, 10)


def test_anybody_can_read_the_document(client, db):
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})

    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Exercise Tracker"


def test_the_page_runs_without_inline_scripts_or_styles(client, db):
    page = client.get("/api/v1/docs/")
    html = page.content.decode()

    assert page.status_code == 200
    assert html.count("<script src=") == html.count("<script") == 3
    assert "<style" not in html
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "img-src 'self' data:" in policy
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode().replace("\\u002D", "-").replace("\\u002F", "/")
