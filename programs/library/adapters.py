"""What REST framework asks of the library: how its doses are written, and what a kept copy of it needs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from programs.lib.serializers import NOT_A_MOMENT, MomentField
from programs.library.rules import Dose


class DoseOutput(serializers.Serializer[Dose]):
    """How much of one exercise to do."""

    sets = serializers.IntegerField()
    repetitions = serializers.IntegerField(help_text="On each side.")
    hold_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField(
        allow_null=True, help_text="Where given, one set lasts this long and nothing is counted."
    )
    rest_seconds = serializers.IntegerField()
    times_a_day = serializers.IntegerField()
    days_a_week = serializers.IntegerField()
    tempo = serializers.CharField(help_text="Seconds for up, pause and down, such as 2-1-3, or empty.")


class QueriedMomentField(MomentField):
    """A moment in an address, as RFC 3339 writes it."""

    default_error_messages = {"overflow": NOT_A_MOMENT}
    # Python's own reader takes more, and all that follows a NUL.
    written = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)

    def to_internal_value(self, value: Any) -> datetime:
        if not self.written.fullmatch(value):
            self.fail("invalid")
        moment: datetime = super().to_internal_value(value.upper())
        return moment


class UpdatedSince(BaseFilterBackend):
    """Lists hold what is given now; with `?updated_since=`, what has changed from then on, retired or not."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        if view.action != "list":
            return queryset
        since = request.query_params.get("updated_since")
        if since is None:
            return queryset.current()
        try:
            return queryset.filter(updated_at__gte=QueriedMomentField().run_validation(since))
        except ValidationError as error:
            raise ValidationError({"updated_since": error.detail}) from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "updated_since",
                "in": "query",
                "required": False,
                "description": (
                    "Only what changed at or after this moment, and what was retired since, so that a copy "
                    "can drop it. Send the largest `updated_at` of the copy. Without it: what is given now."
                ),
                "schema": {"type": "string", "format": "date-time"},
            }
        ]


class ConditionalSchema(AutoSchema):
    """Adds to the OpenAPI document what an answer with an ETag takes in and gives out."""

    def get_override_parameters(self) -> list[Any]:
        return [
            OpenApiParameter(
                name="If-None-Match",
                location=OpenApiParameter.HEADER,
                description="The ETag of the copy that is kept. An answer that would be the same is a 304.",
            ),
            OpenApiParameter(
                name="ETag",
                location=OpenApiParameter.HEADER,
                response=[200, 304],
                description="Another one whenever anything in the answer is another.",
            ),
        ]

    def get_response_serializers(self) -> Any:
        unchanged = OpenApiResponse(description="The copy with this ETag is still right. There is no body.")
        return {200: super().get_response_serializers(), 304: unchanged}
