"""Movement breaks over REST: the patient's own rule and prompts, and each time that they moved."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.accounts.models import Role
from programs.accounts.queries import clinic_of
from programs.lib.permissions import IsPatient, IsPatientOrTherapist
from programs.lib.serializers import IdField, Input, MomentField, TimeOfDayField, WholeNumberField
from programs.lib.times import local_day
from programs.reminders.actions import (
    answer_prompt,
    draft_break_rule,
    pause_breaks,
    record_movement,
    return_to_wish,
    review_breaks,
    set_break_rule,
    snooze_prompt,
)
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt
from programs.reminders.queries import break_texts, easing_of, is_review_due, preview
from programs.reminders.rules import MOST_A_DAY, Slot, text_for

DAYS_AHEAD = 60
NOT_A_DAY = "Give a day, such as 2026-11-20."
NOT_SOON = f"Choose a day in the next {DAYS_AHEAD} days."
NOT_DAYS = "Choose a whole number from 1 to 14."
WEEK = 7


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
    text = serializers.SerializerMethodField(
        help_text="What to say; it tells nothing about anybody's health."
    )
    snoozes_left = serializers.IntegerField(help_text="How often it can still be put off.")

    def get_text(self, prompt: Prompt) -> str:
        return text_for(prompt.rule_id, prompt.step, self.context.get("texts") or break_texts())


class WindowInput(Input):
    start = TimeOfDayField()
    end = TimeOfDayField(help_text="Later than the start, on the same day.")


class WindowOutput(serializers.Serializer[Any]):
    start = serializers.TimeField()
    end = serializers.TimeField()


class BreakRuleInput(Input):
    enabled = serializers.BooleanField()
    interval_minutes = WholeNumberField(min_value=20, max_value=60, default=30, help_text="As wished.")
    weekdays = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=6), max_length=7, help_text="Monday is 0."
    )
    windows = WindowInput(many=True, help_text="One to four, which do not overlap.")
    quiet_start = TimeOfDayField(allow_null=True, default=None)
    quiet_end = TimeOfDayField(allow_null=True, default=None)
    time_zone = serializers.CharField(max_length=64, help_text="An IANA name, such as Europe/London.")
    daily_cap = WholeNumberField(
        min_value=1, max_value=MOST_A_DAY, default=MOST_A_DAY, help_text="Prompts a day, at most."
    )
    by_push = serializers.BooleanField(default=True)
    confirmed = serializers.BooleanField(default=False, help_text="Yes to what a 400 at this field asks.")


class PauseInput(Input):
    until = MomentField(help_text="In the next 14 days.")


class ReviewInput(Input):
    answer = serializers.ChoiceField(
        ("fewer", "same", "more"),
        error_messages=dict.fromkeys(("invalid_choice", "null"), "Choose fewer, the same or more."),
    )
    confirmed = serializers.BooleanField(default=False, help_text="Yes to what a 400 at this field asks.")


class ReturnInput(Input):
    confirmed = serializers.BooleanField(default=False, help_text="Yes to what a 400 at this field asks.")


def _is_soon(day: date) -> None:
    # Where it is a day earlier, or later, than here, today is allowed all the same.
    today = timezone.now().date()
    if not today - timedelta(days=1) <= day <= today + timedelta(days=DAYS_AHEAD):
        raise serializers.ValidationError(NOT_SOON)


class PreviewQuery(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        """One of them has a name that Python keeps for itself."""
        return {
            "from": serializers.DateField(
                required=False,
                validators=[_is_soon],
                error_messages={"invalid": NOT_A_DAY},
                help_text="The first day, on the clock of the rule's time zone; today, unless told.",
            ),
            "days": serializers.IntegerField(
                default=WEEK,
                min_value=1,
                max_value=14,
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value", "max_string_length"), NOT_DAYS
                ),
            ),
        }


class SlotOutput(serializers.Serializer[Slot]):
    due_at = MomentField()
    day = serializers.DateField(help_text="The day it counts for: the one its window opened on.")
    nth = serializers.IntegerField(help_text="Which prompt of that day it is, from 1.")


class PreviewOutput(serializers.Serializer[Any]):
    prompts = SlotOutput(many=True)


class MovementBreakInput(Input):
    id = IdField(required=False, help_text="Made by the client: sending a break again stores it once.")
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field here, and no attribute
        (MovementBreak.Source.OWN, MovementBreak.Source.MOVED),
        error_messages=dict.fromkeys(("invalid_choice", "null"), "Choose own or moved."),
    )
    moved_at = MomentField(required=False, help_text="In the last 24 hours; now, unless told.")
    movement = serializers.CharField(
        max_length=80, allow_blank=True, default="", help_text="The slug of what was done, where known."
    )


class MovementBreakOutput(serializers.Serializer[MovementBreak]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    source = serializers.ChoiceField(MovementBreak.Source.choices)  # type: ignore[assignment]
    moved_at = MomentField()
    moved_on = serializers.DateField(help_text="The patient's local day.")
    movement = serializers.CharField()
    prompt = serializers.UUIDField(source="prompt_id", allow_null=True)


class BreakRuleOutput(serializers.Serializer[BreakRule]):
    id = serializers.UUIDField()
    enabled = serializers.BooleanField()
    interval_minutes = serializers.IntegerField(
        help_text="In force: longer than wished, where prompts had no answer."
    )
    wished_minutes = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    windows = WindowOutput(many=True, source="schedule.windows", help_text="In the order of the day.")
    quiet_start = serializers.TimeField(allow_null=True)
    quiet_end = serializers.TimeField(allow_null=True)
    time_zone = serializers.CharField()
    daily_cap = serializers.IntegerField()
    by_push = serializers.BooleanField()
    paused_until = MomentField(allow_null=True, help_text="No prompts before then.")
    next_due_at = MomentField(
        source="coming_at", allow_null=True, help_text="When the next prompt comes; null while they are off."
    )
    review_due = serializers.SerializerMethodField(help_text="Ask whether there should be fewer or more.")
    is_longer = serializers.SerializerMethodField(help_text="Prompts come less often than wished.")
    offers_return = serializers.SerializerMethodField(help_text="Offer to go back to what was wished.")

    def get_review_due(self, rule: BreakRule) -> bool:
        return is_review_due(rule, timezone.now())

    def get_is_longer(self, rule: BreakRule) -> bool:
        return easing_of(rule).is_longer

    def get_offers_return(self, rule: BreakRule) -> bool:
        return easing_of(rule).offers_return


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

    def get_serializer_context(self) -> dict[str, Any]:
        """With what prompts may say: one query, however many they are."""
        return {**super().get_serializer_context(), "texts": break_texts()}

    @extend_schema(parameters=[PromptQuery])
    def list(self, request: Request) -> Response:
        """The patient's prompts."""
        return super().list(request)

    @extend_schema(request=None, responses={200: PromptOutput, 400: None}, operation_id="prompts_done")
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """The patient has moved. The next prompt is a whole interval from now.

        Where the prompt has run out or was withdrawn it is answered as it stands, and the break is written
        down as one by oneself.
        """
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


