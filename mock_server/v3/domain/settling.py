"""Bringing everything derived in step with a world's records when a change closes.

The order matters: what teachers' periods say of schools, then what providers see, then lists and `updated_at`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from mock_server.v3.domain.calendar import day_after, is_ongoing
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.derived import sees_transfer, transfers, transfers_updated_at
from mock_server.v3.domain.lists import Listing
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Mentorship,
    Partnership,
    Provider,
    School,
    SchoolCohort,
    Statement,
    Stay,
    Teacher,
    Training,
    UnfundedMentor,
    View,
    by_start,
)

Record = Provider | Cohort | School | DeliveryPartner | Partnership | Teacher | Statement | Declaration

# What a stay speaks for in its school's choice of programme (rules 3.5), the weightiest first.
_MENTOR, _PROVIDER_LED, _SCHOOL_LED = "mentor", "provider_led", "school_led"


class Settling:
    """The stores of a world, and how they follow a change."""

    def __init__(self, clock: datetime) -> None:
        self.clock = clock
        self.providers: dict[str, Provider] = {}
        self.cohorts: dict[str, Cohort] = {}
        self.schools: dict[str, School] = {}
        self.schools_by_urn: dict[str, School] = {}
        self.delivery_partners: dict[str, DeliveryPartner] = {}
        self.partnerships: dict[str, Partnership] = {}
        self.teachers: dict[str, Teacher] = {}
        self.teachers_by_trn: dict[str, Teacher] = {}
        # The surviving teacher by each id that a merge took away.
        self.merged: dict[str, Teacher] = {}
        self.statements: dict[str, Statement] = {}
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
        # The views of each provider whose ECT entry shows this mentor.
        self._mentored: dict[str, dict[Teacher, dict[View, None]]] = {}
        # What the calendar has to look at again, by the day.
        self.days: dict[date, dict[Partnership | Teacher, None]] = {}
        # One tuple for all stays that count for the same.
        self._counts: dict[object, tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = {}
        self._changes = 0
        self._sequence = 0
        # What has changed since somebody last asked for it; None while nobody wants to know.
        self._unsaved: dict[Record, None] | None = None
        self._removed: list[int] = []

    # -- counting --------------------------------------------------------------------------------

    @property
    def changes(self) -> int:
        """How many there have been: the same number means the same answers, but for what the calendar changes."""
        return self._changes

    def next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    # -- keeping ---------------------------------------------------------------------------------

    def watch(self) -> None:
        """Note from now on which records change."""
        self._unsaved = {}
        self._removed = []

    def every_record(self) -> Iterable[Record]:
        """In an order in which each refers only to earlier ones, but for the mentors of mentorships."""
        yield from self.providers.values()
        yield from self.cohorts.values()
        yield from self.schools.values()
        yield from self.delivery_partners.values()
        yield from self.partnerships.values()
        yield from self.teachers.values()
        yield from self.statements.values()
        yield from self.declarations.values()

    def take_unsaved(self) -> Iterable[Record]:
        """The records that have changed since `watch`, or since this was asked last."""
        unsaved = self._unsaved
        if unsaved:
            self._unsaved = {}
        return unsaved or ()

    def take_removed(self) -> list[int]:
        """The `sequence` of each record that has gone since `watch`, or since this was asked last."""
        removed, self._removed = self._removed, []
        return removed

    def mark(self, record: Record) -> None:
        """The record isn't any more what somebody has kept."""
        if self._unsaved is not None:
            self._unsaved[record] = None

    def _forget(self, record: Record) -> None:
        if self._unsaved is not None:
            self._unsaved.pop(record, None)
            self._removed.append(record.sequence)

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
        """Before the teacher's number becomes this one."""
        if teacher.teacher_reference_number is not None:
            self.teachers_by_trn.pop(teacher.teacher_reference_number, None)
        if trn is not None:
            self.teachers_by_trn[trn] = teacher

    def note_days(self, record: Partnership | Teacher, started_on: date, finished_on: date | None) -> None:
        """The calendar has to look at the record when the stretch begins, and when it is over."""
        for day in (started_on, finished_on and day_after(finished_on)):
            # What the clock has shown doesn't come again.
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

    def forget_statement(self, statement: Statement) -> None:
        del self.statements[statement.id]
        self.statements_by_contract[statement.provider, statement.cohort].remove(statement)
        if statement in self.statement_lists[statement.provider]:
            self.statement_lists[statement.provider].remove(statement)
        self._forget(statement)

    def forget_teacher(self, teacher: Teacher) -> None:
        """Only one of whom nothing remains."""
        del self.teachers[teacher.id]
        self.index_trn(teacher, None)
        self._forget(teacher)

    # -- settling --------------------------------------------------------------------------------

    def settle(self, change: Change) -> None:
        """Everything that follows from the change, at its moment."""
        self._changes += 1
        for stay in change.stays:
            self._count(stay, change)
        for teacher in change.reviewed:
            self._see(teacher, change)
        for teacher in change.moved_unfunded:
            self._move_unfunded(teacher, change.now)
        for declaration in change.refiled_declarations:
            self._refile_declaration(declaration)
        for declaration in change.moved_declarations:
            self._move_declaration(declaration, change.now)
        for school in change.reviewed_schools:
            self._review_school(school, change)
        for partnership in change.moved_partnerships:
            self._move_partnership(partnership, change.now)
        for partner in change.moved_delivery_partners:
            self._move_delivery_partner(partner, change.now)
        for statement in change.moved_statements:
            self._move_statement(statement, change.now)

    # -- participants, transfers, unfunded mentors -------------------------------------------------

    def _see(self, teacher: Teacher, change: Change) -> None:
        """Derive anew what each provider sees of the teacher."""
        for view in teacher.views:
            self.view_lists[view.provider].take_out(view)
            if view.transfers:
                self.transfer_lists[view.provider].take_out(view)
        gone = {view.provider: view for view in teacher.views}
        views: list[View] = []
        happened = transfers(teacher) if teacher.stays else []
        for provider, (ect, mentor) in _latest_trainings(teacher).items():
            # Whoever holds on to the view there was, such as a journal, sees what it shows now.
            known = gone.pop(provider, None)
            view = known or View(teacher, provider)
            view.ect, view.mentor = ect, mentor
            shown = _shown_mentorship(ect.stay, change.today) if ect else None
            if known is not None and _mentor(shown) is not _mentor(known.mentorship):
                change.moved_participants[teacher] = None
            self._show_mentorship(view, shown)
            view.transfers = tuple(each for each in happened if sees_transfer(provider, each))
            view.transfers_updated_at = transfers_updated_at(view.transfers) if view.transfers else None
            view.rendered = view.rendered_transfers = None
            views.append(view)
        for view in gone.values():
            self._show_mentorship(view, None)
        teacher.views = tuple(views)
        if teacher in change.moved_participants:
            teacher.updated_at = change.now
        for view in views:
            self.view_lists[view.provider].add(view)
            if view.transfers:
                self.transfer_lists[view.provider].add(view)
        # A provider that trains or trained the teacher never sees them as an unfunded mentor.
        for provider in (*(view.provider for view in views), *gone):
            self._review_unfunded(provider, teacher)
        for declaration in teacher.declarations:
            self._show_declaration(declaration)
        self.mark(teacher)

    def _show_mentorship(self, view: View, shown: Mentorship | None) -> None:
        """The ECT entry of the view shows the mentor of this mentorship now."""
        mentored = self._mentored[view.provider]
        before, view.mentorship = view.mentorship, shown
        if before is not None:
            del mentored[before.mentor][view]
            if not mentored[before.mentor]:
                del mentored[before.mentor]
            if shown is None or shown.mentor is not before.mentor:
                self._review_unfunded(view.provider, before.mentor)
        if shown is not None:
            mentored.setdefault(shown.mentor, {})[view] = None
            self._review_unfunded(view.provider, shown.mentor)

    def release_mentor(self, mentor: Teacher, change: Change) -> None:
        """Before the teacher's mentorships become another's: every ECT entry that shows the mentor is derived anew."""
        for mentored in self._mentored.values():
            for view in list(mentored.get(mentor, ())):
                self._show_mentorship(view, None)
                change.participant(view.teacher)

    def _review_unfunded(self, provider: str, mentor: Teacher) -> None:
        """Whether the provider sees the teacher as an unfunded mentor (rules 4), and through which mentorships."""
        listing, known = self.unfunded_lists[provider], self.unfunded_mentors[provider]
        views = self._mentored[provider].get(mentor)
        shown = known.get(mentor)
        if not views or mentor.view_of(provider) is not None:
            if shown is not None:
                listing.take_out(known.pop(mentor))
            return
        mentorships = tuple(view.mentorship for view in views if view.mentorship is not None)
        if shown is None:
            known[mentor] = shown = UnfundedMentor(mentor, provider, mentorships)
            listing.add(shown)
        shown.mentorships, shown.rendered = mentorships, None

    def _move_unfunded(self, teacher: Teacher, now: datetime) -> None:
        shown = [(slug, known[teacher]) for slug, known in self.unfunded_mentors.items() if teacher in known]
        for slug, record in shown:
            self.unfunded_lists[slug].take_out(record)
        teacher.unfunded_updated_at = now
        for slug, record in shown:
            record.rendered = None
            self.unfunded_lists[slug].add(record)
        self.mark(teacher)

    # -- declarations ----------------------------------------------------------------------------

    def _move_declaration(self, declaration: Declaration, now: datetime) -> None:
        for listing in self.declaration_lists.values():
            listing.take_out(declaration)
        declaration.updated_at = now
        declaration.rendered = None
        self._show_declaration(declaration)
        self.mark(declaration)

    def _refile_declaration(self, declaration: Declaration) -> None:
        for listing in self.declaration_lists.values():
            if listing.take_out(declaration):
                listing.add(declaration)

    def _show_declaration(self, declaration: Declaration) -> None:
        """Put the declaration on the lists of the providers who may see it now, and on no others (rules 4)."""
        # What it shows of its participant may have changed, too.
        declaration.rendered = None
        views = {view.provider: view for view in declaration.teacher.views}
        for provider, listing in self.declaration_lists.items():
            view = views.get(provider)
            visible = provider == declaration.provider or (view is not None and _sees(view, declaration))
            if not visible:
                listing.take_out(declaration)
            elif declaration not in listing:
                listing.add(declaration)

    # -- schools ---------------------------------------------------------------------------------

    def _count(self, stay: Stay, change: Change) -> None:
        """What the stay adds to its school's counts, now that its training has changed."""
        school = stay.school
        before = stay.counted
        after = self._counts_of(stay) if stay in school.stays else ((), ())
        if before == after:
            return
        for counts, old, new in (
            (school.interests, before[0], after[0]),
            (school.choices, before[1], after[1]),
        ):
            for name in new:
                counts[name] = counts.get(name, 0) + 1
            for name in old:
                counts[name] -= 1
                if not counts[name]:
                    del counts[name]
        gained = {name for name in after[0] if name not in before[0] and school.interests[name] == 1}
        lost = {name for name in before[0] if name not in school.interests}
        stay.counted = self._counts.setdefault(after, after)
        if gained or lost:
            # An expression of interest moves the records of all cohorts (rules 3.9).
            change.school(school)
        else:
            change.review_school(school)

    def _counts_of(self, stay: Stay) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        interests: dict[tuple[str, str], None] = {}
        cohorts: dict[str, None] = {}
        provider_led = False
        for training in stay.trainings:
            if training.provider is not None and training.cohort is not None:
                provider_led = True
                interests[training.provider, training.cohort] = None
                cohorts[training.cohort] = None
            else:
                for cohort in self.cohorts.values():
                    if cohort.contains(training.started_on):
                        cohorts[cohort.year] = None
        if stay.role == "mentor":
            speaks = _MENTOR
        else:
            speaks = _PROVIDER_LED if provider_led else _SCHOOL_LED
        return tuple(interests), tuple((cohort, speaks) for cohort in cohorts)

    def _review_school(self, school: School, change: Change) -> None:
        for cohort, record in school.cohorts.items():
            listing = self.school_lists[cohort]
            listed = listing.take_out(record)
            partnered = any(each.cohort == cohort for each in school.partnerships)
            choice = _programme_choice(school, cohort)
            before = (record.in_partnership, record.induction_programme_choice)
            record.in_partnership, record.induction_programme_choice = partnered, choice
            if school in change.moved_schools or before != (partnered, choice):
                record.updated_at = change.now
            if not listed or before != (partnered, choice) or school in change.moved_schools:
                record.rendered = None
            if is_visible(record):
                listing.add(record)
        self.mark(school)

    # -- the others ------------------------------------------------------------------------------

    def _move_partnership(self, partnership: Partnership, now: datetime) -> None:
        listing = self.partnership_lists[partnership.provider]
        listing.take_out(partnership)
        partnership.updated_at = now
        partnership.rendered = None
        listing.add(partnership)
        self.mark(partnership)

    def _move_delivery_partner(self, partner: DeliveryPartner, now: datetime) -> None:
        for listing in self.delivery_partner_lists.values():
            listing.take_out(partner)
        partner.updated_at = now
        for slug, listing in self.delivery_partner_lists.items():
            if partner.cohorts_with(slug):
                listing.add(partner)
        self.mark(partner)

    def _move_statement(self, statement: Statement, now: datetime) -> None:
        statement.updated_at = now
        statement.rendered = None
        self.list_statement(statement)
        self.mark(statement)

    def list_statement(self, statement: Statement) -> None:
        """Put the statement in its place among the provider's, by payment date."""
        listed = self.statement_lists[statement.provider]
        if statement in listed:
            listed.remove(statement)
        if statement.fee_type == "output":
            listed.append(statement)
            listed.sort(key=lambda each: (each.payment_date, each.sequence))


