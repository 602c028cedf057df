"""The same command on a PostgreSQL and a Redis that somebody named."""

from pathlib import Path

import pytest

from tests.process.mobile import Mobile
from tests.tracker import running_tracker, wait_until
from tools.servers import private_postgresql, private_valkey

pytestmark = pytest.mark.process


def test_the_whole_product_runs_on_named_servers(tmp_path: Path):
    with private_postgresql() as database_url, private_valkey() as redis_url:
        named = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DEMO": "1"}
        with running_tracker(tmp_path, **named) as tracker:
            patient = Mobile(tracker, "patient")

            wait_until(patient.prompts_showing, 90, "a prompt comes, so worker and beat use these servers")
            assert patient.get("today/")["exercises"]
            assert not list(tmp_path.glob("*.sqlite3*")), "a row went into SQLite all the same"
