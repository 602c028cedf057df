"""Today over REST: all that a player needs to start. And progress: how the leg has been."""

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
from programs.home.queries.glance import glance_at
from programs.home.queries.progress import MOST_DAYS, TWO_WEEKS, Progress, progress
from programs.home.queries.safety import safety_today
from programs.home.queries.today import TodayExercise, today
from programs.home.rules.progress import (
    Did,
    ProgressDay,
    SessionPoint,
    StageSpan,
    done_details,
    done_in_words,
    newest_reach,
    newest_session,
    newest_worst,
)
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
    intake_due = serializers.BooleanField(
        source="today.intake_due", help_text='"About your pain" was never answered.'
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
        clinic = clinic_of(patient, Role.PATIENT)
        seen = glance_at(patient, clinic, now)
        safety = safety_today(patient, now, seen.safety)
        day = {
            "today": today(patient, now, seen, safety.holds),
            "breaks": breaks(patient, now, seen.reminders),
            "may_start": safety.may_start,
        }
        record_access(actor=patient, clinic=clinic, patients=[patient], door="api:today", now=now)
        return Response(TodayOutput(day).data)


_DAYS = f"Choose a whole number of days from 1 to {MOST_DAYS}."


class ProgressQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        default=TWO_WEEKS,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "max_string_length"), _DAYS),
        help_text="At most, up to and with today.",
    )


class ProgressSessionOutput(serializers.Serializer[SessionPoint]):
    before = serializers.IntegerField(allow_null=True, help_text="0 to 10. Null: not said, which is not 0.")
    after = serializers.IntegerField(allow_null=True)
    next_morning = serializers.IntegerField(
        allow_null=True, help_text="It stands at the last session of a day."
    )
    stopped_at = serializers.CharField(help_text="What was stopped because it hurt more; empty: nothing.")
    is_whole = serializers.BooleanField(help_text="All of it was done.")


class ProgressDayOutput(serializers.Serializer[ProgressDay]):
    day = serializers.DateField()
    worst_leg_pain = serializers.IntegerField(allow_null=True, help_text="Null: not said, which is not 0.")
    reach_left = serializers.IntegerField(
        source="left", allow_null=True, help_text="How far down: 0 nowhere to 5 foot. Null: not said."
    )
    reach_right = serializers.IntegerField(source="right", allow_null=True)
    did = serializers.ChoiceField([each.value for each in Did], help_text="Nothing: as far as we know.")
    sessions = ProgressSessionOutput(many=True, help_text="In their order.")


class ProgressStageOutput(serializers.Serializer[StageSpan]):
    first = serializers.DateField()
    last = serializers.DateField()
    number = serializers.IntegerField(help_text="0: the flare plan.")


class ProgressOutput(serializers.Serializer[Progress]):
    heading = serializers.CharField(source="summary.heading")
    lines = serializers.ListField(
        source="summary.lines", child=serializers.CharField(), help_text="What else is true of these days."
    )
    basis = serializers.CharField(source="summary.basis", help_text="What was compared, and how much of it.")
    is_higher = serializers.BooleanField(
        source="summary.is_higher", help_text="Pain went up: show what to do, and the warning signs."
    )
    is_new = serializers.BooleanField(source="summary.is_new", help_text="Too little to show a picture yet.")
    done = serializers.SerializerMethodField(help_text="On how many days something was done.")
    newest = serializers.SerializerMethodField(help_text="A sentence on the newest of each: to read out.")
    goal = serializers.CharField(help_text="In the patient's own words; empty: not said.")
    pain_limit = serializers.IntegerField(source="limit", allow_null=True, help_text="Null: no plan now.")
    has_earlier = serializers.BooleanField(help_text="There is more from before these days.")
    stages = ProgressStageOutput(many=True)
    days = ProgressDayOutput(many=True, help_text="Oldest first; the last one is today.")

    def get_done(self, found: Progress) -> str:
        return " ".join(filter(None, (done_in_words(found.days), done_details(found.days))))

    def get_newest(self, found: Progress) -> list[str]:
        newest = (newest_session(found.days), newest_worst(found.days), newest_reach(found.days))
        return [sentence for sentence in newest if sentence]


class ProgressViewSet(ViewSet):
    """How the patient's own leg has been."""

    @extend_schema(parameters=[ProgressQuery], responses=ProgressOutput, operation_id="progress_retrieve")
    def retrieve(self, request: Request) -> Response:
        """The last days with what was said and done on each, and in sentences."""
        query = ProgressQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        patient, now = cast(User, request.user), timezone.now()
        found = progress(patient, now, query.validated_data["days"])
        record_access(
            actor=patient,
            clinic=clinic_of(patient, Role.PATIENT),
            patients=[patient],
            door="api:progress",
            now=now,
        )
        return Response(ProgressOutput(found).data)
