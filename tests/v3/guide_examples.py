"""The examples of v3's contract against the seed `guide`: each names records in a state in which it is accepted.

`python -m tests.v3.guide_examples` gives them ids of the seed anew; it is needed after a change of the seed.
"""

import asyncio
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from mock_server.app import build_app
from mock_server.resources import resource
from mock_server.rules.moments import parse_rfc3339
from mock_server.settings import ClockSetting, Settings
from tests.specifications import Document, Operation, examples

# The moment at which the seed begins for the examples; the documentation names it.
CLOCK = "2026-02-10T09:00:00Z"
# Whose examples they are.
PROVIDER = "alder"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What the ids of a request are of: by the attribute of the body or the filter of the query, and by the path.
LISTS = {
    "participant_id": "/participants",
    "school_id": "/schools?filter[cohort]=2025",
    "delivery_partner_id": "/delivery-partners?filter[cohort]=2025",
    "filter[participant_id]": "/participants",
    "filter[delivery_partner_id]": "/delivery-partners",
    "/participants/{id}/transfers": "/participants/transfers",
    "/participants": "/participants",
    "/participant-declarations": "/participant-declarations",
    "/partnerships": "/partnerships",
    "/schools": "/schools?filter[cohort]=2025",
    "/delivery-partners": "/delivery-partners",
    "/statements": "/statements",
    "/unfunded-mentors": "/unfunded-mentors",
}


@dataclass(frozen=True)
class Example:
    """One request as the contract shows it. `ids` are its ids, each with the list that has such ids."""

    name: str
    operation: Operation
    id: str | None
    body: Any
    ids: dict[str, str]

    @property
    def writes(self) -> bool:
        return self.operation.method != "get"


def every_example() -> list[Example]:
    """Those of each operation on a record or with a body: what only reads, then declarations, which fit few people."""
    document = Document("v3")
    found = [example for operation in document.operations.values() for example in _examples(document, operation)]
    return sorted(found, key=lambda example: (example.writes, example.operation.id != "createDeclaration"))


def _examples(document: Document, operation: Operation) -> Iterator[Example]:
    path_id = next((p for p in operation.parameters if p["in"] == "path"), None)
    by_name = {} if path_id is None else dict(examples(path_id))
    content = document.follow(operation.definition.get("requestBody", {"content": {}}))["content"]
    bodies = dict(examples(content["application/json"])) if content else dict.fromkeys(by_name)
    for name, body in bodies.items():
        id = by_name.get(name)
        ids = {} if id is None else {id: _list_of(operation.path.removeprefix("/api/v3"))}
        for attribute, value in (body or {"data": {"attributes": {}}})["data"]["attributes"].items():
            if attribute in LISTS:
                ids[value] = LISTS[attribute]
        if ids:
            yield Example(f"{operation.id} {name}", operation, id, body, ids)


def _list_of(path: str) -> str:
    return LISTS.get(path) or LISTS["/" + path.split("/")[1]]


class Guide:
    """A mock with the seed `guide`, whose clock stands still at CLOCK."""

    def __init__(self) -> None:
        settings = Settings(seed="guide", rate_limit=None, clock=ClockSetting(parse_rfc3339(CLOCK), running=False))
        transport = httpx.ASGITransport(build_app(settings))
        headers = {"Authorization": f"Bearer {PROVIDER}-token"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers)

    async def reset(self) -> None:
        await self.http.post("/_mock/sandboxes/default/reset")

    async def ids(self, listed: str) -> list[str]:
        query = "&" if "?" in listed else "?"
        answer = await self.http.get(f"/api/v3{listed}{query}page[per_page]=3000")
        # The latest first: most examples are about the cohort that has begun last.
        return [each["id"] for each in reversed(answer.json()["data"])]

    async def send(self, example: Example, ids: dict[str, str] | None = None) -> httpx.Response:
        """The example, with other ids where they are given."""
        operation, names = example.operation, ids or {}
        path = operation.path.replace("{id}", names.get(example.id or "", example.id or ""))
        query = {p["name"]: p["example"] for p in operation.parameters if p["in"] == "query" and p.get("required")}
        body = None if example.body is None else json.loads(_renamed(json.dumps(example.body), names))
        return await self.http.request(operation.method.upper(), path, params=query, json=body)


def _renamed(text: str, ids: dict[str, str]) -> str:
    return _UUID.sub(lambda found: ids.get(found[0], found[0]), text)


async def fitting_ids() -> dict[str, str]:
    """For each id of the examples, one of the seed with which all examples are accepted, one after the other.

    No two examples that write are about one record.
    """
    # One to send to, and one that stays as it is.
    guide, seed = Guide(), Guide()
    chosen, taken = dict[str, str](), set[str]()
    for example in every_example():
        open_ids = [id for id in example.ids if id not in chosen]
        choices = [[id for id in await seed.ids(example.ids[open]) if id not in taken] for open in open_ids]
        for picked in itertools.product(*choices):
            ids = chosen | dict(zip(open_ids, picked, strict=True))
            if (await guide.send(example, ids)).status_code == 200:
                break
        else:
            raise LookupError(f"the seed has nothing for which {example.name} is accepted")
        chosen = ids
        if example.writes:
            taken |= {ids[id] for id in example.ids if "delivery-partners" not in example.ids[id]}
    return chosen


if __name__ == "__main__":
    contract = resource("openapi/v3.yaml")
    contract.write_text(_renamed(contract.read_text(), asyncio.run(fitting_ids())))
