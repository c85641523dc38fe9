"""The readiness board: what the client's requests show about it. The board fills while the client runs.

Each API has a board of its own. The address may name the API.
"""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

from mock_server.harness.readiness.evaluation import Result, readiness, summary
from mock_server.harness.readiness.kit import readiness_kit
from mock_server.service import Service
from mock_server.web.live import Partial
from mock_server.web.templates import render
from mock_server.web.visit import Visit

# Words for people: the page never tells a verdict by colour alone.
VERDICTS: Final = {"passed": "passed", "failed": "failed", "not_seen": "not seen yet"}


async def context(visit: Visit) -> dict[str, Any]:
    service = _service(visit)
    results = await readiness(visit.sandbox, service)
    return {
        "boards": [(each, each.title) for each in _graded(visit)],
        "service": service,
        # The event stream shows the same board, whatever the newest request is about by then.
        "kept": {"api": service.name},
        "summary": _summary(results),
        "groups": [(name, list(group)) for name, group in groupby(results, lambda result: result.requirement.group)],
        "verdicts": VERDICTS,
        "place": place,
    }


def _graded(visit: Visit) -> Sequence[Service]:
    """The services whose clients get grades."""
    return [each for each in visit.sandbox.services if readiness_kit(each) is not None]


def _service(visit: Visit) -> Service:
    """The service whose board the visitor wants. Without a choice, it is that of the newest request."""
    graded = _graded(visit) or visit.sandbox.services
    for each in graded:
        if each.name == visit.query.get("api"):
            return each
    asked = [each for entry in visit.sandbox.journal for each in graded if entry.service is each]
    return asked[-1] if asked else graded[0]


def _summary(results: Sequence[Result]) -> dict[str, Any]:
    required = [result for result in results if result.level == "must"]
    return {
        **asdict(summary(result.verdict for result in results)),
        "all": len(results),
        "failing": [result.id for result in results if result.verdict == "failed"],
        "required": len(required),
        "missing": sum(result.verdict != "passed" for result in required),
    }


def place(id: str) -> str:
    """The id of a requirement's element. It has no dots, because a selector reads a dot as a class."""
    return f"need-{id.replace('.', '-')}"


class Board:
    """Sends each requirement that has changed on the board, and the summary if it has changed."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._service = _service(visit)
        self._version = -1
        self._sent: dict[str, str] = {}

    async def __call__(self) -> Sequence[Partial]:
        journal = self._visit.sandbox.journal
        if journal.version == self._version:
            return ()
        self._version = journal.version
        results = await readiness(self._visit.sandbox, self._service)
        common = {"visit": self._visit, "verdicts": VERDICTS}
        shown = {place(result.id): render("live/need", {**common, "result": result}) for result in results}
        shown["summary"] = render("live/summary", {"summary": _summary(results)})
        changed = {target: html for target, html in shown.items() if self._sent.get(target) != html}
        self._sent |= changed
        return [Partial(target, "innerMorph", html) for target, html in changed.items()]
