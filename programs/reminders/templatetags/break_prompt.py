"""The movement-break prompt in the frame of every patient page."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from programs.reminders.models import Prompt

register = template.Library()


@register.inclusion_tag("reminders/prompt.html", takes_context=True)
def break_prompt(context: RequestContext) -> dict[str, Any]:
    """The prompt that shows now, so that a page without JavaScript has it too."""
    request = context["request"]
    shown = Prompt.objects.visible_to(request.user).filter(patient=request.user).showing(timezone.now())
    return {"prompt": shown.first(), "back_to": request.get_full_path()}
