"""When something happened, whatever the clock of the telephone showed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programs.exchange.rules import CLAMPED, OK, SHIFTED, Moment, corrected

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FOR_LONG = st.timedeltas(timedelta(), 300 * DAY)
WRONG_BY = st.timedeltas(-20_000 * DAY, 20_000 * DAY)
ANY_TIME = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("said", "sent_at", "age_ms", "moment"),
    [
        (NOON - DAY, NOON, None, Moment(NOON - DAY, OK)),
        (NOON - DAY, NOON + 2 * MINUTE, None, Moment(NOON - DAY, OK)),
        (NOON - DAY, NOON + 3 * MINUTE, None, Moment(NOON - DAY - 3 * MINUTE, SHIFTED)),
        (NOON - DAY, NOON - 60 * MINUTE, None, Moment(NOON - DAY + 60 * MINUTE, SHIFTED)),
        (NOON + 5 * MINUTE, NOON, None, Moment(NOON + 5 * MINUTE, OK)),
        (NOON + 6 * MINUTE, NOON, None, Moment(NOON, CLAMPED)),
        (NOON - DAY, None, None, Moment(NOON - DAY, OK)),
        (None, NOON, None, Moment(NOON, CLAMPED)),
        (None, NOON, 60_000, Moment(NOON - MINUTE, SHIFTED)),
        (NOON - MINUTE, NOON, 60_000, Moment(NOON - MINUTE, OK)),
        (NOON - DAY, NOON, 60_000, Moment(NOON - DAY, OK)),  # the phone slept, and its age with it
        (NOON - DAY, NOON - 60 * MINUTE, 60_000, Moment(NOON - MINUTE, SHIFTED)),
        (NOON + DAY, NOON, 60_000, Moment(NOON - MINUTE, SHIFTED)),
        (NOON - 9000 * DAY, NOON, 60_000, Moment(NOON - MINUTE, SHIFTED)),
        (NOON - DAY, NOON, -1, Moment(NOON - DAY, OK)),
        (NOON - DAY, NOON, 10**30, Moment(NOON - DAY, OK)),
        (NOON - 70 * DAY, NOON, None, Moment(NOON - 70 * DAY, OK)),
        (NOON - 9000 * DAY, NOON, None, Moment(NOON, CLAMPED)),
    ],
)
def test_the_moment_of(
    said: datetime | None, sent_at: datetime | None, age_ms: int | None, moment: Moment
) -> None:
    assert corrected(said, sent_at=sent_at, received_at=NOON, age_ms=age_ms) == moment


@given(FOR_LONG, WRONG_BY)
def test_a_clock_that_is_wrong_all_along_is_put_right(age: timedelta, wrong: timedelta) -> None:
    moment = corrected(NOON - age + wrong, sent_at=NOON + wrong, received_at=NOON)
    assert abs(moment.at - (NOON - age)) <= 2 * MINUTE


@given(st.integers(0, 300 * 24 * 3600 * 1000), st.none() | ANY_TIME, st.none() | ANY_TIME)
def test_an_age_goes_before_a_clock_that_is_wrong(
    age_ms: int, said: datetime | None, sent_at: datetime | None
) -> None:
    assume(sent_at is None or abs(NOON - sent_at) > 2 * MINUTE)
    moment = corrected(said, sent_at=sent_at, received_at=NOON, age_ms=age_ms)
    assert moment.at == NOON - timedelta(milliseconds=age_ms)


@given(st.none() | ANY_TIME, st.none() | ANY_TIME, st.none() | st.integers())
def test_nothing_is_ever_far_in_the_future(
    said: datetime | None, sent_at: datetime | None, age_ms: int | None
) -> None:
    moment = corrected(said, sent_at=sent_at, received_at=NOON, age_ms=age_ms)
    assert NOON - 3651 * DAY <= moment.at <= NOON + 5 * MINUTE
