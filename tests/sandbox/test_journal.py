"""The journal: what it keeps, how it is read, and that no token comes out of it."""

import gc
import tracemalloc
import weakref
from time import time
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from mock_server.control.models import plain
from mock_server.http.exchange import JSON_API, Answer, Listed
from mock_server.sandbox.journal import MAX_KEPT_BODY, Journal, SchoolChange
from tests.shell import ALDER, DECLARATIONS, GOOD_BODY, JSON, PARTICIPANTS, Shell, make_shell
from tests.specifications import Document

PAGE = Document("control").content["components"]["schemas"]["JournalPage"]
UNKNOWN = {"authorization": "Bearer somebody-elses-secret"}


async def some_requests() -> Shell:
    shell = make_shell()
    await shell.get(PARTICIPANTS, "page[page]=2")
    await shell.post(GOOD_BODY)
    await shell.get("/nowhere")
    await shell.get(PARTICIPANTS, headers=UNKNOWN)
    await shell.get(f"{PARTICIPANTS}/x")
    return shell


async def test_an_entry_says_everything_about_its_request_and_answer() -> None:
    shell = make_shell(
        handler=lambda call: Answer(422, b'{"errors": []}', JSON_API, headers=(("x-mock-rule", "a-b"),), rules=("a-b",))
    )
    await shell.ask("POST", DECLARATIONS, ALDER | JSON | {"x-with-server-date": "2021-11-20T09:00:00Z"}, GOOD_BODY)
    [entry] = shell.entries
    assert entry.pop("at").endswith("Z")
    assert entry.pop("duration_ms") >= 0
    assert [problem for problem in entry.pop("contract") if "declaration_date" in problem]
    assert entry == {
        "id": 1,
        "server_date": "2021-11-20T09:00:00Z",
        "api": "v1",
        "provider": "alder",
        "method": "POST",
        "path": DECLARATIONS,
        "query": "",
        "operation_id": "createParticipantDeclaration",
        "request": {
            "headers": {
                "authorization": "Bearer [token of alder]",
                "content-type": "application/json",
                "x-with-server-date": "2021-11-20T09:00:00Z",
                "content-length": str(len(GOOD_BODY)),
            },
            "body": GOOD_BODY.decode(),
            "truncated": False,
        },
        "status": 422,
        "response": {
            "headers": {"x-mock-rule": "a-b", "content-type": "application/vnd.api+json"},
            "body": '{"errors": []}',
            "truncated": False,
        },
        "rules": ["a-b"],
        "fault": None,
        "unheard": None,
        "record_ids": None,
    }


async def test_entries_keep_the_shape_that_the_control_api_promises() -> None:
    shell = await some_requests()
    entries, following = shell.sandbox.journal.page()
    page = orjson.loads(orjson.dumps(plain({"requests": entries, "next": following})))
    assert Document("control").complaints(PAGE, page) == []


async def test_requests_without_a_valid_token_are_noted_without_a_provider() -> None:
    shell = await some_requests()
    entry = shell.entries[3]
    assert (entry["provider"], entry["status"], entry["operation_id"]) == (None, 401, "listEcfParticipants")
    assert (shell.entries[2]["operation_id"], shell.entries[2]["status"]) == (None, 404)


async def test_an_unknown_token_that_names_a_sandbox_is_noted_there() -> None:
    shell = make_shell()
    other = shell.registry.create("other", shell.registry.defaults)
    await shell.get(PARTICIPANTS, headers={"authorization": "Bearer nobody-token.other"})
    assert (len(shell.sandbox.journal), len(other.journal)) == (0, 1)


async def test_an_unknown_token_is_noted_where_a_token_in_the_query_leads() -> None:
    shell = make_shell()
    other = shell.registry.create("other", shell.registry.defaults)
    await shell.get(PARTICIPANTS, "x=1&token=alder-token.other", headers={})
    assert (len(shell.sandbox.journal), len(other.journal)) == (0, 1)


async def test_a_request_without_a_token_is_noted_where_its_connection_was_last_used() -> None:
    shell = make_shell()
    other = shell.registry.create("other", shell.registry.defaults)
    theirs, another = ("127.0.0.1", 50001), ("127.0.0.1", 50002)
    await shell.ask("GET", PARTICIPANTS, {"authorization": "Bearer alder-token.other"}, client=theirs)
    await shell.ask("GET", PARTICIPANTS, {}, client=theirs)
    await shell.ask("GET", PARTICIPANTS, {}, client=("127.0.0.2", 50002))
    assert [entry.connection for entry in other.journal] == [theirs, theirs]
    assert len(shell.sandbox.journal) == 1
    # Nobody else is at work there, so a new connection is theirs, too.
    await shell.ask("GET", PARTICIPANTS, {}, client=another)
    assert [entry.connection for entry in other.journal] == [theirs, theirs, another]
    third = shell.registry.create("third", shell.registry.defaults)
    await shell.ask("GET", PARTICIPANTS, {"authorization": "Bearer alder-token.third"}, client=another)
    await shell.ask("GET", PARTICIPANTS, {}, client=("127.0.0.1", 50003))
    assert (len(other.journal), len(third.journal), len(shell.sandbox.journal)) == (3, 1, 2)


