"""What was written before a request that a finding is about, so that a person can follow how it came to that."""

import json
import re
from typing import Any

from mock_server.harness.exchange import Request, Response

# A finding tells at most so many requests that came before, and so much of each body.
_MOST, _MOST_OF_A_BODY = 6, 300
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SANDBOX = re.compile(r"^/_mock/sandboxes/[^/]+")
_READS = ("GET", "HEAD")


class History:
    """The requests that wrote something since the current test began, those to the control API included."""

    def __init__(self) -> None:
        self._written: list[tuple[Request, Response | None]] = []

    def clear(self) -> None:
        self._written.clear()

    def add(self, request: Request, response: Response | None) -> None:
        if request.method not in _READS:
            self._written.append((request, response))

    def before(self, blamed: Request) -> tuple[str, ...]:
        """The last ones before `blamed`, oldest first. Those about records that `blamed` doesn't name are left out."""
        written = self._written
        places = [place for place, (request, _) in enumerate(written) if request == blamed]
        earlier = written[: places[-1]] if places else written
        named = _ids(blamed.target, blamed.content)
        told = [
            _line(request, response)
            for request, response in earlier
            if not (about := _ids(request.target, request.content, _id_of(request, response))) or about & named
        ]
        return tuple(told[-_MOST:])


def _ids(*texts: str | None) -> set[str]:
    return {id for text in texts if text for id in _ID.findall(text.lower())}


def _id_of(request: Request, response: Response | None) -> str | None:
    """The id of the record that a POST made."""
    document: Any = response.json if response is not None and request.method == "POST" else None
    record = document.get("data", document) if isinstance(document, dict) else None
    id = record.get("id") if isinstance(record, dict) else None
    return id if isinstance(id, str) else None


def _line(request: Request, response: Response | None) -> str:
    """Request line, what was sent, the status, and the id of a new record."""
    came = str(response.status) if response is not None else "no answer"
    made = _id_of(request, response)
    words = [request.method, _SANDBOX.sub("the control API's …", request.target), _sent(request)]
    return f"{' '.join(filter(None, words))} → {came}{f', id {made}' if made else ''}"


def _sent(request: Request) -> str:
    """The attributes of the body, the whole body where it has none, and the date that a header gives the request."""
    body: Any = request.json
    data = body.get("data") if isinstance(body, dict) else None
    attributes = data.get("attributes", data) if isinstance(data, dict) else body
    told = json.dumps(attributes, ensure_ascii=False) if attributes else ""
    told = told if len(told) <= _MOST_OF_A_BODY else f"{told[:_MOST_OF_A_BODY]}…"
    dated = request.headers.get("x-with-server-date")
    return " ".join(filter(None, (told, f"X-With-Server-Date: {dated}" if dated else "")))
