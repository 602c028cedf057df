"""A moment to come, as a person says it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programs.reminders.rules import when_in_words

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (FRIDAY + timedelta(minutes=25), "today at 12:25"),
        (FRIDAY + timedelta(hours=12), "tomorrow at 00:00"),
        (FRIDAY + timedelta(days=2), "on Sunday at 12:00"),
        (FRIDAY + timedelta(days=3), "on Monday at 12:00"),
        (FRIDAY + timedelta(days=7), "on 27 November at 12:00"),
        (FRIDAY, "any moment now"),
        (FRIDAY - timedelta(seconds=5), "any moment now"),
    ],
)
def test_a_moment_is_named_by_its_day_and_hour(at, words):
    assert when_in_words(at, FRIDAY, LONDON) == words


def test_the_day_is_that_of_the_persons_own_zone():
    in_an_hour = FRIDAY + timedelta(hours=1)

    assert when_in_words(in_an_hour, FRIDAY, ZoneInfo("Pacific/Auckland")) == "today at 02:00"
    assert when_in_words(in_an_hour, FRIDAY, ZoneInfo("Pacific/Kiritimati")) == "today at 03:00"
    assert when_in_words(FRIDAY + timedelta(hours=13), FRIDAY, LONDON) == "tomorrow at 01:00"
