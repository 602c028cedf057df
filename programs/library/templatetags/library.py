"""Links into the library from the pages of the rooms above."""

from typing import Any

from django import template
from django.template.context import RequestContext

from programs.library.queries import articles_at
from programs.library.rules import describe_length, describe_tag

register = template.Library()


@register.inclusion_tag("library/articles_at.html", takes_context=True)
def articles_to_read(context: RequestContext, place: str, heading: str = "") -> dict[str, Any]:
    """Links to the articles of a place (`PLACES`), for whoever may open them; else nothing, and no query."""
    user = context["request"].user
    may_read = user.is_authenticated and user.roles
    return {"articles": articles_at(place, user) if may_read else [], "heading": heading}


@register.filter
def words_of_tag(tag: str) -> str:
    """Which exercises carry this tag."""
    return describe_tag(tag)


@register.filter
def length_in_words(seconds: int) -> str:
    """ "40 seconds", "2 minutes"."""
    return describe_length(seconds)
