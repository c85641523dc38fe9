"""`.http` files for JetBrains IDEs and httpYac: one file for each scenario, with its checks as scripts.

They need the environment `mock` from the file beside them, which gives the server's address.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mock_server.control.models import plain
from mock_server.harness.scenarios.exports.common import (
    BASE_URL,
    Export,
    Omission,
    providers,
    sent,
    token_name,
    too_long,
)
from mock_server.harness.scenarios.exports.javascript import PRELUDE, Dialect, checks, keeps
from mock_server.harness.scenarios.links import without_links
from mock_server.harness.scenarios.model import Scenario, Step
from mock_server.harness.scenarios.new_sandbox import new_sandbox

# Both tools look for a file of this name.
ENVIRONMENT_FILE: Final = "http-client.env.json"

DIALECT: Final = Dialect(
    status="response.status",
    header="response.headers.valueOf({})",
    kept="client.global.get({})",
    keep="client.global.set({}, {});",
)

_BODY: Final = ("let body = response.body;", "try { body = JSON.parse(body); } catch { /* parsed already, or text */ }")


def export(scenarios: Sequence[Scenario]) -> Export:
    """A file for each scenario. Its name has the scenario's place in the guide and its id."""
    omissions: list[Omission] = []
    files = {ENVIRONMENT_FILE: json.dumps({"mock": {"base_url": BASE_URL}}, indent=2) + "\n"}
    for number, scenario in enumerate(scenarios, start=1):
        for step in (*scenario.given, *scenario.steps):
            if too_long(step):
                omissions.append(Omission(scenario, step, "no request: its body is too long"))
        files[f"{number:03}-{scenario.id}.http"] = "\n".join(_file(scenario))
    return Export(files, tuple(omissions))


def _stand_in(name: str) -> str:
    return f"{{{{{name}}}}}"


def _file(scenario: Scenario) -> Iterator[str]:
    yield from _comment(f"{scenario.title}\n\n{scenario.text}")
    yield ""
    yield "### A sandbox of its own"
    yield from _request(
        "POST", "/_mock/sandboxes", [("Content-Type", "application/json")], plain(new_sandbox(scenario))
    )
    yield ""
    yield "> {%"
    yield from ("  " + line for line in _BODY)
    yield '  client.test("the sandbox is made", () => client.assert(response.status === 201));'
    yield '  client.global.set("sandbox", body.id);'
    for slug in providers(scenario):
        token = f"body.providers.find((provider) => provider.slug === {json.dumps(slug)}).token"
        yield f"  client.global.set({json.dumps(token_name(slug))}, {token});"
    yield "%}"
    for step in (*scenario.given, *scenario.steps):
        if not too_long(step):
            yield ""
            yield from _step(step)
    yield ""
    yield "### The end of the sandbox"
    yield from _request("DELETE", "/_mock/sandboxes/{{sandbox}}", [], None)
    yield ""


def _step(step: Step) -> Iterator[str]:
    request = sent(step, _stand_in)
    yield f"### {step.operation or f'{step.method} {step.path}'}"
    if step.text:
        yield from _comment(step.text)
    yield from _request(request.method, request.target(), request.headers, request.body)
    yield ""
    yield "> {%"
    yield from ("  " + line for line in (*PRELUDE, *_BODY))
    for title, expression in checks(step, DIALECT):
        yield f"  client.test({json.dumps(title, ensure_ascii=False)}, () => client.assert({expression}));"
    yield from ("  " + line for line in keeps(step, DIALECT))
    yield "%}"


def _request(method: str, target: str, headers: Sequence[tuple[str, str]], body: Any) -> Iterator[str]:
    yield f"{method} {{{{base_url}}}}{target}"
    for name, value in headers:
        yield f"{name}: {value}"
    if body is not None:
        yield ""
        yield body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    for line in without_links(text).splitlines():
        yield f"# {line}".rstrip()
