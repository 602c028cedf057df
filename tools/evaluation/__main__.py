"""`make evaluate`: measures the worsening rules and writes docs/evaluation.md and .svg anew."""

import argparse
from multiprocessing import Pool
from pathlib import Path

from .report import write
from .results import gather
from .study import Study

REPORT_SEED = 555439
"""Drawn at random once the rules were fixed: no rule was ever tuned on it."""
PEOPLE = 1000
PROCESSES = 2
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the worsening rules on simulated people.")
    parser.add_argument("--people", type=int, default=PEOPLE, help="simulated people in each row")
    parser.add_argument("--seed", type=int, default=REPORT_SEED, help="another one while rules are tuned")
    parser.add_argument("--out", type=Path, default=DOCS, help="the folder to write to")
    chosen = parser.parse_args()
    if chosen.people < 1:
        parser.error("--people has to be 1 or more")
    with Pool(PROCESSES) as pool:
        evaluation = gather(Study(chosen.people, chosen.seed, pool))
    for path in write(evaluation, chosen.out):
        print(path)


if __name__ == "__main__":
    main()
