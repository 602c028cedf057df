"""Tests that drive the running processes over REST."""

from collections.abc import Iterator

import pytest

from tests.tracker import Tracker, running_tracker


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    with running_tracker(tmp_path_factory.mktemp("tracker")) as tracker:
        yield tracker
