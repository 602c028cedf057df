"""Reading the environment: a bad value stops the start with one clear sentence."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from programs.lib.web_push import new_vapid_key

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_SHORTEST_SECRET = 32


def env_str(name: str, default: str = "") -> str:
    """The value of `name`, or of the file that `name`_FILE points to (as container secrets do)."""
    file_name = os.environ.get(f"{name}_FILE")
    if not file_name:
        return os.environ.get(name, default)
    try:
        return Path(file_name).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {file_name} cannot be read ({error.strerror}).") from error


def env_bool(name: str, default: bool) -> bool:
    """Yes or no; anything else is refused rather than guessed."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def env_int(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def env_list(name: str) -> list[str]:
    """Values separated by commas."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def env_secret(name: str) -> str:
    """A secret of at least 32 characters, or "" where none is named."""
    value = env_str(name)
    if value and len(value) < _SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name} is too short: use at least {_SHORTEST_SECRET} random characters.")
    return value


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def kept_secret(path: Path, make: Callable[[], str] = _new_secret) -> str:
    """The secret kept in `path` (readable by its owner only), made on first use: for development."""
    if not path.exists():
        data_folder(path.parent)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
        except FileExistsError:
            pass  # another process was first; its secret is the one
    return path.read_text()


def env_vapid_key(name: str) -> str:
    """The private key of Web Push: 32 bytes in base64url, or "" where none is named."""
    value = env_str(name)
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}", value):
        raise ImproperlyConfigured(f"{name} must be a key made with `manage.py make_push_key`.")
    return value


def kept_vapid_key(path: Path) -> str:
    """The private key of Web Push kept in `path`, made on first use: for development."""
    return kept_secret(path, new_vapid_key)


def data_folder(path: Path) -> Path:
    """The folder for what the product keeps beside a database: made where it is missing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be made ({error.strerror}): name another one with VAR_DIR."
        ) from error
    return path


def celery_broker_url(redis_url: str) -> str:
    """Redis clients say unix:///path, Celery says redis+socket:///path: the same server."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://")
    return redis_url or "memory://"
