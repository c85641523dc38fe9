"""The records of one list of v3, kept in order. The time for a page depends on its size and not on the world's.

The order is by a moment. Records of the same moment are in order of creation, even if later moments come first
(rules 2.1 and 2.5).
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mock_server.rules.orders import Order, Selection

Record = TypeVar("Record")
Key = Callable[[Any], tuple[datetime, int]]

# The number of filtered lists that each list keeps in step. It drops the least recently used one first.
MAX_FILTERED: Final = 8

# The number of requests whose sorted records each list keeps until something changes.
MAX_SORTED: Final = 8
# The number of records that share a peak. Few recent records are sorted, because they may be far apart.
_RUN: Final = 64
_FEW: Final = 500

_LAST: Final = 1 << 62


class Sort(NamedTuple):
    """One part of `sort`: by `created_at` or `updated_at`, ascending or descending."""

    attribute: str
    descending: bool = False


BY_CREATION: Final = (Sort("created_at"),)

# Which records a list shows. Equal filters must let the same records through.
Filter = Callable[[Any], bool]


class Listing(Generic[Record]):
    """The records that one list shows, whole and by the recently used filters.

    `lift` a record before you change its moments, or values that filters read. `put` it back afterwards. The moment of
    its creation never changes.
    """

    def __init__(self, created: Key, updated: Key, since: Key | None = None) -> None:
        """`since` gives the moment for `updated_since`, if it isn't the moment for `sort`."""
        self._keys = {"created_at": created, "updated_at": updated}
        if since is not None:
            self._keys["since"] = since
        self._since = "updated_at" if since is None else "since"
        self._shown: dict[Record, None] = {}
        self._whole = self._orders()
        self._filtered: OrderedDict[Filter, dict[str, Order[Record]]] = OrderedDict()
        # By filter, None for the whole list. The first request that needs the peaks makes them.
        self._peaks: dict[Filter | None, _Peaks[Record]] = {}
        # The records sorted for a request. Its client will probably ask for the next page before anything changes.
        self._sorted: OrderedDict[Hashable, Selection[Record]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._shown)

    def __contains__(self, record: Record) -> bool:
        return record in self._shown

    def _orders(self) -> dict[str, Order[Record]]:
        return {name: Order[Record](key) for name, key in self._keys.items()}

    def lift(self, record: Record) -> None:
        """Take the record out for a change. Does nothing if the list doesn't show it."""
        if record not in self._shown:
            return
        for orders in (self._whole, *self._filtered.values()):
            for name, order in orders.items():
                if name != "created_at":
                    self._remove(order, record, name)

    def put(self, record: Record, shown: bool = True) -> None:
        """Show or hide the record. If the list showed it before, you must have lifted it."""
        self._sorted.clear()
        known = record in self._shown
        if shown:
            self._put(None, self._whole, record, known)
            self._shown[record] = None
        elif known:
            self._hide(None, self._whole, record)
            self._shown.pop(record, None)
        for wanted, orders in self._filtered.items():
            known_here = known and _place(orders["created_at"].records, record, self._keys["created_at"]) is not None
            if shown and wanted(record):
                self._put(wanted, orders, record, known_here)
            elif known_here:
                self._hide(wanted, orders, record)

    def take_out(self, record: Record) -> None:
        """Stop showing the record."""
        self.lift(record)
        self.put(record, shown=False)

    def fill(self, records: Sequence[Record]) -> None:
        """Replace all records of the list at once."""
        self._sorted.clear()
        self._filtered.clear()
        self._peaks.clear()
        self._shown = dict.fromkeys(records)
        for order in self._whole.values():
            order.fill(records)

    def _put(self, wanted: Filter | None, orders: dict[str, Order[Record]], record: Record, known: bool) -> None:
        for name, order in orders.items():
            if not known or name != "created_at":
                order.add(record)
        peaks = self._peaks.get(wanted)
        if peaks is not None and not peaks.follow(record, known):
            del self._peaks[wanted]

    def _hide(self, wanted: Filter | None, orders: dict[str, Order[Record]], record: Record) -> None:
        self._remove(orders["created_at"], record, "created_at")
        self._peaks.pop(wanted, None)

    def _remove(self, order: Order[Record], record: Record, name: str) -> None:
        place = _place(order.records, record, self._keys[name])
        if place is not None:
            del order.records[place]

    def select(
        self,
        wanted: Filter | None = None,
        updated_since: datetime | None = None,
        sort: Sequence[Sort] = BY_CREATION,
    ) -> "Selection[Record]":
        """The records that the filter lets through, updated at or after a moment, in the order of `sort`."""
        orders = self._whole if wanted is None else self._kept(wanted)
        sort = tuple(sort) or BY_CREATION
        attribute, descending = sort[0]
        recent = orders[self._since]
        first = 0 if updated_since is None else recent.first_at(updated_since)
        if len(sort) > 1 or (first and attribute != self._since):
            name = (wanted, updated_since, sort)
            selection = self._sorted.get(name)
            if selection is None:
                selection = self._sorted[name] = self._sort(wanted, first, updated_since, sort)
                if len(self._sorted) > MAX_SORTED:
                    self._sorted.popitem(last=False)
            return selection
        order = orders[attribute]
        if descending:
            return _Descending(order.records, first, self._keys[attribute])
        return Selection(order.records, first)

    def _kept(self, wanted: Filter) -> dict[str, Order[Record]]:
        orders = self._filtered.get(wanted)
        if orders is None:
            orders = {name: order.only(wanted) for name, order in self._whole.items()}
            self._filtered[wanted] = orders
            if len(self._filtered) > MAX_FILTERED:
                dropped, _ = self._filtered.popitem(last=False)
                self._peaks.pop(dropped, None)
        else:
            self._filtered.move_to_end(wanted)
        return orders

    def _sort(
        self, wanted: Filter | None, first: int, updated_since: datetime | None, sort: tuple[Sort, ...]
    ) -> "Selection[Record]":
        """The records of requests without a kept order: recent ones in another order, or several parts of `sort`."""
        orders = self._whole if wanted is None else self._filtered[wanted]
        records = orders[self._since].records
        recent = len(records) - first
        if sort == BY_CREATION and updated_since is not None and recent > _FEW:
            peaks = self._peaks.get(wanted)
            if peaks is None:
                peaks = self._peaks[wanted] = _Peaks(orders["created_at"], self._keys[self._since])
            return _Recent(peaks, updated_since, recent)
        records = records[first:]
        created = self._keys["created_at"]
        records.sort(key=lambda record: created(record)[1])
        for attribute, descending in reversed(sort):
            key = self._keys[attribute]
            # Sorting is stable, so equal moments stay in order of creation even under a descending key.
            records.sort(key=lambda record, key=key: key(record)[0], reverse=descending)  # type: ignore[misc]
        return Selection(records)


