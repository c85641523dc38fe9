"""Lists kept in order, so that a page costs what the page holds and not what the world holds."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from mock_server.domain.records import Declaration, Enrolment

Record = TypeVar("Record")
Key = Callable[[Any], tuple[datetime, int]]


def _enrolment_created(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.created_at, enrolment.participant.sequence


def _enrolment_updated(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.updated_at, enrolment.participant.changed


def _declaration_created(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.created_at, declaration.sequence


def _declaration_updated(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.updated_at, declaration.changed


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


class ParticipantList:
    """The participants that one provider sees, whole and by each set of cohorts asked for so far.

    A participant's cohort never changes, so a set of cohorts is built once and kept in step.
    """

    def __init__(self) -> None:
        everything = (Order[Enrolment](_enrolment_created), Order[Enrolment](_enrolment_updated))
        self._orders: dict[frozenset[str] | None, tuple[Order[Enrolment], Order[Enrolment]]] = {None: everything}
        self._cohorts: set[str] = set()

    def _holding(self, enrolment: Enrolment) -> list[tuple[Order[Enrolment], Order[Enrolment]]]:
        cohort = enrolment.participant.cohort
        return [orders for cohorts, orders in self._orders.items() if cohorts is None or cohort in cohorts]

    def add(self, enrolment: Enrolment) -> None:
        self._cohorts.add(enrolment.participant.cohort)
        for created, updated in self._holding(enrolment):
            created.add(enrolment)
            updated.add(enrolment)

    def fill(self, enrolments: Sequence[Enrolment]) -> None:
        """Into an empty list, all at once."""
        self._cohorts = {enrolment.participant.cohort for enrolment in enrolments}
        for order in self._orders[None]:
            order.fill(enrolments)

    def take_out(self, enrolment: Enrolment) -> None:
        """Before a change of the participant's `updated_at`; `put_back` follows it."""
        for _, updated in self._holding(enrolment):
            updated.remove(enrolment)

    def put_back(self, enrolment: Enrolment) -> None:
        for _, updated in self._holding(enrolment):
            updated.add(enrolment)

    def select(self, cohorts: frozenset[str] | None, updated_since: datetime | None) -> Selection[Enrolment]:
        """By creation; with `updated_since`, those updated at or after it, by update."""
        if cohorts is not None:
            # Years that nobody has would only make more sets to keep.
            cohorts = cohorts & self._cohorts
            if cohorts == self._cohorts:
                cohorts = None
            elif not cohorts:
                return Selection(())
        if cohorts not in self._orders:
            self._orders[cohorts] = self._of_cohorts(cohorts or frozenset())
        created, updated = self._orders[cohorts]
        if updated_since is None:
            return Selection(created.records)
        return Selection(updated.records, updated.first_at(updated_since))

    def _of_cohorts(self, cohorts: frozenset[str]) -> tuple[Order[Enrolment], Order[Enrolment]]:
        created, updated = self._orders[None]

        def wanted(enrolment: Enrolment) -> bool:
            return enrolment.participant.cohort in cohorts

        return created.only(wanted), updated.only(wanted)


class DeclarationList:
    """The declarations that one provider's list shows."""

    def __init__(self) -> None:
        self._shown: set[str] = set()
        self._created = Order[Declaration](_declaration_created)
        self._updated = Order[Declaration](_declaration_updated)

    def add(self, declaration: Declaration) -> None:
        self._shown.add(declaration.id)
        self._created.add(declaration)
        self._updated.add(declaration)

    def remove(self, declaration: Declaration) -> None:
        self._shown.remove(declaration.id)
        self._created.remove(declaration)
        self._updated.remove(declaration)

    def __contains__(self, declaration: Declaration) -> bool:
        return declaration.id in self._shown

    def select(self, updated_since: datetime | None) -> Selection[Declaration]:
        """By creation; with `updated_since`, only those updated after it."""
        if updated_since is None:
            return Selection(self._created.records)
        recent = self._updated.records[self._updated.first_after(updated_since) :]
        recent.sort(key=_declaration_created)
        return Selection(recent)
