"""What must hold whatever happens: random commands to a sandbox and to a naive model of the service.

After each command both must have answered the same and show the same. `--hypothesis-profile=deep` tries far more.
"""

import pickle
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from mock_server.v1.domain.states import DECLARATION_STATES
from mock_server.v1.records import declaration_json, participant_json
from mock_server.v1.service import V1
from tests.sandbox_commands import ACTIONS, SLUGS, START, Commands, new_sandbox, shown
from tests.v1.domain.builders import dump
from tests.v1.domain.published import IDENTIFIERS, TYPES
from tests.v1.naive import ARROWS, COURSE, EVIDENCE, LIVE, Naive, Outcome

# -- what the commands are made of ---------------------------------------------------------------

provider = st.sampled_from(SLUGS)
school_urn = st.sampled_from(("100001", "200002"))
trn = st.sampled_from(("1111111", "2222222"))
eligible = st.sampled_from((True, True, False, None))


def mostly(likely: Any, *others: Any) -> st.SearchStrategy[Any]:
    """`likely` in two cases of three."""
    return st.just(likely) | st.just(likely) | st.sampled_from(others)


def rarely(*others: Any, otherwise: Any) -> st.SearchStrategy[Any]:
    """One of `others` in one case of ten."""
    return st.integers(0, 9).flatmap(lambda number: st.just(otherwise) if number else st.sampled_from(others))


