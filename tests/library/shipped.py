"""The shipped content files, read as the product reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from programs.library.rules import LibraryFiles, Shelf, read_folder

CONTENT = Path(__file__).parents[2] / "programs" / "library" / "content"


@cache
def shipped() -> LibraryFiles:
    """Everything that comes with the product; it has no problems."""
    files = {
        file.relative_to(CONTENT).as_posix(): file.read_bytes()
        for ending in ("*.yaml", "*.json")
        for file in CONTENT.rglob(ending)
    }
    library, problems = read_folder(files, Shelf(), shipped=True)
    assert list(map(str, problems)) == []
    return library
