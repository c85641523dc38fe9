"""The stream to an open page, over real HTTP: only what is new, not too often, and nothing once nobody looks."""

import asyncio
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from mock_server.app import Application, build_app
from mock_server.serve import base_url, listening_socket, uvicorn_server
from mock_server.settings import Settings
from mock_server.web.live import Partial, message

PARTICIPANTS = "/api/v1/participants/ecf"
JOURNAL = "/_mock/ui/sandboxes/default/events/journal"


@dataclass
class Served:
    application: Application
    url: str
    server: uvicorn.Server
    thread: threading.Thread

    @property
    def listeners(self) -> int:
        return len(self.application.registry.default.journal.listeners)


@contextmanager
def serving() -> Iterator[Served]:
    application = build_app(Settings(rate_limit=None, clock="2021-11-20T09:00:00Z,still"))
    listener = listening_socket("127.0.0.1", 0)
    server = uvicorn_server(application)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Served(application, base_url(listener), server, thread)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as each:
        yield each


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A lead provider's client of a mock that is as it was at first."""
    headers = {"authorization": "Bearer alder-token"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=10) as each:
        await each.post("/_mock/sandboxes/default/reset")
        yield each


@dataclass
class Stream:
    """An open page's stream; a message is a list of (target, how, content)."""

    lines: AsyncIterator[str]

    async def next(self, wanted: str | None = None) -> list[tuple[str, str, str]]:
        """The next message, or the next one that has something for the target `wanted`."""
        # Long enough for a busy machine. Only a stream that hangs takes so long.
        async with asyncio.timeout(60):
            data: list[str] = []
            async for line in self.lines:
                if line.startswith("event: "):
                    return [("event", line.removeprefix("event: "), "")]
                if line.startswith("data:"):
                    data.append(line.removeprefix("data: "))
                elif not line and data:
                    parts = parts_of("\n".join(data))
                    if wanted is None or wanted in (part[0] for part in parts):
                        return parts
                    data = []
        raise AssertionError("the stream ended")

    async def silent(self, seconds: float) -> bool:
        """Whether nothing comes for so long; the stream can't be used afterwards."""
        try:
            async with asyncio.timeout(seconds):
                await self.lines.__anext__()
        except TimeoutError:
            return True
        return False


def parts_of(html: str) -> list[tuple[str, str, str]]:
    return re.findall(r'<hx-partial hx-target="#([^"]*)" hx-swap="([^"]*)">(.*?)</hx-partial>', html, re.DOTALL)


@asynccontextmanager
async def streaming(client: httpx.AsyncClient, view: str, sandbox: str = "default") -> AsyncIterator[Stream]:
    async with client.stream("GET", f"/_mock/ui/sandboxes/{sandbox}/events/{view}") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


def ids(content: str) -> list[int]:
    return [int(id) for id in re.findall(r'id="request-(\d+)"', content)]


def entries(parts: list[tuple[str, str, str]]) -> tuple[str, list[int]]:
    [(_, how, content)] = [part for part in parts if part[0] == "entries"]
    return how, ids(content)


async def test_everything_is_sent_once_and_then_only_what_is_new(client: httpx.AsyncClient) -> None:
    await client.get(PARTICIPANTS)
    async with streaming(client, "journal") as stream:
        first = await stream.next()
        assert [part[0] for part in first] == ["bar-clock", "tabs", "entries"]
        how, [shown] = entries(first)
        assert how == "innerMorph"
        await client.get(PARTICIPANTS)
        await client.get(PARTICIPANTS)
        second = await stream.next()
        assert [part[0] for part in second] == ["tabs", "entries"]
        how, new = entries(second)
        if len(new) == 1:
            new = entries(await stream.next())[1] + new
        assert (how, new) == ("afterbegin", [shown + 2, shown + 1])
        assert await stream.silent(1.2)


async def test_filters_hold_for_what_comes_in(client: httpx.AsyncClient) -> None:
    async with streaming(client, "journal?method=POST&status=4xx") as stream:
        await stream.next()
        await client.get(PARTICIPANTS)
        await client.post("/api/v1/participant-declarations", json={})
        how, [id] = entries(await stream.next("entries"))
        assert how == "afterbegin"
        entry = (await client.get("/_mock/sandboxes/default/requests", params={"method": "POST"})).json()["requests"][0]
        assert entry["id"] == id


async def test_a_list_held_still_is_left_alone(client: httpx.AsyncClient) -> None:
    async with streaming(client, "journal?live=off") as stream:
        assert [part[0] for part in await stream.next()] == ["bar-clock", "tabs"]
        await client.get(PARTICIPANTS)
        assert [part[0] for part in await stream.next()] == ["tabs"]


