"""Sessions, Daily checks and Weekly checks over REST."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.adapters import PatientRecords
from programs.accounts.models import PatientRecord, Role
from programs.accounts.queries import clinic_of
from programs.care.models import PlanVersion
from programs.care.rules.response import COLOURS, UNKNOWN, Light
from programs.care.rules.session import WHOLE
from programs.lib.permissions import IsPatient, IsPatientOrTherapist
from programs.lib.serializers import IdField, Input, MomentField, PainField, WholeNumberField
from programs.logbook.actions import (
    NOT_A_PLACE,
    NOT_AN_ANSWER,
    ResultInput,
    record_daily_check,
    record_morning_check,
    record_session,
    record_weekly_check,
)
from programs.logbook.models import (
    FLARE_STAGE,
    MOST_CRAMPS,
    NIGHTS_A_WEEK,
    Change,
    DailyCheck,
    Effort,
    ExerciseResult,
    GuidedSession,
    MorningCheck,
    Reach,
    Region,
    SettlesWithin,
    SittingBeforePain,
    Spread,
    Tingling,
    Weakness,
    WeeklyCheck,
)
from programs.logbook.queries import responses_to
from programs.logbook.rules import HIGHEST_BOTHER, IRRITABILITY

NOT_YOUR_PLAN = "There is no such plan of yours."
_SPREAD = "Whether symptoms moved along the leg; empty: not said."
_EFFORT = "How hard the session was; empty: not said."
_ADVISED = "in percent of the prescribed dose, 0 for an exercise that was to be left out"
_REACH = "How far down symptoms go: " + ", ".join(f"{place.value} {place.label}" for place in Reach) + "."
_TINGLING_NUMBNESS = (
    "Where there was tingling or numbness. An empty list means nowhere, null means not asked."
)
_CALF_PAIN = "Calf pain between cramps; null: not asked. Asked where the stage measures `calf`."
_CRAMPS = "How many calf cramps there were in the night before; null: not asked."
_WORST_CRAMP = "How bad the worst of them was; null without any."
# Some room above the longest program: 12 exercises, each on two sides.
_MOST_RESULTS = 100
_RESULTS = Prefetch("results", ExerciseResult.objects.select_related("exercise", "instead_of"))


class ExerciseResultInput(Input):
    exercise = serializers.SlugField(max_length=60, help_text="The slug of an exercise in the stage.")
    side = serializers.ChoiceField(ExerciseResult.Side.choices)
    outcome = serializers.ChoiceField(ExerciseResult.Outcome.choices)
    pain_peak = PainField(allow_null=True, default=None, help_text="Worst pain in this exercise.")
    tingling = serializers.ChoiceField(
        Tingling.choices, allow_blank=True, default="", help_text="How long it tingled after a nerve glide."
    )
    spread = serializers.ChoiceField(Spread.choices, allow_blank=True, default="", help_text=_SPREAD)
    advised_share = WholeNumberField(
        min_value=0,
        max_value=WHOLE,
        allow_null=True,
        default=None,
        help_text=f"What `today/` advised, {_ADVISED}; null: as it follows from what was reported before.",
    )
    instead_of = serializers.SlugField(
        max_length=60, allow_null=True, default=None, help_text="What this easier one stood in for."
    )


class SessionInput(Input):
    id = IdField(help_text="Made by the client: sending a session again stores it once.")
    plan_version = IdField(help_text="The version that the patient followed.")
    stage_number = WholeNumberField(min_value=FLARE_STAGE, max_value=20, help_text="0 is the flare plan.")
    kind = serializers.ChoiceField(GuidedSession.Kind.choices, default=GuidedSession.Kind.GUIDED)
    started_at = MomentField()
    finished_at = MomentField()
    pain_before = PainField(allow_null=True, default=None)
    pain_peak = PainField(allow_null=True, default=None)
    pain_after = PainField(allow_null=True, default=None)
    spread = serializers.ChoiceField(Spread.choices, allow_blank=True, default="", help_text=_SPREAD)
    effort = serializers.ChoiceField(Effort.choices, allow_blank=True, default="", help_text=_EFFORT)
    results = serializers.ListField(child=ExerciseResultInput(), max_length=_MOST_RESULTS)
    note = serializers.CharField(max_length=1000, allow_blank=True, default="")


class ExerciseResultOutput(serializers.Serializer[ExerciseResult]):
    exercise = serializers.SlugField(source="exercise.slug")
    side = serializers.ChoiceField(ExerciseResult.Side.choices)
    outcome = serializers.ChoiceField(ExerciseResult.Outcome.choices)
    pain_peak = serializers.IntegerField(allow_null=True)
    tingling = serializers.ChoiceField(Tingling.choices, allow_blank=True)
    spread = serializers.ChoiceField(Spread.choices, allow_blank=True)
    advised_share = serializers.IntegerField(help_text=f"What was advised, {_ADVISED}.")
    instead_of = serializers.SlugField(source="instead_of.slug", allow_null=True, default=None)


class SessionOutput(serializers.Serializer[GuidedSession]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    plan_version = serializers.UUIDField(source="plan_version_id")
    stage_number = serializers.IntegerField()
    kind = serializers.ChoiceField(GuidedSession.Kind.choices)
    started_at = MomentField()
    finished_at = MomentField()
    performed_on = serializers.DateField(help_text="The patient's local day.")
    pain_before = serializers.IntegerField(allow_null=True)
    pain_peak = serializers.IntegerField(allow_null=True)
    pain_after = serializers.IntegerField(allow_null=True)
    spread = serializers.ChoiceField(Spread.choices, allow_blank=True)
    effort = serializers.ChoiceField(Effort.choices, allow_blank=True)
    results = ExerciseResultOutput(many=True)
    note = serializers.CharField()
    colour = serializers.SerializerMethodField(help_text="The traffic light of the session.")
    words = serializers.SerializerMethodField(help_text="What a patient reads of it, in a few words.")
    reasons = serializers.SerializerMethodField(
        help_text="Why it has this colour, in sentences for whoever asks: a patient reads plainer ones."
    )
    is_final = serializers.SerializerMethodField(help_text="False: the next morning may make it worse.")
    received_at = MomentField()

    @extend_schema_field(serializers.ChoiceField(COLOURS))
    def get_colour(self, session: GuidedSession) -> str:
        return self._light(session).colour

    def get_words(self, session: GuidedSession) -> str:
        return self._light(session).words

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, session: GuidedSession) -> tuple[str, ...]:
        light = self._light(session)
        is_own = session.patient_id == self.context["request"].user.pk
        return light.for_patient if is_own else light.reasons

    def get_is_final(self, session: GuidedSession) -> bool:
        response = self.context["responses"].get(session.pk)
        return response is not None and response.is_final

    def _light(self, session: GuidedSession) -> Light:
        response = self.context["responses"].get(session.pk)
        return response.light if response else Light(UNKNOWN)


# Named here: both sides have the same regions, and one name in the document.
@extend_schema_field({"type": "string", "enum": Region.values}, component_name="Region")
class RegionField(serializers.ChoiceField):
    """One region; whatever else is sent gets the sentence of the page."""

    def __init__(self) -> None:
        wrong = ("invalid_choice", "null")
        super().__init__(Region.choices, error_messages=dict.fromkeys(wrong, NOT_A_PLACE))


class RegionsField(serializers.ListField):
    """Regions on one side."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            child=RegionField(),
            max_length=len(Region),
            allow_null=True,
            help_text=_TINGLING_NUMBNESS,
            **more,
        )


