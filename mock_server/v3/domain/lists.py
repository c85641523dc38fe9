"""What one list of v3 shows, kept in order: a page costs what the page holds and not what the world holds.

Records stand by a moment, and those of one moment in the order of their creation, also where the later moment
comes first (rules 2.1 and 2.5).
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mock_server.rules.orders import Order, Selection

Record = TypeVar("Record")
Key = Callable[[Any], tuple[datetime, int]]

# How many filtered lists each list keeps in step; the one that nobody has asked for longest goes first.
MAX_FILTERED: Final = 8

_LAST: Final = 1 << 62


class Sort(NamedTuple):
    """One part of `sort`: by `created_at` or `updated_at`, ascending or descending."""

    attribute: str
    descending: bool = False


BY_CREATION: Final = (Sort("created_at"),)


# Which records a list shows. Filters are compared: equal ones let the same records through.
Filter = Callable[[Any], bool]


class Listing(Generic[Record]):
    """The records that one list shows, whole and by the filters asked for lately.

    Take a record out before its moments or what filters look at change, and put it back afterwards.
    """

    def __init__(self, created: Key, updated: Key, since: Key | None = None) -> None:
        """`since` is the moment that `updated_since` speaks of, where it isn't the one that `sort` goes by."""
        self._keys = {"created_at": created, "updated_at": updated}
        if since is not None:
            self._keys["since"] = since
        self._since = "updated_at" if since is None else "since"
        self._whole = self._orders()
        self._filtered: OrderedDict[Filter, dict[str, Order[Record]]] = OrderedDict()
        # The last list that had to be sorted for one request: its next page is likely to be asked for.
        self._sorted: tuple[Hashable, list[Record]] | None = None

    def __len__(self) -> int:
        return len(self._whole["created_at"].records)

    def __iter__(self) -> Iterable[Record]:
        return iter(self._whole["created_at"].records)

    def __contains__(self, record: Record) -> bool:
        return _place(self._whole["created_at"].records, record, self._keys["created_at"]) is not None

    def _orders(self) -> dict[str, Order[Record]]:
        return {name: Order[Record](key) for name, key in self._keys.items()}

    def add(self, record: Record) -> None:
        self._sorted = None
        for order in self._whole.values():
            order.add(record)
        for wanted, orders in self._filtered.items():
            if wanted(record):
                for order in orders.values():
                    order.add(record)

    def fill(self, records: Sequence[Record]) -> None:
        """Replace everything that the list shows, all at once."""
        self._sorted = None
        self._filtered.clear()
        for order in self._whole.values():
            order.fill(records)

    def take_out(self, record: Record) -> bool:
        """Whether the list showed the record."""
        self._sorted = None
        if not self._take_out(self._whole, record):
            return False
        for orders in self._filtered.values():
            self._take_out(orders, record)
        return True

    def _take_out(self, orders: dict[str, Order[Record]], record: Record) -> bool:
        for name, order in orders.items():
            place = _place(order.records, record, self._keys[name])
            if place is None:
                return False
            del order.records[place]
        return True

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
        order, recent = orders[attribute], orders[self._since]
        first = 0 if updated_since is None else recent.first_at(updated_since)
        if len(sort) > 1 or (first and attribute != self._since):
            name = (wanted, updated_since, sort)
            if self._sorted is None or self._sorted[0] != name:
                if len(sort) == 1 and not descending and updated_since is not None:
                    return _Recent(
                        order.records,
                        recent.records[first:],
                        self._keys[attribute],
                        self._keys[self._since],
                        updated_since,
                    )
                self._sorted = (name, self._sort(recent.records[first:], sort))
            return Selection(self._sorted[1])
        if descending:
            return _Descending(order.records, first, self._keys[attribute])
        return Selection(order.records, first)

    def _kept(self, wanted: Filter) -> dict[str, Order[Record]]:
        orders = self._filtered.get(wanted)
        if orders is None:
            orders = {name: order.only(wanted) for name, order in self._whole.items()}
            self._filtered[wanted] = orders
            if len(self._filtered) > MAX_FILTERED:
                self._filtered.popitem(last=False)
        else:
            self._filtered.move_to_end(wanted)
        return orders

    def _sort(self, records: list[Record], sort: Sequence[Sort]) -> list[Record]:
        created = self._keys["created_at"]
        records.sort(key=lambda record: created(record)[1])
        for attribute, descending in reversed(sort):
            key = self._keys[attribute]
            # Sorting is stable, so that equal moments stay in the order of creation under a descending key, too.
            records.sort(key=lambda record, key=key: key(record)[0], reverse=descending)  # type: ignore[misc]
        return records


def _place(records: Sequence[Record], record: Record, key: Key) -> int | None:
    place = bisect_left(records, key(record), key=key)
    return place if place < len(records) and records[place] is record else None


class _Descending(Selection[Record]):
    """The records from a place in an ascending list on, the latest moment first."""

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
        while first < last:
            moment, _ = key(records[end - 1 - first])
            group = bisect_left(records, (moment, 0), key=key)
            after = bisect_right(records, (moment, _LAST), key=key)
            shown = group + first - (end - after)
            taken = records[shown : min(after, shown + last - first)]
            page += taken
            first += len(taken)
        return page


class _Recent(Selection[Record]):
    """What was updated at or after a moment, in the order of the whole list.

    A page is looked for in the whole list where it must be near, and the recent records are sorted where they are few.
    """

    __slots__ = ("_key", "_recent", "_since", "_sorted", "_updated_since")

    def __init__(
        self,
        records: Sequence[Record],
        recent: list[Record],
        key: Key,
        since: Key,
        updated_since: datetime,
    ) -> None:
        super().__init__(records)
        self._recent, self._key, self._since, self._updated_since = recent, key, since, updated_since
        self._sorted = False

    def __len__(self) -> int:
        return len(self._recent)

    def page(self, number: int, size: int) -> Sequence[Record]:
        first, last = (number - 1) * size, number * size
        if first >= len(self._recent):
            return ()
        if self._sorted or last * len(self._records) > len(self._recent) ** 2:
            return self.all()[first:last]
        since, updated_since = self._since, self._updated_since
        page: list[Record] = []
        seen = 0
        for record in self._records:
            if since(record)[0] >= updated_since:
                if seen >= first:
                    page.append(record)
                seen += 1
                if seen == last:
                    break
        return page

    def all(self) -> Sequence[Record]:
        if not self._sorted:
            self._recent.sort(key=self._key)
            self._sorted = True
        return self._recent
