"""A world from the rows that `rows` wrote. Importing this module makes worlds picklable."""

import copyreg
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    IdChange,
    Induction,
    Mentorship,
    Partnership,
    Provider,
    Register,
    RoleRecord,
    School,
    SchoolCohort,
    Statement,
    Stay,
    Teacher,
    Training,
    Uplift,
    View,
    by_start,
)
from mock_server.v3.domain.rows import Head, Row, head_of, rows_of
from mock_server.v3.domain.schedules import FLAGS, schedules_a_year_later, schedules_of
from mock_server.v3.domain.world import World


def world_of(head: Head, rows: Iterable[Row]) -> World:
    """The world that wrote the rows, which may come in any order. It goes on as that one would have.

    Raises KeyError, ValueError, TypeError or IndexError for rows that no world wrote.
    """
    world = World((), head["random_seed"], datetime.fromisoformat(head["clock"]), head["statements"])
    restore(world, head, rows)
    return world


def restore(world: World, head: Head, rows: Iterable[Row]) -> None:
    """Fill a world with what another wrote, in place of everything that it holds."""
    world.empty()
    reading = _Reading(world)
    by_kind: dict[str, list[Row]] = {kind: [] for kind in _READERS}
    for row in rows:
        by_kind[row[0]].append(row)
    for kind, read in _READERS.items():
        for row in sorted(by_kind[kind], key=lambda row: row[1]):
            read(reading, *row[1:])
        if kind == "teacher":
            reading.link_mentorships()
    reading.finish()
    world.resume(head["changes"], head["sequence"], head["ids_drawn"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class _Reading:
    """A world that is being read: what rows refer to by number, and what must wait until all are there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stays: dict[int, Stay] = {}
        self.trainings: dict[int, Training] = {}
        self.mentorships: dict[int, Mentorship] = {}
        self.waiting: list[tuple[Stay, Row]] = []
        self.shown: dict[tuple[str, str], int] = {}

    def provider(self, sequence: int, slug: str, name: str, cohorts: list[str]) -> None:
        self.world.add_provider(Provider(slug, name, tuple(cohorts), sequence))

    def cohort(
        self,
        sequence: int,
        year: str,
        started_on: str,
        finished_on: str,
        enabled: bool,
        frozen_at: str | None,
        *flags: bool,
    ) -> None:
        if year in FLAGS:
            schedules = schedules_of(year)
        else:
            schedules = schedules_a_year_later(self.world.cohorts[str(int(year) - 1)].schedules, year)
        days = date.fromisoformat(started_on), date.fromisoformat(finished_on)
        mentor_funding, detailed_evidence, uplift_fees = flags
        self.world.add_cohort(
            Cohort(
                year,
                *days,
                enabled,
                _moment(frozen_at),
                mentor_funding,
                detailed_evidence,
                uplift_fees,
                schedules,
                sequence,
            )
        )

    def school(
        self,
        sequence: int,
        id: str,
        urn: str,
        name: str,
        eligible: bool,
        tutor_name: str | None,
        tutor_email: str | None,
        contact_email: str | None,
        created_at: str,
        uplifts: dict[str, list[bool]],
        cohorts: dict[str, str],
    ) -> None:
        school = School(
            id,
            urn,
            name,
            eligible,
            tutor_name,
            tutor_email,
            contact_email,
            datetime.fromisoformat(created_at),
            sequence,
            {cohort: Uplift(*row) for cohort, row in uplifts.items()},
        )
        for cohort, updated_at in cohorts.items():
            school.cohorts[cohort] = SchoolCohort(school, cohort, datetime.fromisoformat(updated_at))
        self.world.schools[id] = school
        self.world.schools_by_urn[urn] = school

    def delivery_partner(
        self, sequence: int, id: str, name: str, created_at: str, updated_at: str, works_with: dict[str, list[str]]
    ) -> None:
        moments = datetime.fromisoformat(created_at), datetime.fromisoformat(updated_at)
        pairs = {slug: tuple(cohorts) for slug, cohorts in works_with.items()}
        self.world.delivery_partners[id] = DeliveryPartner(id, name, *moments, sequence, pairs)

    def partnership(
        self,
        sequence: int,
        id: str,
        provider: str,
        school_id: str,
        cohort: str,
        delivery_partner_id: str,
        created_at: str,
        updated_at: str,
    ) -> None:
        school, partner = self.world.schools[school_id], self.world.delivery_partners[delivery_partner_id]
        moments = datetime.fromisoformat(created_at), datetime.fromisoformat(updated_at)
        partnership = Partnership(id, provider, school, cohort, partner, *moments, sequence)
        self.world.partnerships[id] = partnership
        school.partnerships = (*school.partnerships, partnership)

    def teacher(
        self,
        sequence: int,
        id: str,
        full_name: str,
        trn: str | None,
        ect: Row,
        mentor: Row,
        created_at: str,
        updated_at: str,
        unfunded_updated_at: str,
        register: Row,
        stays: list[Row],
        inductions: list[Row],
        id_changes: list[Row],
        shown: dict[str, int],
    ) -> None:
        teacher = Teacher(
            id,
            full_name,
            None,
            _read_role(*ect),
            _read_role(*mentor),
            datetime.fromisoformat(created_at),
            datetime.fromisoformat(updated_at),
            datetime.fromisoformat(unfunded_updated_at),
            sequence,
        )
        if register != [None, None, False]:
            teacher.register = Register(_day(register[0]), _day(register[1]), register[2])
        teacher.stays = tuple(self.stay(teacher, *stay) for stay in stays)
        teacher.inductions = tuple(
            Induction(date.fromisoformat(start), _day(end), outcome) for start, end, outcome in inductions
        )
        teacher.id_changes = tuple(IdChange(old, new, datetime.fromisoformat(at)) for old, new, at in id_changes)
        self.world.merged.update({change.from_id: teacher for change in teacher.id_changes})
        self.world.teachers[id] = teacher
        self.world.index_trn(teacher, trn)
        teacher.teacher_reference_number = trn
        self.shown.update({(provider, id): mentorship for provider, mentorship in shown.items()})

    def stay(
        self,
        teacher: Teacher,
        sequence: int,
        school_id: str,
        role: str,
        started_on: str,
        finished_on: str | None,
        email: str | None,
        working_pattern: str | None,
        created_at: str,
        trainings: list[Row],
        mentorships: list[Row],
    ) -> Stay:
        school = self.world.schools[school_id]
        days = date.fromisoformat(started_on), _day(finished_on)
        stay = Stay(teacher, school, role, *days, email, working_pattern, datetime.fromisoformat(created_at), sequence)
        stay.trainings = tuple(self.training(stay, *training) for training in trainings)
        school.stays[stay] = None
        self.stays[sequence] = stay
        self.waiting += [(stay, mentorship) for mentorship in mentorships]
        return stay

    def training(
        self,
        stay: Stay,
        sequence: int,
        started_on: str,
        finished_on: str | None,
        provider: str | None,
        cohort: str | None,
        partnership_id: str | None,
        schedule_identifier: str | None,
        created_at: str,
        transfer_updated_at: str,
        deferred_at: str | None,
        deferral_reason: str | None,
        withdrawn_at: str | None,
        withdrawal_reason: str | None,
    ) -> Training:
        partnership = None if partnership_id is None else self.world.partnerships[partnership_id]
        training = Training(
            stay,
            date.fromisoformat(started_on),
            _day(finished_on),
            provider,
            cohort,
            partnership,
            schedule_identifier,
            datetime.fromisoformat(created_at),
            datetime.fromisoformat(transfer_updated_at),
            sequence,
            _moment(deferred_at),
            deferral_reason,
            _moment(withdrawn_at),
            withdrawal_reason,
        )
        if partnership is not None:
            partnership.trainings[training] = None
            self.world.note_days(partnership, training.started_on, training.finished_on)
        self.trainings[sequence] = training
        return training

    def mentorship(self, ect_stay: Stay, row: Row) -> None:
        sequence, mentor_stay, started_on, finished_on = row
        mentorship = Mentorship(
            ect_stay, self.stays[mentor_stay], date.fromisoformat(started_on), _day(finished_on), sequence
        )
        self.mentorships[sequence] = mentorship
        for stay in (mentorship.ect_stay, mentorship.mentor_stay):
            stay.mentorships = tuple(sorted((*stay.mentorships, mentorship), key=by_start))
        self.world.note_days(ect_stay.teacher, mentorship.started_on, mentorship.finished_on)

    def statement(
        self,
        sequence: int,
        id: str,
        provider: str,
        cohort: str,
        month: int,
        year: int,
        fee_type: str,
        deadline_date: str,
        payment_date: str,
        status: str,
        created_at: str,
        updated_at: str,
    ) -> None:
        days = date.fromisoformat(deadline_date), date.fromisoformat(payment_date)
        moments = datetime.fromisoformat(created_at), datetime.fromisoformat(updated_at)
        self.world.statements[id] = Statement(
            id, provider, cohort, month, year, fee_type, *days, status, *moments, sequence
        )

    def declaration(
        self,
        sequence: int,
        id: str,
        training: int,
        provider: str,
        declaration_type: str,
        declaration_date: str,
        evidence_held: str | None,
        payment_status: str,
        clawback_status: str | None,
        pupil_premium: bool,
        sparsity: bool,
        delivery_partner_id: str,
        mentorship: int | None,
        created_at: str,
        updated_at: str,
        statement_id: str | None,
        clawback_statement_id: str | None,
    ) -> None:
        world = self.world
        declaration = Declaration(
            id,
            self.trainings[training],
            provider,
            declaration_type,
            datetime.fromisoformat(declaration_date),
            evidence_held,
            payment_status,
            clawback_status,
            pupil_premium,
            sparsity,
            world.delivery_partners[delivery_partner_id],
            None if mentorship is None else self.mentorships[mentorship],
            datetime.fromisoformat(created_at),
            datetime.fromisoformat(updated_at),
            sequence,
            None if statement_id is None else world.statements[statement_id],
            None if clawback_statement_id is None else world.statements[clawback_statement_id],
        )
        declaration.training.declarations = (*declaration.training.declarations, declaration)
        if declaration.statement is not None:
            declaration.statement.declarations[declaration] = None
        if declaration.clawback_statement is not None:
            declaration.clawback_statement.clawbacks[declaration] = None
        world.declarations[id] = declaration

    def link_mentorships(self) -> None:
        """Once all stays are there: the mentor's may stand in a later row."""
        for stay, row in self.waiting:
            self.mentorship(stay, row)
        self.waiting.clear()

    def finish(self) -> None:
        def shown(view: View) -> Mentorship | None:
            sequence = self.shown.get((view.provider, view.teacher.id))
            return None if sequence is None else self.mentorships[sequence]

        self.world.derive_all(shown)


def _read_role(
    training_record_id: str,
    eligible_from: str | None,
    ineligible_from: str | None,
    ineligible_reason: str | None,
    frozen_year: str | None,
) -> RoleRecord:
    return RoleRecord(training_record_id, _moment(eligible_from), _day(ineligible_from), ineligible_reason, frozen_year)


# In an order in which each kind refers only to earlier ones.
_READERS: Final[Mapping[str, Callable[..., None]]] = {
    "provider": _Reading.provider,
    "cohort": _Reading.cohort,
    "school": _Reading.school,
    "delivery partner": _Reading.delivery_partner,
    "partnership": _Reading.partnership,
    "teacher": _Reading.teacher,
    "statement": _Reading.statement,
    "declaration": _Reading.declaration,
}


def _reduce(world: World) -> tuple[Callable[..., World], tuple[Head, list[Row]]]:
    return world_of, (head_of(world), rows_of(world))


copyreg.pickle(World, _reduce)
