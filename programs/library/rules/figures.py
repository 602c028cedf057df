"""A figure: a person drawn in the two positions between which an exercise moves, or in which one rests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, cast

from . import shape
from .dose import Dose, describe_length
from .shape import ContentProblem

# A picture that holds longer than this looks as if it had stopped. A tempo is shown as it is.
LONGEST_SHOWN_HOLD: Final = 5
_STILLS: Final = "img/exercises"
_MOVING_SECONDS: Final = 2
_STEP_SECONDS: Final = 1
# Of these nobody ever holds still.
_KEEPS_GOING: Final = "aerobic"


@dataclass(frozen=True, slots=True)
class FigureContent:
    """One figure as written. `document` is everything in its file.

    Only what is read besides being drawn is checked here; whether the rest can be drawn, its drawing tells.
    """

    file: str
    slug: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Still:
    """A drawn pose: `path` among the static files, what there is to see, and the size in units of its own."""

    path: str
    text: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownTempo:
    """Seconds from the first pose to the second (`up`), there, and back (`down`), as a picture shows them.

    `down` is 0 where the way back is not shown. `whole_hold` is longer than `hold` where the exercise holds
    for longer than is worth showing.
    """

    up: int
    hold: int
    down: int
    whole_hold: int

    @property
    def in_words(self) -> str:
        """ "From 1 to 2 in 2 seconds. Hold for 3 seconds. Back in 2 seconds." """
        back = f"Back in {describe_length(self.down)}." if self.down else "The way back is not shown."
        shorter = f" here, and for {describe_length(self.whole_hold)} when you do it"
        hold = f" Hold for {describe_length(self.hold)}{shorter if self.whole_hold > self.hold else ''}."
        return f"From 1 to 2 in {describe_length(self.up)}.{hold if self.hold else ''} {back}"


def parse_figure(data: object, file: str) -> tuple[FigureContent | None, list[ContentProblem]]:
    """One figure from a loaded JSON document, or None and every problem found in it.

    It has no name of its own but that of its file.
    """
    slug = PurePosixPath(file).stem
    problems = [
        *(ContentProblem(file, "", f"{why} as the name of this file.") for _, why in _name_problems(slug)),
        *shape.problems_of(_FIGURE, data, file),
    ]
    if problems:
        return None, problems
    return FigureContent(file, slug, cast(Mapping[str, Any], data)), []


def stills(figure: Mapping[str, Any]) -> tuple[Still, Still]:
    """Both pictures of a figure: its document, with its slug."""
    _, _, width, height = figure["view_box"]
    first, second = (
        Still(f"{_STILLS}/{figure['slug']}-{number}.svg", pose["text"], width, height)
        for number, pose in enumerate(figure["poses"], start=1)
    )
    return first, second


def has_sides(sides: str) -> bool:
    """Whether left and right of an exercise look different."""
    return sides != "together"


def shown_side(sides: str, side: str) -> str:
    """The side for which an exercise is shown to somebody whose own is `side`: "left" or "right".

    Figures are drawn for the right one; flipped from left to right, they show the left one.
    """
    return "left" if has_sides(sides) and side == "left" else "right"


def shown_tempo(dose: Dose, category: str, figure: Mapping[str, Any]) -> ShownTempo:
    """How fast a moving picture goes: as the dose says, or in two seconds each way and with a short hold."""
    if dose.tempo:
        up, hold, down = map(int, dose.tempo.split("-"))
        if _goes_down(figure):
            # The pause is at the top, in the first pose; a picture holds in the second alone.
            up, hold, down = down, 0, up
        if figure.get("one_way"):
            return ShownTempo(max(up, 1), _STEP_SECONDS, 0, whole_hold=0)
        # a jump would show nothing
        return ShownTempo(max(up, 1), hold, max(down, 1), whole_hold=hold)
    if category == _KEEPS_GOING:
        return ShownTempo(_STEP_SECONDS, 0, _STEP_SECONDS, whole_hold=0)
    whole = dose.hold_seconds or dose.duration_seconds or 0
    return ShownTempo(_MOVING_SECONDS, min(whole, LONGEST_SHOWN_HOLD), _MOVING_SECONDS, whole_hold=whole)


def _goes_down(figure: Mapping[str, Any]) -> bool:
    """Whether the second pose is the lower one, as that of a heel drop: a tempo begins with the way up."""
    first, second = (pose["pelvis"]["at"][1] for pose in figure["poses"])
    return bool(second < first)


def _name_problems(slug: str) -> list[tuple[str, str]]:
    return [(path, message.removesuffix(".")) for path, message in shape.SLUG(slug)]


def _is_square_or_wide(found: object) -> bool:
    if not isinstance(found, list) or len(found) != 4 or {*map(type, found)} != {int}:
        return False
    width, height = map(int, found[2:])
    return 0 < height <= width and (width == height or 2 * width == 3 * height)


def _two_poses(found: object) -> Iterable[tuple[str, str]]:
    if not isinstance(found, list) or len(found) != 2:
        return [("", "Expected two poses.")]
    return _POSES(found)


_POSE: Final = shape.mapping(
    {
        "text": shape.text(250),
        "pelvis": shape.mapping({"at": shape.list_of(shape.NUMBER, 3, 3)}, more=True),
    },
    more=True,
)
_POSES: Final = shape.list_of(_POSE, 2, 2)
_FIGURE: Final = shape.mapping(
    {
        "camera": shape.mapping({"yaw": shape.NUMBER, "pitch": shape.NUMBER}),
        "view_box": shape.value(
            _is_square_or_wide,
            "left, top, width and height in whole numbers, as wide as it is high or 3 to 2",
        ),
        "person": shape.text(20),
        "props": shape.list_of(shape.mapping({"kind": shape.text(20)}, more=True), 0, 10),
        "arrows": shape.list_of(shape.list_of(shape.list_of(shape.NUMBER, 3, 3), 2, 3), 0, 6),
        "poses": _two_poses,
    },
    more=True,
)
