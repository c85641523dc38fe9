"""One request and its answer: what the servers are asked before, between and instead of the runs of wrk."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

# The first provider of the sandbox `default`; the peers take any token.
TOKEN = "alder-token"  # noqa: S105 - the mock prints it at start


@dataclass(frozen=True)
class Request:
    """`path` includes the query, encoded; `body` is JSON on one line, empty for none; `token` says whose it is."""

    method: str
    path: str
    body: str = ""
    token: str = TOKEN

    def __str__(self) -> str:
        """For people: method and path, decoded."""
        return f"{self.method} {unquote(self.path)}"


@dataclass(frozen=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection that stays open, or is made anew. Refused or broken: OSError or http.client.HTTPException."""

    def __init__(self, port: int, timeout: float = 30, token: str | None = None) -> None:
        """With a `token` all requests are of its owner."""
        self._token = token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The next request opens it again."""
        self._connection.close()

    def ask(self, request: Request) -> Response:
        headers = {"Authorization": f"Bearer {self._token or request.token}"}
        if request.body:
            headers["Content-Type"] = "application/json"
        self._connection.request(request.method, request.path, request.body.encode() or None, headers)
        response = self._connection.getresponse()
        return Response(response.status, tuple(response.getheaders()), response.read())


def ask(port: int, request: Request) -> Response:
    with Connection(port) as connection:
        return connection.ask(request)
