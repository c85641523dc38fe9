"""The records and lists of a world. `settling` updates them after changes."""

from bisect import insort
from collections.abc import Iterable, Sized
from datetime import date, datetime

from mock_server.v3.domain.calendar import day_after
from mock_server.v3.domain.lists import Listing
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Gone,
    Partnership,
    Progress,
    Provider,
    School,
    SchoolCohort,
    Statement,
    Teacher,
    UnfundedMentor,
    View,
)

Record = (
    Progress | Gone | Provider | Cohort | School | DeliveryPartner | Partnership | Teacher | Statement | Declaration
)


class Stores:
    """The records of a world by their ids, and the lists of each provider."""

    def __init__(self, clock: datetime) -> None:
        self.progress = Progress(clock)
        self.providers: dict[str, Provider] = {}
        self.cohorts: dict[str, Cohort] = {}
        self.schools: dict[str, School] = {}
        self.schools_by_urn: dict[str, School] = {}
        self.delivery_partners: dict[str, DeliveryPartner] = {}
        self.partnerships: dict[str, Partnership] = {}
        self.teachers: dict[str, Teacher] = {}
        self.teachers_by_trn: dict[str, Teacher] = {}
        # The surviving teacher, by each id that a merge removed.
        self.merged: dict[str, Teacher] = {}
        self.statements: dict[str, Statement] = {}
        # By deadline.
        self.statements_by_contract: dict[tuple[str, str], list[Statement]] = {}
        self.declarations: dict[str, Declaration] = {}

        self.view_lists: dict[str, Listing[View]] = {}
        self.transfer_lists: dict[str, Listing[View]] = {}
        self.declaration_lists: dict[str, Listing[Declaration]] = {}
        self.partnership_lists: dict[str, Listing[Partnership]] = {}
        self.delivery_partner_lists: dict[str, Listing[DeliveryPartner]] = {}
        self.statement_lists: dict[str, list[Statement]] = {}
        self.unfunded_lists: dict[str, Listing[UnfundedMentor]] = {}
        self.school_lists: dict[str, Listing[SchoolCohort]] = {}
        self.unfunded_mentors: dict[str, dict[Teacher, UnfundedMentor]] = {}
        # For each provider and mentor: the views whose ECT entry shows the mentor.
        self._mentored: dict[str, dict[Teacher, dict[View, None]]] = {}
        # The records that the daily runs must check, by day.
        self.days: dict[date, dict[Partnership | Teacher, None]] = {}
        # Stays with equal counts share one tuple.
        self._counts: dict[object, tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = {}
        self._changes = 0
        # The records that changed since the last `take_unsaved`. None until somebody calls `watch`.
        self._unsaved: dict[Record, None] | None = None
        # The numbers of deleted records. The state file holds a row for each, so it never loses rows.
        self._gone: dict[int, None] = {}

    # -- counting --------------------------------------------------------------------------------

    @property
    def clock(self) -> datetime:
        """The latest moment that the sandbox's clock showed."""
        return self.progress.clock

    @clock.setter
    def clock(self, moment: datetime) -> None:
        self.progress.clock = moment

    @property
    def changes(self) -> int:
        """The number of changes so far. The same number means the same answers, but for the calendar's changes."""
        return self._changes

    def next_sequence(self) -> int:
        self.progress.latest += 1
        return self.progress.latest

    def empty(self) -> None:
        """Remove everything, so that another world's records can fill this one."""
        Stores.__init__(self, self.clock)

    # -- keeping ---------------------------------------------------------------------------------

    def watch(self) -> None:
        """Note from now on which records change."""
        self._unsaved = {}

    def every_record(self) -> Iterable[Record]:
        """All records. Each refers only to earlier ones, except that a mentorship's mentor may come later."""
        yield self.progress
        yield from map(Gone, self._gone)
        yield from self.providers.values()
        yield from self.cohorts.values()
        yield from self.schools.values()
        yield from self.delivery_partners.values()
        yield from self.partnerships.values()
        yield from self.teachers.values()
        yield from self.statements.values()
        yield from self.declarations.values()

    @property
    def row_count(self) -> int:
        """How many records `every_record` yields. The state file holds one row for each."""
        kinds: tuple[Sized, ...] = (
            *(self._gone, self.providers, self.cohorts, self.schools, self.delivery_partners),
            *(self.partnerships, self.teachers, self.statements, self.declarations),
        )
        return 1 + sum(map(len, kinds))

    def take_unsaved(self) -> Iterable[Record]:
        """The records that have changed since `watch` or the last call, with Gone in place of deleted ones."""
        unsaved = self._unsaved
        if unsaved:
            self._unsaved = {}
        return unsaved or ()

    def mark(self, record: Record) -> None:
        """The record differs from its saved row now."""
        if self._unsaved is not None:
            self._unsaved[record] = None

    def _forget(self, record: Record) -> None:
        self.note_gone(record.sequence)
        if self._unsaved is not None:
            self._unsaved.pop(record, None)
            self._unsaved[Gone(record.sequence)] = None

    def note_gone(self, sequence: int) -> None:
        self._gone[sequence] = None

    # -- stores ----------------------------------------------------------------------------------

    def make_school_list(self, cohort: str) -> None:
        self.school_lists[cohort] = new_school_list()

    def make_lists(self, provider: str) -> None:
        self.view_lists[provider] = Listing(_view_created, _view_updated)
        self.transfer_lists[provider] = Listing(_view_created, _view_updated, _view_transferred)
        self.declaration_lists[provider] = Listing(_created, _updated)
        self.partnership_lists[provider] = Listing(_created, _updated)
        self.delivery_partner_lists[provider] = Listing(_created, _updated)
        self.statement_lists[provider] = []
        self.unfunded_lists[provider] = Listing(_unfunded_created, _unfunded_updated)
        self.unfunded_mentors[provider] = {}
        self._mentored[provider] = {}

    def index_trn(self, teacher: Teacher, trn: str | None) -> None:
        """Call it before the teacher's number becomes `trn`."""
        if teacher.teacher_reference_number is not None:
            self.teachers_by_trn.pop(teacher.teacher_reference_number, None)
        if trn is not None:
            self.teachers_by_trn[trn] = teacher

    def note_days(self, record: Partnership | Teacher, started_on: date, finished_on: date | None) -> None:
        """Let the daily runs check the record when the stretch begins and when it is over."""
        for day in (started_on, finished_on and day_after(finished_on)):
            # No daily run happens for a day before the clock.
            if day is not None and day >= self.clock.date():
                self.days.setdefault(day, {})[record] = None

    def forget_declaration(self, declaration: Declaration) -> None:
        del self.declarations[declaration.id]
        for listing in self.declaration_lists.values():
            listing.take_out(declaration)
        if declaration.statement is not None:
            del declaration.statement.declarations[declaration]
        if declaration.clawback_statement is not None:
            del declaration.clawback_statement.clawbacks[declaration]
        self._forget(declaration)

    def file_statement(self, statement: Statement) -> None:
        """Put the statement in its place among those of the contract, by deadline. It may be there already."""
        filed = self.statements_by_contract.setdefault((statement.provider, statement.cohort), [])
        if statement in filed:
            filed.remove(statement)
        insort(filed, statement, key=lambda each: (each.deadline_date, each.sequence))

    def forget_statement(self, statement: Statement) -> None:
        del self.statements[statement.id]
        self.statements_by_contract[statement.provider, statement.cohort].remove(statement)
        if statement in self.statement_lists[statement.provider]:
            self.statement_lists[statement.provider].remove(statement)
        self._forget(statement)

    def forget_teacher(self, teacher: Teacher) -> None:
        """Remove a teacher of whom nothing else remains."""
        del self.teachers[teacher.id]
        self.index_trn(teacher, None)
        for change in teacher.id_changes:
            del self.merged[change.from_id]
        self._forget(teacher)


def new_school_list() -> Listing[SchoolCohort]:
    return Listing(_created, _updated)


def _created(record: Declaration | Partnership | DeliveryPartner | SchoolCohort) -> tuple[datetime, int]:
    return record.created_at, record.sequence


def _updated(record: Declaration | Partnership | DeliveryPartner | SchoolCohort) -> tuple[datetime, int]:
    return record.updated_at, record.sequence


def _view_created(view: View) -> tuple[datetime, int]:
    return view.teacher.created_at, view.teacher.sequence


def _view_updated(view: View) -> tuple[datetime, int]:
    return view.teacher.updated_at, view.teacher.sequence


def _view_transferred(view: View) -> tuple[datetime, int]:
    assert view.transfers_updated_at is not None  # noqa: S101 - only views with transfers are listed so
    return view.transfers_updated_at, view.teacher.sequence


def _unfunded_created(record: UnfundedMentor) -> tuple[datetime, int]:
    return record.teacher.created_at, record.teacher.sequence


def _unfunded_updated(record: UnfundedMentor) -> tuple[datetime, int]:
    return record.teacher.unfunded_updated_at, record.teacher.sequence
