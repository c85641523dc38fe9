"""The examples of the contracts against the seed `guide`: each names records in a state in which it is accepted.

`python -m tests.guide_examples` gives them ids of the seed anew, and writes down what the mock then answers. Run it
after a change of the seed, or of an example. What is about one service stands in its folder below `tests`.
"""

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import yaml

from mock_server.app import build_app
from mock_server.resources import openapi_document, resource
from mock_server.rules.moments import parse_rfc3339
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, Settings
from tests.specifications import Document, Operation, examples

# Whose examples they are.
PROVIDER = "alder"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class GuideExamples:
    """What the examples of one service need.

    clock: the moment at which the seed stands for them; the documentation names it.
    lists: the path of a list, by the attribute of a body that has its ids, and by the path of an operation or by the
        path's first part.
    shows: what the answer's attributes must show, by the operation and the example's name.
    first: the operations whose examples fit few records, in order.
    """

    service: str
    clock: str
    lists: Mapping[str, str]
    shows: Mapping[tuple[str, str], Callable[[dict[str, Any]], bool]] = field(default_factory=dict)
    first: tuple[str, ...] = ()

    @property
    def document(self) -> Document:
        return Document(self.service)

    @property
    def contract(self) -> Path:
        return resource(f"openapi/{self.service}.yaml")


@dataclass(frozen=True)
class Example:
    """One request as the contract shows it. `ids` are its ids, each with the list that has such ids."""

    name: str
    operation: Operation
    id: str | None
    body: Any
    ids: dict[str, str]
    media_types: tuple[str, ...]

    @property
    def writes(self) -> bool:
        return self.operation.method != "get"

    @property
    def title(self) -> str:
        return f"{self.operation.id} {self.name}"

    @property
    def answer(self) -> Any:
        """What the contract says that the server answers; None if it has no example of that name."""
        [content] = self.operation.responses["200"]["content"].values()
        return dict(examples(content)).get(self.name)


def guides() -> list[GuideExamples]:
    """That of each service."""
    return [import_module(f"tests.{service.name}.guide_examples").EXAMPLES for service in SERVICES]


def every_example(guide: GuideExamples) -> list[Example]:
    """Those of each operation on a record or with a body: what only reads, then what fits few records."""
    document = guide.document
    found = [example for operation in document.operations.values() for example in _examples(guide, document, operation)]
    order = {id: place for place, id in enumerate(guide.first)}
    return sorted(found, key=lambda example: (example.writes, order.get(example.operation.id, len(order))))


def _examples(guide: GuideExamples, document: Document, operation: Operation) -> Iterator[Example]:
    path_id = next((p for p in operation.parameters if p["in"] == "path"), None)
    by_name = {} if path_id is None else dict(examples(path_id))
    content = document.follow(operation.definition.get("requestBody", {"content": {}}))["content"]
    bodies = dict(examples(next(iter(content.values())))) if content else dict.fromkeys(by_name)
    for name, body in bodies.items():
        id = by_name.get(name)
        ids = {} if id is None else {id: _list_of(guide, operation.path)}
        for attribute, value in (body or {"data": {"attributes": {}}})["data"]["attributes"].items():
            if attribute in guide.lists:
                ids[value] = guide.lists[attribute]
        if ids:
            yield Example(name, operation, id, body, ids, tuple(content))


def _list_of(guide: GuideExamples, path: str) -> str:
    return guide.lists.get(path) or guide.lists["/" + path.split("/")[3]]


