"""The modules that draw and move figures, in Chromium, without the rest of the product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.library.skeleton import ROOT, STILLS, between, figures, solve

pytestmark = pytest.mark.browser

ALL = figures()
ORIGIN = "http://figures.localhost"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that may import the modules from static/."""

    def answer(route: Route) -> None:
        path = ROOT / route.request.url.removeprefix(f"{ORIGIN}/")
        if path.is_file():
            route.fulfill(path=path, content_type=kind(path))
        else:
            route.fulfill(body="<!doctype html><title>Figures</title>", content_type="text/html")

    context = browser.new_context()
    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{ORIGIN}/")
    page.evaluate(
        """async () => {
            const modules = ["vector", "skeleton", "outline", "body", "scene", "still", "motion"];
            const loaded = await Promise.all(modules.map((name) => import(`/static/js/figure/${name}.js`)));
            window.figures = Object.assign({}, ...loaded);
        }"""
    )
    yield page
    context.close()


def kind(path: Path) -> str:
    return {".js": "text/javascript", ".svg": "image/svg+xml"}[path.suffix]


def test_both_skeletons_agree_on_every_joint_of_every_pose(page):
    steps = [0, 0.3, 0.5, 1]
    drawn = page.evaluate(
        """([all, steps]) => all.map(
            ({ poses }) => steps.map((t) => figures.solve(figures.between(...poses, t))))""",
        [list(ALL.values()), steps],
    )
    for figure, ways in zip(ALL.values(), drawn, strict=True):
        for t, joints in zip(steps, ways, strict=True):
            for name, place in solve(between(*figure["poses"], t)).items():
                assert joints[name] == pytest.approx(place, abs=1e-6), name


def test_the_committed_stills_are_what_the_modules_draw(page):
    drawn = page.evaluate(
        "(all) => all.map((figure) => [1, 2].map((number) => figures.still(figure, number)))",
        list(ALL.values()),
    )
    for slug, pair in zip(ALL, drawn, strict=True):
        for number, still in enumerate(pair, start=1):
            assert still == (STILLS / f"{slug}-{number}.svg").read_text(), f"{slug}-{number}"


def test_two_bones_keep_their_length_and_bend_to_the_side_they_are_told(page):
    faults = page.evaluate(
        """() => {
            const random = (spread) => (Math.random() - 0.5) * spread;
            const faults = [];
            for (let i = 0; i < 2000; i++) {
                const point = (spread) => [random(spread), random(spread), random(spread)];
                const [start, target, pole] = [point(60), point(200), point(2)];
                const { middle, end, bend } = figures.twoBones(start, target, 42, 40, pole);
                const size = (a, b) => figures.length(figures.add(b, a, -1));
                const wanted = size(start, target);
                const good = Math.abs(size(start, middle) - 42) < 1e-6
                    && Math.abs(size(middle, end) - 40) < 1e-6
                    && (wanted > 81.8 || wanted < 2.6 || size(end, target) < 1e-6)
                    && figures.dot(bend, pole) >= -1e-9;
                if (!good) faults.push({ start, target, pole });
            }
            return faults;
        }"""
    )
    assert faults == []


def test_a_target_out_of_reach_is_approached_with_an_almost_straight_limb(page):
    reached = page.evaluate("() => figures.twoBones([0, 0, 0], [200, 0, 0], 42, 40, [0, 1, 0]).end[0]")
    assert 81 < reached < 82


def test_a_pose_between_two_keeps_what_is_no_number(page):
    pose = page.evaluate(
        """() => figures.between(
            { text: "up", at: [0, 2], only_first: 4, deep: { tilt: 10 } },
            { text: "down", at: [4, 6], deep: { tilt: 30, only_second: 7 } }, 0.25)"""
    )
    assert pose == {"text": "up", "at": [1, 3], "only_first": 4, "deep": {"tilt": 15, "only_second": 7}}


