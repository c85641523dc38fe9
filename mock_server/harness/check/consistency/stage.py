"""Runs the stage `consistency`."""

from collections.abc import Callable, Iterator

from mock_server.harness.check.bench import World, noticed
from mock_server.harness.check.consistency import reading, writing
from mock_server.harness.check.consistency.views import View
from mock_server.harness.check.consistency.writing import Writable
from mock_server.harness.check.outcome import OUT_OF_TIME, Untried
from mock_server.harness.check.pace import OutOfTime
from mock_server.harness.check.records import Records
from mock_server.harness.check.traffic import TrafficLog


def check_consistency(
    records: Records, world: World, traffic: TrafficLog, may_write: Writable, step: Callable[[str], None]
) -> None:
    """Compares what the lists say, then changes what it may, undoes it, and compares again."""
    stage = traffic.stage
    views: dict[str, View] = {}
    for listing in records.listings:
        with noticed(traffic, listing.operation, "The list can be read to its end."):
            views[listing.name] = View(world.own, listing)
    if len(views) < len(records.listings):
        return
    stage.facts["records"] = sum(len(view.whole) for view in views.values())
    left = list(_checks(records, views, traffic, may_write))
    number = len(left)
    try:
        while left:
            says, operation, test = left[0]
            step(f"{number - len(left) + 1} of {number}: {says}")
            with noticed(traffic, operation, says):
                test()
            left.pop(0)
    except OutOfTime:
        stage.cut_short = True
        stage.notes += [Untried(f"{says} (on {operation})", OUT_OF_TIME) for says, operation, _ in left]


def _checks(
    records: Records, views: dict[str, View], traffic: TrafficLog, may_write: Writable
) -> Iterator[reading.Check]:
    for view in views.values():
        yield from reading.checks(view)
    yield from writing.checks(records, views, traffic, may_write)
    for view in views.values():
        yield from reading.end(view)
