"""Updates everything derived from a world's records when a change closes.

The order matters: first the schools' counts of periods, then what providers see, then lists and `updated_at`.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from mock_server.v3.domain.calendar import is_ongoing
from mock_server.v3.domain.derived import sees_transfer, transfers, transfers_updated_at
from mock_server.v3.domain.moves import Moves
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    Mentorship,
    Partnership,
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
from mock_server.v3.domain.stores import Stores

# The programmes for which a stay counts in its school's choice (rules 3.5). The first one counts most.
_MENTOR, _PROVIDER_LED, _SCHOOL_LED = "mentor", "provider_led", "school_led"


class Settling(Stores):
    """A world's stores, which it updates after each change."""

    # -- settling --------------------------------------------------------------------------------

    def settle(self, change: Moves[Any]) -> None:
        """Make all effects of the change, at its moment."""
        self._changes += 1
        self.mark(self.progress)
        for stay in change.stays:
            self._count(stay, change)
        for teacher in change.reviewed:
            self._see(teacher, change)
        for teacher in change.moved_unfunded:
            self._move_unfunded(teacher, change.now)
        for declaration in change.made_declarations:
            self._list_declaration(declaration)
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

    def _see(self, teacher: Teacher, change: Moves[Any]) -> None:
        """Derive anew what each provider sees of the teacher."""
        for view in teacher.views:
            self.view_lists[view.provider].lift(view)
            self.transfer_lists[view.provider].lift(view)
        gone = {view.provider: view for view in teacher.views}
        views: list[View] = []
        happened = transfers(teacher) if teacher.stays else []
        for provider, (ect, mentor) in latest_trainings(teacher).items():
            # Anything that still holds the earlier view, such as a journal, sees the present values.
            known = gone.pop(provider, None)
            view = known or View(teacher, provider)
            view.ect, view.mentor = ect, mentor
            shown = shown_mentorship(ect.stay, change.today) if ect else None
            if known is not None and _mentor(shown) is not _mentor(known.mentorship):
                change.moved_participants[teacher] = None
            self._show_mentorship(view, shown)
            view.transfers = tuple(each for each in happened if sees_transfer(provider, each))
            view.transfers_updated_at = transfers_updated_at(view.transfers) if view.transfers else None
            view.rendered = view.rendered_transfers = None
            views.append(view)
        for view in gone.values():
            self._show_mentorship(view, None)
            self.view_lists[view.provider].put(view, shown=False)
            self.transfer_lists[view.provider].put(view, shown=False)
        teacher.views = tuple(views)
        if change.today != self.clock.date():
            # The request claims another day, or the clock was set back.
            self.note_other_days_mentor(teacher)
        if teacher in change.moved_participants:
            teacher.updated_at = change.now
        for view in views:
            self.view_lists[view.provider].put(view)
            self.transfer_lists[view.provider].put(view, shown=bool(view.transfers))
        # A provider that trains or trained the teacher never sees them as an unfunded mentor.
        for provider in (*(view.provider for view in views), *gone):
            self._review_unfunded(provider, teacher)
        for declaration in teacher.declarations:
            self._show_declaration(declaration)
        self.mark(teacher)

    def note_other_days_mentor(self, teacher: Teacher) -> None:
        """If some provider sees another day's mentorship, let the next run put it right: today's or tomorrow's."""
        today = self.clock.date()
        ects = [(view.mentorship, view.ect.stay) for view in teacher.views if view.ect is not None]
        if any(seen is not shown_mentorship(stay, today) for seen, stay in ects):
            self.note_days(teacher, today, today)

    def _show_mentorship(self, view: View, shown: Mentorship | None) -> None:
        """Let the ECT entry of the view show the mentor of this mentorship."""
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

    def release_mentor(self, mentor: Teacher, change: Moves[Any]) -> None:
        """Derive anew every ECT entry that shows the mentor. Call it before the mentorships go to another teacher."""
        for mentored in self._mentored.values():
            for view in list(mentored.get(mentor, ())):
                self._show_mentorship(view, None)
                change.participant(view.teacher)

    def _review_unfunded(self, provider: str, mentor: Teacher) -> None:
        """Update whether and through which mentorships the provider sees an unfunded mentor (rules 4)."""
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
            listing.put(shown)
        shown.mentorships, shown.rendered = mentorships, None

    def _move_unfunded(self, teacher: Teacher, now: datetime) -> None:
        shown = [(slug, known[teacher]) for slug, known in self.unfunded_mentors.items() if teacher in known]
        for slug, record in shown:
            self.unfunded_lists[slug].lift(record)
        teacher.unfunded_updated_at = now
        for slug, record in shown:
            record.rendered = None
            self.unfunded_lists[slug].put(record)

    # -- declarations ----------------------------------------------------------------------------

    def _list_declaration(self, declaration: Declaration) -> None:
        """It is new. A list has it only if the same change has already shown its participant differently."""
        for provider in _providers_of(declaration):
            listing = self.declaration_lists[provider]
            listing.lift(declaration)
            listing.put(declaration)
        self.mark(declaration)

    def _move_declaration(self, declaration: Declaration, now: datetime) -> None:
        for listing in self.declaration_lists.values():
            listing.lift(declaration)
        declaration.updated_at = now
        self._put_declaration(declaration)
        self.mark(declaration)

    def _refile_declaration(self, declaration: Declaration) -> None:
        for listing in self.declaration_lists.values():
            listing.lift(declaration)
        self._put_declaration(declaration)

    def _put_declaration(self, declaration: Declaration) -> None:
        """Put it on the lists of exactly the providers who may see it (rules 4). You must have lifted it."""
        declaration.rendered = None
        seen_by = _providers_of(declaration)
        for provider, listing in self.declaration_lists.items():
            shown = provider in seen_by
            if shown or declaration in listing:
                listing.put(declaration, shown=shown)

    def _show_declaration(self, declaration: Declaration) -> None:
        """Its participant has changed. Providers may start or stop seeing it, and v3 may show it differently."""
        declaration.rendered = None
        seen_by = _providers_of(declaration)
        for provider, listing in self.declaration_lists.items():
            shown = provider in seen_by
            if shown != (declaration in listing):
                listing.lift(declaration)
                listing.put(declaration, shown=shown)

    # -- schools ---------------------------------------------------------------------------------

    def _count(self, stay: Stay, change: Moves[Any]) -> None:
        """Update the school's counts after a change of the stay's training."""
        school = stay.school
        before = stay.counted
        after = self.counts_of(stay) if stay in school.stays else ((), ())
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

    def counts_of(self, stay: Stay) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
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

    def _review_school(self, school: School, change: Moves[Any]) -> None:
        partnered = {each.cohort for each in school.partnerships}
        for cohort, record in school.cohorts.items():
            facts = (cohort in partnered, programme_choice(school, cohort))
            moves = school in change.moved_schools or facts != (
                record.in_partnership,
                record.induction_programme_choice,
            )
            record.in_partnership, record.induction_programme_choice = facts
            visible = is_visible(record)
            if not moves and visible == record.listed:
                continue
            listing = self.school_lists[cohort]
            listing.lift(record)
            if moves:
                record.updated_at, record.rendered = change.now, None
            listing.put(record, shown=visible)
            record.listed = visible
        self.mark(school)

    # -- the others ------------------------------------------------------------------------------

    def _move_partnership(self, partnership: Partnership, now: datetime) -> None:
        listing = self.partnership_lists[partnership.provider]
        listing.lift(partnership)
        partnership.updated_at = now
        partnership.rendered = None
        listing.put(partnership)
        self.mark(partnership)

    def _move_delivery_partner(self, partner: DeliveryPartner, now: datetime) -> None:
        for listing in self.delivery_partner_lists.values():
            listing.lift(partner)
        partner.updated_at = now
        for slug, listing in self.delivery_partner_lists.items():
            listing.put(partner, shown=bool(partner.cohorts_with(slug)))
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