@pytest.mark.parametrize(
    ("seconds", "phase", "t"),
    [
        (0, "up", 0),
        (1, "up", 0.5),
        (2, "hold", 1),
        (4.9, "hold", 1),
        (5, "down", 1),
        (6, "down", 0.5),
        (6.999, "down", 0),
        (7, "up", 0),
        (15, "up", 0.5),
    ],
)
def test_the_movement_keeps_the_tempo_of_the_dose(page, seconds, phase, t):
    at = page.evaluate("(seconds) => figures.phaseAt(seconds, { up: 2, hold: 3, down: 2 })", seconds)
    assert at["phase"] == phase
    assert at["t"] == pytest.approx(t, abs=0.001)


def test_a_movement_without_a_way_back_starts_again(page):
    ways = page.evaluate("() => [2.9, 3.5, 4, 7].map((s) => figures.phaseAt(s, { up: 3, hold: 1, down: 0 }))")
    assert [each["phase"] for each in ways] == ["up", "hold", "up", "hold"]
    assert [round(each["t"], 1) for each in ways] == [1, 1, 0, 1]


def test_a_movement_starts_and_ends_slowly(page):
    ways = page.evaluate(
        """() => [0, 0.1, 0.45, 0.55, 0.9, 1].map((s) => figures.phaseAt(s, { up: 1, hold: 1, down: 1 }).t)"""
    )
    start, middle, end = ways[1] - ways[0], ways[3] - ways[2], ways[5] - ways[4]
    assert start < middle / 3
    assert end < middle / 3


@pytest.mark.parametrize("slug", sorted(ALL))
def test_nothing_of_a_still_is_cut_off_but_furniture(page, slug):
    left, top, width, height = ALL[slug]["view_box"]
    outside = page.evaluate(
        """async ([slug, left, top, right, bottom]) => {
            const outside = [];
            for (const number of [1, 2]) {
                const still = await fetch(`/static/img/exercises/${slug}-${number}.svg`);
                document.body.innerHTML = await still.text();
                for (const part of document.querySelectorAll("[data-part]:not([d=''])")) {
                    const box = part.getBBox();
                    const fits = box.x >= left && box.y >= top
                        && box.x + box.width <= right && box.y + box.height <= bottom;
                    if (!fits) outside.push(`${number}: ${part.dataset.part}`);
                }
            }
            return outside;
        }""",
        [slug, left, top, left + width, top + height],
    )
    assert outside == []


# Puts still 2 of a figure on the page and moves it; `boxes` are what the body covers on the way.
MOVE = """async ({ slug, figure, steps }) => {
    const still = await (await fetch(`/static/img/exercises/${slug}-2.svg`)).text();
    document.body.innerHTML = still;
    const svg = document.querySelector("svg");
    let poses = 0;
    const watched = { ...figure, get poses() { poses++; return figure.poses; } };
    const show = figures.movingFigure(svg, watched);
    const parts = [...svg.querySelectorAll("path[data-part]")];
    const paths = () => parts.map((path) => [path.dataset.part, path.getAttribute("d")]);
    const boxes = [], frames = [];
    for (const t of steps) {
        show(t);
        const box = parts.filter((path) => path.getAttribute("d")).map((path) => path.getBBox());
        boxes.push([
            Math.min(...box.map((b) => b.x)), Math.min(...box.map((b) => b.y)),
            Math.max(...box.map((b) => b.x + b.width)), Math.max(...box.map((b) => b.y + b.height)),
        ]);
        frames.push(paths());
    }
    const worked = poses;
    steps.forEach(show);
    const arrows = svg.querySelectorAll("[data-part=arrows]").length;
    return { boxes, frames, arrows, worked, again: poses - worked };
}"""


def moved(page: Page, slug: str, steps: list[float]) -> dict[str, Any]:
    moved: dict[str, Any] = page.evaluate(MOVE, {"slug": slug, "figure": ALL[slug], "steps": steps})
    return moved


