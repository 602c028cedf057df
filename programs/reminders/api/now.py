"""A break to take right now over REST: the small move whose turn it is."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import IsPatient
from programs.reminders.queries import break_now


class BreakNowQuery(serializers.Serializer[Any]):
    after = serializers.SlugField(
        max_length=80, default="", help_text="The slug of a move: the one after it is wanted."
    )


class BreakMoveOutput(serializers.Serializer[Any]):
    slug = serializers.SlugField(
        source="movement.slug", help_text="To be sent with the break that was taken."
    )
    name = serializers.CharField(source="movement.name")
    steps = serializers.ListField(child=serializers.CharField(), help_text="One sentence each.")
    seconds = serializers.IntegerField(source="movement.seconds")
    exercise = serializers.UUIDField(source="movement.exercise_id", allow_null=True)
    figure = serializers.JSONField(allow_null=True, help_text="As of an exercise in the library.")
    side = serializers.ChoiceField(["left", "right"], help_text="The side for which the figure is shown.")


class BreakNowOutput(serializers.Serializer[Any]):
    is_stopped = serializers.BooleanField(
        source="holds.is_stopped", help_text="What was answered lets nobody exercise now: show no move."
    )
    move = BreakMoveOutput(allow_null=True, help_text="Null where nothing fits.")
    others = serializers.IntegerField(help_text="How many others fit.")
    counts_to_plan = serializers.BooleanField()


class BreakNowViewSet(ViewSet):
    """A break to take right now."""

    permission_classes = [IsPatient]

    @extend_schema(
        parameters=[BreakNowQuery], responses={200: BreakNowOutput, 400: None}, operation_id="breaks_now"
    )
    def retrieve(self, request: Request) -> Response:
        """The small move that fits and was not done for longest, or the one after another."""
        query = BreakNowQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        patient, now = cast(User, request.user), timezone.now()
        clinic = clinic_of(patient, Role.PATIENT)
        found = break_now(patient, clinic, now, after=query.validated_data["after"])
        record_access(actor=patient, clinic=clinic, patients=[patient], door="api:breaks-now", now=now)
        return Response(BreakNowOutput(found).data)
