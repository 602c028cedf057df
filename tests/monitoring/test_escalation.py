"""When a flag that nobody has taken on goes a step further."""

from datetime import timedelta

import pytest

from programs.monitoring.rules import next_escalation
from tests.makers import NOON

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("level", "kind", "after"),
    [
        ("emergency", "worsening", timedelta(minutes=15)),
        ("urgent", "worsening", timedelta(minutes=15)),
        ("flag", "worsening", timedelta(hours=4)),
        ("flag", "silent", timedelta(hours=48)),
        ("flag", "no_response", timedelta(hours=48)),
    ],
)
def test_the_more_severe_waits_the_shorter(level, kind, after):
    assert next_escalation(level, kind, NOON) == NOON + after


def test_severity_decides_whatever_the_kind():
    assert next_escalation("emergency", "silent", NOON) == NOON + timedelta(minutes=15)
