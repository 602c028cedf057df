"""Plans over REST."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.care.models import Mode, Plan, PlanVersion, Side
from programs.care.rules import PlanStage, PrescribedExercise
from programs.lib.permissions import IsPatientOrTherapist
from programs.lib.serializers import MomentField
from programs.library.adapters import DoseOutput, StageTestItemOutput
from programs.library.models import PAIN_MEASURE_CHOICES, Sides

_VERSIONS = PlanVersion.objects.select_related("created_by", "checked_by")


class PrescribedExerciseOutput(serializers.Serializer[PrescribedExercise]):
    exercise_id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    sides = serializers.ChoiceField(Sides.choices)
    dose = DoseOutput()
    dose_in_words = serializers.CharField()
    frequency_in_words = serializers.CharField()
    note = serializers.CharField()


class PlanStageOutput(serializers.Serializer[PlanStage]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    goal = serializers.CharField()
    minimum_days = serializers.IntegerField(
        allow_null=True, help_text="Null: it has no end, and no stage comes after it."
    )
    pain_ceiling = serializers.IntegerField(
        allow_null=True, help_text="From 0 to 10, held against `pain_measure`. Null: none."
    )
    pain_measure = serializers.ChoiceField(PAIN_MEASURE_CHOICES)
    break_interval_minutes = serializers.IntegerField()
    test = serializers.CharField(help_text="May be empty in a stage without an end.")
    test_items = StageTestItemOutput(many=True, help_text="The same, one by one; empty in older plans.")
    cautions = serializers.ListField(
        child=serializers.CharField(), help_text="What the patient is to look out for, in sentences."
    )
    exercises = PrescribedExerciseOutput(many=True)


class PlanVersionOutput(serializers.Serializer[PlanVersion]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    note = serializers.CharField()
    created_by = serializers.CharField(source="created_by.name")
    created_at = MomentField()
    checked_by = serializers.CharField(
        source="checked_by.name", help_text="Who has read and checked the exercises for this patient."
    )
    checked_at = MomentField()


class PlanVersionDetailOutput(PlanVersionOutput):
    stages = PlanStageOutput(many=True, source="content.stages")
    flare = PlanStageOutput(
        source="content.flare",
        allow_null=True,
        help_text="The flare plan, which lies over the stages for some days. Null in plans from before it.",
    )


class PlanOutput(serializers.Serializer[Plan]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    program = serializers.SlugField(source="program.slug")
    program_name = serializers.CharField(source="program.name")
    side = serializers.ChoiceField(Side.choices)
    pain_limit = serializers.IntegerField()
    mode = serializers.ChoiceField(Mode.choices)
    stage_number = serializers.IntegerField()
    started_at = MomentField()
    ended_at = MomentField(allow_null=True)
    versions = PlanVersionOutput(many=True, help_text="Newest first.")


class PlanDetailOutput(PlanOutput):
    versions = PlanVersionDetailOutput(many=True, help_text="Newest first, each with all its stages.")


class PlanViewSet(PatientRecords, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Plans, newest first; at most one of a patient's has no end."""

    queryset = Plan.objects.select_related("program")
    serializer_class = PlanOutput
    permission_classes = [IsPatientOrTherapist]

    def get_queryset(self) -> Any:
        versions = _VERSIONS.defer("content_values") if self.action == "list" else _VERSIONS
        return super().get_queryset().prefetch_related(Prefetch("versions", versions))

    @extend_schema(responses=PlanDetailOutput)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One plan with everything that each of its versions says."""
        return Response(PlanDetailOutput(self.get_object()).data)
