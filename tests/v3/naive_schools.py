"""What schools, the department and the calendar do in the naive model, and what moves which `updated_at`.

It knows only the plain cases: the properties ask for no others.
"""

from datetime import UTC, date, datetime, time, timedelta

from tests.v3.naive_records import (
    COHORTS,
    COURSE,
    DAY,
    Declaration,
    Mentorship,
    Partnership,
    Person,
    Records,
    Stay,
    Training,
    day_in,
    day_of,
)


class Schools(Records):
    def add_partnership(self, id: str, provider: str, school: str, cohort: str, partner: str, now: datetime) -> None:
        made = self.partnerships[id] = Partnership(id, provider, school, cohort, partner, now, now)
        for person in self.people.values():
            for training in (each for stay in person.stays if stay.school == school for each in stay.trainings):
                if (training.provider, training.cohort) == (provider, cohort) and training.partnership is None:
                    training.partnership = made
        self.settle(now)

    def add_school(self, urn: str, id: str, uplifted: tuple[str, ...], now: datetime) -> None:
        self.schools[urn] = id
        for cohort in COHORTS:
            self.schools_updated[urn, cohort] = now
            self.uplifts[urn, cohort] = cohort in uplifted
        self.settle(now)

    def register(
        self,
        id: str,
        now: datetime,
        *,
        role: str,
        school: str,
        start: date,
        provider: str | None,
        cohort: str,
        schedule: str,
        name: str,
        trn: str,
        email: str,
    ) -> None:
        person = self.people.get(id)
        if person is None:
            person = self.people[id] = Person(id, name, trn, now, now, now)
        for stay in person.stays:
            if stay.role == role and (stay.end is None or stay.end >= start):
                self.end_stay(stay, start - DAY, now)
        stay = Stay(person, role, school, start, None, email, "full_time" if role == "ect" else None, now)
        person.stays.append(stay)
        if provider or role == "ect":
            stay.trainings.append(
                Training(
                    stay,
                    start,
                    None,
                    provider,
                    cohort if provider else None,
                    self.first_partnership(provider, school, cohort),
                    schedule if provider else None,
                    now,
                    now,
                )
            )
        if role == "mentor":
            person.unfunded_updated = now
        if role == "mentor" and provider and person.funding_end is None:
            self.become_eligible(person, role, start, now)
        if role == "ect" and any(day_in(first, last, day_of(now)) for first, last, _ in person.inductions):
            self.become_eligible(person, role, start, now)
        self.settle(now)

    def first_partnership(self, provider: str | None, school: str, cohort: str | None) -> Partnership | None:
        for each in self.partnerships.values():
            if (each.provider, each.school, each.cohort) == (provider, school, cohort):
                return each
        return None

    def become_eligible(self, person: Person, role: str, day: date, now: datetime) -> None:
        if role in person.eligible:
            return
        person.eligible[role] = day
        for each in self.declarations.values():
            if each.person is person and each.role == role and each.state == "submitted":
                each.payment = "eligible"
                each.statement = self.next_statement(
                    each.provider, each.training.cohort or "", day_of(now), only_open=True
                )

    def end_stay(self, stay: Stay, day: date, now: datetime) -> None:
        stay.end = day
        stay.trainings = [each for each in stay.trainings if each.start < day]
        for training in stay.trainings:
            self.end_training(training, day, now)
        concerned = [each for each in self.mentorships if stay in (each.ect, each.mentor)]
        for each in concerned:
            if each.start >= day:
                self.mentorships.remove(each)
            elif each.end is None or each.end > day:
                each.end = day

    def depart(self, stay: Stay, day: date, now: datetime) -> None:
        self.end_stay(stay, day, now)
        self.settle(now)

    def start_induction(self, person: Person, now: datetime) -> None:
        today = day_of(now)
        person.inductions.append((today, None, None))
        if any(stay.role == "ect" and day_in(stay.start, stay.end, today) for stay in person.stays):
            self.become_eligible(person, "ect", today, now)
        self.settle(now)

    def pass_induction(self, person: Person, now: datetime) -> None:
        today = day_of(now)
        start, _, _ = person.inductions.pop()
        person.inductions.append((start, today, "pass"))
        for stay in person.stays:
            if stay.role == "ect" and stay.end is None:
                self.end_stay(stay, today, now)
        self.settle(now)

    def assign_mentor(self, ect: Stay, mentor: Stay, now: datetime) -> None:
        start = max(ect.start, mentor.start, day_of(now))
        for each in self.mentorships:
            if each.ect is ect and (each.end is None or each.end >= start):
                each.end = start - DAY
        self.mentorships.append(Mentorship(ect, mentor, start, None))
        self.settle(now)

    def change_provider(self, training: Training, provider: str, now: datetime) -> None:
        today, stay = day_of(now), training.stay
        partnership = self.first_partnership(provider, stay.school, training.cohort)
        changed = training
        if training.start < today:
            if training.partnership:
                self.end_training(training, today - DAY, now)
            else:
                stay.trainings.remove(training)
            changed = self.go_on(training, today, None, now)
        changed.provider, changed.partnership = provider, partnership
        self.settle(now)

    def freeze(self, cohort: str, now: datetime) -> None:
        self.frozen[cohort] = now

    # -- the calendar ----------------------------------------------------------------------------

    def follow_clock(self, clock: datetime) -> None:
        """Every midnight passed, in order."""
        midnight = datetime.combine(self.clock.date() + DAY, time.min, UTC)
        while midnight <= clock:
            self._close_statements(midnight)
            self._pay_statements(midnight)
            self._review_partnerships(midnight + timedelta(minutes=1))
            self.settle(midnight + timedelta(hours=1))
            midnight += DAY
        self.clock = max(clock, self.clock)

    def _close_statements(self, now: datetime) -> None:
        for statement in self.statements:
            if statement.status == "open" and statement.deadline < now.date():
                statement.status, statement.updated = "payable", now
                for each in self.declarations.values():
                    if each.statement is statement and each.payment == "eligible":
                        each.payment = "payable"
        self.settle_declarations(now)

    def _pay_statements(self, now: datetime) -> None:
        for statement in self.statements:
            paid = [d for d in self.declarations.values() if d.statement is statement and d.payment == "payable"]
            taken_back = [
                each
                for each in self.declarations.values()
                if each.clawback_statement is statement and each.clawback == "awaiting-clawback"
            ]
            if statement.output and statement.status == "payable" and statement.payment <= now.date():
                if not paid and not taken_back:
                    continue
                statement.status, statement.updated = "paid", now
                for each in paid:
                    each.payment = "paid"
                for each in taken_back:
                    each.clawback = "clawed-back"
        self.settle_declarations(now)

    def _review_partnerships(self, now: datetime) -> None:
        today = now.date()
        for person in self.people.values():
            for training in (each for stay in person.stays for each in stay.trainings):
                if training.partnership and (training.start == today or training.end == today - DAY):
                    training.partnership.updated = now

    # -- what moves `updated_at` (rules 3.9) -------------------------------------------------------

    def settle(self, now: datetime) -> None:
        """Whatever has changed since the last time was updated now."""
        today = day_of(now)
        for person in self.people.values():
            if self._changed(person, self._print_of_person(person, today)):
                person.updated = now
        self.settle_declarations(now)
        for school in self.schools:
            interests = {
                (training.provider, training.cohort)
                for person in self.people.values()
                for stay in person.stays
                if stay.school == school
                for training in stay.trainings
                if training.provider
            }
            wanted = self._changed(school, interests)
            for cohort in COHORTS:
                partnered = any((each.school, each.cohort) == (school, cohort) for each in self.partnerships.values())
                if self._changed((school, cohort), (partnered, self.choice(school, cohort))) or wanted:
                    self.schools_updated[school, cohort] = now

    def settle_declarations(self, now: datetime) -> None:
        """These alone: whoever became or ceased to be a mentor by the calendar is noticed at 01:00 (rules 6.5)."""
        for declaration in self.declarations.values():
            if self._changed(declaration, self._print_of_declaration(declaration)):
                declaration.updated = now

    def _changed(self, record: object, print_: object) -> bool:
        before = self.seen.get(record)
        self.seen[record] = print_
        return before is not None and before != print_

    def _print_of_person(self, person: Person, today: date) -> object:
        trainings = [
            (
                id(each),
                each.start,
                each.end,
                each.provider,
                each.cohort,
                each.schedule,
                each.deferral,
                each.withdrawal,
                each.partnership and (each.partnership.id, each.partnership.partner),
            )
            for role in COURSE
            for each in self.trainings(person, role)
        ]
        seen = {
            provider: each.mentor.person.id
            for provider in self.providers
            if (each := self.mentorship(provider, person, today))
        }
        facts = (dict(person.eligible), person.funding_end, person.funding_reason, dict(person.frozen))
        return trainings, seen, facts, list(person.inductions)

    def _print_of_declaration(self, each: Declaration) -> object:
        statements = each.statement and each.statement.id, each.clawback_statement and each.clawback_statement.id
        return each.payment, each.clawback, statements
