"""How REST framework writes the library's values."""

from rest_framework import serializers

from programs.library.rules import Dose


class DoseOutput(serializers.Serializer[Dose]):
    """How much of one exercise to do."""

    sets = serializers.IntegerField()
    repetitions = serializers.IntegerField(help_text="On each side.")
    hold_seconds = serializers.IntegerField()
    duration_seconds = serializers.IntegerField(
        allow_null=True, help_text="Where given, one set lasts this long and nothing is counted."
    )
    rest_seconds = serializers.IntegerField()
    times_a_day = serializers.IntegerField()
    days_a_week = serializers.IntegerField()
    tempo = serializers.CharField(help_text="Seconds for up, pause and down, such as 2-1-3, or empty.")
