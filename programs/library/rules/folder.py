"""A whole folder of content: every file read, every problem found, each with its line."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

from .articles import parse_article
from .breaks import parse_break_messages, parse_break_movements
from .documents import Document, read_document, read_json
from .exercises import parse_exercise
from .figures import parse_figure
from .guidance import parse_contraindications, parse_direction_check
from .library import LibraryFiles, Shelf, cross_check
from .programs import parse_program
from .shape import ContentProblem

_Parse = Callable[[object, str], tuple[Any, list[ContentProblem]]]

# What a clinic may bring too; one file for each.
_FOLDERS: Final[Mapping[str, _Parse]] = {
    "exercises": parse_exercise,
    "programs": parse_program,
    "articles": parse_article,
}
# Drawn by the product alone: one JSON file for each.
FIGURES_FOLDER: Final = "figures"
CONTENT_FOLDERS: Final = (*_FOLDERS, FIGURES_FOLDER)
_SINGLE_FILES: Final[Mapping[str, tuple[str, _Parse]]] = {
    "breaks/messages.yaml": ("break_messages", parse_break_messages),
    "breaks/movements.yaml": ("break_movements", parse_break_movements),
    "contraindications.yaml": ("contraindications", parse_contraindications),
    "direction-check.yaml": ("direction_checks", parse_direction_check),
}
_WHOSE: Final = "A clinic's own content is loaded with --clinic."
_PLACES: Final = "exercises/*.yaml, programs/*.yaml, articles/*.yaml"


def read_folder(
    files: Mapping[str, bytes], shelf: Shelf, *, shipped: bool
) -> tuple[LibraryFiles, list[ContentProblem]]:
    """What the files of a folder say, and every problem in them, in the order of files and lines.

    `files` maps the path inside the folder to the bytes. `shipped` is the product's own library; a clinic's
    folder refers to it through `shelf` and holds exercises, programs and articles only.
    """
    documents: dict[str, Document] = {}
    problems: list[ContentProblem] = []
    found: dict[str, list[Any]] = {}
    for path, content in sorted(files.items()):
        place = _place_of(path, shipped)
        if place is None:
            own = f"{_PLACES}, {FIGURES_FOLDER}/*.json, {', '.join(_SINGLE_FILES)}"
            expected = own if shipped else _PLACES
            problems.append(ContentProblem(path, "", f"Expected one of: {expected}."))
            continue
        kind, parse = place
        try:
            read = read_json if path.endswith(".json") else read_document
            documents[path], wrong = read(content.decode(), path)
        except UnicodeDecodeError as error:
            message = "This is not text in UTF-8."
            problems.append(ContentProblem(path, "", message, content.count(b"\n", 0, error.start) + 1))
            continue
        if not wrong:
            parsed, wrong = parse(documents[path].data, path)
            if parsed is not None:
                found.setdefault(kind, []).extend(parsed if isinstance(parsed, list) else [parsed])
        problems.extend(wrong)
    library = LibraryFiles(**found)
    problems = problems or [*cross_check(library, shelf), *_missing(files, shipped)]
    located = [_with_line(problem, documents) for problem in problems]
    return library, sorted(located, key=lambda problem: (problem.file, problem.line))


def _missing(files: Mapping[str, bytes], shipped: bool) -> list[ContentProblem]:
    """What a folder must hold, so that a wrong one does not retire the library."""
    if not shipped:
        return [] if files else [ContentProblem("exercises", "", "There is no content here.")]
    folders = [folder for folder in _FOLDERS if not any(path.startswith(f"{folder}/") for path in files)]
    missing = [*folders, *(path for path in _SINGLE_FILES if path not in files)]
    return [ContentProblem(path, "", f"This is missing. {_WHOSE}") for path in missing]


def _place_of(path: str, shipped: bool) -> tuple[str, _Parse] | None:
    """Which kind of content stands at this path, and what reads it."""
    parts = PurePosixPath(path)
    folder = str(parts.parent)
    if parts.suffix == ".yaml" and folder in _FOLDERS:
        return folder, _FOLDERS[folder]
    if shipped and parts.suffix == ".json" and folder == FIGURES_FOLDER:
        return FIGURES_FOLDER, parse_figure
    return _SINGLE_FILES.get(path) if shipped else None


def _with_line(problem: ContentProblem, documents: Mapping[str, Document]) -> ContentProblem:
    document = documents.get(problem.file)
    line = document.line_of(problem.field) if document else problem.line or 1
    return replace(problem, line=line)
