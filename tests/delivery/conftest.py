"""A push service of our own, which the product may call as it may call the known ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from programs.delivery.channels import web_push
from programs.lib.web_push import new_vapid_key
from tests.delivery.push_service import PushService, running


@pytest.fixture
def push_service(settings) -> Iterator[PushService]:
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    with running() as service:
        settings.WEB_PUSH_TEST_ORIGINS = [service.origin]
        yield service
        web_push.close_connections()
