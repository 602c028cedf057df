"""Flags over REST, for therapists and for the patients they are about; and the patients' check-ins."""

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.lib.permissions import IsPatient, IsPatientOrTherapist, IsTherapist
from programs.lib.serializers import Input, MomentField
from programs.monitoring.actions import acknowledge_flag, answer_check_in, resolve_flag, snooze_flag
from programs.monitoring.models import CheckIn, Flag, FlagEvent, FlagState, Kind, Level, Outcome
from programs.monitoring.queries import is_superseded, last_said, nobody_watches, sentence_for_patient

_SAID = [(outcome.value, outcome.label) for outcome in (Outcome.HELPFUL, Outcome.NOT_HELPFUL)]


class FlagQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(FlagState.choices, required=False)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    level = serializers.ChoiceField(Level.choices, required=False)


class CheckInQuery(serializers.Serializer[Any]):
    open = serializers.BooleanField(default=False, help_text="Only those to ask now.")


class SeenInput(Input):
    seen = serializers.CharField(
        max_length=20,
        default="",
        help_text="`last_said` of the flag as it was read: 400 if something new has come in since.",
    )


class SnoozeFlagInput(SeenInput):
    until = serializers.DateField(
        help_text="1 to 14 of the caller's local days from today; it is back in the morning of that day."
    )


class ResolveInput(SeenInput):
    outcome = serializers.ChoiceField(_SAID, help_text="Whether it was worth a look.")
    note = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="What was done, in a word."
    )


class AnswerInput(Input):
    answer = serializers.ChoiceField(CheckIn.Answer.choices, help_text="Whether something has changed.")
    is_harder_to_cope = serializers.BooleanField(allow_null=True, default=None)
    stops_usual_things = serializers.BooleanField(allow_null=True, default=None)


class ReadingOutput(serializers.Serializer[dict[str, Any]]):
    recorded_on = serializers.DateField()
    value = serializers.JSONField(help_text="A whole number, or for weakness and groc the answer's name.")


class BaselineOutput(serializers.Serializer[dict[str, Any]]):
    centre = serializers.FloatField(help_text="In the unit of the readings.")
    spread = serializers.FloatField(allow_null=True, help_text="In the same unit; null where not used.")
    reports = serializers.IntegerField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()


class EvidenceOutput(serializers.Serializer[dict[str, Any]]):
    measure = serializers.CharField(help_text="What the readings are, such as worst_leg_pain.")
    readings = ReadingOutput(many=True, help_text="The deciding reports, oldest first.")
    baseline = BaselineOutput(allow_null=True, help_text="The patient's usual level, if one was needed.")
    limit = serializers.FloatField(
        allow_null=True,
        help_text="W2: what the total had to pass. Others: the value from which a reading counted.",
    )
    allowance = serializers.FloatField(
        allow_null=True, help_text="W2: the points above the usual level that a report has for free."
    )
    counted_above = serializers.FloatField(
        allow_null=True, help_text="W2: a report counts at most so many points above the usual level."
    )
    total = serializers.FloatField(
        allow_null=True, help_text="W2: the points above usual level and allowance, added up."
    )


class FlagEventOutput(serializers.Serializer[FlagEvent]):
    kind = serializers.ChoiceField(FlagEvent.Kind.choices)
    at = MomentField()
    by = serializers.CharField(source="by.name", allow_null=True)
    rule = serializers.CharField()
    side = serializers.CharField()
    rule_version = serializers.CharField()
    level = serializers.CharField(help_text="A flag's level, or empty where no rule spoke.")
    found_on = serializers.DateField(allow_null=True)
    evidence = EvidenceOutput(allow_null=True)
    note = serializers.CharField()


