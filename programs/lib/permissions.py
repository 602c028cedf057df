"""Who may open a door. Which rows a person sees behind it is asked of `visible_to` alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page_for(*roles: str) -> Callable[[Page[P]], Page[P]]:
    """A page for signed-in people who hold one of `roles` in a clinic; others get 403."""

    def decorate(page: Page[P]) -> Page[P]:
        @login_required
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.has_role(*roles):  # type: ignore[union-attr]
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return cast(Page[P], guarded)

    return decorate


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
