"""A mobile client: JSON over HTTP with a session token, nothing else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from tests.tracker import Tracker


class Mobile:
    """Signed in as the first demonstration person with this role."""

    def __init__(self, tracker: Tracker, role: str) -> None:
        self.tracker = tracker
        self.token = ""
        email, password = tracker.sign_in_of(role)
        status, answer = self.call("POST", "auth/app/v1/auth/login", {"email": email, "password": password})
        assert status == 200, answer
        self.token = answer["meta"]["session_token"]

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of the answer, whatever the status."""
        request = urllib.request.Request(
            f"{self.tracker.address}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Session-Token": self.token},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str) -> Any:
        """The JSON of an answer that must be 200."""
        status, answer = self.call("GET", path)
        assert status == 200, answer
        return answer

    def prompts_showing(self) -> list[Any]:
        prompts: list[Any] = self.get("prompts/?showing=true")["results"]
        return prompts
