"""Which safety questions are due, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.safety.rules import (
    DEFAULT,
    NOTHING,
    QUESTIONS,
    Answered,
    Asked,
    Due,
    Item,
    Parameters,
    again_from,
    due,
    open_items,
    questions_of,
)
from programs.safety.rules.schedule import ABSENCE, REASONS, REQUEST_REASONS

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
HOUR = timedelta(hours=1)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def asked(*, first: int | None = 60, weekly: int | None = 0, last: int | None = 0) -> Asked:
    """So many days ago each; all of them done today but the first set."""
    return Asked(*(None if days is None else days_ago(days) for days in (first, weekly, last)))


def items(*said: tuple[str, str, datetime]) -> list[Item]:
    return open_items([Answered(question, answer, at, at) for question, answer, at in said])


def what(
    of: Asked, open_: list[Item] | None = None, requests: set[str] | None = None, now: datetime = NOON
) -> Due:
    return due(of, open_ or [], requests or set(), today=TODAY, now=now)


def test_nothing_is_due_once_all_is_answered_today():
    assert what(asked()) == NOTHING
    assert not NOTHING


def test_the_first_set_is_due_until_it_is_answered_and_asks_what_rules_exercises_out():
    found = what(Asked(None, None, None))

    assert (found.kind, found.asks_conditions, found.reason) == ("first", True, REASONS["first"])
    assert found.questions == questions_of("first")
    assert found
    assert what(Asked(None, None, TODAY)).kind == "first"


@pytest.mark.parametrize(("last", "kind"), [(0, ""), (1, "session"), (6, "session")])
def test_the_lines_are_asked_once_a_day(last, kind):
    found = what(asked(weekly=6, last=last))
    assert (found.kind, found.reason) == (kind, REASONS.get(kind, ""))
    assert not found.asks_conditions


@pytest.mark.parametrize(("weekly", "kind"), [(6, "session"), (7, "weekly"), (8, "weekly"), (13, "weekly")])
def test_the_weekly_set_is_due_a_week_after_the_last_one(weekly, kind):
    found = what(asked(weekly=weekly, last=1))
    assert (found.kind, found.questions) == (kind, questions_of(kind))


@pytest.mark.parametrize(("last", "kind"), [(13, "weekly"), (14, "full"), (30, "full")])
def test_after_two_weeks_without_any_all_are_asked(last, kind):
    found = what(asked(weekly=last, last=last))
    assert found.kind == kind
    assert found.reason == (ABSENCE if kind == "full" else REASONS["weekly"])


@pytest.mark.parametrize("reason", REQUEST_REASONS)
def test_a_request_asks_all_questions_and_says_why(reason):
    found = what(asked(), requests={reason})
    assert (found.kind, found.reason) == ("full", REQUEST_REASONS[reason])
    assert set(found.questions) - set(questions_of("full")) == (
        {"RF22"} if reason == "severe_pain" else set()
    )


def test_of_several_requests_the_most_pressing_is_named():
    order = ["unreadable", "weakness", "severe_pain", "new_place", "stopped", "flag", "flare"]
    assert set(order) == set(REQUEST_REASONS)
    while order:
        assert what(asked(), requests=set(order)).reason == REQUEST_REASONS[order.pop(0)]


def test_the_first_set_asks_about_very_bad_pain_too():
    found = what(Asked(None, None, None), requests={"severe_pain"})
    assert found.kind == "first"
    assert "RF22" in found.questions


# --- asked again ---


@pytest.mark.parametrize(("after", "is_due"), [(HOUR - timedelta(seconds=1), False), (HOUR, True)])
@pytest.mark.parametrize("question", ["RF08", "RF13"])
def test_what_was_said_is_asked_again_at_the_next_visit(question, after, is_due):
    found = what(asked(), items((question, "yes", NOON - after)))
    assert found == (Due("again", (question,), REASONS["again"]) if is_due else NOTHING)


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize(("hours", "is_due"), [(23, False), (24, True)])
def test_then_it_is_asked_a_day_after_the_last_yes(answer, hours, is_due):
    first, again = NOON - 25 * HOUR, NOON - hours * HOUR
    said = ("RF08", "yes", again if answer == "yes" else first + HOUR)
    if answer == "no":
        found = items(("RF08", "yes", again), ("RF08", "no", again + HOUR))
    else:
        found = items(("RF08", "yes", first), said)
    assert bool(what(asked(), found)) is is_due


def test_an_emergency_that_is_denied_is_asked_once_a_day_until_it_is_checked():
    found = items(("RF08", "yes", NOON - 60 * HOUR), ("RF08", "no", NOON - 24 * HOUR))
    assert what(asked(), found).kind == "again"
    found = items(("RF08", "yes", NOON - 60 * HOUR), ("RF08", "no", NOON - 23 * HOUR))
    assert not what(asked(), found)


def test_a_denial_a_whole_day_later_puts_the_next_question_off_by_a_day():
    (item,) = items(("RF08", "yes", NOON), ("RF08", "no", NOON + 24 * HOUR))
    assert again_from(item) == NOON + 48 * HOUR


def test_other_intervals_can_be_asked_for():
    quick = Parameters("quick", HOUR / 2, 2 * HOUR, full_after_days=4, weekly_after_days=2)
    (item,) = items(("RF08", "yes", NOON))
    assert again_from(item, quick) == NOON + HOUR / 2
    later = {"today": TODAY, "now": NOON + HOUR / 2, "parameters": quick}
    assert due(asked(), [item], set(), **later).kind == "again"
    assert due(asked(weekly=2, last=1), [], set(), **later).kind == "weekly"
    assert due(asked(weekly=4, last=4), [], set(), **later).kind == "full"


def test_what_waits_for_closer_questions_is_asked_at_once():
    assert what(asked(), items(("RF07", "yes", NOON))).questions == ("RF07a",)
    assert what(asked(), items(("RF07", "yes", NOON), ("RF07a", "yes", NOON))).questions == ("RF07b",)
    assert what(asked(), items(("S3", "not_sure", NOON))).questions == ("RF09", "RF13")


def test_under_an_emergency_only_that_is_asked():
    open_ = items(("RF08", "yes", NOON - 2 * HOUR), ("RF13", "yes", NOON - 2 * HOUR))
    for asked_so_far in (Asked(None, None, None), asked(weekly=9, last=9), asked(last=20)):
        found = what(asked_so_far, open_, {"flag"})
        assert (found.kind, found.questions) == ("again", ("RF08", "RF13"))
    assert not what(Asked(None, None, None), items(("RF08", "yes", NOON)), {"flag"})


def test_under_something_urgent_nothing_is_asked_on_account_of_a_session():
    open_ = items(("RF13", "yes", NOON))
    assert not what(asked(last=1), open_)
    assert not what(asked(weekly=7, last=7), open_)
    assert what(asked(), open_, {"flag"}).kind == "full"
    assert what(Asked(None, None, None), open_).kind == "first"


def test_what_stands_open_is_asked_again_within_the_set_that_is_due():
    open_ = items(("S3", "yes", NOON - 2 * HOUR), ("RF23", "yes", NOON))
    found = what(asked(), open_, {"flag"})
    assert set(found.questions) == {*questions_of("full"), "S3"}
    found = what(asked(weekly=7, last=1), items(("RF23", "yes", NOON - HOUR)))
    assert (found.kind, set(found.questions)) == ("weekly", {*questions_of("weekly"), "RF23"})
    assert what(asked(last=1), items(("RF23", "yes", NOON - HOUR))).questions == questions_of("session")


def test_what_asks_for_a_visit_alone_is_not_asked_again_by_itself():
    assert not what(asked(), items(("RF18", "yes", NOON - 100 * HOUR)))


# --- the numbers ---


def test_the_intervals_are_those_of_the_fact_base():
    assert DEFAULT.version == "safety-1"
    assert (DEFAULT.again_after, DEFAULT.again_from) == (HOUR, 24 * HOUR)
    assert (DEFAULT.weekly_after_days, DEFAULT.full_after_days) == (7, 14)


@given(st.sampled_from(sorted(QUESTIONS)), st.lists(st.integers(0, 200), min_size=1, max_size=5))
def test_whatever_is_emergency_or_urgent_is_asked_again_within_a_day_of_the_last_answer(question, hours):
    said = [(question, "yes", NOON + each * HOUR) for each in sorted(set(hours))]
    for item in items(*said):
        assert item.answered_at <= again_from(item) <= item.answered_at + 24 * HOUR
