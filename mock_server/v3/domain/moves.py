"""One whole change of a world: which `updated_at` each change moves (rules 3.9), and its other effects.

An act checks first, then opens a `Change`, changes records through it, and closes it. Closing updates everything
derived: what each provider sees, the schools' records, the lists and the kept renderings.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from mock_server.v3.domain.calendar import london_day, whole_second
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    IdChange,
    Induction,
    Mentorship,
    Partnership,
    RoleRecord,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
    by_start,
)

# A change of one of these moves the participant's `updated_at`. The first two also move the transfers' (rules 3.9).
_DATES = ("started_on", "finished_on")
_MOVES_PARTICIPANT = (
    *_DATES,
    "partnership",
    # Each cohort has schedules of its own.
    "cohort",
    "schedule_identifier",
    "deferred_at",
    "deferral_reason",
    "withdrawn_at",
    "withdrawal_reason",
)


class Changeable(Protocol):
    """The parts of a world that changing its records needs."""

    declarations: dict[str, Declaration]

    def settle(self, change: "Moves[Any]") -> None: ...

    def next_sequence(self) -> int: ...

    def index_trn(self, teacher: Teacher, trn: str | None) -> None: ...

    def note_days(self, record: Partnership | Teacher, started_on: date, finished_on: date | None) -> None: ...

    def forget_declaration(self, declaration: Declaration) -> None: ...


WorldType = TypeVar("WorldType", bound=Changeable)


class Moves(Generic[WorldType]):
    """Changes records at one moment, and collects the effects. At the end the world settles them."""

    def __init__(self, world: WorldType, now: datetime) -> None:
        self.world = world
        self.now = whole_second(now)
        self.today: date = london_day(self.now)
        # These are ordered, so that the same act has its effects in the same order.
        self.moved_participants: dict[Teacher, None] = {}
        self.reviewed: dict[Teacher, None] = {}
        self.moved_unfunded: dict[Teacher, None] = {}
        self.stays: dict[Stay, None] = {}
        self.moved_partnerships: dict[Partnership, None] = {}
        self.made_declarations: dict[Declaration, None] = {}
        self.moved_declarations: dict[Declaration, None] = {}
        # The records whose filters may give another result now.
        self.refiled_declarations: dict[Declaration, None] = {}
        self.moved_delivery_partners: dict[DeliveryPartner, None] = {}
        self.moved_statements: dict[Statement, None] = {}
        self.moved_schools: dict[School, None] = {}
        self.reviewed_schools: dict[School, None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.settle(self)

    # -- moving `updated_at` ---------------------------------------------------------------------

    def participant(self, teacher: Teacher) -> None:
        self.moved_participants[teacher] = None
        self.reviewed[teacher] = None

    def review(self, teacher: Teacher) -> None:
        """V3 may show the teacher differently now, with the same `updated_at`."""
        self.reviewed[teacher] = None

    def unfunded(self, teacher: Teacher) -> None:
        self.moved_unfunded[teacher] = None

    def partnership(self, partnership: Partnership) -> None:
        self.moved_partnerships[partnership] = None

    def declaration(self, declaration: Declaration) -> None:
        """Other providers may start or stop seeing the declaration."""
        if declaration not in self.made_declarations:
            self.moved_declarations[declaration] = None

    def delivery_partner(self, partner: DeliveryPartner) -> None:
        self.moved_delivery_partners[partner] = None

    def statement(self, statement: Statement) -> None:
        self.moved_statements[statement] = None

    def school(self, school: School) -> None:
        """Moves the school's record of every cohort."""
        self.moved_schools[school] = None
        self.reviewed_schools[school] = None

    def review_school(self, school: School) -> None:
        """V3 may list or show the school differently from now on."""
        self.reviewed_schools[school] = None

    # -- people ----------------------------------------------------------------------------------

    def set_teacher(self, teacher: Teacher, **facts: Any) -> None:
        """Change names, number or register."""
        for name, value in facts.items():
            if getattr(teacher, name) != value:
                if name == "teacher_reference_number":
                    self.world.index_trn(teacher, value)
                if name == "register" and replace(teacher.register, exempt=value.exempt) == value:
                    # An exemption doesn't move the record by itself. Its effects move the participant.
                    teacher.register = value
                    self.review(teacher)
                    continue
                setattr(teacher, name, value)
                self.participant(teacher)
                if name != "register":
                    self.unfunded(teacher)

    def set_role(self, teacher: Teacher, record: RoleRecord, **facts: Any) -> None:
        for name, value in facts.items():
            if getattr(record, name) != value:
                setattr(record, name, value)
                self.participant(teacher)

    def set_inductions(self, teacher: Teacher, inductions: Iterable[Induction]) -> None:
        kept = tuple(sorted(inductions, key=lambda induction: induction.started_on))
        if kept != teacher.inductions:
            teacher.inductions = kept
            self.participant(teacher)

    def add_id_changes(self, teacher: Teacher, changes: Iterable[IdChange]) -> None:
        teacher.id_changes = tuple(sorted((*teacher.id_changes, *changes), key=lambda change: change.changed_at))
        self.participant(teacher)

    # -- stays -----------------------------------------------------------------------------------

    def add_stay(
        self,
        teacher: Teacher,
        school: School,
        role: str,
        started_on: date,
        email: str | None,
        working_pattern: str | None,
    ) -> Stay:
        sequence = self.world.next_sequence()
        stay = Stay(teacher, school, role, started_on, None, email, working_pattern, self.now, sequence)
        teacher.stays = tuple(sorted((*teacher.stays, stay), key=by_start))
        school.stays[stay] = None
        self.review(teacher)
        if role == "mentor" and email is not None:
            self.unfunded(teacher)
        return stay

    def set_stay(self, stay: Stay, **facts: Any) -> None:
        for name, value in facts.items():
            if getattr(stay, name) != value:
                setattr(stay, name, value)
                self.review(stay.teacher)
                if name == "email":
                    self.participant(stay.teacher)
                    if stay.role == "mentor":
                        self.unfunded(stay.teacher)

    def delete_stay(self, stay: Stay) -> None:
        """Delete the stay with everything in it."""
        for training in stay.trainings:
            self.delete_training(training)
        for mentorship in stay.mentorships:
            self.delete_mentorship(mentorship)
        teacher = stay.teacher
        teacher.stays = tuple(each for each in teacher.stays if each is not stay)
        del stay.school.stays[stay]
        self.stays[stay] = None
        self.review(teacher)
        if stay.role == "mentor":
            self.unfunded(teacher)

    # -- training --------------------------------------------------------------------------------

    def add_training(
        self,
        stay: Stay,
        started_on: date,
        finished_on: date | None,
        *,
        provider: str | None,
        cohort: str | None,
        partnership: Partnership | None,
        schedule_identifier: str | None,
    ) -> Training:
        training = Training(
            stay,
            started_on,
            finished_on,
            provider,
            cohort,
            partnership,
            schedule_identifier,
            self.now,
            self.now,
            self.world.next_sequence(),
        )
        stay.trainings = tuple(sorted((*stay.trainings, training), key=by_start))
        self._follow(training)
        self.stays[stay] = None
        self.participant(stay.teacher)
        return training

    def set_training(self, training: Training, **facts: Any) -> None:
        changed = {name: value for name, value in facts.items() if getattr(training, name) != value}
        if not changed:
            return
        if training.partnership is not None:
            del training.partnership.trainings[training]
            self._redraw(training.partnership)
        for name, value in changed.items():
            setattr(training, name, value)
        if not changed.keys().isdisjoint(_DATES):
            training.stay.trainings = tuple(sorted(training.stay.trainings, key=by_start))
            training.transfer_updated_at = self.now
        if "cohort" in changed:
            self.refiled_declarations.update(dict.fromkeys(training.declarations))
        self._follow(training)
        self.stays[training.stay] = None
        self.review(training.stay.teacher)
        if not changed.keys().isdisjoint(_MOVES_PARTICIPANT):
            self.participant(training.stay.teacher)

    def delete_training(self, training: Training) -> None:
        """Delete the training period with its declarations."""
        for declaration in training.declarations:
            self.world.forget_declaration(declaration)
        training.declarations = ()
        stay = training.stay
        stay.trainings = tuple(each for each in stay.trainings if each is not training)
        if training.partnership is not None:
            del training.partnership.trainings[training]
            self._redraw(training.partnership)
        self.stays[stay] = None
        self.participant(stay.teacher)

    def _follow(self, training: Training) -> None:
        """Update the partnership's training periods, and note the days on which their number changes."""
        partnership = training.partnership
        if partnership is not None:
            partnership.trainings[training] = None
            self._redraw(partnership)
            self.world.note_days(partnership, training.started_on, training.finished_on)

    def _redraw(self, partnership: Partnership) -> None:
        partnership.rendered = None

    # -- mentorships -----------------------------------------------------------------------------

    def add_mentorship(self, ect_stay: Stay, mentor_stay: Stay, started_on: date, finished_on: date | None) -> None:
        mentorship = Mentorship(ect_stay, mentor_stay, started_on, finished_on, self.world.next_sequence())
        for stay in (ect_stay, mentor_stay):
            stay.mentorships = tuple(sorted((*stay.mentorships, mentorship), key=by_start))
        self.follow_mentorship(mentorship)

    def end_mentorship(self, mentorship: Mentorship, day: date) -> None:
        if mentorship.finished_on != day:
            mentorship.finished_on = day
            self.follow_mentorship(mentorship)

    def delete_mentorship(self, mentorship: Mentorship) -> None:
        for stay in (mentorship.ect_stay, mentorship.mentor_stay):
            stay.mentorships = tuple(each for each in stay.mentorships if each is not mentorship)
        for declaration in mentorship.ect_stay.teacher.declarations:
            if declaration.mentorship is mentorship:
                self.set_declaration(declaration, mentorship=None)
        self.review(mentorship.ect_stay.teacher)

    def follow_mentorship(self, mentorship: Mentorship) -> None:
        """Note the days on which the ECT's mentor changes by the calendar, and review the ECT."""
        teacher = mentorship.ect_stay.teacher
        self.world.note_days(teacher, mentorship.started_on, mentorship.finished_on)
        self.review(teacher)

    # -- declarations ----------------------------------------------------------------------------

    def add_declaration(self, declaration: Declaration) -> None:
        """`declaration` is new, made at this moment."""
        training = declaration.training
        training.declarations = (*training.declarations, declaration)
        self.world.declarations[declaration.id] = declaration
        self.made_declarations[declaration] = None

    def fund(self, declaration: Declaration, statement: Statement) -> None:
        """A submitted declaration becomes eligible. No statement holds it yet."""
        declaration.payment_status, declaration.statement = "eligible", statement
        _hold(None, statement, "declarations", declaration)
        self.declaration(declaration)

    def set_declaration(self, declaration: Declaration, **facts: Any) -> None:
        for name, value in facts.items():
            before = getattr(declaration, name)
            if before == value:
                continue
            if name == "statement":
                _hold(before, value, "declarations", declaration)
            elif name == "clawback_statement":
                _hold(before, value, "clawbacks", declaration)
            setattr(declaration, name, value)
            self.declaration(declaration)


def _hold(before: Statement | None, after: Statement | None, held: str, declaration: Declaration) -> None:
    """A statement holds its declarations in the order of their creation."""
    if before is not None:
        del getattr(before, held)[declaration]
    if after is not None:
        declarations: dict[Declaration, None] = getattr(after, held)
        latest = next(reversed(declarations), None)
        declarations[declaration] = None
        if latest is not None and latest.sequence > declaration.sequence:
            in_order = sorted(declarations, key=lambda each: each.sequence)
            setattr(after, held, dict.fromkeys(in_order))