class MovementBreakViewSet(PatientRecords, mixins.ListModelMixin, GenericViewSet):
    """Each time that the patient moved, newest first: they write it, and their care team reads it too."""

    queryset = MovementBreak.objects.all()
    serializer_class = MovementBreakOutput

    def get_permissions(self) -> list[BasePermission]:
        return [IsPatient() if self.action == "create" else IsPatientOrTherapist()]

    @extend_schema(request=MovementBreakInput, responses={200: MovementBreakOutput})
    def create(self, request: Request) -> Response:
        """The patient moved, with or without a rule: an open prompt is done, and the interval counts anew.

        The same id again changes nothing. Moments less than ten minutes apart are one break: the answer is
        the one that is stored.
        """
        given = MovementBreakInput.checked(request.data)
        now = timezone.now()
        row = record_movement(
            clinic=clinic_of(self.caller, Role.PATIENT),
            patient=self.caller,
            source=given["source"],
            moved_at=given.get("moved_at", now),
            movement=given["movement"],
            break_id=given.get("id"),
            now=now,
        )
        self.record_access([row])
        return Response(MovementBreakOutput(row).data)


class BreakRuleViewSet(OwnRecords, GenericViewSet):
    """When the patient wants to be prompted: one rule each, which needs no id."""

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
        """Write the whole rule down. The first prompt is one interval from now.

        Where prompts would come more often while a flag is open, a 400 at `confirmed` asks first.
        """
        rule = set_break_rule(**self.wishes(request))
        self.record_access([rule])
        return Response(BreakRuleOutput(rule).data)

    @extend_schema(request=BreakRuleInput, responses=PreviewOutput, operation_id="break_rule_preview_unsaved")
    def preview_unsaved(self, request: Request) -> Response:
        """The prompts of a week from today, if this were the rule. Nothing is written down."""
        wishes = self.wishes(request)
        del wishes["confirmed"]  # nothing comes of it yet, so nothing is asked
        draft = draft_break_rule(**wishes)
        self.record_access([draft])
        return self.prompts_of(draft)

    @extend_schema(
        parameters=[PreviewQuery],
        responses={200: PreviewOutput, 400: None, 404: None},
        operation_id="break_rules_preview",
    )
    def preview(self, request: Request, pk: UUID) -> Response:
        """The prompts to come, should none of them be answered: after a pause, and none while busy."""
        rule = get_object_or_404(self.get_queryset(), pk=pk)
        query = PreviewQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.record_access([rule])
        return self.prompts_of(rule, query.validated_data.get("from"), query.validated_data["days"])

    @extend_schema(
        request=ReviewInput,
        responses={200: BreakRuleOutput, 400: None, 404: None},
        operation_id="break_rule_review",
    )
    def review(self, request: Request) -> Response:
        """Fewer prompts, the same or more, once a week: while `review_due` is false nothing changes."""
        given = ReviewInput.checked(request.data)
        rule = review_breaks(patient=self.get_object().patient, now=timezone.now(), **given)
        return Response(BreakRuleOutput(rule).data)

    @extend_schema(
        request=ReturnInput,
        responses={200: BreakRuleOutput, 400: None, 404: None},
        operation_id="break_rule_return",
    )
    def return_to_wish(self, request: Request) -> Response:
        """Back to what was wished, where prompts come less often than that."""
        given = ReturnInput.checked(request.data)
        rule = return_to_wish(patient=self.get_object().patient, now=timezone.now(), **given)
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

    def wishes(self, request: Request) -> dict[str, Any]:
        given = BreakRuleInput.checked(request.data)
        windows = [(window["start"], window["end"]) for window in given.pop("windows")]
        clinic = clinic_of(self.caller, Role.PATIENT)
        return given | {
            "clinic": clinic,
            "patient": self.caller,
            "windows": windows,
            "now": timezone.now(),
        }

    def prompts_of(self, rule: BreakRule, start: date | None = None, days: int = WEEK) -> Response:
        start = start or local_day(timezone.now(), rule.time_zone)
        return Response(PreviewOutput({"prompts": preview(rule, start, days)}).data)

    def pause_until(self, until: datetime | None) -> Response:
        rule = pause_breaks(patient=self.get_object().patient, until=until, now=timezone.now())
        return Response(BreakRuleOutput(rule).data)
