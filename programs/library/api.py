"""Exercises over REST."""

from typing import cast

from django.db.models import QuerySet
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from programs.accounts.models import User
from programs.lib.permissions import IsPatientOrTherapist
from programs.library.adapters import DoseOutput
from programs.library.models import Category, Exercise, Sides


class ExerciseOutput(serializers.Serializer[Exercise]):
    id = serializers.UUIDField()
    slug = serializers.SlugField()
    code = serializers.CharField()
    name = serializers.CharField()
    category = serializers.ChoiceField(Category.choices)
    position = serializers.CharField()
    equipment = serializers.CharField()
    target = serializers.CharField()
    sides = serializers.ChoiceField(Sides.choices)
    irritability_ceiling = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    mistakes = serializers.ListField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    dose = DoseOutput()
    easier = serializers.SlugField(source="easier.slug", allow_null=True)
    harder = serializers.SlugField(source="harder.slug", allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    evidence_grade = serializers.CharField()
    evidence_note = serializers.CharField()
    checked_by = serializers.CharField(help_text="Empty: not yet checked by a clinician.")


class ExerciseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The exercises that can be prescribed. Retired ones can still be read one by one, for old plans."""

    queryset = Exercise.objects.all()
    serializer_class = ExerciseOutput
    permission_classes = [IsPatientOrTherapist]

    def get_queryset(self) -> QuerySet[Exercise]:
        visible = Exercise.objects.visible_to(cast(User, self.request.user))
        shown = visible.current() if self.action == "list" else visible
        return shown.select_related("easier", "harder")
