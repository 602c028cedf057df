"""`make lighthouse`: what Lighthouse makes of a patient's pages on a phone. Needs Node and Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import PHONE, sign_in
from tests.tracker import Tracker, running_tracker
from tools.chromium import find_chromium

TOOLS = Path(__file__).resolve().parent
PAGES = {"Today": "/", "Progress": "/progress/", "Player": "/player/"}
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}


def main() -> None:
    """Prints the points of each page; fails where one has fewer than it must."""
    if not shutil.which("npm"):
        sys.exit("Lighthouse needs Node and npm. Nothing that the product does needs them.")
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
    with tempfile.TemporaryDirectory() as folder, running_tracker(Path(folder)) as tracker:
        cookie = signed_in_cookie(tracker)
        found = {name: measure(tracker.address + path, cookie) for name, path in PAGES.items()}
    print(table(found))
    if any(page[each] < least for page in found.values() for each, least in LEAST.items()):
        sys.exit("A page has fewer points than it must: what cost them stands above.")


def signed_in_cookie(tracker: Tracker) -> str:
    """What a browser sends in which the demonstration's first patient is signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport=PHONE, base_url=tracker.address).new_page()  # type: ignore[arg-type]
        sign_in(page, tracker, "patient")
        cookies = page.context.cookies()
        browser.close()
    return "; ".join(f"{each['name']}={each['value']}" for each in cookies)


def measure(address: str, cookie: str) -> dict[str, int]:
    """The points of one page, from 0 to 100. Prints whatever cost some.

    Accessibility is judged on a screen as long as the page: what is half behind the bar at the foot of a
    shorter one counts as too small to tap.
    """
    asked = f"--extra-headers={json.dumps({'Cookie': cookie})}"
    on_a_phone = points(address, asked, "--only-categories=performance,best-practices")
    tall = [f"--screenEmulation.{each}" for each in ("mobile", "width=412", "height=9000")]
    found = on_a_phone | points(address, asked, "--only-categories=accessibility", *tall)
    return {each: found[each] for each in LEAST}


def points(address: str, *options: str) -> dict[str, int]:
    """One run of Lighthouse. It is told twice where the browser was too slow to begin with."""
    command = ["node_modules/.bin/lighthouse", address, "--quiet", "--output=json", *options]
    command.append("--chrome-flags=--headless=new --no-sandbox")
    environment = {**os.environ, "CHROME_PATH": find_chromium() or ""}
    done = subprocess.run(command, cwd=TOOLS, env=environment, check=False, stdout=subprocess.PIPE)
    if done.returncode != 0:
        done = subprocess.run(command, cwd=TOOLS, env=environment, check=True, stdout=subprocess.PIPE)
    report = json.loads(done.stdout)
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"{address}: {audit['title']}: {audit['score']:.2f} {audit.get('displayValue', '')}")
                for item in audit.get("details", {}).get("items", []):
                    print(f"    {item.get('node', {}).get('snippet', '')}")
    return {name: round(100 * category["score"]) for name, category in report["categories"].items()}


def table(found: dict[str, dict[str, int]]) -> str:
    """A line for each page, and the points it must have."""
    lines = [("", *LEAST), *((name, *map(str, each.values())) for name, each in found.items())]
    lines.append(("at least", *map(str, LEAST.values())))
    return "\n".join("".join(f"{cell:<16}" for cell in line).rstrip() for line in lines)


if __name__ == "__main__":
    main()
