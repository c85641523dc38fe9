"""The live journal: its filters, its newest entries, and everything about one entry."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.http.contract import operations
from mock_server.http.curl import curl
from mock_server.sandbox.globs import Glob
from mock_server.sandbox.journal import Entry, Filter, contract_problems
from mock_server.sandbox.records import JournalEntry
from mock_server.web.kit import RecordLink, web_kit
from mock_server.web.live import Follower, Partial
from mock_server.web.templates import render
from mock_server.web.visit import Visit

# How many entries one page shows. Older ones are on the next page.
WINDOW: Final = 100
# How many entries we look at before other tasks get a turn.
_SLICE = 200

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
MARKS: Final = {
    "contract": "those that broke the contract",
    "rules": "those that a rule refused",
    "fault": "those that a fault changed",
}
_STATUS = re.compile(r"([1-5])(?:([0-9]{2})|xx)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GUIDE = re.compile(r'<([^>]+)>; rel="help"')
_HOST = re.compile(r"https?://[^/]+")
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """What the page's filters let through. `mark` is one of MARKS; `problems` says what it can't read, by field."""

    filter: Filter
    mark: str | None
    without_provider: bool
    problems: Mapping[str, str]

    def fits(self, entry: Entry) -> bool:
        return (
            self.filter.fits(entry)
            and (not self.without_provider or entry.provider is None)
            and (self.mark is None or _marked(entry, self.mark))
        )


def _marked(entry: Entry, mark: str) -> bool:
    if mark == "rules":
        return bool(entry.answer.rules)
    return entry.fault is not None if mark == "fault" else bool(contract_problems(entry))


def wanted(query: Mapping[str, str]) -> JournalQuery:
    """The filters that the page's form sends. It skips those that it can't read, and reports them in `problems`."""
    problems = {}
    statuses = None
    if status := query.get("status"):
        if match := _STATUS.fullmatch(status):
            first = int(match[1] + (match[2] or "00"))
            statuses = range(first, first + (1 if match[2] else 100))
        else:
            problems["status"] = "Write a status such as 422, or 4xx"
    path = query.get("path")
    if path and "*" not in path:
        path = f"*{path}*"
    provider, mark = query.get("provider"), query.get("mark")
    return JournalQuery(
        Filter(
            method=query.get("method"),
            path=Glob(path) if path else None,
            statuses=statuses,
            operation_id=query.get("operation_id"),
            provider=None if provider == NOBODY else provider,
            api=query.get("api"),
        ),
        mark if mark in MARKS else None,
        provider == NOBODY,
        problems,
    )


def filters(query: Mapping[str, str]) -> dict[str, str]:
    """The part of the query that filters."""
    names = ("api", "method", "path", "status", "operation_id", "provider", "mark")
    return {name: query[name] for name in names if name in query}


@dataclass(frozen=True, slots=True)
class Found:
    """At most WINDOW entries, newest first. `older` says whether there are more; `last` is the newest id of all."""

    entries: list[Entry]
    older: bool
    last: int


async def newest(visit: Visit, *, before: int | None = None, after: int = 0) -> Found:
    """The newest entries with ids between `after` and `before` that the filters let through."""
    sought = wanted(visit.query)
    found: list[Entry] = []
    # A copy, because the journal changes while other tasks get their turn.
    entries = list(visit.sandbox.journal)
    entries.reverse()
    last = entries[0].id if entries else after
    for start in range(0, len(entries), _SLICE):
        for entry in entries[start : start + _SLICE]:
            if entry.id <= after:
                return Found(found, False, last)
            if (before is None or entry.id < before) and sought.fits(entry):
                if len(found) == WINDOW:
                    return Found(found, True, last)
                found.append(entry)
        await asyncio.sleep(0)
    return Found(found, False, last)


async def context(visit: Visit) -> dict[str, Any]:
    journal, query = visit.sandbox.journal, visit.query
    before = _id(query.get("before", ""))
    found = await newest(visit, before=before)
    entry = _id(query.get("entry", ""))
    opened = None if entry is None else journal.entry(entry)
    return {
        "rows": [journal.outline_of(entry) for entry in found.entries],
        "older": found.entries[-1].id if found.older else None,
        "before": before,
        "live": before is None and query.get("live") != "off",
        "filters": filters(query),
        "filter_problems": wanted(query).problems,
        "methods": METHODS,
        "marks": MARKS,
        "apis": [service.name for service in visit.sandbox.services],
        "operation_ids": operation_ids(visit, query.get("api")),
        "entry": entry_context(visit, opened) if opened else None,
        "entry_gone": "entry" in query and opened is None,
        "window": WINDOW,
    }


def _id(text: str) -> int | None:
    """An entry's id, or None for text that can't be one, such as thousands of digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def operation_ids(visit: Visit, api: str | None = None) -> list[str]:
    """The operation ids of one service, or of all: each once, in the order of the contracts."""
    services = [service for service in visit.sandbox.services if api in (None, service.name)]
    found = [operation.id for service in services for operation in operations(service.contract)]
    return list(dict.fromkeys(found))


