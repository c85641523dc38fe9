"""A page with its mock in process, as a browser would ask for it."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.settings import Settings

ORIGIN = "http://127.0.0.1:8080"
ROOT = "/_mock/ui"


_numbers = itertools.count(1)


@dataclass
class Site:
    """The page, and the sandbox `id` that it is looked at in."""

    http: httpx.AsyncClient
    id: str = "default"

    def at(self, view: str, sandbox: str | None = None) -> str:
        """The address of a view."""
        return f"{ROOT}/sandboxes/{sandbox or self.id}/{view}"

    async def see(self, view: str, sandbox: str | None = None, **options: Any) -> httpx.Response:
        return await self.http.get(self.at(view, sandbox), **options)

    async def press(
        self,
        action: str,
        form: dict[str, str] | None = None,
        sandbox: str | None = None,
        about: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Sends a form of the page as a browser does; `about` is the id of the record whose view has it."""
        address = self.at(f"actions/{action}{f'?about={about}' if about else ''}", sandbox)
        return await self.http.post(address, data=form or {}, headers={"origin": ORIGIN, **headers})

    async def call(self, method: str, path: str, provider: str = "alder", **options: Any) -> httpx.Response:
        """A request of a client."""
        headers = {"authorization": f"Bearer {provider}-token.{self.id}", **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)

    async def control(self, method: str, path: str = "", body: Any = None) -> Any:
        answer = await self.http.request(method, f"/_mock/sandboxes/{self.id}{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.text)))


@asynccontextmanager
async def asking(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=ORIGIN) as http:
        yield http


@pytest.fixture(scope="session")
def application() -> Application:
    return build_app(Settings(rate_limit=None))


@pytest.fixture
async def site(application: Application) -> AsyncIterator[Site]:
    """A sandbox of its own in the guide's seed, standing still on 20 November 2021."""
    id = f"test-{next(_numbers)}"
    async with asking(application) as http:
        setting = {"id": id, "clock": {"now": "2021-11-20T09:00:00Z", "running": False}}
        assert (await http.post("/_mock/sandboxes", json=setting)).status_code == 201
        yield Site(http, id)
    for sandbox in list(application.registry)[1:]:
        application.registry.delete(sandbox)


@pytest.fixture
async def locked() -> AsyncIterator[Site]:
    """A mock with the control token `open sesame`."""
    application = build_app(Settings(control_token="open sesame", seed="empty"))  # noqa: S106
    async with asking(application) as http:
        yield Site(http)
