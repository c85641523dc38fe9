"""Whatever is sent to the control API, it answers without a 5xx, and no header gets more out of it than one answer."""

import re
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import build_app
from mock_server.control.contract import control_contract
from mock_server.http.contract import operations
from mock_server.services import SERVICES
from mock_server.settings import Settings
from mock_server.v1.service import V1
from mock_server.v3.domain import registrations
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.service import V3
from tests.control.calls import CONTROL
from tests.shell import ALDER, ask
from tests.specifications import examples

MOCK = build_app(Settings(rate_limit=None, max_sandboxes=30))
# Another one, for the first may have been told anything.
FAULTY = build_app(Settings(seed="empty", rate_limit=None))
PARTICIPANTS = list(MOCK.registry.default.world(V1).participants)[:20]
DECLARATIONS = list(MOCK.registry.default.world(V1).declarations)[:20]
V3_WORLD = MOCK.registry.default.world(V3)
for role in ("ect", "mentor", "ect"):
    registrations.register(
        V3_WORLD, Registration(role, provider="alder", partnership="new"), MOCK.registry.default.clock.now()
    )
OPERATIONS = {operation.id: operation for operation in operations(control_contract(SERVICES))}
BODIES: dict[str, list[Any]] = {
    operation.id: [
        body
        for _, body in examples(
            operation.definition.get("requestBody", {}).get("content", {}).get("application/json", {})
        )
    ]
    for operation in CONTROL.operations.values()
}

WORDS = """default alder dogwood 2021 2025 2026-02-30 0001-01-01 9999-12-31 P30D P999999999Y 9999-12-31T23:59:59Z
0001-01-01T00:00:00+14:00 * ** [ payable content-length 1234567""".split()
text = st.text(max_size=20) | st.sampled_from([*WORDS, "", "x\r\nSet-Cookie: a=b", "?" * 30, *PARTICIPANTS[:2]])
numbers = st.integers(0, 10).map(lambda length: "9" * 5**length if length < 6 else "-1")
scalar = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | text
value = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=8
)


@st.composite
def bodies(draw: st.DrawFn, operation_id: str) -> Any:
    """An example of the contract with some members changed, left out or added; now and then something else."""
    if not BODIES[operation_id] or draw(st.integers(0, 9)) == 0:
        return draw(st.none() | value)
    return spoilt(draw, draw(st.sampled_from(BODIES[operation_id])), draw(st.integers(0, 2)))


def spoilt(draw: st.DrawFn, document: Any, times: int) -> Any:
    for _ in range(times):
        if not isinstance(document, dict) or not document:
            return draw(value)
        name = draw(st.sampled_from(sorted(document)))
        match draw(st.integers(0, 4)):
            case 0:
                document = {key: member for key, member in document.items() if key != name}
            case 1:
                document = document | {draw(text): draw(value)}
            case 2 if isinstance(document[name], list) and document[name]:
                document = document | {name: [spoilt(draw, document[name][0], 1), *document[name][1:]]}
            case 3 if isinstance(document[name], dict):
                document = document | {name: spoilt(draw, document[name], 1)}
            case _:
                document = document | {name: draw(value)}
    return document


# Any record of v3: an id in a path says by its place what it is of.
V3_IDS = [
    *list(V3_WORLD.teachers)[:5],
    *list(V3_WORLD.delivery_partners)[:2],
    *list(V3_WORLD.statements)[:2],
    *list(V3_WORLD.declarations)[:2],
]
ids = {
    "id": st.sampled_from(V3_IDS) | text,
    "slug": st.sampled_from(["alder", "dogwood"]) | text,
    "year": st.sampled_from(["2021", "2025", "2027", "9999"]) | text | numbers,
    "urn": st.sampled_from(list(V3_WORLD.schools_by_urn)[:3]) | text | numbers,
    "role": st.sampled_from(["ect", "mentor"]) | text,
    "sandbox": st.sampled_from(["default"] * 5 + ["other"]) | text,
    "participant_id": st.sampled_from(PARTICIPANTS) | text,
    "declaration_id": st.sampled_from(DECLARATIONS) | text,
    "snapshot_id": st.sampled_from(["snapshot-1", "snapshot-2"]) | text,
    "drill": st.sampled_from(["drill-1", "drill-2"]) | text,
    "fault_id": st.sampled_from(["fault-1", "fault-2"]) | text,
}
query = st.lists(
    st.tuples(
        st.sampled_from(["method", "path", "status", "operation_id", "provider", "after", "limit"]) | text,
        text | numbers,
    ),
    max_size=3,
).map(lambda pairs: "&".join(f"{name}={content}" for name, content in pairs).encode("utf-8", "replace"))
header = st.tuples(
    st.sampled_from([b"origin", b"host", b"content-type", b"authorization", b"x-mock-sandbox", b"content-length"]),
    st.sampled_from([b"http://[", b"[", b"http://]", b"http://127.0.0.1:99999999999", b"null", b"\xff", b"a" * 5000])
    | st.binary(max_size=30),
)


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
@settings(max_examples=20)
@given(data=st.data(), query=query, headers=st.just([]) | st.lists(header, max_size=2))
async def test_whatever_is_sent_to_an_operation_is_answered_below_500(
    operation_id: str, data: st.DataObject, query: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    operation = OPERATIONS[operation_id]
    path = re.sub(r"\{(\w+)\}", lambda name: data.draw(ids[name[1]]), operation.path)
    body = data.draw(bodies(operation_id))
    sent = b"" if body is None else orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
    usual = {b"host": b"127.0.0.1", b"content-type": b"application/json"}
    all_headers = list((usual | dict(headers)).items())
    reply = await ask(MOCK, operation.method, path.encode("utf-8", "replace"), all_headers, sent, query)
    assert reply is not None
    assert reply.status < 500, (operation.method, path, body, reply)
    if reply.status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["status"] == reply.status


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[", "http://127.0.0.1]"])
async def test_an_origin_that_is_no_address_is_another_site(origin: str) -> None:
    reply = await ask(MOCK, "GET", "/_mock/sandboxes", {"host": "127.0.0.1", "origin": origin})
    assert reply is not None
    assert (reply.status, reply.json()["title"]) == (403, "Forbidden")
    assert origin in reply.json()["detail"]


@settings(max_examples=150)
@given(
    name=st.sampled_from(["X-Note", "Location", "Content-Type", "Set-Cookie"]) | text,
    content=text | st.text("\r\n\0 :;=abé中", max_size=12),
    body=st.none() | text,
)
async def test_no_fault_gets_more_into_an_answer_than_its_header(name: str, content: str, body: str | None) -> None:
    respond = {"status": 418, "headers": {name: content}, "body": body}
    sent = orjson.dumps({"faults": [{"match": {}, "respond": respond}]})
    headers = {"host": "127.0.0.1", "content-type": "application/json"}
    reply = await ask(FAULTY, "PUT", "/_mock/sandboxes/default/faults", headers, sent)
    assert reply is not None
    if reply.status != 200:
        assert reply.status == 422
        return
    struck = await ask(FAULTY, "GET", "/api/v1/participants/ecf", ALDER)
    assert struck is not None
    assert struck.status == 418
    assert set(struck.headers) <= {name.lower(), "content-type", "content-length"}
    assert not re.search(r"[\r\n\0]", "".join([*struck.headers, *struck.headers.values()]))
