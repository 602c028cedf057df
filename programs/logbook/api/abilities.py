"""Stage tests and tries of the direction check over REST."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from programs.care.models import Plan, PlanVersion
from programs.care.queries import current_plan
from programs.lib.serializers import IdField, Input, MomentField, PainField, WholeNumberField
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.logbook.actions import record_direction_try, record_stage_test
from programs.logbook.api.reports import NOT_YOUR_PLAN, ReportViewSet
from programs.logbook.models import DirectionTry, Reach, StageTest
from programs.logbook.queries import DirectionStanding, direction_finding

NOTHING_TO_TRY = "There is nothing to try now."


class StageTestInput(Input):
    id = IdField(help_text="Made by the client: sending a test again stores it once.")
    plan_version = IdField(help_text="The version that the patient follows.")
    stage_number = WholeNumberField(min_value=1, max_value=20)
    taken_on = serializers.DateField(help_text="The patient's local day.")
    values = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        help_text=(
            "Answers by the key of the item: true or false where it is a can, else a whole number. "
            "Of each side `key.left` and `key.right`, of the start `key.first`, of pain `key.pain`."
        ),
    )


class StageTestOutput(serializers.Serializer[StageTest]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    plan_version = serializers.UUIDField(source="plan_version_id")
    stage_number = serializers.IntegerField()
    taken_on = serializers.DateField()
    values = serializers.DictField(child=serializers.JSONField())
    is_passed = serializers.BooleanField(allow_null=True, help_text="Null: an answer is missing.")
    received_at = MomentField()


class DirectionTryInput(Input):
    id = IdField(help_text="Made by the client: sending a try again stores it once.")
    exercise = serializers.SlugField(max_length=60, help_text="The move to try next, or its gentler form.")
    tried_on = serializers.DateField(help_text="The patient's local day.")
    reach_before = WholeNumberField(min_value=0, max_value=5, help_text="Rank of the furthest place.")
    pain_before = PainField(help_text="In the affected leg, right before.")
    reach_after = WholeNumberField(min_value=0, max_value=5, help_text="Two minutes after.")
    pain_after = PainField(help_text="Two minutes after.")


class DirectionTryOutput(serializers.Serializer[DirectionTry]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    direction = serializers.ChoiceField(DirectionTry.Direction.choices)
    exercise = serializers.SlugField(source="exercise.slug")
    tried_on = serializers.DateField()
    reach_before = serializers.ChoiceField(Reach.choices)
    pain_before = serializers.IntegerField()
    reach_after = serializers.ChoiceField(Reach.choices)
    pain_after = serializers.IntegerField()
    effect = serializers.ChoiceField(DirectionTry.Effect.choices)
    received_at = MomentField()


class DirectionStandingOutput(serializers.Serializer[DirectionStanding]):
    outcome = serializers.CharField(
        source="finding.outcome", help_text="extension, flexion, neither, or empty while not known."
    )
    to_try = serializers.CharField(
        source="finding.to_try", help_text="The direction to try next, or empty where none is left."
    )
    to_try_from = serializers.DateField(source="finding.to_try_from", allow_null=True)
    moves = serializers.ListField(
        child=serializers.SlugField(),
        source="move_slugs",
        help_text="The exercise to try, then its gentler form.",
    )
    excluded = serializers.DictField(
        child=serializers.DateField(),
        source="finding.excluded",
        help_text="By direction that made it worse, the first day on which it may be done again.",
    )
    steps = serializers.ListField(child=serializers.CharField())


class StageTestViewSet(mixins.ListModelMixin, ReportViewSet):
    """Stage tests, newest first. What a test asks stands in the plan's stage, as `test_items`."""

    queryset = StageTest.objects.all()
    serializer_class = StageTestOutput

    @extend_schema(request=StageTestInput, responses={201: StageTestOutput, 200: StageTestOutput})
    def create(self, request: Request) -> Response:
        """Store one go at a test. The same id again answers 200 with the stored row and changes nothing."""
        given: dict[str, Any] = StageTestInput.checked(request.data)
        own = PlanVersion.objects.visible_to(self.caller).filter(plan__patient=self.caller)
        version = own.select_related("plan__patient", "plan__clinic").filter(pk=given["plan_version"]).first()
        if version is None:
            raise serializers.ValidationError({"plan_version": NOT_YOUR_PLAN})
        test, is_new = record_stage_test(
            plan=version.plan,
            test_id=given["id"],
            plan_version=version,
            stage_number=given["stage_number"],
            taken_on=given["taken_on"],
            values=given["values"],
            now=timezone.now(),
        )
        return self.answer(test, is_new)


class DirectionTryViewSet(mixins.ListModelMixin, ReportViewSet):
    """Tries of the direction check, newest first."""

    queryset = DirectionTry.objects.select_related("exercise")
    serializer_class = DirectionTryOutput

    @extend_schema(request=DirectionTryInput, responses={201: DirectionTryOutput, 200: DirectionTryOutput})
    def create(self, request: Request) -> Response:
        """Store one try. The same id again answers 200 with the stored row and changes nothing."""
        given: dict[str, Any] = DirectionTryInput.checked(request.data)
        slug = given.pop("exercise")
        plan = self._plan()
        standing = direction_finding(plan, given["tried_on"]) if plan else None
        move = next((each for each in standing.moves if each.slug == slug), None) if standing else None
        stored = DirectionTry.objects.filter(patient=self.caller, pk=given["id"]).first()
        exercise: Exercise | None = stored.exercise if stored else move
        if plan is None or exercise is None:
            raise serializers.ValidationError({"exercise": NOTHING_TO_TRY})
        row, is_new = record_direction_try(
            plan=plan,
            try_id=given.pop("id"),
            direction=standing.to_try if standing else "",
            exercise=exercise,
            **given,
            now=timezone.now(),
        )
        return self.answer(row, is_new)

    @extend_schema(responses=DirectionStandingOutput)
    def standing(self, request: Request) -> Response:
        """What the tries of the caller's plan say so far, and the move to try next. 404 without a check."""
        plan = self._plan()
        now = timezone.now()
        found = direction_finding(plan, local_day(now, self.caller.time_zone)) if plan else None
        if plan is None or found is None:
            raise NotFound
        self.record_access([plan])
        return Response(DirectionStandingOutput(found).data)

    def _plan(self) -> Plan | None:
        current = current_plan(self.caller)
        return current.plan if current else None
