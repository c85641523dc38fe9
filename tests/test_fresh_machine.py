"""What a newcomer's machine may lack: a Python that is new enough, an environment, programs. Each is said in a line."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import environment
from environment import Environment, Unusable
from tests.conftest import forget_how_the_run_was_started
from tests.programs import PROGRAMS, main, required

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
LOCKED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)

# A project that pip can install without asking any registry.
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "nothing"
version = "1"
requires-python = ">=3.11"
"""
BACKEND = """
import zipfile

def build_editable(folder, settings=None, metadata=None):
    name, info = "nothing-1-py3-none-any.whl", "nothing-1.dist-info/"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: nothing\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any")
        wheel.writestr(info + "RECORD", "")
    return name
"""


def stand_in(file: Path, version: tuple[int, int, int]) -> Path:
    """An interpreter that plays another version; it runs scripts and commands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    play = (
        f"import runpy, sys; sys.version_info = {version}; sys.executable = '{file}'; sys.argv = sys.argv[1:]; "
        "given = sys.argv.pop(0) if sys.argv[0] == '-c' else None; "
        "exec(sys.argv[0]) if given else runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{play}" "$@"\n')
    file.chmod(0o755)
    return file


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the project's way of setting up, and next to nothing to install."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("Makefile", "environment.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    for name in environment.LOCKS.values():
        (folder / name).write_text("# nothing\n")
    return folder


def make(folder: Path, *words: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that aren't make's own."""
    command = [required("make"), "-C", str(folder), "--no-print-directory", *words]
    # The run of these tests may be a child of make, too.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHON" and "MAKE" not in name}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, [line for line in lines if not line.startswith("make:")]


# -- the environment -----------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["serve", "test"])
def test_a_python_that_is_too_old_gets_one_line(checkout: Path, tmp_path: Path, target: str) -> None:
    old = stand_in(tmp_path / "python3", (3, 10, 12))
    assert make(checkout, target, f"PYTHON={old}") == (
        2,
        [
            "ecf-mock needs Python 3.11 or newer, and python3 is Python 3.10. "
            f"Name a newer one: make {target} PYTHON=python3.12"
        ],
    )
    assert not (checkout / ".venv").exists()


def test_python_3_7_can_read_what_says_so() -> None:
    ast.parse((ROOT / "environment.py").read_text("utf-8"), feature_version=(3, 7))


def test_an_environment_is_made_anew_when_its_python_is_too_old_and_kept_while_it_is_good(checkout: Path) -> None:
    stand_in(checkout / ".venv" / "bin" / "python", (3, 10, 12))
    (checkout / ".venv" / "leftover").touch()
    here = ".".join(map(str, sys.version_info[:2]))
    said = [f"Making .venv with Python {here}.", "Installing 0 packages into .venv, as requirements.lock names them."]
    assert make(checkout, "setup", f"PYTHON={sys.executable}") == (0, said)
    assert not (checkout / ".venv" / "leftover").exists()
    assert Environment(checkout).version() == sys.version_info[:2]
    # Nothing is left to do: not for the tests, nor for the server, which needs a part of the same.
    assert make(checkout, "setup", f"PYTHON={sys.executable}") == (0, [])
    assert Environment(checkout).holds("serve")
    # Nor with an old interpreter, while nobody asks for it: a good environment doesn't depend on `python3`.
    old = stand_in(checkout / "old" / "python3", (3, 10, 12))
    assert _setup_with_path(checkout, old.parent) == (0, [])
    # What the lock file names anew is installed.
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# more\n")
    assert make(checkout, "setup", f"PYTHON={sys.executable}") == (0, said[1:])


