"""What REST framework asks of the library: how its doses are written, and what a kept copy of it needs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from programs.lib.serializers import NOT_A_MOMENT, MomentField
from programs.library.rules import Dose, StageTestItem, stills
from programs.library.rules.stage_tests import TEST_KINDS, UNITS


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


class StageTestItemOutput(serializers.Serializer[StageTestItem]):
    """One thing to try before a stage is left. A limit that is null asks for nothing."""

    key = serializers.SlugField()
    kind = serializers.ChoiceField(TEST_KINDS, help_text="can: yes or no; count: a whole number of `unit`.")
    aim = serializers.CharField()
    question = serializers.CharField()
    exercise = serializers.CharField(help_text="The slug of what is done; empty where it is no exercise.")
    unit = serializers.ChoiceField(UNITS)
    each_side = serializers.BooleanField(help_text="The legs are tried apart.")
    at_least = serializers.IntegerField(allow_null=True)
    share_of_other = serializers.IntegerField(
        allow_null=True,
        help_text="Percent of the other side's count; beside `at_least`, either is enough.",
    )
    most_apart = serializers.IntegerField(allow_null=True, help_text="Between the counts of the sides.")
    rise_over_first = serializers.IntegerField(
        allow_null=True, help_text="Percent above the count at the start of the program, which is asked too."
    )
    pain_at_most = serializers.IntegerField(allow_null=True, help_text="The worst pain with it, 0 to 10.")


_POINT = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
_POINTS = {"type": "object", "additionalProperties": _POINT}


@extend_schema_field({**_POINTS, "description": "Points and directions by name, each as [x, y, z]."})
class LimbField(serializers.JSONField):
    """Where a limb ends, and which way its parts point."""


@extend_schema_field({"type": "object", "additionalProperties": {"oneOf": [{"type": "number"}, _POINT]}})
class TrunkField(serializers.JSONField):
    """Turns in degrees; of the pelvis also where it is."""


@extend_schema_field({"type": "array", "items": {"type": "array", "items": _POINT}})
class ArrowsField(serializers.JSONField):
    """Lines through two or three points."""


class FigurePoseOutput(serializers.Serializer[Any]):
    """One of two poses, in centimetres: y points up, and z to the right of somebody who looks along x."""

    text = serializers.CharField(help_text="What the picture shows, in words that fit either side.")
    contacts = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What of the body touches the floor, a wall or furniture.",
    )
    pelvis = TrunkField(help_text="`at`, where it is, and turns in degrees.")
    spine = TrunkField(required=False, help_text="Turns from the pelvis up to the head, in degrees.")
    breath = serializers.FloatField(required=False, help_text="By how much the tummy lifts.")
    leg_right = LimbField(help_text="The right side is the one that works.")
    leg_left = LimbField()
    arm_right = LimbField()
    arm_left = LimbField()


class FigureOutput(serializers.Serializer[Any]):
    """A person drawn in two poses, between which the exercise moves; docs/figures.md tells how to draw it."""

    slug = serializers.SlugField()
    stills = serializers.SerializerMethodField(
        help_text=(
            "The addresses of two SVG pictures, first and second pose, from the root of this server. They "
            "stay the same when a picture is drawn better: ask again with the ETag that came with it. For "
            "the left side, flip both from left to right."
        )
    )
    alternative_texts = serializers.SerializerMethodField(
        help_text="What the two pictures show, for people who cannot see them."
    )
    view_box = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Left, top, width and height of both pictures, in their own units.",
    )
    camera = serializers.DictField(
        child=serializers.FloatField(), help_text="From where it is seen: `yaw` and `pitch` in degrees."
    )
    person = serializers.CharField(help_text="Which of the drawn people it is.")
    props = serializers.ListField(
        child=serializers.JSONField(), help_text="Mat, floor, wall, chair and the like, each with its `kind`."
    )
    feel = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text=(
            "Hatched in the second picture: where it may be felt, or for a nerve glide where a light pull "
            "may start, which is where to stop."
        ),
    )
    arrows = ArrowsField(help_text="How it moves: drawn in the second picture.")
    one_way = serializers.BooleanField(
        required=False, help_text="The way back is done otherwise, so a moving picture leaves it out."
    )
    order = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What is drawn first, and what over it."
    )
    poses = FigurePoseOutput(many=True, help_text="Always two.")

    def get_stills(self, figure: dict[str, Any]) -> list[str]:
        # never the address with a hash: a kept copy would lose its pictures with the next release
        return [f"{settings.STATIC_URL}{still.path}" for still in stills(figure)]

    def get_alternative_texts(self, figure: dict[str, Any]) -> list[str]:
        return [still.text for still in stills(figure)]


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
