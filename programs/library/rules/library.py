"""The content files read together: what one folder holds, and what clashes or leads nowhere in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from .articles import ArticleContent
from .breaks import BreakMessageContent, BreakMovementContent
from .exercises import IRRITABILITY_LEVELS, ExerciseContent
from .figures import FigureContent
from .guidance import ContraindicationContent, DirectionCheckContent
from .programs import FLARE, ProgramContent, StageContent
from .shape import ContentProblem

# A tensioner stretches the nerve from both ends; it is kept for the last stage, when the nerve is calm.
TENSIONER_TAG: Final = "tensioner"
FIRST_TENSIONER_STAGE: Final = 4


@dataclass(frozen=True, slots=True)
class Shelved:
    """What others have to know of an exercise that they refer to."""

    tags: frozenset[str]
    irritability_ceiling: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is in the library already that a clinic's content may refer to, and whose names are taken.

    `break_movements` maps a slug to that of its exercise. `own` are the slugs that the clinic has itself: a
    name that the product takes later stays the clinic's.
    """

    exercises: Mapping[str, Shelved] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    break_movements: Mapping[str, str | None] = field(default_factory=dict)
    figures: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LibraryFiles:
    """Everything one folder holds. A clinic's own folder has exercises, programs and articles only."""

    exercises: Sequence[ExerciseContent] = ()
    programs: Sequence[ProgramContent] = ()
    articles: Sequence[ArticleContent] = ()
    figures: Sequence[FigureContent] = ()
    break_messages: Sequence[BreakMessageContent] = ()
    break_movements: Sequence[BreakMovementContent] = ()
    contraindications: Sequence[ContraindicationContent] = ()
    direction_checks: Sequence[DirectionCheckContent] = ()