@pytest.mark.parametrize("slug", sorted(ALL))
def test_a_moving_body_stays_in_its_picture_and_moves(page, slug):
    steps = [i / 12 for i in range(13)]
    result = moved(page, slug, steps)
    left, top, width, height = ALL[slug]["view_box"]
    for x0, y0, x1, y1 in result["boxes"]:
        assert left <= x0
        assert x1 <= left + width
        assert top <= y0
        assert y1 <= top + height
    frames = result["frames"]
    assert all(d is not None and "NaN" not in d for frame in frames for _, d in frame)
    assert len({str(frame) for frame in frames}) == len(steps), "each step shows another picture"
    assert result["arrows"] == 0


def test_a_band_lies_round_both_thighs_and_follows_them(page):
    bare = ALL["clamshell"]
    figure = {**bare, "props": [*bare["props"], {"kind": "band"}]}
    drawn = page.evaluate(
        """(figure) => {
            const see = figures.camera(figure.camera);
            return figure.poses.map((pose) => {
                const band = figures.bodyParts(figure, pose, see).band.match(/-?[\\d.]+/g).map(Number);
                const joints = figures.solve(pose);
                return { band, knees: ["right", "left"].map((side) => see(joints[`knee_${side}`])) };
            });
        }""",
        figure,
    )
    spans = []
    for pose in drawn:
        heights = [-y for y in pose["band"][1::2]]
        knees = [knee[1] for knee in pose["knees"]]
        assert max(heights) > max(knees) - 12
        assert min(heights) < min(knees) + 12
        spans.append(max(heights) - min(heights))
    assert spans[1] > spans[0] + 10, "the opening legs stretch it"


def test_each_picture_in_between_is_worked_out_once(page):
    result = moved(page, "glute-bridge", [i / 20 for i in range(21)])
    assert result["worked"] == 21
    assert result["again"] == 0


def test_a_moving_figure_begins_and_ends_as_the_stills(page):
    for slug in ALL:
        result = moved(page, slug, [0, 1])
        for number, frame in ((1, result["frames"][0]), (2, result["frames"][1])):
            still = (STILLS / f"{slug}-{number}.svg").read_text()
            shown = {name: d for name, d in frame if number == 2 or not name.startswith("feel")}
            assert {name for name, d in shown.items() if f'"{name}" d="{d}"' not in still} == set(), slug


# Draws two texts of SVG and says which part of their pixels differ by more than a shade.
DIFFERENCE = """async ([first, second]) => {
    const pixels = async (text, flipped) => {
        const image = new Image();
        image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
        await image.decode();
        const canvas = new OffscreenCanvas(380, 300);
        const context = canvas.getContext("2d");
        if (flipped) context.setTransform(-1, 0, 0, 1, 380, 0);
        context.drawImage(image, 0, 0, 380, 300);
        return context.getImageData(0, 0, 380, 300).data;
    };
    const [a, b] = [await pixels(first.text, first.flipped), await pixels(second.text, second.flipped)];
    let different = 0;
    for (let i = 0; i < a.length; i += 4) {
        different += [0, 1, 2].some((channel) => Math.abs(a[i + channel] - b[i + channel]) > 24);
    }
    return (different / a.length) * 4;
}"""


def difference(page: Page, first: str, second: str, flipped: bool = False) -> float:
    share: float = page.evaluate(
        DIFFERENCE, [{"text": first, "flipped": flipped}, {"text": second, "flipped": False}]
    )
    return share


@pytest.mark.parametrize("slug", sorted(ALL))
def test_the_left_version_is_the_mirror_image_of_the_right_one(page, slug):
    right, left = page.evaluate(
        "(figure) => [false, true].map((m) => figures.still(figure, 2, m))", ALL[slug]
    )
    assert difference(page, right, left, flipped=True) < 0.01
    assert difference(page, right, left) > 0.02


@pytest.mark.parametrize("slug", sorted(ALL))
def test_the_two_pictures_of_a_pair_look_different_without_arrows(page, slug):
    bare = {**ALL[slug], "arrows": [], "feel": []}
    first, second = page.evaluate("(figure) => [1, 2].map((n) => figures.still(figure, n))", bare)
    assert difference(page, first, second) > 0.004
