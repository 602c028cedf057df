"""How often one person, or one address, may ask over REST."""

import logging
from typing import Any

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

logger = logging.getLogger(__name__)


class LenientRateThrottle(UserRateThrottle):
    """Counts where it can: a patient's report is not lost because Redis is away."""

    cache = ConnectionProxy(caches, "counters")  # type: ignore[assignment]  # as Django's own `cache` is

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            logger.warning("Requests over REST are not counted: %s", type(error).__name__)
            return True
