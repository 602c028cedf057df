"""Reading the answers of REST endpoints."""

from typing import Any


def wrong_fields(answer: Any) -> dict[str, str]:
    """Each field that a problem document names, with its sentence."""
    assert answer["Content-Type"] == "application/problem+json"
    return {error["field"]: error["message"] for error in answer.json()["errors"]}
