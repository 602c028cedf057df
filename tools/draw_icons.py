"""Draw the icons of the app anew from static/img/mark.svg: `python -m tools.draw_icons` (needs Chromium).

The maskable one and Apple's fill their square, since the phone cuts their corners itself; the badge is the
mark in white on nothing, of which Android uses the shape alone.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.chromium import find_chromium

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
_GROUND = re.compile(r"<rect [^>]*/>")
_SQUARE = '<rect width="64" height="64" fill="#0f5c5c"/>'
_SMALLER = '<g transform="translate(32 28) scale(0.76) translate(-32 -32)">'


def drawings() -> dict[str, tuple[str, int]]:
    """Each file with its drawing and its width in pixels."""
    mark = (IMAGES / "mark.svg").read_text(encoding="utf-8")
    ground = _GROUND.search(mark)
    if ground is None:
        raise SystemExit("static/img/mark.svg has no ground to draw on.")
    before, shape = mark[: ground.start()], mark[ground.end() :].removesuffix("\n").removesuffix("</svg>")
    square = f"{before}{_SQUARE}{_SMALLER}{shape}</g></svg>"
    white = re.sub("#[0-9a-f]{3,6}", "#fff", f"{before}{shape}</svg>")
    return {
        "icon-192.png": (mark, 192),
        "icon-512.png": (mark, 512),
        "icon-maskable-512.png": (square, 512),
        "apple-touch-icon-180.png": (square, 180),
        "badge-96.png": (white, 96),
    }


def main() -> int:
    program = find_chromium()
    if program is None:
        print("There is no Chromium here: install the package chromium.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        page = browser.new_page()
        for name, (drawing, width) in drawings().items():
            page.set_viewport_size({"width": width, "height": width})
            sized = drawing.replace("<svg ", f'<svg width="{width}" height="{width}" ', 1)
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{sized}")
            page.screenshot(path=IMAGES / name, omit_background=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
