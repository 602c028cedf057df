"""The reminder that is due, in the frame of every patient page."""

from typing import Any, cast

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from programs.accounts.models import User
from programs.reminders.queries.reminders import ShownReminder, shown_reminder
from programs.reminders.templatetags.break_prompt import signs_on

register = template.Library()


@register.inclusion_tag("reminders/reminder_notice.html", takes_context=True)
def reminder_notice(context: RequestContext) -> dict[str, Any]:
    """What shows now, so that a page without JavaScript has it too."""
    request, now = context["request"], timezone.now()
    has_one = signs_on(context, now).has_reminder
    shown = shown_reminder(cast(User, request.user), now) if has_one else ShownReminder()
    return {"shown": shown, "back_to": request.get_full_path()}
