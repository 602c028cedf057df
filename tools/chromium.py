"""The browser that the browser tests drive: this machine's own Chromium or Chrome."""

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of the browser's program; None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
