"""`make figures`: draws every figure from its poses and builds what moves it. Needs Node and Chromium."""

import shutil
import subprocess
import sys
from pathlib import Path

from tools import contact_sheet

TOOLS = Path(__file__).resolve().parent


def main() -> None:
    if not shutil.which("npm"):
        sys.exit("Drawing the figures needs Node and npm. Nothing else does: what is drawn is committed.")
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
    subprocess.run(["node", "figures.mjs"], cwd=TOOLS, check=True)
    contact_sheet.draw_labelled()


if __name__ == "__main__":
    main()
