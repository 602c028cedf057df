"""The picture of the evaluation: false alerts against true changes found, one mark a rule, as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 940, 620
LEFT, RIGHT, TOP, BOTTOM = 78, 868, 112, 536
LOWEST, HIGHEST = 0.1, 60.0
"""The ends of the logarithmic axis, in false alerts a year; what is lower stands at its left end."""
RATE_TICKS = (0.1, 0.3, 1, 3, 10, 30)
SHARE_TICKS = (0, 25, 50, 75, 100)
TEXT_HEIGHT, LETTER_WIDTH = 17, 8.4
RADIUS = 7

HOW_TO_READ = "Dot: found. Ring: in the same people the rule speaks up in those 14 days with nothing changed."
WHAT_IS_GOOD = "Simulated people, 85 % of days logged. Good is far up and left, its ring far below."

STYLE = """
.paper { fill: #F6F8F5 } .ink { fill: #17324D } .soft { fill: #47606E }
.line { stroke: #47606E; stroke-opacity: .25 }
.ours { fill: #0F5C5C } .peer { fill: #A8481F } .plain { fill: #47606E }
.label { paint-order: stroke; stroke: #F6F8F5; stroke-width: 4 }
.ring { fill: #F6F8F5; stroke-width: 2 } .stem { stroke-width: 2; stroke-dasharray: 2 4 }
.ring.ours, .stem.ours { stroke: #0F5C5C } .ring.peer, .stem.peer { stroke: #A8481F }
.ring.plain, .stem.plain { stroke: #47606E } .ring.ours, .ring.peer, .ring.plain { fill: #F6F8F5 }
@media (prefers-color-scheme: dark) {
.paper, .ring.ours, .ring.peer, .ring.plain { fill: #10202B } .label { stroke: #10202B }
.ink { fill: #E8F0F2 } .soft { fill: #A9BDC7 }
.line { stroke: #A9BDC7 } .ours { fill: #5CC8BE } .peer { fill: #F0A27A } .plain { fill: #A9BDC7 }
.ring.ours, .stem.ours { stroke: #5CC8BE } .ring.peer, .stem.peer { stroke: #F0A27A }
.ring.plain, .stem.plain { stroke: #A9BDC7 }
}
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule. `group` is "ours", "peer" or "plain" and sets its colour."""

    name: str
    group: str
    false_per_year: float
    found: float
    by_chance: float

    @property
    def x(self) -> float:
        return _x(self.false_per_year)


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def draw(marks: Sequence[Mark]) -> str:
    """The whole picture. Marks named first get the better place for their label."""
    parts = [*_frame(), *_marks(marks), *_labels(marks)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="15">',
            '<title id="t">False alerts and changes found, rule by rule</title>',
            f'<desc id="d">{escape(_description(marks))}</desc>',
            f"<style>{STYLE}</style>",
            '<rect class="paper" width="100%" height="100%"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _description(marks: Sequence[Mark]) -> str:
    return " ".join(
        f"{mark.name}: {mark.false_per_year:.2f} false alerts per patient-year, {mark.found:.0%} of +2 steps "
        f"found in 14 days; {mark.by_chance:.0%} of the same people alert without a change."
        for mark in marks
    )


def _x(rate: float) -> float:
    held = max(LOWEST, min(HIGHEST, rate))
    return LEFT + (RIGHT - LEFT) * log10(held / LOWEST) / log10(HIGHEST / LOWEST)


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _frame() -> Iterator[str]:
    yield (
        '<text class="ink" x="24" y="38" font-size="21" font-weight="700">'
        "Steps of +2 found in 14 days, and false alerts</text>"
    )
    yield f'<text class="soft" x="24" y="62">{HOW_TO_READ}</text>'
    yield f'<text class="soft" x="24" y="83">{WHAT_IS_GOOD}</text>'
    for percent in SHARE_TICKS:
        y = _y(percent / 100)
        yield f'<line class="line" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 12}" y="{y + 5:.1f}" text-anchor="end">{percent} %</text>'
    for rate in RATE_TICKS:
        x, words = _x(rate), f"{rate:g}" if rate > LOWEST else f"{rate:g} or fewer"
        yield f'<line class="line" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}"/>'
        yield f'<text class="soft" x="{x:.1f}" y="{BOTTOM + 26}" text-anchor="middle">{words}</text>'
    yield (
        f'<text class="soft" x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 56}" text-anchor="middle">'
        "False alerts per patient-year, people mixed as in primary care (logarithmic scale)</text>"
    )


def _marks(marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        top, bottom = _y(mark.found), _y(mark.by_chance)
        yield (
            f'<line class="stem {mark.group}" x1="{mark.x:.1f}" x2="{mark.x:.1f}" '
            f'y1="{top:.1f}" y2="{bottom:.1f}"/>'
        )
        yield f'<circle class="ring {mark.group}" cx="{mark.x:.1f}" cy="{bottom:.1f}" r="{RADIUS - 2}"/>'
    for mark in marks:
        yield f'<circle class="{mark.group}" cx="{mark.x:.1f}" cy="{_y(mark.found):.1f}" r="{RADIUS}"/>'


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label may stand: the end of it that is held at x, the room it takes, how far it is moved."""

    anchor: str
    x: float
    box: Box
    shift: int


def _labels(marks: Sequence[Mark]) -> Iterator[str]:
    """Each label beside its dot, where it is best read: on no dot, ring or label, and better on no stem."""
    stems = [Box(mark.x - 2, _y(mark.found), mark.x + 2, _y(mark.by_chance)) for mark in marks]
    solid = [
        Box(mark.x - RADIUS, _y(share) - RADIUS, mark.x + RADIUS, _y(share) + RADIUS)
        for mark in marks
        for share in (mark.found, mark.by_chance)
    ]
    for mark in marks:

        def badness(place: Place) -> float:
            crossed = sum(place.box.meets(stem) for stem in stems)
            covered = sum(place.box.meets(other) for other in solid)
            return 10 * covered + 2 * crossed + abs(place.shift) / 18

        best = min(_places(mark), key=badness)
        solid.append(best.box)
        yield (
            f'<text class="label {mark.group}" x="{best.x:.1f}" y="{best.box.bottom - 4:.1f}" '
            f'text-anchor="{best.anchor}" font-weight="600">{escape(mark.name)}</text>'
        )


def _places(mark: Mark) -> Iterator[Place]:
    width, gap = LETTER_WIDTH * len(mark.name), RADIUS + 6
    for shift in (0, -18, 18, -36, 36, -54, 54):
        top = max(90.0, min(BOTTOM - TEXT_HEIGHT, _y(mark.found) - TEXT_HEIGHT / 2 + shift))
        bottom = top + TEXT_HEIGHT
        right, left = mark.x + gap, mark.x - gap
        if right + width <= WIDTH - 4:
            yield Place("start", right, Box(right, top, right + width, bottom), shift)
        if left - width >= 4:
            yield Place("end", left, Box(left - width, top, left, bottom), shift)
