"""One sandbox of v3, as its control API and its providers' tokens see it."""

from dataclasses import dataclass
from typing import Any

import httpx

API = "/api/v3"
COURSES = {"ect": "ecf-induction", "mentor": "ecf-mentor"}


@dataclass(slots=True)
class Mock:
    id: str
    http: httpx.AsyncClient

    # -- schools, the department, the calendar ---------------------------------------------------

    async def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """What the control API answers below `…/v3`; an `expect` of 4xx gives the problem."""
        answer = await self.http.request(method, f"/_mock/sandboxes/{self.id}/v3{path}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    async def advance(self, by: str) -> None:
        answer = await self.http.post(f"/_mock/sandboxes/{self.id}/clock/advance", json={"by": by})
        assert answer.status_code == 200, answer.text

    async def jump(self, now: str) -> None:
        answer = await self.http.put(f"/_mock/sandboxes/{self.id}/clock", json={"now": now})
        assert answer.status_code == 200, answer.text

    async def school(self, **facts: Any) -> dict[str, Any]:
        school: dict[str, Any] = await self.control("POST", "/schools", facts, expect=201)
        return school

    async def delivery_partner(self, provider: str = "alder", cohort: str = "2025") -> str:
        """One of the provider's two in every cohort."""
        partners = (await self.control("GET", "/delivery-partners"))["delivery_partners"]
        id: str = next(each["id"] for each in partners if cohort in each["works_with"].get(provider, ()))
        return id

    async def register(self, role: str = "ect", expect: int = 201, **facts: Any) -> Any:
        return await self.control("POST", "/registrations", {"role": role, **facts}, expect=expect)

    async def trained(self, role: str = "ect", provider: str = "alder", **facts: Any) -> Any:
        """Somebody in training under a partnership since 1 September 2025, unless `facts` say otherwise."""
        given = {"provider": provider, "partnership": "new", "started_on": "2025-09-01", **facts}
        return await self.register(role, **given)

    # -- providers -------------------------------------------------------------------------------

    async def call(self, method: str, path: str, provider: str = "alder", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {provider}-token.{self.id}", **options.pop("headers", {})}
        return await self.http.request(method, f"{API}{path}", headers=headers, **options)

    async def get(self, path: str, provider: str = "alder", **options: Any) -> httpx.Response:
        return await self.call("GET", path, provider, **options)

    async def write(
        self, method: str, path: str, attributes: Any, provider: str = "alder", **options: Any
    ) -> httpx.Response:
        return await self.call(method, path, provider, json={"data": {"attributes": attributes}}, **options)

    async def act(
        self, action: str, id: str, role: str = "ect", provider: str = "alder", headers: Any = None, **attributes: Any
    ) -> httpx.Response:
        """Defer, resume, withdraw or change-schedule."""
        given = {"course_identifier": COURSES[role], **attributes}
        return await self.write("PUT", f"/participants/{id}/{action}", given, provider, headers=headers or {})

    async def declare(
        self,
        id: str,
        declaration_type: str = "started",
        declaration_date: str = "2025-09-15T09:00:00Z",
        role: str = "ect",
        provider: str = "alder",
        headers: Any = None,
        **attributes: Any,
    ) -> httpx.Response:
        given = {
            "participant_id": id,
            "declaration_type": declaration_type,
            "declaration_date": declaration_date,
            "course_identifier": COURSES[role],
            "evidence_held": "training-event-attended",
            **attributes,
        }
        return await self.write("POST", "/participant-declarations", given, provider, headers=headers or {})

    async def participant(self, id: str, provider: str = "alder", **options: Any) -> Any:
        """The attributes that the provider sees."""
        return record(await self.get(f"/participants/{id}", provider, **options))


def record(answer: httpx.Response) -> Any:
    """The attributes of the one record that the answer holds."""
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["attributes"]


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["title"] for error in answer.json()["errors"]]


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]