class FlagOutput(serializers.Serializer[Flag]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    patient_name = serializers.CharField(source="patient.name")
    plan = serializers.UUIDField(source="plan_id", allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    level = serializers.ChoiceField(Level.choices)
    rule = serializers.CharField()
    side = serializers.CharField(help_text="left, right, or empty where the rule does not judge each leg.")
    rule_version = serializers.CharField()
    found_on = serializers.DateField()
    sentence = serializers.CharField()
    evidence = EvidenceOutput()
    counterfactual = serializers.CharField(help_text="What would not have opened it; empty if unknown.")
    is_superseded = serializers.SerializerMethodField(
        help_text="A corrected or late report has taken back everything it was opened for."
    )
    state = serializers.ChoiceField(FlagState.choices)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    opened_at = MomentField()
    next_escalation_at = MomentField(allow_null=True, help_text="While open: when people are told again.")
    step = serializers.IntegerField(
        help_text="Who is told by now: 0 the care team, 1 who stands in too, 2 the administrators too."
    )
    snoozed_until = MomentField(allow_null=True)
    owner = serializers.CharField(source="owner.name", allow_null=True)
    events = FlagEventOutput(many=True, help_text="Oldest first.")
    last_said = serializers.SerializerMethodField(help_text="Send it back as `seen` with what is done next.")
    notice = serializers.SerializerMethodField()

    def get_is_superseded(self, flag: Flag) -> bool:
        return is_superseded(flag)

    def get_last_said(self, flag: Flag) -> str:
        return last_said(flag)

    def get_notice(self, flag: Flag) -> str:
        return nobody_watches(flag.clinic)


class PatientFlagOutput(serializers.Serializer[Flag]):
    """What a patient reads of their own flag: what was found, and not what the care team said about it."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Kind.choices)
    level = serializers.ChoiceField(Level.choices)
    found_on = serializers.DateField()
    sentence = serializers.SerializerMethodField(help_text="For patients: plain words, no rule names.")
    evidence = EvidenceOutput()
    counterfactual = serializers.CharField()
    is_superseded = serializers.SerializerMethodField(
        help_text="A corrected or late report has taken back everything it came up for."
    )
    is_over = serializers.SerializerMethodField()
    notice = serializers.SerializerMethodField()

    def get_is_superseded(self, flag: Flag) -> bool:
        return is_superseded(flag)

    def get_sentence(self, flag: Flag) -> str:
        return sentence_for_patient(flag)

    def get_is_over(self, flag: Flag) -> bool:
        return flag.state == FlagState.RESOLVED

    def get_notice(self, flag: Flag) -> str:
        return nobody_watches(flag.clinic)


class CheckInOutput(serializers.Serializer[CheckIn]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    rule = serializers.CharField()
    rule_version = serializers.CharField()
    found_on = serializers.DateField()
    sentence = serializers.CharField()
    evidence = EvidenceOutput()
    opened_at = MomentField()
    ends_at = MomentField(help_text="Do not ask it from then on.")
    superseded_at = MomentField(allow_null=True, help_text="Do not ask it: the scores say so no longer.")
    answer = serializers.ChoiceField(CheckIn.Answer.choices, allow_blank=True)
    is_harder_to_cope = serializers.BooleanField(allow_null=True)
    stops_usual_things = serializers.BooleanField(allow_null=True)
    answered_at = MomentField(allow_null=True)


class FlagViewSet(PatientRecords, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Patients who need a look, newest first."""

    queryset = Flag.objects.select_related("patient", "owner", "clinic").prefetch_related(
        Prefetch("events", FlagEvent.objects.select_related("by"))
    )
    serializer_class = FlagOutput
    permission_classes = [IsTherapist]

    def get_queryset(self) -> Any:
        """Flags of others: nobody treats themselves, though they may see their own record."""
        return super().get_queryset().exclude(patient=self.caller)

    @extend_schema(parameters=[FlagQuery])
    def list(self, request: Request) -> Response:
        """The flags of everybody in the caller's care, newest first."""
        return super().list(request)

    def filter_queryset(self, queryset: Any) -> Any:
        flags = super().filter_queryset(queryset)
        if self.action != "list":
            return flags
        query = FlagQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return flags.filter(**query.validated_data)

    @extend_schema(request=SeenInput, responses=FlagOutput, operation_id="flags_acknowledge")
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Take a flag on. Whoever comes second is told who has it."""
        given = SeenInput.checked(request.data)
        flag = acknowledge_flag(flag=self.get_object(), by=self.caller, **given, now=timezone.now())
        return self.answer(flag)

    @extend_schema(request=SnoozeFlagInput, responses=FlagOutput, operation_id="flags_snooze")
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Put a flag off to the morning of a day, as one's own. What is urgent cannot be put off."""
        given = SnoozeFlagInput.checked(request.data)
        flag = snooze_flag(flag=self.get_object(), by=self.caller, **given, now=timezone.now())
        return self.answer(flag)

    @extend_schema(request=ResolveInput, responses=FlagOutput, operation_id="flags_resolve")
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Close a flag: was it worth a look, and what was done. Closing it again changes nothing."""
        given = ResolveInput.checked(request.data)
        flag = resolve_flag(flag=self.get_object(), by=self.caller, **given, now=timezone.now())
        return self.answer(flag)

    def answer(self, flag: Flag) -> Response:
        """The flag as it stands after the change, read anew."""
        return Response(self.get_serializer(self.get_queryset().get(pk=flag.pk)).data)


class MyFlagViewSet(PatientRecords, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The caller's own flags, newest first: what a rule found in their reports, and how to check it."""

    queryset = Flag.objects.select_related("clinic").prefetch_related("events")
    serializer_class = PatientFlagOutput
    permission_classes = [IsPatient]
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(patient=self.caller)


class CheckInViewSet(PatientRecords, mixins.ListModelMixin, GenericViewSet):
    """Gentle questions to a patient whose scores look a bit higher, newest first. They call nobody."""

    queryset = CheckIn.objects.all()
    serializer_class = CheckInOutput

    def get_permissions(self) -> list[BasePermission]:
        return [IsPatient() if self.action == "answer" else IsPatientOrTherapist()]

    def get_queryset(self) -> Any:
        """Only the patient answers; their care team reads the answer too."""
        check_ins = super().get_queryset()
        return check_ins.filter(patient=self.caller) if self.action == "answer" else check_ins

    def filter_queryset(self, queryset: Any) -> Any:
        check_ins: Any = super().filter_queryset(queryset)
        query = CheckInQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return check_ins.open(timezone.now()) if query.validated_data["open"] else check_ins

    @extend_schema(parameters=[CheckInQuery])
    def list(self, request: Request) -> Response:
        """Check-ins of the patient, or of everybody in the caller's care."""
        return super().list(request)

    @extend_schema(request=AnswerInput, responses=CheckInOutput, operation_id="check_ins_answer")
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Say whether something has changed. The first answer stays."""
        given = AnswerInput.checked(request.data)
        check_in = answer_check_in(check_in=self.get_object(), **given, now=timezone.now())
        return Response(CheckInOutput(check_in).data)