def _setup_with_path(folder: Path, first: Path) -> tuple[int, list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{first}{os.pathsep}{os.environ['PATH']}")
        return make(folder, "setup")


@pytest.mark.parametrize(
    ("there", "named", "anew"),
    [
        ((3, 12), True, True),
        ((3, 12), False, False),
        ((3, 10), False, True),
        (None, False, True),
        (sys.version_info[:2], True, False),
    ],
)
def test_an_environment_of_another_version_is_made_anew_when_somebody_names_the_interpreter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: tuple[int, int] | None, named: bool, anew: bool
) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    if there == (3, 12) == sys.version_info[:2]:
        there = (3, 13)
    made: list[str] = []
    monkeypatch.setattr(Environment, "version", lambda _: there)
    monkeypatch.setattr(Environment, "make", lambda _: made.append("made"))
    monkeypatch.setattr(Environment, "holds", lambda *_: True)
    environment.set_up(Environment(tmp_path), "serve", this_python=named)
    assert made == ["made"] * anew


def test_an_environment_that_was_moved_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "installed.json").write_text('{"root": "/elsewhere"}')
    made: list[str] = []
    monkeypatch.setattr(Environment, "version", lambda _: sys.version_info[:2])
    monkeypatch.setattr(Environment, "make", lambda _: made.append("made"))
    monkeypatch.setattr(Environment, "holds", lambda *_: True)
    environment.set_up(Environment(tmp_path), "serve", this_python=False)
    assert made == ["made"]


def test_a_debian_without_the_venv_module_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    package = "python{}.{}-venv".format(*sys.version_info)
    with pytest.raises(Unusable, match=f"As root, `apt-get install -y -q {package}` mends it"):
        environment.install_venv_module()


def locked(name: str) -> dict[str, str]:
    return dict(LOCKED.findall((ROOT / name).read_text("utf-8")))


def test_the_tests_run_with_the_versions_that_serving_installs() -> None:
    serving, everything = locked("requirements-serve.lock"), locked("requirements.lock")
    assert serving.items() <= everything.items()
    assert len(serving) < len(everything) / 2


def test_the_image_has_the_versions_that_were_tested_and_what_the_check_needs() -> None:
    image, everything = locked("requirements-image.lock"), locked("requirements.lock")
    assert image.items() | locked("requirements-build.lock").items() <= everything.items()
    assert {"schemathesis", "uvloop"} <= image.keys()


def test_the_lock_files_name_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["install"]]
    assert set(project["build-system"]["requires"]) == set(project["dependency-groups"]["install"])
    for lock, requirements in (
        ("requirements-serve.lock", asked),
        ("requirements.lock", [*asked, *project["project"]["optional-dependencies"]["dev"]]),
    ):
        names = {_normal(re.split(r"[\[<>=;~! ]", requirement)[0]) for requirement in requirements}
        assert names - {"ecf-mock"} <= set(map(_normal, locked(lock)))


