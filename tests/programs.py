"""The programs that tests run beside Python: one table, for skipping, for installing and for the README.

    python -m tests.programs [--strict]

installs those that are missing, as root on a machine with apt-get. Otherwise it says how to install them, and the tests
that need them are skipped. With `--strict` it exits with 1 when any is still missing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """`name` is the command, `package` is Debian's package or several, and `purpose` completes "tests …".

    `file` is one that the last package brings, where the command alone doesn't show it.
    """

    name: str
    package: str
    purpose: str
    file: str = ""

    @property
    def found(self) -> str | None:
        """Where the command is; None when anything of it is missing."""
        return shutil.which(self.name) if not self.file or Path(self.file).exists() else None


PROGRAMS = (
    Program("bash", "bash", "run the commands that the documentation prints"),
    # Chromium without windows, as Playwright itself prefers it: a page takes less than half the work.
    # Playwright, which drives it, brings a Node.js that needs a library.
    Program(
        "chromium-headless-shell",
        "chromium-headless-shell libatomic1",
        "look at the pages of the mock, of the documentation and of the reports",
    ),
    Program("curl", "curl", "send the requests that the mock and the documentation print"),
    Program("haproxy", "haproxy", "run its shipped configuration before two mocks"),
    Program("java", "default-jre-headless", "send the contracts' examples with Specmatic"),
    Program(
        "javac",
        "default-jdk-headless libjackson2-databind-java junit5",
        "run the JUnit suite of the guide",
        "/usr/share/java/junit-platform-console-standalone.jar",
    ),
    Program("make", "make", "run the commands for a fresh machine"),
    Program("nginx", "nginx", "run its shipped configuration before two mocks"),
    Program("node", "nodejs", "run the guide's JavaScript, its test suite and a generated client"),
    Program("npm", "npm", "install what generates a client, runs exported scenarios and checks accessibility"),
    Program("prlimit", "util-linux", "start a server that may open few files"),
    Program("rspec", "ruby-rspec-core ruby-rspec-expectations ruby-rspec-mocks", "run the RSpec suite of the guide"),
    Program("ruby", "ruby", "run the guide's Ruby and its test suite"),
    Program("wrk", "wrk", "make the load that benchmarks measure"),
)
_BY_NAME = {program.name: program for program in PROGRAMS}


def _packages(programs: Iterable[Program]) -> list[str]:
    return sorted({package for program in programs for package in program.package.split()})


def command_for(programs: Iterable[Program]) -> str:
    """What installs them on Debian, for root to run."""
    return " ".join(["apt-get", "install", "-y", *_packages(programs)])


def missing() -> list[Program]:
    """The programs of the table that the machine lacks."""
    return [program for program in PROGRAMS if program.found is None]


def required(name: str) -> str:
    """Where the program is. When it is missing, this skips the test that asks, or fails it with CI=true.

    Raises:
        KeyError: the table doesn't have it.
    """
    program = _BY_NAME[name]
    found = program.found
    if found is None:
        # The command that installs programs runs without pytest, too.
        from tests.left_out import leave_out

        leave_out(program)
    return found


def install(programs: list[Program]) -> None:
    """Installs Debian's packages: all at once or, where one can't be had, each that can."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def apt_get(*words: str) -> bool:
        return subprocess.run(["apt-get", "-q", *words], env=environment, check=False).returncode == 0

    def installed(wanted: list[Program]) -> bool:
        return apt_get("install", "-y", "--no-install-recommends", *_packages(wanted))

    apt_get("update")
    if not installed(programs):
        for program in programs:
            installed([program])


def main(*options: str) -> int:
    """The exit code, when all that is to be said has been printed."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing programs that the tests run: {command_for(missing())}", flush=True)
        install(missing())
    lacking = missing()
    if lacking:
        names = ", ".join(program.name for program in lacking)
        print(
            f"Missing, and tests that need them are left out: {names}. As root: {command_for(lacking)}",
            file=sys.stderr,
        )
    return int(bool(lacking) and "--strict" in options)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
