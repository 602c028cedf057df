"""`manage.py up` before it starts anything: what is wrong is one sentence that says what to do."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from programs.home.management.commands import up

pytestmark = pytest.mark.pure


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return int(other.getsockname()[1])


def test_a_taken_port_is_named_together_with_the_command_for_another_one(monkeypatch, taken_port):
    monkeypatch.setattr(up, "PORT_WAIT", 0)
    with pytest.raises(
        CommandError, match=rf"^Port {taken_port} is taken .+: make run PORT={taken_port + 1}$"
    ):
        call_command("up", port=str(taken_port))


@pytest.mark.parametrize("port", ["0", "65536", "-1", "web", ""])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(CommandError, match=r"^PORT must be a number from 1 to 65535"):
        call_command("up", port=port)


def test_two_do_not_run_on_one_data_folder(settings, tmp_path, free_port):
    settings.VAR_DIR = tmp_path
    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(
            CommandError, match=r"already runs on the data in .+VAR_DIR=/path/to/folder make run"
        ):
            call_command("up", port=str(free_port))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis://127.0.0.1:1/0", "REDIS_URL does not answer"),
        ("unix:///nowhere/valkey.sock", "REDIS_URL does not answer"),
        ("http://127.0.0.1/", "REDIS_URL cannot be read"),
        ("redis://127.0.0.1:port/0", "REDIS_URL cannot be read"),
    ],
)
def test_a_wrong_redis_url_says_how_to_do_without(settings, tmp_path, free_port, url, words):
    settings.VAR_DIR, settings.REDIS_URL = tmp_path, url
    with pytest.raises(CommandError, match=rf"^{words} .+leave it out to use the bundled server\.$"):
        call_command("up", port=str(free_port))


def test_a_database_that_does_not_answer_says_how_to_do_without(tmp_path, free_port):
    stopped = subprocess.run(
        [sys.executable, "manage.py", "up", "--port", str(free_port)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "VAR_DIR": str(tmp_path),
            "REDIS_URL": "",
            "DATABASE_URL": "postgresql://somebody:secret@127.0.0.1:1/x",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 1
    assert stopped.stderr.startswith("CommandError: The database does not answer (")
    assert stopped.stderr.endswith("mend DATABASE_URL, or leave it out to use SQLite.\n")
    assert stopped.stderr.count("\n") == 1
    assert "secret" not in stopped.stderr


def test_the_welcome_frames_the_address_and_the_demonstration_sign_ins(settings, tmp_path):
    settings.VAR_DIR, settings.DEBUG = tmp_path, True
    settings.DATABASE_URL, settings.DEMO = "", False
    assert "sign-ins" not in up.welcome(8001)
    sign_ins = [
        ("therapist", "Sam", "sam@example.org", "a-pass-word"),
        ("patient", "Jo", "jo@example.org", "b"),
    ]
    (tmp_path / up.DEMONSTRATION_SIGN_INS).write_text("".join("\t".join(row) + "\n" for row in sign_ins))
    lines = up.welcome(8001).strip().splitlines()
    assert len({len(line) for line in lines}) == 1
    assert any("http://localhost:8001" in line for line in lines)
    assert any(line.split() == ["|", *sign_ins[0], "|"] for line in lines)
    settings.DATABASE_URL = "postgresql://localhost/another"  # these people are not in it
    assert "sam@example.org" not in up.welcome(8001)
    settings.DEBUG, settings.DATABASE_URL = False, ""
    assert "sam@example.org" not in up.welcome(8001)
