"""What a plan says, and what is made of it: pure."""

from .content import FLARE_NUMBER, PlanContent, PlanStage, PrescribedExercise, changes

__all__ = ["FLARE_NUMBER", "PlanContent", "PlanStage", "PrescribedExercise", "changes"]
