"""What a mock must answer, whatever way somebody got it."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

# With its plugin, pytest runs these in an environment that has nothing of this checkout.
PLUGIN_TEST = """
import httpx
import pytest

pytestmark = pytest.mark.ecf_mock(seed="empty")


def _names(sandbox, path):
    answer = httpx.get(f"{sandbox.base_url}{path}", headers={"Authorization": f"Bearer {sandbox.token}"})
    return answer.text


def test_v1(ecf_sandbox):
    added = ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect")
    assert added.id in _names(ecf_sandbox, "/api/v1/participants/ecf")


def test_v3(ecf_sandbox):
    added = ecf_sandbox.v3.register(role="ect", provider="alder", partnership="new")
    assert added.id in _names(ecf_sandbox, "/api/v3/participants")
"""


@contextmanager
def serving(command: Sequence[str], folder: Path, **variables: str) -> Iterator[str]:
    """The base URL of `command serve`, which runs in a folder of its own. Ctrl-C ends it."""
    process = subprocess.Popen(
        [*command, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=without_this_checkout() | variables,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        yield next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
    finally:
        # What starts the mock, such as uvx, may be a process of its own.
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()


def without_this_checkout() -> dict[str, str]:
    """The variables of this process but those with which Python would find the project here."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def assert_serves_everything(base_url: str) -> None:
    """Both services, their contracts, the page, and the documentation with its search."""
    with httpx.Client(base_url=base_url, headers={"Authorization": "Bearer alder-token"}) as http:
        for path in ("/api/v1/participants/ecf", "/api/v3/participants"):
            assert http.get(path).content.startswith(b'{"data":[{"id":'), path
        for name in ("v1", "v3"):
            assert http.get(f"/openapi/{name}.yaml").text.startswith("openapi: 3."), name
        browser = {"Accept": "text/html"}
        assert "<title>" in http.get("/", headers=browser, follow_redirects=True).text
        documentation = http.get("/_mock/docs/", headers=browser)
        assert (documentation.status_code, "ecf-mock" in documentation.text) == (200, True)
        assert http.get("/_mock/docs/search/search_index.json").json()["docs"]
