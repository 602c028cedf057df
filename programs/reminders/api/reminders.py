"""Reminders over REST: what the caller wants to be reminded of, and when each comes next."""

from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import IsPatientOrTherapist
from programs.lib.serializers import Input, MomentField, TimeOfDayField, WholeNumberField
from programs.reminders.actions import MOST_TIMES, set_reminders, start_again, stop_everything
from programs.reminders.models import Kind, ReminderSettings
from programs.reminders.queries import next_reminders, reminder_settings_of


def _time(words: str) -> TimeOfDayField:
    return TimeOfDayField(allow_null=True, default=None, help_text=f"{words} Null: not at all.")


class RemindersInput(Input):
    session_times = serializers.ListField(
        child=TimeOfDayField(),
        max_length=MOST_TIMES,
        default=list,
        help_text=f"For patients: up to {MOST_TIMES}, at least two hours apart. None: not at all.",
    )
    weekdays = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=6),
        max_length=7,
        default=list,
        help_text="For patients: the days of the exercises. Monday is 0.",
    )
    morning_check_at = _time("For patients: on the morning after a session.")
    daily_check_at = _time("For patients.")
    digest_at = _time("One e-mail a day.")
    quiet_start = TimeOfDayField(allow_null=True, default=None)
    quiet_end = TimeOfDayField(allow_null=True, default=None)
    time_zone = serializers.CharField(max_length=64, help_text="An IANA name, such as Europe/London.")
    by_push = serializers.BooleanField(default=True)


class NextReminderOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Kind.choices)
    at = MomentField(allow_null=True, help_text="Null where it depends on a session that is still to come.")


class RemindersOutput(serializers.Serializer[ReminderSettings]):
    session_times = serializers.ListField(child=serializers.TimeField(), source="times")
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    morning_check_at = serializers.TimeField(allow_null=True)
    daily_check_at = serializers.TimeField(allow_null=True)
    digest_at = serializers.TimeField(allow_null=True)
    quiet_start = serializers.TimeField(allow_null=True)
    quiet_end = serializers.TimeField(allow_null=True)
    time_zone = serializers.CharField()
    by_push = serializers.BooleanField()
    stopped_at = MomentField(allow_null=True, help_text="Since when everything is stopped.")
    coming = serializers.SerializerMethodField(help_text="The next of each, in order.")

    @extend_schema_field(NextReminderOutput(many=True))
    def get_coming(self, settings: ReminderSettings) -> Any:
        return NextReminderOutput(next_reminders(settings), many=True).data


class RemindersViewSet(ViewSet):
    """What the caller wants to be reminded of, besides movement breaks: one set each, without an id."""

    permission_classes = [IsPatientOrTherapist]

    @extend_schema(responses={200: RemindersOutput, 404: None}, operation_id="reminders_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What was chosen, with the time of each next reminder; 404 while nothing was ever chosen."""
        return self.answer()

    @extend_schema(request=RemindersInput, responses=RemindersOutput, operation_id="reminders_update")
    def update(self, request: Request) -> Response:
        """Write all of it down. What was stopped starts again."""
        given = RemindersInput.checked(request.data)
        set_reminders(clinic=self.clinic, user=self.caller, now=timezone.now(), **given)
        return self.answer()

    @extend_schema(request=None, responses={200: RemindersOutput, 404: None}, operation_id="reminders_stop")
    def stop(self, request: Request) -> Response:
        """Nothing comes any more, no movement break either; what was chosen is kept."""
        stop_everything(clinic=self.clinic, user=self.caller, now=timezone.now())
        return self.answer()

    @extend_schema(responses={200: RemindersOutput, 404: None}, operation_id="reminders_start")
    def start(self, request: Request) -> Response:
        """Everything comes again as it was chosen."""
        get_object_or_404(ReminderSettings.objects.visible_to(self.caller))
        start_again(user=self.caller, now=timezone.now())
        return self.answer()

    @property
    def caller(self) -> User:
        return cast(User, self.request.user)

    @property
    def clinic(self) -> Clinic:
        is_staff = self.caller.has_role(Role.THERAPIST)
        return clinic_of(self.caller, Role.THERAPIST if is_staff else Role.PATIENT)

    def answer(self) -> Response:
        found = reminder_settings_of(self.caller)
        if found is None:
            raise Http404
        if not self.caller.has_role(Role.THERAPIST):
            now = timezone.now()
            record_access(
                actor=self.caller, clinic=self.clinic, patients=[self.caller], door="api:reminders", now=now
            )
        return Response(RemindersOutput(found).data)
