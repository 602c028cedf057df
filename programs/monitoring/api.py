"""Flags over REST, for therapists."""

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.lib.permissions import IsTherapist
from programs.lib.serializers import Input, MomentField
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, FlagEvent, FlagState, Kind


class ResolveInput(Input):
    note = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="What was done, in a word."
    )


class ReportOutput(serializers.Serializer[dict[str, Any]]):
    recorded_on = serializers.DateField()
    worst_leg_pain = serializers.IntegerField()


class BaselineOutput(serializers.Serializer[dict[str, Any]]):
    centre = serializers.FloatField(help_text="Median, 0 to 10.")
    spread = serializers.FloatField(help_text="In points.")
    reports = serializers.IntegerField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()


class EvidenceOutput(serializers.Serializer[dict[str, Any]]):
    reports = ReportOutput(many=True)
    baseline = BaselineOutput()
    cusum = serializers.FloatField(allow_null=True, help_text="In spreads; null for rule W2e.")
    threshold = serializers.FloatField(help_text="W2: in spreads. W2e: the score that counted as high.")


class FlagEventOutput(serializers.Serializer[FlagEvent]):
    kind = serializers.ChoiceField(FlagEvent.Kind.choices)
    at = MomentField()
    by = serializers.CharField(source="by.name", allow_null=True)
    rule = serializers.CharField()
    found_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class FlagOutput(serializers.Serializer[Flag]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    patient_name = serializers.CharField(source="patient.name")
    plan = serializers.UUIDField(source="plan_id", allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    rule = serializers.CharField()
    rule_version = serializers.CharField()
    found_on = serializers.DateField()
    sentence = serializers.CharField()
    evidence = EvidenceOutput()
    state = serializers.ChoiceField(FlagState.choices)
    opened_at = MomentField()
    owner = serializers.CharField(source="owner.name", allow_null=True)
    events = FlagEventOutput(many=True, help_text="Oldest first.")


class FlagViewSet(PatientRecords, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Patients who need a look, newest first."""

    queryset = Flag.objects.select_related("patient", "owner").prefetch_related(
        Prefetch("events", FlagEvent.objects.select_related("by"))
    )
    serializer_class = FlagOutput
    permission_classes = [IsTherapist]

    def get_queryset(self) -> Any:
        """Flags of others: nobody treats themselves, though they may see their own record."""
        return super().get_queryset().exclude(patient=self.caller)

    @extend_schema(request=None, responses={200: FlagOutput, 400: None}, operation_id="flags_acknowledge")
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Take a flag on. Whoever comes second is told who has it."""
        flag = acknowledge_flag(flag=self.get_object(), by=self.caller, now=timezone.now())
        return self.answer(flag)

    @extend_schema(request=ResolveInput, responses=FlagOutput, operation_id="flags_resolve")
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Close a flag with a word on what was done. Closing it again changes nothing."""
        given = ResolveInput.checked(request.data)
        flag = resolve_flag(flag=self.get_object(), by=self.caller, note=given["note"], now=timezone.now())
        return self.answer(flag)

    def answer(self, flag: Flag) -> Response:
        """The flag as it stands after the change, read anew."""
        return Response(self.get_serializer(self.get_queryset().get(pk=flag.pk)).data)
