"""Errors as RFC 9457 problem+json, each with the name of the field it is about."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
NOTHING_STORED = "Some of what was sent cannot be taken. Nothing was stored."
SIGN_IN_FIRST = "Sign in first."
_SENTENCES = {
    401: SIGN_IN_FIRST,
    403: "Your account may not do this.",
    404: "There is nothing here, or it is not yours.",
    500: "Something went wrong on our side. Please try again.",
}


def problem_document(
    status: int, detail: str, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """The document itself. `errors` maps a field's path ("results.0.side") to sentences."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = [
            {"field": field, "message": message} for field, messages in errors.items() for message in messages
        ]
    return document


def problem(status: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> JsonResponse:
    """A problem as a plain Django answer, for places outside REST framework."""
    return JsonResponse(problem_document(status, detail, errors), status=status, content_type=CONTENT_TYPE)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. None lets an unforeseen error crash loudly."""
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(_by_field(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, exceptions.ParseError):
        error = exceptions.ValidationError({"body": [str(error.detail)]})
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    errors: dict[str, list[str]] = {}
    detail = _SENTENCES.get(error.status_code, "")
    if isinstance(error, exceptions.ValidationError):
        _flatten(error.detail, "", errors)
        detail = NOTHING_STORED
    return Response(
        problem_document(error.status_code, detail or str(error.detail), errors),
        status=error.status_code,
        headers=headers,
        content_type=CONTENT_TYPE,
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: a page for people, a problem for programs."""
    if request.path.startswith("/api/"):
        return problem(404, _SENTENCES[404])
    return defaults.page_not_found(request, exception)


def page_server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a page for people, a problem for programs."""
    if request.path.startswith("/api/"):
        return problem(500, _SENTENCES[500])
    return defaults.server_error(request)


def _by_field(error: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {
            "body" if field == NON_FIELD_ERRORS else field: messages
            for field, messages in error.message_dict.items()
        }
    return {"body": error.messages}


def _flatten(detail: Any, path: str, into: dict[str, list[str]]) -> None:
    """{"results": [{}, {"side": ["…"]}]} becomes {"results.1.side": ["…"]}."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            _flatten(value, ".".join(part for part in (path, name) if part), into)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            is_nested = isinstance(value, (Mapping, list))
            _flatten(value, f"{path}.{index}".lstrip(".") if is_nested else path, into)
    else:
        into.setdefault(path or "body", []).append(str(detail))


class ChannelError(Exception):
    """A way out of the house did not work.

    `permanent` means that trying again cannot help, `unclear` that the message may have gone out all the
    same. `retry_after` is when the other side asked us to come again.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        unclear: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unclear = unclear
        self.retry_after = retry_after
