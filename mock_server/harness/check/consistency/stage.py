"""Runs the stage `consistency`."""

from collections.abc import Callable
from itertools import zip_longest

from mock_server.harness.check.bench import Bench, noticed
from mock_server.harness.check.consistency import reading, writing
from mock_server.harness.check.consistency.reading import Check
from mock_server.harness.check.consistency.views import PulledList
from mock_server.harness.check.outcome import OUT_OF_TIME, Untried
from mock_server.harness.check.pace import OutOfTime
from mock_server.harness.check.records import Records
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.check.writable import Writable

# How many checks of each list come before the changes, which show much with few requests.
_FIRST = 2


def check_consistency(
    records: Records, bench: Bench, traffic: TrafficLog, may_write: Writable, step: Callable[[str], None]
) -> None:
    """Compares what the lists say, then changes what it may, undoes it, and compares again."""
    stage = traffic.stage
    views: dict[str, PulledList] = {}
    for listing in records.listings:
        with noticed(traffic, listing.operation, "The list can be read to its end."):
            views[listing.name] = PulledList(bench.own, listing)
    if len(views) < len(records.listings):
        return
    stage.facts["records"] = sum(len(view.whole) for view in views.values())
    left = list(_checks(records, views, traffic, may_write))
    number = len(left)
    try:
        while left:
            check = left[0]
            step(f"{number - len(left) + 1} of {number}: {check.says}")
            with noticed(traffic, check.operation, check.says):
                check.test()
            left.pop(0)
    except OutOfTime:
        stage.cut_short = True
        stage.notes += [Untried(f"{check.says} (on {check.operation})", OUT_OF_TIME) for check in left]


def _checks(records: Records, views: dict[str, PulledList], traffic: TrafficLog, may_write: Writable) -> list[Check]:
    # So that little time shows much, each list gets its first check before any gets its second, the cheapest first.
    cheap_first = sorted(views.values(), key=lambda view: len(view.listing.filters))
    turns = list(zip_longest(*(reading.checks(view) for view in cheap_first)))
    first, others = ([check for turn in part for check in turn if check] for part in (turns[:_FIRST], turns[_FIRST:]))
    writes = list(writing.checks(records, views, traffic, may_write))
    ends = [check for view in views.values() for check in reading.end(view)]
    # A stable order, rank by rank.
    return sorted([*first, *writes, *others], key=lambda check: check.rank) + ends