def is_visible(record: SchoolCohort) -> bool:
    """Whether v3 shows the school: if it is eligible, or has any partnership in the cohort (rules 4)."""
    return record.school.eligible or record.in_partnership


def programme_choice(school: School, cohort: str) -> str:
    if (cohort, _MENTOR) in school.choices or (cohort, _PROVIDER_LED) in school.choices:
        return "provider_led"
    return "school_led" if (cohort, _SCHOOL_LED) in school.choices else "not_yet_known"


def latest_trainings(teacher: Teacher) -> dict[str, tuple[Training | None, Training | None]]:
    """L as ECT and as mentor, for each provider under whose partnerships the teacher trains or trained."""
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


def shown_mentorship(stay: Stay, today: date) -> Mentorship | None:
    """The ongoing mentorship, even on its last day, or else the next to begin (rules 3.1, `mentor_id`)."""
    ahead: Mentorship | None = None
    for mentorship in stay.mentorships:
        if is_ongoing(mentorship.started_on, mentorship.finished_on, today):
            return mentorship
        if ahead is None and mentorship.started_on > today:
            ahead = mentorship
    return ahead


def _providers_of(declaration: Declaration) -> list[str]:
    """The providers that may see the declaration: its own, and others by rules 4."""
    seen_by = [declaration.provider]
    for view in declaration.teacher.views:
        if view.provider != declaration.provider and sees_declaration(view, declaration):
            seen_by.append(view.provider)
    return seen_by


def sees_declaration(view: View, declaration: Declaration) -> bool:
    """Whether another's declaration is live, with a date before this provider's training in the role ended."""
    latest = view.latest(declaration.role)
    if latest is None or not declaration.blocks:
        return False
    ends = latest.finished_on
    return ends is None or declaration.declaration_date <= datetime.combine(ends, time.min, UTC)
