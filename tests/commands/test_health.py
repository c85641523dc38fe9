"""`ecf-mock health` beside real servers: for a container's health check, or a script that waits."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from mock_server import __version__
from mock_server.cli import main
from mock_server.own_server import own_server
from tests.test_cli import serving


def asked(*options: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["health", *options], env={"ECF_MOCK_BASE_URL": None, **environment})


def test_a_mock_that_answers_is_one_line_and_exit_0() -> None:
    with own_server() as base_url:
        result = asked("--base-url", base_url)
    assert (result.exit_code, result.output) == (0, f"ecf-mock {__version__} answers at {base_url}\n")


def test_it_looks_where_the_environment_says() -> None:
    with own_server() as base_url:
        port = base_url.rpartition(":")[2]
        assert asked(ECF_MOCK_PORT=port).exit_code == 0
        assert asked(ECF_MOCK_PORT="1", ECF_MOCK_BASE_URL=base_url).exit_code == 0
        assert asked(ECF_MOCK_PORT=port, HTTP_PROXY="http://127.0.0.1:1").exit_code == 0


def test_a_mock_without_its_control_api_answers_too() -> None:
    with serving("--no-control") as (_, printed):
        base_url = next(word for word in printed.split() if word.startswith("http"))
        result = asked("--base-url", base_url)
    assert (result.exit_code, result.output) == (0, f"ecf-mock without its control API answers at {base_url}\n")


def test_a_mock_that_has_stopped_is_one_line_and_exit_1() -> None:
    with own_server() as base_url:
        pass
    result = asked("--base-url", base_url)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: no mock at {base_url}: ")
    assert "refused" in result.output
    assert result.output.count("\n") == 1


def test_what_is_no_address_is_named() -> None:
    result = asked("--base-url", "mock.example")
    assert result.exit_code == 1
    assert "mock.example: it is no address such as http://127.0.0.1:8080" in result.output


@contextmanager
def another(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<h1>Hello</h1>", "another server answers there"),
        (200, json.dumps({"status": "ok"}).encode(), "another server answers there"),
        (404, b"<h1>Not found</h1>", "it answers with status 404"),
        (500, b"{}", "it answers with status 500"),
    ],
)
def test_another_server_is_none(status: int, body: bytes, said: str) -> None:
    with another(status, body) as base_url:
        result = asked("--base-url", base_url)
    assert (result.exit_code, result.output) == (1, f"Error: no mock at {base_url}: {said}\n")
