"""The logbook over REST, each part in the module of its subject."""

from programs.logbook.api.abilities import DirectionTryViewSet, StageTestViewSet
from programs.logbook.api.intakes import IntakeViewSet
from programs.logbook.api.player import PlayerKitViewSet
from programs.logbook.api.reports import (
    DailyCheckViewSet,
    MorningCheckViewSet,
    SessionViewSet,
    WeeklyCheckViewSet,
)
from programs.logbook.api.stages import OwnStageViewSet, PlanStageViewSet

__all__ = [
    "DailyCheckViewSet",
    "DirectionTryViewSet",
    "IntakeViewSet",
    "MorningCheckViewSet",
    "OwnStageViewSet",
    "PlanStageViewSet",
    "PlayerKitViewSet",
    "SessionViewSet",
    "StageTestViewSet",
    "WeeklyCheckViewSet",
]