class _Written(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def slug(self) -> str: ...


def cross_check(files: LibraryFiles, shelf: Shelf) -> list[ContentProblem]:
    """Problems that only show when the files are read together: names that clash or lead nowhere.

    `shelf` is empty for the shipped library, and the shipped library for a clinic's own content.
    """
    names = _Names(files, shelf)
    clashes = [
        *_clashes(files.exercises, "slug", shelf.exercises.keys() - shelf.own),
        *_clashes(files.programs, "slug", shelf.programs - shelf.own),
        *_clashes(files.articles, "slug", shelf.articles - shelf.own),
        *_clashes_in_lists(files.break_messages),
        *_clashes_in_lists(files.break_movements),
        *_clashes_in_lists(files.contraindications),
    ]
    written: list[_Written] = [*files.exercises, *files.programs, *files.articles]
    clashing = {problem.file for problem in clashes}
    # of a copied file, its slug is the one thing to say
    own_names = [exercise for exercise in files.exercises if exercise.file not in clashing]
    return [
        *clashes,
        *_clashes(own_names, "code", shelf.codes),
        *(problem for each in written if each.file not in clashing for problem in _file_name_problems(each)),
        *(problem for exercise in files.exercises for problem in _exercise_problems(exercise, names)),
        *_endless(files.exercises),
        *(problem for program in files.programs for problem in _program_problems(program, names, shelf)),
        *(problem for movement in files.break_movements for problem in _movement_problems(movement, names)),
        *(problem for each in files.contraindications for problem in _exclusion_problems(each, names)),
        *(problem for each in files.direction_checks for problem in _direction_problems(each, names)),
    ]


class _Names:
    """Everything that content may refer to."""

    def __init__(self, files: LibraryFiles, shelf: Shelf) -> None:
        own = {
            each.slug: Shelved(frozenset(each.tags), each.irritability_ceiling) for each in files.exercises
        }
        self.exercises = {**shelf.exercises, **own}
        self.tags = frozenset().union(*(each.tags for each in self.exercises.values()))
        self.articles = shelf.articles | {each.slug for each in files.articles}
        self.figures = shelf.figures | {each.slug for each in files.figures}
        self.break_movements = {
            **shelf.break_movements,
            **{each.slug: each.exercise for each in files.break_movements},
        }
        self.contraindications = {each.slug for each in files.contraindications}

    def is_tensioner(self, slug: str) -> bool:
        return slug in self.exercises and TENSIONER_TAG in self.exercises[slug].tags


def _clashes(items: Sequence[_Written], field: str, taken: Iterable[str]) -> Iterator[ContentProblem]:
    first_file = dict.fromkeys(taken, "the shipped library")
    for item in items:
        value = getattr(item, field)
        if value in first_file:
            yield ContentProblem(item.file, field, f"{value} is already used in {first_file[value]}.")
        first_file.setdefault(value, item.file)


def _file_name_problems(item: _Written) -> Iterator[ContentProblem]:
    """Two files whose slugs were swapped would change every plan that gives one of them."""
    if not item.file.endswith(f"/{item.slug}.yaml"):
        yield ContentProblem(item.file, "slug", f"Expected this file to be named {item.slug}.yaml.")


def _clashes_in_lists(
    items: Sequence[BreakMessageContent] | Sequence[BreakMovementContent] | Sequence[ContraindicationContent],
) -> Iterator[ContentProblem]:
    seen: set[str] = set()
    for item in items:
        if item.slug in seen:
            yield ContentProblem(item.file, f"{item.field}.slug", f"{item.slug} is already in this list.")
        seen.add(item.slug)


def _unknown(
    file: str, path: str, slugs: Iterable[str], known: Iterable[str], kind: str
) -> Iterator[ContentProblem]:
    for index, slug in enumerate(slugs):
        if slug not in known:
            yield ContentProblem(file, f"{path}[{index}]", f"There is no {kind} {slug}.")


def _exercise_problems(exercise: ExerciseContent, names: _Names) -> Iterator[ContentProblem]:
    for path, slug in (("easier", exercise.easier), ("harder", exercise.harder)):
        if slug is not None and (message := _neighbour_problem(exercise, path, slug, names)):
            yield ContentProblem(exercise.file, path, message)
    yield from _unknown(exercise.file, "articles", exercise.articles, names.articles, "article")
    if exercise.figure is not None and exercise.figure not in names.figures:
        yield ContentProblem(exercise.file, "figure", f"There is no figure {exercise.figure}.")


def _neighbour_problem(exercise: ExerciseContent, path: str, slug: str, names: _Names) -> str | None:
    neighbour = names.exercises.get(slug)
    if neighbour is None:
        return f"There is no exercise {slug}."
    if path == "harder" and slug == exercise.easier:
        return f"{slug} is the easier neighbour already."
    if slug == exercise.slug:
        return "An exercise cannot be its own neighbour."
    if names.is_tensioner(slug) and not names.is_tensioner(exercise.slug):
        return "A nerve tensioner is only for its own stage, never to swap to."
    calmest = IRRITABILITY_LEVELS.index(neighbour.irritability_ceiling)
    if path == "easier" and calmest > IRRITABILITY_LEVELS.index(exercise.irritability_ceiling):
        return f"{slug} needs a calmer nerve than this exercise, so it is not easier."
    return None


def _endless(exercises: Sequence[ExerciseContent]) -> Iterator[ContentProblem]:
    """Going easier and easier, or harder and harder, has to come to an end."""
    for path in ("easier", "harder"):
        step = {exercise.slug: getattr(exercise, path) for exercise in exercises}
        for exercise in exercises:
            slug = step[exercise.slug]
            passed: set[str] = set()
            while slug in step and slug not in passed and slug != exercise.slug:
                passed.add(slug)
                slug = step[slug]
            if slug == exercise.slug and passed:
                yield ContentProblem(exercise.file, path, f"This leads back to {exercise.slug} in the end.")


def _program_problems(program: ProgramContent, names: _Names, shelf: Shelf) -> Iterator[ContentProblem]:
    if program.kind == FLARE and shelf.exercises:
        yield ContentProblem(program.file, "kind", "Only the shipped library has a flare plan.")
    for index, stage in enumerate(program.stages):
        yield from _stage_problems(program.file, f"stages[{index}]", stage, names)


def _stage_problems(file: str, path: str, stage: StageContent, names: _Names) -> Iterator[ContentProblem]:
    yield from _unknown(
        file, f"{path}.excluded_exercises", stage.excluded_exercises, names.exercises, "exercise"
    )
    yield from _unknown(
        file, f"{path}.excluded_tags", stage.excluded_tags, names.tags, "exercise with the tag"
    )
    yield from _unknown(
        file, f"{path}.break_movements", stage.break_movements, names.break_movements, "break movement"
    )
    yield from _unknown(file, f"{path}.articles", stage.articles, names.articles, "article")
    for index, movement in enumerate(stage.break_movements):
        exercise = names.break_movements.get(movement)
        if exercise is not None and _leaves_out(stage, exercise, names):
            message = f"This stage leaves {exercise} out."
            yield ContentProblem(file, f"{path}.break_movements[{index}]", message)
    for index, item in enumerate(stage.test_items):
        if item.exercise and item.exercise not in names.exercises:
            message = f"There is no exercise {item.exercise}."
            yield ContentProblem(file, f"{path}.test_items[{index}].exercise", message)
    if all(prescription.optional for prescription in stage.prescriptions):
        message = "Expected at least one exercise that is not optional."
        yield ContentProblem(file, f"{path}.prescriptions", message)
    seen: set[str] = set()
    for position, prescription in enumerate(stage.prescriptions):
        place = f"{path}.prescriptions[{position}].exercise"
        slug = prescription.exercise
        if slug not in names.exercises:
            yield ContentProblem(file, place, f"There is no exercise {slug}.")
        elif slug in seen:
            yield ContentProblem(file, place, f"{slug} is already in this stage.")
        elif names.is_tensioner(slug) and stage.number < FIRST_TENSIONER_STAGE:
            message = f"A nerve tensioner may not come before stage {FIRST_TENSIONER_STAGE}."
            yield ContentProblem(file, place, message)
        elif _leaves_out(stage, slug, names):
            yield ContentProblem(file, place, f"This stage leaves {slug} out.")
        seen.add(slug)


def _leaves_out(stage: StageContent, slug: str, names: _Names) -> bool:
    exercise = names.exercises.get(slug)
    tags = exercise.tags if exercise else frozenset()
    return slug in stage.excluded_exercises or not tags.isdisjoint(stage.excluded_tags)


def _movement_problems(movement: BreakMovementContent, names: _Names) -> Iterator[ContentProblem]:
    if movement.exercise is not None:
        yield from _open_to_all(movement.file, f"{movement.field}.exercise", movement.exercise, names)


def _open_to_all(file: str, path: str, slug: str, names: _Names) -> Iterator[ContentProblem]:
    """An exercise that is offered outside of any stage."""
    if slug not in names.exercises:
        yield ContentProblem(file, path, f"There is no exercise {slug}.")
    elif names.is_tensioner(slug):
        yield ContentProblem(file, path, "A nerve tensioner is only for its own stage.")


def _exclusion_problems(each: ContraindicationContent, names: _Names) -> Iterator[ContentProblem]:
    for path, slugs, known, kind in (
        ("excluded_exercises", each.excluded_exercises, names.exercises, "exercise"),
        ("excluded_tags", each.excluded_tags, names.tags, "exercise with the tag"),
        ("only_tags", each.only_tags, names.tags, "exercise with the tag"),
    ):
        yield from _unknown(each.file, f"{each.field}.{path}", slugs, known, kind)


def _direction_problems(check: DirectionCheckContent, names: _Names) -> Iterator[ContentProblem]:
    for index, each in enumerate(check.tries):
        for path, slug in (("exercise", each.exercise), ("gentler", each.gentler)):
            if slug is not None:
                yield from _open_to_all(check.file, f"tries[{index}].{path}", slug, names)
    yield from _unknown(
        check.file,
        "flexion_first_with",
        check.flexion_first_with,
        names.contraindications,
        "contraindication",
    )
