"""The guided player over REST: the kit that lets a phone run sessions without signal."""

from typing import Any, cast

from django.utils import timezone
from django.utils.cache import set_response_etag
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Side
from programs.lib.permissions import IsPatient
from programs.lib.serializers import MomentField
from programs.logbook.queries.kit import Kit, kit_of


class KitClinicOutput(serializers.Serializer[Clinic]):
    name = serializers.CharField()
    phone = serializers.CharField(help_text="Empty where it is not known.")
    emergency_number = serializers.CharField()


class KitSettingsOutput(serializers.Serializer[User]):
    voice = serializers.BooleanField()
    speed = serializers.CharField()
    less_motion = serializers.BooleanField()
    text_size = serializers.IntegerField(help_text="In percent.")


class KitHoldOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["emergency", "urgent", "ask_first"])
    address = serializers.CharField(help_text="The page that says what to do.")
    words = serializers.CharField()


class KitQuestionOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(help_text="As it is put to the caller.")
    level = serializers.CharField(help_text="What a yes asks for by itself.")


class KitSafetyOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    reason = serializers.CharField()
    asks_conditions = serializers.BooleanField(help_text="Ask what rules exercises out, too.")
    questions = KitQuestionOutput(many=True)


class KitLeftOutOutput(serializers.Serializer[Any]):
    planned = serializers.SlugField()
    name = serializers.CharField()
    reason = serializers.CharField()
    sides = serializers.ListField(child=serializers.CharField())


class KitShortOutput(serializers.Serializer[Any]):
    blocks = serializers.ListField(child=serializers.CharField())
    set_aside = serializers.ListField(child=serializers.CharField())
    minutes = serializers.IntegerField()


class KitFactorOutput(serializers.Serializer[Any]):
    percent = serializers.IntegerField(help_text="Of every dose of the day.")
    reason = serializers.CharField(help_text="Empty for all of it.")


class KitDayOutput(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="A local day.")
    is_rest_day = serializers.BooleanField(help_text="`blocks` are the whole stage, for who wants to.")
    blocks = serializers.ListField(child=serializers.CharField(), help_text="Keys, in the order of the plan.")
    set_aside = serializers.ListField(child=serializers.CharField())
    short = KitShortOutput(allow_null=True, help_text="For little time; null where it would be the same.")
    left_out = KitLeftOutOutput(many=True, help_text="What the plan has for the day besides.")
    factor = KitFactorOutput()
    minutes = serializers.IntegerField(help_text="Rounded up, without the walks.")
    is_done = serializers.BooleanField(help_text="What was due is done: this is all of it once more.")
    was_too_much = serializers.BooleanField()


class KitOutput(serializers.Serializer[Kit]):
    """Plan, stage, side and limit are null, and `days` empty, while nothing is assigned.

    Days have no blocks while an answer lets no session start.
    """

    made_at = MomentField(help_text="The beginning of the local day on which it was made.")
    patient = serializers.UUIDField(source="patient.pk")
    plan_version = serializers.UUIDField(source="current.version.pk", allow_null=True)
    stage_number = serializers.IntegerField(source="current.stage.number", allow_null=True)
    side = serializers.ChoiceField(Side.choices, source="current.plan.side", allow_null=True)
    first_leg = serializers.CharField(source="patient.first_leg")
    time_zone = serializers.CharField(source="patient.time_zone")
    gate = serializers.IntegerField(help_text="Pain before, from which a gentle set is offered.")
    limit = serializers.IntegerField(source="current.plan.pain_limit", allow_null=True)
    clinic = KitClinicOutput()
    settings = KitSettingsOutput(source="patient")
    hold = KitHoldOutput(allow_null=True, help_text="While there is one, no session can start.")
    safety = KitSafetyOutput(allow_null=True, help_text="What is to be answered first.")
    lines = KitQuestionOutput(many=True, help_text="Asked before the first session of each later day.")
    after_stop = KitSafetyOutput(help_text="Asked before the next session, once one was stopped for pain.")
    card = serializers.DictField(help_text="The safety card, as `safety/card/` gives it.")
    days = KitDayOutput(many=True, help_text="Today and the six days after it.")
    blocks = serializers.DictField(
        child=serializers.DictField(),
        help_text="Exercises by key, each with its steps; with the easier ones that may stand in for them.",
    )
    words = serializers.CharField(help_text="Why there are no days; empty where there are.")


class PlayerKitViewSet(ViewSet):
    """What the guided player needs."""

    permission_classes = [IsPatient]

    @extend_schema(
        parameters=[
            OpenApiParameter(
                name="If-None-Match",
                location=OpenApiParameter.HEADER,
                description="The ETag of the kit that is kept. An answer that would be the same is a 304.",
            ),
            OpenApiParameter(name="ETag", location=OpenApiParameter.HEADER, response=[200, 304]),
        ],
        responses={200: KitOutput, 304: OpenApiResponse(description="The kit that is kept is still right.")},
        operation_id="player_kit_retrieve",
    )
    def retrieve(self, request: Request) -> Response:
        """All that a phone needs for seven days of sessions without signal."""
        patient, now = cast(User, request.user), timezone.now()
        clinic = clinic_of(patient, Role.PATIENT)
        kit = kit_of(patient, clinic, now)
        record_access(actor=patient, clinic=clinic, patients=[patient], door="api:player-kit", now=now)
        answer = Response(KitOutput(kit).data)
        # The middleware gives none to what no cache may keep ("no-store"). The phone has a store of its own,
        # and asks with it.
        answer.add_post_render_callback(set_response_etag)
        return answer
