"""Who else reads the library."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Role, User
from tests import makers


@pytest.fixture
def adam(clinic: Clinic) -> User:
    """The administrator of the clinic."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return user
