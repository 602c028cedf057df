"""The OpenAPI document and the page that shows it: every operation can answer with a Problem."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from programs.lib.errors import CONTENT_TYPE

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. Nothing was stored.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "The path of the field, such as results.0.side, or body.",
                    },
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOKS: adds the Problem answers that an operation can give.

    An operation that declares an error itself (`responses={..., 400: None}`) gets its body from here.
    """
    result["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            declared = {HTTPStatus(int(status)) for status in responses if int(status) >= 400}
            for status in sorted(declared | _implied(operation)):
                responses[str(status.value)] = {
                    "description": status.phrase,
                    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
    return result


def _implied(operation: dict[str, Any]) -> set[HTTPStatus]:
    """The errors that follow from what an operation takes in."""
    statuses = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    if "path" in places:
        statuses.add(HTTPStatus.NOT_FOUND)
    if "query" in places:
        statuses.add(HTTPStatus.BAD_REQUEST)
    if "requestBody" in operation:
        statuses |= {
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        }
    return statuses


class DocumentationView(SpectacularSwaggerSplitView):
    """The page on which every operation can be read and tried. Its icons are data: images."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response._csp_extra = {"img-src": ["'self'", "data:"]}  # type: ignore[attr-defined]
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        return answer
