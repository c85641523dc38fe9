"""Whatever is sent, the mock answers without a 5xx, as the contract says, and notes the answer in the journal."""

from datetime import date
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import build_app
from mock_server.services import SERVICES
from mock_server.settings import Settings
from mock_server.v1.service import V1
from mock_server.v3.domain import registrations
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.service import V3
from tests.shell import ask
from tests.specifications import Document, Operation

MOCK = build_app(Settings(rate_limit=None))
SANDBOX = next(iter(MOCK.registry))
PARTICIPANT_IDS = list(SANDBOX.world(V1).participants)[:60:7]
V3_WORLD = SANDBOX.world(V3)
for role, start in (("ect", "2025-09-01"), ("mentor", "2025-09-01"), ("ect", "2026-12-31"), ("ect", None)):
    registrations.register(
        V3_WORLD,
        Registration(
            role, provider="alder", partnership="new", started_on=None if start is None else date.fromisoformat(start)
        ),
        SANDBOX.clock.now(),
    )
V3_IDS = [
    *list(V3_WORLD.teachers)[:5],
    *list(V3_WORLD.delivery_partners)[:2],
    *list(V3_WORLD.schools)[:2],
    *list(V3_WORLD.partnerships)[:2],
    *list(V3_WORLD.statements)[:2],
]
DOCUMENTS = {service.name: Document(service.name) for service in SERVICES}
TARGETS = [(document, operation) for document in DOCUMENTS.values() for operation in document.operations.values()]
NAMES = sorted({p["name"] for _, operation in TARGETS for p in operation.parameters if p["in"] == "query"})
WORDS = [
    "", "null", "0", "-1", "2021", "9" * 30, "started", "retained-1", "completed", "ecf-induction", "ecf-mentor",
    "other", "career-break", "ecf-standard-january", "training-event-attended", "2021-11-20T09:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-02-29T00:00:00", "2021-12-31T23:59:60Z",
    "2021-11-20", "\x00", "\ufffd", "😀", *PARTICIPANT_IDS, "2025", "2026-02-10", "-updated_at", "deferred", "started",
    "2025-09-15T09:00:00Z", "75-percent-engagement-met", "2026-02-10T09:00:00%2B01:00", *V3_IDS,
]  # fmt: skip
ATTRIBUTES = [
    "participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held", "reason",
    "schedule_identifier", "cohort", "school_id", "delivery_partner_id",
]  # fmt: skip

text = st.sampled_from(WORDS) | st.text(max_size=40)
scalar = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text
)
value = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=6
)
attributes = st.dictionaries(st.sampled_from(ATTRIBUTES) | text, value, max_size=8)
good = st.fixed_dictionaries({"data": st.fixed_dictionaries({"attributes": attributes})})
document = good | good | good | value
body = document.map(lambda content: orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)) | st.binary(max_size=200)
query = st.lists(
    st.tuples(
        st.sampled_from(NAMES).map(str.encode) | st.binary(max_size=12), text.map(str.encode) | st.binary(max_size=20)
    ),
    max_size=4,
).map(lambda pairs: b"&".join(name + b"=" + content for name, content in pairs))
header = st.tuples(
    st.sampled_from([b"content-type", b"x-with-server-date", b"accept", b"content-length", b"cookie"])
    | st.binary(max_size=9),
    text.map(str.encode) | st.binary(max_size=30),
)
# Mostly what the operation is for, so that most requests get as far as the rules.
target = st.sampled_from(TARGETS)
another_method = st.sampled_from([None] * 9 + ["GET", "PUT", "POST", "PATCH", "HEAD"])
identifier = (
    st.sampled_from([*PARTICIPANT_IDS, *V3_IDS]).map(str.encode) | text.map(str.encode) | st.binary(max_size=20)
)
known_token = st.sampled_from([b"alder-token"] * 6 + [b"birch-token", b"dogwood-token", b"nobody"])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    target=target,
    another_method=another_method,
    identifier=identifier,
    query=query,
    headers=st.lists(header, max_size=3),
    token=known_token,
    json=st.sampled_from([True, True, True, False]),
    body=body,
)
async def test_whatever_is_sent_is_answered_below_500(
    target: tuple[Document, Operation],
    another_method: str | None,
    identifier: bytes,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    token: bytes,
    json: bool,
    body: bytes,
) -> None:
    document, operation = target
    method = operation.method.upper()
    path = operation.path.encode().replace(b"{id}", identifier)
    sent = [*headers, (b"authorization", b"Bearer " + token)]
    if json:
        sent.append((b"content-type", b"application/json"))
    SANDBOX.journal.clear()
    events: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    reply = await ask(MOCK, another_method or method, path, sent, events, query)
    assert reply is not None
    assert reply.status < 500
    [entry] = SANDBOX.journal.page()[0]
    assert entry.status == reply.status
    orjson.dumps(entry)
    if another_method is None and entry.operation_id == operation.id:
        assert complaints(document, operation, reply.status, reply.headers, reply.body) == []


def complaints(
    document: Document, operation: Operation, status: int, headers: dict[str, str], body: bytes
) -> list[str]:
    """How the answer breaks the contract."""
    if str(status) not in operation.responses:
        return [f"{status} is not documented"]
    content = operation.responses[str(status)].get("content", {})
    media_type = headers.get("content-type", "").partition(";")[0]
    if media_type not in content:
        return [f"{media_type} is not documented"] if content or media_type else []
    return document.complaints(
        content[media_type]["schema"], orjson.loads(body) if "json" in media_type else body.decode()
    )
