"""One sandbox's participants and declarations. Records change only here.

Each public method makes one whole change. It doesn't repeat the checks of the rules, and never fails half-way.
It brings every order, index and cached rendering in step.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, Final

from mock_server.rules.identifiers import Identifiers
from mock_server.rules.orders import Selection
from mock_server.rules.providers import Provider
from mock_server.v1.domain.lists import DeclarationList, ParticipantList
from mock_server.v1.domain.records import Declaration, Enrolment, Event, Participant, Person
from mock_server.v1.domain.schedules import end_of, next_statement
from mock_server.v1.domain.states import NEXT_RUN, VOIDED_AS, check_move

# We keep this many of a participant's latest events. Nobody's life has as many, but a load test may.
MAX_HISTORY: Final = 100


class World:
    """`clock` is the latest moment that the sandbox's clock showed; payment runs follow it."""

    def __init__(self, providers: Iterable[Provider], random_seed: int, clock: datetime) -> None:
        self.providers = {provider.slug: provider for provider in providers}
        self.participants: dict[str, Participant] = {}
        self.declarations: dict[str, Declaration] = {}
        self.clock = clock
        self._new_id = Identifiers(random_seed)
        self._changes = 0
        self._participant_lists = {slug: ParticipantList() for slug in self.providers}
        self._declaration_lists = {slug: DeclarationList() for slug in self.providers}
        self._by_validated_trn: dict[str, list[Participant]] = {}
        # The records that changed since the last `take_unsaved`. None until somebody calls `watch`.
        self._unsaved: set[Participant | Declaration] | None = None
        # Declarations by the moment of the next payment run that moves them. If a declaration has moved in
        # another way by then, its entry does nothing.
        self._due: list[tuple[datetime, int, Declaration, str]] = []

    def __del__(self) -> None:
        # Records refer to each other in circles. We break the circles here, so that Python frees the records at once.
        # Otherwise they wait for a full garbage collection, which is slow and rare in a large server.
        for participant in self.participants.values():
            participant.enrolments.clear()
            participant.declarations.clear()
            participant.history = ()
            del participant.current

    # -- reading ---------------------------------------------------------------------------------

    @property
    def changes(self) -> int:
        """The number of changes so far. The same number means the same participants and declarations."""
        return self._changes

    def counts(self) -> dict[str, int]:
        return {"participants": len(self.participants), "declarations": len(self.declarations)}

    def list_participants(
        self, provider: str, cohorts: frozenset[str] | None = None, updated_since: datetime | None = None
    ) -> Selection[Enrolment]:
        """Everyone whom the provider sees (rules 5.3), by creation. With `updated_since`, by update."""
        return self._participant_lists[provider].select(cohorts, updated_since)

    def list_declarations(
        self, provider: str, participant_id: str | None = None, updated_since: datetime | None = None
    ) -> Selection[Declaration]:
        """The provider's own declarations, and the live ones that it took over, by creation."""
        shown = self._declaration_lists[provider]
        if participant_id is None:
            return shown.select(updated_since)
        participant = self.participants.get(participant_id)
        mine = [d for d in participant.declarations if d in shown] if participant else []
        mine.sort(key=lambda d: (d.created_at, d.sequence))
        return Selection([d for d in mine if updated_since is None or d.updated_at > updated_since])

    def enrolment(self, provider: str, participant_id: str) -> Enrolment | None:
        """The participant as the provider sees them, or None if it doesn't (rules 8)."""
        participant = self.participants.get(participant_id)
        enrolment = participant.enrolment_with(provider) if participant else None
        return None if enrolment is None or enrolment.challenged else enrolment

    def own_declaration(self, provider: str, declaration_id: str) -> Declaration | None:
        declaration = self.declarations.get(declaration_id)
        return declaration if declaration and declaration.provider == provider else None

    def ects_of(self, mentor: Participant) -> list[Participant]:
        """The ECTs whom this participant mentors now. Empty for an ECT."""
        if mentor.participant_type != "mentor":
            return []
        return [each for each in self.participants.values() if each.current.mentor_id == mentor.id]

    def others_with_trn_of(self, participant: Participant) -> list[Participant]:
        """The other participants who carry the same validated teacher reference number."""
        trn = participant.person.validated_trn
        return [other for other in self._by_validated_trn[trn] if other is not participant] if trn else []

    # -- keeping ---------------------------------------------------------------------------------

    def watch(self) -> None:
        """Note from now on which records change."""
        self._unsaved = set()

    def every_record(self) -> Iterable[Participant | Declaration]:
        yield from self.participants.values()
        yield from self.declarations.values()

    @property
    def row_count(self) -> int:
        """How many records `every_record` yields. The state file holds one row for each."""
        return len(self.participants) + len(self.declarations)

    def take_unsaved(self) -> Iterable[Participant | Declaration]:
        """The records that have changed since `watch`, or since the last call."""
        unsaved = self._unsaved
        if unsaved:
            self._unsaved = set()
        return unsaved or ()

    def restore(self, participants: Sequence[Participant], declarations: Sequence[Declaration], changes: int) -> None:
        """Fill an empty world with the records of another, in order of `sequence`. It had made `changes` changes.

        This world then goes on as the other would have.
        """
        self.participants = {participant.id: participant for participant in participants}
        self.declarations = {declaration.id: declaration for declaration in declarations}
        self._changes = changes
        # Each record took one id, and the world never removes a record.
        self._new_id.skip(len(participants) + len(declarations))
        enrolments: dict[str, list[Enrolment]] = {slug: [] for slug in self.providers}
        for participant in participants:
            for enrolment in _seen(participant):
                enrolments[enrolment.provider].append(enrolment)
            self._index_trn(participant, None)
        for slug, theirs in enrolments.items():
            self._participant_lists[slug].fill(theirs)
        for declaration in declarations:
            declaration.participant.declarations.append(declaration)
            self._show_declaration(declaration)
            self._note_due(declaration)

    # -- participants ----------------------------------------------------------------------------

    def add_participant(
        self,
        *,
        provider: str,
        participant_type: str,
        cohort: str,
        person: Person,
        school_urn: str,
        schedule_identifier: str,
        now: datetime,
        email: str | None = None,
        mentor_id: str | None = None,
        status: str = "active",
        training_status: str = "active",
    ) -> Participant:
        """A school enrols somebody. `status` and `training_status` may start with another value than active."""
        now = now.replace(microsecond=0)
        sequence = self._next_change()
        participant = Participant(
            self._new_id(), participant_type, cohort, person, schedule_identifier, now, now, sequence, sequence
        )
        participant.current = Enrolment(
            participant,
            provider,
            email,
            school_urn,
            mentor_id,
            joined_at=now,
            status=status,
            training_status=training_status,
            withdrawn_at=now if training_status == "withdrawn" else None,
        )
        participant.enrolments.append(participant.current)
        self.participants[participant.id] = participant
        self._participant_lists[provider].add(participant.current)
        self._index_trn(participant, None)
        self._mark(participant)
        return participant

    def register(self, participant: Participant, facts: Mapping[str, Any], now: datetime) -> None:
        """A registration, or a school's correction: new `facts` about the person, by the record's attributes.

        The email belongs to the current enrolment (rules 8). Once funding is confirmed, `submitted` declarations
        become `eligible`.
        """
        before, enrolment = participant.person, participant.current
        person = before._replace(**{name: fact for name, fact in facts.items() if name != "email"})
        email: str | None = facts.get("email", enrolment.email)
        _note(enrolment, "email", enrolment.email, email, now)
        for name in Person._fields:
            _note(enrolment, name, getattr(before, name), getattr(person, name), now)
        participant.person, enrolment.email = person, email
        self._index_trn(participant, before)
        self._touch(participant, now)
        if person.eligible_for_funding:
            for declaration in participant.declarations:
                if declaration.state == "submitted":
                    self.move_declaration(declaration, "eligible", now)

    def set_training_status(self, enrolment: Enrolment, status: str, now: datetime) -> None:
        _note(enrolment, "training_status", enrolment.training_status, status, now)
        enrolment.training_status = status
        enrolment.withdrawn_at = now.replace(microsecond=0) if status == "withdrawn" else None
        self._touch(enrolment.participant, now)

    def set_schedule(self, enrolment: Enrolment, schedule_identifier: str, now: datetime) -> None:
        """Set the participant's one schedule. Any provider's `enrolment` of the participant will do (rules 5.4)."""
        participant = enrolment.participant
        _note(enrolment, "schedule_identifier", participant.schedule_identifier, schedule_identifier, now)
        participant.schedule_identifier = schedule_identifier
        self._touch(participant, now)

    def set_school_status(self, participant: Participant, status: str, now: datetime) -> None:
        """The school changes the status of the current enrolment. A mentor whom it removes loses all ECTs."""
        _note(participant.current, "status", participant.current.status, status, now)
        participant.current.status = status
        self._touch(participant, now)
        self._show_declarations_of(participant)
        if participant.removed:
            self._release_ects(participant, now)

    def set_mentor(self, participant: Participant, mentor_id: str | None, now: datetime) -> None:
        """The school gives an ECT another mentor, or none."""
        _note(participant.current, "mentor_id", participant.current.mentor_id, mentor_id, now)
        participant.current.mentor_id = mentor_id
        self._touch(participant, now)

    def amend_cohort(
        self, participant: Participant, cohort: str, schedule_identifier: str | None, now: datetime
    ) -> None:
        """The department moves the participant to another cohort, and to another schedule if it names one.

        Declarations stay attached to their statement.
        """
        for enrolment in _seen(participant):
            self._participant_lists[enrolment.provider].remove(enrolment)
        _note(participant.current, "cohort", participant.cohort, cohort, now)
        participant.cohort = cohort
        for enrolment in _seen(participant):
            self._participant_lists[enrolment.provider].add(enrolment)
        self.set_schedule(participant.current, schedule_identifier or participant.schedule_identifier, now)

    def transfer(
        self, participant: Participant, provider: str, school_urn: str, mentor_id: str | None, now: datetime
    ) -> None:
        """Another provider, another school, or both (rules 8). At the same school, no `mentor_id` keeps the mentor.

        At another school training starts as active. At the same school the new provider takes the enrolment over
        as it is, and the earlier provider no longer sees the participant.
        """
        now = now.replace(microsecond=0)
        before, school_before = participant.current, participant.current.school_urn
        moves = school_urn != school_before
        enrolment = participant.enrolment_with(provider)
        if enrolment is None:
            enrolment = Enrolment(participant, provider, before.email, school_urn, None, joined_at=now)
            participant.enrolments.append(enrolment)
            self._participant_lists[provider].add(enrolment)
        elif enrolment is not before:
            enrolment.email, enrolment.joined_at, enrolment.left_at = before.email, now, None
            if enrolment.challenged:
                enrolment.challenged = False
                self._participant_lists[provider].add(enrolment)
        training_status = "active" if moves else before.training_status
        _note(enrolment, "provider", before.provider, provider, now)
        _note(enrolment, "school_urn", school_before, school_urn, now)
        _note(enrolment, "training_status", enrolment.training_status, training_status, now)
        enrolment.school_urn = school_urn
        enrolment.mentor_id = mentor_id if moves else mentor_id or before.mentor_id
        enrolment.status = "active" if moves else before.status
        enrolment.training_status = training_status
        if moves or enrolment is not before:
            # Each provider has its own withdrawal. One that this provider made earlier no longer counts.
            enrolment.withdrawn_at = None
        if enrolment is not before:
            before.left_at = now
            if not moves:
                before.challenged = True
                self._participant_lists[before.provider].remove(before)
        participant.current = enrolment
        self._touch(participant, now)
        self._show_declarations_of(participant)
        if moves:
            self._release_ects(participant, now)

    def _release_ects(self, mentor: Participant, now: datetime) -> None:
        """A mentor who moved, or whom the school removed, no longer mentors anybody (rules 5.5)."""
        for participant in self.ects_of(mentor):
            self.set_mentor(participant, None, now)

    # -- declarations ----------------------------------------------------------------------------

    def add_declaration(
        self,
        *,
        provider: str,
        participant: Participant,
        declaration_type: str,
        declaration_date: datetime,
        evidence_held: str | None,
        state: str,
        now: datetime,
    ) -> Declaration:
        sequence = self._next_change()
        declaration = Declaration(
            self._new_id(),
            participant,
            provider,
            declaration_type,
            declaration_date,
            evidence_held,
            state,
            now,
            now,
            sequence,
            sequence,
        )
        self.declarations[declaration.id] = declaration
        participant.declarations.append(declaration)
        _note_state(declaration, None, now)
        self._mark(declaration)
        self._await_payment(declaration, now)
        self._show_declaration(declaration)
        return declaration

    def move_declaration(self, declaration: Declaration, state: str, now: datetime) -> None:
        """Raises ForbiddenMove, and changes nothing, if the table of states has no such arrow."""
        check_move(declaration.state, state)
        shown = self._lists_showing(declaration)
        for listed in shown:
            listed.remove(declaration)
        before, declaration.state = declaration.state, state
        _note_state(declaration, before, now)
        declaration.updated_at, declaration.changed = now, self._next_change()
        declaration.rendered = None
        self._mark(declaration)
        for listed in shown:
            listed.add(declaration)
        self._await_payment(declaration, now)
        self._show_declaration(declaration)

    def void(self, declaration: Declaration, now: datetime) -> None:
        """Raises ForbiddenMove if the declaration's state doesn't allow a void."""
        self.move_declaration(declaration, VOIDED_AS.get(declaration.state, "voided"), now)

    # -- payment runs ----------------------------------------------------------------------------

    def payment_runs(self) -> dict[tuple[datetime, str], int]:
        """How many declarations each coming run moves as things stand, by its moment and their new state."""
        waiting = Counter(
            (due, NEXT_RUN[state]) for due, _, declaration, state in self._due if declaration.state == state
        )
        return dict(sorted(waiting.items()))

    def follow_clock(self, clock: datetime) -> None:
        """The clock shows `clock` now: make the payment runs that are due by then, in order.

        Deadlines and payment dates are past when their day is over. Going back undoes nothing.
        """
        self.clock = clock
        while self._due and self._due[0][0] <= clock:
            moment, _, declaration, state = heappop(self._due)
            # No arrow leads back. So a declaration still in the noted state still waits for the noted run.
            if declaration.state == state:
                self.move_declaration(declaration, NEXT_RUN[state], moment)

    def _await_payment(self, declaration: Declaration, now: datetime) -> None:
        """Attach the declaration to a statement if its state needs one, and note when the payment run is due."""
        if declaration.state in _ATTACHED_ON_ENTRY or (declaration.state in NEXT_RUN and declaration.statement is None):
            # The run of a statement is over once the clock has passed its deadline. A request can't
            # bring it back by claiming an earlier moment.
            today = max(now, self.clock).date()
            declaration.statement = next_statement(int(declaration.participant.cohort), today)
        self._note_due(declaration)

    def _note_due(self, declaration: Declaration) -> None:
        due = _payment_due(declaration)
        if due is not None:
            heappush(self._due, (due, declaration.changed, declaration, declaration.state))

    # -- keeping things in step ------------------------------------------------------------------

    def _next_change(self) -> int:
        self._changes += 1
        return self._changes

    def _mark(self, record: Participant | Declaration) -> None:
        """The record has changed. A declaration's change is in its participant's history too."""
        if self._unsaved is not None:
            self._unsaved.add(record)
            if isinstance(record, Declaration):
                self._unsaved.add(record.participant)

    def _touch(self, participant: Participant, now: datetime) -> None:
        """Something about the participant changed at `now`: every provider's record says so."""
        seen = _seen(participant)
        for enrolment in seen:
            self._participant_lists[enrolment.provider].take_out(enrolment)
        for enrolment in participant.enrolments:
            enrolment.rendered = None
        participant.updated_at, participant.changed = now.replace(microsecond=0), self._next_change()
        self._mark(participant)
        for enrolment in seen:
            self._participant_lists[enrolment.provider].put_back(enrolment)

    def _index_trn(self, participant: Participant, before: Person | None) -> None:
        old, new = before.validated_trn if before else None, participant.person.validated_trn
        if old == new:
            return
        if old:
            self._by_validated_trn[old].remove(participant)
        if new:
            self._by_validated_trn.setdefault(new, []).append(participant)

    def _lists_showing(self, declaration: Declaration) -> list[DeclarationList]:
        slugs = {declaration.provider, *(e.provider for e in declaration.participant.enrolments)}
        return [self._declaration_lists[slug] for slug in slugs if declaration in self._declaration_lists[slug]]

    def _show_declarations_of(self, participant: Participant) -> None:
        for declaration in participant.declarations:
            self._show_declaration(declaration)

    def _show_declaration(self, declaration: Declaration) -> None:
        """Put the declaration on the lists of the providers who may see it now, and on no others."""
        current = declaration.participant.current
        for enrolment in declaration.participant.enrolments:
            provider = enrolment.provider
            visible = provider == declaration.provider or (
                enrolment is current and declaration.live and enrolment.status == "active"
            )
            listed = self._declaration_lists[provider]
            if visible != (declaration in listed):
                listed.add(declaration) if visible else listed.remove(declaration)


