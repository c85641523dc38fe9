"""What `ecf-mock serve` logs, as a person would keep it in a file."""

import logging
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote_plus

import httpx

from mock_server import logs
from tests.test_cli import COMMAND

SECRET = "a-control+token/of-ours=="  # noqa: S105 - the test's own


def test_no_token_is_logged_wherever_a_client_puts_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", "--log-level", "debug", "--control-token", SECRET],
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
            env={**os.environ, "COLUMNS": "120"},
        )
    assert process.stdout is not None
    printed = ""
    try:
        while "Documentation:" not in printed:
            printed += process.stdout.readline()
        url = next(word for word in printed.split() if word.startswith("http://"))
        with httpx.Client(base_url=url) as client:
            for path in (
                "/api/v1/participants/ecf?token=alder-token&access_token=birch-token.retries",
                f"/api/v1/participants/ecf/cedar-token.s0123?secret={SECRET}",
                f"/api/v1/participants/ecf?secret={quote_plus(SECRET)}",
                "/api/v1/%61lder-token",
            ):
                client.get(path, headers={"Authorization": "Bearer alder-token"})
            created = client.post(
                "/_mock/sandboxes", json={"id": "retries"}, headers={"Authorization": f"Bearer {SECRET}"}
            )
            assert created.status_code == 201
    finally:
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=20)[0]
    # A line a request is on standard output, all else on standard error.
    lines = printed + log.read_text()
    assert "GET /api/v1/participants/ecf?token=[token of alder]&access_token=[token of birch] HTTP/1.1" in lines
    assert lines.count("secret=[control token]") == 2
    assert "token/of-ours" not in lines
    assert "token%2Fof-ours" not in lines
    assert "alder-token" not in lines
    assert "cedar-token" not in lines


def test_a_traceback_is_logged_without_tokens() -> None:
    handler = logging.StreamHandler()
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(handler)
    before = logging.lastResort.formatter if logging.lastResort else None
    try:
        logs.hide_tokens(SECRET)
        record = logger.makeRecord("mock_server", logging.ERROR, __file__, 1, "%s failed", ("dogwood-token",), None)
        try:
            raise KeyError(f"alder-token.box and {SECRET}")
        except KeyError as error:
            record.exc_info = (KeyError, error, error.__traceback__)
        text = handler.format(record)
    finally:
        logger.removeHandler(handler)
        if logging.lastResort:
            logging.lastResort.setFormatter(before)
    assert "[token of dogwood] failed" in text
    assert "KeyError: '[token of alder] and [control token]'" in text
