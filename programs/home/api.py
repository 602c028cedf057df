"""Today over REST: all that a player needs to start."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from programs.accounts.actions import record_access
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Mode, Plan, PlanVersion, Side
from programs.care.rules import PlanStage
from programs.care.rules.session import LeftOut
from programs.home.queries.safety import safety_today
from programs.home.queries.today import TodayExercise, today
from programs.lib.serializers import MomentField
from programs.library.adapters import DoseOutput
from programs.logbook.models import ExerciseResult
from programs.reminders.models import Prompt
from programs.reminders.queries import breaks


class TodayPlanOutput(serializers.Serializer[Plan]):
    id = serializers.UUIDField()
    program = serializers.SlugField(source="program.slug")
    program_name = serializers.CharField(source="program.name")
    side = serializers.ChoiceField(Side.choices)
    pain_limit = serializers.IntegerField()
    mode = serializers.ChoiceField(Mode.choices)


class TodayVersionOutput(serializers.Serializer[PlanVersion]):
    id = serializers.UUIDField(help_text="A session of today is stored against it.")
    number = serializers.IntegerField()
    created_at = MomentField()


class TodayStageOutput(serializers.Serializer[PlanStage]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    goal = serializers.CharField()
    test = serializers.CharField()
    cautions = serializers.ListField(child=serializers.CharField(), help_text="What to look out for.")


class TodayExerciseOutput(serializers.Serializer[TodayExercise]):
    exercise_id = serializers.UUIDField(help_text="In the library.")
    slug = serializers.SlugField()
    name = serializers.CharField()
    dose = DoseOutput()
    dose_in_words = serializers.CharField()
    frequency_in_words = serializers.CharField()
    sides_to_record = serializers.ListField(
        source="sides",
        child=serializers.ChoiceField(ExerciseResult.Side.choices),
        help_text="One result each, the affected leg first.",
    )
    note = serializers.CharField()
    share = serializers.IntegerField(
        help_text="How much of the prescribed dose this is, in percent: send it as `advised_share`."
    )
    reason = serializers.CharField(help_text="Why it differs from the plan; empty where it does not.")
    instead_of = serializers.SlugField(help_text="What this easier one stands in for; empty: nothing.")
    is_nerve_glide = serializers.BooleanField(help_text="Ask how long it tingled afterwards.")
    steps = serializers.ListField(child=serializers.CharField())
    mistakes = serializers.ListField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    is_checked = serializers.BooleanField(help_text="False: not yet checked by a clinician.")


class LeftOutOutput(serializers.Serializer[LeftOut]):
    exercise = serializers.SlugField(source="prescribed.slug")
    name = serializers.CharField(source="prescribed.name")
    reason = serializers.CharField()


class OpenPromptOutput(serializers.Serializer[Prompt]):
    id = serializers.UUIDField()
    due_at = MomentField()
    expires_at = MomentField(help_text="Never show it from then on.")
    nth = serializers.IntegerField(help_text="2 or more: it was put off and is shown again.")


class TodayOutput(serializers.Serializer[Any]):
    """Plan, version, stage and minutes are null, and exercises empty, while nothing is assigned.

    Exercises are empty too while an answer lets no session start.
    """

    day = serializers.DateField(source="today.day", help_text="The patient's local day.")
    plan = TodayPlanOutput(source="today.plan.plan", allow_null=True)
    version = TodayVersionOutput(source="today.plan.version", allow_null=True)
    stage = TodayStageOutput(source="today.plan.stage", allow_null=True)
    exercises = TodayExerciseOutput(many=True, source="today.plan.exercises", default=())
    left_out = LeftOutOutput(
        many=True,
        source="today.plan.left_out",
        default=(),
        help_text="What the plan has for today besides. Send it as skipped, with an `advised_share` of 0.",
    )
    reason = serializers.CharField(
        source="today.plan.reason", default="", help_text="Why the whole session is less than planned."
    )
    minutes = serializers.IntegerField(
        source="today.plan.minutes",
        allow_null=True,
        help_text="Of one session today, rounded up, without the walks.",
    )
    may_start = serializers.BooleanField(
        help_text="False: start no session. What is on hold or to be asked first stands in safety/status/."
    )
    daily_check_answered = serializers.BooleanField(source="today.daily_check_answered")
    morning_check_due = serializers.BooleanField(
        source="today.morning_check_due", help_text="There was a session yesterday: ask about this morning."
    )
    weekly_check_due = serializers.BooleanField(
        source="today.weekly_check_due", help_text="A week into the plan, then a week after the last one."
    )
    sessions_today = serializers.IntegerField(source="today.sessions")
    open_prompt = OpenPromptOutput(source="breaks.open_prompt", allow_null=True)
    next_due_at = MomentField(
        source="breaks.next_due_at", allow_null=True, help_text="When the next prompt to move is due."
    )


class TodayViewSet(ViewSet):
    """The patient's own day."""

    @extend_schema(responses=TodayOutput, operation_id="today_retrieve")
    def retrieve(self, request: Request) -> Response:
        """What there is to do today, and what is done already."""
        patient, now = cast(User, request.user), timezone.now()
        safety = safety_today(patient, now)
        day = {
            "today": today(patient, now, safety.holds),
            "breaks": breaks(patient, now),
            "may_start": safety.may_start,
        }
        record_access(
            actor=patient,
            clinic=clinic_of(patient, Role.PATIENT),
            patients=[patient],
            door="api:today",
            now=now,
        )
        return Response(TodayOutput(day).data)
