"""What a device with only the token of a push may do with the prompt in it, whoever is signed in there.

A token speaks of the one prompt that its push was about, and for nobody else. It puts that off for as long
as it can be answered, which is until its `expires_at`. A Done is taken for 24 hours after the prompt was due,
also one that was tapped too late to answer it, or kept by a device without a network: who moved has moved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.delivery.models import Notice
from programs.delivery.queries import PROMPT_SOURCE, Pushed, pushed
from programs.lib.serializers import Input, MomentField, WholeNumberField
from programs.reminders.actions import follow_push, snooze_prompt
from programs.reminders.models import Prompt
from programs.reminders.queries import prompt_text

TAKEN_FOR = timedelta(hours=24)


class TokenInput(Input):
    token = serializers.CharField(max_length=200, help_text="From the push.")


class PushedDoneInput(TokenInput):
    at = MomentField(
        required=False,
        help_text="When Done was tapped, where that was a while ago; never before the prompt was due, nor in "
        "the future.",
    )


class PushedSnoozeInput(PushedDoneInput):
    minutes = WholeNumberField(min_value=5, max_value=15, help_text="5, 10 or 15, from when it was tapped.")


class PushedWordsOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    body = serializers.CharField(help_text="An invitation from the library. It says nothing about anybody.")


class PushedPromptViewSet(ViewSet):
    """What a service worker asks and says, which may know nothing of who is signed in."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        request=TokenInput,
        responses={200: PushedWordsOutput, 404: None},
        operation_id="push_prompts_words",
    )
    def words(self, request: Request) -> Response:
        """What to say, while the prompt can be answered."""
        _, prompt = self._find(TokenInput.checked(request.data)["token"])
        if prompt.outcome is not None or prompt.expires_at <= timezone.now():
            raise Http404
        return Response({"title": Notice.TIME_TO_MOVE.label, "body": prompt_text(prompt)})

    @extend_schema(
        request=PushedDoneInput, responses={204: None, 400: None, 404: None}, operation_id="push_prompts_done"
    )
    def done(self, request: Request) -> Response:
        """The patient has moved, in time or not. A repeat changes nothing."""
        given = PushedDoneInput.checked(request.data)
        _, prompt = self._find(given["token"])
        now = timezone.now()
        follow_push(prompt=prompt, tapped_at=self._tapped_at(prompt, given.get("at"), now), now=now)
        return Response(status=204)

    @extend_schema(
        request=PushedSnoozeInput,
        responses={204: None, 400: None, 404: None},
        operation_id="push_prompts_snooze",
    )
    def snooze(self, request: Request) -> Response:
        """Show the same prompt again some minutes later. Each push of it puts it off once, however often it
        says so.
        """
        given = PushedSnoozeInput.checked(request.data)
        push, prompt = self._find(given["token"])
        if prompt.outcome is not None or prompt.nth == push.nth:
            tapped_at = self._tapped_at(prompt, given.get("at"), timezone.now())
            snooze_prompt(prompt=prompt, minutes=given["minutes"], now=tapped_at)
        return Response(status=204)

    def _find(self, token: str) -> tuple[Pushed, Prompt]:
        """The push that the token came in, and the prompt it was about; 404 for every other token."""
        push = pushed(token)
        if push is None or push.source_kind != PROMPT_SOURCE:
            raise Http404
        prompts = Prompt.objects.select_related("clinic", "patient", "rule").filter(
            patient=push.recipient, due_at__gt=timezone.now() - TAKEN_FOR
        )
        return push, get_object_or_404(prompts, pk=push.source_id)

    def _tapped_at(self, prompt: Prompt, at: datetime | None, now: datetime) -> datetime:
        """When it was tapped, as far as that can be: a device may say anything, and its clock be wrong."""
        return now if at is None else min(max(at, prompt.due_at), now)
