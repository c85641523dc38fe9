"""Whatever is sent to the page, it answers without a 5xx, and no view, form or stream fails behind its answer."""

import asyncio
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import Application, build_app
from mock_server.services import SERVICES
from mock_server.settings import Settings
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from mock_server.web.contents import contents_for
from mock_server.web.forms import FAULTS
from tests.web.conftest import ORIGIN, ROOT

MOCK = build_app(Settings(rate_limit=None, max_sandboxes=30))
WORLD = MOCK.registry.default.world(V1)
PARTICIPANTS = list(WORLD.participants)[:5]
DECLARATIONS = list(WORLD.declarations)[:5]
V3_WORLD = MOCK.registry.default.world(V3)
# Ids of what v3's views and forms are about.
V3_IDS = [
    *[id for records in (V3_WORLD.teachers, V3_WORLD.declarations, V3_WORLD.statements) for id in list(records)[:3]],
    *[*list(V3_WORLD.delivery_partners)[:2], *list(V3_WORLD.schools_by_urn)[:2]],
]
CONTENTS = contents_for(SERVICES)
VIEWS, FORMS = CONTENTS.views, CONTENTS.forms
SANDBOX = f"{ROOT}/sandboxes/{{sandbox}}"
# Every route of the page, with what its address may have at the place of a name.
PLACES = [
    ROOT,
    f"{ROOT}/",
    f"{ROOT}/static/{{file}}",
    f"{ROOT}/login",
    f"{ROOT}/logout",
    SANDBOX,
    *(f"{SANDBOX}/{view.path}" + ("/{participant}" if view.below else "") for view in VIEWS.values()),
    *(f"{SANDBOX}/actions/{name}" for name in FORMS),
    f"{SANDBOX}/{{other}}",
    f"{SANDBOX}/actions/{{other}}",
    f"{SANDBOX}/events/{{other}}",
]
FIELDS = [
    *("page", "q", "provider", "before", "entry", "live", "status", "method", "path", "operation_id", "mark", "done"),
    *("view", "participant_id", "declaration_id", "fault_id", "id", "now", "by", "seed", "replay", "still", "rate"),
    *("requests", "seconds", "random_seed", "kind", "times", "delay_ms", "percent", "retry_after", "participant_type"),
    *("full_name", "email", "cohort", "school_urn", "schedule_identifier", "mentor_id", "state", "token", "sandbox"),
    *(
        "teacher_reference_number",
        "teacher_reference_number_validated",
        "eligible_for_funding",
        "api",
        "about",
        "role",
        "outcome",
    ),
    *("started_on", "finished_on", "month", "year", "uplift", "partnership", "exempt", "into", "on", "from", "urn"),
]

