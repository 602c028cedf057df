"""Who may open a door. Which rows a person sees behind it is asked of `visible_to` alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


SIGNED_OUT = (
    "You were signed out, so what you sent last is not saved. Please sign in, then send it once more."
)


def page_for(*roles: str) -> Callable[[Page[P]], Page[P]]:
    """A page for signed-in people who hold one of `roles` in a clinic; others get 403."""

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not request.user.has_role(*roles):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return cast(Page[P], guarded)

    return decorate


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and on to the page; what was sent is lost, and that is said, not hidden."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    messages.warning(request, SIGNED_OUT)
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return redirect_to_login("/")
    form_page = urlsplit(came_from)
    return redirect_to_login(form_page._replace(scheme="", netloc="").geturl() or "/")


class HasRole(BasePermission):
    """Signed in, and holding one of `roles` in a clinic."""

    roles: tuple[str, ...] = ()

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(user and user.is_authenticated and user.has_role(*self.roles))


class IsPatient(HasRole):
    roles = ("patient",)


class IsTherapist(HasRole):
    roles = ("therapist",)


class IsPatientOrTherapist(HasRole):
    roles = ("patient", "therapist")
