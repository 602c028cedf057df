"""The movement-break prompt in the frame of every patient page."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from programs.reminders.queries import open_page, shown_prompt

register = template.Library()


@register.inclusion_tag("reminders/prompt.html", takes_context=True)
def break_prompt(context: RequestContext) -> dict[str, Any]:
    """The prompt that shows now, so that a page without JavaScript has it too, and when to ask again."""
    request, now = context["request"], timezone.now()
    page = open_page(request.user, now)
    left = None if page.changes_at is None else round((page.changes_at - now).total_seconds())
    return {
        "prompt": shown_prompt(page.prompt) if page.prompt else None,
        "back_to": request.get_full_path(),
        "seconds": left,
    }
