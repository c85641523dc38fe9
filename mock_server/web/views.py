"""The views that every mock has, whatever its services."""

from itertools import groupby
from typing import Final

from mock_server.control.records import sandbox_record
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.web import journal_view, readiness_view
from mock_server.web.forms import FAULTS
from mock_server.web.kit import web_kit
from mock_server.web.view import Context, PageView
from mock_server.web.visit import Visit

# How many sandboxes the view and the bar list: nobody reads through more. The address of any other still works.
MAX_LISTED: Final = 100
MAX_IN_BAR: Final = 30
# How many runs the clock's view lists: nobody reads through more.
_MOST_RUNS: Final = 12


async def _clock(visit: Visit) -> Context:
    sandbox = visit.sandbox
    ahead = [
        (moment, service.name, text)
        for service in sandbox.services
        if (kit := web_kit(service)) is not None
        for moment, text in kit.ahead(sandbox.world(service))
    ]
    ahead.sort(key=lambda run: run[0])
    # One run is everything that happens at one moment.
    runs = [(moment, [run[1:] for run in group]) for moment, group in groupby(ahead, lambda run: run[0])]
    return {"runs": runs[:_MOST_RUNS], "clock": sandbox.clock}


async def _faults(visit: Visit) -> Context:
    return {
        "faults": visit.sandbox.faults.records(),
        "kinds": FAULTS,
        "apis": [service.name for service in visit.sandbox.services],
        "operation_ids": journal_view.operation_ids(visit),
    }


async def _sandboxes(visit: Visit) -> Context:
    records = [sandbox_record(sandbox) for sandbox in listed(visit, MAX_LISTED)]
    return {"records": records, "all": len(visit.registry)}


def listed(visit: Visit, most: int) -> list[Sandbox]:
    """The default sandbox, then the newest first, `most` at most. The visited sandbox is always among them."""
    first, *others = visit.registry
    shown = [first, *reversed(others)][:most]
    return shown if visit.sandbox in shown else [*shown[:-1], visit.sandbox]


# The tabs of the services stand between these.
BEFORE_KITS: Final = (PageView("journal", "Journal", journal_view.context, follow=journal_view.tail),)
AFTER_KITS: Final = (
    PageView("clock", "Clock", _clock, ("time", "runs")),
    PageView("faults", "Faults", _faults, ("faults",)),
    PageView("readiness", "Readiness", readiness_view.context, follow=readiness_view.Board),
    PageView("sandboxes", "Sandboxes", _sandboxes, ("sandboxes",)),
)
