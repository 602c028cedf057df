"""Exercises, programs and articles over REST, made for clients that keep a copy."""

from typing import Any, cast

from django.db.models import Prefetch
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from programs.accounts.models import User
from programs.lib.permissions import IsPatientOrTherapist
from programs.lib.serializers import MomentField
from programs.library.adapters import (
    ConditionalSchema,
    DoseOutput,
    FigureOutput,
    StageTestItemOutput,
    UpdatedSince,
)
from programs.library.models import (
    PAIN_MEASURE_CHOICES,
    Article,
    Category,
    Equipment,
    Exercise,
    LibraryContent,
    Position,
    Prescription,
    Program,
    Sides,
    Stage,
)
from programs.library.rules import PLACES, FlareExit, SectionContent

# Of the exercise nothing but its slug: the rest would be read over and over.
_PRESCRIPTIONS = (
    Prescription.objects.order_by("position")
    .select_related("exercise")
    .only("stage", "position", "optional", "dose_values", "note", "exercise__slug")
)


class LibraryContentOutput(serializers.Serializer[Any]):
    """`updated_at` moves with all that is shown here. Other rows are named by id and slug, which stay."""

    # So nothing may be shown that hangs on another row as well, as a dose in words does on `sides`.
    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    is_own_clinics = serializers.SerializerMethodField(help_text="Your clinic's own; others do not see it.")
    checked_by = serializers.CharField(help_text="Empty: not yet checked by a clinician.")
    updated_at = MomentField()
    retired_at = MomentField(allow_null=True, help_text="From then on it is given to nobody anew.")

    def get_is_own_clinics(self, content: LibraryContent) -> bool:
        return content.clinic_id is not None


class ExerciseOutput(LibraryContentOutput):
    code = serializers.CharField()
    category = serializers.ChoiceField(Category.choices)
    position = serializers.ChoiceField(Position.choices)
    equipment = serializers.ChoiceField(Equipment.choices)
    target = serializers.CharField()
    sides = serializers.ChoiceField(Sides.choices)
    irritability_ceiling = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    cues = serializers.ListField(
        child=serializers.CharField(), help_text="To be spoken one after the other while it is done."
    )
    mistakes = serializers.ListField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    dose = DoseOutput()
    easier = serializers.SlugField(source="easier.slug", allow_null=True)
    easier_how = serializers.CharField(help_text="How to make this exercise itself easier, or empty.")
    harder = serializers.SlugField(source="harder.slug", allow_null=True)
    harder_how = serializers.CharField(help_text="How to make this exercise itself harder, or empty.")
    tags = serializers.ListField(child=serializers.CharField())
    evidence_grade = serializers.CharField()
    evidence_note = serializers.CharField()
    articles = serializers.ListField(
        child=serializers.SlugField(), help_text="Worth reading with this exercise."
    )
    figure = FigureOutput(allow_null=True, help_text="How it looks; null where there is no picture.")


class ProgramPrescriptionOutput(serializers.Serializer[Prescription]):
    position = serializers.IntegerField()
    exercise = serializers.SlugField(source="exercise.slug")
    exercise_id = serializers.UUIDField()
    optional = serializers.BooleanField(help_text="Left out of a plan unless the therapist takes it in.")
    dose = DoseOutput()
    note = serializers.CharField(help_text="What differs here from the exercise's own words, or empty.")


class ProgramStageOutput(serializers.Serializer[Stage]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    goal = serializers.CharField()
    minimum_days = serializers.IntegerField(
        allow_null=True, help_text="Null in a last stage that goes on for as long as it helps."
    )
    pain_ceiling = serializers.IntegerField(
        allow_null=True, help_text="The most pain, 0 to 10, with which to move on; null: not asked."
    )
    pain_measure = serializers.ChoiceField(
        PAIN_MEASURE_CHOICES, help_text="What the ceiling is held against."
    )
    break_interval_minutes = serializers.IntegerField()
    test = serializers.CharField(help_text="What to be able to do before moving on, or empty.")
    test_items = StageTestItemOutput(many=True, help_text="The same, one by one.")
    cautions = serializers.ListField(child=serializers.CharField())
    excluded_exercises = serializers.ListField(
        child=serializers.SlugField(), help_text="Left out in this stage, also as a swap."
    )
    excluded_tags = serializers.ListField(
        child=serializers.CharField(), help_text="Exercises with one of these tags are left out as well."
    )
    break_movements = serializers.ListField(
        child=serializers.SlugField(),
        help_text="Names of ideas for a break that fit this stage; empty: any. They have no endpoint yet.",
    )
    articles = serializers.ListField(child=serializers.SlugField())
    prescriptions = ProgramPrescriptionOutput(many=True)


class FlareExitOutput(serializers.Serializer[FlareExit]):
    """When a flare plan ends."""

    longest_days = serializers.IntegerField(help_text="After so many days somebody is to look.")
    calm_days = serializers.IntegerField(help_text="So many calm days in a row end it.")
    calm_margin = serializers.IntegerField(help_text="Calm: worst leg pain at most so much above the usual.")


class ProgramOutput(LibraryContentOutput):
    kind = serializers.ChoiceField(Program.Kind.choices)
    summary = serializers.CharField()
    begin_when = serializers.ListField(child=serializers.CharField())
    not_for = serializers.ListField(child=serializers.CharField())
    direction_check = serializers.ChoiceField(Program.DirectionFirst.choices)
    evidence_grade = serializers.CharField()
    evidence_note = serializers.CharField()
    flare = FlareExitOutput(allow_null=True, help_text="Null in a staged program.")
    stages = ProgramStageOutput(many=True, help_text="In their order.")


class ArticleSectionOutput(serializers.Serializer[SectionContent]):
    heading = serializers.CharField(help_text="Or empty.")
    paragraphs = serializers.ListField(child=serializers.CharField())
    points = serializers.ListField(child=serializers.CharField())


class ArticleOutput(LibraryContentOutput):
    summary = serializers.CharField()
    sections = ArticleSectionOutput(many=True)
    sources = serializers.ListField(child=serializers.CharField())
    places = serializers.ListField(
        child=serializers.ChoiceField(PLACES), help_text="Where in the product there is a link to it."
    )


class LibraryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Rows that the caller may see, in answers that the caller may keep and ask after by their ETag."""

    permission_classes = [IsPatientOrTherapist]
    filter_backends = [UpdatedSince]
    schema = ConditionalSchema()

    def get_queryset(self) -> Any:
        return cast(Any, super().get_queryset()).visible_to(cast(User, self.request.user))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code == 200 and request.method in ("GET", "HEAD"):
            # ConditionalGetMiddleware gives an ETag to what may be kept; all else stays "no-store".
            patch_cache_control(answer, private=True, no_cache=True)
            patch_vary_headers(answer, ["Cookie", "X-Session-Token"])
        return answer


class ExerciseViewSet(LibraryViewSet):
    """The exercises that can be prescribed. Retired ones can still be read one by one, for old plans."""

    queryset = Exercise.objects.select_related("easier", "harder")
    serializer_class = ExerciseOutput


class ProgramViewSet(LibraryViewSet):
    """What plans are made from, and the flare plan. Retired programs can still be read one by one."""

    queryset = Program.objects.prefetch_related(
        Prefetch("stages", Stage.objects.order_by("number")),
        Prefetch("stages__prescriptions", _PRESCRIPTIONS),
    )
    serializer_class = ProgramOutput


class ArticleViewSet(LibraryViewSet):
    """What to read, in plain words. Retired articles can still be read one by one."""

    queryset = Article.objects.all()
    serializer_class = ArticleOutput
