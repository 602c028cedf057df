"""The rules of the house are enforced: each contract is seen to break when the code breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for name in ("programs", "exercise_tracker"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def broken_contracts(house: Path) -> set[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([lint, "--no-cache"], cwd=house, capture_output=True, text=True)
    return {line.removesuffix(" BROKEN") for line in answer.stdout.splitlines() if line.endswith(" BROKEN")}


def test_the_house_as_it_stands_keeps_every_contract(house):
    assert broken_contracts(house) == set()


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        (
            "programs/delivery/queries.py",
            "import programs.care.queries",
            "Rooms import downward only, and there are no other rooms",
        ),
        (
            "programs/utilities/__init__.py",
            "",
            "Rooms import downward only, and there are no other rooms",
        ),
        (
            "programs/care/models.py",
            "import programs.care.actions",
            "Files inside a room import downward only, and a room has no other files",
        ),
        (
            "programs/care/helpers.py",
            "",
            "Files inside a room import downward only, and a room has no other files",
        ),
        ("programs/lib/times.py", "import exercise_tracker.env", "Rooms never import the project"),
        ("programs/monitoring/rules/pain.py", "import django", "Rules are pure Python"),
        (
            "programs/home/actions.py",
            "import programs.delivery.tasks",
            "Nobody inside the house imports a door",
        ),
    ],
)
def test_breaking_a_rule_of_the_house_is_found(house, file, line, contract):
    path = house / file
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text((before or "") + f"\n{line}\n")
    try:
        assert contract in broken_contracts(house)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
        if file.startswith("programs/utilities"):
            path.parent.rmdir()
