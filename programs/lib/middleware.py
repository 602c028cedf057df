"""What every answer passes through: browser hardening, compression, size limit, privacy, local time."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils import timezone

from programs.lib.errors import NOTHING_STORED, SIGN_IN_FIRST, problem
from programs.lib.parsers import read_json

Answer = Callable[[HttpRequest], HttpResponse]

COMPRESSED = {
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}

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


class CompressionMiddleware(GZipMiddleware):
    """Sends text compressed; pictures and fonts are small already.

    An answer to an address with a query goes as it is: whoever chooses words that stand beside a secret could
    learn the secret from the length of both together (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").split(";")[0]
        if kind not in COMPRESSED or request.META["QUERY_STRING"] or "Content-Range" in response.headers:
            return response
        return super().process_response(request, response)


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


class DeletedAccountMiddleware:
    """Signs out whoever's account was deleted while their request was on its way and found its row gone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None where it is another fault, which is to crash loudly."""
        users = get_user_model()
        if not isinstance(error, users.DoesNotExist):
            return None
        if not request.user.is_authenticated or users._default_manager.filter(pk=request.user.pk).exists():
            return None
        request.session.flush()
        request.user = AnonymousUser()
        if request.path.startswith("/api/"):
            return problem(401, SIGN_IN_FIRST)
        return redirect(settings.LOGIN_URL)


class LocalTimeMiddleware:
    """Shows times in the signed-in person's own zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", "UTC")
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
