"""`python3 tools/bootstrap.py`: it installs once, mends what was interrupted, and says what is wrong."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import bootstrap

pytestmark = pytest.mark.pure

ROOT = Path(bootstrap.__file__).resolve().parent.parent
WHEEL = "tiny-1.0-py3-none-any.whl"


class Clone:
    """A folder with the real bootstrap and locks of one small package, which lies beside it: no network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tools").mkdir(parents=True)
        (folder / "requirements").mkdir()
        shutil.copy(bootstrap.__file__, folder / "tools")
        (folder / "manage.py").write_text("import sys, tiny; print('manage.py', *sys.argv[1:])")
        (folder / "tools" / "run_tests.py").write_text("print('running the tests')")
        with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
            wheel.writestr("tiny.py", "")
            wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
            wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr("tiny-1.0.dist-info/RECORD", "")
        self.write_lock("runtime")
        self.write_lock("dev")

    def write_lock(self, name: str, *, remark: str = "", digest: str = "") -> None:
        digest = digest or hashlib.sha256((self.folder / WHEEL).read_bytes()).hexdigest()
        lock = self.folder / "requirements" / f"{name}.lock"
        lock.write_text(f"# {remark}\ntiny==1.0 \\\n    --hash=sha256:{digest}\n")

    def do(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "tools/bootstrap.py", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def fresh_clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "tracker")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """One that every test finds installed, for `run` at least, and leaves so."""
    clone = Clone(tmp_path_factory.mktemp("clone") / "tracker")
    first = clone.do("run")
    assert first.returncode == 0, first.stderr
    assert "Installing 1 packages, about half a minute ..." in first.stdout
    assert first.stdout.endswith("manage.py up\n")
    return clone


def test_a_second_run_installs_nothing_and_hands_its_arguments_on(clone):
    assert clone.do("run", "--port", "8001").stdout == "manage.py up --port 8001\n"


def test_a_changed_lock_is_installed_and_then_left_alone(clone):
    clone.write_lock("runtime", remark="changed")
    clone.write_lock("dev", remark="changed")
    assert "Installing 1 packages" in clone.do("run").stdout
    assert clone.do("run").stdout == "manage.py up\n"


def test_what_the_tests_need_contains_what_a_run_needs(clone):
    clone.write_lock("dev", remark="newer")
    assert "Installing 1 packages, about a minute ..." in clone.do("test").stdout
    clone.write_lock("runtime", remark="newer")
    assert clone.do("run").stdout == "manage.py up\n"


def test_an_interrupted_installation_is_begun_again_from_nothing(clone):
    half_installed = clone.folder / ".venv" / "half_installed"
    half_installed.touch()
    (clone.folder / ".venv" / "installation_unfinished").touch()
    again = clone.do("run")
    assert "Making the virtual environment" in again.stdout
    assert again.stdout.endswith("manage.py up\n")
    assert not half_installed.exists()


def test_a_clone_that_was_moved_gets_a_virtual_environment_of_its_own(clone, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(clone.folder, moved, symlinks=True)
    again = subprocess.run(
        [sys.executable, "tools/bootstrap.py", "run"],
        cwd=moved,
        env={"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(moved)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Making the virtual environment" in again.stdout


def test_packages_that_do_not_match_their_hash_are_one_sentence_after_pips_words(fresh_clone):
    fresh_clone.write_lock("runtime", digest="0" * 64)
    refused = fresh_clone.do("run")
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert refused.stderr.splitlines()[-1].startswith("The packages could not be installed")
    assert "Traceback" not in refused.stderr


def test_a_missing_lock_is_one_sentence(fresh_clone):
    (fresh_clone.folder / "requirements" / "runtime.lock").unlink()
    refused = fresh_clone.do("run")
    assert refused.returncode == 1
    assert re.fullmatch(r"\S+/runtime.lock is missing: bring it back with .+\n", refused.stderr)


def test_a_folder_that_cannot_be_written_is_one_sentence(fresh_clone):
    (fresh_clone.folder / ".venv.lock").mkdir()
    refused = fresh_clone.do("run")
    assert refused.returncode == 1
    assert re.fullmatch(r"The installation failed \(.+\): mend that and run .+\n", refused.stderr)


def test_python_3_8_can_read_the_bootstrap_and_is_told_that_it_is_too_old():
    ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 8))
    with pytest.raises(bootstrap.SetupError, match=r"^Python 3\.8 is too old, 3\.11 or newer is needed: "):
        bootstrap.check_python(3, 8)


def test_the_oldest_supported_python_is_taken():
    bootstrap.check_python(3, 11)


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_its_venv_module_is_one_sentence_that_says_what_to_install(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(bootstrap.SetupError, match="sudo apt install python3-venv"):
        bootstrap.check_venv_module()


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_every_package_the_project_names_is_in_the_lock(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["project"]["dependencies"] + (
        project["dependency-groups"]["dev"] if lock == "dev" else []
    )
    names = {re.split(r"[\[<>=~! ;]", requirement)[0].lower() for requirement in named}
    locked = (ROOT / "requirements" / f"{lock}.lock").read_text()
    assert names <= set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))
