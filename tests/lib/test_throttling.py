"""Requests are counted where that can be done, and let through where it cannot."""

import logging

import pytest

from tests import makers

CHECKS = "/api/v1/daily-checks/"
NOBODY_LISTENS = "redis://127.0.0.1:9/0"

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def no_redis(settings):
    settings.CACHES = settings.CACHES | {
        "counters": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": NOBODY_LISTENS,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }


def test_a_report_is_taken_while_nothing_can_count(api, alice, plan, no_redis, caplog):
    body = {
        "id": "0192f0c0-0000-7000-8000-000000000001",
        "recorded_on": makers.NOON.date().isoformat(),
        "worst_leg_pain": 6,
        "worst_back_pain": 2,
        "reach_left": None,
        "reach_right": 4,
    }

    with caplog.at_level(logging.WARNING, logger="programs.lib.throttling"):
        answer = api(alice).post(CHECKS, body)

    assert answer.status_code == 201
    assert alice.dailychecks.count() == 1
    assert caplog.messages == ["Requests over REST are not counted: ConnectionError"]
