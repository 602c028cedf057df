"""The plan of whoever looks, on pages that are about something else."""

from typing import Any, cast
from uuid import UUID

from django import template
from django.template.context import RequestContext

from programs.accounts.models import User
from programs.care.queries import current_plan
from programs.library.models import Exercise
from programs.library.rules import shown_side

register = template.Library()


@register.inclusion_tag("care/in_your_plan.html", takes_context=True)
def in_your_plan(context: RequestContext) -> dict[str, Any]:
    """Links to the exercises of the stage that a patient is in, or of the flare plan over it; nothing without
    a plan. Two queries.

    What may be done today is for Today to say: here one reads how it is done.
    """
    current = current_plan(cast(User, context["request"].user))
    if current is None:
        return {"exercises": []}
    planned = current.stage.exercises
    figures = Exercise.objects.only("figure").in_bulk([UUID(each.exercise_id) for each in planned])
    return {
        "exercises": [
            (each, figures[UUID(each.exercise_id)].figure, shown_side(each.sides, current.plan.side))
            for each in planned
        ]
    }
