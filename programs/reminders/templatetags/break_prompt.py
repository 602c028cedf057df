"""The movement-break prompt in the frame of every patient page."""

from datetime import datetime
from typing import Any, cast

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from programs.accounts.models import User
from programs.reminders.queries import ReminderSigns, open_page, reminder_signs_of, shown_prompt

register = template.Library()


@register.inclusion_tag("reminders/prompt.html", takes_context=True)
def break_prompt(context: RequestContext) -> dict[str, Any]:
    """The prompt that shows now, so that a page without JavaScript has it too, and when to ask again."""
    request, now = context["request"], timezone.now()
    page = open_page(request.user, now, signs_on(context, now))
    left = None if page.changes_at is None else round((page.changes_at - now).total_seconds())
    return {
        "prompt": shown_prompt(page.prompt) if page.prompt else None,
        "back_to": request.get_full_path(),
        "seconds": left,
    }


def signs_on(context: RequestContext, now: datetime) -> ReminderSigns:
    """What there is to show on a page: looked for once, by its view (`reminder_signs`) or else by the first
    tag that asks.
    """
    if "reminder_signs" in context:
        return cast(ReminderSigns, context["reminder_signs"])
    request = context["request"]
    if not hasattr(request, "reminder_signs"):
        request.reminder_signs = reminder_signs_of(cast(User, request.user), now)
    return cast(ReminderSigns, request.reminder_signs)
