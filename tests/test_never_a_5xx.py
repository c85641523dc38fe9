"""Whatever is sent, the mock answers without a 5xx, and its answer is noted in the journal."""

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import build_app
from mock_server.http.contract import operations
from mock_server.resources import specification
from mock_server.settings import Settings
from mock_server.v1.service import V1
from tests.shell import ask

MOCK = build_app(Settings(rate_limit=None))
SANDBOX = next(iter(MOCK.registry))
PARTICIPANT_IDS = list(SANDBOX.world(V1).participants)[:60:7]
TARGETS = [(operation.method, operation.path) for operation in operations(specification("v1"))]
NAMES = ["filter[cohort]", "filter[updated_since]", "filter[participant_id]", "page[page]", "page[per_page]"]
WORDS = [
    "", "null", "0", "-1", "2021", "9" * 30, "started", "retained-1", "completed", "ecf-induction", "ecf-mentor",
    "other", "career-break", "ecf-standard-january", "training-event-attended", "2021-11-20T09:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-02-29T00:00:00", "2021-12-31T23:59:60Z",
    "2021-11-20", "\x00", "\ufffd", "😀", *PARTICIPANT_IDS,
]  # fmt: skip
ATTRIBUTES = [
    "participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held", "reason",
    "schedule_identifier", "cohort",
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
identifier = st.sampled_from(PARTICIPANT_IDS).map(str.encode) | text.map(str.encode) | st.binary(max_size=20)
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
    target: tuple[str, str],
    another_method: str | None,
    identifier: bytes,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    token: bytes,
    json: bool,
    body: bytes,
) -> None:
    method, template = target
    path = template.encode().replace(b"{id}", identifier)
    sent = [*headers, (b"authorization", b"Bearer " + token)]
    if json:
        sent.append((b"content-type", b"application/json"))
    SANDBOX.journal.clear()
    events: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    reply = await ask(MOCK, another_method or method, path, sent, events, query)
    assert reply is not None
    assert reply.status < 500
    [entry] = SANDBOX.journal.page()[0]
    assert entry["status"] == reply.status
    orjson.dumps(entry)