def test_serving_needs_no_package_that_make_serve_does_not_install() -> None:
    """It starts where every other package that is installed here can't be found."""
    named = set(map(_normal, locked("requirements-serve.lock")))
    hidden = [name for name, owners in packages_distributions().items() if not named & set(map(_normal, owners))]
    assert {"pytest", "hypothesis", "schemathesis"} <= set(hidden)
    script = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); "
        "from mock_server import cli, serve; from mock_server.app import build_app; "
        "from mock_server.settings import Settings; build_app(Settings(seed='empty'))"
    )
    done = subprocess.run([sys.executable, "-c", script, *hidden], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# -- programs ------------------------------------------------------------------------------------

THEIRS = """
import pytest
from tests.programs import required

@pytest.fixture(scope="module")
def browser():
    return required("chromium-headless-shell")

def test_a_page(browser): ...
def test_another_page(browser): ...
def test_load():
    required("wrk")
def test_of_nothing_but_python(): ...
"""
SHELL = "chromium-headless-shell"
NO_CHROMIUM = f"needs {SHELL}, which is missing; as root: apt-get install -y {SHELL} libatomic1"


@pytest.fixture
def lacking(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Three tests that need a program, and one that needs none, on a machine that has no program at all."""
    pytester.makepyfile(test_theirs=THEIRS)
    monkeypatch.setenv("PATH", str(pytester.mkdir("nothing")))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    return pytester


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")])
def test_a_test_that_lacks_a_program_is_skipped_with_the_command_that_installs_it_and_counted_last(
    lacking: pytest.Pytester, options: tuple[str, ...]
) -> None:
    result = lacking.runpytest_subprocess("-ra", "-p", "tests.left_out", *options)
    result.assert_outcomes(passed=1, skipped=3)
    assert result.ret == 0
    assert len([line for line in result.outlines if line.endswith(NO_CHROMIUM)]) == 2
    last = f"3 tests were left out, for want of {SHELL}, wrk. As root: apt-get install -y {SHELL} libatomic1 wrk"
    assert result.outlines[-1] == last


def test_with_ci_true_a_missing_program_is_a_failure(lacking: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = lacking.runpytest_subprocess("-ra", "-p", "tests.left_out")
    result.assert_outcomes(passed=1, failed=1, errors=2)
    assert result.ret == 1
    assert [line for line in result.outlines if line.startswith("With CI=true every test has to run.")]
    assert "left out" not in result.outlines[-1]


def test_whoever_may_not_install_programs_is_told_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert main() == 0
    said = capsys.readouterr().err
    assert said.startswith(
        f"Missing, and tests that need them are left out: bash, {SHELL}, curl, haproxy, java, javac,"
    )
    assert (
        f"As root: apt-get install -y bash {SHELL} curl default-jdk-headless default-jre-headless haproxy junit5 "
        "libatomic1 libjackson2-databind-java make nginx nodejs npm ruby ruby-rspec-core ruby-rspec-expectations "
        "ruby-rspec-mocks util-linux wrk" in said
    )
    assert main("--strict") == 1


def test_root_installs_what_is_missing_and_one_that_cannot_be_had_keeps_back_no_other(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """apt-get is a stand-in that knows no wrk, and refuses a whole order for it, as the real one does."""
    shell = required("bash")
    for program in PROGRAMS:
        if program.name not in ("ruby", "wrk"):
            (tmp_path / program.name).symlink_to(sys.executable)
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(
        f'#!{shell}\necho "$@" >> "{tmp_path}/asked"\ncase "$*" in\n*wrk*) exit 100;;\n'
        f'*ruby*) printf "" > "{tmp_path}/ruby"; {shutil.which("chmod")} +x "{tmp_path}/ruby";;\nesac\n'
    )
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main("--strict") == 1
    assert (tmp_path / "asked").read_text().splitlines() == [
        "-q update",
        "-q install -y --no-install-recommends ruby wrk",
        "-q install -y --no-install-recommends ruby",
        "-q install -y --no-install-recommends wrk",
    ]
    assert "left out: wrk. As root: apt-get install -y wrk" in capfd.readouterr().err


def test_every_program_that_a_test_runs_is_asked_for() -> None:
    """A test that names a program by itself would fail without it, instead of being skipped."""
    by_themselves = []
    for file in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.List(elts=[ast.Constant(value=name, lineno=line), *_]):
                    pass
                case ast.Call(func=ast.Name(id=function), args=[ast.Constant(value=name, lineno=line), *_]):
                    if function not in RUNNERS:
                        continue
                case _:
                    continue
            if name in NAMES:
                by_themselves.append(f"{file.relative_to(ROOT)}:{line}: {name}")
    assert by_themselves == []


RUNNERS = {"run", "Popen"}
NAMES = {*(program.name for program in PROGRAMS), "git", "java"}


# -- the surroundings ----------------------------------------------------------------------------


def test_no_test_depends_on_how_the_run_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECF_MOCK_SEED", "empty")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forget_how_the_run_was_started()
        child = "import os, signal; print(*sorted(os.environ), signal.getsignal(signal.SIGINT).__name__)"
        printed = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout
    finally:
        signal.signal(signal.SIGINT, before)
    assert "ECF_MOCK_SEED" not in printed
    assert printed.split()[-1] == "default_int_handler"
    assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
