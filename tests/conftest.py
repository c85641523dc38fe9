"""What holds for every test: how much the generated ones try, and that none depends on how the run was started.

Generated tests try the same cases in each run, few enough to wait for; the profile `deep` looks for new ones.
"""

import gc
import os
import signal
import sys
from collections.abc import Generator
from functools import cache
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests import left_out

settings.register_profile(
    "bounded",
    max_examples=100,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    # What takes long is the checking, not the making of examples.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", settings.get_profile("bounded"), max_examples=3000, derandomize=False)
settings.load_profile("bounded")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=4, help="How often the server is killed under clients that write.")


def pytest_xdist_auto_num_workers() -> int:
    """Two processes for a core: many tests wait for a clock, a browser or another process."""
    return 2 * len(os.sched_getaffinity(0))


def pytest_configure(config: pytest.Config) -> None:
    forget_how_the_run_was_started()
    # Each client of httpx would read all certificates of the machine anew, to send nothing encrypted.
    pytest.MonkeyPatch().setattr("httpx._transports.default.create_ssl_context", cache(httpx.create_ssl_context))
    config.pluginmanager.register(left_out)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for no garbage meanwhile: nearly all that comes into being stays, and the search is a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spares the garbage collector the tests themselves, which stay until the end: a fifth of the domain's time."""
    gc.collect()
    gc.freeze()


def forget_how_the_run_was_started() -> None:
    """Puts the process, and so those that tests start, where a newcomer's would be."""
    # Settings of a mock that somebody runs beside the tests.
    for name in [name for name in os.environ if name.startswith("ECF_MOCK_")]:
        del os.environ[name]
    # A script's background job ignores Ctrl-C, and so would each server that a test starts and interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Without its compiled form Python reads the code anew in each of the processes that tests start.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # And without its tables of characters, Hypothesis makes them anew in each that checks a server.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parent.parent / ".hypothesis"))
    # A proxy doesn't lead to this machine.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
