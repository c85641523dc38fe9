"""One Postman collection (v2.1) with a folder for each section and each scenario. newman runs it too."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from mock_server.control.models import plain
from mock_server.harness.scenarios.exports.common import (
    BASE_URL,
    Export,
    Omission,
    Sent,
    providers,
    sent,
    token_name,
    too_long,
)
from mock_server.harness.scenarios.exports.javascript import PRELUDE, Dialect, checks, keeps
from mock_server.harness.scenarios.links import without_links
from mock_server.harness.scenarios.model import Scenario, Step
from mock_server.harness.scenarios.new_sandbox import new_sandbox

FILE: Final = "scenarios.postman_collection.json"
SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

DIALECT: Final = Dialect(
    status="pm.response.code",
    header="pm.response.headers.get({})",
    kept="pm.collectionVariables.get({})",
    keep="pm.collectionVariables.set({}, {});",
)

_BODY: Final = ("let body = pm.response.text();", "try { body = JSON.parse(body); } catch (error) { /* text */ }")


def export(scenarios: Sequence[Scenario]) -> Export:
    """The collection. Its variable `base_url` holds the server's address."""
    omissions = tuple(
        Omission(scenario, step, "no request: its body is too long")
        for scenario in scenarios
        for step in (*scenario.given, *scenario.steps)
        if too_long(step)
    )
    collection = {
        "info": {
            "name": "Lead provider API: the usage guide's scenarios",
            "description": "Each scenario makes a sandbox of its own on the mock, and drops it at the end.",
            "schema": SCHEMA,
        },
        "variable": [{"key": "base_url", "value": BASE_URL}],
        "item": [
            {"name": section.title, "item": [_folder(scenario) for scenario in members]}
            for section, members in groupby(scenarios, key=lambda scenario: scenario.section)
        ],
    }
    return Export({FILE: json.dumps(collection, indent=2, ensure_ascii=False) + "\n"}, omissions)


def _stand_in(name: str) -> str:
    return f"{{{{{name}}}}}"


def _folder(scenario: Scenario) -> dict[str, Any]:
    creation = Sent(
        "POST", "/_mock/sandboxes", (), (("Content-Type", "application/json"),), plain(new_sandbox(scenario))
    )
    script = [
        *_BODY,
        'pm.test("the sandbox is made", () => pm.expect(pm.response.code).to.equal(201));',
        'pm.collectionVariables.set("sandbox", body.id);',
    ]
    for slug in providers(scenario):
        token = f"body.providers.find((provider) => provider.slug === {json.dumps(slug)}).token"
        script.append(f"pm.collectionVariables.set({json.dumps(token_name(slug))}, {token});")
    steps = [step for step in (*scenario.given, *scenario.steps) if not too_long(step)]
    deletion = Sent("DELETE", "/_mock/sandboxes/{{sandbox}}", (), (), None)
    return {
        "name": scenario.title,
        "description": without_links(scenario.text),
        "item": [
            _item("A sandbox of its own", creation, script),
            *(_step(step) for step in steps),
            _item("The end of the sandbox", deletion, []),
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    script = [*PRELUDE, *_BODY]
    for title, expression in checks(step, DIALECT):
        script.append(
            f"pm.test({json.dumps(title, ensure_ascii=False)}, () => pm.expect({expression}).to.equal(true));"
        )
    script += keeps(step, DIALECT)
    name = step.operation or f"{step.method} {step.path}"
    return _item(name, sent(step, _stand_in), script, without_links(step.text))


def _item(name: str, request: Sent, script: list[str], description: str = "") -> dict[str, Any]:
    target = request.target()
    path, _, query = target.partition("?")
    url: dict[str, Any] = {
        "raw": "{{base_url}}" + target,
        "host": ["{{base_url}}"],
        "path": path.removeprefix("/").split("/"),
    }
    if query:
        pairs = [pair.split("=", 1) for pair in query.split("&")]
        url["query"] = [{"key": key, "value": value} for key, value in pairs]
    written: dict[str, Any] = {
        "method": request.method,
        "header": [{"key": key, "value": value} for key, value in request.headers],
        "url": url,
    }
    if request.body is not None:
        raw = request.body if isinstance(request.body, str) else json.dumps(request.body, indent=2, ensure_ascii=False)
        written["body"] = {"mode": "raw", "raw": raw}
    if description:
        written["description"] = description
    item: dict[str, Any] = {"name": name, "request": written, "response": []}
    if script:
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}]
    return item
