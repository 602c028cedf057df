"""A bad value in the environment stops the start with a sentence; a missing one has a safe meaning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from exercise_tracker.env import celery_broker_url, env_bool, env_int, env_secret, env_str, kept_secret

ROOT = Path(__file__).resolve().parent.parent
SECRET = "s" * 40
pytestmark = pytest.mark.pure


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    code = (
        "from django.conf import settings as s; "
        "print(s.DEBUG, s.SESSION_COOKIE_NAME, s.DATABASES['default']['ENGINE'],"
        " s.DATABASES['default']['OPTIONS'].get('sslmode', 'none'))"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **clean,
            "VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "exercise_tracker.settings",
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_with_no_environment_it_is_a_development_set_up_on_sqlite(tmp_path):
    answer = start(tmp_path)

    assert answer.stdout.split() == ["True", "sessionid", "django.db.backends.sqlite3", "none"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_with_a_secret_it_is_a_production_set_up_with_strict_cookies(tmp_path):
    answer = start(
        tmp_path,
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS="clinic.example.org",
        DATABASE_URL="postgresql://u:p@localhost/n?sslmode=verify-full",
    )

    engine = "django.db.backends.postgresql"
    assert answer.stdout.split() == ["False", "__Host-sessionid", engine, "verify-full"]
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": SECRET}, "ALLOWED_HOSTS is not set"),
        ({"SECRET_KEY": "short", "ALLOWED_HOSTS": "x.org"}, "SECRET_KEY is too short"),
        ({"DEBUG": "0"}, "SECRET_KEY is not set"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0, not 'perhaps'"),
        ({"DATABASE_URL": "mysql://u@localhost/n"}, "DATABASE_URL must begin with"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE: /nowhere cannot be read"),
        ({"PORT": "eighty"}, "PORT must be a whole number, not 'eighty'"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_sentence(tmp_path, environment, sentence):
    answer = start(tmp_path, **environment)

    assert answer.returncode != 0
    assert sentence in answer.stderr.splitlines()[-1]


def test_the_command_line_says_only_the_sentence(tmp_path):
    answer = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": "/dev/null/nowhere", "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 1
    assert answer.stderr.startswith("The data folder /dev/null/nowhere cannot be made")
    assert "Traceback" not in answer.stderr


def test_a_secret_can_come_from_a_file_as_containers_hand_it_over(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))

    assert env_secret("SOME_SECRET") == SECRET


def test_missing_values_take_their_default(monkeypatch):
    monkeypatch.delenv("SOMETHING", raising=False)

    assert env_bool("SOMETHING", default=True) is True
    assert env_int("SOMETHING", 7) == 7
    assert env_str("SOMETHING", "x") == "x"
    assert env_secret("SOMETHING") == ""


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_yes_and_no_are_understood_in_the_usual_spellings(monkeypatch, value, meaning):
    monkeypatch.setenv("SOMETHING", value)

    assert env_bool("SOMETHING", default=not meaning) is meaning


def test_a_whole_number_is_read_and_words_are_refused(monkeypatch):
    monkeypatch.setenv("SOMETHING", "42")
    assert env_int("SOMETHING", 0) == 42
    monkeypatch.setenv("SOMETHING", "many")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env_int("SOMETHING", 0)


def test_a_kept_secret_is_made_once_and_stays(tmp_path):
    first = kept_secret(tmp_path / "deep" / "secret")

    assert len(first) > 40
    assert kept_secret(tmp_path / "deep" / "secret") == first


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("", "memory://"),
    ],
)
def test_celery_is_told_the_same_server_in_its_own_words(redis_url, broker):
    assert celery_broker_url(redis_url) == broker