class DailyCheckInput(Input):
    id = IdField(help_text="Made by the client: sending a check again stores it once.")
    recorded_on = serializers.DateField(help_text="The patient's local day.")
    worst_leg_pain = PainField(help_text="Worst leg pain of the last 24 hours.")
    worst_back_pain = PainField(help_text="Worst back pain of the last 24 hours.")
    reach_left = WholeNumberField(min_value=0, max_value=5, allow_null=True, default=None, help_text=_REACH)
    reach_right = WholeNumberField(min_value=0, max_value=5, allow_null=True, default=None, help_text=_REACH)
    tingling_numbness_left = RegionsField(default=None)
    tingling_numbness_right = RegionsField(default=None)
    calf_pain = PainField(allow_null=True, default=None, help_text=_CALF_PAIN)
    cramps = WholeNumberField(
        min_value=0, max_value=MOST_CRAMPS, allow_null=True, default=None, help_text=_CRAMPS
    )
    worst_cramp = PainField(allow_null=True, default=None, help_text=_WORST_CRAMP)
    corrects = IdField(
        allow_null=True,
        default=None,
        help_text="An own check of the same day that was a slip: it is kept, and counts no longer.",
    )


class DailyCheckOutput(serializers.Serializer[DailyCheck]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    recorded_on = serializers.DateField()
    worst_leg_pain = serializers.IntegerField()
    worst_back_pain = serializers.IntegerField()
    reach_left = serializers.IntegerField(allow_null=True, help_text=_REACH)
    reach_right = serializers.IntegerField(allow_null=True, help_text=_REACH)
    tingling_numbness_left = RegionsField()
    tingling_numbness_right = RegionsField()
    calf_pain = serializers.IntegerField(allow_null=True, help_text=_CALF_PAIN)
    cramps = serializers.IntegerField(allow_null=True, help_text=_CRAMPS)
    worst_cramp = serializers.IntegerField(allow_null=True, help_text=_WORST_CRAMP)
    corrects = serializers.UUIDField(source="corrects_id", allow_null=True)
    corrected = serializers.BooleanField(
        source="is_corrected", help_text="True: another check corrects it, and it counts no longer."
    )
    received_at = MomentField()


class AnswerField(serializers.ChoiceField):
    """One of a few answers; whatever else is sent gets the sentence of the page."""

    def __init__(self, choices: Any, **more: Any) -> None:
        wrong = ("invalid_choice", "null")
        super().__init__(choices, error_messages=dict.fromkeys(wrong, NOT_AN_ANSWER), **more)


class BotherField(WholeNumberField):
    """How much a symptom bothered in the last 7 days."""

    def __init__(self) -> None:
        super().__init__(
            min_value=0,
            max_value=HIGHEST_BOTHER,
            allow_null=True,
            default=None,
            help_text="In the last 7 days: 0 not at all, 6 extremely, null not said.",
        )


class WeeklyCheckInput(Input):
    id = IdField(help_text="Made by the client: sending a check again stores it once.")
    recorded_on = serializers.DateField(help_text="The patient's local day.")
    groc = AnswerField(Change.choices, help_text="How the leg is since last week.")
    bother_leg_pain = BotherField()
    bother_tingling_numbness = BotherField()
    bother_weakness = BotherField()
    bother_sitting = BotherField()
    weakness = AnswerField(Weakness.choices, help_text="Whether leg or foot is weak.")
    settles_within = AnswerField(
        SettlesWithin.choices,
        allow_null=True,
        default=None,
        help_text="Minutes until a leg that was stirred up calms down.",
    )
    nights_broken = WholeNumberField(
        min_value=0,
        max_value=NIGHTS_A_WEEK,
        allow_null=True,
        default=None,
        help_text="Nights of the last 7 in which leg pain broke the sleep.",
    )
    sitting_before_pain = AnswerField(
        SittingBeforePain.choices,
        allow_null=True,
        default=None,
        help_text="Minutes of sitting before the leg hurts.",
    )


class WeeklyCheckOutput(serializers.Serializer[WeeklyCheck]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    recorded_on = serializers.DateField()
    groc = serializers.ChoiceField(Change.choices)
    bother_leg_pain = serializers.IntegerField(allow_null=True)
    bother_tingling_numbness = serializers.IntegerField(allow_null=True)
    bother_weakness = serializers.IntegerField(allow_null=True)
    bother_sitting = serializers.IntegerField(allow_null=True)
    bothersomeness = serializers.IntegerField(
        allow_null=True, help_text="The four together, 0 to 24; null where one was not said."
    )
    weakness = serializers.ChoiceField(Weakness.choices)
    settles_within = serializers.ChoiceField(SettlesWithin.choices, allow_null=True)
    nights_broken = serializers.IntegerField(allow_null=True)
    sitting_before_pain = serializers.ChoiceField(SittingBeforePain.choices, allow_null=True)
    irritability = serializers.ChoiceField(
        IRRITABILITY, allow_null=True, help_text="From the last three; null where they do not tell."
    )
    received_at = MomentField()


class MorningCheckInput(Input):
    id = IdField(help_text="Made by the client: sending a check again stores it once.")
    about_on = serializers.DateField(help_text="The local day of the sessions: the day before this morning.")
    pain = PainField(help_text="Leg pain on the morning after.")
    settles_within = AnswerField(
        SettlesWithin.choices,
        allow_null=True,
        default=None,
        help_text="Minutes until the leg calmed down after the session.",
    )


class MorningCheckOutput(serializers.Serializer[MorningCheck]):
    id = serializers.UUIDField()
    patient = serializers.UUIDField(source="patient_id")
    about_on = serializers.DateField()
    pain = serializers.IntegerField()
    settles_within = serializers.ChoiceField(SettlesWithin.choices, allow_null=True)
    received_at = MomentField()


class ReportViewSet(PatientRecords, GenericViewSet):
    """What a patient reports: they alone write it, and their care team reads it too."""

    def get_permissions(self) -> list[BasePermission]:
        return [IsPatient() if self.action == "create" else IsPatientOrTherapist()]

    def answer(self, row: PatientRecord, is_new: bool) -> Response:
        """201 for a new row, 200 for one that was there already."""
        self.record_access([row])
        return Response(
            self.get_serializer(row).data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReportViewSet):
    """Sessions that took place, newest first."""

    queryset = GuidedSession.objects.prefetch_related(_RESULTS)
    serializer_class = SessionOutput

    def get_serializer(self, *args: Any, **more: Any) -> Any:
        """With how each session was borne: one query, however many they are."""
        shown: Any = args[0] if args else []
        responses = responses_to(shown if more.get("many") or not args else [shown])
        context = {
            **self.get_serializer_context(),
            "responses": {each.session_id: each for each in responses},
        }
        return super().get_serializer(*args, **more | {"context": context})

    @extend_schema(request=SessionInput, responses={201: SessionOutput, 200: SessionOutput})
    def create(self, request: Request) -> Response:
        """Store one session. The same id again answers 200 with the stored row and changes nothing."""
        given = SessionInput.checked(request.data)
        version = (
            PlanVersion.objects.visible_to(self.caller)
            .filter(pk=given["plan_version"], plan__patient=self.caller)
            .select_related("plan__patient", "plan__clinic")
            .first()
        )
        if version is None:
            raise serializers.ValidationError({"plan_version": NOT_YOUR_PLAN})
        session, is_new = record_session(
            plan=version.plan,
            session_id=given["id"],
            plan_version=version,
            stage_number=given["stage_number"],
            started_at=given["started_at"],
            finished_at=given["finished_at"],
            pain_before=given["pain_before"],
            pain_peak=given["pain_peak"],
            pain_after=given["pain_after"],
            spread=given["spread"],
            results=[ResultInput(**result) for result in given["results"]],
            note=given["note"],
            now=timezone.now(),
            kind=given["kind"],
            effort=given["effort"],
        )
        prefetch_related_objects([session], _RESULTS)
        return self.answer(session, is_new)


class DailyCheckViewSet(mixins.ListModelMixin, ReportViewSet):
    """Daily checks, newest first."""

    queryset = DailyCheck.objects.select_related("corrected_by")
    serializer_class = DailyCheckOutput

    @extend_schema(request=DailyCheckInput, responses={201: DailyCheckOutput, 200: DailyCheckOutput})
    def create(self, request: Request) -> Response:
        """Store one Daily check. The same id again answers 200 with the stored row and changes nothing."""
        given: dict[str, Any] = DailyCheckInput.checked(request.data)
        check, is_new = record_daily_check(
            clinic=clinic_of(self.caller, Role.PATIENT),
            patient=self.caller,
            check_id=given.pop("id"),
            **given,
            now=timezone.now(),
        )
        return self.answer(check, is_new)


class WeeklyCheckViewSet(mixins.ListModelMixin, ReportViewSet):
    """Weekly checks, newest first."""

    queryset = WeeklyCheck.objects.all()
    serializer_class = WeeklyCheckOutput

    @extend_schema(request=WeeklyCheckInput, responses={201: WeeklyCheckOutput, 200: WeeklyCheckOutput})
    def create(self, request: Request) -> Response:
        """Store one Weekly check. The same id again answers 200 with the stored row and changes nothing."""
        given: dict[str, Any] = WeeklyCheckInput.checked(request.data)
        check, is_new = record_weekly_check(
            clinic=clinic_of(self.caller, Role.PATIENT),
            patient=self.caller,
            check_id=given.pop("id"),
            **given,
            now=timezone.now(),
        )
        return self.answer(check, is_new)


class MorningCheckViewSet(mixins.ListModelMixin, ReportViewSet):
    """How the leg was on mornings after a session, newest first."""

    queryset = MorningCheck.objects.all()
    serializer_class = MorningCheckOutput

    @extend_schema(request=MorningCheckInput, responses={201: MorningCheckOutput, 200: MorningCheckOutput})
    def create(self, request: Request) -> Response:
        """Store one morning. The same id again answers 200 with the stored row and changes nothing."""
        given: dict[str, Any] = MorningCheckInput.checked(request.data)
        check, is_new = record_morning_check(
            clinic=clinic_of(self.caller, Role.PATIENT),
            patient=self.caller,
            check_id=given.pop("id"),
            **given,
            now=timezone.now(),
        )
        return self.answer(check, is_new)
