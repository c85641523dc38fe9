"""The mock itself and the bare ASGI callable, as the benchmark starts them, and where the mock's APIs are."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.exchange import Request
from benchmarks.processes import ROOT, Server

OURS = "ecf-mock"
BARE = "bare"
PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"
FIRST_PAGE = Request("GET", PARTICIPANTS)

V1, V3 = "v1", "v3"
V3_PARTICIPANTS = "/api/v3/participants"
V3_DECLARATIONS = "/api/v3/participant-declarations"
V3_FIRST_PAGE = Request("GET", V3_PARTICIPANTS)
FIRST_PAGES = {V1: FIRST_PAGE, V3: V3_FIRST_PAGE}

# Always on, never reached.
_RATE_LIMIT = "1000000/1"


def ours(*options: str) -> Server:
    """The mock with everything in place: sandboxes, rules, journal, rate limit; default seed."""
    return Server(
        name=OURS,
        command=lambda port: [
            str(Path(sys.executable).with_name("ecf-mock")),
            *("serve", "--port", str(port), "--rate-limit", _RATE_LIMIT, *options),
        ],
        first=FIRST_PAGE,
        one_core=True,
    )


def bare(answers: Path, api: str = V1) -> Server:
    """`answers` must hold the first page of that API."""
    return Server(
        name=BARE,
        command=lambda port: [sys.executable, "-m", "benchmarks.bare", str(port), str(answers)],
        first=FIRST_PAGES[api],
        one_core=True,
    )


def versions() -> dict[str, str]:
    """Of the mock and of what it runs on, by name."""
    return {OURS: _our_version()} | {name: version(name) for name in ("uvicorn", "uvloop", "httptools", "connexion")}


def _our_version() -> str:
    """Version and commit, with a `+` when the checkout differs from the commit; without git the version alone."""
    describe = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        commit = subprocess.run(describe, capture_output=True, text=True, cwd=ROOT, check=False).stdout.strip()
    except FileNotFoundError:
        commit = ""
    return f"{version('ecf-mock')} ({commit})" if commit else version("ecf-mock")
