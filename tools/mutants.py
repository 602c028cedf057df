"""`make mutants`: breaks the pure rules in many small ways, and counts what the tests notice.

Mutmut makes a copy of a module for each small change (a comparison, a number, a word) and runs the tests
that reach it. A change that no test notices has survived: a test is missing, or the change makes no
difference. All of it happens in a folder of its own; only docs/mutants.md is written. It takes about half an
hour on two cores; `--only ROOM` looks at the rules of one room and writes nothing.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.run_tests import clean_environment

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "mutants.md"


@dataclass(frozen=True, slots=True)
class Subject:
    """Rules of one room, and their pure tests. `helpers` are modules that those tests import."""

    rules: Path
    modules: tuple[str, ...]
    tests: Path
    suites: tuple[str, ...]
    helpers: tuple[str, ...] = ("__init__",)

    @property
    def room(self) -> str:
        return self.rules.parent.name


SUBJECTS = (
    # What shows or replays the worsening rules is tested through the product, too slowly for this.
    Subject(
        Path("programs/monitoring/rules"),
        (
            "absence", "baseline", "clearing", "counterfactual", "findings", "pain", "parameters", "reports",
            "signs", "words", "worsening",
        ),
        Path("tests/monitoring"),
        (
            "absence", "clearing", "counterfactual", "current_state", "explain", "pain_rules", "parameters",
            "reports", "said", "signs",
        ),
        ("__init__", "definition", "histories"),
    ),
    Subject(
        Path("programs/safety/rules"),
        ("levels", "questions", "reading", "schedule"),
        Path("tests/safety"),
        ("findings", "levels", "reading", "schedule"),
    ),
    Subject(
        Path("programs/care/rules"),
        (
            "criteria/counting", "criteria/doing", "criteria/pain", "criteria/readiness", "criteria/standing",
            "direction", "dose_warnings", "flare", "machine", "response", "session",
        ),
        Path("tests/care"),
        (
            "criteria", "criteria_doing", "criteria_pain", "criteria_standing", "direction", "dose_warnings",
            "flare", "machine", "response", "session_rules",
        ),
        ("__init__", "ready"),
    ),
    Subject(
        Path("programs/library/rules"), ("stage_tests",), Path("tests/library"),
        ("stage_tests", "content_problems"),
        ("__init__", "shipped"),
    ),
)  # fmt: skip

# What the tests read besides: the shipped content.
CONTENT = Path("programs/library/content")


def _settings(subjects: Sequence[Subject]) -> str:
    mutated = [f"{each.rules}/{module}.py" for each in subjects for module in each.modules]
    return f"""
[tool.mutmut]
source_paths = ["programs"]
only_mutate = {json.dumps(mutated)}
pytest_add_cli_args_test_selection = {json.dumps([str(each.tests) for each in subjects])}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:django", "-p", "no:randomly"]
use_git_change_detection = false
timeout_multiplier = 4.0
timeout_constant = 5.0

[tool.pytest.ini_options]
pythonpath = ["."]
markers = ["pure: needs no database"]
"""


# A breakage that is found need not be made small as well.
_CONFTEST = """
from hypothesis import Phase, settings

settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False)
settings.load_profile("mutants")
"""
_SURVIVED = 0
_NOT_REACHED = 33  # mutmut's own word for a change in lines that no test runs


@dataclass(frozen=True, slots=True)
class Mutant:
    """A small change: where, and whether a test noticed. Of one that survived, the lines before and after."""

    module: str
    function: str
    before: str
    after: str
    is_killed: bool


EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "care.criteria.doing.judge_days",
        "least = facts.minimum_days or 1",
    ): "A stage has a day at least; one without an end is not judged.",
    (
        "care.criteria.doing.judge_days",
        """else f"Stay in this stage for {count(left, 'more day', None)}.",""",
    ): "More than one gets its s in any case.",
    (
        "care.criteria.doing.judge_days",
        """else f"Stay in this stage for {count(left, 'more day', )}.",""",
    ): "More than one gets its s in any case.",
    (
        "care.criteria.doing.needed",
        "return next(days for days in range(planned + 2) if days >= share * planned)",
    ): "No share is more than all of them.",
    (
        "care.dose_warnings.dose_warnings",
        "week = list(zip(_sessions(before, fitting), _sessions(after, fitting), strict=None))",
    ): "Both are the seven days of a week.",
    (
        "care.dose_warnings.dose_warnings",
        "week = list(zip(_sessions(before, fitting), _sessions(after, fitting), ))",
    ): "Both are the seven days of a week.",
    (
        "care.dose_warnings.dose_warnings",
        "week = list(zip(_sessions(before, fitting), _sessions(after, fitting), strict=False))",
    ): "Both are the seven days of a week.",
    (
        "care.machine.may_advance",
        'return not decide_advance(standing, readiness, "XXXX").refusals',
    ): "A reason changes no refusal.",
    (
        "care.response.rise_in_words",
        'return f"{rise} higher" if rise >= 0 else f"{-rise} lower"',
    ): "What did not rise is said before.",
    (
        "library.stage_tests.answer_errors",
        "known = {question.name: question for question in questions_of(items, None)}",
    ): "The side changes the order of questions, and none of their names.",
    (
        "library.stage_tests.sides",
        "sore >= item.at_least if (item.share_of_other is not None) and False "
        "else min(left, right) >= item.at_least",
    ): "Where only the sore side reaches the floor, it does more than the other, and so reaches the share.",
    ("monitoring.baseline.centre_and_spread", "counts = [0] * 12"): "Nobody reports an 11.",
    ("monitoring.baseline.middle_scores", "low = high = None"): "Both are always found.",
    ("monitoring.baseline.middle_scores", "low = high = 1"): "Both are always found.",
    (
        "monitoring.baseline.middle_scores",
        "if seen <= (total - 1) / 2 < seen + count:",
    ): "Half a place more stays with the same score.",
    ("monitoring.baseline.middle_scores", "if seen <= total / 2 < seen + count:"): (
        "Half a place more stays with the same score."
    ),
    (
        "monitoring.baseline.middle_scores",
        "if seen <= (total - 1) // 2 <= seen + count:",
    ): "The right score comes later, and stays.",
    ("monitoring.baseline.middle_scores", "if seen <= total // 2 <= seen + count:"): (
        "The right score comes later, and stays."
    ),
    (
        "monitoring.counterfactual.counterfactual",
        "for points in range(11):",
    ): "Lowered by nothing, it is still found.",
    (
        "monitoring.counterfactual.counterfactual",
        "for points in range(1, 12):",
    ): "No value can be lowered by 11.",
    (
        "monitoring.counterfactual.is_found",
        "for each in find_worsening(reports, parameters, )",
    ): "The day is looked for afterwards; `since` saves time.",
    (
        "monitoring.pain.largest_sum",
        "first = None",
    ): "A sum of 0 passes no limit, and then nobody asks where it begins.",
    (
        "monitoring.pain.largest_sum",
        "for place in range(index, +1, -1):",
    ): "The oldest reports make the usual level: with all of them no sum is the largest.",
    (
        "monitoring.pain.largest_sum",
        "for place in range(index, -2, -1):",
    ): "The oldest reports make the usual level: with all of them no sum is the largest.",
    (
        "monitoring.pain.judge_pain",
        "last = _last(None, index, parameters.of_last)",
    ): "`_last` needs no series.",
    (
        "monitoring.pain.judge_early",
        "last = _last(None, index, parameters.of_last)",
    ): "`_last` needs no series.",
    ("monitoring.pain.severe", "last = _last(None, index, of_last)"): "`_last` needs no series.",
    (
        "monitoring.parameters.on_step",
        "return round(bounds.lowest + round((value - bounds.lowest) / bounds.step) * bounds.step, 7)",
    ): "No step has seven decimals.",
    (
        "monitoring.parameters.wrong",
        "steps = (value + bounds.lowest) / bounds.step",
    ): "Every lowest value is a whole number of steps.",
    (
        "monitoring.parameters.wrong",
        "if abs(steps - round(steps)) >= 1e-6:",
    ): "A millionth of a step is no value anybody enters.",
    (
        "monitoring.words.explain",
        "day = day_in_words(newest.recorded_on, None)",
    ): "Where the day stands alone it is the only one, and has one year.",
    (
        "monitoring.words.explain",
        'return f"The patient said on {day}: {value_in_words(None, newest.value)} since last week."',
    ): "Only places are named differently.",
    (
        "monitoring.words.listed",
        'return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 2 else words)',
    ): "Two words are joined in the same way.",
    ("monitoring.worsening.said", "begun = block = None"): "The first day begins, and sets both.",
    ("monitoring.worsening.said", "begun = block = +1"): "The first day begins, and sets both.",
    ("monitoring.worsening.said", "begun = block = -2"): "The first day begins, and sets both.",
}
"""Changes that make no difference, by function and changed line, with the reason."""


def make_workspace(folder: Path, subjects: Sequence[Subject]) -> None:
    """The rules, their pure tests and settings for mutmut, away from the repository."""
    for rules in (each.rules for each in SUBJECTS):
        shutil.copytree(ROOT / rules, folder / rules, ignore=shutil.ignore_patterns("__pycache__"))
        for package in (rules.parents[1], rules.parent):
            shutil.copy(ROOT / package / "__init__.py", folder / package)
    shutil.copytree(ROOT / CONTENT, folder / CONTENT)
    # Where rules are tested with the shipped content, they read it as the tests of the library do; where with
    # what patients read, they grade it as all tests do.
    shipped, readability = Path("tests/library/shipped.py"), Path("tests/readability.py")
    for test in (shipped, shipped.with_name("__init__.py"), readability, *_tests(subjects)):
        (folder / test.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / test, folder / test)
    shutil.copy(ROOT / "tests" / "__init__.py", folder / "tests")
    (folder / "tests" / "conftest.py").write_text(_CONFTEST)
    (folder / "pyproject.toml").write_text(_settings(subjects))


def _tests(subjects: Sequence[Subject]) -> Iterator[Path]:
    for each in subjects:
        for name in (*each.helpers, *(f"test_{suite}" for suite in each.suites)):
            yield each.tests / f"{name}.py"


def run(folder: Path, processes: int) -> None:
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes)]
    subprocess.run(command, cwd=folder, env=clean_environment(str(folder)), check=True)


def read(folder: Path, subjects: Sequence[Subject]) -> Iterator[Mutant]:
    """What became of each change, module by module."""
    for subject in subjects:
        for module in subject.modules:
            meta = json.loads((folder / "mutants" / subject.rules / f"{module}.py.meta").read_text())
            for name, code in meta["exit_code_by_key"].items():
                if code is None:
                    raise SystemExit(f"{name} was never run, so nothing is known of it.")
                is_killed = code not in (_SURVIVED, _NOT_REACHED)
                before, after = ("", "") if is_killed else _changed_lines(folder, name)
                yield Mutant(
                    f"{subject.room}.{module.replace('/', '.')}", _function(name), before, after, is_killed
                )


def _function(name: str) -> str:
    """ "is_high" for "programs.monitoring.rules.pain.x__is_high__mutmut_3"."""
    return (
        name.rpartition(".")[2]
        .rpartition("__mutmut_")[0]
        .removeprefix("x")
        .strip("_")
        .replace("ǁ", ".")
        .strip(".")
    )


def _changed_lines(folder: Path, name: str) -> tuple[str, str]:
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", name],
        cwd=folder,
        env=clean_environment(str(folder)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return before, after


def table(mutants: Sequence[Mutant]) -> list[str]:
    rows = ["| Module | Changes | Noticed | Survived | Share noticed |", "|---|---|---|---|---|"]
    modules = list(dict.fromkeys(mutant.module for mutant in mutants))
    for module in (*modules, ""):
        of_module = [mutant for mutant in mutants if module in ("", mutant.module)]
        killed = sum(mutant.is_killed for mutant in of_module)
        name = f"`{module}`" if module else "**all**"
        share = f"{killed / len(of_module):.1%}"
        rows.append(f"| {name} | {len(of_module)} | {killed} | {len(of_module) - killed} | {share} |")
    return rows


def survivors(mutants: Sequence[Mutant]) -> list[str]:
    """What survived: first what makes no difference, with the reason, then what a test is missing for."""
    known: list[str] = []
    unknown: list[str] = []
    for mutant in mutants:
        if mutant.is_killed:
            continue
        reason = EQUIVALENT.get((f"{mutant.module}.{mutant.function}", mutant.after))
        where = f"`{mutant.module}.{mutant.function}`: `{mutant.before}` became `{mutant.after}`"
        (known if reason else unknown).append(f"- {where}." + (f" {reason}" if reason else ""))
    return [
        "## Changes that make no difference", "", *(known or ["None."]), "",
        "## Changes that a test is missing for", "", *(unknown or ["None."]),
    ]  # fmt: skip


def write_page(generated: Sequence[str]) -> None:
    """Replace all that stands below the mark; what stands above is written by people."""
    above, mark, _ = PAGE.read_text().partition(_MARK)
    PAGE.write_text("\n".join([above + mark, "", *generated, ""]))


_MARK = "<!-- make mutants writes what follows -->"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Count the small breakages of the rules that the tests notice."
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=[each.room for each in SUBJECTS])
    chosen = parser.parse_args()
    subjects = [each for each in SUBJECTS if chosen.only in (None, each.room)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tracker-mutants-") as name:
        folder = Path(name)
        make_workspace(folder, subjects)
        run(folder, chosen.processes)
        mutants = list(read(folder, subjects))
    rows = table(mutants)
    print(*rows, f"{time.monotonic() - started:.0f} s", sep="\n")
    if chosen.only:
        print(*survivors(mutants), sep="\n")
    else:
        write_page([*rows, "", *survivors(mutants)])


if __name__ == "__main__":
    main()