def entry_context(visit: Visit, entry: Entry) -> dict[str, Any]:
    """One entry's record, and what else the page shows of the entry."""
    record = visit.sandbox.journal.record_of(entry)
    catalogue = entry.service.catalogue if entry.service else {}
    error_catalogue = visit.docs(entry.service.error_catalogue if entry.service else "")
    return {
        **{name: getattr(record, name) for name in JournalEntry.__slots__},
        "broken_rules": [catalogue[id] for id in record.rules if id in catalogue],
        "error_catalogue": error_catalogue,
        "guide": _guide(visit, record, error_catalogue),
        "people": _people(visit, entry, record),
        "curl": _curl(record, visit.base_url),
    }


def _guide(visit: Visit, record: JournalEntry, error_catalogue: str) -> str | None:
    """The paragraph of the guide that the answer's `Link` names. None if `Link` leads out of our documentation.

    None also if `Link` names the error catalogue: the broken rules already lead there.
    """
    match = _GUIDE.fullmatch(record.response.headers.get("link", ""))
    if match is None:
        return None
    # The client may have reached the mock under another host than the page.
    address = match[1] if visit.docs_url else _HOST.sub("", match[1])
    named = address.startswith(visit.docs("")) and not address.startswith(f"{error_catalogue}#")
    return address if named else None


def _people(visit: Visit, entry: Entry, record: JournalEntry) -> Sequence[RecordLink]:
    """The people whom the request names, or whose declaration it names: five at most."""
    kit = web_kit(entry.service) if entry.service else None
    world = visit.sandbox.worlds.get(entry.service.name) if entry.service else None
    if kit is None or world is None:
        return ()
    named = _UUID.findall(f"{record.path} {record.query} {record.request.body or ''}")
    return kit.people(world, (id.lower() for id in named))[:5]


def tail(visit: Visit) -> Follower:
    return _Silence() if visit.query.get("live") == "off" else Tail(visit)


class _Silence:
    """Sends nothing: the visitor has turned live updates off."""

    async def __call__(self) -> Sequence[Partial]:
        return ()


class Tail:
    """Sends entries while the page is open: the whole list at first and after each clearing, else only new ones."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._last = 0
        self._cleared = -1

    async def __call__(self) -> Sequence[Partial]:
        journal = self._visit.sandbox.journal
        whole = self._cleared != journal.cleared
        self._cleared = journal.cleared
        # `newest` gives WINDOW entries at most. That is enough: so many push everything else off the page.
        found = await newest(self._visit, after=0 if whole else self._last)
        self._last = found.last
        if not found.entries and not whole:
            return ()
        rows = [journal.outline_of(entry) for entry in found.entries]
        html = render("live/entries", {"visit": self._visit, "rows": rows, "filters": filters(self._visit.query)})
        return (Partial("entries", "innerMorph" if whole else "afterbegin", html),)


# Headers that curl sets by itself, or that concern the connection and not the request.
_LEFT_OUT = frozenset(
    "host content-length connection transfer-encoding accept-encoding user-agent keep-alive te".split()
)


def _curl(record: JournalEntry, base_url: str) -> str:
    """The request of a journal entry as a curl command, which takes the token from `$TOKEN`."""
    address = f"{base_url}{record.path}" + (f"?{record.query}" if record.query else "")
    request = record.request
    sent = {name: value for name, value in request.headers.items() if name not in _LEFT_OUT}
    token = {"authorization": "Bearer $TOKEN"} if sent.pop("authorization", None) else {}
    return curl(record.method, address, {**token, **sent}.items(), request.body)
