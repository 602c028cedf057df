"""What a page that offers Web Push has to know, so that including it needs nothing but the request."""

from __future__ import annotations

from typing import Any

from django import template

from programs.delivery.queries import PushHere
from programs.delivery.queries import push_here as query

register = template.Library()


@register.simple_tag(takes_context=True)
def push_here(context: dict[str, Any]) -> PushHere:
    """How Web Push stands for who is signed in."""
    return query(context["request"].user)