def _place(records: Sequence[Record], record: Record, key: Key) -> int | None:
    place = bisect_left(records, key(record), key=key)
    return place if place < len(records) and records[place] is record else None


class _Descending(Selection[Record]):
    """The records of an ascending list from one place to its end, with the latest moment first."""

    __slots__ = ("_key",)

    def __init__(self, records: Sequence[Record], start: int, key: Key) -> None:
        super().__init__(records, start)
        self._key = key

    def page(self, number: int, size: int) -> Sequence[Record]:
        first = (number - 1) * size
        return self._between(first, min(first + size, len(self)))

    def all(self) -> Sequence[Record]:
        return self._between(0, len(self))

    def _between(self, first: int, last: int) -> Sequence[Record]:
        """Counted backwards from the end, the n-th record shares its moment with the n-th shown."""
        page: list[Record] = []
        records, key, end = self._records, self._key, len(self._records)
        if first >= last:
            return page
        after = bisect_right(records, (key(records[end - 1 - first])[0], _LAST), key=key)
        while first < last:
            group = self._start_of_group(end - 1 - first)
            shown = group + first - (end - after)
            taken = records[shown : min(after, shown + last - first)]
            page += taken
            first += len(taken)
            after = group
        return page

    def _start_of_group(self, place: int) -> int:
        """The place where the records of one moment begin. Usually it is right here, so the search starts here."""
        records, key = self._records, self._key
        moment, step = key(records[place])[0], 1
        if place == 0 or key(records[place - 1])[0] != moment:
            return place
        while place - step >= 0 and key(records[place - step])[0] == moment:
            place -= step
            step *= 2
        return bisect_left(records, (moment, 0), max(0, place - step), place, key=key)


class _Peaks(Generic[Record]):
    """The latest update in each run of `_RUN` records of an order, or a later moment.

    Whoever looks for recent records skips the runs that have none.
    """

    __slots__ = ("_order", "_peaks", "_since")

    def __init__(self, order: Order[Record], since: Key) -> None:
        self._order, self._since = order, since
        moments = [since(record)[0] for record in order.records]
        self._peaks = [max(moments[start : start + _RUN]) for start in range(0, len(moments), _RUN)]

    def follow(self, record: Record, known: bool) -> bool:
        """The order has the record, which is new to it unless `known`, with another moment of update.

        False if the runs are others now, because the record isn't the last one. You need new peaks then.
        """
        records, peaks = self._order.records, self._peaks
        place = _place(records, record, self._order.key)
        if place is None or not (known or place == len(records) - 1):
            return False
        moment, run = self._since(record)[0], place // _RUN
        if run == len(peaks):
            peaks.append(moment)
        else:
            peaks[run] = max(peaks[run], moment)
        return True

    def recent(self, updated_since: datetime) -> Iterator[Record]:
        """The records updated at or after the moment, in order. Stop when the list changes."""
        records, since = self._order.records, self._since
        for run, peak in enumerate(self._peaks):
            if peak >= updated_since:
                for record in records[run * _RUN : (run + 1) * _RUN]:
                    if since(record)[0] >= updated_since:
                        yield record


class _Recent(Selection[Record]):
    """The records updated at or after a moment, in order of creation.

    It looks only as far as the pages that somebody asks for, and goes on from there for the next page.
    """

    __slots__ = ("_count", "_found", "_further")

    def __init__(self, peaks: _Peaks[Record], updated_since: datetime, count: int) -> None:
        self._found: list[Record] = []
        self._further = peaks.recent(updated_since)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def page(self, number: int, size: int) -> Sequence[Record]:
        first, last = (number - 1) * size, number * size
        self._found += islice(self._further, max(0, last - len(self._found)))
        return self._found[first:last]

    def all(self) -> Sequence[Record]:
        self._found += self._further
        return self._found
