"""Reads a world from the rows that `rows` wrote. After an import of this module, pickle can handle worlds."""

import copyreg
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from mock_server.v3.domain import rows as row
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    IdChange,
    Induction,
    Mentorship,
    Partnership,
    Progress,
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

Fields = dict[str, Any]

_DAYS: Final = frozenset(
    ("started_on", "finished_on", "completed_on", "deadline_date", "payment_date", "ineligible_from")
)
_MOMENTS: Final = frozenset(
    (
        *("created_at", "updated_at", "unfunded_updated_at", "transfer_updated_at", "deferred_at", "withdrawn_at"),
        *("declaration_date", "payments_frozen_at", "eligible_from", "changed_at", "clock"),
    )
)


def world_of(head: Head, rows: Iterable[Row]) -> World:
    """A copy of the world that wrote the rows. They may come in any order. The copy goes on as that world would have.

    Raises KeyError, ValueError, TypeError, AttributeError or IndexError for rows that no world wrote.
    """
    world = World((), head["random_seed"], datetime.fromisoformat(head["clock"]), head["statements"])
    restore(world, head, rows)
    return world


def restore(world: World, head: Head, rows: Iterable[Row]) -> None:
    """Replace everything in a world with the rows of another."""
    world.empty()
    reading = _Reading(world)
    by_kind: dict[str, list[Fields]] = {kind: [] for kind, _ in _READERS}
    for each in rows:
        ((kind, fields),) = each.items()
        by_kind[kind].append(fields)
    for kind, read in _READERS:
        for fields in sorted(by_kind[kind], key=_sequence):
            read(reading, fields)
    reading.finish()
    world.resume(head["changes"])


def _sequence(fields: Fields) -> int:
    sequence: int = fields["sequence"]
    return sequence


def _values(fields: Fields, names: Iterable[str]) -> Fields:
    """The fields of these names, with days and moments in place of their text."""
    values = {name: fields[name] for name in names}
    for name, value in values.items():
        if type(value) is str:
            if name in _MOMENTS:
                values[name] = datetime.fromisoformat(value)
            elif name in _DAYS:
                values[name] = date.fromisoformat(value)
    return values