# -- changes by schools --------------------------------------------------------------------------


async def test_changes_go_when_the_requests_of_their_time_go() -> None:
    journal = Journal(max_entries=2)
    shell = make_shell()
    shell.sandbox.journal = journal
    for id in ("a", "b"):
        journal.note_change(SchoolChange(time(), "v1", id, ("alder",)))
        await shell.get(PARTICIPANTS)
    assert [change.participant_id for change in journal.changes] == ["a", "b"]
    await shell.get(PARTICIPANTS)
    # The first request is gone, and with it the change before it.
    assert [change.participant_id for change in journal.changes] == ["b"]
    journal.clear()
    assert not journal.changes


# -- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authorization", "shown"),
    [
        ("Bearer alder-token", "Bearer [token of alder]"),
        ("bearer alder-token", "Bearer [token of alder]"),
        ("Bearer somebody-elses-secret", "Bearer [unknown token]"),
        ("Bearer ", "Bearer [unknown token]"),
        ("alder-token", "[hidden: no bearer token]"),
        ("Basic c2VjcmV0OnNlY3JldA==", "[hidden: no bearer token]"),
        ("", "[hidden: no bearer token]"),
    ],
)
async def test_the_authorization_header_is_hidden(authorization: str, shown: str) -> None:
    shell = make_shell()
    await shell.get(PARTICIPANTS, headers={"authorization": authorization})
    assert shell.entries[0]["request"]["headers"]["authorization"] == shown


async def test_tokens_are_hidden_wherever_they_stand() -> None:
    unknown = "somebody-elses-token"
    shell = make_shell(handler=lambda call: Answer(200, b'"alder-token"', headers=(("x-echo", "birch-token"),)))
    headers = {"x-copy": "alder-token", "cookie": "session=1", "proxy-authorization": "Basic x"} | JSON
    body = b'{"data": {"token": "cedar-token", "alder-token": 1}}'
    await shell.ask("POST", DECLARATIONS, ALDER | headers, body, query="token=alder-token")
    await shell.ask(
        "GET", f"/{unknown}", {"authorization": f"Bearer {unknown}", "x-copy": unknown}, query=f"t={unknown}"
    )
    text = orjson.dumps(shell.entries).decode()
    assert "-token" not in text
    assert unknown not in text
    assert "session=1" not in text
    assert "Basic" not in text
    assert text.count("[token of alder]") >= 5


async def test_a_token_of_another_sandbox_is_hidden_whole() -> None:
    shell = make_shell()
    other = shell.registry.create("other", shell.registry.defaults)
    await shell.get("/alder-token.other", "token=alder-token", headers={"authorization": "Bearer alder-token.other"})
    text = orjson.dumps(other.journal.page()[0]).decode()
    assert "-token" not in text
    assert '"/[token of alder]"' in text


# -- bounds --------------------------------------------------------------------------------------


async def test_bodies_are_cut_at_64_kib_and_a_list_still_tells_its_records() -> None:
    ids = ["0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"]
    listed = Listed([SimpleNamespace(id=id) for id in ids])
    shell = make_shell(handler=lambda call: Answer(200, b"x" * 70_000, listed=listed))
    await shell.post(GOOD_BODY + b" " * 70_000)
    [entry] = shell.entries
    assert entry["request"]["truncated"]
    assert entry["response"]["truncated"]
    assert len(entry["request"]["body"]) == len(entry["response"]["body"]) == MAX_KEPT_BODY
    assert entry["record_ids"] == ids
    assert entry["contract"] == []


async def kept(journal: Journal, count: int, body: bytes = b"") -> list[int]:
    shell = make_shell(handler=lambda call: Answer(200, body))
    shell.sandbox.journal = journal
    for _ in range(count):
        await shell.get(PARTICIPANTS)
    return [entry["id"] for entry in shell.entries]


