"""Lists over REST: keyset pages, so that the last page costs what the first does."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class KeysetPages(CursorPagination):
    """Rows in their model's own order (for records: newest first); 20 a page, at most 100.

    The id would not do: where a client made it, it says nothing about time.
    """

    page_size_query_param = "page_size"
    max_page_size = 100

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return tuple(str(field) for field in queryset.model._meta.ordering)
