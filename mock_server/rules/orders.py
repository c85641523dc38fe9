"""Lists kept in order, so that the time for a page depends on the page's size and not on the world's."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")
Key = Callable[[Any], tuple[datetime, int]]


class Order(Generic[Record]):
    """Records sorted by a key that is unique to each. Take a record out before you change its key."""

    __slots__ = ("key", "records")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.records: list[Record] = []

    def add(self, record: Record) -> None:
        records = self.records
        # New keys are nearly always the greatest, so we try the end first.
        if not records or self.key(records[-1]) < self.key(record):
            records.append(record)
        else:
            insort(records, record, key=self.key)

    def fill(self, records: Sequence[Record]) -> None:
        self.records = sorted(records, key=self.key)

    def only(self, wanted: Callable[[Record], bool]) -> "Order[Record]":
        """A new order of some of the records."""
        order = Order[Record](self.key)
        order.records = [record for record in self.records if wanted(record)]
        return order

    def remove(self, record: Record) -> None:
        del self.records[bisect_left(self.records, self.key(record), key=self.key)]

    def first_at(self, moment: datetime) -> int:
        """The place of the first record at or after `moment`."""
        # This key is shorter than every key of that moment, and so sorts before them.
        before: tuple[Any, ...] = (moment,)
        return bisect_left(self.records, before, key=self.key)

    def first_after(self, moment: datetime) -> int:
        """The place of the first record after `moment`."""
        return bisect_right(self.records, (moment, _LAST), key=self.key)


_LAST = 1 << 62


class Selection(Generic[Record]):
    """The records of a list from one place to its end. It doesn't copy them."""

    __slots__ = ("_records", "_start")

    def __init__(self, records: Sequence[Record], start: int = 0) -> None:
        self._records, self._start = records, start

    def __len__(self) -> int:
        return max(0, len(self._records) - self._start)

    def page(self, number: int, size: int) -> Sequence[Record]:
        """Page `number` (from 1) of `size` records. Empty past the end."""
        first = self._start + (number - 1) * size
        return self._records[first : first + size]

    def all(self) -> Sequence[Record]:
        return self._records[self._start :]


class MergedSelection(Selection[Record]):
    """The records of several orders with the same key, each from one place to its end, as if they were one order.

    The orders share no record. It finds a page when somebody asks for it, and keeps nothing.
    """

    __slots__ = ("_key", "_orders", "_starts")

    def __init__(self, orders: Sequence[Order[Record]], starts: Sequence[int]) -> None:
        self._orders = [order.records for order in orders]
        self._starts = list(starts)
        self._key = orders[0].key

    def __len__(self) -> int:
        return sum(len(records) - start for records, start in zip(self._orders, self._starts, strict=True))

    def page(self, number: int, size: int) -> Sequence[Record]:
        return list(islice(self._from(self._after((number - 1) * size)), size))

    def all(self) -> Sequence[Record]:
        return list(self._from(self._starts))

    def _from(self, places: Sequence[int]) -> Iterable[Record]:
        following = (islice(records, place, None) for records, place in zip(self._orders, places, strict=True))
        return merge(*following, key=self._key)

    def _after(self, count: int) -> list[int]:
        """The place in each order after the first `count` records of them all."""
        lowest, highest = self._starts, [len(records) for records in self._orders]
        if count >= len(self):
            return highest
        # In each order, the place we look for is between the lowest and the highest. Each step halves the longest
        # stretch: it compares the record in its middle.
        while lowest != highest:
            stretches = [high - low for low, high in zip(lowest, highest, strict=True)]
            longest = stretches.index(max(stretches))
            middle = self._key(self._orders[longest][lowest[longest] + stretches[longest] // 2])
            before = [
                bisect_left(records, middle, low, high, key=self._key)
                for records, low, high in zip(self._orders, lowest, highest, strict=True)
            ]
            if sum(before) - sum(self._starts) >= count:
                highest = before
            else:
                lowest = before
                lowest[longest] += 1
        return lowest
