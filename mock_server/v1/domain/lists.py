"""The lists that a provider sees, kept in order."""

from collections.abc import Sequence
from datetime import datetime

from mock_server.rules.orders import Order, Selection
from mock_server.v1.domain.records import Declaration, Enrolment


def _enrolment_created(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.created_at, enrolment.participant.sequence


def _enrolment_updated(enrolment: Enrolment) -> tuple[datetime, int]:
    return enrolment.participant.updated_at, enrolment.participant.changed


def _declaration_created(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.created_at, declaration.sequence


def _declaration_updated(declaration: Declaration) -> tuple[datetime, int]:
    return declaration.updated_at, declaration.changed


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
