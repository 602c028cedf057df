"""A record as files that a person can open: tables, what their columns mean, and the archive of both."""

from programs.exchange.render.archive import archive_of
from programs.exchange.render.tables import Table, tables_of

__all__ = ["Table", "archive_of", "tables_of"]
