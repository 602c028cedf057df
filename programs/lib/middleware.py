"""What every answer passes through: browser hardening, size limit, privacy, local time."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from programs.lib.errors import NOTHING_STORED, problem
from programs.lib.parsers import read_json

Answer = Callable[[HttpRequest], HttpResponse]

UNREADABLE = "This request cannot be read. Send cookies as they were set."
TOO_LARGE = "This is too large to take in. Send less than {} kB at a time."


class ContentSecurityPolicyMiddleware:
    """Sends SECURE_CSP, Django 6.0's setting; a view may widen it with `response._csp_extra`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = {**settings.SECURE_CSP, **getattr(response, "_csp_extra", {})}
        response["Content-Security-Policy"] = "; ".join(f"{key} {' '.join(policy[key])}" for key in policy)
        return response


class RequestSizeMiddleware:
    """Refuses a body over DATA_UPLOAD_MAX_MEMORY_SIZE before anything reads it; LARGER_BODIES has exceptions.

    Django's own limit guards forms only; REST framework's parsers read the stream past it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        most = settings.LARGER_BODIES.get(request.path, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if not length.isdecimal() or int(length) <= most:
            return self.get_response(request)
        sentence = TOO_LARGE.format(most // 1024)
        if request.path.startswith("/api/"):
            return problem(413, sentence, {"body": [sentence]})
        return render(request, "413.html", {"sentence": sentence}, status=413)


class ReadableCookiesMiddleware:
    """Refuses a NUL in a cookie, which PostgreSQL could not look up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            return problem(400, UNREADABLE)
        return self.get_response(request)


class TokenSignInMiddleware:
    """Refuses what our own parser refuses before allauth's REST endpoints see it: they bring their own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/v1/auth/") and request.body:
            try:
                read_json(request.body)
            except ValueError as error:
                return problem(400, NOTHING_STORED, {"body": [str(error)]})
        return self.get_response(request)


class PrivatePagesMiddleware:
    """What a signed-in person sees is kept by no cache, unless the view itself says how it may be."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class LocalTimeMiddleware:
    """Shows times in the signed-in person's own zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", "UTC")
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
