"""Movement breaks and reminders over REST."""

from programs.reminders.api.breaks import BreakRuleViewSet, MovementBreakViewSet, PromptViewSet

__all__ = ["BreakRuleViewSet", "MovementBreakViewSet", "PromptViewSet"]
