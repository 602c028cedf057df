"""The stage of a plan over REST: its criteria, the patient's tap, a therapist's decisions, and the mode."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.care.actions import set_mode
from programs.care.models import Mode, Plan
from programs.care.rules.criteria import STATES, Criterion
from programs.care.rules.flare import STATES as FLARE_STATES
from programs.care.rules.flare import FlareStanding
from programs.care.rules.machine import NOT_A_VERB, READY, VERBS, decide_ready
from programs.lib.permissions import IsPatient, IsPatientOrTherapist
from programs.lib.serializers import Input, MomentField, WholeNumberField
from programs.logbook.actions import decide_stage, move_on_when_ready
from programs.logbook.queries.readiness import StageView, stage_view

_SAID: dict[str, Any] = {"invalid_choice": NOT_A_VERB, "null": NOT_A_VERB, "required": NOT_A_VERB}


class CriterionOutput(serializers.Serializer[Criterion]):
    key = serializers.CharField()
    state = serializers.ChoiceField(
        STATES, help_text="unknown: there is too little to tell, which is never met."
    )
    numbers = serializers.DictField(help_text="What the state comes from.")
    sentence = serializers.CharField(source="for_patient")


class TherapistCriterionOutput(CriterionOutput):
    sentence = serializers.CharField(source="for_therapist")
    sentence_for_patient = serializers.CharField(source="for_patient")


class FlareOutput(serializers.Serializer[FlareStanding]):
    state = serializers.ChoiceField(FLARE_STATES)
    day = serializers.IntegerField(source="shown_day")
    longest_days = serializers.IntegerField(source="exit.longest_days")
    calm_days = serializers.IntegerField(help_text="Calm days in a row so far.")
    calm_days_needed = serializers.IntegerField(source="exit.calm_days")
    calm_at_most = serializers.IntegerField(
        allow_null=True, help_text="The worst leg pain of a calm day; null while the usual level is unknown."
    )


class StageViewOutput(serializers.Serializer[StageView]):
    plan = serializers.UUIDField(source="current.plan.pk")
    patient = serializers.UUIDField(source="current.plan.patient_id")
    mode = serializers.ChoiceField(Mode.choices, source="current.plan.mode")
    stage_number = serializers.IntegerField(source="current.own_stage.number")
    stage_name = serializers.CharField(source="current.own_stage.name")
    next_stage = serializers.IntegerField(
        source="current.standing.next_stage", allow_null=True, help_text="Null: there is none to move on to."
    )
    held = serializers.BooleanField(
        source="current.standing.is_held", help_text="A therapist keeps the plan in this stage."
    )
    flare = FlareOutput(allow_null=True, help_text="Null while no flare plan lies over the plan.")
    is_ready = serializers.BooleanField(source="readiness.is_ready", help_text="Every criterion is met.")
    can_move_on = serializers.SerializerMethodField(help_text="The patient's own tap moves the plan on.")
    never = serializers.ListField(
        source="readiness.never",
        child=serializers.CharField(),
        help_text="Why nobody may move on today, not even with a reason.",
    )
    rules_version = serializers.CharField(source="readiness.version")
    as_of = MomentField(source="at")
    criteria = CriterionOutput(many=True, source="readiness.criteria")

    def get_can_move_on(self, view: StageView) -> bool:
        return decide_ready(view.current.standing, view.readiness).is_allowed


class TherapistStageViewOutput(StageViewOutput):
    criteria = TherapistCriterionOutput(many=True, source="readiness.criteria")


class StageDecisionInput(Input):
    verb = serializers.ChoiceField(
        VERBS, error_messages=_SAID, help_text="ready is the patient's own; all others are a therapist's."
    )
    to_stage = WholeNumberField(
        min_value=1,
        max_value=20,
        allow_null=True,
        default=None,
        help_text="For ready, advance and step_back: the stage it leads to. Sent twice, it moves once.",
    )
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ModeInput(Input):
    mode = serializers.ChoiceField(Mode.choices)


class OwnStageViewSet(PatientRecords, GenericViewSet):
    """The patient's own stage."""

    queryset = Plan.objects.current()
    permission_classes = [IsPatient]
    serializer_class = StageViewOutput

    @extend_schema(responses=StageViewOutput, operation_id="stage_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What is left before the next stage, and how the flare plan stands. 404 without a plan."""
        view = stage_view(self.caller, timezone.now())
        if view is None:
            raise Http404
        self.record_access([view.current.plan])
        return Response(StageViewOutput(view).data)


class PlanStageViewSet(PatientRecords, GenericViewSet):
    """The stage of one plan in force."""

    queryset = Plan.objects.current().select_related("patient", "clinic")
    permission_classes = [IsPatientOrTherapist]
    serializer_class = StageViewOutput

    @extend_schema(responses=TherapistStageViewOutput, operation_id="plans_criteria_retrieve")
    def criteria(self, request: Request, pk: str) -> Response:
        """Every criterion with its numbers, for a therapist; to its patient as `stage/` shows it."""
        return self._answer(self.get_object())

    @extend_schema(
        request=StageDecisionInput, responses=TherapistStageViewOutput, operation_id="plans_stage_create"
    )
    def decide(self, request: Request, pk: str) -> Response:
        """The patient's tap, or a therapist's decision. What has been done already changes nothing."""
        plan = self.get_object()
        given = StageDecisionInput.checked(request.data)
        is_own = plan.patient_id == self.caller.pk
        if is_own != (given["verb"] == READY):
            raise serializers.ValidationError({"verb": NOT_A_VERB})
        if is_own:
            if given["to_stage"] is None:
                raise serializers.ValidationError({"to_stage": "Say which stage."})
            move_on_when_ready(patient=self.caller, to_stage=given["to_stage"], now=timezone.now())
        else:
            decide_stage(plan=plan, by=self.caller, now=timezone.now(), **given)
        return self._answer(plan)

    @extend_schema(request=ModeInput, responses=TherapistStageViewOutput, operation_id="plans_mode_create")
    def mode(self, request: Request, pk: str) -> Response:
        """Let the rules watch, or keep a diary that nobody watches."""
        plan = self.get_object()
        given = ModeInput.checked(request.data)
        set_mode(plan=plan, mode=given["mode"], by=self.caller, now=timezone.now())
        return self._answer(plan)

    def _answer(self, plan: Plan) -> Response:
        view = stage_view(plan.patient, timezone.now())
        if view is None or view.current.plan.pk != plan.pk:
            raise Http404
        output: Any = StageViewOutput if plan.patient_id == self.caller.pk else TherapistStageViewOutput
        return Response(output(view).data)
