"""What movement breaks came to, over REST: day by day to the patient, in one line to their therapist."""

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from programs.accounts.actions import record_access
from programs.accounts.adapters import PatientRecords
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Plan
from programs.lib.permissions import IsPatientOrTherapist
from programs.lib.serializers import MomentField
from programs.reminders.models import Outcome
from programs.reminders.queries.statistics import BreakStatistics, statistics
from programs.reminders.rules.statistics import WEEK, BreakDay, BreakWeek

MOST_DAYS = 90
_DAYS = f"Choose a whole number of days from 1 to {MOST_DAYS}."


class StatisticsQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        default=2 * WEEK,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "max_string_length"), _DAYS),
        help_text="Up to and with today.",
    )


class MinutesField(serializers.IntegerField):
    """A length of time in whole minutes."""

    def to_representation(self, value: Any) -> int:
        length: timedelta = value
        return round(length.total_seconds() / 60)


class PromptsOfDayOutput(serializers.Serializer[BreakDay]):
    done = serializers.SerializerMethodField(help_text="The patient moved.")
    dismissed = serializers.SerializerMethodField(help_text="Not now.")
    expired = serializers.SerializerMethodField(help_text="No answer.")
    unanswered = serializers.SerializerMethodField(help_text="It still shows, or is put off.")

    def get_done(self, day: BreakDay) -> int:
        return day.prompts.get(Outcome.DONE, 0)

    def get_dismissed(self, day: BreakDay) -> int:
        return day.prompts.get(Outcome.DISMISSED, 0)

    def get_expired(self, day: BreakDay) -> int:
        return day.prompts.get(Outcome.EXPIRED, 0)

    def get_unanswered(self, day: BreakDay) -> int:
        return day.prompts.get("", 0)


class BreakDayOutput(serializers.Serializer[BreakDay]):
    day = serializers.DateField()
    breaks = serializers.IntegerField(
        allow_null=True, help_text="Null: nothing is known of that day, which is not 0."
    )
    longest_minutes = MinutesField(
        source="longest",
        allow_null=True,
        help_text="The longest time without a break in the allowed hours. Null: none of them are known.",
    )
    prompts = PromptsOfDayOutput(source="*")


class BreakWeekOutput(serializers.Serializer[BreakWeek]):
    days_known = serializers.IntegerField()
    days_with_breaks = serializers.IntegerField()
    breaks = serializers.IntegerField(help_text="In all.")
    breaks_a_day = serializers.IntegerField(help_text="On days with any, rounded.")
    longest_minutes = MinutesField(source="longest", allow_null=True)
    longest_on = serializers.DateField(allow_null=True)


class BreakStatisticsOutput(serializers.Serializer[BreakStatistics]):
    week = BreakWeekOutput(help_text="The last seven of the days.")
    days = BreakDayOutput(many=True, help_text="Oldest first; the last one is today.")


class PlanBreaksOutput(serializers.Serializer[Any]):
    enabled = serializers.BooleanField(source="statistics.is_on")
    interval_minutes = serializers.IntegerField(
        source="statistics.rule.interval_minutes", default=None, allow_null=True, help_text="In force."
    )
    wished_minutes = serializers.IntegerField(
        source="statistics.rule.wished_minutes",
        default=None,
        allow_null=True,
        help_text="What the patient chose; less than is in force where prompts went by without an answer.",
    )
    paused_until = MomentField(source="statistics.rule.paused_until", default=None, allow_null=True)
    week = BreakWeekOutput(source="statistics.week")
    sentence = serializers.CharField(help_text="All of this in one line.")


class BreakStatisticsViewSet(ViewSet):
    """The patient's own breaks."""

    @extend_schema(
        parameters=[StatisticsQuery],
        responses=BreakStatisticsOutput,
        operation_id="break_statistics_retrieve",
    )
    def retrieve(self, request: Request) -> Response:
        """What each of the last days came to, and the last seven together."""
        query = StatisticsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        patient, now = cast(User, request.user), timezone.now()
        found = statistics(patient, patient, now, query.validated_data["days"])
        record_access(
            actor=patient,
            clinic=clinic_of(patient, Role.PATIENT),
            patients=[patient],
            door="api:break-statistics",
            now=now,
        )
        return Response(BreakStatisticsOutput(found).data)


class PlanBreaksViewSet(PatientRecords, GenericViewSet):
    """The movement breaks of whom a plan is for."""

    queryset = Plan.objects.current().select_related("patient", "clinic")
    permission_classes = [IsPatientOrTherapist]
    serializer_class = PlanBreaksOutput

    @extend_schema(responses=PlanBreaksOutput, operation_id="plans_breaks_retrieve")
    def retrieve(self, request: Request, pk: str) -> Response:
        """How often prompts come, and what the last seven days came to."""
        now = timezone.now()
        found = statistics(self.get_object().patient, self.caller, now, WEEK)
        return Response(PlanBreaksOutput({"statistics": found, "sentence": found.in_short(now)}).data)
