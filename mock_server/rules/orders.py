"""Lists kept in order, so that a page costs what the page holds and not what the world holds."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")
Key = Callable[[Any], tuple[datetime, int]]


class Order(Generic[Record]):
    """Records sorted by a key that no two share. Change a record's key only while it is taken out."""

    __slots__ = ("_key", "records")

    def __init__(self, key: Key) -> None:
        self._key = key
        self.records: list[Record] = []

    def add(self, record: Record) -> None:
        records = self.records
        # Nearly everything happens after what happened before.
        if not records or self._key(records[-1]) < self._key(record):
            records.append(record)
        else:
            insort(records, record, key=self._key)

    def fill(self, records: Sequence[Record]) -> None:
        self.records = sorted(records, key=self._key)

    def only(self, wanted: Callable[[Record], bool]) -> "Order[Record]":
        """A new order of some of the records."""
        order = Order[Record](self._key)
        order.records = [record for record in self.records if wanted(record)]
        return order

    def remove(self, record: Record) -> None:
        del self.records[bisect_left(self.records, self._key(record), key=self._key)]

    def first_at(self, moment: datetime) -> int:
        """The place of the first record at or after `moment`."""
        # Shorter than every key of that moment, and so before them.
        before: tuple[Any, ...] = (moment,)
        return bisect_left(self.records, before, key=self._key)

    def first_after(self, moment: datetime) -> int:
        """The place of the first record after `moment`."""
        return bisect_right(self.records, (moment, _LAST), key=self._key)


_LAST = 1 << 62


class Selection(Generic[Record]):
    """The records from a place in a list on, without copying them."""

    __slots__ = ("_records", "_start")

    def __init__(self, records: Sequence[Record], start: int = 0) -> None:
        self._records, self._start = records, start

    def __len__(self) -> int:
        return max(0, len(self._records) - self._start)

    def page(self, number: int, size: int) -> Sequence[Record]:
        """Page `number`, from 1, of `size` records; empty past the end."""
        first = self._start + (number - 1) * size
        return self._records[first : first + size]

    def all(self) -> Sequence[Record]:
        return self._records[self._start :]
