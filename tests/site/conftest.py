import fcntl
import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.site.built import REPOSITORY, ROOT, Site

# What search reads, when nothing is to be found.
_NOTHING = {"config": {"lang": ["en"], "separator": r"\s+", "pipeline": [], "fields": {}}, "docs": []}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A test's output is for the tests."""

    def end_headers(self) -> None:
        # The site is built once, so a browser that goes from page to page asks once for what they share.
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()


class _WithoutSearch(_Quiet):
    def do_GET(self) -> None:
        if not self.path.endswith("/search_index.json"):
            super().do_GET()
            return
        body = json.dumps(_NOTHING).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _served(folder: Path, handler: type[_Quiet]) -> Iterator[str]:
    """The address of `folder`, which ends in a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def _build(folder: Path) -> None:
    """Builds the site into `folder/site` as `make docs` does."""
    configuration = folder / "mkdocs.yml"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "REPOSITORY_URL": REPOSITORY}
    commands = ["docs.generator", str(folder / "sources")], ["mkdocs", "build", "--strict", "-f", str(configuration)]
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    (folder / "done").touch()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, built once for all processes of a test run, and served by each."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "site"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _build(folder)
    built = folder / "site"
    with _served(built, _Quiet) as base_url, _served(built, _WithoutSearch) as light_url:
        yield Site(built, base_url, light_url)


# Not for the whole session: while a browser is open, tests that are coroutines can't run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