def new_school_list() -> Listing[SchoolCohort]:
    return Listing(_created, _updated)


def is_visible(record: SchoolCohort) -> bool:
    """Every eligible school, and those that have a partnership with anybody in the cohort (rules 4)."""
    return record.school.eligible or record.in_partnership


def _programme_choice(school: School, cohort: str) -> str:
    if (cohort, _MENTOR) in school.choices or (cohort, _PROVIDER_LED) in school.choices:
        return "provider_led"
    return "school_led" if (cohort, _SCHOOL_LED) in school.choices else "not_yet_known"


def _latest_trainings(teacher: Teacher) -> dict[str, tuple[Training | None, Training | None]]:
    """L as ECT and as mentor, by each provider with a partnership under which the teacher trained or trains."""
    latest: dict[str, tuple[Training | None, Training | None]] = {}
    for stay in teacher.stays:
        for training in stay.trainings:
            if training.partnership is not None and training.provider is not None:
                ect, mentor = latest.get(training.provider, (None, None))
                if stay.role == "ect":
                    ect = training if ect is None or by_start(ect) < by_start(training) else ect
                else:
                    mentor = training if mentor is None or by_start(mentor) < by_start(training) else mentor
                latest[training.provider] = ect, mentor
    return latest


def _mentor(mentorship: Mentorship | None) -> Teacher | None:
    return None if mentorship is None else mentorship.mentor


def _shown_mentorship(stay: Stay, today: date) -> Mentorship | None:
    """The ongoing one, its last day included, else the next to begin (rules 3.1, `mentor_id`)."""
    ahead: Mentorship | None = None
    for mentorship in stay.mentorships:
        if is_ongoing(mentorship.started_on, mentorship.finished_on, today):
            return mentorship
        if ahead is None and mentorship.started_on > today:
            ahead = mentorship
    return ahead


def _sees(view: View, declaration: Declaration) -> bool:
    """Another provider's, live, and dated before this provider's training of the person in the role ended."""
    latest = view.latest(declaration.role)
    if latest is None or not declaration.blocks:
        return False
    ends = latest.finished_on
    return ends is None or declaration.declaration_date <= datetime.combine(ends, time.min, UTC)


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
