"""Every figure on one picture: `make figures` writes the labelled sheet into the docs.

With `--unlabelled FOLDER` it writes what a reader is given who is to name the figures without having seen
captions: numbered pictures of the exercises in a random order, the names in another, and the key apart.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

from tools.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "programs" / "library" / "content"
STILLS = ROOT / "static" / "img" / "exercises"
PAIRS_A_PAGE = 8
SHEET = ROOT / "docs" / "figures" / "contact-sheet.png"
STYLE = """
body { display: grid; grid-template-columns: repeat(COLUMNS, 1fr); gap: 14px; margin: 14px; width: WIDTHpx;
       background: #f6f8f5; color: #17324d; font: 700 17px/1.2 "Noto Sans", sans-serif }
figure { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; margin: 0; align-content: start }
figcaption { grid-column: 1 / -1; min-height: 1.3em }
img { width: 100%; aspect-ratio: 4 / 3; object-fit: contain; border-radius: 10px; background: #eef3f1 }
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--unlabelled", type=Path, metavar="FOLDER")
    folder: Path | None = parser.parse_args().unlabelled
    if folder is None:
        draw_labelled()
    else:
        draw_unlabelled(folder)


def draw_labelled() -> None:
    """All figures under their names, the ways to rest last."""
    rests = [path.stem for path in sorted((CONTENT / "figures").glob("rest-*.json"))]
    SHEET.parent.mkdir(exist_ok=True)
    draw({**exercise_names(), **{slug: slug.replace("-", " ").capitalize() for slug in rests}}, SHEET)


def draw_unlabelled(folder: Path) -> None:
    """`sheet-1.png` and on, `names.txt`, and `key.json` with which name belongs to which number."""
    folder.mkdir(parents=True, exist_ok=True)
    names = exercise_names()
    slugs, labels = list(names), list(names.values())
    chance = random.SystemRandom()
    chance.shuffle(slugs)
    chance.shuffle(labels)
    for first in range(0, len(slugs), PAIRS_A_PAGE):
        page = enumerate(slugs[first : first + PAIRS_A_PAGE], start=first + 1)
        sheet = folder / f"sheet-{first // PAIRS_A_PAGE + 1}.png"
        draw({slug: str(number) for number, slug in page}, sheet, columns=2)
    (folder / "names.txt").write_text("\n".join(labels) + "\n")
    key = {str(number): names[slug] for number, slug in enumerate(slugs, start=1)}
    (folder / "key.json").write_text(json.dumps(key, indent=2) + "\n")


def exercise_names() -> dict[str, str]:
    """Of every exercise, its name by its slug."""
    paths = sorted((CONTENT / "exercises").glob("*.yaml"))
    return {path.stem: str(yaml.safe_load(path.read_text())["name"]) for path in paths}


def draw(captions: dict[str, str], path: Path, columns: int = 4) -> None:
    """One picture of these figures, each with its two stills under its caption."""
    figures = "".join(
        f"<figure><figcaption>{caption}</figcaption>{image(slug, 1)}{image(slug, 2)}</figure>"
        for slug, caption in captions.items()
    )
    width = columns * 500
    style = STYLE.replace("COLUMNS", str(columns)).replace("WIDTH", str(width))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width + 28, "height": 600})
        page.set_content(f"<style>{style}</style>{figures}")
        page.screenshot(path=path, full_page=True)
        browser.close()


def image(slug: str, number: int) -> str:
    data = base64.b64encode((STILLS / f"{slug}-{number}.svg").read_bytes()).decode()
    return f'<img alt="" src="data:image/svg+xml;base64,{data}">'


if __name__ == "__main__":
    main()
