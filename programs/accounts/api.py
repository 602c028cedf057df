"""One's own account over REST: who one is, and how pages and sessions are to be."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.actions import set_wishes
from programs.accounts.models import FirstLeg, Speed, TextSize, User
from programs.lib.permissions import HasRole
from programs.lib.serializers import Input


class HasAnyRole(HasRole):
    roles = ("patient", "therapist", "admin")


class MeInput(Input):
    """How somebody wants pages and sessions to be; what is left out stays as it is."""

    text_size = serializers.ChoiceField(TextSize.choices, required=False, help_text="Percent of the usual.")
    voice = serializers.BooleanField(
        required=False, help_text="Whether a session may speak by itself. What is asked for is always read."
    )
    speed = serializers.ChoiceField(
        Speed.choices,
        required=False,
        help_text="1, 1.5 and 2 times as long as the plan has it: for moving figures and for a player.",
    )
    first_leg = serializers.ChoiceField(
        FirstLeg.choices, required=False, help_text="Which leg comes first, one after the other."
    )
    less_motion = serializers.BooleanField(required=False)
    time_zone = serializers.CharField(required=False, max_length=64, help_text="An IANA name.")


class MeOutput(serializers.Serializer[User]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.SerializerMethodField()
    text_size = serializers.ChoiceField(TextSize.choices)
    voice = serializers.BooleanField()
    speed = serializers.ChoiceField(Speed.choices)
    first_leg = serializers.ChoiceField(FirstLeg.choices)
    less_motion = serializers.BooleanField()
    time_zone = serializers.CharField()

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)


class MeViewSet(ViewSet):
    """One's own account."""

    permission_classes: list[type[BasePermission]] = [HasAnyRole]

    @extend_schema(responses=MeOutput, operation_id="me_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Who is signed in, and how they want pages and sessions to be."""
        return Response(MeOutput(cast(User, request.user)).data)

    @extend_schema(request=MeInput, responses=MeOutput, operation_id="me_update")
    def partial_update(self, request: Request) -> Response:
        """Keep what is sent, from now on. Nothing else changes."""
        user = cast(User, request.user)
        given: dict[str, Any] = MeInput.checked(request.data)
        set_wishes(user=user, **given)
        return Response(MeOutput(user).data)
