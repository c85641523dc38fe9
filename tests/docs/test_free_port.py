"""`make docs-serve` on a port that something else has."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def free_port(port: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "docs.generator.free_port", port]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_busy_port_is_one_line_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = free_port(str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"The documentation can't be served on 127.0.0.1 port {port}: Address already in use. "
        "Choose another with DOCS_PORT, such as `make docs-serve DOCS_PORT=8002`.\n"
    )
    assert free_port(str(port)).returncode == 0


@pytest.mark.parametrize("port", ["", "0", "65536", "http"])
def test_what_is_no_port_is_said(port: str) -> None:
    done = free_port(port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{port!r} is no port. ")


def test_make_asks_before_it_builds_the_site() -> None:
    recipe = re.search(r"^docs-serve:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    first, *_ = recipe[1].splitlines()
    assert first == "\t@$(BIN)/python -m docs.generator.free_port $(DOCS_PORT)"
