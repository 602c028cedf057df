"""Whom to call, in the frame of every page that people could take for a watched one."""

from typing import Any

from django import template
from django.template.context import RequestContext

from programs.safety import rules
from programs.safety.queries import NOBODY_KNOWN

register = template.Library()


@register.inclusion_tag("safety/nobody_watches.html", takes_context=True)
def nobody_watches(context: RequestContext) -> dict[str, Any]:
    """That nobody reads along, and the number to call: the page's clinic's, else that of whoever looks."""
    user = context["request"].user
    clinic = context.get("clinic")
    if clinic is None and user.is_authenticated and user.memberships_now:
        clinic = user.memberships_now[0].clinic
    return {"emergency_number": clinic.emergency_number if clinic else NOBODY_KNOWN.emergency_number}


@register.inclusion_tag("safety/emergency_card.html")
def emergency_card(emergency_number: str) -> dict[str, Any]:
    """The signs that need help at once."""
    return {"card": rules.emergency_card(emergency_number), "emergency_number": emergency_number}


@register.inclusion_tag("safety/urgent_card.html")
def urgent_card(emergency_number: str) -> dict[str, Any]:
    """The signs that need a doctor or nurse today."""
    return {"card": rules.urgent_card(emergency_number)}
