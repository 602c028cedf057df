"""What allauth, Django and REST framework ask of us: who may come in, with what, and who sees which rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from programs.accounts.actions import record_access_to
from programs.accounts.models import PatientRecord, User
from programs.lib.letters import in_two_parts

if TYPE_CHECKING:
    from rest_framework.viewsets import GenericViewSet as _Endpoint
else:
    _Endpoint = object  # REST framework's views import this module: the other way would be a circle

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


class AccountAdapter(DefaultAccountAdapter):
    """Joining is by invitation only; demonstration accounts open only on the machine they were made on."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        return in_two_parts(super().render_mail(template_prefix, email, context, headers))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user is not None and user.is_demonstration and not _on_own_machine(request):
            return None
        return user


class UnlikeAddressValidator(UserAttributeSimilarityValidator):
    """Django's rule in plain words. Of all it would compare with, an account has its address only."""

    def get_error_message(self) -> str:
        return "This password is too much like your e-mail address."

    def get_help_text(self) -> str:
        return "Your password must not be like your e-mail address."


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """allauth's session token in the X-Session-Token header: opaque, and dead the moment it is revoked."""

    def authenticate_header(self, request: Request) -> str:
        """Makes "not signed in" a 401 rather than a 403."""
        return "X-Session-Token"


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class OfOnePatient(BaseFilterBackend):
    """`?patient=<id>`: only that patient's rows, of those the caller may see."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        patient = request.query_params.get("patient")
        if patient is None:
            return queryset
        try:
            return queryset.filter(patient=UUID(patient))
        except ValueError as error:
            raise ValidationError({"patient": "This is not the id of a patient."}) from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "patient",
                "in": "query",
                "required": False,
                "description": "Only the rows of this patient.",
                "schema": {"type": "string", "format": "uuid"},
            }
        ]


class PatientRecords(_Endpoint):
    """For viewsets over patients' records: only rows the caller may see, and every look is written down."""

    filter_backends = [OfOnePatient]

    @property
    def caller(self) -> User:
        """Who asks; the permission has seen to it that they are signed in."""
        return cast(User, self.request.user)

    def get_queryset(self) -> Any:
        return cast(Any, super().get_queryset()).visible_to(self.caller)

    def get_object(self) -> Any:
        row = super().get_object()
        self.record_access([row])
        return row

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = super().paginate_queryset(queryset)
        self.record_access(rows or [])
        return rows

    def record_access(self, rows: Iterable[PatientRecord]) -> None:
        """Write down that the caller sees `rows` through this endpoint."""
        match = self.request.resolver_match
        record_access_to(
            actor=self.caller, records=rows, door=match.view_name if match else "", now=timezone.now()
        )


def _on_own_machine(request: HttpRequest) -> bool:
    host, _ = split_domain_port(request.get_host())
    return settings.DEBUG and host in _LOOPBACK