def spoilt(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    """What to change in a fitting body: nothing in three cases of four, or any of these; None leaves it out."""
    nothing: st.SearchStrategy[dict[str, Any]] = st.just({})
    some = {name: st.sampled_from(each) for name, each in values.items()}
    return nothing | nothing | nothing | st.fixed_dictionaries({}, optional=some)


def body(fitting: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (fitting | changes).items() if value is not None}


new_participant = st.fixed_dictionaries(
    {
        "provider": provider,
        "kind": mostly("ect", "mentor"),
        "cohort": mostly("2021", "2022"),
        "school_urn": school_urn,
        "mentor_id": st.just(None),
        "schedule": mostly("ecf-extended-september", *IDENTIFIERS),
        "trn": trn,
        "validated": st.booleans(),
        "eligible": eligible,
        "status": rarely("withdrawn", otherwise="active"),
        "training_status": rarely("deferred", "withdrawn", otherwise="active"),
    }
)
# Relative to the sandbox's clock: what a request may claim, and what a declaration may be dated.
claimed = mostly(timedelta(), timedelta(days=-200), timedelta(seconds=-1), timedelta(days=40))
dated = mostly(timedelta(), timedelta(seconds=1), *(timedelta(days=-days) for days in (1, 5, 30, 90, 400)))
anyone = rarely(*SLUGS, otherwise=None)
courses = (*COURSE.values(), "history", None)


class Service(RuleBasedStateMachine):
    """One sandbox and the model of it; `self.polling` runs have no clock that goes back, so a poller can trust it."""

    participants = Bundle("participants")
    declarations = Bundle("declarations")
    snapshots = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = new_sandbox()
        self.commands = Commands(self.sandbox)
        self.model = Naive(START)
        self.given: list[tuple[str, tuple[Any, ...], dict[str, Any], Outcome]] = []
        self.saved: dict[str, Naive] = {}

    def perform(self, name: str, *arguments: Any, **options: Any) -> Outcome:
        """Give the sandbox a command; one that isn't done must leave everything as it was."""
        before = dump(self.sandbox.world(V1))
        outcome: Outcome = getattr(self.commands, name)(*arguments, **options)
        if outcome[0] != "done":
            assert dump(self.sandbox.world(V1)) == before, f"{name} was {outcome} and changed something"
        self.given.append((name, arguments, options, outcome))
        return outcome

    def both(self, name: str, *arguments: Any) -> Outcome:
        """Give both the same command, and hold the outcomes against each other."""
        outcome = self.perform(name, *arguments)
        assert getattr(self.model, name)(*arguments) == outcome
        return outcome

    @property
    def now(self) -> datetime:
        return self.sandbox.clock.now()

    def moment(self, shift: timedelta) -> datetime:
        """When a request takes place: a provider may claim another moment, unless a poller relies on it."""
        return self.now if self.polling else self.now + shift

    @initialize(
        polling=mostly(False, True), given=st.lists(new_participant, min_size=2, max_size=4), target=participants
    )
    def begin(self, polling: bool, given: list[dict[str, Any]]) -> Any:
        self.polling = polling
        self.poller: dict[str, tuple[datetime, dict[str, bytes], dict[str, bytes]]] = {
            slug: (self.now, {}, {}) for slug in SLUGS
        }
        return multiple(*(self.added(each) for each in given))

    # -- commands --------------------------------------------------------------------------------

    @rule(given=new_participant, target=participants)
    def added(self, given: dict[str, Any]) -> str:
        id: str = self.perform("add", given, self.now)[1]
        self.model.add(id, given, self.now)
        return id

    @rule(id=participants, trn=trn, validated=st.booleans(), eligible=eligible)
    def registered(self, id: str, trn: str, validated: bool, eligible: bool | None) -> None:
        self.both("register", id, trn, validated, eligible, self.now)

    @rule(id=participants, status=mostly("active", "withdrawn"))
    def school_says(self, id: str, status: str) -> None:
        self.both("set_school_status", id, status, self.now)

    @rule(
        id=participants,
        name=st.sampled_from(("Ada Example", "Ada Newname")),
        email=st.sampled_from((None, "a@example.org")),
    )
    def corrected(self, id: str, name: str, email: str | None) -> None:
        self.both("correct", id, name, email, self.now)

    @rule(id=participants, mentor=participants)
    def given_a_mentor(self, id: str, mentor: str) -> None:
        ect, other = self.model.participants.get(id), self.model.participants.get(mentor)
        if ect and other and (ect.kind, other.kind) == ("ect", "mentor"):
            self.both("set_mentor", id, mentor, self.now)

    @rule(id=participants, cohort=mostly("2021", "2022"), schedule=mostly(None, *IDENTIFIERS))
    def amended(self, id: str, cohort: str, schedule: str | None) -> None:
        self.both("amend_cohort", id, cohort, schedule, self.now)

    @rule(id=participants, provider=provider, school_urn=school_urn)
    def transferred(self, id: str, provider: str, school_urn: str) -> None:
        self.both("transfer", id, provider, school_urn, self.now)

    @rule(
        id=participants,
        action=st.sampled_from(tuple(ACTIONS)),
        shift=claimed,
        anyone=anyone,
        changes=spoilt(reason=("career-break", "moved-school", "bored", None), course_identifier=courses),
    )
    def acted(self, id: str, action: str, shift: timedelta, anyone: str | None, changes: dict[str, Any]) -> None:
        given = body({"reason": "other", "course_identifier": self.course(id)}, changes)
        self.both("act", action, anyone or self.whose(id), id, given, self.moment(shift))

    @rule(
        id=participants,
        shift=claimed,
        anyone=anyone,
        schedule=st.sampled_from(IDENTIFIERS),
        changes=spoilt(
            schedule_identifier=("ecf-summer", None), course_identifier=courses, cohort=("2021", "2022", None)
        ),
    )
    def rescheduled(
        self, id: str, shift: timedelta, anyone: str | None, schedule: str, changes: dict[str, Any]
    ) -> None:
        participant = self.model.participants.get(id)
        cohort = participant.cohort if participant else "2021"
        fitting = {"schedule_identifier": schedule, "course_identifier": self.course(id), "cohort": cohort}
        self.both("change_schedule", anyone or self.whose(id), id, body(fitting, changes), self.moment(shift))

    @rule(
        id=participants,
        shift=claimed,
        ago=dated,
        anyone=anyone,
        type=mostly("started", *TYPES),
        refuse_copies=st.booleans(),
        changes=spoilt(
            declaration_type=("retained-5", None),
            declaration_date=("2021-11-31T09:00:00Z", "2021-11-20", "yesterday", None),
            course_identifier=courses,
            evidence_held=(EVIDENCE[-1], "none", None),
        ),
        target=declarations,
    )
    def declared(
        self,
        id: str,
        shift: timedelta,
        ago: timedelta,
        anyone: str | None,
        type: str,
        refuse_copies: bool,
        changes: dict[str, Any],
    ) -> Any:
        now = self.moment(shift)
        arguments = (anyone or self.whose(id), id, body(self.declaration(id, type, now + ago), changes), now)
        return self.both_declare(*arguments, refuse_copies=refuse_copies)

    @rule(id=participants, type=st.sampled_from(TYPES), target=declarations)
    def declared_in_order(self, id: str, type: str) -> Any:
        given = self.declaration(id, type, self.now)
        return self.both_declare(self.whose(id), id, given, self.now, refuse_copies=False)

    def declaration(self, id: str, type: str, moment: datetime) -> dict[str, Any]:
        return {
            "declaration_type": type,
            "declaration_date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "course_identifier": self.course(id),
            "evidence_held": EVIDENCE[0],
        }

    def both_declare(self, *arguments: Any, refuse_copies: bool) -> Any:
        outcome = self.perform("declare", *arguments, refuse_copies=refuse_copies)
        new_id = outcome[1] if outcome[0] == "done" else None
        assert self.model.declare(*arguments, refuse_copies=refuse_copies, new_id=new_id) == outcome
        return new_id if new_id else multiple()

    @rule(id=declarations, shift=claimed, anyone=anyone)
    def voided(self, id: str, shift: timedelta, anyone: str | None) -> None:
        declaration = self.model.declarations.get(id)
        mine = declaration.provider if declaration else SLUGS[0]
        self.both("void", anyone or mine, id, self.moment(shift))

    @rule(id=declarations, choice=st.integers(0, 2))
    def moved(self, id: str, choice: int) -> None:
        """Every state that the table forbids is refused; then along one of the arrows."""
        declaration = self.model.declarations.get(id)
        if declaration is None:
            return
        arrows = [state for state in DECLARATION_STATES if (declaration.state, state) in ARROWS]
        for state in DECLARATION_STATES:
            if state not in arrows:
                assert self.both("set_state", id, state, self.now) == ("forbidden",)
        if arrows:
            self.both("set_state", id, arrows[choice % len(arrows)], self.now)

    @rule(later=st.timedeltas(timedelta(), timedelta(days=120)) | st.just(timedelta(seconds=1)))
    def clock_advanced(self, later: timedelta) -> None:
        self.clock_set(self.now + timedelta(days=later.days, seconds=later.seconds))

    @precondition(lambda self: not self.polling)
    @rule(earlier=st.integers(1, 200))
    def clock_set_back(self, earlier: int) -> None:
        self.clock_set(max(START, self.now - timedelta(days=earlier)))

    def clock_set(self, moment: datetime) -> None:
        if moment.year < 2030:
            self.perform("set_clock", moment)
            self.model.follow_clock(moment)

    @rule(target=snapshots)
    def snapshot_taken(self) -> Any:
        """Kept for later, and restored at once: that is the identity."""
        before = dump(self.sandbox.world(V1)), self.sandbox.settings, self.now
        id: str = self.perform("take_snapshot")[1]
        self.perform("restore_snapshot", id)
        assert (dump(self.sandbox.world(V1)), self.sandbox.settings, self.now) == before
        self.saved[id] = deepcopy(self.model)
        # Back in an earlier state a poller would be lost, like one whose clock goes back.
        return multiple() if self.polling else id

    @rule(id=consumes(snapshots))
    def snapshot_restored(self, id: str) -> None:
        self.perform("restore_snapshot", id)
        self.model = deepcopy(self.saved[id])

    @rule()
    def server_restarted(self) -> None:
        self.perform("restart")

    # -- what the commands are aimed at ----------------------------------------------------------

    def whose(self, id: str) -> str:
        participant = self.model.participants.get(id)
        return participant.current if participant else SLUGS[0]

    def course(self, id: str) -> str:
        participant = self.model.participants.get(id)
        return COURSE[participant.kind if participant else "ect"]

    # -- what must hold --------------------------------------------------------------------------

    @rule(provider=provider, size=st.integers(1, 5), cohorts=st.sampled_from(("2021", "2022", "2021,2022", "2031")))
    def pages_hold_everything_once(self, provider: str, size: int, cohorts: str) -> None:
        world = self.sandbox.world(V1)
        for selection in (
            world.list_participants(provider),
            world.list_participants(provider, frozenset(cohorts.split(","))),
            world.list_participants(provider, None, self.now - timedelta(days=30)),
            world.list_declarations(provider),
            world.list_declarations(provider, None, self.now - timedelta(days=30)),
        ):
            whole = [record.id for record in selection.all()]
            pages = [[record.id for record in selection.page(number, size)] for number in range(1, len(whole) + 2)]
            assert [id for page in pages for id in page] == whole
            assert len(set(whole)) == len(whole)
            assert all(len(page) == size for page in pages[: len(whole) // size])

    @precondition(lambda self: self.polling)
    @rule(provider=provider)
    def polling_misses_no_change(self, provider: str) -> None:
        """What a client keeps that asks for changes only is what it would read in full."""
        since, participants, declarations = self.poller[provider]
        world = self.sandbox.world(V1)
        participants |= {e.id: participant_json(e) for e in world.list_participants(provider, None, since).all()}
        # Declarations are listed from after the moment, and this clock stands still on whole seconds.
        recent = world.list_declarations(provider, None, since.replace(microsecond=0) - timedelta(microseconds=1)).all()
        declarations |= {d.id: declaration_json(d) for d in recent}
        assert participants == {e.id: participant_json(e) for e in world.list_participants(provider).all()}
        for declaration in world.list_declarations(provider).all():
            # What another provider declared comes into view without a change, when the participant comes or
            # the school takes the participant back.
            if declaration.provider == provider or declaration.id in declarations:
                assert declarations[declaration.id] == declaration_json(declaration)
        self.poller[provider] = (self.now, participants, declarations)

    @invariant()
    def a_slot_has_at_most_one_live_declaration(self) -> None:
        live = [
            (d.participant.id, d.declaration_type)
            for d in self.sandbox.world(V1).declarations.values()
            if d.state in LIVE
        ]
        assert len(set(live)) == len(live)

    @invariant()
    def lists_and_records_are_the_model_s(self) -> None:
        world, model = self.sandbox.world(V1), self.model
        for provider in SLUGS:
            for cohorts in (None, frozenset({"2021"})):
                for since in (None, self.now, self.now - timedelta(days=90)):
                    listed = world.list_participants(provider, cohorts, since).all()
                    assert [e.id for e in listed] == [p.id for p in model.list_participants(provider, cohorts, since)]
            for since in (None, self.now, self.now - timedelta(days=90)):
                every = world.list_declarations(provider, None, since).all()
                assert [d.id for d in every] == [d.id for d in model.list_declarations(provider, None, since)]
            for participant in list(model.participants)[:2]:
                few = world.list_declarations(provider, participant).all()
                assert [d.id for d in few] == [d.id for d in model.list_declarations(provider, participant, None)]
            self.compare_records(provider)

    def compare_records(self, provider: str) -> None:
        world, model = self.sandbox.world(V1), self.model
        for enrolment in world.list_participants(provider).all():
            participant = model.participants[enrolment.id]
            mine = participant.enrolments[provider]
            record = orjson.loads(participant_json(enrolment))
            assert record["attributes"] == {
                "email": mine.email,
                "full_name": participant.name,
                "mentor_id": mine.mentor_id,
                "school_urn": mine.school_urn,
                "participant_type": participant.kind,
                "cohort": participant.cohort,
                "status": mine.status,
                "teacher_reference_number": participant.person.trn,
                "teacher_reference_number_validated": participant.person.validated,
                "eligible_for_funding": participant.person.eligible,
                "pupil_premium_uplift": False,
                "sparsity_uplift": False,
                "training_status": mine.training,
                "schedule_identifier": participant.schedule,
                "updated_at": f"{participant.updated_at:%Y-%m-%dT%H:%M:%SZ}",
            }
        for declaration in world.list_declarations(provider).all():
            expected = model.declarations[declaration.id]
            record = orjson.loads(declaration_json(declaration))
            assert record["attributes"] == {
                "participant_id": expected.participant,
                "declaration_type": expected.type,
                "course_identifier": COURSE[model.participants[expected.participant].kind],
                "eligible_for_payment": expected.state in ("eligible", "payable"),
                "declaration_date": f"{expected.dated:%Y-%m-%dT%H:%M:%SZ}",
                "updated_at": f"{expected.updated_at:%Y-%m-%dT%H:%M:%SZ}",
                "voided": expected.state == "voided",
                "state": expected.state,
                "has_passed": None,
            }

    def teardown(self) -> None:
        """The same seed and the same commands give the same bytes."""
        again = Commands(new_sandbox())
        for name, arguments, options, outcome in self.given:
            assert getattr(again, name)(*arguments, **options) == outcome
        assert shown(again.sandbox) == shown(self.sandbox)
        assert pickle.dumps(again.sandbox.world(V1).clock) == pickle.dumps(self.sandbox.world(V1).clock)


TestService = Service.TestCase
