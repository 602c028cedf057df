"""The private servers the suite runs on: they answer at their address, and leave nothing behind."""

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import redis

from programs.lib import valkey
from tools import servers

pytestmark = pytest.mark.pure


def test_a_private_postgresql_answers_while_it_is_wanted_and_its_folder_goes_with_it():
    with servers.private_postgresql() as url:
        folder = Path(unquote(urlsplit(url).netloc.split("@")[1]))
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert folder.stat().st_mode & 0o077 == 0  # nobody else on this machine may come in
    assert not folder.exists()


def test_a_private_valkey_answers_while_it_is_wanted_and_its_folder_goes_with_it():
    with servers.private_valkey() as url:
        folder = Path(urlsplit(url).path).parent
        with redis.Redis.from_url(url) as client:
            assert client.ping()
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_machine_without_any_valkey_or_redis_is_told_so(monkeypatch):
    monkeypatch.setattr(valkey, "find_server", lambda: None)
    with pytest.raises(servers.NoServerError, match="no Valkey or Redis was found"), servers.private_valkey():
        pass


def test_a_server_that_ends_at_once_is_an_error_with_its_last_words(monkeypatch):
    monkeypatch.setattr(valkey, "find_server", lambda: shutil.which("false"))
    with pytest.raises(servers.NoServerError, match="false did not start"), servers.private_valkey():
        pass