def _moment(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class _Reading:
    """A world during its reading, and the records to which rows refer by number."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stays: dict[int, Stay] = {}
        self.trainings: dict[int, Training] = {}
        self.mentorships: dict[int, Mentorship] = {}
        # The row of the mentor's stay may come after the ECT's.
        self.waiting: list[tuple[Stay, Fields]] = []
        self.shown: dict[tuple[str, str], int] = {}

    def progress(self, fields: Fields) -> None:
        self.world.progress = Progress(**_values(fields, fields))
        # The clock comes first: it decides which days lie in the future.
        self.world.clock = self.world.progress.clock

    def gone(self, fields: Fields) -> None:
        self.world.note_gone(fields["sequence"])

    def provider(self, fields: Fields) -> None:
        self.world.add_provider(Provider(**fields | {"cohorts": tuple(fields["cohorts"])}))

    def cohort(self, fields: Fields) -> None:
        year = fields["year"]
        if year in FLAGS:
            schedules = schedules_of(year)
        else:
            schedules = schedules_a_year_later(self.world.cohorts[str(int(year) - 1)].schedules, year)
        self.world.add_cohort(Cohort(**_values(fields, row.COHORT), schedules=schedules))

    def school(self, fields: Fields) -> None:
        school = School(**_values(fields, row.SCHOOL))
        school.uplifts = {cohort: Uplift(**uplift) for cohort, uplift in fields["uplifts"].items()}
        for cohort, updated_at in fields["cohorts"].items():
            school.cohorts[cohort] = SchoolCohort(school, cohort, _moment(updated_at))
        self.world.schools[school.id] = school
        self.world.schools_by_urn[school.urn] = school

    def delivery_partner(self, fields: Fields) -> None:
        partner = DeliveryPartner(**_values(fields, row.DELIVERY_PARTNER))
        partner.works_with = {slug: tuple(cohorts) for slug, cohorts in partner.works_with.items()}
        self.world.delivery_partners[partner.id] = partner

    def partnership(self, fields: Fields) -> None:
        partnership = Partnership(
            **_values(fields, row.PARTNERSHIP),
            school=self.world.schools[fields["school"]],
            delivery_partner=self.world.delivery_partners[fields["delivery_partner"]],
        )
        self.world.partnerships[partnership.id] = partnership
        school = partnership.school
        school.partnerships = (*school.partnerships, partnership)

    def teacher(self, fields: Fields) -> None:
        world = self.world
        teacher = Teacher(
            **_values(fields, row.TEACHER),
            teacher_reference_number=None,
            ect=RoleRecord(**_values(fields["ect"], fields["ect"])),
            mentor=RoleRecord(**_values(fields["mentor"], fields["mentor"])),
        )
        if any(fields["register"].values()):
            teacher.register = Register(**_values(fields["register"], fields["register"]))
        teacher.stays = tuple(self.stay(teacher, stay) for stay in fields["stays"])
        teacher.inductions = tuple(Induction(**_values(each, each)) for each in fields["inductions"])
        teacher.id_changes = tuple(IdChange(**_values(each, each)) for each in fields["id_changes"])
        world.merged.update({change.from_id: teacher for change in teacher.id_changes})
        world.teachers[teacher.id] = teacher
        world.index_trn(teacher, fields["teacher_reference_number"])
        teacher.teacher_reference_number = fields["teacher_reference_number"]
        self.shown.update({(provider, teacher.id): number for provider, number in fields["shown"].items()})

    def stay(self, teacher: Teacher, fields: Fields) -> Stay:
        school = self.world.schools[fields["school"]]
        stay = Stay(teacher, school, **_values(fields, row.STAY))
        stay.trainings = tuple(self.training(stay, training) for training in fields["trainings"])
        school.stays[stay] = None
        self.stays[stay.sequence] = stay
        self.waiting += [(stay, mentorship) for mentorship in fields["mentorships"]]
        return stay

    def training(self, stay: Stay, fields: Fields) -> Training:
        partnership = None if fields["partnership"] is None else self.world.partnerships[fields["partnership"]]
        training = Training(stay, partnership=partnership, **_values(fields, row.TRAINING))
        if partnership is not None:
            partnership.trainings[training] = None
            self.world.note_days(partnership, training.started_on, training.finished_on)
        self.trainings[training.sequence] = training
        return training

    def mentorship(self, ect_stay: Stay, fields: Fields) -> None:
        mentor_stay = self.stays[fields["mentor_stay"]]
        mentorship = Mentorship(ect_stay, mentor_stay, **_values(fields, row.MENTORSHIP))
        self.mentorships[mentorship.sequence] = mentorship
        for stay in (ect_stay, mentor_stay):
            stay.mentorships = tuple(sorted((*stay.mentorships, mentorship), key=by_start))
        self.world.note_days(ect_stay.teacher, mentorship.started_on, mentorship.finished_on)

    def statement(self, fields: Fields) -> None:
        statement = Statement(**_values(fields, row.STATEMENT))
        self.world.statements[statement.id] = statement

    def declaration(self, fields: Fields) -> None:
        if self.waiting:
            self.link_mentorships()
        world, held, taken_back = self.world, fields["statement"], fields["clawback_statement"]
        declaration = Declaration(
            **_values(fields, row.DECLARATION),
            training=self.trainings[fields["training"]],
            delivery_partner=world.delivery_partners[fields["delivery_partner"]],
            mentorship=None if fields["mentorship"] is None else self.mentorships[fields["mentorship"]],
            statement=None if held is None else world.statements[held],
            clawback_statement=None if taken_back is None else world.statements[taken_back],
        )
        declaration.training.declarations = (*declaration.training.declarations, declaration)
        if declaration.statement is not None:
            declaration.statement.declarations[declaration] = None
        if declaration.clawback_statement is not None:
            declaration.clawback_statement.clawbacks[declaration] = None
        world.declarations[declaration.id] = declaration

    def link_mentorships(self) -> None:
        for stay, fields in self.waiting:
            self.mentorship(stay, fields)
        self.waiting.clear()

    def finish(self) -> None:
        self.link_mentorships()

        def shown(view: View) -> Mentorship | None:
            number = self.shown.get((view.provider, view.teacher.id))
            return None if number is None else self.mentorships[number]

        self.world.derive_all(shown)
        for teacher in self.world.teachers.values():
            self.world.note_other_days_mentor(teacher)


# Each kind refers only to earlier kinds.
_READERS: Final[tuple[tuple[str, Callable[[_Reading, Fields], None]], ...]] = (
    ("progress", _Reading.progress),
    ("gone", _Reading.gone),
    ("provider", _Reading.provider),
    ("cohort", _Reading.cohort),
    ("school", _Reading.school),
    ("delivery_partner", _Reading.delivery_partner),
    ("partnership", _Reading.partnership),
    ("teacher", _Reading.teacher),
    ("statement", _Reading.statement),
    ("declaration", _Reading.declaration),
)


def _reduce(world: World) -> tuple[Callable[..., World], tuple[Head, list[Row]]]:
    return world_of, (head_of(world), rows_of(world))


copyreg.pickle(World, _reduce)
