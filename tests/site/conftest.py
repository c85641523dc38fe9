import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.made_once import made_once, run_module, site_sources
from tests.site.built import REPOSITORY, Site

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


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `make docs` builds it, once for all processes of a test run, and served by each."""
    configuration = site_sources(tmp_path_factory).parent / "mkdocs.yml"

    def build(folder: Path) -> None:
        arguments = ["build", "--strict", "-f", str(configuration), "--site-dir", str(folder / "site")]
        run_module("mkdocs", *arguments, NO_MKDOCS_2_WARNING="1", REPOSITORY_URL=REPOSITORY)

    built = made_once(tmp_path_factory, "site", build) / "site"
    with _served(built, _Quiet) as base_url, _served(built, _WithoutSearch) as light_url:
        yield Site(built, base_url, light_url)


# Not for the whole session: while a browser is open, tests that are coroutines can't run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