async def test_a_journal_that_was_cleared_is_shown_as_it_is_now(client: httpx.AsyncClient) -> None:
    await client.get(PARTICIPANTS)
    async with streaming(client, "journal") as stream:
        await stream.next()
        await client.delete("/_mock/sandboxes/default/requests")
        assert entries(await stream.next("entries")) == ("innerMorph", [])


async def test_a_flood_of_requests_becomes_few_short_messages(served: Served, client: httpx.AsyncClient) -> None:
    async with streaming(client, "journal") as stream:
        await stream.next()
        begun = time.monotonic()
        for _ in range(8):
            await asyncio.gather(*(client.get(f"{PARTICIPANTS}/x") for _ in range(50)))
        last = max(entry.id for entry in served.application.registry.default.journal)
        messages, newest = 0, 0
        while newest < last:
            how, new = entries(await stream.next("entries"))
            assert how == "afterbegin"
            # What more there is would leave the page at once.
            assert 0 < len(new) <= 100
            assert new == sorted(new, reverse=True)
            messages, newest = messages + 1, new[0]
        assert messages <= (time.monotonic() - begun) / 0.25 + 1


async def test_a_clock_that_runs_is_seen_running(client: httpx.AsyncClient) -> None:
    async with streaming(client, "clock") as stream:
        assert [part[0] for part in await stream.next()] == ["bar-clock", "tabs", "time", "runs"]
        await client.put("/_mock/sandboxes/default/clock", json={"running": True})
        shown = [await stream.next() for _ in range(2)]
        assert [part[0] for part in shown[1]] == ["bar-clock", "time"]
        assert shown[0] != shown[1]


async def test_a_person_s_timeline_grows_while_somebody_looks(client: httpx.AsyncClient) -> None:
    id = (await client.get(PARTICIPANTS)).json()["data"][0]["id"]
    async with streaming(client, f"v1.participant?about={id}") as stream:
        await stream.next("timeline")
        await client.put(f"/_mock/sandboxes/default/v1/participants/{id}/status", json={"status": "withdrawn"})
        parts = {part[0]: part[2] for part in await stream.next("timeline")}
        assert "Removed by the school" in parts["timeline"]
        assert "removed by school" in parts["person"]


async def test_the_board_fills_requirement_by_requirement(client: httpx.AsyncClient) -> None:
    async with streaming(client, "readiness") as stream:
        first = await stream.next()
        assert len(first) > 30
        await client.get(PARTICIPANTS)
        changed = {part[0]: part[2] for part in await stream.next("need-access-authenticated")}
        assert "passed" in changed["need-access-authenticated"]
        assert "summary" in changed
        assert len(changed) < 15


async def test_a_fault_is_counted_while_somebody_looks(client: httpx.AsyncClient) -> None:
    await client.post("/_mock/sandboxes/default/faults", json={"match": {}, "respond": {"status": 503}, "times": 2})
    async with streaming(client, "faults") as stream:
        assert "0 of 2 request" in str(await stream.next("faults"))
        await client.get(PARTICIPANTS)
        assert "1 of 2 request" in str(await stream.next("faults"))


async def test_the_stream_of_a_sandbox_that_is_deleted_ends(client: httpx.AsyncClient) -> None:
    await client.post("/_mock/sandboxes", json={"id": "short-lived"})
    async with streaming(client, "journal", "short-lived") as stream:
        await stream.next()
        await client.delete("/_mock/sandboxes/short-lived")
        while (said := await stream.next()) != [("event", "gone", "")]:
            assert said[0][0] in ("bar-clock", "tabs", "entries")


async def test_a_page_that_nobody_has_open_has_no_listener(served: Served, client: httpx.AsyncClient) -> None:
    assert served.listeners == 0
    async with streaming(client, "journal") as first:
        await first.next()
        async with streaming(client, "clock") as second:
            await second.next()
            assert served.listeners == 2
    async with asyncio.timeout(5):
        while served.listeners:
            await asyncio.sleep(0.05)


async def test_looking_with_head_opens_no_stream(served: Served, client: httpx.AsyncClient) -> None:
    assert (await client.head(JOURNAL)).status_code == 200
    assert served.listeners == 0


def test_a_server_with_open_pages_stops_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as served, httpx.Client(base_url=served.url) as client, client.stream("GET", JOURNAL) as answer:
        lines = answer.iter_lines()
        next(lines)
        served.server.should_exit = True
        for _ in lines:
            pass
        served.thread.join()
    # Had it waited, and cut the stream off in the end, the server would have said so.
    assert caplog.text == ""


def test_whatever_stands_in_the_html_stays_data() -> None:
    sent = message([Partial("entries", "innerMorph", "a\r\nevent: x\rid: 7\n\nretry: 1")])
    lines = sent.split("\n")
    assert lines[-2:] == ["", ""]
    assert all(line.startswith("data: ") for line in lines[:-2])
    assert "\r" not in sent
