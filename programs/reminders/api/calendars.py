"""The patient's own calendar over REST: read for when they are busy, and shown their prompts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.models import Role
from programs.accounts.queries import clinic_of
from programs.lib.public_address import LONGEST_ADDRESS
from programs.lib.serializers import Input, MomentField
from programs.reminders.actions import calendars as actions
from programs.reminders.api.breaks import OwnRecords
from programs.reminders.forms.calendars import check_calendar_address
from programs.reminders.models import BusyCalendar, CalendarFeed
from programs.reminders.queries.calendars import KnownBusy, known_busy
from programs.reminders.rules.busy import MOST_CHARACTERS

ONE_OF_BOTH = "Give either an address or the content of a calendar file."


class BusyCalendarInput(Input):
    address = serializers.CharField(
        required=False, max_length=LONGEST_ADDRESS, help_text="https:// or webcal://, on the public internet."
    )
    content = serializers.CharField(
        required=False, max_length=MOST_CHARACTERS, help_text="The text of an .ics file; read once."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given) != 1:
            raise serializers.ValidationError({"address": ONE_OF_BOTH})
        return given


class BusyStretchOutput(serializers.Serializer[Any]):
    start = MomentField()
    end = MomentField()


class BusyCalendarOutput(serializers.Serializer[KnownBusy]):
    host = serializers.CharField(help_text="Of the address; empty where the calendar came as a file.")
    read_at = MomentField(source="calendar.read_at", allow_null=True)
    known_until = MomentField(source="calendar.known_until", allow_null=True)
    problem = serializers.CharField(
        source="calendar.problem", help_text="What the last reading could not make out, in words; else empty."
    )
    busy_today = BusyStretchOutput(many=True, help_text="What is not over yet of the local day.")


class BusyCalendarViewSet(OwnRecords, GenericViewSet):
    """The calendar that no prompt comes into: one each, without an id. Its address is never told again."""

    queryset = BusyCalendar.objects.all()
    serializer_class = BusyCalendarOutput
    pagination_class = None

    @extend_schema(responses={200: BusyCalendarOutput, 404: None}, operation_id="busy_calendar_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What is known of when the patient is busy; 404 while there is no calendar."""
        return self.answer(timezone.now())

    @extend_schema(
        request=BusyCalendarInput, responses=BusyCalendarOutput, operation_id="busy_calendar_update"
    )
    def update(self, request: Request) -> Response:
        """Keep quiet by this calendar. An address is read within minutes and then each hour."""
        given, now = BusyCalendarInput.checked(request.data), timezone.now()
        if "address" in given:
            check_calendar_address(given["address"])
            actions.set_calendar_address(patient=self.caller, address=given["address"], now=now)
        else:
            try:
                actions.set_calendar_file(patient=self.caller, text=given["content"], now=now)
            except ValidationError as error:
                raise ValidationError({"content": error.messages}) from None
        return self.answer(now)

    @extend_schema(request=None, responses={204: None}, operation_id="busy_calendar_destroy")
    def destroy(self, request: Request) -> Response:
        """Forget the calendar and the busy times."""
        actions.remove_calendar(patient=self.caller, now=timezone.now())
        return Response(status=204)

    def answer(self, now: datetime) -> Response:
        known = known_busy(self.caller, now)
        if known is None:
            raise Http404
        self.record_access([known.calendar])
        return Response(BusyCalendarOutput(known).data)


class CalendarFeedOutput(serializers.Serializer[CalendarFeed]):
    created_at = MomentField()
    last_read_at = MomentField(allow_null=True, help_text="When a calendar program last asked.")


class NewCalendarFeedOutput(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Told only now. Whoever knows it needs no sign-in.")


class CalendarFeedViewSet(OwnRecords, GenericViewSet):
    """The secret address under which a calendar program reads the patient's coming prompts."""

    queryset = CalendarFeed.objects.all()
    serializer_class = CalendarFeedOutput
    pagination_class = None

    @extend_schema(responses={200: CalendarFeedOutput, 404: None}, operation_id="calendar_feed_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Since when there is an address, and when it was last read; 404 while there is none."""
        feed = self.get_queryset().first()
        if feed is None:
            raise Http404
        self.record_access([feed])
        return Response(CalendarFeedOutput(feed).data)

    @extend_schema(request=None, responses={201: NewCalendarFeedOutput}, operation_id="calendar_feed_create")
    def create(self, request: Request) -> Response:
        """Make a new address. The one before it shows nothing any more."""
        clinic = clinic_of(self.caller, Role.PATIENT)
        secret = actions.renew_feed(clinic=clinic, patient=self.caller, now=timezone.now())
        address = request.build_absolute_uri(reverse("reminders:calendar_feed", args=[secret]))
        return Response({"address": address}, status=201)

    @extend_schema(request=None, responses={204: None}, operation_id="calendar_feed_destroy")
    def destroy(self, request: Request) -> Response:
        """The address shows nothing any more."""
        actions.end_feed(patient=self.caller)
        return Response(status=204)
