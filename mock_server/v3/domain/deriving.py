"""Derives everything at once, for a world that got its records without changes: from rows, or from growth."""

from collections.abc import Callable

from mock_server.v3.domain.derived import sees_transfer, transfers, transfers_updated_at
from mock_server.v3.domain.records import Declaration, Mentorship, SchoolCohort, Teacher, UnfundedMentor, View
from mock_server.v3.domain.settling import Settling, is_visible, latest_trainings, programme_choice, sees_declaration


class Deriving(Settling):
    """A world that can start with all its records."""

    def derive_all(self, shown: Callable[[View], Mentorship | None]) -> None:
        """Derive everything for records that the world got without a change. `updated_at` stays as it is.

        `shown` says which mentorship each ECT entry shows: the one that the last change or daily run saw.
        """
        for mentored in self._mentored.values():
            mentored.clear()
        views: dict[str, list[View]] = {slug: [] for slug in self.providers}
        for teacher in self.teachers.values():
            self._view_anew(teacher, shown)
            for view in teacher.views:
                views[view.provider].append(view)
        for slug, seen in views.items():
            self.view_lists[slug].fill(seen)
            self.transfer_lists[slug].fill([view for view in seen if view.transfers])
            self._fill_unfunded(slug)
        self._fill_schools()
        self._fill_declarations()
        for slug in self.providers:
            self.partnership_lists[slug].fill([each for each in self.partnerships.values() if each.provider == slug])
            partners = [each for each in self.delivery_partners.values() if each.cohorts_with(slug)]
            self.delivery_partner_lists[slug].fill(partners)
        self.statements_by_contract.clear()
        for statement in self.statements.values():
            self.file_statement(statement)
            self.list_statement(statement)

    def _view_anew(self, teacher: Teacher, shown: Callable[[View], Mentorship | None]) -> None:
        known = {view.provider: view for view in teacher.views}
        happened = transfers(teacher)
        views: list[View] = []
        for provider, (ect, mentor) in latest_trainings(teacher).items():
            view = known.get(provider) or View(teacher, provider)
            view.ect, view.mentor = ect, mentor
            view.mentorship = shown(view) if ect else None
            if view.mentorship is not None:
                self._mentored[provider].setdefault(view.mentorship.mentor, {})[view] = None
            if happened:
                view.transfers = tuple(each for each in happened if sees_transfer(provider, each))
                view.transfers_updated_at = transfers_updated_at(view.transfers) if view.transfers else None
            view.rendered = view.rendered_transfers = None
            views.append(view)
        teacher.views = tuple(views)

    def _fill_unfunded(self, provider: str) -> None:
        known = self.unfunded_mentors[provider]
        known.clear()
        for mentor, views in self._mentored[provider].items():
            if mentor.view_of(provider) is None:
                mentorships = tuple(view.mentorship for view in views if view.mentorship is not None)
                known[mentor] = UnfundedMentor(mentor, provider, mentorships)
        self.unfunded_lists[provider].fill(list(known.values()))

    def _fill_schools(self) -> None:
        visible: dict[str, list[SchoolCohort]] = {cohort: [] for cohort in self.cohorts}
        for school in self.schools.values():
            school.interests, school.choices = {}, {}
            for stay in school.stays:
                counts = self.counts_of(stay)
                stay.counted = self._counts.setdefault(counts, counts)
                for name in counts[0]:
                    school.interests[name] = school.interests.get(name, 0) + 1
                for name in counts[1]:
                    school.choices[name] = school.choices.get(name, 0) + 1
            partnered = {each.cohort for each in school.partnerships}
            for cohort, record in school.cohorts.items():
                record.in_partnership = cohort in partnered
                record.induction_programme_choice = programme_choice(school, cohort)
                record.listed, record.rendered = is_visible(record), None
                if record.listed:
                    visible[cohort].append(record)
        for cohort, records in visible.items():
            self.school_lists[cohort].fill(records)

    def _fill_declarations(self) -> None:
        visible: dict[str, list[Declaration]] = {slug: [] for slug in self.providers}
        for declaration in self.declarations.values():
            visible[declaration.provider].append(declaration)
            for view in declaration.teacher.views:
                if view.provider != declaration.provider and sees_declaration(view, declaration):
                    visible[view.provider].append(declaration)
        for slug, declarations in visible.items():
            self.declaration_lists[slug].fill(declarations)