class Guide:
    """A mock with the seed `guide`, whose clock stands still where the examples want it."""

    def __init__(self, guide: GuideExamples) -> None:
        clock = ClockSetting(parse_rfc3339(guide.clock), running=False)
        self.guide = guide
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(build_app(Settings(seed="guide", rate_limit=None, clock=clock))),
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {PROVIDER}-token"},
        )

    async def reset(self) -> None:
        await self.http.post("/_mock/sandboxes/default/reset")

    async def ids(self, listed: str) -> list[str]:
        query = "&" if "?" in listed else "?"
        answer = await self.http.get(f"/api/{self.guide.service}{listed}{query}page[per_page]=3000")
        # The latest first: most examples are about the cohort that has begun last.
        return [each["id"] for each in reversed(answer.json()["data"])]

    async def send(
        self, example: Example, ids: Mapping[str, str] | None = None, media_type: str = "application/json"
    ) -> httpx.Response:
        """The example, with other ids where they are given."""
        operation, names = example.operation, ids or {}
        path = operation.path.replace("{id}", names.get(example.id or "", example.id or ""))
        query = {
            p["name"]: dict(examples(p))[example.name]
            for p in operation.parameters
            if p["in"] == "query" and p.get("required")
        }
        body = None if example.body is None else _renamed(json.dumps(example.body), names)
        headers = {} if body is None else {"Content-Type": media_type}
        return await self.http.request(operation.method.upper(), path, params=query, content=body, headers=headers)

    async def fits(self, example: Example, ids: Mapping[str, str]) -> bool:
        answer = await self.send(example, ids)
        if answer.status_code != 200:
            return False
        shows = self.guide.shows.get((example.operation.id, example.name))
        return shows is None or shows(answer.json()["data"]["attributes"])


def _renamed(text: str, ids: Mapping[str, str]) -> str:
    return _UUID.sub(lambda found: ids.get(found[0], found[0]), text)


async def fitting_ids(guide: GuideExamples) -> dict[str, str]:
    """For each id of the examples, one of the seed with which all examples are accepted, one after the other.

    No two examples that write are about one record.
    """
    seed = Guide(guide)
    chosen, taken = dict[str, str](), set[str]()
    for example in every_example(guide):
        open_ids = [id for id in example.ids if id not in chosen]
        choices = [[id for id in await seed.ids(example.ids[open]) if id not in taken] for open in open_ids]
        for picked in itertools.product(*choices):
            ids = chosen | dict(zip(open_ids, picked, strict=True))
            await seed.reset()
            if await seed.fits(example, ids):
                break
        else:
            raise LookupError(f"the seed has nothing for which {example.title} is accepted")
        chosen = ids
        if example.writes:
            taken |= {ids[id] for id in example.ids if "delivery-partners" not in example.ids[id]}
    return chosen


class _Block(yaml.SafeDumper):
    """Writes YAML as the contracts are written: items of a list further in than its name."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def with_value(contract: str, name: str, value: Any) -> str:
    """The text of a contract, in which the example `name` of the components has another value."""
    lines = yaml.dump(value, Dumper=_Block, sort_keys=False, allow_unicode=True, width=1000).splitlines()
    written = "".join(f"        {line}\n" for line in lines)
    pattern = re.compile(rf"(\n    {name}:\n      summary: [^\n]*\n      value:\n)(?:        [^\n]*\n)+")
    found, count = pattern.subn(lambda match: match[1] + written, contract)
    if count != 1:
        raise LookupError(f"the contract has no example {name} with a summary and a value")
    return found


async def true_answers(guide: GuideExamples) -> str:
    """The text of the contract with what the mock answers to each example that is sent alone."""
    mock, text, written = Guide(guide), guide.contract.read_text(), set[str]()
    for example in every_example(guide):
        name = _component(guide, example)
        # An older path shows what the newer one answers.
        if name in written:
            continue
        await mock.reset()
        text = with_value(text, name, (await mock.send(example)).json())
        written.add(name)
    return text


def _component(guide: GuideExamples, example: Example) -> str:
    """The name, among the contract's components, of the example that shows the answer."""
    response = guide.document.resolve(example.operation.definition["responses"]["200"]["$ref"])
    [content] = response["content"].values()
    reference: str = content["examples"][example.name]["$ref"]
    return reference.rpartition("/")[2]


def main() -> None:
    for guide in guides():
        guide.contract.write_text(_renamed(guide.contract.read_text(), asyncio.run(fitting_ids(guide))))
        openapi_document.cache_clear()
        guide.contract.write_text(asyncio.run(true_answers(guide)))
        openapi_document.cache_clear()


if __name__ == "__main__":
    main()
