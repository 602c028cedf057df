"""What telephones wrote down without a connection, over REST."""

from collections.abc import Mapping
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.models import User
from programs.exchange.actions import EventResult, take_in
from programs.exchange.actions.sync import RESULTS
from programs.exchange.rules.envelope import KINDS, REFUSALS, read_moment, read_uuid
from programs.lib.parsers import AnyhowJSONParser
from programs.lib.permissions import IsPatient
from programs.lib.serializers import MomentField

MOST_EVENTS = 100
TOO_MANY = f"Send {MOST_EVENTS} at most at once."
NOT_A_LIST = "Send a list of what happened."
NOT_YOURS = "This was written down for somebody else. Nothing was stored."


class ClientEventInput(serializers.Serializer[Any]):
    """One thing that happened. Of these kinds nothing is refused: what cannot be read is kept as it came."""

    id = serializers.UUIDField(help_text="Made by the client: sending it again stores it once.")
    kind = serializers.ChoiceField(KINDS)
    session = serializers.UUIDField(allow_null=True, help_text="Null for answers to safety questions.")
    seq = serializers.IntegerField(min_value=1, help_text="1, 2, 3 and so on within a session.")
    type = serializers.CharField(help_text="What happened.")
    at = MomentField(help_text="By the device's clock, with its offset.")
    age_ms = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="How long before the sending, by a clock that nobody sets. It goes before `at`.",
    )
    mono = serializers.IntegerField(min_value=0, help_text="Milliseconds since the session started.")
    step = serializers.CharField(allow_null=True, help_text="The id of the step that it is about.")
    data = serializers.DictField()  # type: ignore[assignment]  # a field, which REST framework takes out again


class SyncInput(serializers.Serializer[Any]):
    """What a device has kept, oldest first; answers to safety questions in a request of their own before."""

    device_id = serializers.UUIDField()
    patient = serializers.UUIDField(help_text="Whose it is. Where that is not the caller: 409.")
    sent_at = MomentField(help_text="What the device's clock shows now.")
    events = serializers.ListField(child=ClientEventInput(), max_length=MOST_EVENTS)


class EventResultOutput(serializers.Serializer[EventResult]):
    id = serializers.CharField(allow_null=True, help_text="As it was sent.")
    result = serializers.ChoiceField(
        RESULTS,
        help_text="stored; duplicate: it was there; conflict: its id was there with other contents, both are "
        "kept; quarantined: kept as it came; rejected: not stored.",
    )
    code = serializers.ChoiceField([*REFUSALS], required=False, help_text="Only where it was rejected: why.")
    detail = serializers.CharField(required=False, help_text="The same in a sentence.")

    def to_representation(self, instance: EventResult) -> dict[str, Any]:
        said = super().to_representation(instance)
        return {name: value for name, value in said.items() if value != ""}


class SyncOutput(serializers.Serializer[Any]):
    server_time = MomentField()
    results = EventResultOutput(many=True, help_text="One for each event, in the order they were sent.")


class OfSomebodyElse(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = NOT_YOURS


class TooMany(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = TOO_MANY


class SyncViewSet(ViewSet):
    """What happened while there was no connection."""

    permission_classes = [IsPatient]
    parser_classes = [AnyhowJSONParser]

    @extend_schema(
        request=SyncInput,
        responses={200: SyncOutput, 409: OpenApiResponse(description=NOT_YOURS)},
        operation_id="sync_events_create",
    )
    def create(self, request: Request) -> Response:
        """Store what happened, each event once, and say what became of each. Sending again does no harm."""
        patient, now = cast(User, request.user), timezone.now()
        sent = request.data if isinstance(request.data, Mapping) else {}
        events = sent.get("events")
        if not isinstance(events, list):
            raise serializers.ValidationError({"events": NOT_A_LIST})
        if read_uuid(sent.get("patient")) != patient.pk:
            raise OfSomebodyElse
        if len(events) > MOST_EVENTS:
            raise TooMany
        results = take_in(
            patient=patient,
            device_id=read_uuid(sent.get("device_id")),
            sent_at=read_moment(sent.get("sent_at")),
            events=events,
            now=now,
        )
        return Response(SyncOutput({"server_time": now, "results": results}).data)