def _seen(participant: Participant) -> list[Enrolment]:
    """The enrolments whose providers see the participant."""
    return [enrolment for enrolment in participant.enrolments if not enrolment.challenged]


def _note(
    enrolment: Enrolment, attribute: str, before: str | bool | None, after: str | bool | None, at: datetime
) -> None:
    """If the fact has changed, note it in the participant's history."""
    if before != after:
        event = Event(at.replace(microsecond=0), enrolment.provider, attribute, before, after)
        _append(enrolment.participant, event)


def _note_state(declaration: Declaration, before: str | None, at: datetime) -> None:
    event = Event(at, declaration.provider, "state", before, declaration.state, declaration)
    _append(declaration.participant, event)


def _append(participant: Participant, event: Event) -> None:
    participant.history = (*participant.history[1 - MAX_HISTORY :], event)


# A declaration that enters one of these states gets the next statement. A `payable` one keeps its statement.
_ATTACHED_ON_ENTRY = frozenset({"eligible", "awaiting-clawback"})


def _payment_due(declaration: Declaration) -> datetime | None:
    """The moment of the next payment run that moves the declaration."""
    statement = declaration.statement
    if statement is None or declaration.state not in NEXT_RUN:
        return None
    return end_of(statement.deadline if declaration.state == "eligible" else statement.payment)
