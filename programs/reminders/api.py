"""Movement breaks over REST: the patient's own rule and prompts."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.accounts.models import Role
from programs.accounts.queries import clinic_of
from programs.lib.serializers import Input, MomentField, WholeNumberField
from programs.reminders.actions import answer_prompt, pause_breaks, set_break_rule, snooze_prompt
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.rules import MOST_A_DAY


class PromptQuery(serializers.Serializer[Any]):
    showing = serializers.BooleanField(default=False, help_text="Only what an open page shows now.")


class SnoozeInput(Input):
    minutes = WholeNumberField(min_value=5, max_value=15, help_text="5, 10 or 15.")


class PromptOutput(serializers.Serializer[Prompt]):
    id = serializers.UUIDField()
    due_at = MomentField()
    show_at = MomentField()
    expires_at = MomentField(help_text="Never show it from then on.")
    nth = serializers.IntegerField(help_text="2 or more: it was put off and is shown again.")
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    answered_at = MomentField(allow_null=True)


class WindowInput(Input):
    start = serializers.TimeField()
    end = serializers.TimeField(help_text="Later than the start, on the same day.")


class WindowOutput(serializers.Serializer[Any]):
    start = serializers.TimeField()
    end = serializers.TimeField()


class BreakRuleInput(Input):
    enabled = serializers.BooleanField()
    interval_minutes = WholeNumberField(min_value=20, max_value=60, default=30)
    weekdays = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=6), max_length=7, help_text="Monday is 0."
    )
    windows = WindowInput(many=True, help_text="One to four, which do not overlap.")
    quiet_start = serializers.TimeField(allow_null=True, default=None)
    quiet_end = serializers.TimeField(allow_null=True, default=None)
    time_zone = serializers.CharField(max_length=64, help_text="An IANA name, such as Europe/London.")
    daily_cap = WholeNumberField(
        min_value=1, max_value=MOST_A_DAY, default=MOST_A_DAY, help_text="Prompts a day, at most."
    )
    by_push = serializers.BooleanField(default=True)
    by_email = serializers.BooleanField(default=False)


class PauseInput(Input):
    until = MomentField(help_text="In the next 14 days.")


class BreakRuleOutput(serializers.Serializer[BreakRule]):
    enabled = serializers.BooleanField()
    interval_minutes = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    windows = WindowOutput(many=True, source="schedule.windows", help_text="In the order of the day.")
    quiet_start = serializers.TimeField(allow_null=True)
    quiet_end = serializers.TimeField(allow_null=True)
    time_zone = serializers.CharField()
    daily_cap = serializers.IntegerField()
    by_push = serializers.BooleanField()
    by_email = serializers.BooleanField()
    paused_until = MomentField(allow_null=True, help_text="No prompts before then.")
    next_due_at = MomentField(
        source="coming_at", allow_null=True, help_text="When the next prompt comes; null while they are off."
    )


class OwnRecords(PatientRecords):
    """Nobody but the patient is prompted, so nobody else comes here, not even as their therapist."""

    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(patient=self.caller)


class PromptViewSet(OwnRecords, mixins.ListModelMixin, GenericViewSet):
    """Prompts to move, newest first: what shows now comes first."""

    queryset = Prompt.objects.select_related("patient")
    serializer_class = PromptOutput

    def get_queryset(self) -> Any:
        prompts = super().get_queryset()
        query = PromptQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return prompts.showing(timezone.now()) if query.validated_data["showing"] else prompts

    @extend_schema(parameters=[PromptQuery])
    def list(self, request: Request) -> Response:
        """The patient's prompts."""
        return super().list(request)

    @extend_schema(request=None, responses={200: PromptOutput, 400: None}, operation_id="prompts_done")
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """The patient has moved. The next prompt is a whole interval from now."""
        return self.answer(Outcome.DONE)

    @extend_schema(request=None, responses={200: PromptOutput, 400: None}, operation_id="prompts_dismiss")
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:
        """Not this time. The next prompt comes when it would have come anyway."""
        return self.answer(Outcome.DISMISSED)

    @extend_schema(request=SnoozeInput, responses=PromptOutput, operation_id="prompts_snooze")
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Show the same prompt again after some minutes."""
        given = SnoozeInput.checked(request.data)
        prompt = snooze_prompt(prompt=self.get_object(), minutes=given["minutes"], now=timezone.now())
        return Response(PromptOutput(prompt).data)

    def answer(self, outcome: Outcome) -> Response:
        prompt = answer_prompt(prompt=self.get_object(), outcome=outcome, now=timezone.now())
        return Response(PromptOutput(prompt).data)


class BreakRuleViewSet(OwnRecords, GenericViewSet):
    """When the patient wants to be prompted: one rule each, without an id."""

    queryset = BreakRule.objects.all()
    serializer_class = BreakRuleOutput
    pagination_class = None

    def get_object(self) -> BreakRule:
        rule = get_object_or_404(self.get_queryset())
        self.record_access([rule])
        return rule

    @extend_schema(responses={200: BreakRuleOutput, 404: None}, operation_id="break_rule_retrieve")
    def retrieve(self, request: Request) -> Response:
        """The rule, with the time of the next prompt; 404 while there is none."""
        return Response(BreakRuleOutput(self.get_object()).data)

    @extend_schema(request=BreakRuleInput, responses=BreakRuleOutput, operation_id="break_rule_update")
    def update(self, request: Request) -> Response:
        """Write the whole rule down. The first prompt is one interval from now."""
        given = BreakRuleInput.checked(request.data)
        windows = [(window["start"], window["end"]) for window in given.pop("windows")]
        clinic = clinic_of(self.caller, Role.PATIENT)
        rule = set_break_rule(
            clinic=clinic, patient=self.caller, windows=windows, now=timezone.now(), **given
        )
        self.record_access([rule])
        return Response(BreakRuleOutput(rule).data)

    @extend_schema(
        request=PauseInput, responses={200: BreakRuleOutput, 404: None}, operation_id="break_rule_pause"
    )
    def pause(self, request: Request) -> Response:
        """No prompts before a moment. The interval that runs goes on meanwhile."""
        return self.pause_until(PauseInput.checked(request.data)["until"])

    @extend_schema(responses={200: BreakRuleOutput, 404: None}, operation_id="break_rule_resume")
    def resume(self, request: Request) -> Response:
        """End the pause. A prompt that fell into it comes at once."""
        return self.pause_until(None)

    def pause_until(self, until: datetime | None) -> Response:
        rule = pause_breaks(patient=self.get_object().patient, until=until, now=timezone.now())
        return Response(BreakRuleOutput(rule).data)
