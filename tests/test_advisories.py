"""`python -m tests.advisories`: the real pip-audit, against a small advisory service on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import advisories
from tests.advisories import audit

HASH = f"--hash=sha256:{'0' * 64}"
# What the service knows of, in the words of the OSV interface.
KNOWN = {
    "id": "EX-2026-1",
    "affected": [
        {
            "package": {"name": "leaky", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.3"}]}],
        }
    ],
}


class Advisories(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps({"vulns": [KNOWN]} if asked["package"]["name"] == "leaky" else {}).encode()
        self.send_response(503 if asked["package"]["name"] == "busy" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """The options that make pip-audit ask a service of our own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield options(server.server_port, tmp_path)
        finally:
            server.shutdown()
            thread.join()


def options(port: int, cache: Path) -> tuple[str, ...]:
    url = f"http://127.0.0.1:{port}/v1/query"
    return "--vulnerability-service", "osv", "--osv-url", url, "--cache-dir", str(cache / "cache")


def lock_file(folder: Path, *requirements: str) -> Path:
    path = folder / "requirements.lock"
    path.write_text("".join(f"{requirement} {HASH}\n" for requirement in requirements))
    return path


def exit_code(monkeypatch: pytest.MonkeyPatch, found: advisories.Audit, *given: str) -> int:
    monkeypatch.setattr(advisories, "audit", lambda *_: found)
    return advisories.main(*given)


def test_a_known_vulnerability_is_named_and_fails_it(
    service: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = audit(*service, lock_file=lock_file(tmp_path, "leaky==1.2", "tight==2.0"))
    assert found.lines == (
        "leaky 1.2 has EX-2026-1; it is mended in 1.3.",
        "The advisories know 2 of 2 dependencies, and 1 vulnerabilities of these.",
    )
    assert exit_code(monkeypatch, found) == 1


def test_where_nothing_is_known_it_passes(
    service: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = audit(*service, lock_file=lock_file(tmp_path, "tight==2.0"))
    assert found.lines == ("The advisories know 1 of 1 dependencies, and 0 vulnerabilities of these.",)
    assert [exit_code(monkeypatch, found, *given) for given in ((), ("--strict",))] == [0, 0]


def test_a_service_that_can_not_be_reached_is_said_and_fails_only_the_strict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens on port 1.
    found = audit(*options(1, tmp_path), lock_file=lock_file(tmp_path, "tight==2.0"))
    (line,) = found.lines
    assert line.startswith("Vulnerabilities are not known: no advisories could be asked for. requests.exceptions.")
    assert [exit_code(monkeypatch, found, *given) for given in ((), ("--strict",))] == [0, 1]


def test_silence_about_a_dependency_is_no_clean_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = [{"name": f"private-{number}", "skip_reason": "not found"} for number in range(6)]
    few, many = advisories._read(silent[:2]), advisories._read(silent)
    assert few.lines[0] == "The advisories know 0 of 2 dependencies, and 0 vulnerabilities of these."
    assert few.lines[1].endswith("no answer, of private-0, private-1.")
    assert many.lines[1].endswith("no answer, of private-0 and 5 others.")
    assert [exit_code(monkeypatch, many, *given) for given in ((), ("--strict",))] == [0, 1]


def test_another_failure_of_pip_audit_always_fails_it(
    service: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = audit(*service, lock_file=tmp_path / "not-there.lock")
    assert found.lines[0].startswith("pip-audit failed: ")
    assert "not-there.lock" in found.lines[0]
    assert exit_code(monkeypatch, found) == 1


def test_a_service_that_is_out_of_order_gives_no_answer(
    service: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = audit(*service, lock_file=lock_file(tmp_path, "busy==1.0"))
    assert found.lines[0].startswith("Vulnerabilities are not known: ")
    assert [exit_code(monkeypatch, found, *given) for given in ((), ("--strict",))] == [0, 1]


def test_a_lock_file_that_names_nothing_fails_it(service: tuple[str, ...], tmp_path: Path) -> None:
    assert audit(*service, lock_file=lock_file(tmp_path)).wrong
