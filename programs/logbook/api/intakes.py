"""About your pain over REST."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from programs.accounts.models import Role
from programs.accounts.queries import clinic_of
from programs.lib.serializers import IdField, Input, MomentField, PainField, WholeNumberField
from programs.logbook.actions import GOAL_TOO_LONG, record_intake
from programs.logbook.api.reports import AnswerField, RegionField, ReportViewSet
from programs.logbook.models import Intake, Reach, Region, Symptom

_REACH = "How far down the leg it goes: " + ", ".join(f"{place.value} {place.label}" for place in Reach) + "."


class PlacesField(serializers.ListField):
    """Where it is felt on one side; an empty list means nowhere."""

    def __init__(self) -> None:
        super().__init__(
            child=RegionField(), max_length=len(Region), help_text="Where on this side; empty: nowhere."
        )


# Named here: one name in the document, whether it comes in or goes out.
@extend_schema_field({"type": "string", "enum": Symptom.values}, component_name="Symptom")
class SymptomField(AnswerField):
    """One symptom."""

    def __init__(self) -> None:
        super().__init__(Symptom.choices)


class SymptomsField(serializers.ListField):
    """What is felt besides pain."""

    def __init__(self) -> None:
        super().__init__(
            child=SymptomField(), max_length=len(Symptom), help_text="Besides pain; empty: none of these."
        )


class IntakeInput(Input):
    id = IdField(help_text="Made by the client: sending the answers again stores them once.")
    recorded_on = serializers.DateField(help_text="The patient's local day.")
    side = AnswerField(Intake.Side.choices, help_text="Which leg.")
    places_left = PlacesField()
    places_right = PlacesField()
    reach = WholeNumberField(min_value=0, max_value=5, help_text=_REACH)
    leg_pain = PainField(allow_null=True, default=None, help_text="Worst of the last 24 hours.")
    back_pain = PainField(allow_null=True, default=None, help_text="Worst of the last 24 hours.")
    symptoms = SymptomsField()
    goal = serializers.CharField(
        max_length=Intake.GOAL_LENGTH,
        allow_blank=True,
        default="",
        error_messages={"max_length": GOAL_TOO_LONG},
        help_text="What the patient would like to do again, in their own words.",
    )


class IntakeOutput(serializers.Serializer[Intake]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    recorded_on = serializers.DateField()
    side = serializers.ChoiceField(Intake.Side.choices)
    places_left = PlacesField()
    places_right = PlacesField()
    reach = serializers.IntegerField(help_text=_REACH)
    leg_pain = serializers.IntegerField(allow_null=True)
    back_pain = serializers.IntegerField(allow_null=True)
    symptoms = SymptomsField()
    goal = serializers.CharField()
    received_at = MomentField()


class IntakeViewSet(mixins.ListModelMixin, ReportViewSet):
    """Answers to "About your pain", newest first: the first of a patient's counts."""

    queryset = Intake.objects.all()
    serializer_class = IntakeOutput

    @extend_schema(request=IntakeInput, responses={201: IntakeOutput, 200: IntakeOutput})
    def create(self, request: Request) -> Response:
        """Store one set of answers. The same id again answers 200 with the stored row and changes nothing.

        Weakness or numbness has the safety questions asked again before the next session.
        """
        given: dict[str, Any] = IntakeInput.checked(request.data)
        intake, is_new = record_intake(
            clinic=clinic_of(self.caller, Role.PATIENT),
            patient=self.caller,
            intake_id=given.pop("id"),
            **given,
            now=timezone.now(),
        )
        return self.answer(intake, is_new)
