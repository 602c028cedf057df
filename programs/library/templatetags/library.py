"""Links into the library, and its pictures, for the pages of the rooms above."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import RequestContext

from programs.library.queries import WAYS_TO_REST, articles_at, shipped_figures
from programs.library.rules import describe_length, describe_tag, shown_side, stills

register = template.Library()


@register.inclusion_tag("library/articles_at.html", takes_context=True)
def articles_to_read(context: RequestContext, place: str, heading: str = "") -> dict[str, Any]:
    """Links to the articles of a place (`PLACES`), for whoever may open them; else nothing, and no query."""
    user = context["request"].user
    may_read = user.is_authenticated and user.roles
    return {"articles": articles_at(place, user) if may_read else [], "heading": heading}


@register.inclusion_tag("library/pictures.html")
def pictures(
    figure: Mapping[str, Any] | None, side: str = "right", *, is_folded: bool = False
) -> dict[str, Any]:
    """Both pictures of a figure, numbered, each with its words; nothing where there is no figure.

    Inside something folded they are fetched when it is opened.
    """
    return {"stills": stills(figure) if figure else (), "side": side, "is_folded": is_folded}


@register.inclusion_tag("library/picture.html")
def picture(figure: Mapping[str, Any] | None, side: str = "right") -> dict[str, Any]:
    """The second picture of a figure, as large as the page, with its words; nothing where there is no figure.

    It is what the page is seen by, so the browser fetches it before all else.
    """
    return {"still": stills(figure)[1] if figure else None, "side": side}


@register.inclusion_tag("library/thumbnail.html")
def thumbnail(figure: Mapping[str, Any] | None, side: str = "right") -> dict[str, Any]:
    """A small second picture, to stand beside the name of what it shows; nothing where there is no figure."""
    return {"still": stills(figure)[1] if figure else None, "side": side}


@register.inclusion_tag("library/ways_to_rest.html")
def ways_to_rest() -> dict[str, Any]:
    """Positions to rest in, each with its name, its picture and words."""
    figures = shipped_figures()
    return {"ways": [(name, stills(figures[slug])[1]) for slug, name in WAYS_TO_REST.items()]}


@register.filter(name="shown_side")
def shown_side_of(sides: str, side: str) -> str:
    """For which side an exercise is shown to somebody with a plan for `side`."""
    return shown_side(sides, side)


@register.filter
def words_of_tag(tag: str) -> str:
    """Which exercises carry this tag."""
    return describe_tag(tag)


@register.filter
def length_in_words(seconds: int) -> str:
    """ "40 seconds", "2 minutes"."""
    return describe_length(seconds)
