"""Requests that the manual's pages make during the build, so that they show what really happened."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx

from docs.generator.exchanges import ShownExchange, shown
from docs.generator.guide import BASE_URL
from docs.generator.snippets import Sending
from mock_server.harness.exchange import Response
from mock_server.own_server import own_server
from mock_server.rules.moments import parse_rfc3339
from mock_server.settings import ClockSetting, GivenSettings

# All pages start at the same moment, so that every build makes the same pages.
NOW: Final = "2021-11-20T09:00:00Z"


class Trial:
    """One page's mock, with the seed `guide`. Its clock stops at `NOW`."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url)
        self._sent = 0

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> ShownExchange:
        """Sends a request and shows it. Another status than `status` means that the page is wrong, and stops the build.

        Raises:
            ValueError: the mock answered with another status.
        """
        authentication = {"Authorization": f"Bearer {token}"} if token else {}
        sending = Sending(
            BASE_URL, method, path, tuple((query or {}).items()), {**authentication, **(headers or {})}, json=body
        )
        answer = self._http.request(
            method,
            sending.target,
            headers=sending.all_headers,
            content=None if body is None else json.dumps(body),
        )
        if answer.status_code != status:
            raise ValueError(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
        self._sent += 1
        return shown(f"example-{self._sent}", sending, Response(answer.status_code, dict(answer.headers), answer.text))

    def value(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """The body of an answer that the page needs but doesn't show."""
        headers = {"Authorization": f"Bearer {token}"} if token else None
        return self._http.request(method, path, headers=headers, json=body).json()

    def close(self) -> None:
        self._http.close()


@contextmanager
def trial(now: str = NOW) -> Iterator[Trial]:
    """A mock for one page; `now` is what its clock shows."""
    settings = GivenSettings(clock=ClockSetting(parse_rfc3339(now), running=False))
    with own_server(settings) as base_url:
        made = Trial(base_url)
        try:
            yield made
        finally:
            made.close()