@pytest.mark.parametrize(
    ("headers", "body", "records"),
    [(0, 0, 0), (8, 3000, 0), (50, 0, 0), (4, 0, 3000), (4, 200_000, 0)],
    ids=["bare", "usual", "many-headers", "a-long-list", "a-cut-answer"],
)
async def test_entries_weigh_what_they_say(headers: int, body: int, records: int) -> None:
    """Otherwise the bound in bytes would be one on paper only."""
    listed = [SimpleNamespace(id=str(number)) for number in range(records)]
    shell = make_shell(handler=lambda call: Answer(200, bytes(bytearray(body)), listed=Listed(listed.copy())))
    # Whatever is made once is made now.
    await shell.get(PARTICIPANTS)
    shell.sandbox.journal.clear()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(100):
            more = {f"x-header-{place}-{number}": f"value {place}" for place in range(headers)}
            await shell.get(PARTICIPANTS, f"page[page]={number + 1}", headers=ALDER | more)
        # What belongs to the latest call only isn't the journal's.
        await shell.get("/nowhere")
        shell.calls.clear()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = sum(entry.size for entry in shell.sandbox.journal)
    assert len(shell.sandbox.journal) == 101
    assert after - before <= said <= 2.2 * (after - before)


class OneRecord:
    """Unlike most objects without a class of their own it can be followed by a weak reference."""

    id = "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"


async def test_a_world_that_is_replaced_does_not_live_on_in_the_journal() -> None:
    record = OneRecord()
    gone = weakref.ref(record)
    world = [record]
    del record
    shell = make_shell(handler=lambda call: Answer(200, b"{}", listed=Listed(world.copy())))
    await shell.get(PARTICIPANTS)
    world.clear()
    assert gone() is not None
    shell.sandbox.restore_snapshot(shell.sandbox.take_snapshot())
    gc.collect()
    assert gone() is None
    assert shell.entries[0]["record_ids"] == [OneRecord.id]


async def test_the_oldest_entries_go_first_when_there_are_too_many() -> None:
    assert await kept(Journal(max_entries=3), 5) == [3, 4, 5]


async def test_the_oldest_entries_go_first_when_they_take_too_much_room() -> None:
    assert await kept(Journal(max_bytes=25_000), 5, b"x" * 10_000) == [4, 5]


async def test_a_journal_of_no_entries_keeps_none() -> None:
    assert await kept(Journal(max_entries=0), 5) == []


async def test_clearing_leaves_the_count_going() -> None:
    shell = await some_requests()
    shell.sandbox.journal.clear()
    assert shell.entries == []
    await shell.get(PARTICIPANTS)
    assert [entry["id"] for entry in shell.entries] == [6]


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"method": "POST"}, [2]),
        ({"status": 404}, [3]),
        ({"status": 401}, [4]),
        ({"operation_id": "listEcfParticipants"}, [1, 4]),
        ({"path": PARTICIPANTS}, [1, 4]),
        ({"path": "/api/v1/participants*"}, [1, 4, 5]),
        ({"path": "*/x"}, [5]),
        ({"operation_id": "listEcfParticipants", "status": 200}, [1]),
        ({"contract": "broken"}, [2, 3, 5]),
        ({"contract": "kept"}, [1, 4]),
        ({"contract": "broken", "method": "GET", "limit": 2}, [3, 5]),
        ({"after": 0}, [1, 2, 3, 4, 5]),
        ({"after": 3}, [4, 5]),
        ({"after": 5}, []),
        ({"after": 10**17}, []),
    ],
)
async def test_entries_are_found_by_every_filter_together(filters: dict[str, Any], ids: list[int]) -> None:
    shell = await some_requests()
    entries, following = shell.sandbox.journal.page(**filters)
    assert ([entry.id for entry in entries], following) == (ids, None)


async def test_pages_lead_from_one_to_the_next_and_the_last_says_so() -> None:
    journal = (await some_requests()).sandbox.journal
    pages, after = [], 0
    while True:
        entries, following = journal.page(limit=2, after=after)
        pages.append([entry.id for entry in entries])
        if following is None:
            break
        after = following
    assert pages == [[1, 2], [3, 4], [5]]
    # Five entries in pages of five are one page.
    assert journal.page(limit=5)[1] is None


async def test_a_page_goes_on_where_older_entries_have_gone() -> None:
    shell = make_shell()
    shell.sandbox.journal = Journal(max_entries=2)
    for _ in range(5):
        await shell.get(PARTICIPANTS)
    entries, _ = shell.sandbox.journal.page(after=1)
    assert [entry.id for entry in entries] == [4, 5]


async def test_whoever_listens_hears_of_each_change() -> None:
    shell = make_shell()
    journal = shell.sandbox.journal
    versions: list[int] = []
    journal.listeners.append(lambda: versions.append(journal.version))
    await shell.get(PARTICIPANTS)
    journal.clear()
    assert versions == [1, 2]
