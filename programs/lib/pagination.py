"""Lists over REST: keyset pages, so that the last page costs what the first does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Field, QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

NOT_A_CURSOR = "This is not a cursor of this list. Take `next` or `previous` as they are."


class KeysetPages(CursorPagination):
    """Rows in their model's own order (for records: newest first); 20 a page, at most 100.

    The id would not do: where a client made it, it says nothing about time.
    """

    page_size_query_param = "page_size"
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        first = self.get_ordering(request, queryset, view)[0]
        self.ordered_by = queryset.model._meta.get_field(first.lstrip("-"))
        return super().paginate_queryset(queryset, request, view)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return tuple(str(field) for field in queryset.model._meta.ordering)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise ValidationError({"cursor": NOT_A_CURSOR}) from error
        position: Any = cursor and cursor.position
        if position is not None and not _is_value_of(self.ordered_by, position):
            raise ValidationError({"cursor": NOT_A_CURSOR})
        return cursor


def _is_value_of(field: Field[Any, Any], position: str) -> bool:
    """Whether `position` could stand in our own cursor: what we give out has no NUL, and times in UTC."""
    try:
        value = field.to_python(position)
    except DjangoValidationError:
        return False
    if isinstance(value, datetime):
        return value.utcoffset() == timedelta(0)
    return "\x00" not in position