text = st.text(max_size=20) | st.sampled_from(
    ["", "default", "alder", "dogwood", "2021", "4xx", "paid", "yes", "*", "[", "x\r\nSet-Cookie: a=b", "²", "١", "-1"]
)
number = st.sampled_from(["0", "1", "7", "9" * 30, "9" * 5000])
value = (
    text
    | number
    | st.sampled_from([*PARTICIPANTS, *DECLARATIONS, *V3_IDS, *VIEWS, *FAULTS, "fault-1", "ect", "P30D", "withdrawn"])
)
fields = st.lists(st.tuples(st.sampled_from(FIELDS) | text, value), max_size=6).map(urlencode)
header = st.tuples(
    st.sampled_from([b"origin", b"host", b"cookie", b"hx-request", b"hx-target", b"content-type", b"content-length"]),
    st.sampled_from([b"http://[", b"[", b"div#entry", b"div#list", b"ecf_mock_ui=\xff", b"null"])
    | st.binary(max_size=30),
)
names = {
    "sandbox": st.sampled_from(["default"] * 8) | text,
    "participant": st.sampled_from([*PARTICIPANTS, *V3_IDS]) | text,
    "file": st.sampled_from(["page.css", "..", "page.js"]) | text,
    "other": text,
}


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What the mock logs as its own mistakes; an answer may hide them, for its status has been sent."""
    logged: list[str] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(self.format(record))

    noting, logger = Noting(logging.ERROR), logging.getLogger("mock_server")
    logger.addHandler(noting)
    yield logged
    logger.removeHandler(noting)


async def status_of(
    method: str,
    path: str,
    query: str,
    headers: list[tuple[bytes, bytes]],
    body: str,
    mock: Application = MOCK,
) -> int:
    """The status of the answer, read until its body's first part: a stream has no end of its own."""
    raw = quote(path, safe="/%").encode()
    sent: list[Any] = []
    read = asyncio.Event()
    events = iter([{"type": "http.request", "body": body.encode(), "more_body": False}])

    async def receive() -> Any:
        event = next(events, None)
        if event is None:
            await read.wait()
            return {"type": "http.disconnect"}
        return event

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            read.set()

    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(raw).decode("utf-8", "replace"),
        "raw_path": raw,
        "query_string": query.encode(),
        "headers": headers,
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
    }
    await mock(scope, receive, send)
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return int(sent[0]["status"])


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), query=fields, form=fields, headers=st.just([]) | st.lists(header, max_size=2))
async def test_whatever_is_sent_to_the_page_is_answered_below_500(
    place: str, data: st.DataObject, query: str, form: str, headers: list[tuple[bytes, bytes]], failures: list[str]
) -> None:
    path = re.sub(r"\{(\w+)\}", lambda name: data.draw(names[name[1]]), place)
    method = (
        "POST" if "/actions/" in place or "log" in place else data.draw(st.sampled_from(["GET"] * 5 + ["POST", "HEAD"]))
    )
    usual = {b"host": ORIGIN.removeprefix("http://").encode(), b"origin": ORIGIN.encode()}
    usual[b"content-type"] = b"application/x-www-form-urlencoded"
    status = await status_of(method, path, query, list((usual | dict(headers)).items()), form)
    assert status < 500, (method, path, query, form)
    assert failures == []


@pytest.mark.parametrize(
    "action", [name for name, action in FORMS.items() if VIEWS[action.view].below or action.view == "faults"]
)
async def test_a_form_that_does_not_say_whom_it_is_about_is_refused(action: str, failures: list[str]) -> None:
    headers = [(b"host", ORIGIN.removeprefix("http://").encode()), (b"origin", ORIGIN.encode())]
    status = await status_of("POST", f"{ROOT}/sandboxes/default/actions/{action}", "", headers, "")
    assert status in (303, 404, 422)
    assert failures == []


@pytest.mark.parametrize("field", ["before", "entry"])
@pytest.mark.parametrize("id", ["9" * 5000, "٣", "9" * 20])
async def test_an_entry_that_nobody_can_have_is_not_there(field: str, id: str) -> None:
    headers = [(b"host", ORIGIN.removeprefix("http://").encode())]
    assert await status_of("GET", f"{ROOT}/sandboxes/default/journal", urlencode({field: id}), headers, "") == 200


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("query", [{}, {"about": "nobody"}, {"about": PARTICIPANTS[0]}])
async def test_the_stream_of_a_view_begins_or_is_refused(view: str, query: dict[str, str], failures: list[str]) -> None:
    # Streams belong to the event loop that they began in, so each test has a mock of its own.
    mock = build_app(Settings(rate_limit=None))
    headers = [(b"host", ORIGIN.removeprefix("http://").encode())]
    asked = urlencode({**query, "before": "9" * 5000, "entry": "9" * 5000, "page": "9" * 5000})
    status = await status_of("GET", f"{ROOT}/sandboxes/default/events/{view}", asked, headers, "", mock)
    records = {
        "v1.participant": WORLD.participants,
        "v3.person": V3_WORLD.teachers,
        "v3.statement": V3_WORLD.statements,
    }
    nobody = VIEWS[view].below and query.get("about") not in records.get(view, ())
    assert status == (404 if nobody else 200)
    assert failures == []
