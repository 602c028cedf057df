"""The reminder that is due, in the frame of every patient page."""

from typing import Any, cast

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from programs.accounts.models import User
from programs.reminders.queries.reminders import shown_reminder

register = template.Library()


@register.inclusion_tag("reminders/reminder_notice.html", takes_context=True)
def reminder_notice(context: RequestContext) -> dict[str, Any]:
    """What shows now, so that a page without JavaScript has it too."""
    request = context["request"]
    shown = shown_reminder(cast(User, request.user), timezone.now())
    return {"shown": shown, "back_to": request.get_full_path()}
