"""The whole application in process, and a sandbox of its own for each test."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.settings import Settings

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"
COURSES = {"ect": "ecf-induction", "mentor": "ecf-mentor"}

_numbers = itertools.count(1)


@dataclass(slots=True)
class Mock:
    """One sandbox, as its control API and its providers' tokens see it."""

    id: str
    http: httpx.AsyncClient

    async def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        answer = await self.http.request(method, f"/_mock/sandboxes/{self.id}{path}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    async def call(self, method: str, path: str, provider: str = "alder", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {provider}-token.{self.id}", **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)

    async def get(self, path: str, provider: str = "alder", **options: Any) -> httpx.Response:
        return await self.call("GET", path, provider, **options)

    async def add(self, participant_type: str = "ect", provider: str = "alder", **attributes: Any) -> str:
        """A participant, by default of cohort 2021 and eligible for funding."""
        body = {
            "cohort": "2021",
            "eligible_for_funding": True,
            "provider": provider,
            "participant_type": participant_type,
            **attributes,
        }
        id: str = (await self.control("POST", "/v1/participants", body, expect=201))["id"]
        return id

    async def act(
        self, action: str, participant_id: str, provider: str = "alder", headers: Any = None, **attributes: Any
    ) -> httpx.Response:
        body = {"data": {"type": f"participant-{action}", "attributes": attributes}}
        path = f"{PARTICIPANTS}/{participant_id}/{action}"
        return await self.call("PUT", path, provider, json=body, headers=headers or {})

    async def declare(
        self,
        participant_id: str,
        declaration_type: str = "started",
        declaration_date: str = "2021-09-20T09:00:00Z",
        provider: str = "alder",
        headers: Any = None,
        **attributes: Any,
    ) -> httpx.Response:
        given = {
            "participant_id": participant_id,
            "declaration_type": declaration_type,
            "declaration_date": declaration_date,
            "course_identifier": "ecf-induction",
            "evidence_held": "other",
            **attributes,
        }
        body = {"data": {"type": "participant-declaration", "attributes": given}}
        return await self.call("POST", DECLARATIONS, provider, json=body, headers=headers or {})


def titles(answer: httpx.Response) -> list[str]:
    return [error["title"] for error in answer.json()["errors"]]


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()["data"]]


@pytest.fixture(scope="session")
def application() -> Application:
    return build_app(Settings(seed="empty", rate_limit=None))


@pytest.fixture
async def http(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def mock(http: httpx.AsyncClient) -> AsyncIterator[Mock]:
    """An empty sandbox whose clock stands still at 09:00 on 1 October 2021."""
    id = f"test-{next(_numbers)}"
    setting = {"id": id, "seed": "empty", "clock": {"now": "2021-10-01T09:00:00Z", "running": False}}
    created = await http.post("/_mock/sandboxes", json=setting)
    assert created.status_code == 201, created.text
    yield Mock(id, http)
    await http.delete(f"/_mock/sandboxes/{id}")
