"""The lists that a provider sees, kept in order."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from mock_server.rules.orders import MergedSelection, Order, Selection
from mock_server.v1.domain.records import Declaration, Enrolment


def _enrolment_created(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.created_at, enrolment.participant.sequence


def _enrolment_updated(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.updated_at, enrolment.participant.changed


def _declaration_created(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.created_at, declaration.sequence


def _declaration_updated(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.updated_at, declaration.changed


class _Orders:
    """Some participants, ordered by creation and by update."""

    __slots__ = ("created", "updated")

    def __init__(self) -> None:
        self.created = Order[Enrolment](_enrolment_created)
        self.updated = Order[Enrolment](_enrolment_updated)

    def fill(self, enrolments: Sequence[Enrolment]) -> None:
        self.created.fill(enrolments)
        self.updated.fill(enrolments)


class ParticipantList:
    """The participants that one provider sees, all of them and by cohort.

    A filter of several cohorts merges their orders page by page, so the filters of clients use no memory.
    """

    def __init__(self) -> None:
        self._all = _Orders()
        self._by_cohort: dict[str, _Orders] = {}

    def _holding(self, enrolment: Enrolment) -> tuple[_Orders, _Orders]:
        cohort = enrolment.participant.cohort
        if cohort not in self._by_cohort:
            self._by_cohort[cohort] = _Orders()
        return self._all, self._by_cohort[cohort]

    def add(self, enrolment: Enrolment) -> None:
        for orders in self._holding(enrolment):
            orders.created.add(enrolment)
            orders.updated.add(enrolment)

    def remove(self, enrolment: Enrolment) -> None:
        """Call it also before you change the participant's cohort, and `add` afterwards."""
        for orders in self._holding(enrolment):
            orders.created.remove(enrolment)
            orders.updated.remove(enrolment)

    def fill(self, enrolments: Sequence[Enrolment]) -> None:
        """Fill an empty list, all at once."""
        self._all.fill(enrolments)
        # The parts of a list in order are in order, too.
        created, updated = _by_cohort(self._all.created.records), _by_cohort(self._all.updated.records)
        for cohort in created:
            orders = self._by_cohort[cohort] = _Orders()
            orders.created.records, orders.updated.records = created[cohort], updated[cohort]

    def take_out(self, enrolment: Enrolment) -> None:
        """Call it before you change the participant's `updated_at`, and `put_back` afterwards."""
        for orders in self._holding(enrolment):
            orders.updated.remove(enrolment)

    def put_back(self, enrolment: Enrolment) -> None:
        for orders in self._holding(enrolment):
            orders.updated.add(enrolment)

    def select(self, cohorts: frozenset[str] | None, updated_since: datetime | None) -> Selection[Enrolment]:
        """Participants by creation. With `updated_since`, those updated at or after it, by update."""
        if cohorts is None or self._by_cohort.keys() <= cohorts:
            return _selection([self._all], updated_since)
        return _selection([self._by_cohort[cohort] for cohort in self._by_cohort if cohort in cohorts], updated_since)


def _by_cohort(enrolments: Iterable[Enrolment]) -> dict[str, list[Enrolment]]:
    found: dict[str, list[Enrolment]] = {}
    for enrolment in enrolments:
        found.setdefault(enrolment.participant.cohort, []).append(enrolment)
    return found


def _selection(orders: Sequence[_Orders], updated_since: datetime | None) -> Selection[Enrolment]:
    chosen = [each.created if updated_since is None else each.updated for each in orders]
    starts = [0 if updated_since is None else order.first_at(updated_since) for order in chosen]
    if not chosen:
        return Selection(())
    return Selection(chosen[0].records, starts[0]) if len(chosen) == 1 else MergedSelection(chosen, starts)


class DeclarationList:
    """The declarations that one provider sees in its list."""

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
        """Declarations by creation. With `updated_since`, only those updated after it."""
        if updated_since is None:
            return Selection(self._created.records)
        recent = self._updated.records[self._updated.first_after(updated_since) :]
        recent.sort(key=_declaration_created)
        return Selection(recent)
